"""What baresip's statistics of a call say, as the quality meter's report. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sip.quality import Report

_MICRO = 1000.0


def report_of(stats: Mapping[str, Any]) -> Report:
    """``stats`` as ``CALL_RTCP`` brings them: counts since the start of the stream, times in microseconds."""
    rtcp, buffer = stats.get("rtcp", {}), stats.get("jbuf", {})
    return Report(
        received=int(stats.get("rx", {}).get("packets", 0)),
        lost_in=int(rtcp.get("rx_lost", 0)),
        sent=int(stats.get("tx", {}).get("packets", 0)),
        lost_out=int(rtcp.get("tx_lost", 0)),
        jitter_in=rtcp.get("rx_jitter_us", 0) / _MICRO,
        jitter_out=rtcp.get("tx_jitter_us", 0) / _MICRO,
        rtt=rtcp.get("rtt_us", 0) / _MICRO,
        buffered=float(buffer.get("delay_ms", 0)),
    )
