"""Training: a data set, endless variation of it, one loop, one table of configurations."""
