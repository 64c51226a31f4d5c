"""Commands about files in written conversations: looked at before they are sent, sent once, saved."""

from __future__ import annotations

import asyncio

from agent_tui.commands import model as do
from agent_tui.commands.act import FILE_WITHIN, Act
from agent_tui.commands.conversations import sending
from agent_tui.ports import ConversationPort, HubError, LocalFileError, LocalFiles
from agent_tui.session.store import Store
from agent_tui.session.writing import ChosenFile, SavedFile
from agent_tui.session.writing_events import FileLooked, FileSaving, TextSending
from agent_tui.text.catalogue import Phrase
from hub.contract import Written

_NOT_HERE = Phrase("In a browser files are neither sent nor saved: open moked on your own computer for that.")
_NOT_SAVED = Phrase("It did not come in time. Try again.")


class FileCommands:
    """Makes acts of them. ``files`` None: this machine is not the agent's own."""

    def __init__(self, store: Store, hub: ConversationPort, files: LocalFiles | None) -> None:
        self._store = store
        self._hub = hub
        self._files = files

    def look(self, command: do.LookAtFile) -> Act:
        """Say what lies at a path; the last that was asked about counts."""

        async def run() -> None:
            try:
                found = await asyncio.to_thread(self._own.look, command.path)
            except LocalFileError as error:
                self._store.dispatch(FileLooked(ChosenFile(command.path, None, error.words)))
            else:
                self._store.dispatch(FileLooked(ChosenFile(command.path, found)))

        return Act(("look-at-file",), run, queues=True)

    def send(self, command: do.SendFile) -> Act:
        """Send it, in the order of what is sent in this conversation; read when its turn has come."""
        conversation, key, path, name = command.conversation, command.key, command.path, command.name
        self._store.dispatch(TextSending(key, conversation, name, file=path))

        async def ask() -> None:
            most = self._store.state.writing.files.document
            data = await asyncio.to_thread(self._own.read, path, most)
            await self._hub.send_file(conversation, name, data, key)

        return sending(self._store, conversation, key, ask, FILE_WITHIN)

    def save(self, command: do.SaveFile) -> Act:
        """Fetch a message's file and write it; pressed twice while it comes, it is saved once."""

        async def run() -> None:
            said = self._message(command.message)
            if said is None:
                return
            self._tell(command.message, SavedFile())
            try:
                data = await self._hub.file(command.conversation, command.message)
                name = said.file_name or said.kind
                place = await asyncio.to_thread(self._own.save, name, said.media_type, data)
            except (HubError, LocalFileError) as error:
                self._tell(command.message, SavedFile(words=error.words or _NOT_SAVED))
            except BaseException:  # cancelled as well: it must not look as if it were under way
                self._tell(command.message, SavedFile(words=_NOT_SAVED))
                raise
            else:
                self._tell(command.message, SavedFile(place))

        return Act(("save-file", command.message), run, within=FILE_WITHIN)

    @property
    def _own(self) -> LocalFiles:
        if self._files is None:
            raise LocalFileError(_NOT_HERE)
        return self._files

    def _message(self, message: str) -> Written | None:
        thread = self._store.state.writing.thread
        messages = thread.messages if thread is not None else ()
        return next((one for one in messages if one.message == message and one.file), None)

    def _tell(self, message: str, saved: SavedFile) -> None:
        self._store.dispatch(FileSaving(message, saved))
