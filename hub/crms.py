"""Which CRM the settings name."""

from __future__ import annotations

from sqlalchemy.ext.asyncio import AsyncEngine

from hub.adapters.builtin_crm import BuiltinCrm
from hub.crm_settings import BuiltinCrmSettings, RestSettings
from hub.db.customers import CustomerStore
from hub.domain.outbox import ADD_NOTE, CREATE_TASK, LOG_CONTACT
from hub.ports.crm import Crm
from hub.settings import Settings


def crm_of(settings: Settings, engine: AsyncEngine) -> Crm:
    """The built-in one is in the hub's database, ``engine``."""
    if isinstance(settings.crm, BuiltinCrmSettings):
        names = {agent.id: agent.name for agent in settings.centre.agents}
        return BuiltinCrm(CustomerStore(engine), names, settings.crm.create)
    from hub.remote_crms import remote_crm  # noqa: PLC0415 - most centres have none

    return remote_crm(settings.crm, settings.centre.country)


def logs_contacts(settings: Settings) -> bool:
    """Whether contacts are to be written into the CRM: the built-in one has them already."""
    match settings.crm:
        case BuiltinCrmSettings():
            return False
        case RestSettings(log_contact=how):
            return how is not None
    return True


def keyed_writes(settings: Settings) -> frozenset[str]:
    """What may be asked for again, for the same twice is written once there."""
    match settings.crm:
        case BuiltinCrmSettings():
            return frozenset({ADD_NOTE, CREATE_TASK})
        case RestSettings(log_contact=contact, add_note=note, create_task=task):
            asked = {LOG_CONTACT: contact, ADD_NOTE: note, CREATE_TASK: task}
            return frozenset(name for name, how in asked.items() if how and how.idempotency_header)
    return frozenset()
