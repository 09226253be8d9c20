"""The client's half: starts the owner process, talks to it, and starts it again when it dies.

Everything goes through clickhouse-connect over the owner's Unix socket, so that a cluster is another address and not
another code path.
"""

import contextlib
import logging
import secrets
import shutil
import subprocess
import threading
import time
from abc import ABC, abstractmethod
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import urllib3
from clickhouse_connect.driver import create_client
from clickhouse_connect.driver.exceptions import ClickHouseError, DatabaseError
from clickhouse_connect.driver.external import ExternalData
from clickhouse_connect.driver.httpclient import HttpClient

from hinomi.errors import DiskFull, InputError, TooMany, Unavailable
from hinomi.lake.owner import EXIT_TAKEN, JOURNAL, SOCKET
from hinomi.lake.socket_pool import SocketManager
from hinomi.lake.ticket import ticket_setting
from hinomi.lake.upkeep import check_version, prepare
from hinomi.own_module import own_command, own_environment
from hinomi.query.refusal import QueryError
from hinomi.schema.content import Text

LOG = logging.getLogger("hinomi.lake")

# the engine counts its mapped library, about 200 MB, as its own: with 256 MiB nothing could be written
LEAST_MEMORY_MB = 512
START_S = 60.0
_DYING_S = 0.5
END_S = 30.0
RESTARTS = 3  # in RESTARTS_WITHIN_S with no answer between them; more means that starting does not help
RESTARTS_WITHIN_S = 60.0

FAILURES = (ClickHouseError, urllib3.exceptions.HTTPError, OSError)
# Codes of ClickHouse (src/Common/ErrorCodes.cpp) and of `protocol.py`
_TOO_MANY, _OTHER_OWNER, _NO_SPACE = 202, 516, 243
_CANCELLED = 394
# read, write, checksum, missing file, no space, corrupted
_DISK = frozenset({74, 75, 40, 107, 226, 243, 246})
_TOO_HEAVY = {
    159: Text("the search took too long; narrow it", "検索に時間がかかりすぎました。絞り込んでください"),
    241: Text("the search needs too much memory; narrow it", "検索に必要なメモリが多すぎます。絞り込んでください"),
    396: Text("the search returns too much; narrow it", "検索の結果が大きすぎます。絞り込んでください"),
}


class Connection(ABC):
    """To a lake, wherever it is. Thread-safe: many threads may ask at once."""

    def __init__(self, memory_mb: int) -> None:
        self._memory_mb = max(memory_mb, LEAST_MEMORY_MB)

    @property
    @abstractmethod
    def owner_pid(self) -> int | None:
        """The owner process, where it is one of this machine and lives."""

    @property
    @abstractmethod
    def free_bytes(self) -> int | None:
        """Room on the lake's disk; None where somebody else sees to that."""

    @abstractmethod
    def close(self) -> None:
        """Nothing more is asked."""

    @abstractmethod
    def _live(self) -> HttpClient:
        """A client of a lake that answers, as far as is known. Raises Unavailable."""

    @abstractmethod
    def _forget(self, client: HttpClient) -> None:
        """What this client talks to did not answer: no statement of it may come to life later."""

    @abstractmethod
    def _is_dying(self) -> bool:
        """Whether it is certain that the lake of this client is gone."""

    def _answered(self) -> None:  # noqa: B027 - only who brings owners back counts
        """The lake has answered."""

    @property
    def write_bytes(self) -> int:
        """Bytes of rows in one insert: the owner takes five times as much to sort and write them."""
        return (self._memory_mb << 20) // 16

    # ---- asking -----------------------------------------------------------------------------------------------------
    def ask(
        self,
        sql: str,
        parameters: Mapping[str, Any] | None = None,
        *,
        form: str = "ArrowStream",
        settings: Mapping[str, Any] | None = None,
        external: ExternalData | None = None,
    ) -> bytes:
        """The answer's bytes in the format `form`. A read: when the owner dies of it or before, it is asked once more.

        Raises InputError for a question the lake refuses, TooMany, Unavailable.
        """
        for attempt in (1, 2):
            client = self._live()
            try:
                answer: bytes = client.raw_query(
                    sql,
                    dict(parameters or {}),
                    {**ticket_setting(), **(settings or {})},
                    fmt=form,
                    external_data=external,
                )
            except FAILURES as error:
                _refuse_question(error)
                if attempt == 2 or self._is_dying():
                    self._forget(client)
                if attempt == 2:
                    raise Unavailable(f"the lake's owner process did not answer: {said(error)}") from error
            else:
                self._answered()
                return answer
        raise AssertionError  # the second attempt has raised

    def cancel(self, ticket: str) -> None:
        """End what runs under the ticket, or waits for its turn; nothing happens when there is nothing."""
        with contextlib.suppress(*FAILURES):
            self._live().raw_query("KILL QUERY WHERE query_id = {ticket:String} ASYNC", {"ticket": ticket})

    def insert(self, table: str, columns: list[str], rows: memoryview) -> None:
        """Rows as an Arrow stream; on return they are on disk. Raises Unavailable: some may be there, ask which.

        Never repeated, neither here nor by clickhouse-connect, which repeats bodies of bytes only.
        """
        client = self._live()
        try:
            client.raw_insert(table, columns, rows, fmt="ArrowStream")  # type: ignore[arg-type]
        except DatabaseError as error:
            if error.code == _NO_SPACE:
                raise DiskFull(f"the lake's disk is full: {said(error)}") from error
            # not a question to mend: the owner's memory, or a table that another program changed
            raise Unavailable(f"the lake could not write: {said(error)}") from error
        except FAILURES as error:
            # dead, or else made so: an insert that lives on would come in between the caller's next question and write
            self._forget(client)
            raise Unavailable(f"the lake's owner process did not answer: {said(error)}") from error

    def command(self, sql: str, parameters: Mapping[str, Any] | None = None) -> None:
        """A statement without rows, such as CREATE TABLE."""
        client = self._live()
        try:
            client.raw_query(sql, dict(parameters or {}))
        except FAILURES as error:
            _refuse_question(error)
            self._forget(client)
            raise Unavailable(f"the lake's owner process did not answer: {said(error)}") from error


class OwnedConnection(Connection):
    """To one folder, with the owner process that this spawns: one of the askers brings a dead owner back."""

    def __init__(self, folder: Path, memory_mb: int) -> None:
        super().__init__(memory_mb)
        self.folder = folder.resolve()
        self._lock = threading.Lock()
        self._owner: subprocess.Popen[bytes] | None = None
        self._client: HttpClient | None = None
        self._starts: list[float] = []
        self._closed = False
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        self.folder.chmod(0o700)
        check_version(self.folder)
        self._start()

    @property
    def owner_pid(self) -> int | None:
        owner = self._owner
        return owner.pid if owner is not None and owner.poll() is None else None

    @property
    def free_bytes(self) -> int:
        return shutil.disk_usage(self.folder).free

    def _answered(self) -> None:
        self._starts.clear()

    def _live(self) -> HttpClient:
        with self._lock:
            if self._closed:
                raise Unavailable("the lake is closed")
            if self._client is None or self.owner_pid is None:
                return self._start()
            return self._client

    def _is_dying(self) -> bool:
        """A killed process closes its sockets a moment before its parent can see it dead."""
        owner = self._owner
        try:
            return owner is None or owner.wait(_DYING_S) is not None
        except subprocess.TimeoutExpired:
            return False

    def _forget(self, client: HttpClient) -> None:
        """The owner of this client is dead or does not answer: make sure of the former."""
        with self._lock:
            if self._client is client:
                self._end_owner(kill=True)

    def _start(self) -> HttpClient:
        """Spawn an owner and connect. Raises Unavailable: the folder is taken, or it died too often."""
        self._end_owner(kill=True)
        now = time.monotonic()
        self._starts = [at for at in self._starts if now - at < RESTARTS_WITHIN_S]
        if len(self._starts) > RESTARTS:
            raise Unavailable(f"the lake's owner process keeps dying; see {self.folder / JOURNAL}")
        self._starts.append(now)
        token = secrets.token_hex(16)
        self._owner = _spawn(self.folder, self._memory_mb, token)
        try:
            _await_ready(self._owner, self.folder)
            self._client = client = connect_owner(self.folder, {"X-Hinomi-Owner": token})
            prepare(lambda sql: client.raw_query(sql).decode())
        except ClickHouseError as error:
            self._end_owner(kill=True)
            raise Unavailable(f"the lake's tables cannot be opened: {said(error)}") from error
        except BaseException:
            self._end_owner(kill=True)
            raise
        return client

    def _end_owner(self, *, kill: bool) -> None:
        client, owner = self._client, self._owner
        self._client = self._owner = None
        if client is not None:
            client.close()
        if owner is None:
            return
        if owner.stdin:
            owner.stdin.close()  # it ends when this does
        if kill:
            owner.kill()
        try:
            owner.wait(END_S)
        except subprocess.TimeoutExpired:
            LOG.warning("the owner process %d did not end in time and is killed", owner.pid)
            owner.kill()
            owner.wait()
        if owner.stdout:
            owner.stdout.close()

    def close(self) -> None:
        with self._lock:
            self._closed = True
            self._end_owner(kill=False)


def _spawn(folder: Path, memory_mb: int, token: str) -> "subprocess.Popen[bytes]":
    options = ["--path", str(folder), "--memory-mb", str(memory_mb), "--token", token]
    with (folder / "owner.err").open("wb") as trouble:
        return subprocess.Popen(  # noqa: S603 - our own module
            own_command("hinomi.lake.owner", *options),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=trouble,
            cwd=folder,
            env=own_environment(),
        )


def _await_ready(owner: "subprocess.Popen[bytes]", folder: Path) -> None:
    late = threading.Timer(START_S, owner.kill)
    late.start()
    try:
        line = owner.stdout.readline() if owner.stdout else b""
    finally:
        late.cancel()
    if line.strip() == b"ready":
        return
    owner.wait()
    said = (folder / "owner.err").read_text(errors="replace").strip()[-500:]
    if owner.returncode == EXIT_TAKEN:
        raise Unavailable(f"another Hinomi process has the lake in {folder}")
    raise Unavailable(f"the lake's owner process did not start: {said or owner.returncode}")


def connect_owner(folder: Path, headers: Mapping[str, str]) -> HttpClient:
    """A client of the owner process of a folder, over its socket."""
    return create_client(  # type: ignore[return-value]
        host="lake",
        port=80,
        interface="http",
        database="hinomi",
        compress=False,
        pool_mgr=SocketManager(folder / SOCKET),
        autogenerate_session_id=False,
        query_retries=0,
        form_encode_query_params=True,
        send_receive_timeout=1200,
        headers=dict(headers),
        show_clickhouse_errors=True,
    )


def _refuse_question(error: Exception) -> None:
    """Raise what the caller can decide on when the engine has said no; return when there was no answer at all."""
    code = getattr(error, "code", None)
    if not isinstance(error, DatabaseError) or code is None or code == _OTHER_OWNER:
        return
    if code in _TOO_HEAVY:
        heavy = _TOO_HEAVY[code]
        raise QueryError(f"{heavy.en}: {said(error)}", heavy.ja) from error
    if code == _CANCELLED:
        raise InputError("the search was cancelled") from error
    if code == _TOO_MANY:
        raise TooMany("too many searches are waiting; try again later") from error
    if code in _DISK:
        raise Unavailable(f"the lake cannot read its disk; verify it: {said(error)}") from error
    raise InputError(f"the lake refuses the question: {said(error)}") from error


def said(error: Exception) -> str:
    """What the engine said, without the frames that client and protocol put round it."""
    text = str(error).partition("DB::Exception: ")[2] or str(error)
    return text.strip().partition("\n")[0].partition(" (for url ")[0][:500]
