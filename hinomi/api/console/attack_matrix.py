"""The ATT&CK matrix: every tactic with its techniques, coloured by what we have against them and by what was seen."""

from typing import Annotated, Any

from fastapi import Depends, Query, Response

from hinomi.api.console.names import text
from hinomi.api.gate import Rooms, console
from hinomi.api.reply import reply
from hinomi.api.resource import resource
from hinomi.api.shapes import Shape, Text
from hinomi.api.window import check_order, read_end, read_start
from hinomi.attack.catalogue import NOTICE, load_attack
from hinomi.attack.knowledge import Attack, Technique
from hinomi.operations.attack_coverage import Coverage, counts_in, coverage_of
from hinomi.schema.principal import Permission

router = resource("/console/api/attack", "attack")

_MOST = 5000  # techniques that detections may carry


class CellShape(Shape):
    """Filters and models of a technique are those of its sub-techniques too; so are its detections."""

    id: str
    name: str
    filters: int
    models: int
    detections: int


class TechniqueCell(CellShape):
    subtechniques: list[CellShape]


class TacticColumn(Shape):
    id: str
    name: str
    text: Text
    techniques: list[TechniqueCell]


class Totals(Shape):
    techniques: int
    covered: int
    seen: int


class MatrixShape(Shape):
    version: str
    tactics: list[TacticColumn]
    totals: Totals
    notice: str


@router.get("/matrix", responses={200: {"model": MatrixShape}}, dependencies=[Depends(console(Permission.VIEW))])
def get_matrix(
    house: Rooms,
    start: Annotated[str | None, Query(alias="from", description="ISO 8601, included: of the detections.")] = None,
    end: Annotated[str | None, Query(alias="to", description="ISO 8601, included.")] = None,
) -> Response:
    """Tactics x techniques with filters, models and detections of the window."""
    from_ms, to_ms = read_start("from", start), read_end("to", end)
    check_order(from_ms, to_ms)
    before_ms = None if to_ms is None else to_ms + 1

    def count(name: str) -> dict[str, int]:
        facet = house.lake.detection_facet("1", {}, name, from_ms=from_ms, to_ms=before_ms, limit=_MOST)
        return counts_in(attack, facet)

    attack = load_attack()
    seen, whole = count("technique"), count("family")
    matrix = _Matrix(attack, coverage_of(house.content(), attack), seen, whole)
    cells = [one for one in attack.techniques.values() if one.parent is None]
    return reply(
        {
            "version": attack.version,
            "tactics": [
                {"id": one.id, "name": one.name.en, "text": text(one.name), "techniques": matrix.column(one.id)}
                for one in attack.tactics
            ],
            "totals": {
                "techniques": len(cells),
                "covered": sum(one.id in matrix.covered for one in cells),
                "seen": sum(one.id in whole for one in cells),
            },
            "notice": NOTICE,
        }
    )


class _Matrix:
    """`seen`: detections by technique as they name it; `whole`: by technique with its sub-techniques."""

    def __init__(
        self, attack: Attack, covered: dict[str, Coverage], seen: dict[str, int], whole: dict[str, int]
    ) -> None:
        self._attack, self.covered, self._seen, self._whole = attack, covered, seen, whole

    def column(self, tactic_id: str) -> list[dict[str, Any]]:
        """Techniques of a tactic by name, each with its sub-techniques."""
        own = [one for one in self._attack.techniques.values() if one.parent is None and tactic_id in one.tactics]
        subs = self._attack.techniques
        return [
            {
                **self._cell(one, self._whole),
                "subtechniques": [self._cell(subs[id_], self._seen) for id_ in one.subtechniques],
            }
            for one in sorted(own, key=lambda one: one.name)
        ]

    def _cell(self, one: Technique, counted: dict[str, int]) -> dict[str, Any]:
        by = self.covered.get(one.id, Coverage())
        counts = {"filters": len(by.filters), "models": len(by.models), "detections": counted.get(one.id, 0)}
        return {"id": one.id, "name": one.name, **counts}
