"""Scripts that make what the documents show."""
