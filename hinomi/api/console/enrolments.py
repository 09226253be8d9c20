"""Tokens with which new sensors come in: list, make, take away. The text with the token is shown once."""

from typing import Annotated, Any, Literal

from fastapi import Depends, Response
from pydantic import Field

from hinomi.access.enrolment import DEFAULT_EXPIRY_S, MAX_EXPIRY_S, MAX_USES, Enrolment
from hinomi.api.gate import Rooms, console
from hinomi.api.reply import no_content, reply
from hinomi.api.resource import resource
from hinomi.api.shapes import Sent, Shape
from hinomi.schema.principal import Permission, Principal

router = resource("/console/api/sensor-enrolments", "endpoints")

Administrator = Annotated[Principal, Depends(console(Permission.ADMINISTER))]


class EnrolmentShape(Shape):
    id: str
    name: str
    group: str
    uses: int
    used: int
    status: Literal["open", "used", "expired"]
    created_by: str
    created: int
    expires: int


class EnrolmentList(Shape):
    items: list[EnrolmentShape]


class NewEnrolmentShape(EnrolmentShape):
    """`text`: for `hinomi sensor enrol`; it cannot be shown again."""

    text: str
    command: str


class NewEnrolment(Sent):
    name: str = Field(default="", max_length=64)
    group: str = Field(default="", max_length=64)
    uses: int = Field(default=1, ge=1, le=MAX_USES)
    expires_in_s: int = Field(default=DEFAULT_EXPIRY_S, ge=60, le=MAX_EXPIRY_S)


def enrolment_shape(one: Enrolment, now_ms: int) -> dict[str, Any]:
    return {
        "id": one.id,
        "name": one.name,
        "group": one.group,
        "uses": one.uses,
        "used": one.used,
        "status": one.status(now_ms),
        "createdBy": one.created_by,
        "created": one.created_ms,
        "expires": one.expires_ms,
    }


@router.get("", responses={200: {"model": EnrolmentList}}, dependencies=[Depends(console(Permission.ADMINISTER))])
def list_enrolments(house: Rooms) -> Response:
    """Enrolment tokens, newest first; never their values."""
    return reply({"items": [enrolment_shape(one, house.now_ms()) for one in house.enrolments.all()]})


@router.post("", responses={200: {"model": NewEnrolmentShape}})
def make_enrolment(sent: NewEnrolment, house: Rooms, who: Administrator) -> Response:
    """A new token, and the text that a person carries to the sensor. It is shown this once."""
    made, token = house.enrolments.create(who, sent.name, group=sent.group, uses=sent.uses, expires_s=sent.expires_in_s)
    text = house.enrolment_text(token)
    command = f"hinomi sensor enrol {text}"
    return reply(enrolment_shape(made, house.now_ms()) | {"text": text, "command": command})


@router.delete("/{enrolment_id}", status_code=204, response_class=Response)
def remove_enrolment(enrolment_id: str, house: Rooms, who: Administrator) -> Response:
    """Nobody comes in with it any more; sensors that did stay."""
    house.enrolments.remove(who, enrolment_id)
    return no_content()
