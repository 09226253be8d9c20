"""Exceptions: what is expected and hidden, its price before it is saved, and what each has hidden so far."""

from typing import Annotated, Literal

from fastapi import Depends, Response
from pydantic import Field

from hinomi.api.console.exception_rows import bill_row, exception_row
from hinomi.api.gate import Rooms, console
from hinomi.api.reply import Json, no_content, reply
from hinomi.api.resource import resource
from hinomi.api.shapes import Sent, Shape, Text
from hinomi.api.window import read_start
from hinomi.operations.exceptions import Change
from hinomi.schema.exception import ExceptionOperator, ExceptionTerms
from hinomi.schema.principal import Permission, Principal

router = resource("/console/api/exceptions", "exceptions")

_VIEW = [Depends(console(Permission.VIEW))]
Editor = Annotated[Principal, Depends(console(Permission.CONTENT))]
_Operator = Literal["equals", "contains", "startswith", "endswith", "re", "cidr"]


class Scope(Shape):
    """`endpoints`: GUIDs, or names with * and ?."""

    endpoints: list[str]


class ExceptionShape(Shape):
    id: str
    field: str
    operator: _Operator
    value: str
    filter_id: str | None
    filter_title: Text | None
    scope: Scope | None
    reason: str
    created_by: str
    created_date_time: str
    expires_date_time: str | None
    expired: bool
    enabled: bool
    hits: int
    last_hit_date_time: str | None


class ExceptionList(Shape):
    items: list[ExceptionShape]


class FilterCount(Shape):
    filter_id: str
    title: Text
    count: int


class Sample(Shape):
    uuid: str
    event_date_time: str
    endpoint_name: str
    filter_id: str
    value: str


class BlindedShape(Shape):
    kind: Literal["filter", "model"]
    id: str
    test: str


class BillShape(Shape):
    """`partial`: there were more detections than could be looked at; the numbers are of the newest."""

    days: int
    detections: int
    alerts: int
    partial: bool
    by_filter: list[FilterCount]
    samples: list[Sample]
    blinded_proofs: list[BlindedShape]


class SentScope(Sent):
    endpoints: list[str] = Field(default=[], max_length=100)


class SentTerms(Sent):
    field: str = Field(max_length=80)
    operator: _Operator
    value: str = Field(max_length=4096)
    filter_id: str | None = Field(default=None, max_length=200)
    scope: SentScope | None = None

    def terms(self) -> ExceptionTerms:
        endpoints = tuple(self.scope.endpoints) if self.scope else ()
        return ExceptionTerms(
            self.field, ExceptionOperator(self.operator), self.value, self.filter_id or None, endpoints
        )


class SentBill(SentTerms):
    days: int = Field(default=30, ge=1, le=90)


class NewException(SentTerms):
    reason: str = Field(max_length=4096)
    expires_date_time: str | None = None
    override: bool = False


class ExceptionChanges(Sent):
    enabled: bool | None = None
    expires_date_time: str | None = None
    reason: str | None = Field(default=None, max_length=4096)


@router.get("", responses={200: {"model": ExceptionList}}, dependencies=_VIEW)
def list_exceptions(house: Rooms) -> Response:
    """Every exception, newest first."""
    return reply({"items": [exception_row(house.content(), house.exceptions, one) for one in house.exceptions.all()]})


@router.post("/bill", responses={200: {"model": BillShape}}, dependencies=[Depends(console(Permission.CONTENT))])
def get_bill(sent: SentBill, house: Rooms) -> Response:
    """What it would have hidden of the detections made in the last days, and which proofs it would blind. Saves nothing."""
    terms = sent.terms()
    return reply(bill_row(house.content(), house.exceptions.bill(terms, sent.days, house.lake), terms.field))


@router.get("/{exception_id}", responses={200: {"model": ExceptionShape}}, dependencies=_VIEW)
def get_exception(exception_id: str, house: Rooms) -> Response:
    """One exception."""
    return reply(exception_row(house.content(), house.exceptions, house.exceptions.get(exception_id)))


@router.post("", status_code=201, responses={201: {"model": ExceptionShape}})
def add_exception(sent: NewException, house: Rooms, who: Editor) -> Response:
    """Hide such detections from the next batch on. 409 BlindsProofs, with `blindedProofs`, unless `override`."""
    made = house.exceptions.add(
        who,
        sent.terms(),
        reason=sent.reason,
        expires_ms=read_start("expiresDateTime", sent.expires_date_time),
        override=sent.override,
    )
    return Json(exception_row(house.content(), house.exceptions, made), status_code=201)


@router.patch("/{exception_id}", responses={200: {"model": ExceptionShape}})
def change_exception(exception_id: str, sent: ExceptionChanges, house: Rooms, who: Editor) -> Response:
    """Switch on or off, move the expiry (null: never), mend the reason."""
    expires = None
    if "expires_date_time" in sent.model_fields_set:
        expires = (read_start("expiresDateTime", sent.expires_date_time),)
    changed = house.exceptions.change(who, exception_id, Change(sent.enabled, expires, sent.reason))
    return reply(exception_row(house.content(), house.exceptions, changed))


@router.delete("/{exception_id}", status_code=204)
def remove_exception(exception_id: str, house: Rooms, who: Editor) -> Response:
    """Such detections are shown again from the next batch on."""
    house.exceptions.remove(who, exception_id)
    return no_content()
