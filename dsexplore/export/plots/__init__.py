"""Pictures in characters: for a terminal, and for Markdown."""
