"""Where networks start from: ImageNet's knowledge, other checkpoints, and fits to their features.

`initialise` calls the others: `pretrained` reads weights, `bn_calibration` keeps new norms from
undoing them, `identity_init` lets decoders hand on what reaches them; `vgg_to_unet`,
`segnet_to_deconvnet` and `feature_matching` carry knowledge into a network of another shape, the
first and the last with `least_squares`.
"""
