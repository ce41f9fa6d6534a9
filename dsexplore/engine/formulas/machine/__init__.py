"""Machine: rates of an accelerator and its links."""
