"""Headless clients: bot customers who really call over SIP with recorded speech."""
