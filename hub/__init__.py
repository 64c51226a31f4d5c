"""The hub: the one service that holds the secrets of PBX and CRM and serves every desk."""
