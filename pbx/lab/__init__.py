"""The lab exchange: registrar, stateless proxy and a queue, for a demo without a PBX."""
