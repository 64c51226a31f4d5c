"""A centre that calls its customers back: the run's Asterisk dials them by its trunk, a hub says when."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import centre.model
from centre.routing import Routing
from centre.secrets import ROUTING_SECRET, WHATSAPP_APP_SECRET, WHATSAPP_TOKEN, WHATSAPP_VERIFY_TOKEN
from hub.contract import CallbackView
from pbx.centre import Centre as Exchange
from pbx.prompts import shipped
from pbx.render import render
from tests.e2e.centre import Centre
from tests.e2e.eventually import eventually
from tests.pbx.centre import SALES, SALES_NUMBER, TRUNK_PASSWORD, free_port
from tests.pbx.console import Console
from tests.pbx.phone import Phone
from tests.pbx.rig import Asterisk
from tests.stubs.whatsapp import SENDER, TOKEN
from tests.stubs.whatsapp_webhooks import APP_SECRET, VERIFY_TOKEN

HOME, MOBILE = "+97235550101", "+972505550101"
SECRET = "the-secret-of-this-run"

CALLBACKS = """
[callbacks]
destinations = ["+972"]
caller_number = "+97235550100"
quiet_from = 00:00:00
quiet_until = {quiet_until}
ring_seconds = 5
{callbacks}

[routing]
hub = "http://127.0.0.1:{port}"

[listening]
"""
WHATSAPP = """
[whatsapp]
destinations = ["+972"]
templates.en = { name = "waiting_caller", language = "en_US" }
templates.he = { name = "waiting_caller", language = "he" }
"""
_SECRETS = {
    ROUTING_SECRET: SECRET,
    WHATSAPP_TOKEN: TOKEN,
    WHATSAPP_APP_SECRET: APP_SECRET,
    WHATSAPP_VERIFY_TOKEN: VERIFY_TOKEN,
}
_FILES = (
    "announcements.conf",
    "callbacks.conf",
    "extensions.conf",
    "listening.conf",
    "manager.conf",
    "pjsip.conf",
    "queuerules.conf",
    "queues.conf",
    "routing.conf",
    "slots.conf",
    "whatsapp.conf",
)
_MODULES = ("app_chanspy", "app_originate", "app_softhangup", "res_curl", "func_curl", "func_uri")
_GIVES_UP, _PATIENT = "CURLOPT(httptimeout)=1)", "CURLOPT(httptimeout)=10)"
"""The exchange gives the hub a second for an answer; a test machine may need more."""
_RELOADS = ("dialplan reload", "manager reload", "module reload res_pjsip.so", "module reload app_queue.so")


@dataclass(frozen=True, slots=True)
class WhatsAppAt:
    """Where the hub sends to, and the port where it takes webhooks; 0: it takes none."""

    address: str
    webhooks: int = 0

    @property
    def section(self) -> str:
        """What the hub's settings have of it."""
        listener = f"[whatsapp.webhook]\nport = {self.webhooks}\n" if self.webhooks else ""
        return f'[whatsapp]\nphone_number_id = "{SENDER}"\naddress = "{self.address}"\n{listener}'


@dataclass(frozen=True)
class CalledBack:
    """``centre`` has the hub."""

    asterisk: Asterisk
    centre: Centre
    exchange: Exchange

    def ask(self, port: int) -> None:
        """Let the exchange ask for a hub at ``port``."""
        routing = Routing(hub=f"http://127.0.0.1:{port}")
        put(self.asterisk, replace(self.exchange, routing=routing))

    def ready(self, extension: str) -> None:
        """The agent chooses to be ready."""
        with self.centre.client(extension) as desk:
            assert desk.put("/presence", json={"presence": "ready"}).status_code == 200

    def promise(self, extension: str, **asked: Any) -> CallbackView:
        """The agent promises a callback, by sales if nothing else is said."""
        form = {"queue": SALES, "numbers": [MOBILE], **asked}
        with self.centre.client(extension) as desk:
            answer = desk.post("/callbacks", json=form, headers={"Idempotency-Key": f"key-{form}"[:128]})
        assert answer.status_code == 200, answer.text
        return CallbackView.model_validate_json(answer.content)

    def callbacks(self, extension: str) -> list[CallbackView]:
        """Those of the agent that have not ended."""
        with self.centre.client(extension) as desk:
            return [CallbackView.model_validate(one) for one in desk.get("/callbacks").json()]

    def standing(self) -> list[CallbackView]:
        """Everybody's that have not ended, as a supervisor is shown them."""
        return self.callbacks("1102")

    async def until(self, extension: str, **expected: object) -> CallbackView:
        """The agent's one callback, once it stands like this."""

        def stands() -> CallbackView | None:
            found = self.callbacks(extension)
            same = found and all(getattr(found[0], name) == value for name, value in expected.items())
            return found[0] if same else None

        return await asyncio.to_thread(eventually, stands, f"a callback with {expected}")

    async def kept(self, extension: str) -> None:
        """Until none of the agent's is left."""
        await asyncio.to_thread(eventually, lambda: not self.callbacks(extension), "the callback ended")


@contextmanager
def called_back(
    asterisk: Asterisk,
    home: Path,
    *,
    sales: str = "",
    callbacks: str = "slots_told = 0",
    quiet_until: str = "00:00:00",
    api: WhatsAppAt | None = None,
) -> Iterator[CalledBack]:
    """A hub with callbacks, trainers who may listen in and, by ``api``, messages for who presses #.

    Afterwards there is none of it.

    ``sales`` and ``callbacks`` are more lines of the queue's and of ``[callbacks]``.
    """
    port, file = free_port(), home / "called_back.toml"
    text = asterisk.centre_file.read_text()
    keys = sales + ('\nwhatsapp_digit = "#"' if api else "")
    text = text.replace(f'number = "{SALES_NUMBER}"', f'number = "{SALES_NUMBER}"\n{keys}')
    more = CALLBACKS.format(port=port, callbacks=callbacks, quiet_until=quiet_until)
    file.write_text(text + more + (WHATSAPP if api else ""))
    read = centre.model.load(file)
    for module in _MODULES:
        asterisk.cli(f"module load {module}.so")
    exchange = _exchange(asterisk.centre, read)
    put(asterisk, exchange)
    made = Centre(asterisk, home)
    made.serve(file, port)
    made.env = {**made.env, **_SECRETS}
    if api:
        made.also(api.section)
    made.start_hub()
    try:
        yield CalledBack(asterisk, made, exchange)
    finally:
        made.stop_hub()
        put(asterisk, asterisk.centre)


def _exchange(plain: Exchange, read: centre.model.Centre) -> Exchange:
    """``plain`` with callbacks, whose telephone network may be silent as phones without sound are."""
    silent = plain.exchange.model_copy(update={"silence_seconds": 60})
    return replace(
        *(plain,),
        exchange=silent,
        callbacks=read.callbacks,
        queues=read.queues,
        routing=read.routing,
        routing_secret=SECRET,
        listening=read.listening,
    )


def put(asterisk: Asterisk, exchange: Exchange) -> None:
    """Let the run's Asterisk be ``exchange`` in all that callbacks need."""
    files, etc = render(exchange), asterisk.directory / "etc"
    assert (_GIVES_UP in files["routing.conf"]) is (exchange.routing is not None)
    files["routing.conf"] = files["routing.conf"].replace(_GIVES_UP, _PATIENT)
    for name in _FILES:
        (etc / name).write_text(files[name])
    for name, sound in shipped().items():
        (etc / "sounds/moked" / name).write_bytes(sound)
    for command in _RELOADS:
        asterisk.cli(command)


@asynccontextmanager
async def carrier(asterisk: Asterisk) -> AsyncIterator[Phone]:
    """The telephone network's side, where customers' phones ring."""
    async with Phone("trunk", TRUNK_PASSWORD, asterisk.centre.ports.sip) as made:
        assert (await made.register()).status == 200
        yield made
        await made.register(expires=0)


async def presses(console: Console, digit: str) -> None:
    """The customer, who hears what the call is about, presses a key."""

    def press() -> bool:
        rows = console.channels()
        asked = any(
            row["Context"] == "callback-answered" and row["Application"] == "BackGround" for row in rows
        )
        for row in rows:
            if asked and row["Channel"].startswith("PJSIP/trunk-"):
                console.act("PlayDTMF", Channel=row["Channel"], Digit=digit, Receive="true")
                return True
        return False

    await asyncio.to_thread(eventually, press, "the customer is asked for a key")


async def applications_of_a_call(console: Console, queue: str, number: str) -> list[str]:
    """What the dialplan does with a customer, up to the queue."""

    def seen() -> list[str]:
        done: list[str] = []
        with console.steps() as steps:
            caller = console.customer(queue, number=number)
            for step in steps:
                if step.unique == caller.contact:
                    done.append(step.application)
                    if step.application == "Queue":
                        break
        return done

    return await asyncio.to_thread(seen)
