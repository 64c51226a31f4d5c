"""Recorded speech of the bot customers: 16 kHz mono WAV files, made by ``make.py`` and shipped."""

from __future__ import annotations

from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Recording:
    """One recorded sentence or two.

    ``words`` is what is said, ``spoken`` what the synthesiser reads: ``[[…]]`` are its phonemes (in
    Kirshenbaum's ASCII notation), since it cannot read Hebrew letters. ``voice`` names a voice and a
    variant of it.
    """

    name: str
    language: str
    queue: str
    voice: str
    words: str
    spoken: str

    @property
    def path(self) -> Path:
        """The WAV file."""
        return Path(str(files(__name__) / f"{self.name}.wav"))


def _english(name: str, queue: str, voice: str, words: str) -> Recording:
    return Recording(name, "en", queue, voice, words, words)


CUSTOMERS: tuple[Recording, ...] = (
    _english(
        "en_fault",
        "support",
        "en-us+f3",
        "Hello. My internet has been down since yesterday. Can you help me?",
    ),
    _english(
        "en_bill", "support", "en-gb+m3", "Good morning. My last bill is higher than usual. Why is that?"
    ),
    _english(
        "en_offer", "sales", "en-us+m7", "Hi. I saw your offer for faster fibre. What would it cost me?"
    ),
    Recording(
        "he_fault",
        "he",
        "support",
        "he+f2",
        "שלום. האינטרנט שלי לא עובד מאתמול. אפשר לעזור לי?",
        "[[Sal'om]]. [[ha'internet Sel'i lo ov'ed meetm'ol]]. [[efS'ar la?az'or l'i]]?",
    ),
    Recording(
        "he_bill",
        "he",
        "support",
        "he+m3",
        "בוקר טוב. קיבלתי חשבון גבוה, ואני רוצה להבין למה.",
        "[[b'oker t'ov]]. [[kib'alti xeSb'on gav'oha]], [[va?an'i rots'e lehav'in l'ama]].",
    ),
    Recording(
        "he_offer",
        "he",
        "sales",
        "he+f4",
        "שלום. ראיתי את המבצע על סיבים. כמה זה עולה?",
        "[[Sal'om]]. [[ra?'iti et hamivts'a al siv'im]]. [[k'ama z'e ol'e]]?",
    ),
)
"""What customers say, by the language they speak and the queue they call."""

COLLEAGUE = _english("en_colleague", "support", "en-us+m1", "Daniel Katz, support. How can I help you?")
"""What the colleague agent says who answers transfers."""

ALL: tuple[Recording, ...] = (*CUSTOMERS, COLLEAGUE)
