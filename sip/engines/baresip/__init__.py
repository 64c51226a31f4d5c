"""The default engine: the baresip SIP stack through baresip-python (Linux, macOS)."""
