"""Textual screens: they lay widgets out, map keys to commands and paint the state."""
