"""The val figures of a checkpoint, as its model card shows them."""

from .specs import Checkpoint


def section(checkpoint: Checkpoint) -> str:
    """Return the section on size and figures, in per cent, with the CRF and without."""
    results = checkpoint.results
    millions = f"{checkpoint.parameters / 1e6:.2f} million"
    lines = [f"{millions} parameters, stored as {checkpoint.storage}."]
    if results.get("val_miou") is None:
        return "## Results\n\n" + " ".join([*lines, "It has not been scored on all of val yet."])
    rows = [
        (name, results.get(f"val_{key}"), results.get(f"val_{key}_crf"))
        for name, key in (("mIoU", "miou"), ("pixel accuracy", "pixel_accuracy"))
    ]
    with_crf = results.get("val_iou_crf", {})
    rows += [(name, iou, with_crf.get(name)) for name, iou in results.get("val_iou", {}).items()]
    lines.append(f"Scored on {results.get('val_images', 'the')} photos of val, each at its size.")
    if (less := overstated(checkpoint)) is not None:
        lines.append(
            "Its score offsets were chosen by these photos, too: on parts of val that had no say "
            f"in them, they gain {100 * less:.1f} points of mIoU less."
        )
    if checkpoint.published_miou is not None:
        share = _percent(checkpoint.published_miou)
        lines.append(f"The paper reports a mIoU of {share} on the test split.")
    iterations = results.get("crf_iterations", "no")
    table = [f"| % | network alone | dense CRF, {iterations} iterations |", "|---|---|---|"]
    table += [f"| {name} | {_percent(alone)} | {_percent(crf)} |" for name, alone, crf in rows]
    return "## Results\n\n" + " ".join(lines) + "\n\n" + "\n".join(table)


def overstated(checkpoint: Checkpoint) -> float | None:
    """Return by how much val's mIoU, 0-1, is too good because the score offsets were found on it.

    None where nobody knows, as with offsets that were not found on val.
    """
    gains = [checkpoint.training.get(f"score_offsets_gain{of}") for of in ("", "_held_out")]
    return None if None in gains else max(0.0, gains[0] - gains[1])


def _percent(share: float | None) -> str:
    return "-" if share is None else f"{100 * share:.1f}"
