"""Commands about written conversations: read, taken, answered once."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from agent_tui.commands import model as do
from agent_tui.commands.act import ACT_WITHIN, Act, NotNow
from agent_tui.ports import HubError, HubPort, HubRefused, LocalFileError
from agent_tui.session.store import Store
from agent_tui.session.writing_events import (
    ConversationCame,
    ConversationsCame,
    TextNotSent,
    TextSending,
    TextSent,
    ThreadAsked,
    ThreadCame,
    ThreadFailed,
)
from agent_tui.text.catalogue import Phrase
from edge.text import clean
from hub.contract import LONGEST_TEXT

_NOT_KNOWN = Phrase("The hub has not said whether it holds it.")
_NO_ANSWER = Phrase("The hub did not answer in time.")


class ConversationCommands:
    """Makes acts of them. Whose a conversation is and how far a text came changes when the hub tells."""

    def __init__(self, store: Store, hub: HubPort) -> None:
        self._store = store
        self._hub = hub

    def watch(self, _command: do.WatchConversations) -> Act:
        """Have the list where the hub has not told it; from then on its stream keeps it as it is."""

        async def run() -> None:
            if not self._store.state.writing.told:
                self._store.dispatch(ConversationsCame(await self._hub.conversations.all()))

        return Act(("watch-conversations",), run)

    def write_to_caller(self, command: do.WriteToCaller) -> Act:
        """The conversation with the caller of a contact, to be read and answered beside the call."""

        async def run() -> None:
            found = await self._hub.conversations.of_contact(command.contact)
            self._store.dispatch(ConversationCame(found, read=True))
            await self._read(found.conversation)

        return Act(("write-to-caller", command.contact), run)

    def read(self, command: do.ReadConversation) -> Act:
        """Ask for what was said; from the press on no other conversation is waited for."""
        self._store.dispatch(ThreadAsked(command.conversation))

        async def run() -> None:
            await self._read(command.conversation)

        return Act(("read-conversation", command.conversation), run)

    def take(self, command: do.TakeConversation) -> Act:
        """Make it the agent's own."""

        async def run() -> None:
            taken = await self._hub.conversations.take(command.conversation)
            self._store.dispatch(ConversationCame(taken))

        return Act(("take-conversation", command.conversation), run)

    def let_go(self, command: do.LetConversationGo) -> Act:
        """Give it back to its queue; the hub tells how it stands then."""

        async def run() -> None:
            await self._hub.conversations.let_go(command.conversation)

        return Act(("take-conversation", command.conversation), run)

    def see(self, command: do.SeeConversation) -> Act:
        """Tell up to which message it was read. What fails is told with the next one."""

        async def run() -> None:
            await self._hub.conversations.seen(command.conversation, command.message)

        return Act(("see-conversation", command.conversation, command.message), run)

    def say(self, command: do.SayText) -> Act:
        """Send a text; those of one conversation go in the order in which they were said."""
        text = clean(command.text, limit=LONGEST_TEXT + 1, multiline=True).strip()
        if not text:
            raise NotNow(Phrase("There is nothing to send."))
        if len(text) > LONGEST_TEXT:
            raise NotNow(Phrase("This is too long for one message: send it in parts."))
        conversation, key = command.conversation, command.key
        self._store.dispatch(TextSending(key, conversation, text))
        ask = self._hub.conversations.say
        return sending(self._store, conversation, key, lambda: ask(conversation, text, key))

    def send_template(self, command: do.SendTemplate) -> Act:
        """The same for an approved message."""
        conversation, key, asked = command.conversation, command.key, command.asked
        self._store.dispatch(TextSending(key, conversation, command.text, asked))
        ask = self._hub.conversations.send_template
        return sending(self._store, conversation, key, lambda: ask(conversation, asked, key))

    async def _read(self, conversation: str) -> None:
        try:
            thread = await self._hub.conversations.thread(conversation)
        except HubError as error:
            self._store.dispatch(ThreadFailed(conversation, error.words))
        except BaseException:  # cancelled as well: nobody is to wait for ever
            self._store.dispatch(ThreadFailed(conversation, _NO_ANSWER))
            raise
        else:
            self._store.dispatch(ThreadCame(thread))


def sending(
    store: Store,
    conversation: str,
    key: str,
    ask: Callable[[], Awaitable[object]],
    within: float = ACT_WITHIN,
) -> Act:
    """Have ``ask`` send something under ``key``, after what was sent before; whatever comes of it is told."""

    async def run() -> None:
        try:
            await ask()
        except (HubRefused, LocalFileError) as error:
            store.dispatch(TextNotSent(key, error.words, refused=True))
        except HubError as error:
            store.dispatch(TextNotSent(key, error.words or _NOT_KNOWN, refused=False))
        except BaseException:  # cancelled as well: it must not look as if it were under way
            store.dispatch(TextNotSent(key, _NOT_KNOWN, refused=False))
            raise
        else:
            store.dispatch(TextSent(key))

    return Act(("say", conversation), run, queues=True, within=within)
