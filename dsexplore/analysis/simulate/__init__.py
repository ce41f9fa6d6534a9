"""The distribution of a result where fields are uncertain."""
