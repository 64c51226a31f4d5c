"""The portable engine: pyVoIP 1.6.8 (GPL-3.0, last 1.x release January 2024), mended by subclasses.

For machines without baresip, on a trusted network: SIP by UDP, G.711 in the clear. One socket for SIP on the
event loop, one thread and two sockets for the sound of each call; all of them end with what they are for.

==================== ======================================= ==========================================
pyVoIP's class       here                                    what is still its own
==================== ======================================= ==========================================
``SIPMessage``       ``message.Message``                     Via, CSeq, challenges, lines of SDP, statuses
``SIPClient``        ``client.Client``                       account, branches, the count of REGISTERs
``VoIPPhone``        ``phone.Phone``                         account, calls by their ids, its status
``VoIPCall``         ``calls.Call``                          its four states, its session's number
``RTPClient``        ``rtp.Rtp``                             codec and payload types, where to
==================== ======================================= ==========================================

Each class's docstring names the faults that it mends, with the RFC's section. pyVoIP has no transactions,
dialogs, offers and answers, digest by ``qop``, or jitter buffer to mend: those are ``transactions``,
``dialog``, ``sdp``, ``digest``, ``timeline`` and ``outgoing``. A call's parts have files of their own:
``uac`` and ``uas`` ask and answer in its dialog, ``media`` and ``session`` agree on its sound, ``transfer``
hands it on, ``signals`` sends keys. pyVoIP's ``RTPMessage`` and ``RTPPacketManager`` are not used
(``packets``), nor anything of it that waits, sleeps or prints.

What this engine cannot do, and says so (``Unsupported``, ``capabilities``): TLS, SRTP, TCP, IPv6, other
codecs, joining or mixing two calls, and telling how a call sounds (it neither sends nor reads RTCP).
"""

import pyVoIP.VoIP  # noqa: F401 - before all else: its other modules cannot be the first to be imported
