"""The tour in English: what all steps share, then each step in the lecture's order."""

TEXTS = {
    "tour": "The tour",
    "language": "Language",
    "steps": "Steps",
    "photo": "Photo",
    "own-photo": "Your own photo",
    "shows": "What it shows",
    "has-truth": "with truth",
    "too-large": "That file is too large: at most {size} MB are taken.",
    "for-lecturers": "For lecturers",
    "previous": "← {title}",
    "previous-none": "This is the first step",
    "next": "{title} →",
    "next-none": "This is the last step",
    "answer-first": "First answer the question; then the figure is yours.",
    "no-guess": "Show it without a guess",
    "is-right": "Right.",
    "is-wrong": "Not so.",
    "computing": "Computing …",
    "no-network": "No network for this step is here.",
    "network": "Network",
    "layer": "Layer",
    "class": "Class",
    "row": "Row",
    "column": "Column",
    "cell-of": "{title}: row {row}, column {column}",
    "cell-is": "{title}: row {row}, column {column} is {value}",
    # Switches.
    "without-title": "{network} on the photo, with and without",
    "switch-skip": "skip {number}",
    "switch-unpool-nearest": "nearest cells for unpooling",
    "switch-unpool-bilinear": "bilinear for unpooling",
    "switch-dilation": "dilation (rate 1)",
    "switch-context": "context module",
    "switch-image-mean": "mean of the whole picture",
    "measure-each": "Measure each",
    "as-trained": "As trained",
    "without": "Without: {what}",
    "differs": "Labels that differ: {share}",
    "mask-of": "Mask by {network}: {classes}",
    "run-facts": (
        "{milliseconds} ms · {parameters} parameters · it sees {width}×{height} pixels, its score "
        "map has stride {stride}"
    ),
    "switched-off": "Switched off",
    "changed": "Labels changed",
    "most-lost": "Loses most, points",
    "nothing": "nothing",
    "overstates": (
        "The network was trained with what is switched off, and leans on it: this overstates its "
        "worth."
    ),
    # From overview to arithmetic.
    "explorer-title": "From the whole network to one number",
    "explorer-help": (
        "Each stage as it ran on this photo: size, stride, parameters, time. Open a stage, then "
        "press a cell of a map for the sum that made it."
    ),
    "stride": "stride {stride}",
    "rate": "rate {rate}",
    "kind-convolution": "convolution",
    "kind-dilated": "dilated convolution",
    "kind-transposed": "transposed convolution",
    "kind-pooling": "pooling",
    "kind-unpooling": "unpooling",
    "kind-upsample": "upsampling",
    "strongest": "The {shown} strongest of {all} maps; press a cell, or move by arrow keys.",
    "unit": "map {unit}: {least} to {most}",
    "unit-map": "Map {unit}, {width} by {height} cells; press one for its sum",
    "cell-title": "Map {unit}, row {row}, column {column}",
    "sum-convolution": "Convolution: {terms} products of a value read and a weight, and the bias.",
    "sum-dilated": "Dilated convolution: {terms} products; the window has holes.",
    "sum-transposed": (
        "Transposed convolution: {terms} products of the cells that stamp on this one."
    ),
    "sum-unpooling": "Unpooling: the maximum that was found here ({terms} term), or nothing.",
    "sum-max": "Max pooling: the largest of {terms} weighs 1, the others 0.",
    "sum-mean": "Mean pooling: {terms} values weigh alike.",
    "sum-upsampling": "Upsampling: {terms} cells of the score map, each by its weight.",
    "score": "score",
    "power": "e^(score - largest)",
    "probability": "probability",
    "softmax": "Softmax at this pixel",
    "others": "({count} more channels: {sum})",
    "bias": "bias {bias}",
    "engine-says": "(the network's own number: {number})",
    "channel": "Channel {channel}: value × weight, sum {sum}",
    # 1
    "fcn-title": "FCN: coarse scores, and what they lose",
    "fcn-theory": (
        "Five poolings leave one score for every 32×32 pixels. FCN-8s adds scores from pool4 "
        "(stride 16) and pool3 (stride 8) before it enlarges them 8 times. Objects larger or "
        "smaller than what a score sees still come out in pieces, or not at all."
    ),
    "fcn-source": (
        "Long, Shelhamer & Darrell 2015, section 4.2, figures 3 and 4; the limits: Noh, Hong & Han "
        "2015, figure 1."
    ),
    "fcn-question": "A grid of 32×32-pixel cells may name one class each. What is gone first?",
    "fcn-a0": "What is large: the road, the sky",
    "fcn-a1": "What is compact: a car, a cow",
    "fcn-a2": "What is thin: a pole, a leg",
    "fcn-why": (
        "What is narrower than a cell is outvoted in every cell that it crosses. Large things lose "
        "only their edges. Now cut the skips of a trained FCN-8s below."
    ),
    "fcn-live": "The photo's labels on a coarse grid: each cell keeps its most frequent class",
    "fcn-stride": "Pixels to a cell",
    "fcn-kept": "IoU that is left",
    "fcn-map": "Labels in cells of {stride} pixels: {classes}",
    "fcn-of-truth": "The labels are the true ones: no network of this stride could do better.",
    "fcn-of-network": "There is no truth for this photo: the labels are FCN-8s's own.",
    # 2
    "unpooling-title": "Unpooling beside transposed convolution",
    "unpooling-theory": (
        "Unpooling puts each maximum back where it was found and leaves zeros elsewhere. A "
        "transposed convolution stamps its kernel, times the value, at every cell and adds up "
        "where stamps overlap: it knows no places, but its kernel is learnt."
    ),
    "unpooling-source": "Noh, Hong & Han 2015, sections 3.2.1 and 3.2.2, figure 3.",
    "unpooling-question": (
        "A 4×4 map is pooled 2×2 and unpooled. How many of its 16 cells can be other than zero?"
    ),
    "unpooling-a0": "4",
    "unpooling-a1": "8",
    "unpooling-a2": "16",
    "unpooling-why": (
        "One of each 2×2 window: 4, at the true places. The convolutions that follow make the map "
        "dense again. Change the numbers and press any cell."
    ),
    "unpooling-map": "The map",
    "unpooling-kernel": "The kernel, stride 2",
    "unpooling-pooled": "Pooled",
    "unpooling-unpooled": "Unpooled",
    "unpooling-stamped": "Transposed convolution",
    "unpooling-press": "Press a cell of a result to see what made it.",
    "unpooling-is": "{value}: the maximum of pooled row {row}, column {column}, put back.",
    "unpooling-empty": "0: the maximum of this window was elsewhere.",
    "unpooling-photo": "In {network}, on the photo",
    "unpooling-filled": "{layer}: {share} of the cells are above 0",
    # 3
    "deconvnet-title": "DeconvNet: from coarse to fine",
    "deconvnet-theory": (
        "The decoder mirrors VGG-16: five unpoolings bring back places, the deconvolutions after "
        "each fill in. Its first maps hold where and how large, its last ones the outline."
    ),
    "deconvnet-source": "Noh, Hong & Han 2015, section 3.3 and figure 4.",
    "deconvnet-question": "What do the first, coarse maps of the decoder hold?",
    "deconvnet-a0": "Place and extent of an object",
    "deconvnet-a1": "Its exact outline",
    "deconvnet-a2": "Its colour",
    "deconvnet-why": (
        "Coarse maps cannot hold an outline: a cell is many pixels wide. Move the slider: unpooled "
        "maps are dotted, each deconvolution fills them."
    ),
    "deconvnet-layer": "Map",
    "deconvnet-unit": "Unit that goes with",
    "deconvnet-strongest": "none: the strongest",
    "deconvnet-map": "{layer}: {width}×{height} cells, unit {unit} of {units}, up to {most}",
    # 4
    "segnet-title": "SegNet: what was left out, what it saves",
    "segnet-theory": (
        "SegNet drops DeconvNet's fully connected layers and keeps, of each pooling, only the "
        "places of the maxima: 2 bits for each 2×2 window instead of the map itself."
    ),
    "segnet-source": "Badrinarayanan, Kendall & Cipolla 2017, section 3, figures 2 and 3.",
    "segnet-question": (
        "fc6, fc7 and fc6's mirror image go. What part of DeconvNet's parameters is that?"
    ),
    "segnet-a0": "About a tenth",
    "segnet-a1": "About a half",
    "segnet-a2": "Almost nine tenths",
    "segnet-why": (
        "A 7×7 convolution from 512 to 4096 maps alone has 103 M weights. Without the three layers "
        "29.5 M are left: SegNet."
    ),
    "segnet-live": "DeconvNet's parameters in the paper's form, 21 classes",
    "segnet-out": "no {name}",
    "segnet-total": "{kept} left, {saved} saved; SegNet has {segnet}.",
    "segnet-memory": "What the decoder is handed from the encoder",
    "segnet-width": "Photo",
    "segnet-maps": "the maps, float32",
    "segnet-indices": "only the places",
    # 5
    "unet-title": "Skip connections: U-Net",
    "unet-theory": (
        "Each level of the way down is copied beside the same level of the way up, whole maps and "
        "not only places; the convolutions that follow read both. Four skips, one for each level."
    ),
    "unet-source": "Ronneberger, Fischer & Brox 2015, section 2 and figure 1.",
    "unet-question": "One skip is set to zero. Which loss costs most on this photo?",
    "unet-a0": "Skip 1, at full resolution",
    "unet-a1": "Skip 2 or 3, in the middle",
    "unet-a2": "Skip 4, the coarsest",
    "unet-why": (
        "It depends on the photo: press “Measure each” and read it off. Outlines come from the "
        "finest skip; the coarsest repeats what the bottom still knows."
    ),
    "unet-live": "What each skip carries in the paper's form",
    "unet-level": "{scale} of the width, {channels} maps",
    # 6
    "densenet-title": "Dense blocks: FC-DenseNet",
    "densenet-theory": (
        "In a dense block each layer reads all maps before it and lays k new ones on the stack. On "
        "the way up only a block's new maps are enlarged, or the stack would grow beyond bounds."
    ),
    "densenet-source": "Jégou et al. 2017, sections 3.1 and 3.2, figures 1 and 2, table 2.",
    "densenet-question": (
        "A block of 4 layers with growth 12 reads 48 maps. How many maps leave it on the way down?"
    ),
    "densenet-a0": "12",
    "densenet-a1": "48",
    "densenet-a2": "96",
    "densenet-why": (
        "The 48 that it read and 4 × 12 new ones: 96. Enlarged on the way up: only the 48 new."
    ),
    "densenet-live": "One dense block",
    "densenet-before": "Maps read",
    "densenet-growth": "Growth k",
    "densenet-depth": "Layers",
    "densenet-layer": "layer {number}",
    "densenet-reads": "reads {reads}, adds {growth}",
    "densenet-after": (
        "{before} + {depth} × {growth} = {after} maps, {added} of them new; {weights} weights in "
        "its 3×3 convolutions."
    ),
    "densenet-form": "FC-DenseNet {form}, first block",
    # 7
    "field-title": "Receptive field: pooling against dilation",
    "field-theory": (
        "To see further, a network may shrink its maps, and lose places, or spread the taps of its "
        "filters, and keep them. Dilated layers of rates 1, 2, 4, ... see exponentially further "
        "with as many weights."
    ),
    "field-source": "Yu & Koltun 2016, section 2 and figure 1; measured as in Luo et al. 2016.",
    "field-question": "Three 3×3 layers of rates 1, 2 and 4: how wide a square do they see?",
    "field-a0": "7 cells",
    "field-a1": "9 cells",
    "field-a2": "15 cells",
    "field-why": "1 + 2·1 + 2·2 + 2·4 = 15. Set the rates; with bad ones the square gets holes.",
    "field-live": "Three 3×3 layers, 9 weights each: which cells one result reads",
    "field-rate": "Rate of layer {number}",
    "field-pooling": "2×2 pooling between the layers",
    "field-sees": (
        "Sees {width}×{width} cells, reads {read} of these {all}; its own map has stride {stride}."
    ),
    "field-photo": "What one score of {network} listens to",
    "field-help": (
        "Press the photo, or move by arrow keys. Solid: all it could see. Dashed: 95 % of it."
    ),
    "field-found": "{what}: theory {theory} px, practice {practice} px; says {name}",
    # 8
    "deeplab-title": "DeepLab v1: dense scores, simply enlarged",
    "deeplab-theory": (
        "The last two poolings no longer shrink (3×3, stride 1), the filters after them are "
        "dilated instead: scores come every 8 pixels. They are smooth, so plain bilinear ×8 "
        "enlarges them."
    ),
    "deeplab-source": (
        "Chen et al. 2015, section 3.1, figures 1 and 3; 3×3 pooling as in the authors' "
        "DeepLab-LargeFOV release."
    ),
    "deeplab-question": (
        "Cell k lies on pixel 8k. What does the pixel in the middle of four cells get?"
    ),
    "deeplab-a0": "The largest of the four",
    "deeplab-a1": "Their mean",
    "deeplab-a2": "The nearest one",
    "deeplab-why": (
        "A quarter of each: the weights fall linearly with the distance. Move row and column."
    ),
    "deeplab-live": "Bilinear ×8 of 3×3 scores",
    "deeplab-cells": "Scores",
    "deeplab-pixel": "Row {row}, column {column}: {sum}",
    # 9
    "crf-title": "The dense CRF: two rules and many messages",
    "crf-theory": (
        "Pixels that are near and of like colour should agree (appearance), and so should the very "
        "nearest (smoothness). In each iteration every pixel hears all others, and its odds rise "
        "by e to the power of what it hears."
    ),
    "crf-source": (
        "Krähenbühl & Koltun 2011, equation 3 and algorithm 1; with a network: Chen et al. 2015, "
        "section 4, figure 2."
    ),
    "crf-question": "Whose voice is loud in the appearance kernel?",
    "crf-a0": "That of all pixels of like colour",
    "crf-a1": "That of pixels near and of like colour",
    "crf-a2": "That of all near pixels",
    "crf-why": (
        "Both distances stand in one exponent: a pixel must be near and alike. Press the photo, "
        "move the reaches, take a kernel out, step the iterations."
    ),
    "crf-live": "Left: whom the crossed pixel hears. Right: the mask, iteration by iteration",
    "crf-photo": "Which pixels the crossed one hears; press another, or move by arrow keys",
    "crf-appearance_reach": "θα, pixels",
    "crf-colour_reach": "θβ, levels",
    "crf-smoothness_reach": "θγ, pixels",
    "crf-without-appearance": "without appearance",
    "crf-without-smoothness": "without smoothness",
    "crf-iteration": "Iteration",
    "crf-class": "Shown",
    "crf-all": "all classes",
    "crf-heard": (
        "Column {x}, row {y} hears as much as {colour} pixels by appearance, {place} by smoothness."
    ),
    "crf-after": "{what} after {iteration} iterations: {changed} changed{miou}",
    "crf-message": (
        "Column {x}, row {y} in iteration {iteration}: prior × e^(messages), made to sum to 1"
    ),
    "crf-prior": "network's",
    "crf-appearance": "w1 message",
    "crf-smoothness": "w2 message",
    "crf-marginal": "after",
    "crf-engine": "the engine's",
    "crf-parts": "Where the message for {name} came from",
    # 10
    "dilatednet-title": "DilatedNet: with and without its context module",
    "dilatednet-theory": (
        "After the front end, seven 3×3 layers of rates 1, 1, 2, 4, 8, 16, 1 and a 1×1 layer look "
        "at the scores once more, at the same resolution: 67×67 cells around each."
    ),
    "dilatednet-source": "Yu & Koltun 2016, section 3 and table 1.",
    "dilatednet-question": "How many parameters does the basic context module need for 11 classes?",
    "dilatednet-a0": "About 8 thousand",
    "dilatednet-a1": "About 80 thousand",
    "dilatednet-a2": "About 800 thousand",
    "dilatednet-why": (
        "7 × (9·11·11 + 11) + 11·11 + 11 = 7,832: it works on the classes' scores alone."
    ),
    "dilatednet-live": "What the module sees around the middle of the photo",
    "dilatednet-layer": "After layer",
    "dilatednet-sees": (
        "Layer {layer}, rate {rate}: {cells}×{cells} cells, {pixels} pixels of the network's input."
    ),
    # 11
    "pyramid-title": "DeepLab v3: the pyramid, from stage to number",
    "pyramid-theory": (
        "Dilated 3×3 filters of rates 6, 12 and 18, a 1×1 filter and the mean of the whole picture "
        "look at the same map side by side and are merged. Ours stands on EfficientNet-Lite2 "
        "instead of ResNet-101."
    ),
    "pyramid-source": "Chen, Papandreou, Schroff & Adam 2017, section 3.3, figures 4 and 5.",
    "pyramid-question": "The rate nears the side of the map. What does a 3×3 filter become?",
    "pyramid-a0": "A filter that sees everything",
    "pyramid-a1": "A 1×1 filter",
    "pyramid-a2": "A mean of the map",
    "pyramid-why": (
        "All taps but the middle one fall into the zeros beyond the border. That is why the "
        "picture's mean is added. Below, open a stage and a cell of a map."
    ),
    "pyramid-live": "A 3×3 filter at all places of a {side}×{side} map",
    "pyramid-rate": "Rate",
    "pyramid-nine": "all 9 weights",
    "pyramid-some": "2 to 6 weights",
    "pyramid-one": "1 weight",
    # 12
    "together-title": "All of them on one photo",
    "together-theory": (
        "Three years of ideas beside each other: the same photo, the same classes. One photo "
        "decides nothing; val's figures stand in the last column."
    ),
    "together-source": (
        "Each network's paper is named on its step; val is this project's own split."
    ),
    "together-question": "Which idea do you expect to win on this photo?",
    "together-a0": "Skips: U-Net, FC-DenseNet, FCN-8s",
    "together-a1": "Unpooling: DeconvNet, SegNet",
    "together-a2": "Dilation: DeepLab, DilatedNet",
    "together-why": (
        "See for yourself: by IoU where there is a truth, by eye and by time where not."
    ),
    "together-time": "Time",
    "together-parameters": "Parameters",
    "together-file": "File",
    "together-val": "val mIoU",
    "together-order": "Order",
    "together-by-paper": "as in the lecture",
    "together-by-miou": "by IoU",
    "together-by-time": "by time",
    "together-by-size": "by size",
}
