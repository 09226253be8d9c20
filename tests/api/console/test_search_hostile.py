"""Whatever stands in whatever parameter of Search, it is an answer or a refusal, and the lake is as it was."""

import pytest

from tests.api.house import ATTACKED, Running

SEARCH = "/console/api/search"
ALL = ATTACKED + 5

HOSTILE = [
    "'; DROP TABLE activities; --",
    '"; DROP TABLE activities; --',
    "`; DROP TABLE activities; --",
    "endpointHostName) UNION ALL SELECT name FROM system.tables --",
    "endpointHostName` FROM system.tables --",
    "{p0:String}",
    "/* x */ 1",
    "file('/etc/passwd')",
    "url('http://127.0.0.1:1/')",
    "a\\",
    "a'",
    "%' OR 1=1",
    "\x00",
    "\u202eexe",
    "x" * 5000,
    "(" * 500,
    "/(a+)+$/",
    "/" + "a{1000}{1000}" + "/",
    "objectCmd: /(?:" + "a" * 3000 + ")*/",
    "dst: 10.0.0.0/99",
    "eventTime > '1'; SELECT 1",
]
# route -> the parameters that its answer depends on
ROUTES = {
    "": ["query", "columns", "dataset", "from", "to", "top", "skipToken"],
    "/count": ["query", "dataset", "from", "to"],
    "/histogram": ["query", "dataset", "buckets"],
    "/facets": ["query", "fields", "top", "dataset"],
    "/stack": ["query", "by", "order", "top", "skipToken"],
    "/completion": ["text", "position", "query"],
    "/check": ["query", "dataset"],
    "/export": ["query", "format", "columns", "limit"],
}
NEEDED = {"/facets": {"fields": "objectCmd"}, "/stack": {"by": "objectCmd"}, "/export": {"format": "csv"}}


@pytest.mark.slow  # some hundred requests
@pytest.mark.parametrize("route", ROUTES)
def test_no_parameter_reaches_the_lake_as_sql(shared: Running, route: str) -> None:
    person = shared.person()
    for name in ROUTES[route]:
        for text in HOSTILE:
            answer = person.get(f"{SEARCH}{route}", params={**NEEDED.get(route, {}), name: text})
            assert answer.status_code in {200, 400}, (name, text[:40], answer.text[:300])
            assert "passwd" not in answer.text.replace(text, "") or name in {"query", "text"}, (name, text)
    assert person.get(f"{SEARCH}/count").json() == {"count": ALL}


@pytest.mark.parametrize("text", [text for text in HOSTILE if text != "\x00"])  # which no text of the lake holds: 400
def test_the_same_as_a_value_finds_only_what_holds_it(shared: Running, text: str) -> None:
    quoted = text.replace("\\", "\\\\").replace('"', '\\"')
    answer = shared.person().get(f"{SEARCH}/count", params={"query": f'objectCmd: "{quoted}"'})
    assert answer.status_code == 200, answer.text[:300]
    assert answer.json() == {"count": 0}
