"""Predictions beside published runs, and the factors fitted to them."""
