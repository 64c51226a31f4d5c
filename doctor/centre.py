"""The centre's hub: does it answer, does it know us, what does it reach."""

from __future__ import annotations

from collections.abc import AsyncIterator

from agent_tui.adapters.http_hub import HttpHub
from agent_tui.adapters.hub_address import HubAddress
from agent_tui.adapters.secrets import hub_token
from agent_tui.ports import HubError, HubRefused
from agent_tui.session.findings import Finding
from agent_tui.text.catalogue import Phrase
from agent_tui.text.others import said
from doctor.findings import failed, good, warning


async def examine(address: HubAddress) -> AsyncIterator[Finding]:
    """What a desk would be told first."""

    async def locate() -> HubAddress:
        return address

    hub = HttpHub(locate)
    try:
        snapshot = await hub.snapshot()
    except HubRefused as error:
        cure = Phrase(
            "Run `{command}` with a code from the administrator.", command=hub_token(address.url).command
        )
        yield failed("hub", error.words, cure)
        return
    except HubError as error:
        found = Phrase("{url}: {why}", url=address.url, why=error.words)
        yield failed("hub", found, Phrase("Check [hub] url, the network, and a VPN that must be on."))
        return
    finally:
        await hub.close()
    me = snapshot.me
    known = Phrase(
        "{url} knows you as {name}, extension {extension}",
        url=address.url,
        name=me.name,
        extension=me.extension,
    )
    yield good("hub", known)
    if not snapshot.pbx:
        cure = Phrase("Tell the administrator. Calls may ring; cards and figures wait.")
        lost = Phrase("the hub has lost the exchange")
        if snapshot.pbx_words:
            lost = Phrase("{lost}: {why}", lost=lost, why=said(snapshot.pbx_words))
        yield warning("exchange", lost, cure)
    else:
        yield good("exchange", Phrase("the hub sees the exchange"))
