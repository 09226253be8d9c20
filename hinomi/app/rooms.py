"""What the API is handed of a running house."""

import logging
from importlib.metadata import version
from pathlib import Path
from typing import Any

from hinomi.api.house import House as ApiHouse
from hinomi.app.house import House
from hinomi.detect.measured import Measured, load_measured
from hinomi.errors import ContentError, HinomiError
from hinomi.lake.lake import Lake
from hinomi.schema.alert import AlertQuery

log = logging.getLogger(__name__)

CONSOLE = Path(__file__).resolve().parents[1] / "console_dist"


def api_house(house: House) -> ApiHouse:
    """The rooms and callables of `hinomi.api.house`."""
    return ApiHouse(
        access=house.access,
        workbench=house.workbench,
        lake=house.lake,
        content=lambda: house.content,
        exceptions=house.exceptions,
        append=house.append_packed,
        progress=house.progress,
        status=lambda: status(house),
        version=version("hinomi"),
        org=house.settings.org,
        unready=lambda: unready(house),
        book=house.book,
        editor=house.editor,
        proofs=house.proofs,
        previews=house.previews,
        time_travels=house.time_travels,
        hunt=house.hunt,
        searches=house.searches,
        hunts=house.hunts,
        inventory=house.inventory,
        files=house.forensics.files,
        patterns=house.forensics.patterns,
        simulations=house.forensics.simulations,
        preflights=house.forensics.preflights,
        kit=house.forensics.kit,
        kit_reports=house.forensics.kit_reports,
        packages=house.forensics.packages,
        samples_to=house.settings.samples_to,
        response=house.response,
        shells=house.shells,
        post_office=house.post_office,
        sender_watch=house.sender_watch,
        enrolments=house.sensing.enrolments,
        enrolment_text=house.sensing.text,
        directories=house.directories,
        living_tasks=house.response.tasks.living,
        endpoints=house.endpoints,
        sensor_packages=house.sensor_packages,
        measured=_measured(house),
        secret=house.secret,
        console=CONSOLE if (CONSOLE / "index.html").is_file() else None,
    )


def _measured(house: House) -> dict[str, Measured]:
    """A damaged file of figures must not keep a server from starting: then nothing was measured."""
    try:
        return load_measured(house.settings.content_folder)
    except ContentError as error:
        log.warning("what was measured of filters cannot be read: %s", error)
        return {}


def status(house: House) -> dict[str, Any]:
    """Numbers of the house, for the status page and the metrics."""
    lake = lake_numbers(house.lake)
    total = house.pipeline.total
    return {
        "lake": lake,
        "spool": {"waiting": house.waiting},
        "deadLetters": house.letters.counts(),
        "records": total.read,
        "activities": lake["activities"],
        "detections": lake["detections"],
        "detectionsByRisk": dict(total.detections_by_risk),
        "correlation": house.pipeline.correlation,
        "alerts": house.workbench.page(AlertQuery(top=1)).total,
        "trouble": house.trouble,
        "contentProblems": [str(problem) for problem in house.content_problems],
        "sensors": house.sensing.gateway.status(),
        "version": version("hinomi"),
    }


def lake_numbers(lake: Lake) -> dict[str, Any]:
    """Rows, bytes and health of the lake."""
    state = lake.status()
    return {
        "rows": state.activities,
        "activities": state.activities,
        "detections": state.detections,
        "bytes": state.bytes_on_disk,
        "uncompressedBytes": state.bytes_uncompressed,
        "parts": state.parts,
        "oldestMs": state.oldest_ms,
        "newestMs": state.newest_ms,
        "ownerMemoryBytes": state.owner_rss_bytes,
        "damagedParts": list(state.damaged_parts),
    }


def unready(house: House) -> list[str]:
    """Reasons why nothing can be taken in now; empty when all is well."""
    reasons = [house.trouble] if house.trouble else []
    if not house.spool.has_room():
        reasons.append("InsufficientStorage: free disk space is under the floor; nothing is acknowledged")
    try:
        house.database.check()
    except HinomiError as error:
        reasons.append(f"{error.code}: {error}")
    return reasons
