"""What the hub needs of the world: protocols, their types and errors."""
