"""A scenario and its results in other formats."""
