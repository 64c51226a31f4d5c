"""Scenarios that several tests play, as they stand in a file."""

from __future__ import annotations

CALL = """\
title = "{title}"
[[actors]]
name = "ruth"
kind = "customer"
numbers = ["0505550121"]
[[steps]]
actor = "ruth"
do = "call"
number = "700"
"""
"""A customer who calls."""
