"""One file a revision, named ``rNNNN_what``."""
