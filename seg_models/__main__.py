"""`python -m seg_models`."""

import os
import sys

from .cli import main

# How often a thread looks for work before it sleeps: for longer it would slow down whoever shares
# the cores, and asleep at once a CRF takes half as long again. Read when torch loads, which
# importing the command line does not do.
os.environ.setdefault("GOMP_SPINCOUNT", "20000")
sys.exit(main())
