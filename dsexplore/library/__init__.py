"""Presets, and where they are found."""
