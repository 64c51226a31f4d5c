"""Where a call's sound comes from and goes to."""
