"""How likely a result is, on the screen."""
