"""The collector kit: downloaded here, run on a host without a sensor, its collection uploaded here."""

from contextlib import suppress
from pathlib import Path
from typing import Annotated, Any

from fastapi import Depends, Header, Query, Request, Response
from starlette.concurrency import run_in_threadpool

from hinomi.api.binary import BINARY, Download, bytes_of
from hinomi.api.gate import Rooms, console
from hinomi.api.house import House
from hinomi.api.reply import Json, no_content, reply
from hinomi.api.resource import resource
from hinomi.api.shapes import Shape, Text
from hinomi.operations.kit import PLATFORMS, Kit
from hinomi.operations.kit_report import KitReport
from hinomi.schema.principal import Permission, Principal

router = resource("/console/api/kit", "kit")

REPORTS_PATH = "/console/api/kit/reports"
_VIEW = [Depends(console(Permission.VIEW))]
Analyst = Annotated[Principal, Depends(console(Permission.INVESTIGATE))]
Responder = Annotated[Principal, Depends(console(Permission.RESPOND))]
_UNTESTED = {
    "en": "Not yet run on Windows: try it on a test machine first.",
    "ja": "Windows 上では未検証です。まず試験機で実行してください。",
}


class PlatformShape(Shape):
    """`tested`: we have run it on such a system."""

    platform: str
    name: str
    size_bytes: int
    sha256: str
    tested: bool
    note: Text | None


class KitShape(Shape):
    platforms: list[PlatformShape]


class ReportShape(Shape):
    """Times in ms since 1970 UTC. `suspicious`: items worth a look; `files`: how many came along; `activities`: put in the lake."""

    id: str
    host: str
    ips: list[str]
    os: str
    platform: str
    made_by: str
    endpoint: str
    collected: int
    uploaded: int
    uploaded_by: str
    name: str
    sha256: str
    size_bytes: int
    suspicious: int
    files: int
    activities: int
    complete: bool
    encrypted: bool


class ReportList(Shape):
    items: list[ReportShape]


class PasswordShape(Shape):
    password: str


class FindingShape(Shape):
    kind: str
    value: str
    score: int
    reasons: list[Text]
    sha256: str | None
    sha1: str | None
    collected: bool


class ReportDetail(ReportShape):
    """`findings`: the heaviest first. `sections`: at most 2,000 rows each. `problems`: what of the upload does not fit together."""

    findings: list[FindingShape]
    sections: dict[str, list[dict[str, Any]]]
    system: dict[str, Any]
    problems: list[str]


@router.get("", responses={200: {"model": KitShape}}, dependencies=_VIEW)
def list_kits(house: Rooms) -> Response:
    """The kits of this organisation, built when they are asked for."""
    return reply({"platforms": [_platform_row(house.kit.build(platform)) for platform in PLATFORMS]})


@router.get("/reports", responses={200: {"model": ReportList}}, dependencies=_VIEW)
def list_reports(house: Rooms) -> Response:
    """Uploaded collections, newest first."""
    return reply({"items": [report_row(one) for one in house.kit_reports.all()]})


@router.post(
    "/reports",
    status_code=201,
    responses={201: {"model": ReportShape}},
    openapi_extra={
        "requestBody": {"required": True, "content": {"application/octet-stream": {"schema": {"type": "string"}}}}
    },
)
async def upload_report(
    request: Request,
    house: Rooms,
    who: Analyst,
    name: Annotated[str, Query(max_length=300, description="Name of the file.")] = "collection",
    password: Annotated[
        str, Header(alias="X-Kit-Password", max_length=200, description="Only when it was made for a person.")
    ] = "",
) -> Response:
    """A collection as it is (at most 512 MiB) becomes evidence, a report, and activities of its host."""
    upload = house.kit_reports.new_upload()
    try:
        await _received(request, upload)
        made = await run_in_threadpool(_taken, house, who, upload, name, password)
    finally:
        with suppress(FileNotFoundError):
            await run_in_threadpool(upload.unlink)
    return Json(report_row(made), status_code=201)


async def _received(request: Request, upload: Path) -> None:
    """The body, written as it comes: it may be larger than memory should be."""
    stream = await run_in_threadpool(upload.open, "xb")
    try:
        await run_in_threadpool(upload.chmod, 0o600)
        async for chunk in request.stream():
            await run_in_threadpool(stream.write, chunk)
    finally:
        await run_in_threadpool(stream.close)


def _taken(house: House, who: Principal, upload: Path, name: str, password: str) -> KitReport:
    return house.kit_reports.take(who, upload, name, password)


@router.get("/reports/{report_id}", responses={200: {"model": ReportDetail}}, dependencies=_VIEW)
def get_report(report_id: str, house: Rooms) -> Response:
    """One report, suspicious items first."""
    report = house.kit_reports.get(report_id)
    return reply(report_row(report) | house.kit_reports.details(report_id))


@router.get("/reports/{report_id}/evidence", response_class=Download, responses=BINARY)
def get_evidence(report_id: str, house: Rooms, who: Responder) -> Response:
    """The collection as it was uploaded."""
    report, path = house.kit_reports.get(report_id), house.kit_reports.evidence(who, report_id)
    return Download(bytes_of(path), report.name, report.size_bytes, "application/octet-stream")


@router.post("/reports/{report_id}/password", responses={200: {"model": PasswordShape}})
def show_password(report_id: str, house: Rooms, who: Responder) -> Response:
    """What opens the collection, for who looks into it elsewhere. Who asked is written down."""
    return reply({"password": house.kit_reports.password(who, report_id)})


@router.delete("/reports/{report_id}", status_code=204)
def remove_report(report_id: str, house: Rooms, who: Responder) -> Response:
    """Collection and report are deleted; the activities stay in the lake."""
    house.kit_reports.remove(who, report_id)
    return no_content()


@router.get("/{platform}", response_class=Download, responses=BINARY, dependencies=_VIEW)
def get_kit(platform: str, house: Rooms) -> Response:
    """The kit for linux or windows: one file, made for this organisation, that encrypts to this server."""
    kit = house.kit.build(platform)
    return Download(iter((kit.content,)), kit.name, len(kit.content), "application/octet-stream")


def _platform_row(kit: Kit) -> dict[str, Any]:
    return {
        "platform": kit.platform,
        "name": kit.name,
        "sizeBytes": len(kit.content),
        "sha256": kit.sha256,
        "tested": kit.is_tested,
        "note": None if kit.is_tested else _UNTESTED,
    }


def report_row(report: KitReport) -> dict[str, Any]:
    return {
        "id": report.id,
        "host": report.host,
        "ips": report.ips,
        "os": report.os,
        "platform": report.platform,
        "madeBy": report.made_by,
        "endpoint": report.endpoint,
        "collected": report.collected_ms,
        "uploaded": report.uploaded_ms,
        "uploadedBy": report.uploaded_by,
        "name": report.name,
        "sha256": report.sha256,
        "sizeBytes": report.size_bytes,
        "suspicious": report.suspicious,
        "files": report.files,
        "activities": report.activities,
        "complete": report.complete,
        "encrypted": report.encrypted,
    }
