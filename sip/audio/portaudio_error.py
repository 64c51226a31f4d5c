"""Why PortAudio gives no sound, in the phone's own words. PortAudio's and the driver's are for the log.

Source: ``PaErrorCode`` in ``portaudio.h`` (v19); sounddevice has the code second among the error's arguments.
"""

from __future__ import annotations

import logging
from typing import Final

from edge.text import clean

log = logging.getLogger(__name__)

_UNFIT: Final = "the device cannot do what a call needs"
_NOT_THERE: Final = "the device is not there any more"
_SYSTEM: Final = "the system's own sound gives an error"

_WHY: Final = {
    -9999: _SYSTEM,  # paUnanticipatedHostError
    -9998: _UNFIT,  # paInvalidChannelCount
    -9997: _UNFIT,  # paInvalidSampleRate
    -9996: _NOT_THERE,  # paInvalidDevice
    -9994: _UNFIT,  # paSampleFormatNotSupported
    -9993: _UNFIT,  # paBadIODeviceCombination
    -9992: "there is too little memory",  # paInsufficientMemory
    -9987: "the device does not answer",  # paTimedOut
    -9986: _SYSTEM,  # paInternalError
    -9985: "another program has the device, or it is off",  # paDeviceUnavailable
    -9983: "the device stopped by itself",  # paStreamIsStopped
    -9979: _SYSTEM,  # paHostApiNotFound
}


def why(error: Exception) -> str:
    """The reason in words that a desk knows; what was said of it is logged.

    A ``ValueError`` is sounddevice's, of a device that its list does not have.
    """
    log.warning("PortAudio: %s", clean(str(error), limit=400))
    if isinstance(error, ValueError):
        return _NOT_THERE
    code = error.args[1] if len(error.args) > 1 else None
    return _WHY.get(code) or f"PortAudio gives the error {code}" if isinstance(code, int) else _SYSTEM
