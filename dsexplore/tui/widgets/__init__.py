"""Widgets: blocks of lines, drawn where they changed."""
