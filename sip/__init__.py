"""The phone: SIP engine and audio in a process of their own, reached over a private local socket."""
