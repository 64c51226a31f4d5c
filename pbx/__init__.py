"""The centre's exchange: Asterisk profile and lab exchange."""
