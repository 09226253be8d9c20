"""Sigma over SQL, as others do it. Runs in an environment of its own (requirements-bench.lock), started by bench_peers.py.

    python sql_peers.py convert RULES.json FOLDER...        each rule as SQL; RULES.json then holds them
    python sql_peers.py run PEER RULES.json LINES.jsonl     prints {"cpu_s", "found": [[rule id, line], ...]}
    python sql_peers.py explain RULES.json LINES.jsonl PAIRS.json    prints {class: [[rule id, line], ...]}

PEER is `zargunlite` or `sqlite`. Decoding the lines counts, converting the rules does not.
"""

import json
import re
import sqlite3
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import orjson
from sigma.backends.sqlite import sqliteBackend
from sigma.collection import SigmaCollection
from sigma.exceptions import SigmaError
from sigma.pipelines.sysmon import sysmon_pipeline
from sigma.pipelines.windows import windows_logsource_pipeline
from sigma.rule import SigmaRule
from zargunlite.core import ZargunCore, sqlite_udf_regexp
from zargunlite.model import ZircoliteRule
from zargunlite.preprocess import flatten_json, mapping_field

# A condition that every record meets: what is left of the SQL then is the log source.
_ANY = {"any": {"Computer|contains": ""}, "condition": "any"}


def convert(target: Path, folders: list[str]) -> None:
    backend = sqliteBackend(sysmon_pipeline() + windows_logsource_pipeline())
    rules: dict[str, Any] = {}
    for rule in _rules(folders):
        logsource = {key: value for key, value in vars(rule.logsource).items() if isinstance(value, str)}
        given = {key: logsource[key] for key in ("product", "category", "service") if key in logsource}
        everything = SigmaRule.from_dict({"title": rule.title, "logsource": given, "detection": _ANY})
        rules[str(rule.id)] = {
            "title": rule.title,
            "sql": _converted(backend, rule),
            "source": _converted(backend, everything),
            "text": json.dumps(rule.to_dict()["detection"], default=str),
        }
    target.write_text(json.dumps(rules))


def _rules(folders: list[str]) -> Iterator[SigmaRule]:
    for folder in folders:
        for file in sorted(Path(folder).rglob("*.yml")):
            for rule in SigmaCollection.from_yaml(file.read_text(), collect_errors=True):
                if isinstance(rule, SigmaRule) and not rule.errors:
                    yield rule


def _converted(backend: sqliteBackend, rule: SigmaRule) -> list[str]:
    try:
        return list(backend.convert_rule(rule))
    except (SigmaError, NotImplementedError, TypeError, AttributeError):
        return []


def _row(line: bytes) -> dict[str, Any]:
    flat = flatten_json(orjson.loads(line))
    row = mapping_field(flat if isinstance(flat, dict) else {})
    kept = {re.sub(r"\W", "", key): value for key, value in row.items()}
    return {name: str(value) if _is_large(value) else value for name, value in kept.items() if name}


def _is_large(value: Any) -> bool:
    """An integer that SQLite has no room for."""
    return isinstance(value, int) and abs(value) >= 1 << 63


def zargunlite(rules: dict[str, Any], lines: list[bytes]) -> list[list[Any]]:
    found = []
    with ZargunCore() as core:
        core.load_data([_row(line) for line in lines])
        for rule_id, rule in rules.items():
            result = core.execute_zircolite_rule(ZircoliteRule(title=rule["title"], id=rule_id, rule=rule["sql"]))
            found += [[rule_id, match["row_id"] - 1] for match in result.matches]
    return found


def sqlite(rules: dict[str, Any], lines: list[bytes]) -> list[list[Any]]:
    """The same queries on a table that is filled in one statement."""
    connection = _filled([_row(line) for line in lines])
    found = []
    for rule_id, rule in rules.items():
        for query in rule["sql"]:
            try:
                matches = connection.execute(query.replace("SELECT *", "SELECT row_id", 1)).fetchall()
            except sqlite3.OperationalError:  # a column that no record has
                continue
            found += [[rule_id, match[0]] for match in matches]
    return found


def _filled(rows: list[dict[str, Any]]) -> sqlite3.Connection:
    columns: dict[str, tuple[str, str]] = {}
    for row in rows:
        for name, value in row.items():
            columns.setdefault(name.lower(), (name, "INTEGER" if isinstance(value, int) else "TEXT COLLATE NOCASE"))
    connection = sqlite3.connect(":memory:")
    connection.create_function("regexp", 2, sqlite_udf_regexp)
    declared = ", ".join(f"`{name}` {kind}" for name, kind in columns.values())
    connection.execute(f"CREATE TABLE logs (row_id INTEGER PRIMARY KEY, {declared})")
    lower = [{name.lower(): value for name, value in row.items()} for row in rows]
    values = [(number, *(row.get(name) for name in columns)) for number, row in enumerate(lower)]
    connection.executemany(f"INSERT INTO logs VALUES ({', '.join('?' * (len(columns) + 1))})", values)
    return connection


def explain(rules: dict[str, Any], lines: list[bytes], pairs: list[list[Any]]) -> dict[str, list[list[Any]]]:
    """Why SQL does not find what we find: the first class that applies."""
    rows = [_row(line) for line in lines]
    classes: dict[str, list[list[Any]]] = {}
    for rule_id, line in pairs:
        classes.setdefault(_class(rules.get(rule_id), rows[line]), []).append([rule_id, line])
    return classes


def _class(rule: dict[str, Any] | None, row: dict[str, Any]) -> str:
    if rule is None or not rule["sql"]:
        return "the rule cannot be said in this SQL"
    if not _meets(rule["source"], row):
        return "the same meaning in another event"
    if _meets(rule["sql"], row):
        return "the SQL names a column that no record here has"
    if _meets(rule["sql"], row, missing=""):
        return "NOT over a field that is missing"
    if _meets(
        rule["sql"], {name: value.lower() if isinstance(value, str) else value for name, value in row.items()}, ""
    ):
        return "letters beyond ASCII, or a pattern that minds case"
    return "names, lists and types of values"


def _meets(queries: list[str], row: dict[str, Any], missing: str | None = None) -> bool:
    connection = _filled([row])
    for _ in range(64):  # each turn adds one column that the query wants and no record has
        try:
            if missing is not None:
                _fill(connection, missing)
            return any(connection.execute(query).fetchone() for query in queries)
        except sqlite3.OperationalError as error:
            name = re.search(r"no such column: (\S+)", str(error))
            if name is None:
                return False
            connection.execute(f"ALTER TABLE logs ADD COLUMN `{name[1]}` TEXT COLLATE NOCASE")
    return False


def _fill(connection: sqlite3.Connection, value: str) -> None:
    names = [row[1] for row in connection.execute("PRAGMA table_info(logs)") if row[1] != "row_id"]
    for name in names:
        connection.execute(f"UPDATE logs SET `{name}` = ? WHERE `{name}` IS NULL", (value,))


def main() -> None:
    what, *given = sys.argv[1:]
    if what == "convert":
        convert(Path(given[0]), given[1:])
        return
    if what == "run":
        peer, rules_file, lines_file = given
        rules, lines = json.loads(Path(rules_file).read_text()), Path(lines_file).read_bytes().splitlines()
        start = time.process_time()
        found = {"zargunlite": zargunlite, "sqlite": sqlite}[peer](rules, lines)
        print(json.dumps({"cpu_s": time.process_time() - start, "found": found}))
        return
    rules, lines = json.loads(Path(given[0]).read_text()), Path(given[1]).read_bytes().splitlines()
    print(json.dumps(explain(rules, lines, json.loads(Path(given[2]).read_text()))))


if __name__ == "__main__":
    main()
