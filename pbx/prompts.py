"""What callers are told, in both languages: ``python -m pbx.prompts`` speaks it anew into ``pbx/sounds``.

A recording of the same name takes a prompt's place: 8 kHz, mono, 16 bit.
"""

from __future__ import annotations

import subprocess
import tempfile
from importlib import resources
from pathlib import Path

PROMPTS: dict[str, dict[str, str]] = {
    "closed": {
        "en": "We are closed now. Please call again during our opening hours.",
        "he": "המוקד סגור כעת. אנא התקשרו שוב בשעות הפעילות.",
    },
    "fault": {
        "en": "We know of a fault and are working on it.",
        "he": "ידוע לנו על תקלה ואנו מטפלים בה.",
    },
    "language": {"en": "For English, press 2.", "he": "לעברית, הקישו 1."},
    "menu": {"en": "Please press the key of your choice.", "he": "אנא הקישו את בחירתכם."},
}
"""Name to text by language."""

_FORMAT = ("-r", "8000", "-c", "1", "-b", "16")


def shipped() -> dict[str, bytes]:
    """Every prompt as a WAV file, by ``LANGUAGE/NAME.wav``."""
    sounds = resources.files("pbx") / "sounds"
    names = [f"{language}/{name}.wav" for name, texts in PROMPTS.items() for language in texts]
    return {name: (sounds / name).read_bytes() for name in names}


def speak(to: Path) -> None:
    """Every prompt by espeak-ng and sox, which must be installed."""
    with tempfile.TemporaryDirectory() as directory:
        spoken = Path(directory) / "spoken.wav"
        for name, texts in PROMPTS.items():
            for language, text in texts.items():
                sound = to / language / f"{name}.wav"
                sound.parent.mkdir(parents=True, exist_ok=True)
                _run("espeak-ng", "-v", language, "-s", "150", "-w", str(spoken), text)
                _run("sox", "-D", str(spoken), *_FORMAT, str(sound), "gain", "-n", "-3")


def _run(*command: str) -> None:
    subprocess.run(command, check=True)  # noqa: S603 - words of this file alone


if __name__ == "__main__":
    speak(Path(__file__).with_name("sounds"))
