"""Endpoints page by page out of the inventory, also under a filter of the public API, which its table does not know.

Without a filter the database counts and cuts. With one every endpoint is looked at, a slice at a time: what is held in memory
is the page and one slice, however many there are.
"""

from collections.abc import Callable, Iterator
from dataclasses import replace

from hinomi.inventory.inventory import Inventory
from hinomi.schema.endpoint import Endpoint, EndpointQuery
from hinomi.schema.page import Page

SLICE = 500


def endpoint_page(
    inventory: Inventory, query: EndpointQuery, wanted: Callable[[Endpoint], bool] | None
) -> Page[Endpoint]:
    """The page `query.skip`, `query.top` of those that are `wanted`; None: of all."""
    if wanted is None:
        return inventory.page(query)
    shown: list[Endpoint] = []
    met, last = 0, query.skip + query.top
    for one in _each(inventory, query):
        if wanted(one):
            if query.skip <= met < last:
                shown.append(one)
            met += 1
    return Page(tuple(shown), met, str(last) if last < met else "")


def _each(inventory: Inventory, query: EndpointQuery) -> Iterator[Endpoint]:
    skip: str = "0"
    while skip:
        found = inventory.page(replace(query, top=SLICE, skip=int(skip)))
        yield from found.items
        skip = found.skip_token
