"""Plots as SVG for reports in black and white: told apart by dashes, marks and hatching."""
