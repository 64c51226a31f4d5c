"""``moked doctor``: looks at everything that calls need on this machine, and names cures."""
