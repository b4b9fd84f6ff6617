"""The classifiers that the networks stand on: VGG-16, EfficientNet-Lite2, MobileNet v2."""
