"""Model: parameters and FLOP."""
