"""The tour: the lecture in twelve steps, live on a photo, at /tour.

`routes` says what the server answers, `figures` computes what a network is needed for, `networks`
knows which network stands for which paper, `english` and `korean` hold the words. What needs no
network is computed in the browser, by the modules of static/tour.
"""
