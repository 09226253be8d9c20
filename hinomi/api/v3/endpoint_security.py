"""Endpoints as the public API's endpoint security knows them: list and detail, isolation and the sensor's state."""

from collections.abc import Callable
from typing import Annotated, Any, Literal

from fastapi import Depends, Query, Request, Response

from hinomi.api import paging
from hinomi.api.endpoint_pages import endpoint_page
from hinomi.api.filter_header import FilterHeader, FilterParameter, sent_filter
from hinomi.api.gate import Rooms, public
from hinomi.api.reply import reply
from hinomi.api.resource import resource
from hinomi.api.shapes import OrderBy, Shape, SkipToken, Top
from hinomi.errors import InputError
from hinomi.query.filter_language import parse_filter
from hinomi.query.moment import format_second
from hinomi.query.predicate import to_predicate
from hinomi.schema.endpoint import Endpoint, EndpointQuery
from hinomi.schema.principal import Permission

router = resource("/v3.0/endpointSecurity", "endpoints")

_ROUTE = "v3/endpointSecurity"
_PAGE, _MOST = 50, 1000
_ORDERS = {
    "agentGuid": "guid",
    "endpointName": "name",
    "edrSensorLastConnectedDateTime": "lastSeen",
    "eppAgentLastConnectedDateTime": "lastSeen",
}


class Sensor(Shape):
    endpoint_group: str
    connectivity: Literal["connected", "disconnected"]
    version: str
    last_connected_date_time: str
    status: Literal["enabled", "disabled"]


class ListedEndpoint(Shape):
    endpoint_name: str
    agent_guid: str
    type: Literal["desktop", "server"]
    display_name: str
    os_name: str
    os_platform: str
    os_version: str
    os_kernel_version: str
    os_architecture: str
    cpu_architecture: str
    last_used_ip: str | None = None
    last_logged_on_user: str | None = None
    isolation_status: Literal["on", "off", "unknown"]
    ip_addresses: list[str]
    edr_sensor: Sensor


class ListedEndpoints(Shape):
    total_count: int
    count: int
    items: list[ListedEndpoint]
    next_link: str | None = None


class System(Shape):
    name: str
    platform: str
    architecture: str
    version: str
    kernel_version: str


class NetworkInterface(Shape):
    ip_addresses: list[str]
    mac_address: str


class EndpointDetail(Shape):
    endpoint_name: str
    agent_guid: str
    type: Literal["desktop", "server"]
    display_name: str
    os: System
    interfaces: list[NetworkInterface]
    cpu_architecture: str
    last_used_ip: str | None = None
    last_logged_on_user: str | None = None
    isolation_status: Literal["on", "off", "unknown"]
    edr_sensor: Sensor


@router.get("/endpoints", responses={200: {"model": ListedEndpoints}}, dependencies=[Depends(public(Permission.VIEW))])
def list_endpoints(
    request: Request,
    house: Rooms,
    order: OrderBy = None,
    top: Top = None,
    skip_token: SkipToken = None,
    select: Annotated[str | None, Query(description="Comma list of fields to answer; all without it.")] = None,
    _header: FilterHeader = None,
    _parameter: FilterParameter = None,
) -> Response:
    """Endpoints with our sensor, by name unless ordered otherwise."""
    state: dict[str, Any] = {"filter": sent_filter(request), "order": order or "", "skip": 0}
    if skip_token:
        state = paging.unseal(house.secret, _ROUTE, skip_token)
        paging.same_filter(sent_filter(request), state["filter"])
    size = paging.read_top(top, _PAGE, _MOST)
    order_by, is_descending = _order(state["order"])
    query = EndpointQuery(order=order_by, is_descending=is_descending, skip=state["skip"], top=size)
    found = endpoint_page(house.inventory, query, _wanted(state["filter"]))
    link = paging.link_behind(request, house.secret, _ROUTE, state, query.skip + size, found.total)
    return reply(paging.page([_selected(listed_endpoint(one), select) for one in found.items], link, found.total))


@router.get(
    "/endpoints/{agent_guid}",
    responses={200: {"model": EndpointDetail}},
    dependencies=[Depends(public(Permission.VIEW))],
)
def get_endpoint(agent_guid: str, house: Rooms) -> Response:
    """One endpoint in detail."""
    return reply(endpoint_detail(house.inventory.get(agent_guid)))


def _order(text: str) -> tuple[str, bool]:
    """The inventory's name for it, and whether it goes down."""
    field, _, direction = (text or "endpointName asc").strip().partition(" ")
    direction = direction.strip().lower() or "asc"
    if field not in _ORDERS or direction not in ("asc", "desc"):
        raise InputError(f"orderBy: {text!r} is not one of {', '.join(_ORDERS)} with asc or desc")
    return _ORDERS[field], direction == "desc"


def _wanted(text: str) -> Callable[[Endpoint], bool] | None:
    if not text:
        return None
    meets = to_predicate(parse_filter(text, 1024))
    return lambda one: meets(_flat(listed_endpoint(one)))


def _selected(one: dict[str, Any], select: str | None) -> dict[str, Any]:
    names = {name.strip() for name in (select or "").split(",") if name.strip()}
    return {name: value for name, value in one.items() if not names or name in names}


def _flat(one: dict[str, Any]) -> dict[str, Any]:
    """The names that a filter may use, beside those of the item itself."""
    sensor = one["edrSensor"]
    return one | {
        "edrSensorConnectivity": sensor["connectivity"],
        "edrSensorStatus": sensor["status"],
        "edrSensorEndpointGroup": sensor["endpointGroup"],
    }


def _sensor(one: Endpoint) -> dict[str, Any]:
    return {
        "endpointGroup": one.group,
        "connectivity": "connected" if one.is_connected else "disconnected",
        "version": one.sensor_version,
        "lastConnectedDateTime": format_second(one.last_seen_ms),
        "status": "disabled" if one.is_revoked else "enabled",
    }


def _common(one: Endpoint) -> dict[str, Any]:
    found = {
        "endpointName": one.name,
        "agentGuid": one.guid,
        "type": str(one.type),
        "displayName": one.name,
        "cpuArchitecture": one.architecture,
        "isolationStatus": str(one.isolation),
        "edrSensor": _sensor(one),
    }
    if one.ips:
        found["lastUsedIp"] = one.ips[0]
    if one.last_user:
        found["lastLoggedOnUser"] = one.last_user
    return found


def listed_endpoint(one: Endpoint) -> dict[str, Any]:
    return _common(one) | {
        "osName": one.os_name,
        "osPlatform": one.os_platform or "unknown",
        "osVersion": one.os_version,
        "osKernelVersion": one.kernel,
        "osArchitecture": one.architecture,
        "ipAddresses": [*one.ips],
    }


def endpoint_detail(one: Endpoint) -> dict[str, Any]:
    return _common(one) | {
        "os": {
            "name": one.os_name,
            "platform": one.os_platform or "unknown",
            "architecture": one.architecture,
            "version": one.os_version,
            "kernelVersion": one.kernel,
        },
        "interfaces": [{"ipAddresses": [*each.addresses], "macAddress": each.mac} for each in one.interfaces],
    }
