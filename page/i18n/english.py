"""The page in English."""

TEXTS = {
    # What stands on the page before anything is done.
    "tagline": (
        "Watch a classic network segment your photo: its raw score map, the upsampling, "
        "and the mask that a dense CRF makes of it."
    ),
    "to-tour": "Tour",
    "privacy": "Photos stay on this server, are seen by nobody else and are deleted after an hour.",
    "photo": "Photo",
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
    "heading": "{domain} · {classes}",
    "known-one": "{number} class",
    "known-many": "{number} classes",
    "segment": "Segment",
    "score-map": "Score map",
    "upsampled": "Upsampled",
    "refined": "Refined",
    "what-is": "What is this: {stage}",
    "score-map-means": (
        "The likeliest class in each cell of the network's own output, before anything is enlarged."
    ),
    "upsampled-means": (
        "The scores brought to the photo's size by bilinear interpolation, which adds no edge "
        "that the score map did not hold."
    ),
    "refined-means": (
        "After the dense CRF, in which pixels that lie close together or look alike agree on a "
        "class: edges come to follow the photo's."
    ),
    "score-map-empty": "Score map: nothing yet",
    "upsampled-empty": "Upsampled: nothing yet",
    "refined-empty": "Refined: nothing yet",
    "show": "Show",
    "opacity": "Opacity over the photo, %",
    "safe": "Colours for every kind of sight",
    "crf": "Dense CRF",
    "iterations": "CRF iterations",
    "pause": "Pause",
    "details": "Every fact of this result",
    "play": "Play the iterations",
    "play-back": "Play the iterations backwards",
    "drop": "Drop a photo here, paste one, or click to choose",
    "camera": "Camera",
    "live": "Live",
    "live-rate": "{rate} frames per second; {network} takes {spent} ms for one",
    "shoot": "Take the photo",
    "cancel": "Cancel",
    "no-camera": "No camera can be used here.",
    "examples": "Examples",
    "example-failure": "Example that fails: {title}",
    "language": "Language",
    "panels": "Stage in sight",
    "no-photo": "There is no photo yet: drop one on the page, or click an example.",
    "too-large": "{name} is too large: at most {size} MB are taken",
    "lost": "The server does not answer; is it still there? Press Segment to try again.",
    "stale": "From the last run: {photo}, {network}",
    "coming": "coming …",
    "stopped-before": "stopped before this",
    "found-nothing": "Found nothing it knows.",
    "unlike": (
        "This photo is unlike those that {network} learnt from ({domain}): "
        "it must still name something, so trust it less."
    ),
    "knows": "Knows:",
    "about": "About {network}",
    "paper": "The paper, {year}",
    "left-side": "Left",
    "right-side": "Right",
    "line": "Line between the two stages",
    "one-large": "One large picture",
    "side-by-side": "Side by side",
    "zoom": "Zoom of all panels",
    "zoom-in": "Zoom in",
    "zoom-out": "Zoom out",
    "zoom-whole": "The whole photo",
    "settings": "The CRF's settings",
    "settings-help": "Each drives the result at once. They begin as tuned for the domain.",
    "tuned": "Back to the tuned settings",
    "w1": "w1, weight of colour",
    "w1-help": "how much neighbours of like colour count",
    "theta-alpha": "θα, reach of colour, pixels",
    "theta-alpha-help": "how far off such a neighbour may be",
    "theta-beta": "θβ, likeness of colour, levels",
    "theta-beta-help": "how different a colour may be and still be alike",
    "w2": "w2, weight of nearness",
    "w2-help": "how much neighbours of any colour count",
    "theta-gamma": "θγ, reach of nearness, pixels",
    "theta-gamma-help": "how far off such a neighbour may be",
    "keys": "Keys",
    "close": "Close",
    "key-step": "one CRF iteration back or on",
    "key-play": "play the iterations",
    "key-panel": "to the score map, the upsampled mask, the refined mask",
    "key-cross": "in a panel: move the cross (Shift: by one pixel)",
    "key-zoom": "zoom in, out, the whole photo",
    "key-layout": "one large picture, or three",
    "key-crf": "CRF on or off",
    "key-stop": "stop the run",
    "key-help": "this list",
    "share": "Picture to share",
    "share-crf": "dense CRF, {iterations} iterations",
    "film": "Film of the mask forming (GIF)",
    "tab-of": "Of {photo}",
    "tab-stale": "From an earlier result: {photo}",
    "truth-example": "drawn by hand for this example",
    # The networks, in one line each; and what to look for.
    "idea-fcn": "All convolutions: adds finer maps to coarse scores on the way up",
    "look-fcn": "Look at thin parts: the two skips bring back what stride 32 has lost.",
    "idea-deeplab_v1": "Holes in the filters keep maps fine; a CRF finds the edges",
    "look-deeplab_v1": "Look at blurred outlines in panel 2 that the CRF makes sharp.",
    "idea-deeplab_v1_msc": "DeepLab v1 that also hears its first layers",
    "look-deeplab_v1_msc": "Look at edges: early layers sharpen them before the CRF does.",
    "idea-deeplab_v3": "Sees each place at several scales at once; small and quick",
    "look-deeplab_v3": "Look at large things: the pyramid takes in their whole.",
    "idea-deconvnet": "Unpools and deconvolves a single vector back to a mask",
    "look-deconvnet": "Look at whole shapes that grow from a few coarse cells.",
    "idea-segnet": "Remembers where each maximum was, and puts it back there",
    "look-segnet": "Look at outlines: they come from remembered places, not from features.",
    "idea-segnet_basic": "SegNet with four stages and very few weights",
    "look-segnet_basic": "Look at how far 1.4 million weights go.",
    "idea-unet": "Carries each fine map across to the way up, whole",
    "look-unet": "Look at small detail, and at what comes with it: specks.",
    "idea-dilatednet": "Takes context in with ever wider holes, at one resolution",
    "look-dilatednet": "Look at large even areas: context votes speckles down.",
    "idea-fc_densenet": "Each layer hears all before it; many layers, few weights",
    "look-fc_densenet": "Look at thin things such as poles and bicycles.",
    "kind-c": "convolutions",
    "kind-f": "classifier",
    "kind-u": "upsampling, learnt",
    "kind-o": "bilinear upsampling",
    "kind-d": "convolutions with holes",
    "kind-p": "pyramid of holes",
    "kind-n": "unpooling",
    "kind-k": "context",
    "kind-b": "dense block",
    "arc-add": "added",
    "arc-copy": "copied across",
    "arc-index": "places of the maxima",
    # How far a run is.
    "waiting": "Waiting: {number} before you …",
    "running": "Running the network …",
    "upsampling": "Upsampling …",
    "edges": "CRF: looking for edges …",
    "refining": "CRF: iteration {done} of {wanted} …",
    # What a result says of itself.
    "classes": "Classes",
    "confidence": "Confidence",
    "entropy": "Uncertainty (entropy)",
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
        "Done in {time} on the {device}. {network} saw this {width}×{height} photo at "
        "{columns}×{rows} pixels and found {named}."
    ),
    "weights-cached": "Its weights were fetched from the Hub.",
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
    "affinity-tab": "Affinity",
    "affinity-help": (
        "In the dense CRF every pixel hears every other; the brighter one is here, the louder it "
        "speaks to the pixel under the cross. Move the cross over an edge, or widen θβ until "
        "voices come from beyond it."
    ),
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
    "python": "Python, beside this page's code:",
    "shell": "Command line:",
    "client": "Any machine, through this page (pip install gradio_client):",
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

NAMES = {"camvid": "streets", "everyday": "everyday things", "voc": "20 everyday things"}
