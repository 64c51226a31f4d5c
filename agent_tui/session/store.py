"""The store: dispatch an event, reduce it, tell who listens."""
