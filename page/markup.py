"""The page's small pieces of HTML: headings, legend, chart."""

import html

from seg_models.specs import LabelSet

from .look import Look
from .translations import name, say, text
from .wording import STAGES, percent

SCALE = '<p class="scale"><span>0</span><span class="ramp"></span><span>1</span></p>'


def panel(stage: int, caption: str = "") -> str:
    """Return the heading of a stage's panel, with what there is to say of its picture."""
    title = text(STAGES[stage])
    return (
        f'<h2><span class="number">{stage + 1}</span> {title}</h2>'
        f'<p class="caption">{html.escape(caption)}</p>'
    )


def legend(shares: list[dict], label_set: LabelSet, look: Look) -> str:
    """Return the classes of a result, the largest first, as buttons that isolate them.

    Args:
        shares: As `summary.shares` gives them.
        label_set: The colours.
        look: Where it shows values, the scale comes first, and the classes have no colours.
    """
    entries = "".join(
        f'<li><button type="button" data-index="{each["index"]}" aria-pressed="false">'
        f"{'' if look.graded else _swatch(label_set.colours[each['index']])}"
        f"{html.escape(name(look.language, each['class']))} <b>{percent(each['share'])}</b>"
        "</button></li>"
        for each in shares
    )
    scale = SCALE if look.graded else ""
    return f'{scale}<ul aria-label="{say(look.language, "legend")}">{entries}</ul>'


def _swatch(colour: tuple[int, int, int]) -> str:
    return f'<span class="swatch" style="background:rgb{colour}"></span>'


def chart(changed: list[float], iteration: int, language: str) -> str:
    """Return a bar for each CRF iteration, as high as the share of pixels it changed."""
    if not changed:
        return ""
    top = max(changed) or 1
    bars = "".join(
        f'<span class="{"on" if number <= iteration else "off"}" '
        f'style="height:{max(4, 100 * each / top):.0f}%" '
        f'title="{say(language, "bar", number=number, share=percent(each))}"></span>'
        for number, each in enumerate(changed, 1)
    )
    last = percent(changed[iteration - 1]) if iteration else say(language, "nothing")
    words = say(language, "chart", share=last)
    return f'<div class="bars" role="img" aria-label="{words}">{bars}</div><p>{words}.</p>'
