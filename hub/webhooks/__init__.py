"""Listeners of the hub that others call: each on a socket of its own, and each can only store what comes."""
