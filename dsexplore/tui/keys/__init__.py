"""Actions and the keys that run them."""
