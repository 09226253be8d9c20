"""probe_address: does anything answer at an address, asked from an endpoint? Read-only, asked by the server alone."""

from collections.abc import Mapping
from typing import Any

from hinomi.response import parameters
from hinomi.response.action import Action, Words
from hinomi.schema.task import Phase, TargetKind

MAX_PORTS = 16


def read(given: Mapping[str, Any]) -> dict[str, Any]:
    parameters.only(given, ("address", "ports"))
    ports = given.get("ports") or []
    if (
        type(ports) is not list
        or len(ports) > MAX_PORTS
        or not all(type(each) is int and 0 < each < 65536 for each in ports)
    ):
        raise parameters.ParametersRefused(
            f"ports: at most {MAX_PORTS} numbers from 1 to 65535",
            f"ports: 1 から 65535 までの番号が {MAX_PORTS} 件以内必要です",
        )
    return {"address": parameters.address(given, "address"), "ports": sorted(set(ports))}


ACTION = Action(
    name="probe_address",
    public="",
    kind=TargetKind.ENDPOINT,
    phase=Phase.INVESTIGATE,
    title=Words("Probe address", "アドレスの到達確認"),
    effect=Words("Nothing changes on {target}.", "{target} に変更は加わりません。"),
    read=read,
    is_internal=True,
    timeout_s=60,
)
