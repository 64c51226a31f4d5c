"""The desk: the agent's screen in the terminal, and everything that feeds it."""

import os

os.environ.setdefault("TEXTUAL_FPS", "120")
"""Frames a second that Textual paints at most, read as it is imported. At its own 60 a letter right behind
another waits up to 17 ms for its frame. An idle desk paints none.
"""
