"""Traffic of each kind of parallelism in a step."""
