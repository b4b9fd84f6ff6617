"""The page in English."""

TEXTS = {
    # What stands on the page before anything is done.
    "tagline": (
        "Watch a classic network segment your photo: its raw score map, the upsampling, "
        "and the mask that a dense CRF makes of it."
    ),
    "privacy": "Photos stay on this server, are seen by nobody else and are deleted after an hour.",
    "photo": "Photo",
    "photo-alt": "The photo to segment",
    "drop": "# Drop a photo here\nor click to choose one",
    "example": "Example: {title}",
    "network": "Network",
    "list-cached": "fetched",
    "list-on the Hub": "from the Hub",
    "hub-size": "{megabytes} MB from the Hub",
    "list-unreachable": "not available",
    "embedded": "Its weights came with this page.",
    "cached": "Its weights were fetched from the Hub before and are here.",
    "on the Hub": "Its weights are on the Hub and are fetched when it is first used.",
    "unreachable": "Not available: {reason}",
    "unavailable": "{network} is not available: {reason}",
    "brought": "Opened for you: {network}",
    "bring": "Bring your own network",
    "bring-repo": "Hub repo",
    "bring-help": "A repo that this project's publish command made.",
    "bring-open": "Open it",
    "asking": "Asking the Hub …",
    "opened": "{network} is open and chosen. It knows {classes}.",
    "classes-one": "{number} class",
    "classes-many": "{number} classes",
    "segment": "Segment",
    "score-map": "Score map",
    "upsampled": "Upsampled",
    "refined": "Refined",
    "score-map-empty": "Score map: nothing yet",
    "upsampled-empty": "Upsampled: nothing yet",
    "refined-empty": "Refined: nothing yet",
    "show": "Show",
    "opacity": "Opacity over the photo, %",
    "safe": "Colours for every kind of sight",
    "crf": "Dense CRF",
    "iterations": "CRF iterations",
    "play": "Play the iterations",
    "pause": "Pause",
    "details": "Every fact of this result",
    # How far a run is.
    "loading": "Loading the network …",
    "running": "Running the network …",
    "upsampling": "Upsampling …",
    "edges": "CRF: looking for edges …",
    "refining": "CRF: iteration {done} of {wanted} …",
    # What a result says of itself.
    "classes": "Classes",
    "confidence": "Confidence",
    "doubt": "Doubt (entropy)",
    "changes": "What each step changed",
    "probability": "Probability of {name}",
    "score-map-caption": "{width}×{height} cells, stride {stride} · {time}",
    "upsampled-caption": "{width}×{height} pixels · {time}",
    "refined-caption": "{iterations} · {share} changed · {time}",
    "off-caption": "CRF off: the same as 2",
    "iteration-one": "{number} iteration",
    "iteration-many": "{number} iterations",
    "alt": "{stage} by {network}, {view}: {named}",
    "summary": (
        'Done in {time} on the {device}<span class="spoken">: {named}</span>. {network} saw this '
        "{width}×{height} photo at {columns}×{rows} pixels. Weights: {status}, sha256 {digest}…"
    ),
    "legend": "Classes by share of the picture",
    "bar": "iteration {number}: {share} of the pixels changed",
    "chart": "Pixels changed by each iteration; the last shown changed {share}",
    "nothing": "nothing",
    "pixel": "Pixel {x}, {y}",
    "after": "After {iterations}",
    # Compare.
    "compare-tab": "Compare",
    "compare-models": "One photo through these networks",
    "compare": "Compare",
    "all": "Choose all",
    "stop": "Stop",
    "stopped": "Stopped.",
    "comparing": "{number} of {total}: {network}",
    "compared-one": "{number} network compared.",
    "compared-many": "{number} networks compared.",
    "parameters": "{millions} M parameters",
    "agreement": "Agreement",
    "agreement-alt": "Map of agreement",
    "agreed": "all {number} agree on {share} of the pixels; the darker, the fewer",
    # Look inside.
    "inside-tab": "Look inside",
    "inside-empty": "Choose a photo first: it appears here, to be looked into.",
    "inside-absent": "No checkpoint here yet of",
    "affinity-tab": "Affinity",
    "affinity-help": (
        "In the dense CRF every pixel hears every other; the brighter one is here, the louder it "
        "speaks to the pixel under the cross. Move the cross over an edge, or widen θβ until "
        "voices come from beyond it."
    ),
    "theta-alpha": "θα, how far colour is heard, pixels",
    "theta-beta": "θβ, which colours are alike, levels",
    "w1": "w1, weight of colour",
    "theta-gamma": "θγ, how far mere nearness counts, pixels",
    "w2": "w2, weight of nearness",
    "heard-colour": "Heard by colour, in pixels quite alike and at hand:",
    "heard-place": "Heard by mere nearness, in pixels at hand:",
    "heard-help": (
        "The picture is the kernel itself, before normalisation. The CRF divides each of its two "
        "parts by √(n₁n₂), these sums at the two pixels, so that the many voices of a large region "
        "do not drown what the network said."
    ),
    "fields-tab": "Receptive field",
    "fields-help": (
        "Click the photo, or move the cross and press Enter: bright pixels are those that decide "
        "the score under the cross. The solid square is all that its layers could see, the dashed "
        "one holds 95 % of what really counted: see how much of its field each network uses."
    ),
    "fields-models": "Networks to ask",
    "growth-tab": "Activations",
    "growth-help": (
        "Unpooling puts each value back where it was largest, and leaves a scatter of points; the "
        "convolutions after it make a dense shape of them. Follow the maps from a few coarse "
        "cells to the outline of the mask."
    ),
    "growth-shown": "Units to show",
    "growth-start": "Look inside",
    "lens": "The photo: arrow keys move the cross, Enter asks what the score under it saw",
    "theory": "In theory: {width}×{height} pixels",
    "theory-all": "In theory: {width}×{height} pixels, all of the photo",
    "practice": "95 % of the influence: {side}×{side}",
    "blind": "No pixel changes this score at all",
    "cell": "{name}, cell {column}, {row} of {columns}×{rows}; photo seen at {width}×{height}",
    "strongest": "The strongest unit of each layer",
    "unit": "unit {number} of {units}, up to {most}",
    "growth-seen": "{network} saw the photo at {width}×{height} pixels.",
    # Take home.
    "take-tab": "Take home",
    "take": "Make the files",
    "files": "Files of this result",
    "python": "**Python**, beside this page's code:",
    "shell": "**Command line**:",
    "client": "**Any machine**, through this page (`pip install gradio_client`):",
    "contents": (
        "labels.png   a pixel is the index of its class, the palette has the colours; the photo's "
        "own size\n"
        "colours.png  the refined mask in colours\n"
        "overlay.png  the same over the photo\n"
        "result.json  classes with their share of the area, times, settings, where the weights are "
        "from\n"
    ),
    # Check.
    "truth-tab": "Check",
    "truth": "The true mask",
    "truth-help": (
        "If you know the right answer, hold the result against it: give a PNG of the photo's size "
        "whose pixels are class indices, 255 for “not counted”. Some examples bring theirs along."
    ),
    "truth-waits": "The true mask is here: press Segment to hold the result against it.",
    "without": "Without a CRF: mIoU {before} %.",
    "mious": "mIoU {before} % before it, {after} % after",
    "same": "The CRF makes no difference here: {mious}.",
    "helps": "The CRF helps here: {mious}; best after iteration {best}.",
    "hurts": "The CRF hurts here: {mious}; best after iteration {best}.",
    "only-hurts": "The CRF hurts here: {mious}; no iteration improves on it.",
    "difference-alt": "What the CRF put right and what it spoilt",
    "difference": "Green: the CRF put it right. Red: the CRF spoilt it.",
    "iou": "IoU in % before the CRF and after each iteration",
    "class": "Class",
    "mean": "mean",
}

NAMES = {"camvid": "streets", "voc": "20 everyday things"}
