"""One run: a photo through a network, its upsampling and a CRF."""
