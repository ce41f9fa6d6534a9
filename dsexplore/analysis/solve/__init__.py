"""Which field value meets a target, and which fields move a result."""
