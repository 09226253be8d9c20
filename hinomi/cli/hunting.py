"""Words that hunt: saved queries, watch list, check points, hunts over the lake (hinomi hunt ...); one value (hinomi entity)."""

import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, TextIO

import click

from hinomi.cli.frame import data_option, json_option, print_json, say
from hinomi.settings import read_settings

_DATASETS = ("all", "endpoint", "network", "mail", "cloud", "identity", "detections", "thirdparty")
_KINDS = ("endpoint", "user", "file", "address", "domain", "process")


def _client(data: Path | None) -> Any:
    from hinomi.app.hunting import HuntClient

    return HuntClient(read_settings({"data": data}))


@click.group(
    "hunt",
    help=say(
        "Saved queries, watch list, check points, hunts over the lake. Needs a running server.",
        "保存したクエリ、ウォッチリスト、チェックポイント、レイク全体のハント。サーバーの起動が必要です。",
    ),
)
def hunt() -> None:
    """Group."""


@hunt.command(
    "save",
    help=say("Save a query, or change the one of that name.", "クエリを保存します。同名のものがあれば変更します。"),
)
@click.argument("name")
@click.argument("query")
@click.option("--description", default="", help=say("What it looks for.", "何を探すものか。"))
@click.option(
    "--dataset", type=click.Choice(_DATASETS), default="all", show_default=True, help=say("Data set.", "データセット。")
)
@click.option(
    "--technique",
    "techniques",
    multiple=True,
    help=say("ATT&CK technique; may be repeated.", "ATT&CK テクニック。複数指定できます。"),
)
@data_option
@json_option
def save(
    name: str, query: str, description: str, dataset: str, techniques: tuple[str, ...], data: Path | None, as_json: bool
) -> None:
    from hinomi.errors import NotFound

    client = _client(data)
    wish = {"name": name, "query": query, "description": description, "dataset": dataset, "techniques": techniques}
    try:
        id_ = client.query(name)["id"]
    except NotFound:
        id_ = ""
    _told(client.save(wish, id_), as_json, _query_line)


@hunt.command("list", help=say("List the saved queries.", "保存したクエリを一覧します。"))
@data_option
@json_option
def list_(data: Path | None, as_json: bool) -> None:
    nothing = say(
        "None yet. Save one: hinomi hunt save NAME QUERY", "まだありません。保存: hinomi hunt save NAME QUERY"
    )
    _listed(_client(data).queries(), as_json, _query_line, nothing)


@hunt.command(
    "watch",
    help=say(
        "Let the server run a saved query again and again; new results become a check point.",
        "保存したクエリをサーバーに定期実行させます。新しい結果はチェックポイントになります。",
    ),
)
@click.argument("name")
@click.option(
    "--every", default=60, show_default=True, type=click.IntRange(1, 10_080), help=say("Minutes.", "実行間隔 (分)。")
)
@click.option(
    "--lookback",
    default=1440,
    show_default=True,
    type=click.IntRange(1, 43_200),
    help=say("Minutes of arrivals to look at each time.", "毎回さかのぼる到着時刻の範囲 (分)。"),
)
@click.option("--off", is_flag=True, help=say("Watch it no longer.", "定期実行をやめます。"))
@data_option
@json_option
def watch(name: str, every: int, lookback: int, off: bool, data: Path | None, as_json: bool) -> None:
    client = _client(data)
    found = client.query(name)
    if off:
        client.unwatch(found["id"])
        found = client.query(found["id"])
    else:
        wish = {"everyMinutes": every, "lookbackMinutes": lookback, "isActive": True}
        found = client.watch(found["id"], wish)
    _told(found, as_json, _query_line)


@hunt.command("checks", help=say("List check points, newest first.", "チェックポイントを新しい順に一覧します。"))
@click.option(
    "--state",
    type=click.Choice(["open", "done", "all"]),
    default="open",
    show_default=True,
    help=say("Which.", "対象。"),
)
@data_option
@json_option
def checks(state: str, data: Path | None, as_json: bool) -> None:
    nothing = say("Nothing to look at.", "確認するものはありません。")
    _listed(_client(data).checks(state), as_json, _check_line, nothing)


@hunt.command("done", help=say("Mark a check point as done.", "チェックポイントを完了にします。"))
@click.argument("check_id", metavar="ID")
@click.option("--note", default="", help=say("What was found.", "確認結果のメモ。"))
@data_option
@json_option
def done(check_id: str, note: str, data: Path | None, as_json: bool) -> None:
    _told(_client(data).done(check_id, note), as_json, _check_line)


@hunt.command(
    "run",
    help=say(
        "Run over the lake what speaks to a technique, a group or a report, or a saved query.",
        "テクニック、攻撃グループ、レポートに関わるフィルタとクエリ、または保存したクエリをレイク全体に実行します。",
    ),
)
@click.option("--technique", help=say("Id or name, such as T1003.", "ID または名前 (例: T1003)。"))
@click.option("--group", help=say("Id or name of an ATT&CK group.", "ATT&CK グループの ID または名前。"))
@click.option(
    "--report",
    type=click.File(encoding="utf-8"),
    help=say("Text file; - reads standard input.", "テキストファイル。- なら標準入力。"),
)
@click.option("--query", help=say("Name or id of a saved query.", "保存したクエリの名前または ID。"))
@click.option("--from", "from_", help=say("Start: ISO 8601, or 24h, 7d ago.", "開始 (ISO 8601、または 24h、7d 前)。"))
@click.option("--to", help=say("End.", "終了。"))
@data_option
@json_option
def run(
    technique: str | None,
    group: str | None,
    report: TextIO | None,
    query: str | None,
    from_: str | None,
    to: str | None,
    data: Path | None,
    as_json: bool,
) -> None:
    if sum(one is not None for one in (technique, group, report, query)) != 1:
        raise click.UsageError(
            say(
                "give one of --technique, --group, --report, --query",
                "--technique、--group、--report、--query のどれか一つを指定してください",
            )
        )
    client = _client(data)
    wish: dict[str, Any] = {"from": _when(from_), "to": _when(to)}
    if technique is not None:
        wish |= {"kind": "technique", "technique": technique}
    elif group is not None:
        wish |= {"kind": "group", "group": group}
    elif report is not None:
        wish |= {"kind": "report", "text": report.read()}
    else:
        wish |= {"kind": "query", "queryId": client.query(query or "")["id"]}
    found = client.run(wish, _progress)
    if as_json:
        print_json(found)
    else:
        _print_run(found)
    if found["state"] != "done":
        raise SystemExit(1)


def _progress(done: int, total: int) -> None:
    import sys

    if sys.stderr.isatty() and total:
        click.echo(f"\r{done:,} / {total:,}", nl=False, err=True)


def _print_run(found: dict[str, Any]) -> None:
    click.echo(f"{found['id']}  {say(**found['title'])}  {found['state']}")
    if found["error"]:
        click.echo(f"  {found['error']}")
    words = {
        "filter": say("filter", "フィルタ"),
        "query": say("query", "クエリ"),
        "indicator": say("indicator", "インジケーター"),
    }
    for part in found["parts"]:
        if part["count"]:
            where = say(f"{part['endpoints']} endpoints", f"エンドポイント {part['endpoints']} 台")
            click.echo(f"  {part['count']:>8}  {words[part['kind']]:<10} {say(**part['name'])}  ({where})")
    quiet = sum(not part["count"] for part in found["parts"]) + sum(not one["count"] for one in found["indicators"])
    click.echo(say(f"  {quiet} found nothing", f"  {quiet} 件は該当なし"))


@click.command(
    "entity",
    help=say(
        "What is known of an endpoint, user, file (hash or path), address, domain or process.",
        "エンドポイント、ユーザー、ファイル (ハッシュまたはパス)、アドレス、ドメイン、プロセスについて分かることを表示します。",
    ),
)
@click.argument("kind", type=click.Choice(_KINDS))
@click.argument("value")
@click.option(
    "--days",
    default=30,
    show_default=True,
    type=click.IntRange(1, 400),
    help=say("Days of the chart.", "日別件数の日数。"),
)
@data_option
@json_option
def entity(kind: str, value: str, days: int, data: Path | None, as_json: bool) -> None:
    from hinomi.app.hunting import tell_entity

    found = tell_entity(read_settings({"data": data}), kind, value, days)
    if as_json:
        print_json(found)
    else:
        _print_entity(found)


def _print_entity(found: dict[str, Any]) -> None:
    if found["firstSeen"] is None:
        click.echo(say(f"{found['value']}: never seen", f"{found['value']}: 観測されていません"))
        return
    where = found["endpoints"]
    click.echo(found["value"])
    _line(say("first seen", "初回観測"), _moment(found["firstSeen"]))
    _line(say("last seen", "最終観測"), _moment(found["lastSeen"]))
    _line(say("activities", "アクティビティ"), f"{found['count']:,}")
    _line(
        say("endpoints", "エンドポイント"),
        say(f"{where['count']} of {where['of']}", f"{where['of']} 台中 {where['count']} 台"),
    )
    if found["isInternal"] is not None:
        _line(say("where", "所在"), say("internal", "内部") if found["isInternal"] else say("external", "外部"))
    for name, values in found["facts"].items():
        _line(name, ", ".join(values) if isinstance(values, list) else str(values))
    for one in found["neighbours"][:20]:
        rarity = "" if one["rarity"] is None else say(f"rarity {one['rarity']:.2f}", f"希少度 {one['rarity']:.2f}")
        click.echo(f"  {one['count']:>8}  {one['kind']:<9} {one['value']}  {rarity}")
    for alert in found["alerts"]:
        click.echo(f"  {alert['score']:>8}  {alert['id']}  {say(**alert['name'])}")


def _line(name: str, value: str) -> None:
    click.echo(f"  {name:<12} {value}")


def _told(row: dict[str, Any], as_json: bool, line: Callable[[dict[str, Any]], str]) -> None:
    if as_json:
        print_json(row)
    else:
        click.echo(line(row))


def _listed(rows: list[dict[str, Any]], as_json: bool, line: Callable[[dict[str, Any]], str], nothing: str) -> None:
    if as_json:
        print_json(rows)
        return
    for row in rows:
        click.echo(line(row))
    if not rows:
        click.echo(nothing)


def _query_line(row: dict[str, Any]) -> str:
    watch = row["watch"]
    state = ""
    if watch and watch["isActive"]:
        state = say(f"watched every {watch['everyMinutes']} min", f"{watch['everyMinutes']} 分ごとに実行")
        state += f" !! {say(**watch['lastError'])}" if watch["lastError"] else ""
    waiting = say(f"{row['open']} open", f"未確認 {row['open']} 件") if row["open"] else ""
    return f"{row['id']}  {row['name']:<32} {row['dataset']:<10} {row['query'][:80]}  {state} {waiting}".rstrip()


def _check_line(row: dict[str, Any]) -> str:
    state = (
        say("open", "未確認") if row["state"] == "open" else say(f"done by {row['doneBy']}", f"完了 ({row['doneBy']})")
    )
    return f"{row['id']}  {row['day']}  {row['count']:>6}  {row['queryName']}  {state}"


def _moment(ms: int) -> str:
    return datetime.fromtimestamp(ms / 1000, UTC).strftime("%Y-%m-%d %H:%M:%SZ")


def _when(text: str | None) -> str | None:
    from hinomi.query.moment import format_moment, parse_when

    return None if text is None else format_moment(parse_when(text, int(time.time() * 1000)))
