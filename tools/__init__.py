"""Scripts that make what is committed: generated tables."""
