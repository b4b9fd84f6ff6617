"""The directions in which features tell classes apart."""

import torch
from torch import Tensor

RIDGE = 1e-3  # of the features' mean variance


@torch.no_grad()
def directions(features: Tensor, shares: Tensor, count: int) -> tuple[Tensor, Tensor]:
    """Return what makes `count` numbers of size 1 out of features, and features of these again.

    Canonical correlation: the directions in which the features follow the classes' shares, each
    class counting the same; then, where more are asked for, the longest principal axes.

    Args:
        features: (M, channels), a row for each cell.
        shares: (M, C), how much of each cell is of which class; they add up to 1.
        count: At most `channels`.

    Returns:
        encode (count, channels), for features less their mean, and decode (channels, count).
    """
    centred = features - features.mean(0)
    covariance = centred.T @ centred / len(centred)
    covariance.diagonal().add_(RIDGE * covariance.diagonal().mean())
    sizes, axes = torch.linalg.eigh(covariance)  # the smallest first
    whiten = (axes / sizes.sqrt()).flip(1)
    standard = (shares - shares.mean(0)) / shares.std(0).clamp(min=1e-6)
    follow = torch.linalg.svd((centred @ whiten).T @ standard, full_matrices=False)[0]
    # The shares add up to one: the last direction follows nothing.
    axes = torch.eye(len(whiten), device=whiten.device)
    chosen = torch.linalg.qr(torch.cat([follow[:, :-1], axes], dim=1))[0][:, :count]
    encode = (whiten @ chosen).T
    return encode, covariance @ encode.T
