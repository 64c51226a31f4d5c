"""What a centre is: one file, ``centre.toml``, that the hub and the exchange are both made from."""
