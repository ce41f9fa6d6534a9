"""A comparison on the screen."""
