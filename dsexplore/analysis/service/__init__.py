"""A service under load: what it promises its users, up to which load, and at what cost."""
