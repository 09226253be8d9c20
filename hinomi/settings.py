"""Settings: read once, frozen, handed down by `app`. No room reads the environment.

Each setting stands here with its name, default, unit and help in both languages; `docs/reference/settings.md` is held
against this table by a test. A setting is given on the command line (where a command has the option), else by the
environment variable HINOMI_<NAME>, else by the default.
"""

import os
from collections.abc import Mapping
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

from hinomi.errors import InputError


@dataclass(frozen=True, slots=True)
class Help:
    """What a setting means, for people; `minimum` and `maximum` bound whole numbers."""

    en: str
    ja: str
    minimum: int | None = None
    maximum: int | None = None


HELP: dict[str, Help] = {
    "data": Help("Folder that holds everything Hinomi keeps.", "Hinomi がすべてを保存するフォルダ。"),
    "host": Help("Address to listen on.", "待ち受けるアドレス。"),
    "port": Help("Port to listen on; 0 takes a free one.", "待ち受けるポート。0 なら空きポート。", 0, 65535),
    "gateway_host": Help(
        "Address to listen on for sensors; empty = the one of `host`.",
        "センサー用に待ち受けるアドレス。空なら `host` と同じ。",
    ),
    "gateway_port": Help(
        "Port for sensors (mutual TLS); 0 takes a free one, -1 the one after `port`.",
        "センサー用のポート (相互 TLS)。0 なら空きポート、-1 なら `port` の次。",
        -1,
        65535,
    ),
    "gateway_names": Help(
        "Host names and addresses by which sensors reach this server, comma between; the first goes into enrolments.",
        "センサーから見たこのサーバーの名前とアドレス (カンマ区切り)。先頭が登録用テキストに入ります。",
    ),
    "org": Help("Organisation number in Workbench ids (WB-<org>-...).", "Workbench ID に入る組織番号 (WB-<org>-...)。"),
    "database_url": Help(
        "Operational database; empty = SQLite in the data folder.",
        "運用データベース。空ならデータフォルダ内の SQLite。",
    ),
    "content": Help(
        "Folder of filters and models; empty = the shipped one.", "検知コンテンツのフォルダ。空なら同梱品。"
    ),
    "disk_floor_mb": Help(
        "Free disk space (MiB) under which nothing more is acknowledged.",
        "空き容量 (MiB) がこれを下回ると受信を止めます。",
        1,
        1 << 20,
    ),
    "lake_memory_mb": Help(
        "Memory limit of the lake's process (MiB).", "レイクのプロセスのメモリ上限 (MiB)。", 512, 1 << 20
    ),
    "lake_keep": Help(
        "What the lake keeps: `*: 365d 500G, windows_sysmon: 90d, detections: 730d`; empty = everything.",
        "レイクの保持期間と容量。例: `*: 365d 500G, windows_sysmon: 90d, detections: 730d`。空なら無期限。",
    ),
    "lake_url": Help(
        "ClickHouse instead of the built-in lake: clickhouse://user:password@host:8123/hinomi?cluster=NAME.",
        "内蔵レイクの代わりに使う ClickHouse。clickhouse://user:password@host:8123/hinomi?cluster=NAME。",
    ),
    "batch_records": Help(
        "Records the pipeline takes at a time.", "パイプラインが一度に処理するレコード数。", 1, 100_000
    ),
    "samples_to": Help(
        "Where samples go for analysis: team, vendor:ADDRESS or misp:ADDRESS.",
        "検体の送付先: team、vendor:アドレス、misp:アドレス。",
    ),
}


@dataclass(frozen=True, slots=True)
class Settings:
    data: Path = Path("var/hinomi")
    host: str = "127.0.0.1"
    port: int = 8420
    gateway_host: str = ""
    gateway_port: int = -1
    gateway_names: str = ""
    org: str = "1"
    database_url: str = ""
    content: str = ""
    disk_floor_mb: int = 256
    lake_memory_mb: int = 1024
    lake_keep: str = ""
    lake_url: str = ""
    batch_records: int = 20_000
    samples_to: str = "team"

    @property
    def sensor_port(self) -> int:
        """Where sensors knock: beside the console's port unless said otherwise; any free one where that is free."""
        if self.gateway_port >= 0:
            return self.gateway_port
        return self.port + 1 if 0 < self.port < 65535 else 0

    @property
    def content_folder(self) -> Path:
        return Path(self.content) if self.content else shipped_content()


def cache_folder(environment: Mapping[str, str] | None = None) -> Path | None:
    """Where what can be made again is kept for this user (XDG Base Directory specification); None for a user without a home."""
    environment = os.environ if environment is None else environment
    chosen = environment.get("XDG_CACHE_HOME", "")
    if Path(chosen).is_absolute():
        return Path(chosen) / "hinomi"
    home = environment.get("HOME", "")
    return Path(home) / ".cache" / "hinomi" if Path(home).is_absolute() else None


def shipped_content() -> Path:
    """The content that came with Hinomi: beside the package in a checkout, inside it when installed as a wheel."""
    package = Path(__file__).resolve().parent
    inside = package / "content"
    return inside if inside.is_dir() else package.parent / "content"


def shipped_kit() -> Path:
    """The source of the collector kit, found like the content."""
    package = Path(__file__).resolve().parent
    inside = package / "kit"
    return inside if inside.is_dir() else package.parent / "kit"


def read_settings(given: Mapping[str, Any], environment: Mapping[str, str] | None = None) -> Settings:
    """Settings from what was typed (None = not typed), then the environment, then the defaults.

    Raises InputError that names the setting and what would be right.
    """
    environment = os.environ if environment is None else environment
    values: dict[str, Any] = {}
    for entry in fields(Settings):
        value = given.get(entry.name)
        if value is None:
            value = environment.get(f"HINOMI_{entry.name.upper()}")
        if value is not None:
            values[entry.name] = _typed(entry.name, value, type(entry.default))
    return Settings(**values)


def _typed(name: str, value: Any, kind: type) -> Any:
    if issubclass(kind, Path):
        return Path(value)
    if kind is not int:
        return str(value)
    try:
        number = int(value)
    except ValueError:
        raise InputError(f"setting {name}: {value!r} is no whole number") from None
    low, high = HELP[name].minimum, HELP[name].maximum
    if (low is not None and number < low) or (high is not None and number > high):
        raise InputError(f"setting {name}: {number} is not between {low} and {high}")
    return number
