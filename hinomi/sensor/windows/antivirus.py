"""A scan on a Windows host: by the antivirus that is part of the system. Hinomi's own pattern set is not used there."""

from collections.abc import Mapping
from typing import Any

from hinomi.sensor.action import ActionFailed
from hinomi.sensor.windows.command import Cmdlet, asked, pipeline, rows
from hinomi.sensor.windows.plan import Host, Plan, Step, ask, carry_out

MAX_S = 5.5 * 3600
MOST_MATCHES = 1000
STATUS = asked(Cmdlet("Get-MpComputerStatus"), of=("AntivirusEnabled", "AntivirusSignatureVersion"))
FOUND = asked(Cmdlet("Get-MpThreatDetection"), of=("ThreatID", "Resources", "InitialDetectionTime", "DetectionID"))
_KINDS = {"quick": "QuickScan", "full": "FullScan"}


def scanning(kind: str, paths: list[str]) -> Plan:
    if kind == "paths":
        steps = (_step(f"scan {each}", {"ScanType": "CustomScan", "ScanPath": each}) for each in paths)
        return Plan("scan", tuple(steps))
    return Plan("scan", (_step(f"{kind} scan", {"ScanType": _KINDS[kind]}),))


def _step(purpose: str, given: Mapping[str, str]) -> Step:
    return Step(purpose, pipeline(Cmdlet("Start-MpScan", dict(given)), timeout_s=MAX_S))


def scan(host: Host, parameters: Mapping[str, Any]) -> dict[str, Any]:
    kind = str(parameters.get("kind") or "quick")
    if kind not in (*_KINDS, "paths"):
        raise ActionFailed("unsupported", f"Unknown kind: {kind}.", f"不明な種類です: {kind}。")
    status = rows(ask(host, STATUS, "ask the antivirus how it is"))
    if not status or status[0].get("AntivirusEnabled") is not True:
        raise ActionFailed("unsupported", "The system's antivirus is off.", "OS 付属のウイルス対策が無効です。")
    before = {str(each.get("DetectionID")) for each in _detections(host)}
    carry_out(scanning(kind, [str(each) for each in parameters.get("paths") or []]), host)
    new = [each for each in _detections(host) if str(each.get("DetectionID")) not in before]
    return {
        "kind": kind,
        "engine": "system",
        "engine_version": str(status[0].get("AntivirusSignatureVersion") or ""),
        "complete": True,
        "errors": 0,
        "matched": len(new),
        "matches": [_match(each) for each in new[:MOST_MATCHES]],
    }


def _detections(host: Host) -> list[dict[str, Any]]:
    return rows(ask(host, FOUND, "ask the antivirus what it found"))


def _match(found: Mapping[str, Any]) -> dict[str, Any]:
    resources = found.get("Resources")
    path = str(resources[0] if isinstance(resources, list) and resources else resources or "")
    return {"path": path.removeprefix("file:_"), "pattern": f"threat {found.get('ThreatID')}", "kind": "antivirus"}
