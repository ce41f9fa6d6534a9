"""A pipeline schedule, pass by pass."""
