"""Widgets that paint plain values; they know no store, port or adapter."""
