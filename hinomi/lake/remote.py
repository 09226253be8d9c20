"""A lake that somebody else keeps: the owner process of a server on this machine, or a ClickHouse cluster by its URL.

The statements are the same; who asks here starts nothing, ends nothing and makes no tables.
"""

import shutil
import threading
from abc import abstractmethod
from pathlib import Path
from urllib.parse import parse_qsl, unquote, urlsplit

from clickhouse_connect.driver import create_client
from clickhouse_connect.driver.httpclient import HttpClient
from clickhouse_connect.driver.httputil import get_pool_manager

from hinomi.errors import InputError, Unavailable
from hinomi.lake import tables
from hinomi.lake.configuration import READING
from hinomi.lake.connection import FAILURES, Connection, connect_owner, said

_PORTS = {"clickhouse": 8123, "clickhouses": 8443}
# An insert is acknowledged when most replicas of every shard it touches have it on disk.
_CLUSTER = {"distributed_foreground_insert": 1, "insert_quorum": "auto", "max_execution_time": 60}
_ANSWERS = {name: value for name, value in READING.items() if name.startswith("output_format_arrow")}


class RemoteConnection(Connection):
    """Connects with the first question, and anew after each that was not answered."""

    def __init__(self, memory_mb: int) -> None:
        super().__init__(memory_mb)
        self._lock = threading.Lock()
        self._client: HttpClient | None = None
        self._closed = False

    @abstractmethod
    def _connect(self) -> HttpClient:
        """A new client; whatever the one before had begun is over."""

    @property
    def owner_pid(self) -> int | None:
        return None

    def close(self) -> None:
        with self._lock:
            self._closed = True
            self._drop()

    def _live(self) -> HttpClient:
        with self._lock:
            if self._closed:
                raise Unavailable("the lake is closed")
            if self._client is None:
                try:
                    self._client = self._connect()
                except FAILURES as error:
                    raise Unavailable(f"the lake does not answer: {said(error)}") from error
            return self._client

    def _forget(self, client: HttpClient) -> None:
        with self._lock:
            if self._client is client:
                self._drop()

    def _is_dying(self) -> bool:
        return True

    def _drop(self) -> None:
        if self._client is not None:
            self._client.close()
        self._client = None


class GuestConnection(RemoteConnection):
    """To the owner process that a server on this machine has started; the folder's owner on disk may use it."""

    def __init__(self, folder: Path, memory_mb: int) -> None:
        super().__init__(memory_mb)
        self.folder = folder.resolve()

    @property
    def free_bytes(self) -> int:
        return shutil.disk_usage(self.folder).free

    def _connect(self) -> HttpClient:
        client = connect_owner(self.folder, {})
        # waits for its turn behind every write that runs: one that was given up on this side has ended then
        client.raw_query("CREATE DATABASE IF NOT EXISTS hinomi")
        return client


class ClusterConnection(RemoteConnection):
    """To ClickHouse by `clickhouse://user:password@host:port/database` (`clickhouses` for TLS).

    `?cluster=NAME` names the cluster that holds the tables. Raises InputError for a URL that is none, Unavailable when
    the tables are not there as this version of Hinomi knows them.
    """

    def __init__(self, url: str, memory_mb: int) -> None:
        super().__init__(memory_mb)
        self._parts = urlsplit(url)
        if self._parts.scheme not in _PORTS or not self._parts.hostname:
            raise InputError("the lake's URL: clickhouse://user:password@host:8123/database, or clickhouses:// for TLS")
        self.database = self._parts.path.strip("/") or "hinomi"
        self._pool = get_pool_manager()
        self.cluster = dict(parse_qsl(self._parts.query)).get("cluster", "")
        self._require_tables()

    @property
    def free_bytes(self) -> None:
        return None

    def _connect(self) -> HttpClient:
        parts = self._parts
        self._pool = get_pool_manager()  # its own: else closing a client would leave its connections open
        return create_client(  # type: ignore[return-value]
            pool_mgr=self._pool,
            host=parts.hostname,
            port=parts.port or _PORTS[parts.scheme],
            interface="https" if parts.scheme == "clickhouses" else "http",
            username=unquote(parts.username or "default"),
            password=unquote(parts.password or ""),
            database=self.database,
            compress=False,
            autogenerate_session_id=False,
            query_retries=0,
            send_receive_timeout=1200,
            settings={**_ANSWERS, **(_CLUSTER if self.cluster else {})},
            show_clickhouse_errors=True,
        )

    def _drop(self) -> None:
        super()._drop()
        self._pool.clear()

    def _require_tables(self) -> None:
        for table, wanted in tables.columns().items():
            listed = f"SELECT name FROM system.columns WHERE database = currentDatabase() AND table = '{table}'"  # noqa: S608
            found = set(self.ask(listed, form="TabSeparated").decode().split())
            missing = sorted(set(wanted) - found)
            if missing:
                raise Unavailable(
                    f"the lake at {self._parts.hostname} lacks {missing[0]} of {table}"
                    f"{f' and {len(missing) - 1} more' if len(missing) > 1 else ''}; make it with: hinomi lake ddl"
                )
