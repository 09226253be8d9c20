"""What a few letters may mean: the jump box of the console."""

from sqlalchemy import select
from sqlalchemy.engine import Connection

from hinomi.schema.content import Text
from hinomi.schema.entity import EntityType
from hinomi.workbench.listing import search_words
from hinomi.workbench.store import alert_entities, alerts, incidents

_KINDS = {EntityType.HOST: "endpoint", EntityType.ACCOUNT: "account"}


def look_up(connection: Connection, text: str, top: int) -> list[tuple[str, str, Text | str]]:
    """(kind, id, label): the newest alerts and incidents, then endpoints and accounts by name."""
    found: list[tuple[str, str, Text | str]] = []
    named = select(alerts.c.id, alerts.c.model_en, alerts.c.model_ja).where(*search_words(alerts.c.folded, text))
    for row in connection.execute(named.order_by(alerts.c.created_ms.desc(), alerts.c.id).limit(top)):
        found.append(("alert", row.id, Text(row.model_en, row.model_ja)))
    living = (incidents.c.merged_into.is_(None), *search_words(incidents.c.folded, text))
    stories = select(incidents.c.id, incidents.c.name_en, incidents.c.name_ja).where(*living)
    for row in connection.execute(stories.order_by(incidents.c.created_ms.desc(), incidents.c.id).limit(top)):
        found.append(("incident", row.id, Text(row.name_en, row.name_ja)))
    for kind, label in _KINDS.items():
        mine = (alert_entities.c.type == str(kind), *search_words(alert_entities.c.folded_name, text))
        names = select(alert_entities.c.entity_id, alert_entities.c.name).where(*mine).distinct()
        for row in connection.execute(names.order_by(alert_entities.c.name, alert_entities.c.entity_id).limit(top)):
            found.append((label, row.entity_id, row.name))
    return found
