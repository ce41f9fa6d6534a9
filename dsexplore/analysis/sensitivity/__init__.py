"""Which fields move a result, by how much, each within a range or to the next value that can be."""
