"""What ``moked`` says without a desk: help, and what went wrong, in the language of the settings.

Only for who is told something: no desk waits for it.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Final, TextIO

from agent_tui.places import config_file
from agent_tui.printed import Paper, help_rows
from agent_tui.text.catalogue import Phrase, Told
from agent_tui.text.speaking import speak

_ABOUT: Final = Phrase("A terminal softphone and agent desktop")
_WORDS: Final = (
    ("moked [--config FILE]", Phrase("open the desk")),
    ("moked --linear", Phrase("the same in lines, for screen readers: no screen, words are typed")),
    ("moked demo", Phrase("try it: a centre with customers on this machine, nothing to set up")),
    ("moked enroll URL", Phrase("make this your device at the centre, by a code from its administrator")),
    ("moked login", Phrase("put the password of a SIP account of your own into the keyring")),
    ("moked doctor", Phrase("look at what a call needs here, and say what to do where it fails")),
    ("moked agent --headless", Phrase("take calls by rules, without a screen (moked agent --help)")),
    ("moked bot run PATH...", Phrase("play test scenarios against a centre (moked bot run --help)")),
    ("moked hub ...", Phrase("run a hub (moked hub --help)")),
    ("moked pbx ...", Phrase("make Asterisk's configuration (moked pbx --help)")),
    ("moked serve ...", Phrase("serve desks to browsers in the centre (moked serve --help)")),
    ("moked --version", Phrase("say the version")),
    ("moked --help", Phrase("say this")),
)
_OF_WORDS: Final = {
    "enroll": (
        (
            "moked enroll URL",
            Phrase(
                "Make this your device at a centre. Code or password are asked for, so no history has them."
            ),
        ),
        ("URL", Phrase("the hub's address: https://hub.example.com")),
        ("--config FILE", Phrase("the settings file")),
        (
            "--authority PRINT",
            Phrase("the fingerprint of the centre's authority, to come by a password"),
        ),
    ),
    "login": (
        ("moked login", Phrase("Put the password of your SIP account into the keyring.")),
        ("--config FILE", Phrase("the settings file")),
    ),
    "demo": (
        ("moked demo", Phrase("Try the desk: a centre with customers on this machine, nothing to set up.")),
        ("--seed NUMBER", Phrase("who calls and when: the same for the same number")),
    ),
}
"""The help of the words that agents type, and that have none of their own."""

_FIRST_STEPS: Final = (
    ("moked demo", Phrase("tries the desk without one: a centre with customers on this machine")),
    ("moked enroll", Phrase("makes this your device at the centre whose hub you name")),
    ("moked login", Phrase("puts your password into the keyring, once you wrote the file yourself")),
)


def opens_demo() -> None:
    """The demo takes a moment to begin."""
    paper = _paper(sys.stdout, config_file())
    with paper.open():
        paper.say(Phrase("Opening a centre on this machine …"))


def demo_failed(error: Exception) -> None:
    """The demo's own words end here, with those of what it needed."""
    tell(config_file(), Phrase("The demo could not start: {why}", why=str(error)))


def help_page(of: str = "") -> int:
    """All words of the command, or one of them; the exit status."""
    paper = _paper(sys.stdout, config_file())
    with paper.open():
        _put_help(paper, of)
    return 0


def misused(told: Told, of: str = "") -> None:
    """What was typed is not understood, and what is."""
    paper = _paper(sys.stderr, config_file())
    with paper.open():
        paper.say(told)
        paper.say("\n")
        _put_help(paper, of)


def not_understood(word: str, given: Sequence[str]) -> None:
    """What was typed behind a word is not understood, and what is."""
    misused(Phrase("This is not understood: {words}", words=" ".join(("moked", word, *given))), word)


def no_config(config: Path) -> None:
    """There is no settings file yet."""
    paper = _paper(sys.stderr, config)
    with paper.open():
        paper.say(Phrase("There is no settings file {path}.", path=str(config)))
        paper.put(*help_rows(_FIRST_STEPS))
        paper.say(Phrase("{file} explains every key of such a file.", file="config.example.toml"))


def tell(config: Path, told: object) -> None:
    """What went wrong: a phrase, or an error that has words.

    Errors go where errors go; who sent those elsewhere and still looks on reads them here, too.
    """
    if not sys.stderr.isatty() and sys.stdout.isatty():
        _say(sys.stdout, config, told)
    _say(sys.stderr, config, told)


def _say(out: TextIO, config: Path, told: object) -> None:
    paper = _paper(out, config)
    with paper.open():
        paper.say(str(told))


def _put_help(paper: Paper, of: str) -> None:
    if of:
        paper.put(*help_rows(_OF_WORDS[of]))
        return
    paper.say(Phrase("moked: {about}", about=_ABOUT))
    paper.put(*help_rows(_WORDS))
    paper.say(Phrase("Settings: {file}", file=str(config_file())))


def _paper(out: TextIO, config: Path) -> Paper:
    return Paper(out, speak(config).bidi)
