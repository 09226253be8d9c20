"""The indicators of a report against all that the lake has seen, in one question."""

from collections.abc import Sequence
from typing import Any

from hinomi.hunt.report import ADDRESS, DOMAIN, MAIL, MD5, SHA1, SHA256, URL, Indicator
from hinomi.lake.lake import Lake
from hinomi.lake.observation import ObservedKind

_KINDS = {
    SHA256: ObservedKind.FILE,
    SHA1: ObservedKind.FILE,
    MD5: ObservedKind.FILE,
    ADDRESS: ObservedKind.ADDRESS,
    DOMAIN: ObservedKind.DOMAIN,
    URL: ObservedKind.URL,
    MAIL: ObservedKind.USER,
}


def sweep(
    lake: Lake, indicators: Sequence[Indicator], from_ms: int | None = None, to_ms: int | None = None
) -> list[dict[str, Any]]:
    """{kind, value, asWritten, count, endpoints, firstMs, lastMs} of each, those that were seen first. By whole days."""
    pairs = [(one, pair) for one in indicators for pair in _pairs(one)]
    seen = {(one.kind, one.value): one for one in lake.observed.sweep([pair for _, pair in pairs], from_ms, to_ms)}
    found: dict[Indicator, dict[str, Any]] = {
        one: {"kind": one.kind, "value": one.value, "asWritten": one.as_written, "count": 0, "endpoints": 0}
        for one in indicators
    }
    for one, pair in pairs:
        hit = seen.get(pair)
        if hit is not None:
            found[one] |= {
                "count": found[one]["count"] + hit.count,
                "endpoints": max(found[one]["endpoints"], hit.endpoints),
                "firstMs": hit.first_ms,
                "lastMs": hit.last_ms,
            }
    return sorted(found.values(), key=lambda one: -one["count"])


def _pairs(one: Indicator) -> list[tuple[str, str]]:
    """How telemetry spells it. A mail address may be an account that logs on by it."""
    kind, value = str(_KINDS[one.kind]), one.value.lower()
    if one.kind == MAIL:
        user, _, domain = value.partition("@")
        return [(kind, value), (kind, f"{domain}\\{user}")]
    return [(kind, value)]


def own_domains(lake: Lake) -> frozenset[str]:
    """The domains that our endpoints are in, by their names."""
    return frozenset(lake.observed.endpoint_domains())
