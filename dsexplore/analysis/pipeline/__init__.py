"""A pipeline's schedule, played through."""
