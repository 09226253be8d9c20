"""What Search is asked: a query over a data set and a window, compiled once for every way to answer it.

Activities and detections are asked in one language; detections also by the names of their filters.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from hinomi.api.detections import SEARCH, name_filters, title_of
from hinomi.detect.content import Content
from hinomi.errors import InputError
from hinomi.lake.activities import Keyset, Window
from hinomi.lake.breakdown import Question, Value
from hinomi.lake.lake import Lake
from hinomi.query.datasets import DataSet, condition_of
from hinomi.query.fields import ACTIVITY, Fields, find_column
from hinomi.query.search_language import parse_query
from hinomi.query.sql import to_sql
from hinomi.schema.activity import FieldType

# Of a detection, beside the fields of its activity; `id` is the detection's, `uuid` its activity's.
DETECTION_FIELDS = (
    "id", "uuid", "eventTime", "detectedTime", "filterId", "filterName", "riskLevel", "techniqueId", "tacticId",
    "endpointGuid", "endpointHostName", "recordSource",
)  # fmt: skip


class Rooms(Protocol):
    """What Search needs of the house: the server's, or the command line's own where no server runs."""

    @property
    def lake(self) -> Lake: ...

    @property
    def content(self) -> Callable[[], Content]: ...


@dataclass(frozen=True, slots=True)
class Asked:
    """`from_ms` included, `to_ms` excluded; None is open."""

    query: str
    dataset: DataSet
    from_ms: int | None
    to_ms: int | None

    @property
    def fields(self) -> Fields:
        return SEARCH if self.is_of_detections else ACTIVITY

    @property
    def is_of_detections(self) -> bool:
        return self.dataset is DataSet.DETECTIONS

    @property
    def window(self) -> Window:
        return Window(self.from_ms, self.to_ms)

    def question(self, rooms: Rooms) -> Question:
        """For the lake. QueryError says what is wrong with the query."""
        return self._compiled(rooms.content)

    def question_with(self, content: Content) -> Question:
        """`question` by the names of these filters."""
        return self._compiled(lambda: content)

    def _compiled(self, content: Callable[[], Content]) -> Question:
        node = parse_query(self.query)
        if self.is_of_detections:
            node = name_filters(node, content())
        where, parameters = to_sql(node, self.fields)
        of_dataset = condition_of(self.dataset)
        table = "detections" if self.is_of_detections else "activities"
        return Question(table, f"{of_dataset} AND {where}" if of_dataset else where, parameters, self.window)

    def value(self, name: str) -> Value:
        """A field to count by; InputError for one that is none, or that holds the record."""
        if name == "filterName" and self.is_of_detections:
            name = "filterId"
        column = find_column(self.fields, name, 1)
        if name == "rawDataStr":
            raise InputError("rawDataStr: whole records are not counted by their text")
        return Value(column.sql, column.type is FieldType.TEXTS, column.type is FieldType.TEXT)

    def rows(
        self, rooms: Rooms, asked: Question, columns: Sequence[str] | None, limit: int, before: Keyset | None
    ) -> list[dict[str, Any]]:
        """Newest first, with what a row is known by; None is every field but the record."""
        bounds = {"from_ms": self.from_ms, "to_ms": self.to_ms}
        if self.is_of_detections:
            found = rooms.lake.detections(asked.where, asked.parameters, limit=limit, before=before, **bounds)
            return [_detection(rooms, row, columns) for row in found]
        names = [*columns, "uuid", "eventTime"] if columns else [name for name in ACTIVITY if name != "rawDataStr"]
        return rooms.lake.search(asked.where, asked.parameters, columns=names, limit=limit, before=before, **bounds)

    def keyset(self, row: Mapping[str, Any]) -> Keyset:
        return row["eventTime"], row["id" if self.is_of_detections else "uuid"]

    def checked_columns(self, text: str | None) -> list[str] | None:
        """The names of a comma list, None for none. InputError for a name that no field has."""
        names = [name.strip() for name in (text or "").split(",") if name.strip()]
        allowed = {*ACTIVITY, *DETECTION_FIELDS} if self.is_of_detections else set(ACTIVITY)
        unknown = [name for name in names if name not in allowed]
        if unknown:
            raise InputError(f"columns: unknown field {unknown[0][:80]!r}")
        return list(dict.fromkeys(names)) or None


def _detection(rooms: Rooms, row: Mapping[str, Any], columns: Sequence[str] | None) -> dict[str, Any]:
    activity = {name: value for name, value in row["activity"].items() if name != "rawDataStr"}
    own = {
        "id": row["id"],
        "uuid": row["uuid"],
        "eventTime": row["eventTime"],
        "detectedTime": row["detectedTime"],
        "filterId": row["filterId"],
        "filterName": title_of(rooms.content(), row["filterId"]).en,
        "riskLevel": row["risk"],
        "techniqueId": row["techniques"],
        "tacticId": row["tactics"],
        "endpointGuid": row.get("endpointGuid", ""),
        "endpointHostName": row.get("endpointHostName", ""),
        "recordSource": row.get("recordSource", ""),
    }
    whole = activity | own
    if columns is None:
        return whole
    return {name: value for name, value in whole.items() if name in {*columns, "id", "uuid", "eventTime"}}
