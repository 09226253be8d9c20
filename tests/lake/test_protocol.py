"""The protocol as other clients speak it: plain HTTP over the socket, and clickhouse-connect as it comes."""

import http.client
import json
import socket
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlencode

import pytest

from hinomi.lake.lake import Lake
from hinomi.lake.owner import SOCKET
from hinomi.lake.socket_pool import dial


class _Plain(http.client.HTTPConnection):
    def __init__(self, path: Path) -> None:
        super().__init__("lake")
        self._path = path

    def connect(self) -> None:
        self.sock = socket.socket(socket.AF_UNIX)
        dial(self.sock, self._path)


@pytest.fixture
def plain(lake: Lake) -> Iterator[_Plain]:
    client = _Plain(lake._connection.folder / SOCKET)
    yield client
    client.close()


@pytest.fixture
def table(lake: Lake) -> Iterator[str]:
    lake._connection.command("CREATE TABLE letters (a Int64, s String) ENGINE = MergeTree ORDER BY a")
    yield "letters"
    lake._connection.command("DROP TABLE letters SYNC")


def ask(client: _Plain, sql: str, **options: str) -> tuple[int, bytes]:
    client.request("POST", "/?" + urlencode(options), sql.encode())
    answer = client.getresponse()
    return answer.status, answer.read()


def test_ping(plain: _Plain) -> None:
    plain.request("GET", "/ping")
    assert plain.getresponse().read() == b"Ok.\n"


def test_parameters_and_format_stand_in_the_address(plain: _Plain) -> None:
    status, body = ask(
        plain, "SELECT {a:String} AS a, {n:Int64} AS n", param_a="x'\\n", param_n="5", default_format="JSONEachRow"
    )
    assert status == 200
    assert json.loads(body) == {"a": "x'\n", "n": 5}


def test_a_get_carries_its_question_in_the_address(plain: _Plain) -> None:
    plain.request("GET", "/?" + urlencode({"query": "SELECT 7"}))
    assert plain.getresponse().read() == b"7\n"


def test_rows_follow_the_statement_or_fill_the_body(plain: _Plain, table: str) -> None:
    assert ask(plain, f"INSERT INTO {table} FORMAT CSV\n1,a\n2,b\n")[0] == 200
    assert ask(plain, "3,c\n", query=f"INSERT INTO {table} FORMAT CSV")[0] == 200
    assert ask(plain, f"INSERT INTO {table} VALUES (4, 'd')")[0] == 200
    plain.request("POST", "/?" + urlencode({"query": f"INSERT INTO {table} FORMAT CSV"}), iter([b"5,", b"e\n"]), encode_chunked=True,
                  headers={"Transfer-Encoding": "chunked"})  # fmt: skip
    assert plain.getresponse().read() == b""
    assert ask(plain, f"SELECT * FROM {table} ORDER BY a FORMAT CSV")[1] == b'1,"a"\n2,"b"\n3,"c"\n4,"d"\n5,"e"\n'


def test_a_table_can_be_sent_along(plain: _Plain) -> None:
    rows = bytes(range(256)) * 50  # every byte there is, line ends too
    body = b'--MARK\r\nContent-Disposition: form-data; name="t"; filename="t"\r\n\r\n' + rows + b"\r\n--MARK--\r\n"
    address = "/?" + urlencode(
        {"query": "SELECT count(), sum(b) FROM t", "t_structure": "b UInt8", "t_format": "RowBinary"}
    )
    plain.request("POST", address, body, headers={"Content-Type": "multipart/form-data; boundary=MARK"})
    assert plain.getresponse().read() == f"{len(rows)}\t{sum(rows)}\n".encode()


def test_an_error_is_told_as_clickhouse_tells_it(plain: _Plain) -> None:
    plain.request("POST", "/", b"SELECT nonsense")
    answer = plain.getresponse()
    assert answer.status == 500
    assert answer.headers["X-ClickHouse-Exception-Code"] == "47"
    assert b"nonsense" in answer.read()
    assert ask(plain, "SELECT 1") == (200, b"1\n")


def test_an_insert_that_fails_says_so(plain: _Plain, table: str) -> None:
    status, body = ask(plain, "no number,a\n", query=f"INSERT INTO {table} FORMAT CSV")
    assert status == 500
    assert b"Code: " in body
    assert ask(plain, f"SELECT count() FROM {table}")[1] == b"0\n"


def test_a_request_cut_short_harms_nobody(lake: Lake, plain: _Plain, table: str) -> None:
    cut = socket.socket(socket.AF_UNIX)
    dial(cut, lake._connection.folder / SOCKET)
    head = f"POST /?query=INSERT+INTO+{table}+FORMAT+CSV HTTP/1.1\r\nHost: lake\r\nContent-Length: 100\r\n\r\n1,a\n"
    cut.sendall(head.encode())
    cut.shutdown(socket.SHUT_WR)
    assert b"Code: 210" in cut.recv(4096)
    cut.close()
    assert ask(plain, f"SELECT count() FROM {table}")[1] == b"0\n"


def test_a_request_that_makes_no_sense_is_answered(plain: _Plain) -> None:
    plain.putrequest("POST", "/?query=SELECT+1")
    plain.putheader("Transfer-Encoding", "chunked")
    plain.endheaders(b"not a size\r\n")
    answer = plain.getresponse()
    assert answer.status == 500
    assert b"could not read" in answer.read()
    assert ask(plain, "SELECT 1") == (200, b"1\n")


def test_a_client_that_closes_after_each_request_can_write(plain: _Plain, table: str) -> None:
    plain.request("POST", f"/?query=INSERT+INTO+{table}+FORMAT+CSV", b"1,a\n", headers={"Connection": "close"})
    assert plain.getresponse().read() == b""
    assert ask(plain, f"SELECT count() FROM {table}")[1] == b"1\n"


def test_a_client_of_another_owner_is_turned_away(plain: _Plain) -> None:
    plain.request("POST", "/", b"SELECT 1", headers={"X-Hinomi-Owner": "another"})
    assert plain.getresponse().status == 409


def test_compressed_bodies_are_refused(plain: _Plain) -> None:
    plain.request("POST", "/", b"x", headers={"Content-Encoding": "gzip"})
    answer = plain.getresponse()
    assert answer.status == 400
    assert b"without compression" in answer.read()


@pytest.mark.parametrize("name", ["x; DROP TABLE activities", "a b", "1", "max_threads=1, b"])
def test_a_setting_must_be_a_name(plain: _Plain, name: str) -> None:
    status, _ = ask(plain, "SELECT 1", **{name: "1"})
    assert status == 400
    assert ask(plain, "SELECT 1") == (200, b"1\n")


def test_clickhouse_connect_works_as_it_comes(lake: Lake, table: str) -> None:
    client = lake._connection._live()
    client.insert(table, [[1, "a"], [2, "火"]], column_names=["a", "s"])
    assert client.query(f"SELECT * FROM {table} ORDER BY a").result_rows == [(1, "a"), (2, "火")]
    assert client.query("SELECT {x:Array(String)} AS x", parameters={"x": ["a'", "\\"]}).first_row == (["a'", "\\"],)
    assert client.command("SELECT count() FROM letters") == 2
