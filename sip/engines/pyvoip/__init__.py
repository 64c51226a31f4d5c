"""The portable engine: pyVoIP."""
