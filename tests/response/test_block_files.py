import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hinomi.errors import InputError, TooLarge
from hinomi.response.block_files import FORMATS, MAX_IMPORT_BYTES, export, read_csv
from hinomi.response.block_object import BlockObject

LIST = [
    BlockObject("domain", "bad.example", expires_ms=2_000_000_000_000, description='=HYPERLINK("x"), and more'),
    BlockObject("domain", "watched.example", action="log"),
    BlockObject("ip", "192.0.2.1"),
    BlockObject("url", "https://bad.example:8443/a?b=c"),
    BlockObject("fileSha1", "da39a3ee5e6b4b0d3255bfef95601890afd80709", risk="low"),
]


def test_the_files_for_dns_servers_and_proxies_hold_what_is_blocked() -> None:
    assert export(LIST, "rpz", 7)[0].splitlines()[1:] == [
        "@ SOA localhost. root.localhost. 7 60 60 86400 60",
        "@ NS localhost.",
        "bad.example CNAME .",
        "*.bad.example CNAME .",
    ]
    assert export(LIST, "hosts", 7)[0].splitlines()[1:] == ["0.0.0.0 bad.example", ":: bad.example"]
    assert export(LIST, "proxy", 7)[0].splitlines()[1:] == ["bad.example", "192.0.2.1", "bad.example:8443/a?b=c"]
    with pytest.raises(InputError, match="csv, rpz"):
        export(LIST, "pdf", 7)


def test_a_csv_file_comes_back_as_it_went_and_holds_no_formula() -> None:
    text = export(LIST, "csv", 7)[0]
    assert not [cell for row in csv.reader(io.StringIO(text)) for cell in row if cell.startswith("=")]
    objects, errors = read_csv(text.encode(), now_ms=5)
    assert errors == []
    assert [(one["type"], one["value"], one["action"], one["risk"], one["expires_ms"]) for one in objects] == [
        (one.type, one.value, one.action, one.risk, one.expires_ms) for one in LIST
    ]


def test_files_that_are_none_are_refused() -> None:
    with pytest.raises(TooLarge):
        read_csv(b"x" * (MAX_IMPORT_BYTES + 1), 5)
    for raw in (b"\xff\xfe\0", b"", b"name\nx\n"):
        with pytest.raises(InputError):
            read_csv(raw, 5)
    with pytest.raises(TooLarge):
        read_csv(b"type,value\n" + b"ip,192.0.2.1\n" * 10_001, 5)


@given(st.binary(max_size=400))
def test_no_file_breaks_the_reader(raw: bytes) -> None:
    try:
        objects, errors = read_csv(b"type,value,expires\n" + raw, 5)
    except InputError:
        return
    assert all(set(each) == {"line", "en", "ja"} for each in errors)
    assert len(objects) <= 400


def test_an_empty_list_is_a_file_of_each_kind() -> None:
    assert all(export([], name, 0)[0] for name in FORMATS)
