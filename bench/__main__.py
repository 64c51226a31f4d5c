"""``python -m bench [BENCH …]``: measure, and print each figure beside what it is compared with.

``--out FILE`` also writes the tables there, as Markdown. Nothing here passes or fails by the clock.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Final, TypeAlias

from bench import (
    bots,
    call_to_card,
    cards,
    day_of_figures,
    desks,
    devices,
    echo,
    first_picture,
    key_to_paint,
    machine,
    memory,
    portable,
    ready_again,
    restart,
    sip_engine,
    speech,
    written,
)
from bench.figures import Row, table
from bench.place import Place, place

Bench: TypeAlias = tuple[str, Callable[[Place], list[Row]]]

BENCHES: Final[dict[str, Bench]] = {
    module.__name__.rpartition(".")[2]: (module.TITLE, module.measure)
    for module in (
        first_picture,
        restart,
        call_to_card,
        cards,
        key_to_paint,
        day_of_figures,
        desks,
        sip_engine,
        portable,
        ready_again,
        bots,
        memory,
        devices,
        echo,
        speech,
        written,
    )
}


def report(names: list[str]) -> Iterator[str]:
    """The machine, then the table of each bench as soon as it is measured."""
    yield f"# What was measured\n\n{machine.description()}\n"
    with place() as here:
        for name in names:
            title, measure = BENCHES[name]
            began = time.monotonic()
            rows = measure(here)
            took = f"`python -m bench {name}`: {time.monotonic() - began:.0f} s"
            yield f"## {title}\n\n{table(rows)}\n\n{took}\n"


def main() -> None:
    """Run the benches named, or all."""
    parser = argparse.ArgumentParser(prog="python -m bench")
    parser.add_argument("benches", nargs="*", metavar="BENCH", help=", ".join(BENCHES))
    parser.add_argument("--out", type=Path)
    asked = parser.parse_args()
    if unknown := set(asked.benches) - BENCHES.keys():
        parser.error(f"no bench {sorted(unknown)}; there are {', '.join(BENCHES)}")
    told: list[str] = []
    for part in report(asked.benches or list(BENCHES)):
        print(part, flush=True)
        told.append(part)
    if asked.out is not None:
        asked.out.write_text("\n".join(told), encoding="utf-8")


if __name__ == "__main__":
    main()
