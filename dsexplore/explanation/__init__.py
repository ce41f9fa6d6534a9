"""A result's formula, read off the function that ran."""
