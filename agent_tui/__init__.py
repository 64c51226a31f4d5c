"""The desk: the agent's screen in the terminal, and everything that feeds it."""
