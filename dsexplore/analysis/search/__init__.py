"""Which layouts of a run there are, which fit its accelerators, and which is the fastest."""
