"""Packages of the sensor: what there is, with whom it is shared, what became of it. They are added on the server's command line."""

from typing import Annotated, Any, Literal

from fastapi import Depends, Response
from pydantic import Field

from hinomi.api.gate import Rooms, console
from hinomi.api.reply import no_content, reply
from hinomi.api.resource import resource
from hinomi.api.shapes import Sent, Shape
from hinomi.inventory.packages import SensorPackage, SensorPackages
from hinomi.schema.principal import Permission, Principal

router = resource("/console/api", "endpoints")

_VIEW = [Depends(console(Permission.VIEW))]
Administrator = Annotated[Principal, Depends(console(Permission.ADMINISTER))]


class PackageShape(Shape):
    """`percent`: of the sensors that it fits it is offered to; 0: none. `platform`: system, machine and Python it is for.

    `running`, `refused`, `rolledBack`: sensors that say so. Times are ms since 1970 UTC.
    """

    sha256: str
    version: str
    platform: str
    size_bytes: int
    goes_back: bool
    percent: int
    group: str
    shared: int
    added: int
    added_by: str
    running: int
    refused: int
    rolled_back: int


class PackageList(Shape):
    items: list[PackageShape]


class OutcomeShape(Shape):
    guid: str
    name: str
    outcome: Literal["running", "refused", "rolled_back"]
    reason: str
    at: int


class PackageDetail(PackageShape):
    sensors: list[OutcomeShape]


class Share(Sent):
    """`percent` 0 stops the offer. `group` "": every group."""

    percent: int = Field(ge=0, le=100)
    group: str = Field(default="", max_length=64)


def package_shape(one: SensorPackage) -> dict[str, Any]:
    offer = one.offer
    return {
        "sha256": offer.sha256,
        "version": offer.sensor_version,
        "platform": offer.platform,
        "sizeBytes": offer.size_bytes,
        "goesBack": offer.goes_back,
        "percent": one.percent,
        "group": one.group,
        "shared": one.shared_ms,
        "added": one.added_ms,
        "addedBy": one.added_by,
        "running": one.outcomes.get("running", 0),
        "refused": one.outcomes.get("refused", 0),
        "rolledBack": one.outcomes.get("rolled_back", 0),
    }


def package_detail(packages: SensorPackages, name: str) -> dict[str, Any]:
    """Of the package that `name` names (`SensorPackages.find`)."""
    found = packages.find(name)
    rows = packages.sensors(found.offer.sha256)
    sensors = [
        {name: row[name] for name in ("guid", "name", "outcome", "reason")} | {"at": row["at_ms"]} for row in rows
    ]
    return package_shape(found) | {"sensors": sensors}


@router.get("/sensor-packages", responses={200: {"model": PackageList}}, dependencies=_VIEW)
def list_packages(house: Rooms) -> Response:
    """Packages of the sensor that were signed for updates, newest first."""
    return reply({"items": [package_shape(one) for one in house.sensor_packages.packages.all()]})


@router.get("/sensor-packages/{name}", responses={200: {"model": PackageDetail}}, dependencies=_VIEW)
def get_package(name: str, house: Rooms) -> Response:
    """One package, by version or the beginning of its digest, and what became of it on each endpoint."""
    return reply(package_detail(house.sensor_packages.packages, name))


@router.put("/sensor-packages/{name}/share", responses={200: {"model": PackageShape}})
def share_package(name: str, sent: Share, house: Rooms, who: Administrator) -> Response:
    """Offer it to so many of the sensors that it fits, connected ones at once; 0 stops that."""
    keeper = house.sensor_packages
    sha256 = keeper.packages.find(name).offer.sha256
    return reply(package_shape(keeper.share(who, sha256, sent.percent, sent.group)))


@router.delete("/sensor-packages/{name}", status_code=204, response_class=Response)
def remove_package(name: str, house: Rooms, who: Administrator) -> Response:
    """Offer it no more and delete its file; sensors that run it go on."""
    keeper = house.sensor_packages
    keeper.remove(who, keeper.packages.find(name).offer.sha256)
    return no_content()
