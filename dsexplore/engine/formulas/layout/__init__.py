"""Layout: how a model is cut over accelerators."""
