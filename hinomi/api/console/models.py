"""Detection models: what there is, whether its data arrive, how much it finds and how right it is; on, off and severity."""

from typing import Annotated, Any

from fastapi import Depends, Response

from hinomi.api.console.content_piece import Overview, PieceShape
from hinomi.api.console.names import Technique, techniques, text
from hinomi.api.detections import title_of
from hinomi.api.gate import Rooms, console
from hinomi.api.house import House
from hinomi.api.reply import reply
from hinomi.api.resource import resource
from hinomi.api.shapes import Risk, Sent, Severity, Shape, Text
from hinomi.errors import NotFound, Refused
from hinomi.operations.funnel import Funnel
from hinomi.operations.products import name_of, unavailable
from hinomi.schema.content import Model, Rule
from hinomi.schema.principal import Permission, Principal
from hinomi.workbench.precision import Precision

router = resource("/console/api", "content")

_VIEW = [Depends(console(Permission.VIEW))]
Editor = Annotated[Principal, Depends(console(Permission.CONTENT))]


class FilterName(Shape):
    id: str
    title: Text
    risk: Risk


class RuleShape(Shape):
    id: str
    name: Text
    type: str
    enabled: bool
    filters: list[FilterName]


class NeedShape(Shape):
    id: str
    name: Text
    seen: bool


class FunnelShape(Shape):
    filter_hits: int
    rule_hits: int
    alerts: int


class PrecisionShape(Shape):
    closed: int
    true_positives: int
    false_positives: int
    ratio: float | None


class ModelRow(PieceShape):
    """`needs`: any one of them is enough; `unavailable` says what is missing when none has arrived."""

    name: Text
    description: Text
    severity: Severity
    default_severity: Severity
    products: list[str]
    available: bool
    needs: list[NeedShape]
    unavailable: Text | None
    techniques: list[Technique]
    rules: list[RuleShape]
    alert_count: int
    funnel: FunnelShape
    precision: PrecisionShape


class ModelShape(ModelRow):
    """`version` of the text; 0 is the one that came with Hinomi."""

    text: str
    version: int
    exception_count: int


class ModelList(Shape):
    items: list[ModelRow]


class ModelSwitch(Sent):
    """What is absent stays; severity null is the default again."""

    enabled: bool | None = None
    severity: Severity | None = None
    rules: dict[str, bool] = {}  # noqa: RUF012  (pydantic copies it)


@router.get("/models", responses={200: {"model": ModelList}}, dependencies=_VIEW)
def list_models(house: Rooms) -> Response:
    """Every model. `available`: data of one of its products have arrived."""
    seen = Overview(house)
    return reply({"items": [_row(seen, model) for model in seen.page.content.models]})


@router.get("/models/{model_id}", responses={200: {"model": ModelShape}}, dependencies=_VIEW)
def get_model(model_id: str, house: Rooms) -> Response:
    """One model, with its text."""
    return reply(model_detail(house, model_id))


@router.patch("/models/{model_id}", responses={200: {"model": ModelShape}})
def switch_model(model_id: str, sent: ModelSwitch, house: Rooms, who: Editor) -> Response:
    """Switch a model or rules of it on or off, or grade it. A red proof, or no data for it, refuses to enable (409)."""
    model = _find(house, model_id)
    if sent.enabled and not model.enabled:
        _refuse_unavailable(house, model)
    grade = {"severity": sent.severity} if "severity" in sent.model_fields_set else {}
    house.editor.switch_model(who, model_id, enabled=sent.enabled, rules=sent.rules, **grade)
    return reply(model_detail(house, model_id))


def model_detail(house: House, model_id: str) -> dict[str, Any]:
    """ModelShape; NotFound."""
    model, seen = _find(house, model_id), Overview(house)
    count = seen.exception_count(name for rule in model.rules for name in rule.filters)
    return _row(seen, model) | seen.text_of(model) | {"exceptionCount": count}


def _find(house: House, model_id: str) -> Model:
    found = house.content().model.get(model_id)
    if found is None:
        raise NotFound(f"there is no model {model_id[:80]!r}")
    return found


def _refuse_unavailable(house: House, model: Model) -> None:
    why = unavailable(model.products, Overview(house).sources)
    if why:
        raise Refused(why.en, "NotAvailable", text=text(why))


def _row(seen: Overview, model: Model) -> dict[str, Any]:
    why = unavailable(model.products, seen.sources)
    given = seen.piece(("model", model.id)).value
    return seen.shown(model) | {
        "name": text(model.name),
        "description": text(model.description),
        "severity": str(model.severity),
        "defaultSeverity": str(given.severity if isinstance(given, Model) else model.severity),
        "products": list(model.products),
        "available": why is None,
        "needs": [{"id": one, "name": text(name_of(one)), "seen": one in seen.sources} for one in model.products],
        "unavailable": text(why) if why else None,
        "techniques": techniques(model.techniques),
        "rules": [_rule(seen, rule) for rule in model.rules],
        "alertCount": seen.alert_counts.get(model.id, 0),
        "funnel": funnel_shown(seen.hits.of(model)),
        "precision": _precision(seen.precision.get(model.id, Precision())),
    }


def funnel_shown(found: Funnel) -> dict[str, int]:
    return {"filterHits": found.filter_hits, "ruleHits": found.rule_hits, "alerts": found.alerts}


def _precision(found: Precision) -> dict[str, Any]:
    return {
        "closed": found.closed,
        "truePositives": found.true_positives,
        "falsePositives": found.false_positives,
        "ratio": found.ratio,
    }


def _rule(seen: Overview, rule: Rule) -> dict[str, Any]:
    content = seen.page.content
    filters = [
        {"id": id_, "title": text(title_of(content, id_)), "risk": str(content.filter[id_].risk)}
        for id_ in rule.filters
        if id_ in content.filter
    ]
    return {
        "id": rule.id,
        "name": text(rule.name),
        "type": rule.type,
        "enabled": rule.enabled,
        "filters": filters,
    }
