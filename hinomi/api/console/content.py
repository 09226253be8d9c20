"""Detection models and their filters: what there is, whether its data arrive, on and off."""

from typing import Annotated, Any

from fastapi import Depends, Response
from pydantic import Field

from hinomi.api.console.names import Technique, techniques, text
from hinomi.api.detections import title_of
from hinomi.api.gate import Rooms, console
from hinomi.api.house import House
from hinomi.api.reply import reply
from hinomi.api.resource import resource
from hinomi.api.shapes import Risk, Sent, Severity, Shape, Text
from hinomi.errors import NotFound
from hinomi.schema.content import Filter, Model, Rule
from hinomi.schema.principal import Permission, Principal

router = resource("/console/api", "content")

_VIEW = [Depends(console(Permission.VIEW))]


class FilterName(Shape):
    id: str
    title: Text
    risk: Risk


class RuleShape(Shape):
    id: str
    name: Text
    type: str
    filters: list[FilterName]


class ModelShape(Shape):
    id: str
    name: Text
    description: Text
    severity: Severity
    products: list[str]
    available: bool
    enabled: bool
    techniques: list[Technique]
    rules: list[RuleShape]
    alert_count: int
    updated_date_time: str | None


class ModelList(Shape):
    items: list[ModelShape]


class ModelName(Shape):
    id: str
    name: Text


class FilterShape(Shape):
    id: str
    title: Text
    description: Text
    risk: Risk
    technique_class: str = Field(alias="class")
    techniques: list[Technique]
    references: list[str]
    author: str
    sigma: str
    models: list[ModelName]


class Switch(Sent):
    enabled: bool


@router.get("/models", responses={200: {"model": ModelList}}, dependencies=_VIEW)
def list_models(house: Rooms) -> Response:
    """Every model. `available`: data of one of its products have arrived."""
    counts, seen = house.workbench.counts_by_model(), _sources(house)
    return reply({"items": [_model(house, model, counts, seen) for model in house.content().models]})


@router.get("/models/{model_id}", responses={200: {"model": ModelShape}}, dependencies=_VIEW)
def get_model(model_id: str, house: Rooms) -> Response:
    """One model."""
    return reply(_one(house, model_id))


@router.patch("/models/{model_id}", responses={200: {"model": ModelShape}})
def switch_model(
    model_id: str, sent: Switch, house: Rooms, who: Annotated[Principal, Depends(console(Permission.CONTENT))]
) -> Response:
    """Switch a model on or off."""
    _find(house, model_id)
    house.enable_model(who, model_id, sent.enabled)
    return reply(_one(house, model_id))


def _find(house: House, model_id: str) -> Model:
    found = house.content().model.get(model_id)
    if found is None:
        raise NotFound(f"there is no model {model_id[:80]!r}")
    return found


def _one(house: House, model_id: str) -> dict[str, Any]:
    return _model(house, _find(house, model_id), house.workbench.counts_by_model(), _sources(house))


def _sources(house: House) -> set[str]:
    """Sources that the lake holds activities of."""
    return {str(value) for value, _ in house.lake.facet("1", {}, "recordSource")}


def _model(house: House, model: Model, counts: dict[str, int], sources: set[str]) -> dict[str, Any]:
    return {
        "id": model.id,
        "name": text(model.name),
        "description": text(model.description),
        "severity": str(model.severity),
        "products": list(model.products),
        "available": not model.products or bool(sources & set(model.products)),
        "enabled": model.enabled,
        "techniques": techniques(model.techniques),
        "rules": [_rule(house, rule) for rule in model.rules],
        "alertCount": counts.get(model.id, 0),
        "updatedDateTime": None,
    }


def _rule(house: House, rule: Rule) -> dict[str, Any]:
    content = house.content()
    filters = [
        {"id": id_, "title": text(title_of(content, id_)), "risk": str(content.filter[id_].risk)}
        for id_ in rule.filters
        if id_ in content.filter
    ]
    return {"id": rule.id, "name": text(rule.name), "type": rule.type, "filters": filters}


@router.get("/filters/{filter_id}", responses={200: {"model": FilterShape}}, dependencies=_VIEW)
def get_filter(filter_id: str, house: Rooms) -> Response:
    """One filter with its condition as it is written, and the models that use it."""
    found = house.content().filter.get(filter_id)
    if found is None:
        raise NotFound(f"there is no filter {filter_id[:80]!r}")
    return reply(_filter(house, found))


def _filter(house: House, found: Filter) -> dict[str, Any]:
    users = [model for model in house.content().models if any(found.id in rule.filters for rule in model.rules)]
    return {
        "id": found.id,
        "title": text(found.title),
        "description": text(found.description),
        "risk": str(found.risk),
        "class": found.technique_class,
        "techniques": techniques(found.techniques),
        "references": list(found.references),
        "author": found.author,
        "sigma": house.filter_text(found),
        "models": [{"id": model.id, "name": text(model.name)} for model in users],
    }
