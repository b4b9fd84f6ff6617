"""Where networks start from: ImageNet's knowledge, other checkpoints, and fits to their features.

`settling` calls the others: `pretrained` reads weights, `norms` keeps new norms from undoing them,
`passing` lets decoders hand on what reaches them; `shortening`, `mirrored` and `layerwise` carry
knowledge into a network of another shape, the first and the last with `least_squares`.
"""
