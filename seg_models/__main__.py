"""`python -m seg_models`."""

import os
import sys

from .cli import main

# Threads that spin while they wait slow down whoever shares the cores; read when torch loads,
# which importing the command line does not do.
os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
sys.exit(main())
