"""What the hub does over time: follows the exchange, looks cards up, keeps members, stores agents' work."""
