"""HubSpot's forms: what its answers hold, and nothing where they have another form.

Objects: https://developers.hubspot.com/docs/api/crm/understanding-the-crm; associations: …/api-reference/
legacy/crm/associations/associate-records/batch/get-associations; pipelines:
https://developers.hubspot.com/docs/api/crm/pipelines
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from hub.adapters.crm_values import identity, past, plain, text
from hub.contract import PastContact
from hub.ports.crm import CrmGarbled

Properties = Mapping[str, Any]


def results_of(told: object) -> list[Any]:
    """Raises ``CrmGarbled`` where it has none."""
    match told:
        case {"results": list(found)}:
            return found
    raise CrmGarbled("HubSpot answers without results")


def object_of(found: object) -> tuple[str, Properties]:
    """Id and properties of one object; an empty id where it has none."""
    match found:
        case {"id": name, "properties": dict(properties)}:
            return identity(name), properties
        case {"id": name}:
            return identity(name), {}
    return "", {}


def owners_of(found: Iterable[object]) -> Iterable[tuple[str, list[str]]]:
    """Of each object the contacts that it belongs to."""
    owners: dict[str, list[str]] = {}
    for one in found:
        match one:
            case {"from": {"id": owner}, "to": list(others)}:
                names = (identity(other.get("toObjectId")) for other in others if isinstance(other, dict))
                for name in names:
                    if name:
                        owners.setdefault(name, []).append(identity(owner))
    return owners.items()


def stages_of(pipelines: Iterable[object]) -> Iterable[tuple[str, tuple[str, bool]]]:
    """By id a ticket's stage: its name, and whether tickets there are open."""
    for pipeline in pipelines:
        match pipeline:
            case {"stages": list(stages)}:
                for stage in stages:
                    match stage:
                        case {"id": name, "label": label}:
                            told = stage.get("metadata")
                            closed = isinstance(told, dict) and told.get("ticketState") == "CLOSED"
                            yield identity(name), (text(label, 60), not closed)


def past_of(properties: Properties) -> PastContact | None:
    """A call has a title; a note has none."""
    title, body = text(properties.get("hs_call_title")), properties.get("hs_call_body")
    call = "hs_call_body" in properties or "hs_call_title" in properties
    words = plain(body if call else properties.get("hs_note_body"))
    summary = f"{title}: {words}" if title and words else title or words
    return past(properties.get("hs_timestamp"), "call" if call else "note", summary)
