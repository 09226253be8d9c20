"""One activity, beside its record as it came."""

from collections.abc import Mapping
from typing import Annotated, Any

import orjson
from fastapi import Depends, Query, Response

from hinomi.api.console.names import plain_fields
from hinomi.api.gate import Rooms, console
from hinomi.api.reply import reply
from hinomi.api.resource import resource
from hinomi.api.shapes import Shape
from hinomi.api.window import read_start
from hinomi.errors import NotFound
from hinomi.schema.principal import Permission
from hinomi.workbench.highlights import decoded_fields

router = resource("/console/api", "search")

_VIEW = [Depends(console(Permission.VIEW))]
_ADDRESSES = ("src", "dst", "objectIp", "eventDataIpAddress")

From = Annotated[str | None, Query(alias="from", description="ISO 8601, included.")]
To = Annotated[str | None, Query(alias="to", description="ISO 8601, included.")]


class ActivityShape(Shape):
    fields: dict[str, Any]
    record: Any
    record_file: str | None
    record_number: int | None
    decoded: dict[str, str]  # what values hide, by field
    assets: dict[str, str]  # the endpoints that have the addresses named, by address


@router.get("/activities/{uuid}", responses={200: {"model": ActivityShape}}, dependencies=_VIEW)
def get_activity(
    uuid: str,
    house: Rooms,
    time: Annotated[str | None, Query(description="The event time in ms or ISO 8601: finds it at once.")] = None,
) -> Response:
    """One activity: the fields we read, beside the record as it came."""
    found = house.lake.activity(uuid, read_start("time", time))
    if found is None:
        raise NotFound(f"there is no activity {uuid[:64]!r}")
    raw = found.pop("rawDataStr", None)
    return reply(
        {
            "fields": plain_fields(found),
            "record": _record(raw),
            "recordFile": found.get("recordFile"),
            "recordNumber": found.get("recordNumber"),
            "decoded": decoded_fields(found),
            "assets": _assets(house, found),
        }
    )


def _assets(house: Rooms, activity: Mapping[str, Any]) -> dict[str, str]:
    """Names of the hosts behind the addresses: its own by what the activity says, others by what their sensors say."""
    named = {str(activity[name]) for name in _ADDRESSES if activity.get(name)}
    host = activity.get("endpointHostName")
    own = {address: str(host) for address in activity.get("endpointIp") or () if host}
    return house.inventory.names_at(sorted(named - own.keys())) | own


def _record(raw: str | None) -> Any:
    """JSON as values; what is not JSON as the text it is."""
    try:
        return orjson.loads(raw) if raw else None
    except orjson.JSONDecodeError:
        return raw
