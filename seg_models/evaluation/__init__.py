"""How good labels are: figures over a data set."""
