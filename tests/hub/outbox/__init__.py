"""The outbox: messages that leave the hub, those that do not, and who decides on them."""
