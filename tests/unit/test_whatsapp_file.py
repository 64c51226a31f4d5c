"""``whatsapp_digit`` and ``[whatsapp]``: what is taken and refused, and what the exchange is given."""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from centre.model import load
from centre.routing import Routing
from centre.secrets import ROUTING_SECRET, WHATSAPP_APP_SECRET, WHATSAPP_TOKEN, WHATSAPP_VERIFY_TOKEN
from centre.toml_file import SettingsError
from hub import sample, settings
from hub.adapters.whatsapp_cloud import WhatsAppCloud
from hub.domain.numbers import takes_no_text
from hub.ports.messages import File, NotReached, Refused, Text
from hub.senders import senders_of
from hub.service.outbox import WHATSAPP
from pbx.__main__ import main
from pbx.render import render
from tests.stubs.whatsapp import SENDER, TOKEN, whatsapp
from tests.unit.test_pbx_render import CENTRE

_WHATSAPP = """
[whatsapp]
destinations = ["+972"]
templates.he = { name = "waiting_caller", language = "he" }
"""
_ROUTING = "\n[routing]\n"
_SUPPORT = 'name = "support"'
_DIGIT = f'{_SUPPORT}\nwhatsapp_digit = "#"'


@pytest.fixture
def centre(tmp_path: Path) -> Path:
    return Path(shutil.copy(sample.CENTRE, tmp_path / "centre.toml"))


def _with(centre: Path, queue: str, more: str) -> None:
    centre.write_text(centre.read_text().replace(_SUPPORT, queue, 1) + more)


@pytest.mark.parametrize(
    ("queue", "more", "words"),
    [
        (_DIGIT, "", "whatsapp_digit needs [whatsapp] and [routing]"),
        (_DIGIT, _WHATSAPP, "whatsapp_digit needs [whatsapp] and [routing]"),
        (_DIGIT, _ROUTING, "whatsapp_digit needs [whatsapp] and [routing]"),
        (f'{_SUPPORT}\nwhatsapp_digit = "12"', _ROUTING + _WHATSAPP, "whatsapp_digit"),
        (_SUPPORT, _WHATSAPP.replace('"waiting_caller"', '"Waiting"'), "templates.he.name"),
        (_SUPPORT, _WHATSAPP.replace('"he"', '"hebrew!"'), "templates.he.language"),
        (_SUPPORT, _WHATSAPP.replace("templates.he =", "templates.ru ="), "templates"),
        (_SUPPORT, '\n[whatsapp]\ndestinations = ["+972"]\ntemplates = {}\n', "at least one"),
        (_SUPPORT, _WHATSAPP.replace('["+972"]', "[]"), "destinations"),
        (_SUPPORT, _WHATSAPP.replace('["+972"]', '["972"]'), "destinations"),
        (_SUPPORT, _WHATSAPP + 'token = "secret@"\n', "token"),
    ],
)
def test_what_is_wrong_is_named(
    centre: Path, queue: str, more: str, words: str, capsys: pytest.CaptureFixture[str]
) -> None:
    _with(centre, queue, more)
    assert main(["check", str(centre)]) == 1
    told = capsys.readouterr().err
    assert words in told
    assert "secret@" not in told


def test_two_keys_that_are_one_are_refused(centre: Path, capsys: pytest.CaptureFixture[str]) -> None:
    _with(centre, f'{_DIGIT}\ncallback_digit = "#"', _ROUTING + _WHATSAPP)
    assert main(["check", str(centre)]) == 1
    assert "callback_digit and whatsapp_digit are one key" in capsys.readouterr().err


def test_a_sound_one_is_taken(centre: Path, capsys: pytest.CaptureFixture[str]) -> None:
    _with(centre, _DIGIT, _ROUTING + _WHATSAPP)
    assert main(["check", str(centre)]) == 0, capsys.readouterr().err
    whatsapp = load(centre).whatsapp
    assert whatsapp is not None
    assert (whatsapp.template("en")[0].name, whatsapp.template("en")[1]) == ("waiting_caller", "he")


@pytest.mark.parametrize(
    ("section", "token", "words"),
    [
        ("", "t", "has a whatsapp_digit"),
        ('[whatsapp]\nphone_number_id = "1"\n', "", f"set {WHATSAPP_TOKEN}"),
        ('[whatsapp]\nphone_number_id = "1"\n', "a\ntoken", f"set {WHATSAPP_TOKEN}"),
        ('[whatsapp]\nphone_number_id = "1"\ntoken = "secret@"\n', "t", f"set {WHATSAPP_TOKEN} instead"),
        ('[whatsapp]\nphone_number_id = "1/../2"\n', "t", "phone_number_id"),
        ('[whatsapp]\nphone_number_id = "1"\nversion = "24"\n', "t", "version"),
        ('[whatsapp]\nphone_number_id = "1"\naddress = "http://graph.example.com"\n', "t", "address"),
    ],
)
def test_what_the_hub_is_not_given_is_named(
    centre: Path, section: str, token: str, words: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    _with(centre, _DIGIT, _ROUTING + _WHATSAPP)
    monkeypatch.setenv(ROUTING_SECRET, "r")
    monkeypatch.setenv(WHATSAPP_TOKEN, token)
    file = centre.with_name("hub.toml")
    file.write_text(f'centre = "centre.toml"\n{section}')
    with pytest.raises(SettingsError, match=words.replace("+", r"\+")) as refused:
        settings.load(file)
    assert "secret@" not in str(refused.value)


def test_a_sender_is_read_and_its_token_is_in_no_words(centre: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(ROUTING_SECRET, "r")
    monkeypatch.setenv(WHATSAPP_TOKEN, "secret@")
    file = centre.with_name("hub.toml")
    file.write_text('centre = "centre.toml"\n[whatsapp]\nphone_number_id = "1"\n')
    read = settings.load(file)
    assert read.whatsapp is not None
    assert read.whatsapp.token.get_secret_value() == "secret@"
    assert "secret@" not in repr(read) + read.model_dump_json()


async def test_where_the_api_is_and_its_version_are_as_the_settings_say(
    centre: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(ROUTING_SECRET, "r")
    monkeypatch.setenv(WHATSAPP_TOKEN, TOKEN)
    file = centre.with_name("hub.toml")
    with whatsapp() as api:
        api.version = "v25.1"
        where = f'address = "{api.address}"\nversion = "v25.1"\nmedia_hosts = ["127.0.0.2"]\n'
        file.write_text(f'[whatsapp]\nphone_number_id = "{SENDER}"\n{where}')
        sender = senders_of(settings.load(file))[WHATSAPP]
        assert isinstance(sender, WhatsAppCloud)
        await sender.send("+972505550101", Text("Shalom"), "ref-1")
        media = await sender.upload(File("application/pdf", b"%PDF-1.7"), "a.pdf")
        assert (await sender.download(media)).data == b"%PDF-1.7"
        api.next_file.append(api.described(media, url="https://127.0.0.2/file"))
        with pytest.raises(NotReached):  # this machine has no such files, but it is where they are looked for
            await sender.download(media)
        api.next_file.append(api.described(media, url="https://lookaside.fbsbx.com/file"))
        with pytest.raises(Refused):
            await sender.download(media)
        await sender.close()
    assert len(api.accepted) == 1


def test_the_exchange_has_a_key_only_where_the_queue_has_one() -> None:
    queue = CENTRE.queues[0].model_copy(update={"whatsapp_digit": "#"})
    asking = replace(CENTRE, routing=Routing(), routing_secret="s3cret-routing", queues=(queue,))
    plain, keyed = render(CENTRE), render(asking)
    assert "exten" not in plain["whatsapp.conf"]
    assert "-offer" not in plain["extensions.conf"]
    assert "context = " not in plain["queues.conf"]
    assert "[whatsapp-key.support]\nexten => #,1," in keyed["whatsapp.conf"]
    assert "whatsapp-offer,,,whatsapp-key.support" in keyed["extensions.conf"]
    assert "context = whatsapp-key.support" in keyed["queues.conf"]


@pytest.mark.parametrize(
    ("number", "none"),
    [
        ("+972505550101", False),
        ("+97235550112", True),
        ("+9721800123123", True),
        ("+12125550101", False),
        ("+972", True),
        ("", True),
    ],
)
def test_landlines_take_no_text(number: str, none: bool) -> None:
    assert takes_no_text(number) is none


@pytest.mark.parametrize(
    ("section", "verify", "words"),
    [
        ("", "", f"set {WHATSAPP_VERIFY_TOKEN}"),
        ("", "too short", "16 characters"),
        ('app_secret = "secret@"\n', "a-long-verify-token", f"set {WHATSAPP_APP_SECRET} instead"),
        ('verify_token = "secret@"\n', "a-long-verify-token", f"set {WHATSAPP_VERIFY_TOKEN} instead"),
        ('host = "0.0.0.0"\n', "a-long-verify-token", "need https"),
        ('certificate = "c.pem"\n', "a-long-verify-token", "belong together"),
    ],
)
def test_what_a_listener_for_webhooks_lacks_is_named(
    centre: Path, section: str, verify: str, words: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(WHATSAPP_TOKEN, "t")
    monkeypatch.setenv(WHATSAPP_APP_SECRET, "s")
    monkeypatch.setenv(WHATSAPP_VERIFY_TOKEN, verify)
    file = centre.with_name("hub.toml")
    file.write_text(f'[whatsapp]\nphone_number_id = "1"\n[whatsapp.webhook]\n{section}')
    with pytest.raises(SettingsError, match=words) as refused:
        settings.load(file)
    assert "secret@" not in str(refused.value)


def test_a_listener_is_read_and_its_secrets_are_in_no_words(
    centre: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for variable in (WHATSAPP_TOKEN, WHATSAPP_APP_SECRET, WHATSAPP_VERIFY_TOKEN):
        monkeypatch.setenv(variable, f"secret@of-{variable}")
    file = centre.with_name("hub.toml")
    more = 'host = "0.0.0.0"\ncertificate = "c.pem"\ncertificate_key = "k.pem"\n'
    file.write_text(f'[whatsapp]\nphone_number_id = "1"\n[whatsapp.webhook]\n{more}')
    read = settings.load(file)
    assert read.whatsapp is not None
    webhook = read.whatsapp.webhook
    assert webhook is not None
    assert webhook.app_secret.get_secret_value() == f"secret@of-{WHATSAPP_APP_SECRET}"
    assert webhook.certificate == file.with_name("c.pem"), "paths count from the file"
    assert "secret@" not in repr(read) + read.model_dump_json()
