"""Makers for Workbench: content, detections and met models as `detect` gives them. All names are invented."""

import hashlib
from pathlib import Path
from typing import Any

from hinomi.access.access import Access
from hinomi.database import Database
from hinomi.detect.content import Content
from hinomi.schema.content import Filter, LogSource, Model, Rule, Severity, Text
from hinomi.schema.detection import Detection, ModelMatch
from hinomi.schema.incident import IncidentQuery as IncidentQuery
from hinomi.schema.principal import Principal, PrincipalKind, Role
from hinomi.workbench.workbench import Workbench
from tests.make_access import START_S, Clock
from tests.make_database import database_at

START_MS = int(START_S * 1000)
HOUR_MS = 3600 * 1000
ANALYST = Principal.of("mika", Role.ANALYST, PrincipalKind.USER, "192.0.2.7")


def text(english: str) -> Text:
    return Text(english, f"{english}（日本語）")


def found_filter(
    key: str = "hive_saved", risk: Severity = Severity.HIGH, techniques: tuple[str, ...] = ("T1003.002",)
) -> Filter:
    return Filter(
        id=key,
        title=text(key.replace("_", " ").title()),
        description=text(f"What {key} finds"),
        risk=risk,
        technique_class="behaviour",
        logsource=LogSource("windows", "process_creation"),
        techniques=techniques,
        tactics=("TA0006",),
        highlights=("objectCmd", "endpointHostName"),
        references=(),
        author="",
        origin="shipped",
        version="0123456789abcdef",
        sigma=None,
    )


def model(
    key: str = "hive_dumping", severity: Severity = Severity.HIGH, filters: tuple[str, ...] = ("hive_saved",)
) -> Model:
    rules = (Rule(f"{key}_rule", "single", text(f"{key} rule"), filters, ("endpointGuid",)),)
    return Model(
        key, text(key.replace("_", " ").title()), text(f"About {key}"), severity, rules, (), (), 86400, "v1", "shipped"
    )


def content(*models: Model) -> Content:
    models = models or (model(),)
    names = {name for one in models for rule in one.rules for name in rule.filters}
    return Content(tuple(found_filter(name) for name in sorted(names)), models)


def activity(**fields: Any) -> dict[str, Any]:
    """A process start on PC-1 by taro."""
    return {
        "eventTime": START_MS,
        "eventId": 1,
        "endpointGuid": "guid-of-pc-1",
        "endpointHostName": "PC-1",
        "processFilePath": "C:\\Windows\\System32\\cmd.exe",
        "processName": "cmd.exe",
        "processCmd": "cmd.exe",
        "processPid": 100,
        "processHashId": 1001,
        "processUser": "taro",
        "processUserDomain": "CORP",
        "parentFilePath": "C:\\Windows\\Explorer.EXE",
        "parentName": "Explorer.EXE",
        "parentHashId": 1000,
        "objectFilePath": "C:\\Windows\\System32\\reg.exe",
        "objectName": "reg.exe",
        "objectCmd": "reg.exe save hklm\\sam C:\\t\\s.hive",
        "objectPid": 101,
        "objectProcessHashId": 1002,
        "objectUser": "taro",
        "objectUserDomain": "CORP",
    } | fields


def detection(number: int = 1, filter_id: str = "hive_saved", at_ms: int = START_MS, **fields: Any) -> Detection:
    """The detection of activity `number`; the same number is the same activity."""
    row = activity(eventTime=at_ms, **fields)
    row["uuid"] = uuid = _id(f"activity {number}")
    shown = ("objectCmd", "endpointHostName", "parentCmd", "processCmd", "processFilePath")
    return Detection(
        id=_id(f"{uuid} {filter_id}"),
        filter_id=filter_id,
        filter_version="0123456789abcdef",
        risk=Severity.HIGH,
        techniques=("T1003.002",),
        tactics=("TA0006",),
        uuid=uuid,
        event_time_ms=at_ms,
        endpoint_guid=row["endpointGuid"],
        endpoint_name=row["endpointHostName"],
        highlights=tuple((name, row[name]) for name in shown if row.get(name)),
        activity={name: value for name, value in row.items() if value is not None},
    )


def match(*detections: Detection, story: str = "", model_id: str = "hive_dumping") -> ModelMatch:
    """A met model. `story` tells fingerprints of one endpoint apart."""
    detections = detections or (detection(),)
    first = detections[0]
    return ModelMatch(
        fingerprint=_id(f"{model_id} {first.endpoint_guid} {story}"),
        is_new=True,
        model_id=model_id,
        rule_id=f"{model_id}_rule",
        entity_key=(first.endpoint_guid,),
        event_time_ms=detections[-1].event_time_ms,
        detections=detections,
    )


def _id(seed: str) -> str:
    return hashlib.sha256(seed.encode()).hexdigest()[:32]


class House:
    """A Workbench on a real database with a clock that a test moves."""

    def __init__(self, folder: Path, models: Content | None = None) -> None:
        self.clock = Clock()
        self.database = Database(database_at(folder / "operations.db"))
        self.database.create()
        self.access = Access(self.database, self.clock)
        self.workbench = Workbench(self.database, "1", self.clock, self.access)
        self.content = models or content()

    def keep(self, *matches: ModelMatch) -> list[str]:
        with self.database.begin() as connection:
            return list(self.workbench.keep(connection, matches, self.content, self.clock()))
