"""Trained networks: what is on offer, what each says of itself, and where its weights come from.

Start at `registry`, which reads the folders of `weights/`; `external` opens other people's.
"""
