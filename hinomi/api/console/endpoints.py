"""Endpoints with our sensor: list, detail, group, revocation; and the policies that sensors follow."""

from typing import Annotated, Any, Literal

from fastapi import Depends, Query, Response
from pydantic import Field

from hinomi.api import paging
from hinomi.api.gate import Rooms, console
from hinomi.api.house import House
from hinomi.api.reply import no_content, reply
from hinomi.api.resource import resource
from hinomi.api.shapes import Sent, Shape, Top
from hinomi.errors import InputError
from hinomi.inventory.policies import Policies, PolicyVersion
from hinomi.schema.endpoint import Endpoint, EndpointQuery, EndpointType
from hinomi.schema.principal import Permission, Principal
from hinomi.wire.policy import SensorPolicy, write_policy

router = resource("/console/api", "endpoints")

_VIEW = [Depends(console(Permission.VIEW))]
Administrator = Annotated[Principal, Depends(console(Permission.ADMINISTER))]
_PAGE, _MOST = 50, 1000
OTHERS = "_"  # in addresses, the group of all others, whose name is empty


class EndpointShape(Shape):
    """Times are ms since 1970 UTC; `cannot` says by action why this host cannot do it, `untested` what was never run on its system."""

    guid: str
    name: str
    type: Literal["server", "desktop"]
    os_name: str
    os_version: str
    os_platform: str
    kernel: str
    architecture: str
    ips: list[str]
    macs: list[str]
    users: list[str]
    last_user: str
    sensor_version: str
    policy_version: int
    pattern_version: int
    block_version: int
    isolation: Literal["on", "off", "unknown"]
    connected: bool
    last_seen: int
    enrolled: int
    skew_ms: int
    group: str
    revoked: bool
    collectors: dict[str, dict[str, Any]]
    cannot: dict[str, str]
    untested: list[str]
    open_alerts: int
    running_tasks: int


class EndpointPage(Shape):
    items: list[EndpointShape]
    total_count: int
    skip_token: str | None = None


class Software(Shape):
    name: str
    version: str


class NetworkInterface(Shape):
    name: str
    mac: str
    addresses: list[str]


class EndpointDetail(EndpointShape):
    """`package`: the platform of the packages that its sensor takes as updates; "": it takes none."""

    package: str
    actions: list[str]
    software: list[Software]
    interfaces: list[NetworkInterface]
    health: dict[str, Any]
    policy: dict[str, Any]


class Group(Sent):
    group: str = Field(max_length=64)


class PolicyShape(Shape):
    """`policy` null: the group follows the policy of all others."""

    group: str
    version: int
    policy: dict[str, Any] | None
    changed_by: str
    changed: int
    comment: str


class GroupPolicy(Shape):
    group: str
    effective: dict[str, Any]
    versions: list[PolicyShape]


class GroupList(Shape):
    items: list[str]


class NewPolicy(Sent):
    """`base`: the version it was made from, 0 for none; `policy` null gives the group's own up."""

    policy: dict[str, Any] | None
    base: int = Field(ge=0)
    comment: str = Field(default="", max_length=1000)


class NewVersion(Shape):
    version: int


def endpoint_shape(one: Endpoint, open_alerts: int, running_tasks: int) -> dict[str, Any]:
    return {
        "guid": one.guid,
        "name": one.name,
        "type": str(one.type),
        "osName": one.os_name,
        "osVersion": one.os_version,
        "osPlatform": one.os_platform,
        "kernel": one.kernel,
        "architecture": one.architecture,
        "ips": [*one.ips],
        "macs": [*one.macs],
        "users": [*one.users],
        "lastUser": one.last_user,
        "sensorVersion": one.sensor_version,
        "policyVersion": one.policy_version,
        "patternVersion": one.pattern_version,
        "blockVersion": one.block_version,
        "isolation": str(one.isolation),
        "connected": one.is_connected,
        "lastSeen": one.last_seen_ms,
        "enrolled": one.first_seen_ms,
        "skewMs": one.skew_ms,
        "group": one.group,
        "revoked": one.is_revoked,
        "collectors": {name: dict(state) for name, state in one.collectors.items()},
        "cannot": dict(one.cannot),
        "untested": list(one.untested),
        "openAlerts": open_alerts,
        "runningTasks": running_tasks,
    }


def _shapes(house: House, found: list[Endpoint]) -> list[dict[str, Any]]:
    guids = [one.guid for one in found]
    alerts = house.workbench.open_alerts_of(guids)
    tasks = house.living_tasks(guids)
    return [endpoint_shape(one, alerts.get(one.guid, 0), tasks.get(one.guid, 0)) for one in found]


@router.get("/endpoints", responses={200: {"model": EndpointPage}}, dependencies=_VIEW)
def list_endpoints(
    house: Rooms,
    search: Annotated[str, Query(max_length=512)] = "",
    type_: Annotated[list[EndpointType] | None, Query(alias="type")] = None,
    os: Annotated[list[str] | None, Query(description="linux, windows")] = None,
    group: Annotated[list[str] | None, Query()] = None,
    connected: bool | None = None,
    isolated: bool | None = None,
    order_by: Annotated[str, Query(alias="orderBy", description="Field and asc or desc.")] = "name asc",
    top: Top = None,
    skip_token: Annotated[str, Query(alias="skipToken")] = "",
) -> Response:
    """Endpoints with our sensor, by name unless ordered otherwise."""
    field, _, direction = order_by.partition(" ")
    if not skip_token.isdecimal() and skip_token:
        raise InputError("skipToken: not one that this list gave out")
    found = house.inventory.page(
        EndpointQuery(
            search=search,
            types=tuple(type_ or ()),
            platforms=tuple(os or ()),
            groups=tuple(group or ()),
            is_connected=connected,
            is_isolated=isolated,
            order=field,
            is_descending=direction.strip().lower() == "desc",
            top=paging.read_top(top, _PAGE, _MOST),
            skip=int(skip_token[:9] or 0),
        )
    )
    return reply(paging.console_page(_shapes(house, list(found.items)), found.total, found.skip_token))


@router.get("/endpoints/{guid}", responses={200: {"model": EndpointDetail}}, dependencies=_VIEW)
def get_endpoint(guid: str, house: Rooms) -> Response:
    """All that is known of one endpoint, by GUID or host name."""
    return reply(_detail(house, house.inventory.find_any(guid)))


def _detail(house: House, one: Endpoint) -> dict[str, Any]:
    return detail_shape(one, _shapes(house, [one])[0], house.endpoints.policies)


def detail_shape(one: Endpoint, row: dict[str, Any], policies: Policies) -> dict[str, Any]:
    """`row`: its `endpoint_shape`."""
    return row | {
        "package": one.package,
        "actions": [*one.actions],
        "software": [{"name": name, "version": version} for name, version in one.software],
        "interfaces": [{"name": each.name, "mac": each.mac, "addresses": [*each.addresses]} for each in one.interfaces],
        "health": dict(one.health),
        "policy": write_policy(policies.of(one.guid)),
    }


@router.put("/endpoints/{guid}/group", responses={200: {"model": EndpointDetail}})
def set_group(guid: str, sent: Group, house: Rooms, who: Administrator) -> Response:
    """Put an endpoint into a group ("" for none); its policy follows."""
    return reply(_detail(house, house.endpoints.set_group(who, guid, sent.group)))


@router.post("/endpoints/{guid}/revoke", responses={200: {"model": EndpointDetail}})
def revoke_endpoint(guid: str, house: Rooms, who: Administrator) -> Response:
    """End the sensor's identity: it is cut off at once and has to be enrolled again."""
    return reply(_detail(house, house.endpoints.revoke(who, guid)))


@router.delete("/endpoints/{guid}", status_code=204, response_class=Response)
def remove_endpoint(guid: str, house: Rooms, who: Administrator) -> Response:
    """Revoke it and take it out of the list; activities, alerts and tasks stay."""
    house.endpoints.remove(who, guid)
    return no_content()


# ---- policies -------------------------------------------------------------------------------------------------------
@router.get("/sensor-policies", responses={200: {"model": GroupList}}, dependencies=_VIEW)
def list_groups(house: Rooms) -> Response:
    """Groups of endpoints; "" stands for all that are in none."""
    return reply({"items": house.endpoints.policies.groups()})


@router.get("/sensor-policies/{group}", responses={200: {"model": GroupPolicy}}, dependencies=_VIEW)
def get_policy(group: str, house: Rooms) -> Response:
    """What a group follows, and every version of its own policy; `_` is the group of all others."""
    return reply(policy_shape(house.endpoints.policies, "" if group == OTHERS else group))


def policy_shape(policies: Policies, group: str) -> dict[str, Any]:
    own, others = policies.current(group), policies.current("")
    held = own if own and own.policy else others
    effective = held.policy if held and held.policy else SensorPolicy()
    versions = [_version_shape(one) for one in policies.versions(group)]
    return {"group": group, "effective": write_policy(effective), "versions": versions}


@router.put("/sensor-policies/{group}", responses={200: {"model": NewVersion}})
def change_policy(group: str, sent: NewPolicy, house: Rooms, who: Administrator) -> Response:
    """A new version; sensors get it without a restart. 412 when there is a newer one than `base`."""
    name = "" if group == OTHERS else group
    return reply({"version": house.endpoints.change_policy(who, name, sent.policy, sent.base, sent.comment)})


def _version_shape(one: PolicyVersion) -> dict[str, Any]:
    return {
        "group": one.group,
        "version": one.version,
        "policy": None if one.policy is None else write_policy(one.policy),
        "changedBy": one.changed_by,
        "changed": one.changed_ms,
        "comment": one.comment,
    }
