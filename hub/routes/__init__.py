"""The hub's HTTP routes: they translate, and decide nothing."""
