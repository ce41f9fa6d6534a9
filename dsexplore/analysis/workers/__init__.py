"""Work in parts, done here, on every core, or on a cluster: the results are the same to the bit."""
