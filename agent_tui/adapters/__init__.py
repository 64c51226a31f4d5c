"""The desk's ports filled: phone over its socket, hub over HTTP and SSE, keyring."""
