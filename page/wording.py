"""The page's sentences: what a choice is called, what a panel shows, what a result says."""

import html

from seg_models import report
from seg_models.specs import Checkpoint, Segmentation

TITLE = "Coarse to Crisp"
TAGLINE = (
    "Watch a classic network segment your photo: its raw score map, the upsampling, "
    "and the mask that a dense CRF makes of it."
)
PRIVACY = "Photos stay on this server, are seen by nobody else and are deleted after an hour."
NO_PHOTO = "There is no photo yet: drop one on the page, or click an example."
NO_RESULT = "That result is no longer kept; press Segment again."

STAGES = {"score-map": "Score map", "upsampled": "Upsampled", "refined": "Refined"}  # elem_ids
ARCHITECTURES = {
    "deconvnet": "DeconvNet",
    "deeplab_v1": "DeepLab v1",
    "deeplab_v1_msc": "DeepLab v1 multi-scale",
    "deeplab_v3": "DeepLab v3",
    "dilatednet": "DilatedNet",
    "fc_densenet56": "FC-DenseNet 56",
    "fc_densenet67": "FC-DenseNet 67",
    "fc_densenet103": "FC-DenseNet 103",
    "fcn8s": "FCN-8s",
    "fcn16s": "FCN-16s",
    "fcn32s": "FCN-32s",
    "segnet": "SegNet",
    "segnet_basic": "SegNet Basic",
    "unet": "U-Net",
}
DOMAINS = {"animals": "animals", "camvid": "streets", "voc": "20 everyday things"}


def architecture(checkpoint: Checkpoint) -> str:
    """Return what people call the checkpoint's network."""
    return ARCHITECTURES.get(checkpoint.architecture, checkpoint.architecture)


def choice(checkpoint: Checkpoint) -> str:
    """Return a checkpoint's line in the list of networks: name, domain, how good it is."""
    parts = [architecture(checkpoint), DOMAINS.get(checkpoint.domain, checkpoint.domain)]
    miou = checkpoint.results.get("val_miou")
    if miou is not None:
        parts.append(f"val mIoU {100 * miou:.0f} %")
    if not checkpoint.embedded:
        parts.append(f"{checkpoint.file_bytes / 2**20:.0f} MB from the Hub")
    return " · ".join(parts)


def panel(number: int, caption: str = "") -> str:
    """Return the heading of the panel of stage 1, 2 or 3, with what there is to say of it."""
    title = list(STAGES.values())[number - 1]
    return (
        f'<h2><span class="number">{number}</span> {title}</h2>'
        f'<p class="caption">{html.escape(caption)}</p>'
    )


def score_map_caption(segmentation: Segmentation) -> str:
    """Return the score map's size, its stride and the time the network took."""
    height, width = segmentation.score_map.shape[1:]
    spent = segmentation.milliseconds
    return (
        f"{width}×{height} cells, stride {segmentation.output_stride} · "
        f"{duration(spent['preprocess'] + spent['network'])}"
    )


def upsampled_caption(segmentation: Segmentation) -> str:
    """Return the size the score map was enlarged to and the time that took."""
    height, width = segmentation.photo.shape[:2]
    return f"{width}×{height} pixels · {duration(segmentation.milliseconds['upsample'])}"


def refined_caption(segmentation: Segmentation, iteration: int) -> str:
    """Return how far the CRF went, what it changed and, after its last step, the time it took.

    Args:
        segmentation: A result, with the history of its CRF.
        iteration: The one that is shown; 0 is none.
    """
    if iteration == 0:
        return "CRF off: the same as 2"
    before = segmentation.probabilities.argmax(0).cpu()
    changed = float((segmentation.history[iteration - 1] != before).float().mean())
    caption = f"{count(iteration, 'iteration')} · {percent(changed)} changed"
    if iteration < len(segmentation.history):
        return caption
    return f"{caption} · {duration(segmentation.milliseconds['crf'])}"


def legend(shares: list[dict], colours: dict[str, tuple[int, int, int]]) -> str:
    """Return the classes of a result, the largest first, each with its colour and its share."""
    entries = (
        f'<li><span class="swatch" style="background:rgb{colours[each["class"]]}"></span>'
        f"{html.escape(each['class'])} <b>{percent(each['share'])}</b></li>"
        for each in shares
    )
    return f'<ul aria-label="Classes by share of the picture">{"".join(entries)}</ul>'


def alt_text(stage: str, labels, checkpoint: Checkpoint) -> str:
    """Return a picture in words: its stage and the share of each class in `labels` (H, W)."""
    shares = report.shares(labels, checkpoint.labels)
    named = ", ".join(f"{each['class']} {percent(each['share'])}" for each in shares)
    return f"{stage} by {architecture(checkpoint)}: {named}"


def summary(segmentation: Segmentation) -> str:
    """Return one line of what a whole run gave: network, device and total time."""
    total = sum(segmentation.milliseconds.values())
    height, width = segmentation.photo_size
    rows, columns = segmentation.input_size
    return (
        f"Done in {duration(total)} on the {segmentation.device.upper().replace('CUDA', 'GPU')}: "
        f"{architecture(segmentation.checkpoint)} saw this {width}×{height} photo "
        f"at {columns}×{rows} pixels."
    )


def percent(share: float) -> str:
    """Return a share, 0 to 1, in percent, never as 0 where there is something."""
    if 0 < share < 0.001:
        return "<0.1 %"
    return f"{100 * share:.1f} %" if share < 0.1 else f"{100 * share:.0f} %"


def duration(milliseconds: float) -> str:
    """Return a time as a person would say it."""
    return f"{milliseconds:.0f} ms" if milliseconds < 1000 else f"{milliseconds / 1000:.1f} s"


def count(number: int, noun: str) -> str:
    """Return `number` and `noun`, in the plural if need be."""
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"
