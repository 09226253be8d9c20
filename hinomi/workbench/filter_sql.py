"""The public filter language over alerts: its tree to conditions of SQL. Fields: FILTER_FIELDS.

Texts are equal whatever their letters' case; on a field with many values one that is equal is enough. Times compare in
milliseconds. A condition on a missing value is false, and `not` of it is true.
"""

from collections.abc import Callable
from difflib import get_close_matches
from functools import partial
from typing import Any

from sqlalchemy import ColumnElement, and_, case, exists, func, literal, not_, or_
from sqlalchemy import true as always

from hinomi.errors import InputError
from hinomi.query.moment import parse_moment
from hinomi.query.tree import And, AnyField, Compare, Everything, Node, Not, Operator, Or
from hinomi.schema.alert import Finding, InvestigationStatus, Status
from hinomi.workbench.dossier import fold, value_key
from hinomi.workbench.identity import normal_id
from hinomi.workbench.score import RANK
from hinomi.workbench.store import alert_entities, alert_values, alerts

_Test = Callable[[Operator, str], ColumnElement[bool]]
_TEXTUAL = (Operator.EQUALS, Operator.CONTAINS, Operator.STARTS)
_COMPARISONS: dict[Operator, Callable[[Any, int], ColumnElement[bool]]] = {
    Operator.EQUALS: lambda column, value: column == value,
    Operator.GREATER: lambda column, value: column > value,
    Operator.AT_LEAST: lambda column, value: column >= value,
    Operator.LESS: lambda column, value: column < value,
    Operator.AT_MOST: lambda column, value: column <= value,
}


def to_condition(node: Node) -> ColumnElement[bool]:
    """InputError names an unknown field, an operator it has not, or a value that is none."""
    match node:
        case Everything():
            return always()
        case And(children):
            return and_(*(to_condition(child) for child in children))
        case Or(children):
            return or_(*(to_condition(child) for child in children))
        case Not(child):
            return not_(func.coalesce(to_condition(child), literal(value=False)))
        case AnyField():
            raise InputError(f"column {node.at}: a value without a field")
        case Compare():
            return _compare(node)


def _compare(node: Compare) -> ColumnElement[bool]:
    test = FILTER_FIELDS.get(node.field)
    if test is None:
        near = get_close_matches(node.field, FILTER_FIELDS, 1)
        hint = f"; nearest: {near[0]!r}" if near else f"; one of {', '.join(FILTER_FIELDS)}"
        raise InputError(f"column {node.at}: unknown field {node.field[:64]!r}{hint}")
    values = node.value if isinstance(node.value, tuple) else (node.value,)
    operator = Operator.EQUALS if node.operator is Operator.SUBSET else node.operator
    if any("\0" in value for value in values):
        raise InputError(f"column {node.at}: a value holds a NUL character")
    try:
        return and_(*(test(operator, value.encode(errors="replace").decode()) for value in values))
    except InputError as error:
        raise InputError(f"column {node.at}: {node.field}: {error}") from error


def _text(column: ColumnElement[Any], operator: Operator, value: str) -> ColumnElement[bool]:
    return _matches(func.lower(column), operator, fold(value))


def _matches(folded: ColumnElement[Any], operator: Operator, value: str) -> ColumnElement[bool]:
    if operator not in _TEXTUAL:
        raise InputError("only eq, contains and startswith compare text")
    if operator is Operator.EQUALS:
        return folded == value
    if operator is Operator.STARTS:
        return folded.startswith(value, autoescape=True)
    return folded.contains(value, autoescape=True)


def _identity(column: ColumnElement[Any], operator: Operator, value: str) -> ColumnElement[bool]:
    return _text(column, operator, normal_id(value) if operator is Operator.EQUALS else value)


def _model(operator: Operator, value: str) -> ColumnElement[bool]:
    """The model's name in either language. SQLite folds ASCII letters only, so a Japanese name is compared as it is."""
    english, japanese = _text(alerts.c.model_en, operator, value), _text(alerts.c.model_ja, operator, value)
    return or_(english, japanese)


def _number(column: ColumnElement[Any], operator: Operator, value: str) -> ColumnElement[bool]:
    if operator not in _COMPARISONS or not value.lstrip("-").isdecimal() or len(value) > 15:
        raise InputError(f"wants eq, gt, ge, lt or le and a number, not {value[:40]!r}")
    return _COMPARISONS[operator](column, int(value))


def _moment(column: ColumnElement[Any], operator: Operator, value: str) -> ColumnElement[bool]:
    if operator not in _COMPARISONS:
        raise InputError("only eq, gt, ge, lt and le compare times")
    return _COMPARISONS[operator](column, parse_moment(value))


def _severity(operator: Operator, value: str) -> ColumnElement[bool]:
    rank = {str(severity): number for severity, number in RANK.items()}.get(value.lower())
    if operator in (Operator.CONTAINS, Operator.STARTS) or rank is None:
        return _text(alerts.c.severity, operator, value)
    return _COMPARISONS[operator](alerts.c.severity_rank, rank)


def _entity(operator: Operator, value: str) -> ColumnElement[bool]:
    """Id or name of any entity of the impact scope."""
    folded = fold(value)
    fields = (alert_entities.c.folded_name, func.lower(alert_entities.c.entity_id))
    return _any_of(alert_entities, or_(*(_matches(field, operator, folded) for field in fields)))


def _value(operator: Operator, value: str) -> ColumnElement[bool]:
    """Any highlighted value."""
    if operator is Operator.EQUALS:
        return _any_of(alert_values, alert_values.c.key == value_key(value))
    return _any_of(alert_values, _matches(alert_values.c.folded, operator, fold(value)))


def _any_of(table: Any, condition: ColumnElement[bool]) -> ColumnElement[bool]:
    return exists().where(table.c.alert_id == alerts.c.id, condition)


# Source: public API, deprecated twin of status and result (docs/reference/workbench.md#findings)
_TWIN = case(
    (alerts.c.status == Status.OPEN, InvestigationStatus.NEW.value),
    (alerts.c.status == Status.IN_PROGRESS, InvestigationStatus.IN_PROGRESS.value),
    (
        alerts.c.finding.in_([Finding.TRUE_POSITIVE, Finding.FALSE_POSITIVE, Finding.BENIGN_TRUE_POSITIVE]),
        alerts.c.finding,
    ),
    else_=InvestigationStatus.CLOSED.value,
)

FILTER_FIELDS: dict[str, _Test] = {
    "id": partial(_identity, alerts.c.id),
    "status": partial(_text, alerts.c.status),
    "investigationStatus": partial(_text, _TWIN),
    "investigationResult": partial(_text, alerts.c.finding),
    "alertProvider": partial(_text, alerts.c.provider),
    "modelId": partial(_text, alerts.c.model_id),
    "model": _model,
    "name": _model,
    "modelType": partial(_text, alerts.c.model_type),
    "severity": _severity,
    "score": partial(_number, alerts.c.score),
    "impactScopeEntityValue": _entity,
    "indicatorValue": _value,
    "incidentId": partial(_identity, alerts.c.incident_id),
    "caseId": partial(_text, literal("")),  # cases are not kept here: none matches
    "ownerIds": partial(_text, alerts.c.owner),
    "technique": partial(_text, alerts.c.techniques),
    "createdDateTime": partial(_moment, alerts.c.created_ms),
    "updatedDateTime": partial(_moment, alerts.c.updated_ms),
    "firstInvestigatedDateTime": partial(_moment, alerts.c.first_investigated_ms),
}
