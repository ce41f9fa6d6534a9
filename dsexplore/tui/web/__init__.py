"""The explorer in a browser, for those without a terminal at hand."""
