"""One call's sound as both sides agree on it: offers and answers (RFC 3264) over its one stream."""

from __future__ import annotations

from pyVoIP.RTP import PayloadType, TransmitType

from sip.engines.pyvoip.message import Message
from sip.engines.pyvoip.rtp import Payloads, Rtp
from sip.engines.pyvoip.sdp import Sound, answering, chosen, description, sound_of, turned


class Media:
    """What we say of our sound, and the stream that follows from what they say of theirs.

    ``direction`` is the way that we want it. ``session`` is the session's number, of which each description
    is a newer version (RFC 4566 §5.2); ``offered`` are our codecs, the best first.
    """

    def __init__(self, here: str, session: str, rtp: Rtp, offered: Payloads) -> None:
        self.direction = TransmitType.SENDRECV
        self._here = here
        self._session = session
        self._rtp = rtp
        self._offered = offered
        self._version = 0

    def offer(self) -> str:
        """All that we can carry."""
        return self._description(self._offered, self.direction)

    def acceptable(self, invite: Message) -> bool:
        """Whether what it offers can be carried; one without an offer gets ours."""
        return not invite.describes or self._sound_of(invite) is not None

    def answer(self, invite: Message) -> str:
        """What a 200 to ``invite`` says: to an offer our answer, to none an offer (RFC 3261 §13.3.1.4)."""
        sound = self._sound_of(invite)
        if sound is None:
            return self.offer()
        self._connect(sound)
        way = turned(sound.direction) if self.direction is TransmitType.SENDRECV else self.direction
        return answering(self._description(chosen(sound, self._offered), way), sound.media)

    def take(self, message: Message) -> bool:
        """Have the stream follow what ``message`` describes; False where that is nothing we can carry."""
        sound = self._sound_of(message)
        if sound is not None:
            self._connect(sound)
        return sound is not None

    def _sound_of(self, message: Message) -> Sound | None:
        """Sound in one of our own codecs."""
        sound = sound_of(message)
        common = chosen(sound, self._offered).values() if sound is not None else ()
        return sound if set(common) - {PayloadType.EVENT} else None

    def _connect(self, sound: Sound) -> None:
        """Their numbers of the codecs go first: they are those we send by; ours they may send by."""
        payloads = chosen(sound, self._offered)
        self._rtp.connect(sound.address, sound.port, {**payloads, **_others(self._offered, payloads)})
        self._rtp.expect(sound.heard and self.direction is TransmitType.SENDRECV)

    def _description(self, payloads: Payloads, way: TransmitType) -> str:
        self._version += 1
        return description(self._here, self._rtp.inPort, payloads, way, (self._session, self._version))


def _others(ours: Payloads, theirs: Payloads) -> Payloads:
    return {number: kind for number, kind in ours.items() if number not in theirs}
