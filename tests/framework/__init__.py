"""Imported architectures held to transformers' own models: `python -m tests.framework`."""
