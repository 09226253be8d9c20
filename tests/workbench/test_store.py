"""The tables and the lists are SQL that PostgreSQL reads too."""

import pytest
from sqlalchemy import Table, select
from sqlalchemy.dialects import postgresql
from sqlalchemy.schema import CreateIndex, CreateTable

from hinomi.access import store as access_store
from hinomi.schema.alert import AlertQuery
from hinomi.workbench import store
from hinomi.workbench.listing import ALERT_ORDER, alert_conditions, order_of

TABLES = [value for room in (store, access_store) for value in vars(room).values() if isinstance(value, Table)]


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.name)
def test_a_table_can_be_made_on_postgresql(table: Table) -> None:
    dialect = postgresql.dialect()
    statement = str(CreateTable(table).compile(dialect=dialect))
    assert "AUTOINCREMENT" not in statement
    assert all(str(CreateIndex(index).compile(dialect=dialect)) for index in table.indexes)
    assert all(len(index.name or "") <= 63 for index in table.indexes)


def test_a_list_can_be_asked_of_postgresql() -> None:
    query = AlertQuery(
        search="pc-1", entity="x", technique="T1003", filter="not contains(indicatorValue, 'a') or score gt 5"
    )
    order = order_of((("severity", "desc"), ("owner", "asc")), ALERT_ORDER)
    wanted = select(store.alerts).where(*alert_conditions(query), order.after([3, "a", "b"])).order_by(*order.clauses())
    assert "ILIKE" not in str(wanted.compile(dialect=postgresql.dialect()))
