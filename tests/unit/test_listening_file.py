"""``[listening]`` in ``centre.toml``, what Asterisk is given for it, and what is asked of it over AMI."""

from __future__ import annotations

import shutil
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from centre.listening import Listening
from centre.model import load
from hub import sample
from hub.adapters.ami_listening import hang_up, originate, redirect, told
from hub.adapters.ami_wire import build
from hub.contract import ListenMode
from hub.ports.listening import ListeningCall, ListeningEnded, ListeningHeard
from hub.ports.pbx import PbxRefused
from pbx.__main__ import main
from pbx.render import render
from tests.unit.test_pbx_render import CENTRE

AT = datetime(2026, 11, 22, 9, tzinfo=UTC)
ID = "listening-" + "0" * 32
CHANNEL = "PJSIP/1001-0000000a"
CALL = ListeningCall(ID, "1002", "1001", "1795338000.1", ListenMode.WHISPER, "f" * 32)


@pytest.fixture
def centre(tmp_path: Path) -> Path:
    return Path(shutil.copy(sample.CENTRE, tmp_path / "centre.toml"))


def with_section(centre: Path, lines: str) -> None:
    centre.write_text(centre.read_text().replace("# [listening]", f"[listening]\n{lines}"))


def test_nobody_listens_in_unless_the_centre_says_so(centre: Path) -> None:
    assert load(centre).listening is None
    with_section(centre, "")
    assert load(centre).listening == Listening(shown=True, most=2)


@pytest.mark.parametrize("lines", ["most = 0", "most = 11", "hidden = true"])
def test_what_is_wrong_is_named(centre: Path, lines: str, capsys: pytest.CaptureFixture[str]) -> None:
    with_section(centre, lines)
    assert main(["check", str(centre)]) == 1
    assert "listening" in capsys.readouterr().err


def test_rights_module_and_phones_are_only_what_listening_needs() -> None:
    trainer, agent = (replace(CENTRE.agents[0], extension=one) for one in ("1002", "1003"))
    agents = (replace(trainer, listens=True), agent)
    plain = render(replace(CENTRE, agents=agents))
    made = render(replace(CENTRE, agents=agents, listening=Listening()))
    assert "write = agent,reporting\n" in plain["manager.conf"]
    assert "write = agent,reporting,originate,call\n" in made["manager.conf"]
    assert "app_chanspy" not in plain["modules.conf"]
    assert made["modules.conf"].count("load = app_chanspy.so") == 1
    assert "exten" not in plain["listening.conf"]
    assert "exten => 1002,1,Dial(PJSIP/1002,15," in made["listening.conf"]
    assert "1003" not in made["listening.conf"]


def test_the_whole_channel_is_named_and_the_call_goes_into_the_profiles_contexts_alone() -> None:
    fields = originate(CALL, CHANNEL)
    assert fields["Channel"] == "Local/1002@listening-phones/n"
    assert (fields["Context"], fields["Exten"], fields["ChannelId"]) == ("listening", "whisper", ID)
    assert "Application" not in fields
    assert f"MOKED_HEARD={CHANNEL}" in fields["Variable"].split(",")
    assert build("Originate", fields).count(b"\r\n\r\n") == 1


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("id", "1795338000.1"),
        ("id", ID + ";2"),
        ("trainer", "1002@from-agents"),
        ("trainer", "1002&PJSIP/premium"),
        ("trainer", ""),
        ("agent", "1001\r\nApplication: System"),
        ("token", "f" * 31),
        ("token", "f" * 32 + ",__X=1"),
    ],
)
def test_a_call_that_would_be_more_than_it_says_is_refused(field: str, value: str) -> None:
    changed: dict[str, Any] = {field: value}
    with pytest.raises(PbxRefused):
        originate(replace(CALL, **changed), CHANNEL)


@pytest.mark.parametrize(
    "channel", ["", "PJSIP/1001", "PJSIP/1001-", "PJSIP/", "all", "PJSIP/1001-0a,o", "Local/1001-0a"]
)
def test_no_prefix_of_channels_can_be_listened_to(channel: str) -> None:
    with pytest.raises(PbxRefused):
        originate(CALL, channel)


@pytest.mark.parametrize("call", ["", CHANNEL, "1795338000.1", "/.*/", ID + "0"])
def test_no_other_call_is_moved_or_ended(call: str) -> None:
    with pytest.raises(PbxRefused):
        redirect(call, ListenMode.BARGE)
    with pytest.raises(PbxRefused):
        hang_up(call)


def test_what_asterisk_tells_of_such_calls() -> None:
    heard = {"Event": "UserEvent", "UserEvent": "MokedListening", "Listening": ID, "Mode": "barge"}
    assert told(heard, AT) == ListeningHeard(ID, ListenMode.BARGE, AT)
    assert told({"Event": "Hangup", "Uniqueid": ID}, AT) == ListeningEnded(ID, AT)
    for other in (
        {**heard, "Mode": "loud"},
        {**heard, "Listening": "1"},
        {**heard, "UserEvent": "MokedTold"},
        {"Event": "Hangup", "Uniqueid": ID + ";2"},
        {"Event": "Hangup"},
    ):
        assert told(other, AT) is None
