"""A sweep on the screen."""
