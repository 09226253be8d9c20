"""A resource: the routes of one file, with the error replies that all of them have."""

from fastapi import APIRouter

from hinomi.api.shapes import ERRORS


def resource(prefix: str, tag: str) -> APIRouter:
    """A router whose routes the app takes over one by one (`server.create_app`)."""
    return APIRouter(prefix=prefix, tags=[tag], responses=ERRORS)
