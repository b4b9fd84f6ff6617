"""How the page is served: its environment, its limits, whose turn it is, its routes."""
