"""The lecturer's page in English: advice, and each step's exercise with its answer."""

TEXTS = {
    "fcn-exercise": (
        "From which stride on is the pole's IoU below a half? Which class still keeps nine tenths "
        "at stride 32?"
    ),
    "fcn-solution": (
        "Read both off the table as the slider moves: classes go in the order of their width in "
        "pixels, not of their area."
    ),
    "unpooling-exercise": (
        "Choose a kernel that makes the transposed convolution repeat each value in 2×2 cells. Can "
        "any kernel do what unpooling does?"
    ),
    "unpooling-solution": (
        "Ones in the last two rows and columns, zeros in the first. No: the same kernel is stamped "
        "everywhere, while unpooling's places differ from window to window."
    ),
    "deconvnet-exercise": "Choose a class. At which layer can you first tell its shape?",
    "deconvnet-solution": (
        "Usually after the second or third unpooling, when a cell is 4 to 8 pixels wide; thin "
        "things later."
    ),
    "segnet-exercise": "By what factor are the places smaller than the maps, and why that one?",
    "segnet-solution": (
        "64: of four cells of 32 bits each, 128 bits, two bits are kept for the window."
    ),
    "unet-exercise": "Cut skips 1 and 4 together. Is the loss the sum of both?",
    "unet-solution": (
        "No: what one skip brings, another can partly replace, and two losses can also meet in the "
        "same pixels. Compare the rows of the table."
    ),
    "densenet-exercise": "Double the growth, then the layers. What happens to the weights?",
    "densenet-solution": (
        "With k both the maps read and those added grow: up to 4 times. With the layers there are "
        "twice as many, and the later ones read more: 2 to 4 times."
    ),
    "field-exercise": "Find rates up to 12 that see as far as possible without a hole.",
    "field-solution": (
        "1, 3, 9: each layer's step is as wide as what the layers before see: 27 cells."
    ),
    "deeplab-exercise": "For which pixels does one cell alone decide?",
    "deeplab-solution": (
        "For rows and columns 0, 8 and 16, where the cells lie: the weights are 1 and 0."
    ),
    "crf-exercise": "Take out appearance, then smoothness instead. What does each rule alone do?",
    "crf-solution": (
        "Smoothness alone removes specks and rounds corners, whatever is on the photo; appearance "
        "alone moves outlines to the photo's edges and leaves specks of odd colour."
    ),
    "dilatednet-exercise": "How wide would the module see with rate 1 in all seven layers?",
    "dilatednet-solution": "1 + 7 × 2 = 15 cells instead of 67, with as many parameters.",
    "pyramid-exercise": (
        "In the diagram, which stage takes most time, and which has most parameters?"
    ),
    "pyramid-solution": (
        "The early stages, whose maps are large, take the time; the late and wide ones, with the "
        "pyramid, have the parameters."
    ),
    "together-exercise": (
        "Which network gives most IoU for a millisecond? Does it change with the photo?"
    ),
    "together-solution": (
        "Divide the columns; the small encoder of DeepLab v3 is hard to beat. The order by IoU "
        "changes with the photo, that by time hardly does."
    ),
    "lecture-title": "For lecturers",
    "lecture-intro": (
        "Twelve steps, each one screen: theory, a question, the answer on the photo. A step takes "
        "three to five minutes with a class, the whole tour an hour."
    ),
    "lecture-project": "How to project it",
    "project-0": (
        "Page Down and Page Up, or the arrow keys, go from step to step: a presenter's remote does."
    ),
    "project-1": (
        "Let the class vote before you press an answer; until then the figure shows nothing."
    ),
    "project-2": (
        "Each step has a link of its own, with photo and language: send it, or put it on a slide."
    ),
    "project-3": (
        "At 1440 pixels a step fits the screen; zoom the browser to 125 % in a large hall."
    ),
    "project-4": (
        "It needs no internet: run `make app` on the laptop, open /tour once before the lecture so "
        "that the networks are loaded."
    ),
    "lecture-exercises": "Exercises",
    "lecture-answer": "Answer",
}
