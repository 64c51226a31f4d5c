"""First use: a newcomer with no key in mind answers, notes, transfers and wraps up, by the labels alone."""

from __future__ import annotations

import numpy as np
import pytest

from agent_tui.commands.shortcuts import SHORTCUTS
from tests.e2e.acts import NAME, RUTH, stored
from tests.e2e.centre import AGENTS_TONE, Centre
from tests.e2e.newcomer import Newcomer
from tests.e2e.sound import Recording
from tests.e2e.terminal import KEYS
from tests.pbx.console import Console

pytestmark = pytest.mark.pbx

COLLEAGUE, COLLEAGUES_TONE = "603", 1004
"""Somebody who takes what they are handed, and the tone they play in Hz."""

NOTE = {"en": "Wants the new router before the weekend.", "he": "רוצה את הנתב החדש לפני סוף השבוע."}
ENTRY = "↑ ↓ choose · Enter goes on · Esc leaves · F2 answers, F8 hangs up"

TO_CHOOSE = [key for key in KEYS if key[1:].isdecimal() or key[:5] == "ctrl+"] + ["insert"]
"""Every key that the settings take."""


def remapped(seed: int | None) -> str:
    """Settings that give every act a key at random."""
    if seed is None:
        return ""
    ids = [one.id for one in SHORTCUTS]
    keys = np.random.default_rng(seed).permutation(TO_CHOOSE)[: len(ids)]
    return "\n[keys]\n" + "\n".join(f'{name} = "{key}"' for name, key in zip(ids, keys, strict=True))


@pytest.mark.parametrize(
    ("language", "seed", "size"),
    [("en", None, (120, 40)), ("en", 7, (80, 24)), ("he", None, (80, 24)), ("he", 11, (160, 45))],
    ids=["english", "english-other-keys", "hebrew", "hebrew-other-keys"],
)
def test_a_newcomer_answers_notes_and_transfers_by_the_labels_alone(
    centre: Centre, console: Console, language: str, seed: int | None, size: tuple[int, int]
) -> None:
    centre.desk_settings = f'\n[desk]\nlanguage = "{language}"\n{remapped(seed)}\n'
    with centre.desk("1101", columns=size[0], lines=size[1]) as desk:
        newcomer = Newcomer(desk.terminal, language)
        say, hint = newcomer.words.say, newcomer.words.hint
        step, take = newcomer.look_up("Go to the next part, or back", "Take the chosen row")
        newcomer.follow(say("Ready"))
        console.wait_free("1101")
        customer = console.customer("support", number=RUTH)

        newcomer.follow(say("Answer"))
        newcomer.go_to(say("Note"), step)
        Recording(customer.heard, AGENTS_TONE).wait_heard()
        desk.terminal.type(NOTE[language])
        desk.terminal.wait_for(say("✔ saved"))

        newcomer.follow(say("Transfer"))
        desk.terminal.wait_for(say("Transfer to"))
        desk.terminal.type(COLLEAGUE)
        newcomer.follow(hint(ENTRY, "goes on"))
        desk.terminal.wait_for(say("WRAP-UP"), NAME)
        Recording(customer.heard, COLLEAGUES_TONE).wait_heard()

        newcomer.go_to(say("Outcome"), step)
        newcomer.press(take)
        desk.terminal.wait_for("◉")
        newcomer.follow(say("Finish"))
        record = stored(centre, customer.contact)
        assert (record.outcome, record.note, record.disposition) == ("answered", NOTE[language], "solved")
