"""The history as a list to jump in."""
