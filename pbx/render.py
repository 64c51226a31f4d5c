"""Asterisk's configuration files, rendered from one ``Centre``."""

from __future__ import annotations

import functools
import os
from importlib import resources
from pathlib import Path

import jinja2

from centre.model import ECHO_TEST
from centre.personal import personal_queue
from centre.plain import plain
from hub.ports.pbx import RESERVED
from pbx.centre import Centre
from pbx.prompts import shipped

FILES = (
    "acl.conf",
    "announcements.conf",
    "asterisk.conf",
    "callbacks.conf",
    "ccss.conf",
    "cdr.conf",
    "cel.conf",
    "entries.conf",
    "extconfig.conf",
    "extensions.conf",
    "features.conf",
    "first.conf",
    "identification.conf",
    "indications.conf",
    "listening.conf",
    "logger.conf",
    "manager.conf",
    "modules.conf",
    "musiconhold.conf",
    "offering.conf",
    "pjproject.conf",
    "pjsip.conf",
    "queuerules.conf",
    "queues.conf",
    "res_config_sqlite3.conf",
    "res_pgsql.conf",
    "routing.conf",
    "rtp.conf",
    "slots.conf",
    "sorcery.conf",
    "udptl.conf",
    "whatsapp.conf",
)
"""What is rendered; every other file of Asterisk keeps its built-in defaults."""

EVERY_LEVEL = 2**31 - 1
"""``QUEUE_MAX_PENALTY`` as where nobody set it. An empty one, which app_queue takes for the same, it logs as
invalid with each caller.
"""


def render(centre: Centre) -> dict[str, str]:
    """Every file of ``FILES`` as text, by name. Raises ``UnsafeValueError``."""
    templates = _environment()
    values = {
        "centre": centre,
        "echo_test": ECHO_TEST,
        "reserved": RESERVED,
        "every_level": EVERY_LEVEL,
        "announced": any(queue.announce_seconds for queue in centre.queues),
        "identifies": any(entry.identifies for entry in centre.entries),
        "numbers": {queue.name: queue.number for queue in centre.queues},
        "personal_queue": personal_queue,
    }
    return {name: templates.get_template(name).render(values) for name in FILES}


def write(centre: Centre, directory: Path) -> None:
    """Render into ``directory``. The files hold passwords: mode 0600. Raises ``UnsafeValueError``."""
    for name, text in render(centre).items():
        descriptor = os.open(directory / name, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            os.fchmod(descriptor, 0o600)
            file.write(text)
    _write_sounds(directory / "sounds/moked")


def _write_sounds(directory: Path) -> None:
    """What is there already stays: it may be a recording of the centre's own."""
    for name, sound in shipped().items():
        path = directory / name
        path.parent.mkdir(parents=True, exist_ok=True)
        if not path.exists():
            path.write_bytes(sound)


@functools.cache
def _environment() -> jinja2.Environment:
    return jinja2.Environment(
        loader=jinja2.FunctionLoader(_template),
        undefined=jinja2.StrictUndefined,
        finalize=_safe,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        autoescape=False,  # noqa: S701 - these are no HTML pages; plain() refuses what would act here
    )


def _template(name: str) -> str:
    return (resources.files("pbx") / "templates" / name).read_text(encoding="utf-8")


def _safe(value: object) -> str:
    return plain(str(value))
