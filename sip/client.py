"""The desk's end of the phone's socket."""
