"""What the agent can do: commands and their handlers, over ports only."""
