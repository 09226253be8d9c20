"""Every modifier and construct of Sigma 2.1 on a record as its source writes it: one that fires, one that stays silent.

The record makes the whole way through the normaliser, and the engine's verdict is compared with the slow reference's.
"""

import base64
from typing import Any

import pytest
from sigma.modifiers import modifier_mapping

from hinomi.detect.engine import Engine
from hinomi.normalise.normaliser import Normaliser
from hinomi.operations.canonical import record
from hinomi.schema.activity import ActivityBatch
from hinomi.schema.content import Filter, LogSource
from hinomi.schema.record import RecordBatch
from tests.detect import making, reference

SOURCE = {"product": "windows", "category": "process_creation"}
PLACEHOLDERS = {"admins": ("ADMIN-*", "taro"), "tools": ("rar", "7z"), "networks": ("10\\.\\d+",)}
IMAGE, CMD = "C:\\Windows\\System32\\cmd.exe", "cmd.exe /c whoami"
WIDE = base64.b64encode("whoami".encode("utf-16-le")).decode()


def line(command: str) -> dict[str, Any]:
    return {"Image": IMAGE, "CommandLine": command}


def parts(*selections: tuple[str, Any], condition: str) -> dict[str, Any]:
    return {**dict(selections), "condition": condition}


A, B = ("sel_a", {"CommandLine|contains": "alpha"}), ("sel_b", {"CommandLine|contains": "beta"})
F = ("filter_c", {"CommandLine|contains": "gamma"})

# (what is shown, detection part, a record that fires, a record that does not)
CASES: list[tuple[str, dict[str, Any], dict[str, Any], dict[str, Any]]] = [
    ("plain", {"CommandLine": CMD.upper()}, line(CMD), line(CMD + " ")),
    ("wildcards", {"CommandLine": "c?d* who*"}, line(CMD), line("cd who")),
    ("escapes", {"CommandLine|contains": "a\\*b\\?"}, line("xa*b?x"), line("xaZbZx")),
    ("backslash", {"Image|endswith": "\\cmd.exe"}, line(""), {"Image": "C:\\xcmd.exe"}),
    ("contains", {"CommandLine|contains": "/C W"}, line(CMD), line("cmd.exe /k")),
    ("startswith", {"CommandLine|startswith": "CMD"}, line(CMD), line(" cmd")),
    ("endswith", {"CommandLine|endswith": "WHOAMI"}, line(CMD), line(CMD + " /all")),
    ("all", {"CommandLine|contains|all": ["cmd", "whoami"]}, line(CMD), line("cmd")),
    ("value list", {"CommandLine|contains": ["ipconfig", "whoami"]}, line(CMD), line("hostname")),
    ("cased", {"CommandLine|contains|cased": "Whoami"}, line("Whoami"), line("whoami")),
    ("re", {"CommandLine|re": "who[a-m]{2}i$"}, line(CMD), line("WHOAMI")),
    ("re i", {"CommandLine|re|i": "WHOAMI"}, line(CMD), line("who ami")),
    ("re m", {"CommandLine|re|m": "^second$"}, line("first\nsecond"), line("first second")),
    ("re s", {"CommandLine|re|s": "first.second"}, line("first\nsecond"), line("firstsecond")),
    ("re without s", {"CommandLine|re": "first.second"}, line("first second"), line("first\nsecond")),
    ("cidr", {"SourceIp|cidr": "10.0.0.0/8"}, {"SourceIp": "10.1.2.3"}, {"SourceIp": "11.1.2.3"}),
    ("cidr v6", {"SourceIp|cidr": "fe80::/10"}, {"SourceIp": "fe80::1"}, {"SourceIp": "fd00::1"}),
    ("base64", {"CommandLine|base64|contains": "whoami"}, line("x d2hvYW1p"), line("x whoami")),
    ("base64offset", {"CommandLine|base64offset|contains": "whoami"}, line("IHdob2FtaSA="), line("d2hvLWFtaQ==")),
    ("wide", {"CommandLine|wide|base64offset|contains": "whoami"}, line(WIDE), line("d2hvYW1p")),
    ("utf16le", {"CommandLine|utf16le|base64offset|contains": "whoami"}, line(WIDE), line("d2hvYW1p")),
    (
        "utf16be",
        {"CommandLine|utf16be|base64offset|contains": "whoami"},
        line(base64.b64encode("whoami".encode("utf-16-be")).decode()),
        line(base64.b64encode("whoam".encode("utf-16-be")).decode()),
    ),
    (
        "utf16",
        {"CommandLine|utf16|base64|contains": "whoami"},
        line(base64.b64encode(b"\xff\xfe" + "whoami".encode("utf-16-le")).decode()),
        line(WIDE),
    ),
    ("windash", {"CommandLine|windash|contains": " -enc"}, line("p \u2015enc"), line("p +enc")),
    ("windash slash", {"CommandLine|windash|contains|all": [" -a", " -b"]}, line("p /a \u2014b"), line("p /a b")),
    ("fieldref", {"Image|fieldref": "ParentImage"}, {"Image": "a", "ParentImage": "A"}, {"Image": "a"}),
    (
        "fieldref contains",
        {"CommandLine|fieldref|contains": "ParentImage"},
        {"CommandLine": "run C:\\A.exe now", "ParentImage": "c:\\a.exe"},
        {"CommandLine": "run C:\\B.exe now", "ParentImage": "c:\\a.exe"},
    ),
    (
        "fieldref startswith",
        {"CommandLine|fieldref|startswith": "Image"},
        {"CommandLine": "c:\\a.exe -x", "Image": "C:\\A.exe"},
        {"CommandLine": "x c:\\a.exe", "Image": "C:\\A.exe"},
    ),
    (
        "fieldref endswith",
        {"CommandLine|fieldref|endswith": "User"},
        {"CommandLine": "runas corp\\taro", "User": "CORP\\taro"},
        {"CommandLine": "runas corp\\taro x", "User": "CORP\\taro"},
    ),
    ("fieldref neq", {"Image|fieldref|neq": "ParentImage"}, {"Image": "a", "ParentImage": "b"}, {"Image": "a", "ParentImage": "A"}),
    ("exists", {"ParentImage|exists": True}, {"Image": "x", "ParentImage": "y"}, {"Image": "x"}),
    ("exists not", {"ParentImage|exists": False}, {"Image": "x"}, {"Image": "x", "ParentImage": "y"}),
    ("null", {"ParentImage": None, "Image": "x"}, {"Image": "x"}, {"Image": "x", "ParentImage": "y"}),
    ("empty", {"CommandLine": ""}, line(""), {"Image": IMAGE}),
    ("empty or null", {"Description": ["", None]}, {"Image": "x"}, {"Image": "x", "Description": "y"}),
    ("expand", {"User|expand": "%admins%"}, {"User": "admin-7"}, {"User": "%admins%"}),
    ("expand contains", {"CommandLine|contains|expand": " %tools% a"}, line("x RAR a"), line("x zip a")),
    ("expand cased", {"User|cased|expand": "%admins%"}, {"User": "taro"}, {"User": "Taro"}),
    ("expand all", {"CommandLine|contains|all|expand": ["%tools%", "x"]}, line("x 7z"), line("7z")),
    ("expand re", {"SourceIp|re|expand": "^%networks%"}, {"SourceIp": "10.1.1.1"}, {"SourceIp": "1.10.1.1"}),
    ("expand unknown", parts(("a", {"User|expand": "%nobody%"}), A, condition="a or sel_a"), line("alpha"), {"User": "%nobody%"}),
    ("lt", {"ProcessId|lt": 10}, {"ProcessId": 9}, {"ProcessId": 10}),
    ("lte", {"ProcessId|lte": 10}, {"ProcessId": "0xa"}, {"ProcessId": 11}),
    ("gt", {"ProcessId|gt": 10}, {"ProcessId": "11"}, {"ProcessId": 10}),
    ("gte", {"ProcessId|gte": 10}, {"ProcessId": 10}, {"ProcessId": "none"}),
    ("neq text", {"Image": "x", "CommandLine|neq": "good"}, {"Image": "x", "CommandLine": "bad"}, {"Image": "x", "CommandLine": "GOOD"}),
    ("neq number", {"ProcessId|neq": 4}, {"ProcessId": 5}, {"ProcessId": 4}),
    ("neq list", {"CommandLine|contains|neq": ["one", "two"]}, line("three"), line("has two")),
    ("minute", {"UtcTime|minute": 7}, {"UtcTime": "2026-01-15 03:07:00.123"}, {"UtcTime": "2026-01-15 03:08:00.123"}),
    ("hour", {"UtcTime|hour": 3}, {"UtcTime": "2026-01-15 03:07:00.123"}, {"UtcTime": "2026-01-15 13:07:00.123"}),
    ("hour list", {"UtcTime|hour": [1, 3]}, {"UtcTime": "2026-01-15 03:07:00.123"}, {"UtcTime": "2026-01-15 02:07:00.123"}),
    ("hour gte", {"UtcTime|hour|gte": 20}, {"UtcTime": "2026-01-15 23:07:00.123"}, {"UtcTime": "2026-01-15 19:59:00.123"}),
    ("hour lt", {"UtcTime|hour|lt": 6}, {"UtcTime": "2026-01-15 05:07:00.123"}, {"UtcTime": "soon"}),
    ("day", {"UtcTime|day": 15}, {"UtcTime": "2026-01-15 03:07:00.123"}, {"UtcTime": "2026-01-16 03:07:00.123"}),
    ("week", {"UtcTime|week": 3}, {"UtcTime": "2026-01-15 03:07:00.123"}, {"UtcTime": "2026-01-25 03:07:00.123"}),
    ("month", {"UtcTime|month": 1}, {"UtcTime": "2026-01-15 03:07:00.123"}, {"UtcTime": "2026-02-15 03:07:00.123"}),
    ("year", {"UtcTime|year": 2026}, {"UtcTime": "2026-01-15 03:07:00.123"}, {"UtcTime": "2025-01-15 03:07:00.123"}),
    ("keywords", parts(("words", ["mimi", "k?tz"]), condition="words"), line("a KATZ"), line("a ktz")),
    ("keywords all", parts(("words", {"|all": ["alpha", "beta"]}), condition="words"), line("beta alpha"), line("alpha")),
    ("keywords re", parts(("words", {"|re": "k[ai]tz"}), condition="words"), line("kitz"), line("kutz")),
    ("list of maps", parts(("a", [{"Image": "x"}, {"User": "y", "CommandLine": "z"}]), condition="a"), {"User": "y", "CommandLine": "z"}, {"User": "y"}),
    ("and or not", parts(A, B, F, condition="(sel_a or sel_b) and not filter_c"), line("beta"), line("beta gamma")),
    ("1 of them", parts(A, B, condition="1 of them"), line("beta"), line("gamma")),
    ("1 of pattern", parts(A, B, F, condition="1 of sel_*"), line("beta"), line("gamma")),
    ("all of them", parts(A, B, condition="all of them"), line("alpha beta"), line("alpha")),
    ("all of pattern", parts(A, B, F, condition="all of sel_*"), line("alpha beta"), line("alpha gamma")),
    ("not 1 of", parts(A, F, condition="sel_a and not 1 of filter_*"), line("alpha"), line("alpha gamma")),
    ("not all of", parts(A, B, F, condition="filter_c and not all of sel_*"), line("gamma alpha"), line("gamma alpha beta")),
    ("several conditions", {**dict([A, B]), "condition": ["sel_a", "sel_b"]}, line("beta"), line("gamma")),
    ("hidden selection", parts(A, ("_b", {"CommandLine": "y"}), condition="1 of them"), line("alpha"), line("y")),
]  # fmt: skip


@pytest.fixture(scope="module")
def normaliser() -> Normaliser:
    return Normaliser()


def activities(normaliser: Normaliser, *values: dict[str, Any]) -> ActivityBatch:
    raws = [record(one, LogSource("windows", "process_creation"), number=place) for place, one in enumerate(values)]
    count = len(raws)
    records = RecordBatch("file", ["f"], raws, [0] * count, list(range(count)), [0] * count)
    normalised = normaliser.normalise(records, 0)
    assert not normalised.dead
    return next(batch for batch in normalised.activities if not batch.projected)


def made(detection: dict[str, Any]) -> Filter:
    return making.sigma_filter(detection, logsource=SOURCE, placeholders=PLACEHOLDERS)


@pytest.mark.parametrize(("shown", "detection", "fires", "silent"), CASES, ids=[case[0] for case in CASES])
def test_a_construct_fires_and_stays_silent(
    shown: str, detection: dict[str, Any], fires: dict[str, Any], silent: dict[str, Any], normaliser: Normaliser
) -> None:
    found, batch = made(detection), activities(normaliser, fires, silent)
    assert batch.length == 2, shown
    rows = [reference.row_of(batch, index) for index in range(2)]
    assert [reference.meets(reference.trees(found.sigma.rule), row) for row in rows] == [True, False]
    assert [one.position for one in Engine([found]).observe(batch)] == [batch.positions[0]]


def test_no_modifier_is_left_out() -> None:
    used = {
        word for _, detection, _, _ in CASES for word in str(detection).replace("'", "|").replace(":", "|").split("|")
    }
    long_names = {"ignorecase", "multiline", "dotall"}  # of i, m and s
    assert set(modifier_mapping) - long_names - used == set()
