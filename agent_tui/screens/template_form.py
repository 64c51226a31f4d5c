"""Fill a template and read it as the customer will, before it is sent."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from textual.app import App, ComposeResult
from textual.content import Content
from textual.widgets import Static

from agent_tui.commands import model as do
from agent_tui.commands.shortcuts import Place
from agent_tui.screens.choice import Choice
from agent_tui.screens.overlay import Overlay, Press
from agent_tui.session.state import SessionState
from agent_tui.session.templates import filled, known
from agent_tui.text.bidi.display import visual_text
from agent_tui.text.catalogue import Phrase, _
from agent_tui.widgets.bidi_input import BidiInput
from agent_tui.widgets.cells import Cell, Page, Row, Tone
from agent_tui.widgets.mirrored import SideBySide
from agent_tui.widgets.sheet import Sheet
from edge.text import clean
from hub.contract import LONGEST_PARAMETER, AgentTemplate, Conversation, TemplateToSend

_AGREED = "agreed"


@dataclass(frozen=True, slots=True)
class Filled:
    """What is to be sent, and how it reads."""

    asked: TemplateToSend
    text: str


class TemplateForm(Overlay[Filled]):
    """It is about the conversation that it was opened for. Nothing goes while a place is empty, or before who
    never asked to be written to has agreed: that is a row of its own to be chosen.
    """

    PLACE = Place.FORM

    def __init__(
        self, template: AgentTemplate, conversation: Conversation, state: SessionState, press: Press
    ) -> None:
        super().__init__(state, press)
        self._template = template
        self._needs_yes = not conversation.can.opted_in
        self._agreed = False
        values = known(template, conversation, state)
        self._begun = values
        self._places = [
            BidiInput(value, id=f"template-{place}", max_length=LONGEST_PARAMETER, compact=True)
            for place, value in enumerate(values, 1)
        ]
        self._sheets = {
            name: Sheet(id=f"template-{name}", focusable=name == "yes")
            for name in ("preview", "yes", "told", "keys")
        }

    def compose(self) -> ComposeResult:
        """How it reads, a field for each place, whether the customer agreed, and the calls."""
        with self.frame(self._template.title, classes="-wide-box"):
            yield self._sheets["preview"]
            for label, place in zip(self._template.parameters, self._places, strict=True):
                name = Static(
                    Content(visual_text(_label(label))), classes="callback-label template-label", markup=False
                )
                yield SideBySide(name, place, classes="callback-field")
            if self._needs_yes:
                yield self._sheets["yes"]
            yield self._sheets["told"]
            yield self._sheets["keys"]
            yield self._calls

    def on_mount(self) -> None:
        """At the first place that is empty."""
        self._show()
        empty = next((one for one in self._places if not one.value), None)
        if empty is not None:
            self.set_focus(empty)
        elif self._needs_yes:
            self.set_focus(self._sheets["yes"])
        elif self._places:
            self.set_focus(self._places[0])

    @property
    def typed(self) -> str:
        """What was written into it, beyond what it began with."""
        return "" if self._values == self._begun else "".join(self._values)

    def on_input_changed(self, _event: BidiInput.Changed) -> None:
        """Show how it reads now."""
        self._show()

    def on_input_submitted(self, _event: BidiInput.Submitted) -> None:
        """Enter sends it."""
        self._submit()

    def on_sheet_chosen(self, event: Sheet.Chosen) -> None:
        """The customer has just said yes; Enter once more sends."""
        event.stop()
        if self._agreed:
            self._submit()
        self._agreed = True
        self._show()

    def on_key(self, event: object) -> None:
        """Where there is nothing to fill in and nobody to ask, Enter sends all the same."""
        if getattr(event, "key", "") == "enter" and not self._places and not self._needs_yes:
            self._submit()

    @property
    def _values(self) -> tuple[str, ...]:
        return tuple(clean(one.value, limit=LONGEST_PARAMETER).strip() for one in self._places)

    @property
    def _wrong(self) -> str:
        if not all(self._values):
            return _("Each place needs something.")
        if self._needs_yes and not self._agreed:
            return _("The customer has not asked to be written to. Ask them, then choose the line above.")
        return ""

    def _submit(self) -> None:
        if self._wrong:
            self._show()
            return
        values = self._values
        asked = TemplateToSend(template=self._template.template, parameters=values, agreed=self._agreed)
        self.dismiss(Filled(asked, filled(self._template, values)))

    def _show(self) -> None:
        self._put("preview", filled(self._template, self._values), Tone.STRONG)
        mark = "●" if self._agreed else "○"
        yes = Cell(_("The customer agrees to be written to by WhatsApp"), grow=True, wraps=True)
        self._sheets["yes"].show(Page((Row((Cell(mark), yes), key=_AGREED),)))
        self._put("told", self._wrong or _("Enter sends it."), Tone.WARN if self._wrong else Tone.GOOD)
        self._put("keys", self.with_phone_keys(_("Enter goes on · Tab next · Esc leaves")), Tone.DIM)

    def _put(self, name: str, text: str, tone: Tone) -> None:
        self._sheets[name].show(Page((Row((Cell(text, tone, grow=True, wraps=True),)),)))


def _label(parameter: str) -> str:
    own = {"name": Phrase("Name"), "agent": Phrase("Agent")}
    return str(own.get(parameter, parameter))


def chooser(templates: tuple[AgentTemplate, ...]) -> tuple[tuple[str, str], ...]:
    """The rows to choose one from."""
    return tuple((one.template, f"{one.title} ({one.language})") for one in templates)


def ask_template(
    app: App[Any], to: Conversation, state: SessionState, press: Press, send: Callable[[do.Command], None]
) -> None:
    """Have a template chosen where there are several, and filled in; and send it."""
    templates = state.writing.templates

    def chosen(name: str | None) -> None:
        template = next((one for one in templates if one.template == name), None)
        if template is not None:
            app.push_screen(TemplateForm(template, to, state, press), given)

    def given(form: Filled | None) -> None:
        if form is not None:
            send(do.SendTemplate(to.conversation, form.asked, form.text, uuid.uuid4().hex))

    if len(templates) == 1:
        chosen(templates[0].template)
        return
    question = Choice(_("Which template?"), chooser(templates), do.SendTemplate, state, press)
    app.push_screen(question, chosen)
