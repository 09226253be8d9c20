"""GET /v3.0/healthcheck/connectivity: does the key open the door?"""

from typing import Literal

from fastapi import Depends, Response

from hinomi.api.gate import public
from hinomi.api.reply import reply
from hinomi.api.resource import resource
from hinomi.api.shapes import Shape

router = resource("/v3.0/healthcheck", "health")


class Connectivity(Shape):
    status: Literal["available"]


@router.get("/connectivity", responses={200: {"model": Connectivity}}, dependencies=[Depends(public(None))])
def get_connectivity() -> Response:
    """Says "available" to anyone with a valid key."""
    return reply({"status": "available"})
