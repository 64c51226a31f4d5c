"""What each part of the desk shows, as pure functions from the session's state to plain pages."""
