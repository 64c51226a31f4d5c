"""What callers are told, in both languages: ``python -m pbx.prompts`` speaks it anew into ``pbx/sounds``.

A recording of the same name takes a prompt's place: 8 kHz, mono, 16 bit.
"""

from __future__ import annotations

import subprocess
import tempfile
from importlib import resources
from pathlib import Path

PROMPTS: dict[str, dict[str, str]] = {
    "callback": {
        "en": "This is the call that you asked us for. To speak with an agent, press 1.",
        "he": "זוהי השיחה שביקשתם מאיתנו. לשיחה עם נציג, הקישו 1.",
    },
    "callback-kept": {
        "en": "Your place is kept. We will call you when it is your turn. Goodbye.",
        "he": "מקומכם נשמר. נחזור אליכם כשיגיע תורכם. להתראות.",
    },
    "callback-not-kept": {
        "en": "Your place could not be kept for a call. Please stay on the line, you wait where you were.",
        "he": "לא ניתן היה לרשום שיחה חוזרת. אנא הישארו על הקו, מקומכם בתור לא השתנה.",
    },
    "callback-offer": {
        "en": "Rather than wait you can keep your place and be called back. Press star.",
        "he": "במקום להמתין, ניתן לשמור את מקומכם ולקבל שיחה חוזרת. הקישו כוכבית.",
    },
    "slot-turn": {
        "en": "To keep your place and be called when it is your turn, press 1.",
        "he": "לשמירת מקומכם ולשיחה כשיגיע תורכם, הקישו 1.",
    },
    "slot-call": {"en": "To be called", "he": "לקבלת שיחה"},
    "slot-press": {"en": "press", "he": "הקישו"},
    "slot-booked": {"en": "Your call is booked", "he": "השיחה אליכם נקבעה"},
    "slot-goodbye": {"en": "We will call you then. Goodbye.", "he": "נתקשר אליכם אז. להתראות."},
    "slot-full": {"en": "This time has just been taken.", "he": "המועד הזה נתפס זה עתה."},
    "slot-stands": {"en": "A call to you is booked already.", "he": "כבר נקבעה לכם שיחה."},
    "slot-wait": {
        "en": "Please stay on the line, you wait where you were.",
        "he": "אנא הישארו על הקו, מקומכם בתור לא השתנה.",
    },
    "day-today": {"en": "today", "he": "היום"},
    "day-tomorrow": {"en": "tomorrow", "he": "מחר"},
    "day-sun": {"en": "on Sunday", "he": "ביום ראשון"},
    "day-mon": {"en": "on Monday", "he": "ביום שני"},
    "day-tue": {"en": "on Tuesday", "he": "ביום שלישי"},
    "day-wed": {"en": "on Wednesday", "he": "ביום רביעי"},
    "day-thu": {"en": "on Thursday", "he": "ביום חמישי"},
    "day-fri": {"en": "on Friday", "he": "ביום שישי"},
    "day-sat": {"en": "on Saturday", "he": "בשבת"},
    "time-at": {"en": "at", "he": "בשעה"},
    "time-am": {"en": "A M."},
    "time-pm": {"en": "P M."},
    "whatsapp-offer": {
        "en": "Rather than wait you can get a message by WhatsApp. Press hash.",
        "he": "במקום להמתין, ניתן לקבל מאיתנו הודעה בוואטסאפ. הקישו סולמית.",
    },
    "message-comes": {
        "en": "We will write to you by WhatsApp at the number that you call from. Goodbye.",
        "he": "נשלח לכם הודעה בוואטסאפ למספר שממנו התקשרתם. להתראות.",
    },
    "message-not-possible": {
        "en": "We cannot send you a message. Please stay on the line, you wait where you were.",
        "he": "לא ניתן לשלוח לכם הודעה. אנא הישארו על הקו, מקומכם בתור לא השתנה.",
    },
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
    "number-please": {
        "en": "Please key in your customer number or the number of your order, then press the hash key.",
        "he": "אנא הקישו את מספר הלקוח או את מספר ההזמנה, ובסיום סולמית.",
    },
    "number-unknown": {"en": "We do not find this number.", "he": "המספר לא נמצא."},
    "matter": {"en": "Your matter number", "he": "פנייתכם מספר"},
    "matter-none": {"en": "You have no open matter with us.", "he": "אין לכם פנייה פתוחה אצלנו."},
    "status-open": {"en": "is being worked on.", "he": "נמצאת בטיפול."},
    "status-shipped": {"en": "has been shipped.", "he": "נשלחה."},
    "status-technician": {"en": "has a technician booked.", "he": "נקבע לה ביקור טכנאי."},
    "status-waiting": {"en": "is waiting for you.", "he": "ממתינה לתשובתכם."},
    "balance": {"en": "Your balance is", "he": "היתרה לתשלום היא"},
    "balance-agent": {"en": "An agent will tell you your balance.", "he": "נציג ימסור לכם את היתרה."},
    "shekels-1": {"en": "one shekel", "he": "שקל אחד"},
    "shekels-2": {"en": "two shekels", "he": "שני שקלים"},
    "shekels": {"en": "shekels", "he": "שקלים"},
    "agorot-1": {"en": "one agora", "he": "אגורה אחת"},
    "agorot-2": {"en": "two agorot", "he": "שתי אגורות"},
    "agorot": {"en": "agorot", "he": "אגורות"},
    "dollars-1": {"en": "one dollar", "he": "דולר אחד"},
    "dollars-2": {"en": "two dollars", "he": "שני דולרים"},
    "dollars": {"en": "dollars", "he": "דולרים"},
    "cents-1": {"en": "one cent", "he": "סנט אחד"},
    "cents-2": {"en": "two cents", "he": "שני סנטים"},
    "cents": {"en": "cents", "he": "סנטים"},
    "hundred": {"en": "hundred"},
    "thousand": {"en": "thousand", "he": "אלף"},
    "position": {"en": "Your place in the queue is number", "he": "מקומכם בתור הוא מספר"},
    "position-next": {"en": "You are next in the queue.", "he": "אתם הבאים בתור."},
    "position-far": {
        "en": "More than twenty callers are before you.",
        "he": "יותר מעשרים פונים ממתינים לפניכם.",
    },
    "wait": {"en": "The expected wait is about", "he": "זמן ההמתנה המשוער הוא"},
    "wait-far": {
        "en": "The expected wait is more than half an hour.",
        "he": "זמן ההמתנה המשוער הוא יותר מחצי שעה.",
    },
    "minutes-1": {"en": "one minute", "he": "דקה אחת"},
    "minutes-2": {"en": "two minutes", "he": "שתי דקות"},
    "minutes": {"en": "minutes", "he": "דקות"},
}
"""Name to text by language."""

_COUNTED = (*range(1, 21), 25, 30)
_ENGLISH = [
    "one",
    "two",
    "three",
    "four",
    "five",
    "six",
    "seven",
    "eight",
    "nine",
    "ten",
    "eleven",
    "twelve",
    "thirteen",
    "fourteen",
    "fifteen",
    "sixteen",
    "seventeen",
    "eighteen",
    "nineteen",
    "twenty",
    "twenty-five",
    "thirty",
]
_HEBREW = [
    "אחת",
    "שתיים",
    "שלוש",
    "ארבע",
    "חמש",
    "שש",
    "שבע",
    "שמונה",
    "תשע",
    "עשר",
    "אחת עשרה",
    "שתים עשרה",
    "שלוש עשרה",
    "ארבע עשרה",
    "חמש עשרה",
    "שש עשרה",
    "שבע עשרה",
    "שמונה עשרה",
    "תשע עשרה",
    "עשרים",
    "עשרים וחמש",
    "שלושים",
]
"""In the feminine, as numbers are counted and as minutes go with them."""

PROMPTS |= {
    f"number-{number}": {"en": english, "he": hebrew}
    for number, english, hebrew in zip(_COUNTED, _ENGLISH, _HEBREW, strict=True)
}

PROMPTS["number-0"] = {"en": "zero", "he": "אפס"}
PROMPTS |= {
    f"number-{tens}0": {"en": english, "he": hebrew}
    for tens, english, hebrew in zip(
        range(4, 10),
        ["forty", "fifty", "sixty", "seventy", "eighty", "ninety"],
        ["ארבעים", "חמישים", "שישים", "שבעים", "שמונים", "תשעים"],
        strict=True,
    )
}

_MASCULINE = [
    "אחד",
    "שניים",
    "שלושה",
    "ארבעה",
    "חמישה",
    "שישה",
    "שבעה",
    "שמונה",
    "תשעה",
    "עשרה",
    "אחד עשר",
    "שנים עשר",
    "שלושה עשר",
    "ארבעה עשר",
    "חמישה עשר",
    "שישה עשר",
    "שבעה עשר",
    "שמונה עשר",
    "תשעה עשר",
]
_HUNDREDS = [
    "מאה",
    "מאתיים",
    "שלוש מאות",
    "ארבע מאות",
    "חמש מאות",
    "שש מאות",
    "שבע מאות",
    "שמונה מאות",
    "תשע מאות",
]
_THOUSANDS = [
    "אלף",
    "אלפיים",
    "שלושת אלפים",
    "ארבעת אלפים",
    "חמשת אלפים",
    "ששת אלפים",
    "שבעת אלפים",
    "שמונת אלפים",
    "תשעת אלפים",
    "עשרת אלפים",
]
"""Of money: Hebrew alone has words of their own for these."""

PROMPTS |= {f"masculine-{number}": {"he": text} for number, text in enumerate(_MASCULINE, 1)}
PROMPTS |= {f"number-{number}00": {"he": text} for number, text in enumerate(_HUNDREDS, 1)}
PROMPTS |= {f"number-{number}000": {"he": text} for number, text in enumerate(_THOUSANDS, 1)}

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
