"""The hub's ports filled."""
