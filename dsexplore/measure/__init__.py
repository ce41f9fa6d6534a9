"""Measuring the user's own accelerator, and a hardware preset of what was found.

Only `device.py` imports torch, and only when asked to measure; `fields.py` and `preset.py` turn
measurements into a file and need none of it.
"""
