"""Filters and models made and changed in the console: checked while they are typed, saved as versions, taken back."""

from datetime import UTC, datetime
from typing import Annotated, Any, Literal

from fastapi import Depends, Header, Response
from pydantic import Field

from hinomi.api.console.content_piece import ProofShape
from hinomi.api.console.filters import FilterShape, filter_detail
from hinomi.api.console.models import Editor, ModelShape, model_detail
from hinomi.api.console.names import text
from hinomi.api.gate import Rooms, console
from hinomi.api.house import House
from hinomi.api.reply import Json, no_content, reply
from hinomi.api.resource import resource
from hinomi.api.shapes import Risk, Sent, Shape, Text
from hinomi.attack.catalogue import load_attack
from hinomi.detect.from_query import filter_text
from hinomi.errors import InputError
from hinomi.operations.completion import completion
from hinomi.operations.validation import DRAFT, Remark, Validation, predicate_count, validate
from hinomi.query.refusal import QueryError
from hinomi.query.search_language import parse_query
from hinomi.schema.content import Filter, Severity
from hinomi.schema.principal import Permission

router = resource("/console/api/content", "content")

_VIEW = [Depends(console(Permission.VIEW))]
Kinds = Literal["filters", "models"]
IfMatch = Annotated[str | None, Header(alias="If-Match", description="The version that the change was made from.")]
_MAX_TEXT = 1 << 20


class FieldName(Shape):
    name: str
    sigma: list[str]
    type: str


class ModifierName(Shape):
    name: str
    text: Text


class LogSourceName(Shape):
    product: str | None
    category: str | None
    service: str | None
    label: Text


class FilterTitle(Shape):
    id: str
    title: Text


class TechniqueName(Shape):
    id: str
    name: str


class Completion(Shape):
    """`sigma`: the names by which the records of the sources call the field."""

    fields: list[FieldName]
    modifiers: list[ModifierName]
    logsources: list[LogSourceName]
    filters: list[FilterTitle]
    techniques: list[TechniqueName]


class Draft(Sent):
    """`text` (YAML), or for a filter a `query` of the Search language with `title`, `risk` and `techniques`.

    `id`: of what is edited, so that its own proofs and name are meant.
    """

    kind: Literal["filter", "model"]
    text: str = Field(default="", max_length=_MAX_TEXT)
    query: str | None = Field(default=None, max_length=20_000)
    title: str = Field(default="", max_length=256)
    risk: Risk = "medium"
    techniques: list[str] = Field(default=[], max_length=50)
    product: str = Field(default="windows", max_length=64)
    id: str = Field(default="", max_length=200)


class RemarkShape(Shape):
    """Something to mend, or to think about; line and column count from 1."""

    line: int | None
    column: int | None
    message: Text
    suggestion: str | None


class Summary(Shape):
    id: str
    title: Text
    risk: Risk
    techniques: list[str]
    logsource: dict[str, str | None] | None
    predicates: int


class Verdict(Shape):
    ok: bool
    text: str
    errors: list[RemarkShape]
    warnings: list[RemarkShape]
    summary: Summary | None
    proof: ProofShape | None


class NewText(Sent):
    text: str = Field(max_length=_MAX_TEXT)
    comment: str = Field(default="", max_length=1000)
    enable: bool = True


class RollBack(Sent):
    version: int = Field(ge=0)
    comment: str = Field(default="", max_length=1000)


class Resolution(Sent):
    take: Literal["mine", "shipped", "text"]
    text: str = Field(default="", max_length=_MAX_TEXT)


@router.get("/completion", responses={200: {"model": Completion}}, dependencies=_VIEW)
def get_completion(house: Rooms) -> Response:
    """What may be typed in the editor: fields, modifiers, log sources, filters, techniques."""
    return reply(completion(house.content()))


@router.post("/validate", responses={200: {"model": Verdict}}, dependencies=[Depends(console(Permission.CONTENT))])
def validate_text(sent: Draft, house: Rooms) -> Response:
    """Is it a filter or model that can be used, and does it do what its tests say? Saves nothing."""
    try:
        written = sent.text if sent.query is None else _from_query(sent, house)
    except QueryError as error:
        wrong = Remark(error.text, 1, error.column)
        return reply(_verdict(house, sent, Validation("", None, (wrong,))))
    page = house.book.page
    found = validate(
        *(sent.kind, written, page.content),
        id_=sent.id or DRAFT,
        techniques=load_attack().known_ids(),
        linter=page.linter,
    )
    return reply(_verdict(house, sent, found))


def _from_query(sent: Draft, house: House) -> str:
    if sent.kind != "filter":
        raise InputError("kind: only a filter can be written as a query")
    if not sent.title.strip():
        raise QueryError("the filter needs a title", "フィルタにはタイトルが必要です")
    return filter_text(
        parse_query(sent.query or ""),
        title=sent.title.strip(),
        risk=Severity(sent.risk),
        techniques=sent.techniques,
        day=datetime.fromtimestamp(house.clock(), UTC).date(),
        product=sent.product,
    )


def _verdict(house: House, sent: Draft, found: Validation) -> dict[str, Any]:
    key = (sent.kind, sent.id or DRAFT)
    proof = house.proofs.of_draft(house.book.page, key, found.value) if found.value else None
    return {
        "ok": found.ok,
        "text": found.text,
        "errors": [one.as_json() for one in found.errors],
        "warnings": [one.as_json() for one in found.warnings],
        "summary": _summary(found, house),
        "proof": proof.as_json() if proof else None,
    }


def _summary(found: Validation, house: House) -> dict[str, Any] | None:
    value = found.value
    if value is None:
        return None
    if isinstance(value, Filter):
        source = value.logsource
        parts: dict[str, Any] = {"product": source.product, "category": source.category, "service": source.service}
        techniques, count = value.techniques, predicate_count(value)
        return {
            "id": value.id,
            "title": text(value.title),
            "risk": str(value.risk),
            "techniques": list(techniques),
            "logsource": parts,
            "predicates": count,
        }
    filters = [house.content().filter[name] for name in dict.fromkeys(n for rule in value.rules for n in rule.filters)]
    return {
        "id": value.id,
        "title": text(value.name),
        "risk": str(value.severity),
        "techniques": list(dict.fromkeys(technique for one in filters for technique in one.techniques)),
        "logsource": None,
        "predicates": sum(predicate_count(one) for one in filters),
    }


# ---- saving ---------------------------------------------------------------------------------------------------------
_DETAIL: dict[int | str, dict[str, Any]] = {200: {"model": FilterShape | ModelShape}}


@router.post("/{kinds}", responses={201: {"model": FilterShape | ModelShape}}, status_code=201)
def create(kinds: Kinds, sent: NewText, house: Rooms, who: Editor) -> Response:
    """A new filter or model, in effect from the next batch on. With a red proof it is saved switched off."""
    made = house.editor.create(who, kinds[:-1], sent.text, sent.comment, enable=sent.enable)
    place = f"/console/api/{kinds}/{made.id}"
    return Json(detail(house, kinds, made.id), status_code=201, headers={"Location": place})


@router.put("/{kinds}/{content_id}", responses=_DETAIL)
def save(kinds: Kinds, content_id: str, sent: NewText, house: Rooms, who: Editor, if_match: IfMatch = None) -> Response:
    """A new version. Of shipped content it is an edit, which no update overwrites. 412 when `If-Match` is not the newest."""
    house.editor.edit(who, kinds[:-1], content_id, sent.text, sent.comment, version_of(if_match))
    return _shown(house, kinds, content_id)


@router.delete("/{kinds}/{content_id}", responses={204: {}}, status_code=204)
def remove(kinds: Kinds, content_id: str, house: Rooms, who: Editor) -> Response:
    """Custom content goes, an edit goes back to the shipped text; the versions stay."""
    house.editor.remove(who, kinds[:-1], content_id)
    return no_content()


@router.post("/{kinds}/{content_id}/rollback", responses=_DETAIL)
def roll_back(kinds: Kinds, content_id: str, sent: RollBack, house: Rooms, who: Editor) -> Response:
    """A new version with the text of an old one; 0 is the shipped text."""
    house.editor.roll_back(who, kinds[:-1], content_id, sent.version, sent.comment)
    return _shown(house, kinds, content_id)


@router.post("/{kinds}/{content_id}/resolve", responses=_DETAIL)
def resolve(kinds: Kinds, content_id: str, sent: Resolution, house: Rooms, who: Editor) -> Response:
    """The shipped text changed under an edit: keep mine, take the shipped one, or a merged text."""
    house.editor.resolve(who, kinds[:-1], content_id, sent.take, sent.text)
    return _shown(house, kinds, content_id)


def detail(house: House, kinds: str, id_: str) -> dict[str, Any]:
    return filter_detail(house, id_) if kinds == "filters" else model_detail(house, id_)


def _shown(house: House, kinds: str, id_: str) -> Response:
    found = detail(house, kinds, id_)
    return reply(found, etag=str(found["version"]))


def version_of(if_match: str | None) -> int | None:
    """The version that If-Match names; None for none and for *. InputError for what is no version."""
    value = (if_match or "*").strip().removeprefix("W/").strip('"')
    if value == "*":
        return None
    if not value.isascii() or not value.isdigit() or len(value) > 9:
        raise InputError("If-Match: not a version of this content")
    return int(value)
