"""Claims of others, computed again from their own inputs."""
