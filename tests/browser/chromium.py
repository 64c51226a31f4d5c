"""Chromium without a window, spoken to by its DevTools protocol: pages, keys, and what went over the network.

The protocol: https://chromedevtools.github.io/devtools-protocol/ (Target, Page, Runtime, Input, Network).
"""

from __future__ import annotations

import asyncio
import base64
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import Any, Final

import aiohttp

from tests.browser.png import Pixels, pixels_of

WITHIN: Final = 60.0
_FLAGS: Final = (
    "--headless",
    "--no-sandbox",  # tests may run as root
    "--disable-gpu",
    "--disable-quic",
    "--disable-dev-shm-usage",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--remote-debugging-port=0",
    "--window-size=1360,840",
)
_KEEP_TERMINAL: Final = """
Object.defineProperty(Object.prototype, "fitAddon", {configurable: true, set(made) {
  Object.defineProperty(this, "fitAddon", {value: made, writable: true});
  window.seen = this;
}});
"""
"""textual-serve's script keeps its terminal to itself: here it is caught as it is made."""
_ROWS: Final = """
(() => {
  const buffer = window.seen && window.seen.terminal && window.seen.terminal.buffer.active;
  if (!buffer) return [];
  return [...Array(window.seen.terminal.rows).keys()].map(
    row => buffer.getLine(buffer.viewportY + row)?.translateToString(true) ?? "");
})()
"""
_CELL: Final = """
(() => {
  const terminal = window.seen.terminal;
  const {x, y, width, height} = terminal.element.querySelector(".xterm-screen").getBoundingClientRect();
  return {x, y, width: width / terminal.cols, height: height / terminal.rows};
})()
"""
KEYS: Final = {"F9": 120, "F5": 116, "F2": 113, "Tab": 9, "Enter": 13, "Escape": 27}
"""Windows' key codes, by which pages know keys."""


class Tab:
    """One page: what it asked for (``requests``), how often it was loaded, and what broke (``said``)."""

    def __init__(self, line: aiohttp.ClientWebSocketResponse, session: str) -> None:
        self._line = line
        self._session = session
        self._answers: dict[int, asyncio.Future[dict[str, Any]]] = {}
        self._last = 0
        self._changed = asyncio.Event()
        self.requests: list[str] = []
        self.loads = 0
        self.said: list[str] = []
        self._reading = asyncio.create_task(self._read())

    async def _read(self) -> None:
        async for message in self._line:
            told = json.loads(message.data)
            if "id" in told:
                answer = self._answers.pop(told["id"], None)
                if answer is not None and not answer.done():
                    answer.set_result(told)
            else:
                self._hear(told["method"], told["params"])
            self._changed.set()

    def _hear(self, method: str, told: dict[str, Any]) -> None:
        if method == "Network.requestWillBeSent":
            self.requests.append(told["request"]["url"])
        elif method == "Network.webSocketCreated":
            self.requests.append(told["url"])
        elif method == "Page.loadEventFired":
            self.loads += 1
        elif method == "Log.entryAdded" and told["entry"]["level"] == "error":
            self.said.append(told["entry"]["text"])
        elif method == "Runtime.exceptionThrown":
            self.said.append(json.dumps(told["exceptionDetails"]))

    async def ask(self, method: str, **params: Any) -> dict[str, Any]:
        """One command, and its result."""
        self._last += 1
        answer = self._answers[self._last] = asyncio.get_running_loop().create_future()
        await self._line.send_json(
            {"id": self._last, "method": method, "params": params, "sessionId": self._session}
        )
        async with asyncio.timeout(WITHIN):
            told = await answer
        assert "result" in told, told
        result: dict[str, Any] = told["result"]
        return result

    async def open(self, url: str) -> None:
        """Go there, and wait until the page is loaded."""
        before = self.loads
        await self.ask("Page.navigate", url=url)
        await self.loaded(before)

    async def loaded(self, before: int) -> None:
        """Wait for one more page than ``before``."""
        async with asyncio.timeout(WITHIN):
            while self.loads <= before:
                self._changed.clear()
                await self._changed.wait()

    async def value(self, script: str, *, clicked: bool = False) -> Any:
        """What an expression is in the page; ``clicked``: as if somebody had clicked for it."""
        told = await self.ask(
            "Runtime.evaluate",
            expression=script,
            returnByValue=True,
            awaitPromise=True,
            userGesture=clicked,
        )
        assert "exceptionDetails" not in told, told
        return told["result"].get("value")

    async def rows(self) -> list[str]:
        """What the terminal shows, row by row, as xterm.js holds it."""
        rows: list[str] = await self.value(_ROWS)
        return rows

    async def shows(self, *texts: str) -> list[str]:
        """The rows, once all ``texts`` are among them."""
        try:
            async with asyncio.timeout(WITHIN):
                while True:
                    rows = await self.rows()
                    if all(any(text in row for row in rows) for text in texts):
                        return rows
                    await self.value("new Promise(done => requestAnimationFrame(done))")
        except TimeoutError:
            raise AssertionError(f"{texts} not in:\n" + "\n".join(await self.rows())) from None

    async def write(self, text: str) -> None:
        """Have the terminal draw ``text`` over what it shows, whatever the desk sends."""
        await self.value(f"new Promise(done => window.seen.terminal.write({json.dumps(text)}, done))")

    async def cells(self, row: int, columns: int) -> Pixels:
        """A picture of the first cells of a row."""
        place: dict[str, float] = await self.value(_CELL)
        told = await self.ask(
            "Page.captureScreenshot",
            format="png",
            clip={
                "x": place["x"],
                "y": place["y"] + row * place["height"],
                "width": columns * place["width"],
                "height": place["height"],
                "scale": 1,
            },
        )
        return pixels_of(base64.b64decode(told["data"]))

    async def press(self, key: str) -> None:
        """Press a named key."""
        told = {"key": key, "code": key, "windowsVirtualKeyCode": KEYS[key]}
        await self.ask("Input.dispatchKeyEvent", type="rawKeyDown", **told)
        await self.ask("Input.dispatchKeyEvent", type="keyUp", **told)

    async def stopped(self, key: str) -> bool:
        """Press a key; whether the page kept it from the browser."""
        await self.value("addEventListener('keydown', told => { window.kept = told }, true)")
        await self.press(key)
        return bool(await self.value("window.kept.defaultPrevented"))

    async def leave(self) -> None:
        """Close the page and stop reading."""
        with suppress(AssertionError, TimeoutError):
            await self.ask("Page.close")
        self._reading.cancel()


@asynccontextmanager
async def chromium(profile: Path, language: str, *flags: str) -> AsyncIterator[Tab]:
    """A browser with an empty profile that asks for ``language``."""
    process = await asyncio.create_subprocess_exec(
        "chromium",
        *(
            *_FLAGS,
            *flags,
            f"--user-data-dir={profile}",
            f"--lang={language}",
            f"--accept-lang={language}",
            "about:blank",
        ),
        stdout=asyncio.subprocess.DEVNULL,
        stderr=asyncio.subprocess.PIPE,
        start_new_session=True,
    )
    try:
        async with (
            aiohttp.ClientSession() as http,
            http.ws_connect(await _address(process), max_msg_size=0) as line,
        ):
            tab = await _tab(line)
            try:
                yield tab
            finally:
                await tab.leave()
    finally:
        process.terminate()
        async with asyncio.timeout(WITHIN):
            await process.wait()


async def _address(process: asyncio.subprocess.Process) -> str:
    """Where it listens, which it tells on standard error."""
    assert process.stderr is not None
    async with asyncio.timeout(WITHIN):
        async for line in process.stderr:
            if line.startswith(b"DevTools listening on "):
                return line.decode().split()[-1]
    raise AssertionError("chromium ended")


async def _tab(line: aiohttp.ClientWebSocketResponse) -> Tab:
    async def ask(number: int, method: str, **params: Any) -> dict[str, Any]:
        await line.send_json({"id": -number, "method": method, "params": params})
        async with asyncio.timeout(WITHIN):
            while True:
                told = await line.receive_json()
                if told.get("id") == -number:
                    result: dict[str, Any] = told["result"]
                    return result

    target = await ask(1, "Target.createTarget", url="about:blank")
    attached = await ask(2, "Target.attachToTarget", targetId=target["targetId"], flatten=True)
    tab = Tab(line, attached["sessionId"])
    for domain in ("Page", "Runtime", "Network", "Log"):
        await tab.ask(f"{domain}.enable")
    await tab.ask("Page.addScriptToEvaluateOnNewDocument", source=_KEEP_TERMINAL)
    return tab
