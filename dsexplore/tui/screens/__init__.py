"""Screens that come over the main one, each for one question."""
