"""What one evaluation cannot say: what changes between several."""
