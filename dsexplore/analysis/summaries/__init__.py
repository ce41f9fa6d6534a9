"""Results arranged for a page."""
