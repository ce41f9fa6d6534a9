"""Claims on the screen."""
