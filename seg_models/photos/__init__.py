"""Photos and label pictures as people have them: reading their pixels, finding them in folders."""
