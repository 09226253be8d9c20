"""Detections as conditions name them: the columns for Search and filters, and titles of filters by id.

What is not a column of its own is read out of the activity that was kept with the detection.
"""

from collections.abc import Mapping
from typing import Any

from hinomi.detect.content import Content
from hinomi.query.fields import ACTIVITY, Column, Fields, Match
from hinomi.query.predicate import to_predicate
from hinomi.query.tree import And, AnyField, Compare, Node, Not, Operator, Or, join_any
from hinomi.schema.activity import FieldType
from hinomi.schema.content import Text

_CLICKHOUSE = {
    FieldType.TEXT: "String",
    FieldType.INTEGER: "Nullable(Int64)",
    FieldType.TIME: "Nullable(Int64)",
    FieldType.TEXTS: "Array(String)",
    FieldType.BOOLEAN: "Nullable(Bool)",
}


def _of_activity(name: str, column: Column) -> Column:
    kind = _CLICKHOUSE[column.type]
    return Column(f"JSONExtract(activity, '{name}', '{kind}')", column.type, column.match, column.names, bare=False)


_IDS = Column("[id, uuid]", FieldType.TEXTS, Match.FULL, bare=False)
_GUID = Column("endpointGuid")
_HOST = Column("endpointHostName")
_FILTER = Column("filterId", match=Match.FULL)
_TECHNIQUES = Column("techniques", FieldType.TEXTS, is_technique=True)
_TACTICS = Column("tactics", FieldType.TEXTS, Match.FULL)
_RISK = Column("risk", match=Match.FULL, bare=False)

# filterName stands for titles, which live with the content: `name_filters` turns it into ids before it is compiled.
FILTER_NAME = "filterName"

# Names of Search over detections: ours, the public data's, then every field of the activity.
SEARCH: Fields = {name: _of_activity(name, column) for name, column in ACTIVITY.items()} | {
    "uuid": _IDS,
    "eventTime": Column("eventTime", FieldType.TIME, Match.FULL),
    "detectedTime": Column("detectedTime", FieldType.TIME, Match.FULL),
    "endpointGuid": _GUID,
    "endpointGUID": _GUID,
    "endpointHostName": _HOST,
    "filterId": _FILTER,
    "filterRiskLevel": _RISK,
    "riskLevel": _RISK,
    "techniqueId": _TECHNIQUES,
    "mitreMapping": _TECHNIQUES,
    "tags": _TECHNIQUES,
    "tacticId": _TACTICS,
    "recordSource": Column("recordSource", match=Match.FULL),
    "highlights": Column("highlights"),
}

# Names of TMV1-Filter on Observed Attack Techniques.
OBSERVED: Fields = {
    "uuid": _IDS,
    "riskLevel": _RISK,
    "filterId": _FILTER,
    "filterMitreTacticId": _TACTICS,
    "filterMitreTechniqueId": _TECHNIQUES,
    "endpointName": _HOST,
    "agentGuid": _GUID,
    "endpointIp": _of_activity("endpointIp", ACTIVITY["endpointIp"]),
    "productCode": _of_activity("productCode", ACTIVITY["productCode"]),
    "containerName": Column("''"),
    "detectedTime": Column("detectedTime", FieldType.TIME, Match.FULL),
    "ingestedTime": Column("detectedTime", FieldType.TIME, Match.FULL),
}

_NO_FILTER = Compare("filterId", Operator.EQUALS, "\x01")  # an id that no filter has


def name_filters(node: Node, content: Content, names: tuple[str, ...] = (FILTER_NAME, "ruleName")) -> Node:
    """Comparisons of a filter's name become comparisons of its id; bare text finds names too."""
    match node:
        case And(children):
            return And(tuple(name_filters(child, content, names) for child in children))
        case Or(children):
            return Or(tuple(name_filters(child, content, names) for child in children))
        case Not(child):
            return Not(name_filters(child, content, names))
        case Compare(name) if name in names:
            return _ids_named(node, content)
        case AnyField(operator, value, at):
            named = Compare(FILTER_NAME, Operator.CONTAINS if operator is Operator.TERM else operator, value, at)
            return join_any([node, _ids_named(named, content)])
        case _:
            return node


def _ids_named(node: Compare, content: Content) -> Node:
    wanted = to_predicate(node)
    ids = [each.id for each in content.filters if wanted({node.field: [each.title.en, each.title.ja]})]
    return join_any([Compare("filterId", Operator.EQUALS, id_) for id_ in ids] or [_NO_FILTER])


def title_of(content: Content, filter_id: str) -> Text:
    """The filter's title; its id when the content that had it is gone."""
    found = content.filter.get(filter_id)
    return found.title if found else Text(filter_id, filter_id)


def description_of(content: Content, filter_id: str) -> Text:
    found = content.filter.get(filter_id)
    return found.description if found else Text("", "")


def keyset_of(row: Mapping[str, Any]) -> tuple[int, str]:
    return row["eventTime"], row["id"]
