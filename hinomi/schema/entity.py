"""Entities: whom an alert touches."""

from dataclasses import dataclass
from enum import StrEnum


class EntityType(StrEnum):
    """The entity types of the public alert shape."""

    HOST = "host"
    ACCOUNT = "account"
    EMAIL_ADDRESS = "emailAddress"
    CONTAINER = "container"
    CLOUD_IDENTITY = "cloudIdentity"


@dataclass(frozen=True, slots=True, order=True)
class Entity:
    """One entity. Identity is (type, id); `name` is a label that may change.

    host: id = endpointGuid, name = host name, `ips` its addresses. account: id = name = `domain\\user` in lower case.
    """

    type: EntityType
    id: str
    name: str
    ips: tuple[str, ...] = ()
