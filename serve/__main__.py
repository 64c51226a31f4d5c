"""``python -m serve``, which ``moked serve`` becomes."""

from __future__ import annotations

import argparse
import importlib.util
import sys
from collections.abc import Sequence
from pathlib import Path

_WITHOUT = "Desks in browsers need textual-serve: pip install 'moked[serve]'\n"


def main(arguments: Sequence[str] | None = None) -> int:
    """Serve desks to browsers until it is stopped."""
    parser = argparse.ArgumentParser(
        prog="moked serve", description="Serve desks to browsers in the centre's network."
    )
    parser.add_argument("--config", type=Path, default=Path("serve.toml"), help="the settings (serve.toml)")
    given = parser.parse_args(arguments)
    if importlib.util.find_spec("textual_serve") is None:
        sys.stderr.write(_WITHOUT)
        return 2
    from serve import server  # noqa: PLC0415 - only where the extra is installed

    return server.main(given.config)


if __name__ == "__main__":
    sys.exit(main())
