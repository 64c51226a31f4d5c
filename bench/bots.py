"""Bot customers beside SIPp, in calls to the same tone on the same Asterisk: processor time and memory."""

from __future__ import annotations

import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from bench.figures import Row, Sample
from bench.place import Place
from bench.process import cpu_seconds, pss
from tests.e2e.eventually import eventually
from tests.e2e.processes import moked_env
from tests.pbx.centre import password

TITLE = "Bots: calls that say and hear a tone, beside SIPp's"

_CALLS = (1, 10, 50, 100)
_SECONDS = 10.0
_LASTS = 60
_AGENT, _TONE = "1101", "603"
"""Who calls, and the extension that answers at once with a tone."""
_PER_SECOND = 10
_WITHIN = 90.0
_PACKETS = 50
"""Of one call in a second: G.711 by 20 ms."""
_KEPT_UP = 98.0
"""Per cent of the packets that are due: with fewer the sound has holes, and no processor was left."""

_SCENARIO = f"""\
title = "a tone"
[[actors]]
name = "caller"
kind = "customer"
numbers = ["{_AGENT}"]
says = 1300
[[steps]]
actor = "caller"
do = "call"
number = "{_TONE}"
[[steps]]
actor = "caller"
expect = "call"
state = "established"
within = 60
[[steps]]
actor = "caller"
do = "wait"
seconds = {_LASTS}
"""
_SIPP = f"""\
<?xml version="1.0" encoding="UTF-8"?>
<scenario name="a tone">
  <send retrans="500"><![CDATA[{{invite}}

  ]]></send>
  <recv response="401" auth="true"/>
  <send><![CDATA[
    ACK sip:{_TONE}@[remote_ip]:[remote_port] SIP/2.0
    [last_Via:]
    From: <sip:{_AGENT}@[remote_ip]>;tag=[call_number]
    [last_To:]
    Call-ID: [call_id]
    CSeq: 1 ACK
    Content-Length: 0

  ]]></send>
  <send retrans="500"><![CDATA[{{again}}

  ]]></send>
  <recv response="100" optional="true"/>
  <recv response="180" optional="true"/>
  <recv response="200" rtd="true"/>
  <send><![CDATA[
    ACK [next_url] SIP/2.0
    Via: SIP/2.0/[transport] [local_ip]:[local_port];branch=[branch]
    From: <sip:{_AGENT}@[remote_ip]>;tag=[call_number]
    [last_To:]
    Call-ID: [call_id]
    CSeq: 2 ACK
    Max-Forwards: 70
    Content-Length: 0

  ]]></send>
  <nop><action><exec rtp_stream="{{tone}},-1,8,PCMA/8000"/></action></nop>
  <pause milliseconds="{_LASTS * 1000}"/>
</scenario>
"""
_INVITE = f"""
    INVITE sip:{_TONE}@[remote_ip]:[remote_port] SIP/2.0
    Via: SIP/2.0/[transport] [local_ip]:[local_port];branch=[branch]
    From: <sip:{_AGENT}@[remote_ip]>;tag=[call_number]
    To: <sip:{_TONE}@[remote_ip]>
    Call-ID: [call_id]
    CSeq: {{number}} INVITE
    Contact: <sip:{_AGENT}@[local_ip]:[local_port]>
    {{proof}}Max-Forwards: 70
    Content-Type: application/sdp
    Content-Length: [len]

    v=0
    o=- 1 1 IN IP4 [local_ip]
    s=-
    c=IN IP4 [media_ip]
    t=0 0
    m=audio [rtpstream_audio_port] RTP/AVP 8
    a=rtpmap:8 PCMA/8000"""


@dataclass(frozen=True, slots=True)
class _Cost:
    """Milliseconds of processor time for a second of one call; MB (PSS) of the whole process; per cent of the
    packets that were due which came to the exchange.
    """

    cpu: float
    memory: float
    came: float


def measure(place: Place) -> list[Row]:
    """By turns, one after the other; without SIPp (Debian's ``sip-tester``) the bots alone."""
    ours = {count: _cost(place, _bots(place, count), count) for count in _CALLS}
    has_sipp = shutil.which("sipp") is not None
    theirs = {count: _cost(place, _sipp(place, count), count) for count in _CALLS} if has_sipp else {}
    return [
        row
        for count in _CALLS
        for row in (
            _row(f"{count} calls: processor", "ms/s", ours[count].cpu, [c.cpu for c in _of(theirs, count)]),
            _row(f"{count} calls: memory", "MB", ours[count].memory, [c.memory for c in _of(theirs, count)]),
            _row(
                _kept_up(count, ours[count].came), "%", ours[count].came, [c.came for c in _of(theirs, count)]
            ),
        )
    ] + [_row("memory of one call more", "MB", _more(ours), [_more(theirs)] if theirs else [])]


def _kept_up(count: int, came: float) -> str:
    """What the share of packets is of, and whether this machine kept so many calls up."""
    late = "" if came >= _KEPT_UP else ", NOT KEPT UP"
    return f"{count} calls{late}: packets that came"


def _of(costs: dict[int, _Cost], count: int) -> list[_Cost]:
    return [costs[count]] if count in costs else []


def _more(costs: dict[int, _Cost]) -> float:
    least, most = _CALLS[0], _CALLS[-1]
    return (costs[most].memory - costs[least].memory) / (most - least)


def _row(name: str, unit: str, ours: float, sipp: list[float]) -> Row:
    beside = Sample(f"SIPp, {name}", unit, (sipp[0],)) if sipp else None
    return Row(Sample(f"bots, {name}", unit, (ours,)), beside)


def _cost(place: Place, command: tuple[list[str], dict[str, str]], count: int) -> _Cost:
    """While ``count`` calls go on, or as many of them as stand: what is missing is missing in ``came``."""
    with _running(place, *command) as process:
        standing = _standing(place, count)
        began, before, had = time.monotonic(), cpu_seconds(process.pid), _packets(place)
        time.sleep(_SECONDS)
        spent, passed = cpu_seconds(process.pid) - before, time.monotonic() - began
        came = _packets(place) - had
        assert _talking(place) >= standing, "a call was lost"
        due = _PACKETS * passed * count
        found = _Cost(1000 * spent / passed / standing, pss(process.pid), 100 * came / due)
    eventually(lambda: not _talking(place), "no call", within=_WITHIN)
    return found


def _standing(place: Place, count: int) -> int:
    """How many calls stand: ``count``, or what a machine that cannot keep them up has after a while."""
    until = time.monotonic() + _WITHIN
    while (standing := _talking(place)) < count and time.monotonic() < until:
        time.sleep(0.5)  # the exchange is asked by its console, which costs it: no oftener
    assert standing, "no call stands"
    return standing


def _talking(place: Place) -> int:
    return sum(row["ChannelStateDesc"] == "Up" for row in place.console.channels())


def _packets(place: Place) -> int:
    """All that the exchange has had of the calls that go on."""
    rows = [row.split() for row in place.asterisk.cli("pjsip show channelstats").splitlines()]
    return sum(int(row[3]) for row in rows if row and row[0].startswith(f"{_AGENT}-"))


@contextmanager
def _running(place: Place, command: list[str], env: dict[str, str]) -> Iterator[subprocess.Popen[bytes]]:
    with (place.asterisk.directory / "log/bench.txt").open("ab") as log:
        process = subprocess.Popen(
            command, env=env, stdin=subprocess.DEVNULL, stdout=log, stderr=log, cwd=Path(__file__).parents[1]
        )
        try:
            yield process
        finally:
            process.terminate()
            process.wait(60)
            place.console.calm()


def _bots(place: Place, count: int) -> tuple[list[str], dict[str, str]]:
    home = place.home(f"bots-{count}")
    account = place.asterisk.account(_AGENT)
    (home / "one.toml").write_text(_SCENARIO, "utf-8")
    where = f'[exchange]\ndomain = "{account.domain}"\ntransport = "udp"\n[trunk]\nuser = "{_AGENT}"\n'
    (home / "bots.toml").write_text(where, "utf-8")
    given = ["run", str(home / "one.toml"), "--settings", str(home / "bots.toml")]
    pace = ["--times", str(count), "--at-once", str(count), "--rate", str(_PER_SECOND)]
    env = moked_env(home, MOKED_BOT_TRUNK_PASSWORD=password(_AGENT))
    return [sys.executable, "-m", "bots.command", *given, *pace], env


def _sipp(place: Place, count: int) -> tuple[list[str], dict[str, str]]:
    home = place.home(f"sipp-{count}")
    tone = home / "tone.alaw"
    tone.write_bytes(bytes(range(0x80, 0xB0)) * 1000)
    proof = f"[authentication username={_AGENT} password={password(_AGENT)}]\n    "
    text = _SIPP.format(
        invite=_INVITE.format(number=1, proof=""), again=_INVITE.format(number=2, proof=proof), tone=tone
    )
    (home / "one.xml").write_text(text, "utf-8")
    where = ["-i", "127.0.0.1", f"127.0.0.1:{place.asterisk.centre.ports.sip}"]
    pace = ["-m", str(count), "-l", str(count), "-r", str(_PER_SECOND), "-nostdin"]
    return ["sipp", "-sf", str(home / "one.xml"), *pace, *where], moked_env(home)
