"""What a network sees: the figures of the papers, computed on any photo.

- `affinity`: which pixels speak to a pixel in the dense CRF (Krähenbühl & Koltun 2011);
- `receptive_field`: which pixels a score listens to, by its gradient (Luo et al. 2016), beside
  what `theoretical_receptive_field` says it could listen to at most;
- `decoder_activations`: how a mask grows layer by layer through a decoder (Noh et al. 2015,
  figure 4);
- `ablate`: the network with a skip, its unpooling indices, its dilation, its context module or the
  picture's mean switched off;
- `diagram`: its stages as they run on a photo, with sizes, parameters and time;
- `arithmetic`, `crf_message`: the sum behind one number of a layer, or of the CRF.
"""
