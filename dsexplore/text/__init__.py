"""Words and numbers: typed, read, refused."""
