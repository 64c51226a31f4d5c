"""Every sentence of hub and phone that may come to a desk is one that the desk says in Hebrew.

Read by ``ast``: whatever looks like a sentence there is taken for one that an agent may read, unless what is
done with it, or its file, says who else reads it. So a new one fails here until it has its Hebrew.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import NamedTuple

import pytest

import hub
import sip
from agent_tui.adapters import telephone
from agent_tui.session.pauses import named
from agent_tui.text.catalogue import use
from agent_tui.text.others import said


class Speaker(NamedTuple):
    """Files, and what of them comes to no desk: files, calls and errors, texts; each with who reads it.

    They are named by their paths below ``root``.
    """

    root: Path
    paths: tuple[Path, ...]
    files: Mapping[str, str]
    calls: Mapping[str, str]
    texts: Mapping[str, str]


_ROOT = Path(hub.__file__).parents[1]
_HUB = Path(hub.__file__).parent

HUB = Speaker(
    _HUB,
    tuple(path for path in sorted(_HUB.rglob("*.py")) if "migrations" not in path.parts),
    {
        "__main__.py": "an administrator's command line, which is English",
        "command_line.py": "the same",
        "commands.py": "the same",
        "crm_command.py": "the same",
        "outbox_commands.py": "the same",
        "serving.py": "the same",
        "whatsapp_settings.py": "the same: names of secrets that it asks for",
        "domain/scripts.py": "the log, and whoever watches the hub",
        "routes/health.py": "whoever watches the hub",
        "metrics.py": "Prometheus",
        "outbox_figures.py": "Prometheus",
        "routes/metrics.py": "Prometheus",
        "routes/asked.py": "the exchange's dialplan",
        "routes/identification.py": "the same",
        "routes/keep_place.py": "the same",
        "routes/phone_slots.py": "the same",
        "routes/routing.py": "the same",
        "routes/waiting_message.py": "the same",
        "service/kept_places.py": "the same",
        "service/phone_slots.py": "the same",
        "service/waiting_messages.py": "the same",
        "service/callback_words.py": "readers of the CRM, who have it in their own language",
        "service/caller_facts.py": "names of facts, for which the desk has its own",
        "contract/figures.py": "how figures are made up, for readers of the contract",
        "adapters/sip_registrar.py": "SIP, and what is wrong with a contact, for the log",
        "domain/money.py": "codes of currencies",
        "db/accounts.py": "SQL",
        "db/engine.py": "SQL, and a driver's error, for which the services have words of their own",
        "db/owner.py": "SQL, and the hub that is not to lead",
        "db/tables.py": "SQL",
    },
    {
        "log": "the log",
        "SettingsError": "an administrator's command line",
        "ValueError": "pydantic, and by it an administrator's command line",
        "WeakPassword": "an administrator's command line",
        "CsvError": "the same",
        "ScriptError": "the log, and whoever watches the hub",
        "UnreadableDelivery": "Meta, and the log",
        "UnsafeFieldError": "the log: a mistake of the hub's own",
        "WrongStepError": "nobody: the services have words of their own",
        "AssertionError": "nobody",
        "FastAPI": "nobody",
        "Traffic": "an administrator who tries the CRM",
        "record": "the audit",
        "_read": "Odoo: an order of its records",
    },
    {
        "Already there": "Asterisk's own, compared",
        "Not there": "Asterisk's own, compared",
        "No such channel": "Asterisk's own, compared",
        "unknown command": "Asterisk's own, compared",
        "no desk": "a reason, which the desk names",
        "missed calls": "a reason, which the desk names",
        "open matters": "the beginning of a sentence",
        "open tickets": "the beginning of a sentence",
        "earlier contacts": "the beginning of a sentence",
        "attachment; filename*=UTF-8''…": "a field of HTTP",
        "Dialled, busy": "written into the CRM",
        "Dialled, no answer": "written into the CRM",
        "Dialled, not reached": "written into the CRM",
        "listening over": "an act in the audit",
        "… is no extension": "the centre's file has only such as are",
        "a call to a customer with no usable …": "the log: the hub calls by itself",
        "the lab exchange calls no customers": "the log: the hub calls by itself",
        "a call to a trainer that is not as it should be": "the hub's own ids are as they should be",
        "that is no call in which anybody listens": "the hub's own ids are as they should be",
        "The request names no path.": "a desk's does",
        "The script progress names more steps than a script has.": "a desk keeps to what a script has",
        "The list does not go on there; read it again from its beginning.": "a desk asks on from what it got",
        "There is no script for this queue.": "a desk takes it for none",
        "This Idempotency-Key was used for something else.": "a desk uses each key once",
        "This Idempotency-Key was used for another customer.": "a desk uses each key once",
        "This Idempotency-Key was used for another callback.": "a desk uses each key once",
        "This Idempotency-Key was used for another wrap-up.": "a desk uses each key once",
    },
)

PHONE = Speaker(
    _ROOT,
    (*sorted(Path(sip.__file__).parent.rglob("*.py")), Path(telephone.__file__)),
    {
        "sip/__main__.py": "nobody: a desk starts the phone",
        "sip/audio/wav_port.py": "testers: the sound of tests and bots",
        "sip/ping.py": "SIP",
        "sip/registration.py": "the log",
        "sip/engines/baresip/reasons.py": "baresip's own words, compared",
        "sip/engines/pyvoip/digest.py": "SIP",
        "sip/engines/pyvoip/message.py": "the log, where it is wrong",
        "sip/engines/pyvoip/phone.py": "SIP",
        "sip/engines/pyvoip/sdp.py": "SIP",
        "sip/engines/pyvoip/transfer.py": "SIP",
        "sip/engines/pyvoip/dialog.py": "SIP",
    },
    {
        "log": "the log",
        "survived": "the log",
        "ValueError": "nobody: a mistake of the phone's own",
        "WireError": "a desk of another version",
        "BadRequest": "a desk of another version",
        "Stranger": "the log",
        "Overflow": "the log",
        "Threads": "names of threads",
        "answer": "SIP",
        "NoSuchProfile": "testers: the sound of tests and bots",
        "fullmatch": "baresip's own words, which are read",
    },
    {
        "in flight": "baresip's own words, compared",
        "System sound": "a name, for which the desk has its own",
        "There is no microphone": "the beginning of a sentence; ``test_others.py`` has the whole of it",
        "There is no speaker": "the same",
        "; none is plugged in.": "the end of such a sentence",
        "; did you mean …?": "the same",
        "; there is ….": "the same",
        "… The system's own devices are used meanwhile.": "the same",
        "… Your microphone is muted.": "the same",
        "; trying again": "the end of a sentence",
        "the phone did not name the call": "a desk and a phone of two versions",
        "there is no account to register": "a desk has one",
        "accounts of one phone must share transport, network and CA file": "a desk has one",
        "… tells no port and token": "the log",
    },
)

_SENTENCE = re.compile(r"\b[A-Za-z]{2,}[,.:;!?]? +[A-Za-z(]|^[A-Z][a-z]+[.!?…]$")
_LATIN = re.compile(r"[A-Za-z_]+(?:[.,-][A-Za-z_]+)*")
_SETTING = re.compile(r"[a-z_]+ = |\"[^\"]+\"|'[^']+'")
_NAMES = frozenset(
    {
        *(
            "AMI",
            "Asterisk",
            "CRM",
            "HubSpot",
            "MB",
            "Odoo",
            "WhatsApp",
            "http",
            "moked",
            "enroll",
            "callbacks",
        ),
        *("agent,reporting", "ca_file", "create_customer.id", "crm.customer", "items"),
        *("CA", "IP", "REGISTER", "SIP", "TLS", "UDP", "VPN", "Alpine", "Debian", "PortAudio", "Windows"),
        *("baresip", "libportaudio", "phone", "pip", "install", "pyvoip"),
    }
)
"""Of things, keys and commands, which are written so in every language."""


def sentences(source: str, calls: Iterable[str]) -> frozenset[str]:
    """What in ``source`` looks like a sentence for a desk, with ``…`` for each value."""
    return _sentences(source, frozenset(calls))


@cache
def _sentences(source: str, calls: frozenset[str]) -> frozenset[str]:
    return frozenset(text for text in _texts(_parsed(source), calls) if _SENTENCE.search(text))


_parsed = cache(ast.parse)


def _texts(node: ast.AST, calls: frozenset[str]) -> Iterator[str]:
    if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
        return  # for us
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        yield node.value
    elif isinstance(node, ast.JoinedStr):
        yield "".join(str(part.value) if isinstance(part, ast.Constant) else "…" for part in node.values)
        for part in node.values:
            if isinstance(part, ast.FormattedValue):
                yield from _texts(part.value, calls)
    elif not _is_one_of(calls, node):
        for child in ast.iter_child_nodes(node):
            yield from _texts(child, calls)


def _is_one_of(calls: frozenset[str], node: ast.AST) -> bool:
    """Whether it is one of these calls, or the class of such an error."""
    if isinstance(node, ast.Call):
        return not calls.isdisjoint(_names(node.func))
    return isinstance(node, ast.ClassDef) and node.name in calls


def _names(node: ast.expr) -> Iterator[str]:
    """Of what is called: ``log`` and ``info`` of ``log.info``."""
    if isinstance(node, ast.Attribute):
        yield node.attr
        yield from _names(node.value)
    elif isinstance(node, ast.Name):
        yield node.id


def for_desks(speaker: Speaker) -> list[str]:
    """The sentences that may come to a desk."""
    there = (path for path in speaker.paths if path.relative_to(speaker.root).as_posix() not in speaker.files)
    found = {text for path in there for text in sentences(_read(path), speaker.calls)}
    return sorted(found - set(speaker.texts))


@cache
def _read(path: Path) -> str:
    return path.read_text(encoding="utf-8")


def unknown(speaker: Speaker) -> list[str]:
    """Those of them that the desk does not know."""
    return [text for text in for_desks(speaker) if not _is_known(text)]


@cache
def _is_known(text: str) -> bool:
    return not isinstance(said(text.replace("…", "7")), str)


def without(what: Mapping[str, str], name: str) -> dict[str, str]:
    """``what`` without one of its names."""
    return {one: why for one, why in what.items() if one != name}


@pytest.mark.parametrize("text", [*for_desks(HUB), *for_desks(PHONE)])
def test_each_is_told_in_hebrew(text: str) -> None:
    use("he")
    told = str(said(text.replace("…", "7")))
    assert set(_LATIN.findall(_SETTING.sub("", told))) <= _NAMES, told
    assert re.search("[א-ת]", told), told


@pytest.mark.parametrize("speaker", [HUB, PHONE], ids=["hub", "phone"])
def test_nothing_is_left_out_without_need(speaker: Speaker) -> None:
    """Else it would hide what is said there next."""
    files = [one for one in speaker.files if not unknown(speaker._replace(files=without(speaker.files, one)))]
    calls = [one for one in speaker.calls if not unknown(speaker._replace(calls=without(speaker.calls, one)))]
    texts = [one for one in speaker.texts if not unknown(speaker._replace(texts=without(speaker.texts, one)))]
    assert (files, calls, texts) == ([], [], [])


def test_a_reason_is_named_in_hebrew() -> None:
    use("he")
    assert [why for why in ("no desk", "missed calls") if str(named(why)) == why] == []


@pytest.mark.parametrize(
    "source",
    [
        "raise NotYours('This agent has no such device.')",
        "_AWAY = 'The hub that leads does not answer; try again.'",
        "raise TooMany(f'This agent has {most} devices.')",
        "def f():\n    return 'There is nothing to send.'",
        "self.words = f'{one} is broken' if one else 'it broke down'",
    ],
)
def test_a_sentence_is_found(source: str) -> None:
    assert sentences(source, HUB.calls)


@pytest.mark.parametrize(
    "source",
    [
        "log.warning('membership not settled', agent=agent)",
        "raise SettingsError(f'{path}: no such file')",
        "def f():\n    '''What is done, in words.'''",
        "state = 'done'",
    ],
)
def test_what_no_desk_reads_is_left_out(source: str) -> None:
    assert not sentences(source, HUB.calls)
