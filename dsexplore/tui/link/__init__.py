"""The link to the terminal: how far it is behind, and what waits until it has caught up."""
