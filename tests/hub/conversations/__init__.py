"""Written conversations in the hub."""
