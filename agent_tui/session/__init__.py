"""What the desk knows: frozen state, events, the pure reducer and the store."""
