"""From what annotation tools export to photos and label pictures, as `train` reads them."""
