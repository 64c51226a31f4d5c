"""The floor, listening in (begun, turned to another way, ended), and what trainers write."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Path, status

from hub.auth import AgentHere, HubHere
from hub.contract import CoachNote, FloorView, ListenChange, ListeningView, ListenRequest

router = APIRouter()


@router.get("/floor")
async def floor(asking: AgentHere, hub: HubHere) -> FloorView:
    """How all agents stand, and who waits."""
    return hub.trainers.floor_views.view(asking)


@router.post("/agents/{agent}/listening")
async def listen(
    agent: Annotated[str, Path(max_length=80)], asked: ListenRequest, trainer: AgentHere, hub: HubHere
) -> ListeningView:
    """Ring the trainer's own phone, which then hears the agent's talk."""
    return await hub.trainers.listening.begin(trainer, agent, asked)


@router.post("/agents/{agent}/coach-notes", status_code=status.HTTP_204_NO_CONTENT)
async def write(
    agent: Annotated[str, Path(max_length=80)], note: CoachNote, trainer: AgentHere, hub: HubHere
) -> None:
    """Put a line on the agent's desk."""
    await hub.trainers.coach_notes.write(trainer, agent, note)


@router.put("/listening")
async def turn(change: ListenChange, trainer: AgentHere, hub: HubHere) -> ListeningView:
    """Go on in another way."""
    return await hub.trainers.listening.turn(trainer, change.mode)


@router.delete("/listening", status_code=status.HTTP_204_NO_CONTENT)
async def end(trainer: AgentHere, hub: HubHere) -> None:
    """Listen no more; who does not is none the worse for it."""
    await hub.trainers.listening.end(trainer)
