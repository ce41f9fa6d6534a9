"""What is compiled once is read by every process that the tests start, and by the next run."""

from __future__ import annotations

import os
import sys

from hypothesis import settings

# Told to keep no bytecode, each process would compile the program and rewrite all tests anew.
sys.dont_write_bytecode = False
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)

# A machine with other work fails no test: hypothesis takes a slow one for a fault.
settings.register_profile("untimed", deadline=None)
settings.load_profile("untimed")
