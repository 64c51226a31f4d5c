"""A soak stands on the same centre as the end-to-end tests."""

from tests.e2e.conftest import centre

__all__ = ["centre"]
