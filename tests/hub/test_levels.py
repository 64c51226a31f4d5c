"""Agents become members by the level that the centre's file gives them, queue by queue."""

from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy.engine import URL

from hub.settings import Settings
from tests.hub.centre import Centre, open_centre, sample_settings


def levelled(database: URL, levels: Mapping[str, int]) -> Settings:
    """The sample centre, Yael with these levels."""
    settings = sample_settings(database)
    agents = tuple(
        agent.model_copy(update={"levels": dict(levels)}) if agent.id == "yael" else agent
        for agent in settings.centre.agents
    )
    return settings.model_copy(update={"centre": settings.centre.model_copy(update={"agents": agents})})


async def members(centre: Centre) -> dict[tuple[str, str], int]:
    """The level of each member of each queue."""
    return {
        (row.name, member.agent): member.level for row in await centre.pbx.queues() for member in row.members
    }


async def test_an_agent_joins_each_queue_by_their_level(database: URL) -> None:
    async with open_centre(database, settings=levelled(database, {"sales": 3})) as centre:
        await centre.ready("yael", "daniel")
        assert await members(centre) == {
            ("support", "1001"): 1,
            ("sales", "1001"): 3,
            ("support", "1002"): 1,
            ("sales", "1002"): 1,
        }


async def test_a_level_that_changed_in_the_file_holds_after_the_hubs_restart(database: URL) -> None:
    async with open_centre(database, settings=levelled(database, {"sales": 3})) as centre:
        await centre.ready("yael")
        pbx, time = centre.pbx, centre.time
    changed = levelled(database, {"support": 2})
    async with open_centre(database, pbx=pbx, time=time, settings=changed) as centre:
        assert await members(centre) == {("support", "1001"): 2, ("sales", "1001"): 1}
