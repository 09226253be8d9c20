"""The endpoint inventory under its older public name: who has which address, account and name."""

from collections.abc import Callable
from typing import Any, Literal

from fastapi import Depends, Request, Response

from hinomi.api import paging
from hinomi.api.endpoint_pages import endpoint_page
from hinomi.api.filter_header import QueryHeader, header_text
from hinomi.api.gate import Rooms, public
from hinomi.api.reply import reply
from hinomi.api.resource import resource
from hinomi.api.shapes import Shape, SkipToken, Top
from hinomi.query.filter_language import parse_filter
from hinomi.query.moment import format_second
from hinomi.query.predicate import to_predicate
from hinomi.schema.endpoint import Endpoint, EndpointQuery
from hinomi.schema.principal import Permission

router = resource("/v3.0/eiqs", "endpoints")

_ROUTE = "v3/eiqs"
_FILTER_LENGTH = 1024
_PAGE, _MOST = 50, 1000
_OS_NAMES = {"linux": "Linux", "windows": "Windows", "macos": "macOS"}
# The product code clients know for a sensor on an endpoint; their enumeration refuses any other word.
_SENSOR = "xes"


class Value(Shape):
    updated_date_time: str
    value: str


class Values(Shape):
    updated_date_time: str
    value: list[str]


class KnownEndpoint(Shape):
    agent_guid: str
    login_account: Values
    endpoint_name: Value
    mac_address: Values
    ip: Values
    os_name: Literal["Linux", "Windows", "macOS", ""]
    os_version: str
    os_description: str
    product_code: Literal["xes"]
    installed_product_codes: list[str]
    policy_name: str
    component_version: str


class KnownEndpoints(Shape):
    items: list[KnownEndpoint]
    next_link: str | None = None


@router.get("/endpoints", responses={200: {"model": KnownEndpoints}}, dependencies=[Depends(public(Permission.VIEW))])
def list_endpoints(
    request: Request,
    house: Rooms,
    top: Top = None,
    skip_token: SkipToken = None,
    _header: QueryHeader = None,
) -> Response:
    """Endpoints that meet the filter in the header TMV1-Query (the filter language); all of them without one."""
    sent = header_text(request.headers.get("tmv1-query"))
    state: dict[str, Any] = {"filter": sent, "skip": 0}
    if skip_token:
        state = paging.unseal(house.secret, _ROUTE, skip_token)
        paging.same_filter(sent, state["filter"])
    size = paging.read_top(top, _PAGE, _MOST)
    query = EndpointQuery(skip=state["skip"], top=size)
    found = endpoint_page(house.inventory, query, _wanted(state["filter"]))
    link = paging.link_behind(request, house.secret, _ROUTE, state, query.skip + size, found.total)
    return reply(paging.page([known_endpoint(one) for one in found.items], link))


def _wanted(text: str) -> Callable[[Endpoint], bool] | None:
    if not text:
        return None
    meets = to_predicate(parse_filter(text, _FILTER_LENGTH))
    return lambda one: meets(_flat(one))


def _flat(one: Endpoint) -> dict[str, Any]:
    """The names that a filter may use."""
    return {
        "agentGuid": one.guid,
        "endpointName": one.name,
        "loginAccount": [*one.users],
        "macAddress": [*one.macs],
        "ip": [*one.ips],
        "osName": _OS_NAMES.get(one.os_platform, ""),
        "osVersion": one.os_version,
        "productCode": _SENSOR,
        "installedProductCodes": [_SENSOR],
        "policyName": one.group,
        "componentVersion": "unknownVersions",
    }


def known_endpoint(one: Endpoint) -> dict[str, Any]:
    at = format_second(one.last_seen_ms)
    return {
        "agentGuid": one.guid,
        "loginAccount": {"updatedDateTime": at, "value": [*one.users]},
        "endpointName": {"updatedDateTime": at, "value": one.name},
        "macAddress": {"updatedDateTime": at, "value": [*one.macs]},
        "ip": {"updatedDateTime": at, "value": [*one.ips]},
        "osName": _OS_NAMES.get(one.os_platform, ""),
        "osVersion": one.os_version,
        "osDescription": one.os_name,
        "productCode": _SENSOR,
        "installedProductCodes": [_SENSOR],
        "policyName": one.group,
        "componentVersion": "unknownVersions",
    }
