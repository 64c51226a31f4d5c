"""Commands about callbacks: promised by the hub, and taken back there."""

from __future__ import annotations

from agent_tui.commands import model as do
from agent_tui.commands.act import Act
from agent_tui.ports import HubError, HubPort, HubUnreachable
from agent_tui.session.events import CallbackAsked, CallbackMade, CallbackRefused
from agent_tui.session.store import Store
from agent_tui.text.catalogue import Phrase

_NOT_KNOWN = Phrase(
    "The hub has not said whether it holds it. Send it again: it is made once, however often."
)


class CallbackCommands:
    """Makes acts of the commands about callbacks. The agenda changes when the hub tells, not before."""

    def __init__(self, store: Store, hub: HubPort) -> None:
        self._store = store
        self._hub = hub

    def promise(self, command: do.PromiseCallback) -> Act:
        """Have it promised, and tell how that went under the command's key."""

        async def run() -> None:
            self._store.dispatch(CallbackAsked(command.key))
            try:
                made = await self._hub.callbacks.promise(command.asked, command.key)
            except HubUnreachable as error:
                self._store.dispatch(
                    CallbackRefused(
                        command.key, Phrase("{told} {next_step}", told=error.words, next_step=_NOT_KNOWN)
                    )
                )
            except HubError as error:
                self._store.dispatch(CallbackRefused(command.key, error.words))
            except BaseException:  # cancelled as well: the form must not wait for ever
                self._store.dispatch(CallbackRefused(command.key, _NOT_KNOWN))
                raise
            else:
                self._store.dispatch(CallbackMade(command.key, made))

        return Act(("callback", command.key), run)

    def cancel(self, command: do.CancelCallback) -> Act:
        """Have it taken back; a refusal is told in the hub's words."""

        async def run() -> None:
            await self._hub.callbacks.cancel(command.callback)

        return Act(("cancel-callback", command.callback), run)
