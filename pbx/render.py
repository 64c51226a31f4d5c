"""Asterisk's configuration files, rendered from one ``Centre``.

Asterisk reads its files by lines, with ``;`` for comments and ``[...]`` for sections, and has no quoting that
works everywhere. So a value that holds any of these is refused, not escaped: a name cannot become a line.
"""

from __future__ import annotations

import functools
import os
import re
from importlib import resources
from pathlib import Path

import jinja2

from pbx.centre import Centre

FILES = (
    "acl.conf",
    "asterisk.conf",
    "ccss.conf",
    "cdr.conf",
    "cel.conf",
    "extconfig.conf",
    "extensions.conf",
    "features.conf",
    "indications.conf",
    "logger.conf",
    "manager.conf",
    "modules.conf",
    "musiconhold.conf",
    "pjproject.conf",
    "pjsip.conf",
    "queuerules.conf",
    "queues.conf",
    "res_config_sqlite3.conf",
    "rtp.conf",
    "sorcery.conf",
    "udptl.conf",
)
"""What is rendered; every other file of Asterisk keeps its built-in defaults."""

_FORBIDDEN = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029;\[\]\"\\$]")
_NUMBER = re.compile(r"\+?[0-9*#]{1,32}")
_WORD = re.compile(r"[A-Za-z0-9_-]{1,64}")


class UnsafeValueError(ValueError):
    """A value of the centre could act in a configuration file."""


def render(centre: Centre) -> dict[str, str]:
    """Every file of ``FILES`` as text, by name. Raises ``UnsafeValueError``."""
    _check_names(centre)
    templates = _environment()
    return {name: templates.get_template(name).render(centre=centre) for name in FILES}


def write(centre: Centre, directory: Path) -> None:
    """Render into ``directory``. The files hold passwords: mode 0600. Raises ``UnsafeValueError``."""
    for name, text in render(centre).items():
        descriptor = os.open(directory / name, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            os.fchmod(descriptor, 0o600)
            file.write(text)


@functools.cache
def _environment() -> jinja2.Environment:
    return jinja2.Environment(
        loader=jinja2.FunctionLoader(_template),
        undefined=jinja2.StrictUndefined,
        finalize=_safe,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        autoescape=False,  # noqa: S701 - these are no HTML pages; _safe refuses what would act here
    )


def _template(name: str) -> str:
    return (resources.files("pbx") / "templates" / name).read_text(encoding="utf-8")


def _safe(value: object) -> str:
    text = str(value)
    found = _FORBIDDEN.search(text)
    if found:  # the value may be a secret: only the character is named
        raise UnsafeValueError(
            f"a value of the centre holds {found.group()!r}, which acts in Asterisk's files"
        )
    return text


def _check_names(centre: Centre) -> None:
    """Section names and numbers are held to their own alphabets, and no two may meet."""
    numbers = [agent.extension for agent in centre.agents]
    numbers += [queue.number for queue in centre.queues]
    numbers += centre.outside_numbers
    names = [queue.name for queue in centre.queues] + [queue.strategy for queue in centre.queues]
    for text, allowed in [(n, _NUMBER) for n in numbers] + [(n, _WORD) for n in (*names, centre.trunk.user)]:
        if not allowed.fullmatch(text):
            raise UnsafeValueError(f"{text[:40]!r} is no number or plain word")
    if len(set(numbers)) != len(numbers):
        raise UnsafeValueError("two of the centre's agents, queues or outside numbers share one number")
