"""Simulations: try the way of an alert from an endpoint to the Workbench."""

from typing import Annotated, Any

from fastapi import Depends, Query, Response

from hinomi.api.binary import BINARY, Download
from hinomi.api.gate import Rooms, console
from hinomi.api.reply import reply
from hinomi.api.resource import resource
from hinomi.api.shapes import Shape, Text
from hinomi.operations.preflight import is_ready
from hinomi.operations.simulations import recording_row
from hinomi.schema.principal import Permission, Principal

router = resource("/console/api/simulations", "simulations")

_VIEW = [Depends(console(Permission.VIEW))]
Analyst = Annotated[Principal, Depends(console(Permission.INVESTIGATE))]
Scenario = Annotated[int | None, Query(ge=1, le=99, description="Only this scenario; default: all of them.")]


class ScenarioShape(Shape):
    """`filter`: id of the filter that it meets, alone."""

    id: int
    title: Text
    filter: str


class SimulationShape(Shape):
    """`password` opens the zip `file`; it is no secret. `model`: the name of the model that raises the alert."""

    id: str
    technique: str
    techniques: list[str]
    title: Text
    description: Text
    file: str
    password: str
    encryption: str
    scenarios: list[ScenarioShape]
    model_id: str
    model: Text | None


class RecordingShape(Shape):
    id: str
    title: Text
    records: int


class SimulationList(Shape):
    items: list[SimulationShape]
    recordings: list[RecordingShape]


class ReplayedShape(Shape):
    """`sequence`: ask /ingest/v1/progress whether it is through."""

    sequence: int
    records: int


class CheckShape(Shape):
    """`ok` null: nobody here can know. `blocking`: the alert will not come."""

    name: str
    title: Text
    ok: bool | None
    blocking: bool
    why: Text


class PreflightShape(Shape):
    ready: bool
    items: list[CheckShape]


@router.get("", responses={200: {"model": SimulationList}}, dependencies=_VIEW)
def list_simulations(house: Rooms) -> Response:
    """What can be tried with a script, and the recordings that can be replayed."""
    recordings: list[dict[str, Any]] = [recording_row(one) for one in house.simulations.all()]
    return reply({"items": house.simulations.rows(house.content()), "recordings": recordings})


@router.get("/{simulation_id}/script", response_class=Download, responses=BINARY, dependencies=_VIEW)
def get_script(simulation_id: str, house: Rooms, scenario: Scenario = None) -> Response:
    """The script in a zip (ZipCrypto, so that Windows Explorer opens it). It is harmless: it only echoes."""
    script = house.simulations.script(simulation_id, scenario)
    return Download(iter((script.content,)), script.name, len(script.content))


@router.post("/{simulation_id}/replay", responses={200: {"model": ReplayedShape}})
def replay(simulation_id: str, house: Rooms, who: Analyst, scenario: Scenario = None) -> Response:
    """Lay the recording in the spool as if it had just happened, for those without an endpoint to try it on."""
    done = house.simulations.replay(who, simulation_id, scenario)
    return reply({"sequence": done.sequence, "records": done.records})


@router.get("/{simulation_id}/preflight", responses={200: {"model": PreflightShape}}, dependencies=_VIEW)
def get_preflight(
    simulation_id: str, house: Rooms, endpoint: Annotated[str, Query(max_length=255, description="GUID or name.")]
) -> Response:
    """What would keep the alert from coming, on this endpoint, with reasons."""
    checks = house.preflights.look(simulation_id, endpoint)
    return reply({"ready": is_ready(checks), "items": [check.as_json() for check in checks]})
