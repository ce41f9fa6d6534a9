"""Which fields make a result differ between scenarios."""
