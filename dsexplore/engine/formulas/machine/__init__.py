"""Machine: what an accelerator and its links reach."""
