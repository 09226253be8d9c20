"""An activity as the public API shows it: its types, not ours. Clients refuse a page for one wrong type.

Source: public API, search and OAT detail (docs/reference/routes.md): eventId is text, lists are never null,
`endpointGuid` is always there, `eventSourceType` is a number.
"""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

_TEXT_IN_PUBLIC = ("eventId",)
_TELEMETRY = 1  # eventSourceType


def public_activity(fields: Mapping[str, Any]) -> dict[str, Any]:
    """Every field it has, in the public types; nothing is null."""
    shown = {name: value for name, value in fields.items() if value is not None}
    for name in _TEXT_IN_PUBLIC:
        if name in shown:
            shown[name] = str(shown[name])
    if "objectSignerValid" in shown:
        shown["objectSignerValid"] = [str(member).lower() == "true" for member in shown["objectSignerValid"]]
    if "eventTime" in shown:
        shown["eventTimeDT"] = iso_with_offset(shown["eventTime"])
    return {"endpointGuid": "", "eventSourceType": _TELEMETRY, **shown}


def iso_with_offset(moment_ms: int) -> str:
    """2026-01-31T09:00:00+00:00, the shape of eventTimeDT."""
    return datetime.fromtimestamp(moment_ms // 1000, UTC).isoformat()
