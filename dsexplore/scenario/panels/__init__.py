"""The panels of a scenario."""
