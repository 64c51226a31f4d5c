"""SIP engines behind the one port of ``sip.engine``."""
