"""The ClickHouse HTTP protocol over the embedded engine, as far as clients use it.

A request is a statement: SQL in `?query=` or in the body, `param_x` values, settings, tables sent along as multipart
parts. Source: ClickHouse documentation, HTTP interface. Not here: users, sessions, compression.
"""

import logging
import os
import re
import socket
import socketserver
from collections.abc import Iterator
from email.message import Message
from http.server import BaseHTTPRequestHandler
from urllib.parse import parse_qsl, urlsplit

from hinomi.lake.engine import DATABASE, Engine, EngineError, External, Outcome, Statement, open_memory

LOG = logging.getLogger("hinomi.lake.owner")
EXIT_HOLLOW = 4  # a part is not on the disk: at the next start the engine does without it (part_files.py)
MAX_TEXT = 64 << 20  # bytes of SQL, parameters and sent tables; rows of an INSERT are not bounded by this
TOKEN_HEADER = "X-Hinomi-Owner"  # noqa: S105 - a client that names another owner than this one is turned away

_NOT_SETTINGS = frozenset(
    {
        "query", "database", "default_format", "query_id", "session_id", "session_timeout", "session_check", "user",
        "password", "quota_key", "role", "compress", "decompress", "enable_http_compression", "wait_end_of_query",
        "buffer_size", "send_progress_in_http_headers", "http_headers_progress_interval_ms", "client_protocol_version",
        "cancel_http_readonly_queries_on_client_close",
    }
)  # fmt: skip
_INSERT = re.compile(rb"\s*insert\b.*?\bformat\s+\w+[ \t]*\r?\n", re.IGNORECASE | re.DOTALL)
_PART = re.compile(rb'; *name="(?P<name>[^"]*)"(?P<file>; *filename)?', re.IGNORECASE)
_STATUS = {60: 404, 81: 404, 202: 503, 241: 507, 62: 400, 36: 400}


class OwnerServer(socketserver.ThreadingMixIn, socketserver.UnixStreamServer):
    """One thread per connection; the engine's turns decide who runs."""

    daemon_threads = True
    request_queue_size = 512

    def __init__(self, path: str, engine: Engine, token: str) -> None:
        self.engine, self.token = engine, token
        super().__init__(path, Handler)


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: OwnerServer
    disable_nagle_algorithm = False  # there is no such thing on a Unix socket

    def address_string(self) -> str:
        return "local"

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base class names it so
        LOG.debug(format, *args)

    def do_GET(self) -> None:
        if urlsplit(self.path).path == "/ping":
            self._answer(200, b"Ok.\n")
        else:
            self._serve()

    def do_POST(self) -> None:
        self._serve()

    def _serve(self) -> None:
        named = self.headers.get(TOKEN_HEADER)
        if named is not None and named != self.server.token:
            self._skip()
            self._answer(409, b"Code: 516. DB::Exception: this is another owner process than you were told of.\n")
            return
        statement: Statement | None = None
        try:
            statement = self._statement()
            outcome = self.server.engine.run(statement)
        except EngineError as error:
            LOG.warning("%s: %s", error.code, error)
            self._refuse(error)
            if self.server.engine.is_hollow:
                os._exit(EXIT_HOLLOW)
        except Exception:  # one bad request must not end the owner of everybody's
            LOG.exception("a request failed")
            self.close_connection = True
            self._refuse(EngineError(1000, "Code: 1000. DB::Exception: the owner could not read the request."))
        else:
            self._answer(200, outcome.body, outcome)
        finally:
            if statement is not None and statement.data is not None:
                os.close(statement.data)

    def _statement(self) -> Statement:
        """Reads the request to its end, so that the connection can be used again."""
        given = dict(parse_qsl(urlsplit(self.path).query, keep_blank_values=True))
        if self.headers.get("Content-Encoding") not in (None, "identity"):
            self._skip()
            raise EngineError(36, "Code: 36. DB::Exception: send the body without compression.")
        tables: list[External] = []
        data: int | None = None
        if self.headers.get_content_type() == "multipart/form-data":
            fields, tables = _parts(self.headers["Content-Type"], given, b"".join(_bounded(self._body())))
            given |= fields
        elif "query" in given:
            data = self._spill()
        else:
            given["query"], data = self._split(b"".join(_bounded(self._body())))
        return Statement(
            sql=given.get("query", ""),
            output_format=given.get("default_format", "TabSeparated"),
            parameters={name[6:]: value for name, value in given.items() if name.startswith("param_")},
            settings={
                name: value
                for name, value in given.items()
                if name not in _NOT_SETTINGS and not name.startswith("param_") and not _is_table_option(name, tables)
            },
            database=given.get("database") or DATABASE,
            external=tables,
            data=data,
            ticket=given.get("query_id", ""),
        )

    def _skip(self) -> None:
        """A body must be read to its end before anything is answered."""
        for _ in self._body():
            pass

    def _body(self) -> Iterator[bytes]:
        if self.headers.get("Transfer-Encoding", "").lower() == "chunked":
            while size := int(self.rfile.readline(64).split(b";")[0], 16):
                yield self.rfile.read(size)
                self.rfile.readline(8)
            self.rfile.readline(8)
            return
        left = int(self.headers.get("Content-Length") or 0)
        while left and (chunk := self.rfile.read1(min(left, 1 << 20))):
            left -= len(chunk)
            yield chunk
        if left:
            self.close_connection = True
            raise EngineError(210, "Code: 210. DB::Exception: the request ended too soon.")

    def _spill(self) -> int | None:
        """The body in a descriptor; None when there is none."""
        descriptor, size = open_memory(), 0
        try:
            with open(descriptor, "wb", closefd=False) as stream:
                for chunk in self._body():
                    size += stream.write(chunk)
        except BaseException:
            os.close(descriptor)
            raise
        if size:
            return descriptor
        os.close(descriptor)
        return None

    def _split(self, body: bytes) -> tuple[str, int | None]:
        """SQL in the body, and the rows that may follow it."""
        found = _INSERT.match(body, 0, 1 << 16)
        if not found or found.end() == len(body):
            return body.decode(errors="replace"), None
        descriptor = open_memory()
        with open(descriptor, "wb", closefd=False) as stream:
            stream.write(memoryview(body)[found.end() :])
        return found[0].decode(errors="replace").strip(), descriptor

    def _refuse(self, error: EngineError) -> None:
        self._answer(_STATUS.get(error.code, 500), f"{error}\n".encode(), code=error.code)

    def _answer(self, status: int, body: bytes, outcome: Outcome | None = None, code: int | None = None) -> None:
        try:
            self.send_response(status)
            self.send_header("Content-Length", str(len(body)))
            self.send_header("X-ClickHouse-Timezone", "UTC")
            if self.close_connection:
                self.send_header("Connection", "close")
            if code is not None:
                self.send_header("X-ClickHouse-Exception-Code", str(code))
            if outcome is not None:
                summary = f'{{"read_rows":"{outcome.rows_read}","read_bytes":"{outcome.bytes_read}"}}'
                self.send_header("X-ClickHouse-Summary", summary)
            self.end_headers()
            self.wfile.write(body)
        except (BrokenPipeError, ConnectionResetError):
            self.close_connection = True

    def setup(self) -> None:
        super().setup()
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 1 << 20)


def _bounded(chunks: Iterator[bytes]) -> Iterator[bytes]:
    size = 0
    for chunk in chunks:
        size += len(chunk)
        if size > MAX_TEXT:
            raise EngineError(62, "Code: 62. DB::Exception: the statement is too large.")
        yield chunk


def _is_table_option(name: str, tables: list[External]) -> bool:
    return any(name in (f"{table.name}_structure", f"{table.name}_format", f"{table.name}_types") for table in tables)


def _parts(content_type: str, given: dict[str, str], body: bytes) -> tuple[dict[str, str], list[External]]:
    """Fields and tables of a multipart body. A part with a file name is a table; its structure stands in the URL.

    By hand, for the library's parser is made for mail and may touch the line ends of binary rows.
    """
    boundary = Message()
    boundary["Content-Type"] = content_type
    mark = b"\r\n--" + str(boundary.get_param("boundary")).encode()
    fields: dict[str, str] = {}
    files: dict[str, bytes] = {}
    for part in (b"\r\n" + body).split(mark)[1:-1]:
        head, _, content = part.partition(b"\r\n\r\n")
        found = _PART.search(head)
        if found is None:
            raise EngineError(36, "Code: 36. DB::Exception: a part of the body has no name.")
        if found["file"] is None:
            fields[found["name"].decode()] = content.decode(errors="replace")
        else:
            files[found["name"].decode()] = content
    options = given | fields
    tables = [
        External(name, options.get(f"{name}_structure", ""), options.get(f"{name}_format", "TabSeparated"), content)
        for name, content in files.items()
    ]
    return fields, tables
