"""The hub killed (SIGKILL) at seeded instants while an agent talks, types, ticks and wraps up."""
