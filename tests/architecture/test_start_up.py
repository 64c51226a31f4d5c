"""What start-up may import. What else the desk needs comes when it is first used, or behind its picture.

Each name here costs every start of the desk its time; ``python -m bench first_picture`` measures what.
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

BEFORE_THE_PICTURE = {
    "agent_tui",
    "agent_tui.cli",
    "agent_tui.first_picture",
    "agent_tui.garbage",
    "agent_tui.places",
    "agent_tui.terminal_gone",
    "edge",
    "edge.endings",
}
"""Of ours; of others' none but platformdirs, which knows where the settings are."""

BEFORE_THE_LIVE_DESK = {
    "annotated_types",  # pydantic's
    "platformdirs",
    "pydantic",  # settings, and the contract with the hub
    "pydantic_core",
    "rich",  # Textual's
    "textual",
    "typing_extensions",  # pydantic's
    "typing_inspection",  # pydantic's
}
"""Others' packages. None that speaks HTTP, plays sound, asks a keyring, or writes dates."""

OURS = {"agent_tui", "edge", "hub", "sip"}
HELD_BACK = {
    "agent_tui.adapters.hub_line",
    "agent_tui.adapters.hub_wire",
    "agent_tui.cli_more",
    "agent_tui.headless",
    "agent_tui.linear",
    "agent_tui.screens.acts",
    "agent_tui.screens.conversations",
    "hub.service",
    "sip.engines",
    "sip.service",
}
"""Of ours."""

BOTS = {
    "annotated_types",  # pydantic's
    "platformdirs",
    "pydantic",  # scenarios and settings
    "pydantic_core",
    "typing_extensions",  # pydantic's
    "typing_inspection",  # pydantic's
}
"""Others' packages for a run of customers who only call."""

_BOTS = "import sys, bots.command\nprint(*sys.modules)"
_NOTHING = "import sys\nprint(*sys.modules)"
_PICTURE = "import sys, agent_tui.cli\nprint(*sys.modules)"
_LIVE = """
import sys
from pathlib import Path
import agent_tui.cli
from agent_tui import app, wiring
from agent_tui.faults import Faults

loaded = []

def painted(desk):
    loaded.extend(sys.modules)
    desk.exit()

app.MokedApp._let_the_world_in = painted
wiring.build(Path(sys.argv[1]), Faults()).run(headless=True)
print(*loaded)
"""
"""The desk up to the moment at which all its parts are painted, and nothing beside it has begun."""
_KINDS = (
    "sip.events",
    "agent_tui.commands.model.calls",
    "agent_tui.commands.model.contacts",
    "agent_tui.commands.model.conversations",
    "agent_tui.commands.model.desk",
    "agent_tui.commands.model.floor",
    "agent_tui.session.events",
    "agent_tui.session.floor_events",
    "agent_tui.session.writing_events",
)
"""Modules of nothing but messages, of which a start makes few."""
_COMPILED = """
import importlib, sys
from dataclasses import is_dataclass

for name in sys.argv[1:]:
    for kind in vars(importlib.import_module(name)).values():
        if is_dataclass(kind) and kind.__module__ == name:
            print(f"{name}.{kind.__name__}", type(vars(kind)["__init__"]).__name__)
"""
"""Each kind there, with what its ``__init__`` is: a function where dataclasses wrote one."""


_BUILT = """
import agent_tui.opening, hub.contract
from pydantic import BaseModel

kinds = [one for one in vars(hub.contract).values() if isinstance(one, type) and issubclass(one, BaseModel)]
for one in kinds:
    print(one.__name__, one.__pydantic_complete__)
"""
"""Each message of the contract, with whether pydantic has worked out how it is checked."""


def _others(modules: set[str]) -> set[str]:
    """Packages that are neither ours nor Python's. Python's own data of a build is no package."""
    tops = {module.partition(".")[0] for module in modules}
    return {top for top in tops - OURS - sys.stdlib_module_names if not top.startswith("_sysconfigdata_")}


def test_nothing_slow_comes_before_the_first_picture() -> None:
    loaded = _loaded(_PICTURE)
    assert {name for name in loaded if name.partition(".")[0] in OURS} == BEFORE_THE_PICTURE
    assert _others(loaded) == {"platformdirs"}
    assert not loaded & {"asyncio", "dataclasses", "gettext", "inspect", "json", "logging"}


def test_the_desk_is_live_before_it_loads_what_it_does_not_show(tmp_path: Path) -> None:
    settings = tmp_path / "config.toml"
    settings.write_text('[sip]\nuser = "1001"\ndomain = "127.0.0.1:9"\n[audio]\nkind = "silence"\n', "utf-8")
    loaded = _loaded(_LIVE, str(settings))
    assert "agent_tui.screens.desk" in loaded, "it came up"
    assert _others(loaded) <= BEFORE_THE_LIVE_DESK
    assert not {name for name in loaded for held in HELD_BACK if name == held or name.startswith(f"{held}.")}


def test_customers_who_only_call_load_no_desk_and_no_web_server() -> None:
    loaded = _loaded(_BOTS)
    assert "bots.customer_actor" in loaded, "they can call"
    assert _others(loaded) - {"bots", "centre"} <= BOTS
    assert not loaded & {"agent_tui.wiring", "bots.desks", "bots.writers", "hub.server"}


def test_no_kind_of_event_or_command_is_compiled_before_one_is_made() -> None:
    kinds = _words(_COMPILED, *_KINDS)
    assert len(kinds) > 2 * 100, "two words each"
    assert not [name for name, method in zip(kinds[::2], kinds[1::2], strict=True) if method == "function"]


def test_no_message_of_the_contract_is_worked_out_before_one_comes() -> None:
    kinds = _words(_BUILT)
    assert len(kinds) > 2 * 50, "two words each"
    assert not [name for name, built in zip(kinds[::2], kinds[1::2], strict=True) if built == "True"]


def _loaded(program: str, *arguments: str) -> set[str]:
    """The modules that ``program`` adds to those of a Python that starts with nothing to do."""
    return _printed(program, *arguments) - _printed(_NOTHING)


def _printed(program: str, *arguments: str) -> set[str]:
    return set(_words(program, *arguments))


def _words(program: str, *arguments: str) -> list[str]:
    """What ``program`` prints, in a Python of its own."""
    done = subprocess.run(
        [sys.executable, "-c", program, *arguments],
        env={"PATH": "", "PYTHONPATH": str(Path(__file__).parents[2])},
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    return done.stdout.split()
