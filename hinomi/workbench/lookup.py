"""What a few letters may mean: the jump box of the console."""

from collections.abc import Iterator

from sqlalchemy import select
from sqlalchemy.engine import Connection

from hinomi.schema.content import Text
from hinomi.schema.entity import EntityType
from hinomi.workbench.listing import search_words
from hinomi.workbench.store import alert_entities, alerts, incidents

_KINDS = {EntityType.HOST: "endpoint", EntityType.ACCOUNT: "account"}


Named = tuple[str, str, Text | str]


def look_up(connection: Connection, text: str, top: int) -> list[Named]:
    """(kind, id, label): the newest alerts and incidents, then endpoints and accounts by name."""
    found = [*_alerts(connection, text, top), *_incidents(connection, text, top)]
    for kind in _KINDS:
        found += _entities(connection, kind, text, top)
    return found


def _alerts(connection: Connection, text: str, top: int) -> Iterator[Named]:
    named = select(alerts.c.id, alerts.c.model_en, alerts.c.model_ja).where(*search_words(alerts.c.folded, text))
    rows = connection.execute(named.order_by(alerts.c.created_ms.desc(), alerts.c.id).limit(top))
    return (("alert", row.id, Text(row.model_en, row.model_ja)) for row in rows)


def _incidents(connection: Connection, text: str, top: int) -> Iterator[Named]:
    living = (incidents.c.merged_into.is_(None), *search_words(incidents.c.folded, text))
    named = select(incidents.c.id, incidents.c.name_en, incidents.c.name_ja).where(*living)
    rows = connection.execute(named.order_by(incidents.c.created_ms.desc(), incidents.c.id).limit(top))
    return (("incident", row.id, Text(row.name_en, row.name_ja)) for row in rows)


def _entities(connection: Connection, kind: EntityType, text: str, top: int) -> Iterator[Named]:
    mine = (alert_entities.c.type == str(kind), *search_words(alert_entities.c.folded_name, text))
    named = select(alert_entities.c.entity_id, alert_entities.c.name).where(*mine).distinct()
    rows = connection.execute(named.order_by(alert_entities.c.name, alert_entities.c.entity_id).limit(top))
    return ((_KINDS[kind], row.entity_id, row.name) for row in rows)
