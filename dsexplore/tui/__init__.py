"""What the user sees: the explorer, drawn from the document. No arithmetic."""
