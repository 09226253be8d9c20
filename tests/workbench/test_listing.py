"""Lists: each filter, each order, pages without gap or repeat, search by the four keys, the public filter language."""

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from hinomi.errors import InputError
from hinomi.schema.alert import AlertChange, AlertQuery, Finding, Status
from hinomi.schema.content import Severity
from hinomi.workbench.listing import ALERT_ORDER
from tests import make_workbench as make
from tests.make_workbench import ANALYST, HOUR_MS, START_MS, House

BASE_MS = START_MS - 12 * HOUR_MS  # 2026-05-28T08:26:40Z, so that all are made on one day


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> House:
    """Six alerts of three models on three machines, an hour apart; nobody writes to it but this function."""
    models = (
        make.model(),
        make.model("odd_script", Severity.LOW, ("odd",)),
        make.model("guessing", Severity.CRITICAL, ("guess",)),
    )
    made = House(tmp_path_factory.mktemp("listing"), make.content(*models))
    made.clock.now_s = BASE_MS / 1000
    for number, key in enumerate(["hive_dumping", "odd_script", "guessing"] * 2):
        made.clock.pass_s(3600)
        machine = {
            "endpointGuid": f"guid-{number % 3}",
            "endpointHostName": f"Pc-{number % 3}",
            "endpointIp": [f"192.0.2.{number}"],
        }
        user = {"processUser": f"user{number}", "objectUser": None}
        at_ms = START_MS + number * HOUR_MS
        found = make.detection(number, f"filter{number}", at_ms, objectCmd=f"cmd /c run {number}", **machine, **user)
        made.keep(make.match(found, model_id=key, story=str(number)))
    _change(made, 1, status=Status.CLOSED, finding=Finding.FALSE_POSITIVE)
    _change(made, 2, status=Status.IN_PROGRESS)
    return made


def _change(house: House, number: int, **change: object) -> None:
    house.workbench.change(ANALYST, _id(number), AlertChange(**change))  # type: ignore[arg-type]


def _id(number: int) -> str:
    return f"WB-1-20260528-{number:05d}"


def _numbers(house: House, **query: object) -> list[int]:
    """The alerts of a list by the last digit of their id."""
    page = house.workbench.page(AlertQuery(**query))  # type: ignore[arg-type]
    assert page.total == len(page.items)
    return [int(row.id[-1]) for row in page.items]


def test_highest_score_first_then_newest(house: House) -> None:
    assert _numbers(house) == [5, 2, 3, 0, 4, 1]


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ({"statuses": (Status.OPEN, Status.IN_PROGRESS)}, [5, 2, 3, 0, 4]),
        ({"statuses": (Status.CLOSED,)}, [1]),
        ({"findings": (Finding.FALSE_POSITIVE,)}, [1]),
        ({"models": ("odd_script",)}, [4, 1]),
        ({"severities": (Severity.CRITICAL, Severity.HIGH)}, [5, 2, 3, 0]),
        ({"created_from_ms": BASE_MS + 5 * HOUR_MS}, [5, 4]),
        ({"created_from_ms": BASE_MS + 2 * HOUR_MS, "created_to_ms": BASE_MS + 3 * HOUR_MS}, [2, 1]),
        ({"updated_from_ms": BASE_MS + 6 * HOUR_MS}, [5, 2, 1]),
        ({"investigated_from_ms": BASE_MS}, [2, 1]),
        ({"investigated_to_ms": BASE_MS}, []),
        ({"entity": "PC-1"}, [4, 1]),
        ({"entity": "corp\\user3"}, [3]),
        ({"entity": "guid-2"}, [5, 2]),
        ({"entity": "pc"}, []),
        ({"technique": "T1003"}, [5, 2, 3, 0, 4, 1]),
        ({"technique": "t1003-002"}, [5, 2, 3, 0, 4, 1]),
        ({"technique": "T1003.001"}, []),
        ({"technique": "T100"}, InputError),
        ({"search": "WB-1-20260528-00004"}, [4]),
        ({"search": "wb-1-20260528-0004"}, [4]),
        ({"search": "pc-2"}, [5, 2]),
        ({"search": "USER3"}, [3]),
        ({"search": "corp¥user3"}, [3]),
        ({"search": "corp￥user3 PC-0"}, [3]),
        ({"search": "192.0.2.5"}, [5]),
        ({"search": "user3 pc-1"}, []),
        ({"search": "%"}, []),
        ({"search": "_"}, []),
        ({"search": "\ud800 \0"}, []),
        ({"search": "x " * 10_000}, []),
        ({"incident": "IC-9-20260528-00000"}, []),
        ({"order_by": (("nope", "asc"),)}, InputError),
        ({"order_by": (("id", "sideways"),)}, InputError),
    ],
)  # fmt: skip
def test_each_filter(house: House, query: dict[str, object], expected: list[int] | type[Exception]) -> None:
    if isinstance(expected, type):
        with pytest.raises(expected):
            _numbers(house, **query)
    else:
        assert _numbers(house, **query) == expected


@pytest.mark.parametrize("name", ALERT_ORDER)
@pytest.mark.parametrize("direction", ["asc", "desc"])
def test_every_order_pages_through_every_alert_once(house: House, name: str, direction: str) -> None:
    whole = house.workbench.page(AlertQuery(order_by=((name, direction),)))
    pieces, token = [], ""
    while True:
        page = house.workbench.page(AlertQuery(order_by=((name, direction),), top=1, skip_token=token))
        pieces += page.items
        assert page.total == 6
        token = page.skip_token
        if not token:
            break
    assert pieces == list(whole.items)
    assert len(pieces) == 6


def test_up_and_down_are_mirrors(house: House) -> None:
    for name in ALERT_ORDER:
        up = house.workbench.page(AlertQuery(order_by=((name, "asc"),))).items
        down = house.workbench.page(AlertQuery(order_by=((name, "desc"),))).items
        assert up == down[::-1], name


@pytest.mark.parametrize("token", ["!!", "AAAA", "bm8", "W10", "WzEsMl0", "W1tdLFtdLFtdXQ", "é", "x" * 10_000])
def test_a_token_of_nowhere_is_an_input_error(house: House, token: str) -> None:
    with pytest.raises(InputError, match="skipToken"):
        house.workbench.page(AlertQuery(skip_token=token))


@pytest.mark.parametrize(("top", "shown"), [(0, 1), (-5, 1), (3, 3), (10**9, 6)])
def test_the_size_of_a_page_is_bounded(house: House, top: int, shown: int) -> None:
    assert len(house.workbench.page(AlertQuery(top=top)).items) == shown


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("status eq 'Open'", [5, 3, 0, 4]),
        ("not status eq 'Open'", [2, 1]),
        ("status eq 'open' and severity eq 'high'", [3, 0]),
        ("severity eq 'Severity.HIGH' or id eq 'WB-1-20260528-0001'", [3, 0, 1]),
        ("severity ge 'high'", [5, 2, 3, 0]),
        ("investigationStatus eq 'New'", [5, 3, 0, 4]),
        ("investigationStatus eq 'In Progress'", [2]),
        ("investigationStatus eq 'False Positive'", [1]),
        ("investigationResult eq 'False Positive'", [1]),
        ("alertProvider eq 'SAE'", [5, 2, 3, 0, 4, 1]),
        ("alertProvider eq 'TI'", []),
        ("modelId eq 'guessing'", [5, 2]),
        ("contains(model, 'script')", [4, 1]),
        ("contains(model, '日本語')", [5, 2, 3, 0, 4, 1]),
        ("modelType eq 'preset'", [5, 2, 3, 0, 4, 1]),
        ("impactScopeEntityValue eq 'pc-1'", [4, 1]),
        ("impactScopeEntityValue eq 'CORP\\user3'", [3]),
        ("contains(impactScopeEntityValue, 'user')", [5, 2, 3, 0, 4, 1]),
        ("indicatorValue eq 'CMD /c run 2'", [2]),
        ("contains(indicatorValue, 'run 5')", [5]),
        ("startswith(indicatorValue, 'cmd /c')", [5, 2, 3, 0, 4, 1]),
        ("incidentId eq 'IC-1-20260101-00000'", []),
        ("not incidentId eq 'IC-9-20260101-00000'", [5, 2, 3, 0, 4, 1]),
        ("caseId eq 'x'", []),
        ("score gt 65", [5, 2, 3, 0]),
        ("createdDateTime gt 2026-05-28T12:26:40Z", [5, 4]),
        ("firstInvestigatedDateTime le 2099-01-01T00:00:00Z", [2, 1]),
        ("not firstInvestigatedDateTime le 2099-01-01T00:00:00Z", [5, 3, 0, 4]),
        ("model eq ''", []),
        ("", [5, 2, 3, 0, 4, 1]),
        ("   ", [5, 2, 3, 0, 4, 1]),
    ],
)  # fmt: skip
def test_the_public_filter_language(house: House, text: str, expected: list[int]) -> None:
    assert _numbers(house, filter=text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "status", "status eq", "nope eq 'x'", "statis eq 'Open'", "status gt 'Open'", "score eq 'many'", "score gt 'x'",
        "contains(score, '1')", "createdDateTime eq 'yesterday'", "contains(createdDateTime, '2026')",
        "status eq 'Open' and", "(" * 100, "'", "status eq 'x", "severity gt 'purple'", "status eq '\0'",
    ],
)  # fmt: skip
def test_a_filter_that_cannot_be_meant_is_an_input_error(house: House, text: str) -> None:
    with pytest.raises(InputError):
        house.workbench.page(AlertQuery(filter=text))


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.text(max_size=60), st.text(max_size=40))
def test_no_text_is_too_strange(house: House, search: str, value: str) -> None:
    house.workbench.page(AlertQuery(search=search, entity=value))
    quoted = value.replace("'", "''")
    try:
        house.workbench.page(AlertQuery(filter=f"contains(indicatorValue, '{quoted}')"))
    except InputError:
        assert "\0" in value or "\r" in value or "\n" in value or not value.isprintable()


def test_a_page_of_the_list_is_two_questions_to_the_database(tmp_path: Path) -> None:
    """However many rows: the count and the rows. Nothing is asked per alert."""
    from sqlalchemy import event

    house = House(tmp_path)
    house.keep(*(make.match(make.detection(number), story=str(number)) for number in range(60)))
    asked: list[str] = []
    event.listen(house.database._read, "before_cursor_execute", lambda *told: asked.append(told[2]))
    house.workbench.page(AlertQuery(search="pc-1"))
    assert len([statement for statement in asked if statement.startswith("SELECT")]) == 2
