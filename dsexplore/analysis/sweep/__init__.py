"""A result over a grid of values of one or several fields."""
