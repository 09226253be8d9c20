"""Content as a whole: the funnel from records to alerts, and the folders read again."""

from fastapi import Depends, Response

from hinomi.api.console.activities import From, To
from hinomi.api.console.content_piece import named
from hinomi.api.console.models import Editor, FunnelShape, funnel_shown
from hinomi.api.gate import Rooms, console
from hinomi.api.reply import reply
from hinomi.api.resource import resource
from hinomi.api.shapes import Shape, Text
from hinomi.api.window import check_order, read_end, read_start
from hinomi.operations.funnel import read_hits
from hinomi.schema.principal import Permission

router = resource("/console/api/content", "content")


class ModelFunnel(FunnelShape):
    id: str
    name: Text


class WholeFunnel(FunnelShape):
    records: int
    models: list[ModelFunnel]


class Loaded(Shape):
    filters: int
    models: int
    problems: list[str]


@router.get("/funnel", responses={200: {"model": WholeFunnel}}, dependencies=[Depends(console(Permission.VIEW))])
def get_funnel(house: Rooms, start: From = None, end: To = None) -> Response:
    """Records, hits of filters, hits of rules (whole days, UTC) and alerts of a window of event times, or of all."""
    from_ms, end_ms = read_start("from", start), read_end("to", end)
    check_order(from_ms, end_ms)
    to_ms = None if end_ms is None else end_ms + 1
    hits = read_hits(house.lake, house.workbench, house.book.database, from_ms, to_ms)
    models = [named(model) | funnel_shown(hits.of(model)) for model in house.content().models]
    records = house.lake.count("1", {}, from_ms=from_ms, to_ms=to_ms)
    return reply({"records": records, **funnel_shown(hits.whole), "models": models})


@router.post("/reload", responses={200: {"model": Loaded}})
def reload_content(house: Rooms, who: Editor) -> Response:
    """Read the shipped folder and the imported rules again; in effect from the next batch on."""
    house.editor.reload(who)
    content = house.content()
    return reply(
        {
            "filters": len(content.filters),
            "models": len(content.models),
            "problems": [str(problem) for problem in house.book.problems],
        }
    )
