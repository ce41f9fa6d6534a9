"""Layouts that fit, on the screen."""
