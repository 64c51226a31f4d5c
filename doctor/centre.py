"""The centre's hub: does it answer, does it know us, what does it reach."""

from __future__ import annotations

from collections.abc import AsyncIterator

from agent_tui.adapters.http_hub import HttpHub
from agent_tui.adapters.hub_wire import HubAddress
from agent_tui.ports import HubError, HubRefused
from doctor.findings import Finding, failed, good, warning


async def examine(address: HubAddress) -> AsyncIterator[Finding]:
    """What a desk would be told first."""

    async def locate() -> HubAddress:
        return address

    hub = HttpHub(locate)
    try:
        snapshot = await hub.snapshot()
    except HubRefused as error:
        cure = f"Run `moked enroll {address.url}` with a code from the administrator."
        yield failed("hub", str(error), cure)
        return
    except HubError as error:
        yield failed(
            "hub", f"{address.url}: {error}", "Check [hub] url, the network, and a VPN that must be on."
        )
        return
    finally:
        await hub.close()
    me = snapshot.me
    yield good("hub", f"{address.url} knows you as {me.name}, extension {me.extension}")
    if not snapshot.pbx:
        cure = "Tell the administrator. Calls may ring; cards and figures wait."
        yield warning("exchange", f"the hub has lost the exchange. {snapshot.pbx_words}".strip(), cure)
    else:
        yield good("exchange", "the hub sees the exchange")
