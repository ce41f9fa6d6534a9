"""Problems: why a result is missing or cannot be, in a sentence with its numbers, else empty."""
