"""The sentences of phone and hub that the desk knows are those that phone and hub say."""

from __future__ import annotations

import ast
import errno
import os
import re
from collections.abc import Iterable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

import hub
import sip
from agent_tui.adapters import telephone
from agent_tui.session import events as de
from agent_tui.session.reduce import reduce
from agent_tui.session.state import SessionState
from agent_tui.text.catalogue import Phrase, use
from agent_tui.text.others import OF_THE_HUB, OF_THE_PHONE, said
from hub.contract import PbxLinkEvent
from sip.account import Account, MediaEncryption, Transport
from sip.engines.baresip import settings as baresip
from sip.engines.pyvoip import settings as pyvoip
from sip.errors import Unsupported
from sip.events import AudioFault

PHONE = (*Path(sip.__file__).parent.rglob("*.py"), Path(telephone.__file__))
HUB = tuple(Path(hub.__file__).parent.rglob("*.py"))


def texts_of(files: Iterable[Path]) -> str:
    """Every literal of their code, one a line."""
    nodes = (node for path in files for node in ast.walk(ast.parse(path.read_text())))
    texts = (node.value for node in nodes if isinstance(node, ast.Constant) and isinstance(node.value, str))
    return "\n".join(text for text in texts)


@pytest.mark.parametrize(
    ("files", "known"),
    [(PHONE, OF_THE_PHONE), (HUB, OF_THE_HUB)],
    ids=["phone", "hub"],
)
def test_each_is_said_there(files: tuple[Path, ...], known: tuple[Phrase, ...]) -> None:
    """Piece by piece, for some are put together of two sentences or around a value."""
    said_there = texts_of(files)
    pieces = (piece for phrase in known for piece in re.split(r"\{\w+\}|(?<=\.) |(?<=;) ", phrase.text))
    assert [piece for piece in pieces if piece.strip(" .():;") not in said_there] == []


@pytest.mark.parametrize("part", ["microphone", "speaker"])
@pytest.mark.parametrize(
    "end",
    [
        "There is no sound until it is plugged in, or another is chosen.",
        "The system's own devices are used meanwhile.",
    ],
)
@pytest.mark.parametrize(
    "others", ["; none is plugged in.", "; did you mean 'Jabra 75'?", "; there is 'Jabra 75'."]
)
def test_a_device_that_is_missing_is_told_in_hebrew(part: str, end: str, others: str) -> None:
    use("he")
    told = str(said(f"There is no {part} 'Jabra 65'{others} {end}"))
    assert "Jabra 65" in told
    assert not set(re.findall("[A-Za-z]+", told)) - {"Jabra"}


def test_a_known_sentence_is_said_in_hebrew_with_its_values() -> None:
    use("he")
    told = str(said("Jabra 65 is unplugged. Your microphone is muted."))
    assert "Jabra 65" in told
    assert "המיקרופון מושתק" in told
    standing = "There is a callback for this customer in this queue already. It stands for "
    told = str(said(f"{standing}2026-11-23 12:00+02:00; take it back first, or leave it."))
    assert "23 בנוב׳ 2026 12:00" in told.replace("\u00a0", " ")
    assert "03:00" in str(said("Nobody is called from 22:00 to 03:00; choose another time."))


def refusals() -> Iterator[tuple[str, str]]:
    """What the engines say of accounts, as they say it; and what of it is nobody's language."""
    good = Account("1001", "pbx.example", "secret", transport=Transport.UDP)
    off = replace(good, media_encryption=MediaEncryption.OFF)
    for check, account, names in (
        (pyvoip.check, replace(off, user="a b"), ""),
        (pyvoip.check, good, "VPN media encryption off engine baresip pyvoip"),
        (
            pyvoip.check,
            replace(off, transport=Transport.TLS),
            "SIP UDP tls transport udp engine baresip pyvoip",
        ),
        (pyvoip.check, replace(off, codecs=("opus",)), "pcma pcmu opus pyvoip"),
        (baresip.address_of_record, replace(good, user="a@b"), "user baresip"),
        (baresip.check, replace(good, codecs=("g729",)), "g opus pcma pcmu"),
        (baresip.check, replace(good, domain="192.0.2.1", transport=Transport.TLS), "TLS IP"),
        (baresip.check, replace(good, ca_file="/nowhere.pem"), "nowhere pem CA"),
    ):
        with pytest.raises(Unsupported) as refused:
            check(account)
        yield str(refused.value), names


def test_what_an_engine_refuses_in_the_settings_is_told_in_hebrew() -> None:
    use("he")
    for words, names in refusals():
        told = str(said(words))
        assert set(re.findall("[A-Za-z]+", told)) <= set(names.split()), told


def test_what_the_system_says_is_told_in_hebrew() -> None:
    """As the GNU C library has it: elsewhere some of it stands in English."""
    codes = (errno.ECONNREFUSED, errno.EHOSTUNREACH, errno.ENETUNREACH, errno.ETIMEDOUT, errno.ECONNRESET)
    words = {*map(os.strerror, codes), "Name or service not known", "Temporary failure in name resolution"}
    use("he")
    for why in words:
        told = str(said(f"the exchange cannot be reached: {why}"))
        assert not re.search("[A-Za-z]", told), told


def test_what_is_tried_again_is_told_with_its_reason() -> None:
    use("he")
    told = str(said("the registrar's certificate is for another name: check domain; trying again"))
    assert told == "האישור של שרת הרישום הוא לשם אחר: יש לבדוק את הדומיין; מתבצע ניסיון נוסף"


def test_an_unknown_one_stands_as_it_was_said() -> None:
    use("he")
    assert said("something else (486)") == "something else (486)"
    assert said("x the call is over") == "x the call is over"


def test_notices_say_it_in_the_language_of_the_desk() -> None:
    state = reduce(SessionState(), AudioFault("the sound broke off; check the headset"), 1.0)
    use("he")
    assert str(state.notices[0].words) == "הקול נקטע; יש לבדוק את האוזניות"
    failed = reduce(state, de.CommandFailed(said("This contact is wrapped up already.")), 1.0)
    assert str(failed.notices[-1].words) == "סיכום השיחה לפנייה הזאת כבר נשמר."
    away = reduce(state, PbxLinkEvent(up=False, words="the line to the exchange broke"), 1.0)
    assert "הקו למרכזייה נקטע" in str(away.notices[-1].words)
