"""Words on recordings: import, detect, dead-letters."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import click

from hinomi.cli.frame import data_option, existing, json_option, print_json, say, warn
from hinomi.settings import cache_folder, read_settings


@click.command(
    "import",
    help=say("Import recordings: files, archives, folders.", "記録を取り込みます (ファイル、書庫、フォルダ)。"),
)
@click.argument("paths", nargs=-1, required=True, type=click.Path(path_type=Path))
@data_option
@json_option
def import_(paths: tuple[Path, ...], data: Path | None, as_json: bool) -> None:
    from hinomi.app.importing import import_paths

    settings = read_settings({"data": data})
    with _progress(quiet=as_json) as progress:
        report = import_paths(settings, existing(paths), progress)
    if as_json:
        print_json(report)
    else:
        _print_import(report)


@contextmanager
def _progress(quiet: bool) -> Iterator[Callable[[str, int, int, int], None]]:
    """Shows (file, bytes done, bytes in all, records so far) on standard error; a line a second when it is no terminal."""
    from rich.console import Console
    from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn, TimeRemainingColumn, TransferSpeedColumn

    console = Console(stderr=True)
    bar = Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        DownloadColumn(),
        TransferSpeedColumn(),
        TimeRemainingColumn(),
        TextColumn(say("{task.fields[records]} records", "{task.fields[records]} 件")),
        console=console,
        disable=quiet or not console.is_terminal,
        transient=True,
    )
    with bar:
        task = bar.add_task(say("Importing", "取り込み中"), total=None, records=0)

        def show(name: str, done: int, total: int, records: int) -> None:
            bar.update(task, completed=done, total=total or None, records=records, description=name[-40:])

        yield show


def _print_import(report: dict[str, Any]) -> None:
    rows = [
        (say("read", "読み取り"), report["read"]),
        (say("kept", "保存"), report["kept"]),
        (say("duplicates", "重複"), report["duplicates"]),
        (say("detections", "検知"), report["detections"]),
        (say("alerts", "アラート"), report["alerts"]),
    ]
    if report["hidden"]:
        rows.append((say("hidden", "例外で非表示"), report["hidden"]))
    for name, value in rows:
        click.echo(f"{name:<12} {value:>10,}")
    from hinomi.schema.record import REASONS

    dead = report["dead_letters"]
    click.echo(f"{say('dead letters', '配達不能'):<12} {sum(dead.values()):>10,}")
    for reason, count in sorted(dead.items()):
        click.echo(f"  {count:>8,}  {reason}: {say(*REASONS[reason])}")
    rate = report["read"] / report["seconds"] if report["seconds"] else 0
    click.echo(
        say(f"{report['seconds']:.1f} s, {rate:,.0f} records/s", f"{report['seconds']:.1f} 秒、{rate:,.0f} 件/秒")
    )


@click.command(
    help=say(
        "Find techniques in recordings; needs no server and no data folder. With --lake: the alerts as they would have "
        "been with the models of now (or others), compared with those that were raised.",
        "記録の中の攻撃手法を探します。サーバーもデータフォルダも要りません。--lake を付けると、今の検知モデル "
        "(または指定したもの) なら過去にどのアラートが出たかを調べ、実際のアラートと比べます。",
    )
)
@click.argument("paths", nargs=-1, type=click.Path(path_type=Path))
@click.option(
    "--rules",
    multiple=True,
    type=click.Path(exists=True, path_type=Path),
    help=say(
        "Sigma rules (file or folder) instead of the shipped content.", "同梱コンテンツの代わりに使う Sigma ルール。"
    ),
)
@click.option(
    "--placeholders",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help=say(
        "YAML file with values for placeholders of --rules (name: [values]).",
        "--rules のプレースホルダーの値の YAML ファイル (名前: [値])。",
    ),
)
@click.option(
    "--lake", is_flag=True, help=say("Read the lake again instead of files.", "ファイルではなくレイクを読み直します。")
)
@click.option(
    "--from",
    "from_",
    help=say("Start: ISO 8601, or 7d, 24h (default: all).", "開始: ISO 8601、または 7d、24h (既定は全期間)。"),
)
@click.option("--to", help=say("End, written alike (default: now).", "終了。書き方は同じ (既定は現在)。"))
@click.option(
    "--models",
    multiple=True,
    help=say("Only this model: ID, a file, or ID@VERSION.", "この検知モデルだけ: ID、ファイル、または ID@版。"),
)
@click.option(
    "--filter",
    "filters",
    multiple=True,
    help=say("With this text of a filter: a file or ID@VERSION.", "フィルタをこの内容に替えて: ファイルまたは ID@版。"),
)
@click.option(
    "--without-exceptions",
    is_flag=True,
    help=say("As if there were no exceptions.", "例外がないものとして調べます。"),
)
@data_option
@json_option
def detect(
    paths: tuple[Path, ...],
    rules: tuple[Path, ...],
    placeholders: Path | None,
    lake: bool,
    from_: str | None,
    to: str | None,
    models: tuple[str, ...],
    filters: tuple[str, ...],
    without_exceptions: bool,
    data: Path | None,
    as_json: bool,
) -> None:
    if not lake:
        if not paths:
            raise click.UsageError(say("give files, or --lake", "ファイルか --lake を指定してください"))
        _detect_files(paths, rules, placeholders, as_json)
        return
    if paths or rules:
        raise click.UsageError(say("--lake reads no files", "--lake ではファイルを読みません"))
    from hinomi.cli.time_travel import travel

    travel(data, from_, to, models, filters, not without_exceptions, as_json)


def _detect_files(paths: tuple[Path, ...], rules: tuple[Path, ...], placeholders: Path | None, as_json: bool) -> None:
    from hinomi.detect.compile_cache import CompileCache
    from hinomi.operations.file_detection import detect_files

    settings = read_settings({})
    folder = cache_folder()
    cache = CompileCache(folder / "content") if folder else None
    count = 0
    for found in detect_files(existing(paths), rules, settings.content_folder, warn, cache, placeholders):
        count += 1
        if as_json:
            print_json(found)
        else:
            techniques = " ".join(found["techniques"])
            click.echo(f"{found['time']}  {found['level']:<13} {found['rule_title']}  {techniques}")
            click.echo(f"    {found['file']} #{found['record']}")
    if not as_json:
        click.echo(say(f"{count} detections", f"検知 {count} 件"), err=True)


@click.command(
    "dead-letters", help=say("List what could not be read, with reasons.", "読めなかったものを理由とともに一覧します。")
)
@data_option
@click.option("--reason", help=say("Only this reason.", "この理由だけ。"))
@click.option("--limit", default=50, show_default=True, type=click.IntRange(1, 100_000))
@json_option
def dead_letters(data: Path | None, reason: str | None, limit: int, as_json: bool) -> None:
    from hinomi.app.opening import open_database
    from hinomi.ingest.store import DeadLetters

    letters = DeadLetters(open_database(read_settings({"data": data})))
    for letter in letters.listed(reason=reason, limit=limit):
        if as_json:
            print_json(letter)
        else:
            where = "" if letter["offset"] is None else f" @{letter['offset']}"
            click.echo(f"{letter['reason']:<18} {letter['file']}{where}: {letter['detail']}")
