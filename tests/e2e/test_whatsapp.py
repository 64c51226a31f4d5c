"""A customer writes and sends files, is answered once, and is still there after desk and hub were killed."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.e2e.acts import DANA
from tests.e2e.centre import Centre, Home
from tests.e2e.eventually import eventually
from tests.e2e.terminal import Terminal
from tests.e2e.written import writing
from tests.stubs.some_files import JPEG, PDF

pytestmark = pytest.mark.pbx


def _take_over(screen: Terminal) -> None:
    """Open the conversation of who wrote of the red light, and make it the agent's own."""
    screen.wait_for("writes by WhatsApp")
    screen.press("ctrl+t")
    screen.wait_for("1 unread")
    screen.press("enter")
    screen.wait_for("The light is red.", "F6 takes it")
    screen.press("f6")
    screen.wait_for("Text goes until")


def test_a_conversation_outlives_desk_and_hub_and_each_text_goes_once(centre: Centre) -> None:
    with writing(centre) as written:
        with centre.desk(DANA) as desk:
            screen = desk.terminal
            screen.wait_for("● Registered", "0 waiting", within=40)
            written.writes("wamid.1", "The light is red.")
            _take_over(screen)
            screen.type("Which light?")
            screen.press("enter")
            screen.wait_for("✓ sent")
        centre.kill_hub()
        centre.start_hub()
        written.writes("wamid.2", "The left one.")
        with centre.desk(DANA) as desk:
            screen = desk.terminal
            screen.wait_for("● Registered", "1 unread Ctrl+T", within=40)
            screen.press("ctrl+t")
            screen.wait_for("Conversations · 1 unread")
            screen.press("enter")
            screen.wait_for("The light is red.", "Which light?", "The left one.", "Text goes until")
            screen.type("Thank you.")
            screen.press("enter")
            eventually(lambda: len(written.api.accepted) == 2, "both are on their way")
        sent = [one.text.body for one in written.api.accepted if one.text is not None]
        assert sent == ["Which light?", "Thank you."]


@contextmanager
def _killed_in_the_end(home: Home) -> Iterator[Terminal]:
    """A desk until SIGKILL; its phone goes on."""
    with Terminal(home.command, env=home.env) as screen:
        yield screen
        screen.process.kill()
        screen.process.wait()


def _kept(home: Home) -> str:
    """What of answers is on the machine."""
    found = Path(home.env["MOKED_RUNTIME_DIR"]).rglob("answers-*/*.json")
    return "".join(one.read_text("utf-8") for one in found)


def test_what_is_written_and_not_sent_outlives_a_killed_desk(centre: Centre) -> None:
    home = centre.prepare(DANA)
    with writing(centre) as written:
        try:
            with _killed_in_the_end(home) as screen:
                screen.wait_for("● Registered", "0 waiting", within=40)
                written.writes("wamid.1", "The light is red.")
                _take_over(screen)
                screen.type("Which light?")
                # the box paints a key itself, a moment before the desk knows of it and keeps it
                eventually(lambda: "Which light?" in _kept(home), "the answer is kept")
            with _killed_in_the_end(home) as screen:
                screen.wait_for("● Registered", "1 conversation Ctrl+T", within=40)
                screen.press("ctrl+t")
                screen.wait_for("draft")
                screen.press("enter")
                screen.wait_for("The light is red.", "Which light?", "Text goes until")
                centre.stop_hub()
                screen.wait_for("The hub is away.")
                screen.type(" The left?")
                eventually(lambda: "Which light? The left?" in _kept(home), "the answer is kept")
            centre.start_hub()
            with _killed_in_the_end(home) as screen:
                screen.wait_for("● Registered", "1 conversation Ctrl+T", within=40)
                screen.press("ctrl+t")
                screen.wait_for("draft")
                screen.press("enter")
                screen.wait_for("The light is red.", "Which light? The left?", "Text goes until")
                screen.press("enter")
                screen.wait_for("✓ sent")
                eventually(lambda: not _kept(home), "nothing is kept of what was sent")
        finally:
            home.end_phone()
        sent = [one.text.body for one in written.api.accepted if one.text is not None]
        assert sent == ["Which light? The left?"]


def test_a_photo_is_saved_by_one_key_and_a_document_goes_once_when_it_was_told(centre: Centre) -> None:
    with writing(centre) as written, centre.desk(DANA) as desk:
        screen = desk.terminal
        screen.wait_for("● Registered", "0 waiting", within=40)
        written.sends("wamid.1", "image", "image/jpeg", JPEG, caption="It blinks.")
        screen.wait_for("writes by WhatsApp")
        screen.press("ctrl+t")
        screen.wait_for("1 unread")
        screen.press("enter")
        screen.wait_for("It blinks.", "F6 takes it")
        screen.press("f6")
        screen.wait_for("Text goes until")
        screen.press("shift+tab")
        screen.wait_for("Enter saves the file")
        screen.press("enter")
        screen.wait_for("● Saved:")
        (saved,) = desk.home.place.glob("Downloads/*")
        assert saved.suffix == ".jpg"
        assert saved.read_bytes() == JPEG

        (desk.home.place / "invoice.pdf").write_bytes(PDF)
        screen.press("f5")
        screen.wait_for("A file to Noah Levi")
        screen.type("~/invoice.pdf")
        screen.press("enter")
        screen.wait_for("Document · invoice.pdf", "Enter sends it")
        assert not written.api.accepted, "it was only told"
        screen.press("enter")
        screen.wait_for("✓ sent")
        (sent,) = written.api.accepted
        assert sent.document is not None
        assert sent.document.filename == "invoice.pdf"
        assert written.api.files[sent.document.id] == ("application/pdf", PDF)
