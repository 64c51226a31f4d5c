"""What an agent has written to a customer and the hub does not have, in a form that outlives the desk."""

from __future__ import annotations

from typing import Annotated, Final

from pydantic import BaseModel, ConfigDict, Field

from agent_tui.session.kept import Kept
from agent_tui.session.writing import Sending, Writing
from agent_tui.text.catalogue import Phrase
from hub.contract import TemplateToSend

_LEFT: Final = Phrase("The hub has not said whether it holds it.")


class KeptSending(BaseModel):
    """A text that was on its way, or did not reach the hub. ``refused``: the hub said no."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    key: Annotated[str, Field(min_length=1)]
    text: str
    refused: bool = False
    template: TemplateToSend | None = None
    file: str = ""


class AnswerDraft(Kept):
    """Of one conversation the answer that is not sent, and what did not reach the hub, in order."""

    conversation: Annotated[str, Field(min_length=1)]
    text: str = ""
    sending: tuple[KeptSending, ...] = ()

    @property
    def about(self) -> str:
        """The conversation."""
        return self.conversation


def answer_drafts(writing: Writing) -> dict[str, AnswerDraft]:
    """What is to be kept, by conversation: what waits for a box is behind what is to stand in it."""
    names = dict.fromkeys((*writing.drafts, *writing.early, *(one.conversation for one in writing.sending)))
    return {
        name: AnswerDraft(
            conversation=name,
            text=writing.drafts.get(name, "") + writing.early.get(name, ""),
            sending=tuple(_kept(one) for one in writing.waiting(name)),
        )
        for name in names
    }


def sending_of(draft: AnswerDraft) -> tuple[Sending, ...]:
    """What did not reach the hub as far as the desk that was killed knew."""
    return tuple(
        Sending(one.key, draft.conversation, one.text, _LEFT, one.refused, one.template, one.file)
        for one in draft.sending
    )


def _kept(one: Sending) -> KeptSending:
    return KeptSending(key=one.key, text=one.text, refused=one.refused, template=one.template, file=one.file)
