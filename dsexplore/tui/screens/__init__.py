"""Full screens over the main one, each for one question."""
