"""Words on the lake."""

import sys
from datetime import date
from pathlib import Path

import click

from hinomi.cli.frame import data_option, json_option, print_json, say
from hinomi.cli.progress import DAYS, FILES, ROWS, progress
from hinomi.errors import InputError
from hinomi.settings import read_settings


@click.group(help=say("The lake: what it holds.", "レイク: 中身と状態。"))
def lake() -> None:
    """Group."""


@lake.command(
    "status", help=say("Activities, detections, bytes on disk.", "アクティビティ数、検知数、ディスク使用量。")
)
@data_option
@json_option
def lake_status_(data: Path | None, as_json: bool) -> None:
    from hinomi.app.asking import lake_status

    numbers = lake_status(read_settings({"data": data}))
    if as_json:
        print_json(numbers)
    else:
        for name, value in numbers.items():
            click.echo(f"{name:<20} {value}")


@lake.command(
    "verify",
    help=say(
        "Read everything against its checksums; name what is damaged (exit code 1).",
        "全データをチェックサムと照合し、壊れた箇所を示します (終了コード 1)。",
    ),
)
@data_option
@json_option
def lake_verify(data: Path | None, as_json: bool) -> None:
    from hinomi.app.keeping import verify

    damaged = verify(read_settings({"data": data}))
    if as_json:
        print_json({"damaged": damaged})
    for line in [] if as_json else damaged:
        click.echo(line)
    if damaged:
        sys.exit(1)
    if not as_json:
        click.echo(say("nothing is damaged", "破損はありません"))


@lake.command(
    "compact",
    help=say(
        "Remove what the rules (HINOMI_LAKE_KEEP) say, then bring each past day into one part.",
        "保持ルール (HINOMI_LAKE_KEEP) に従って削除し、過去の各日を 1 つにまとめます。",
    ),
)
@click.option("--dry-run", is_flag=True, help=say("Only say what would go.", "削除対象の表示だけを行います。"))
@data_option
@json_option
def lake_compact(data: Path | None, dry_run: bool, as_json: bool) -> None:
    from hinomi.app.keeping import compact

    with progress(say("Compacting", "整理しています"), DAYS, quiet=as_json) as show:
        told = compact(read_settings({"data": data}), dry_run=dry_run, on_progress=show)
    if as_json:
        print_json(told)
        return
    for one in told["removed"]:
        sources = ", ".join(one["sources"]) or say("everything", "すべて")
        click.echo(
            f"{one['table']:<12} {one['partition']:<9} {one['rows']:>12,} {mebibytes(one['bytes']):>14}  {one['why']:<11} {sources}"
        )
    size, rows = mebibytes(sum(one["bytes"] for one in told["removed"])), sum(one["rows"] for one in told["removed"])
    if dry_run:
        click.echo(say(f"would go: {rows:,} rows, {size}", f"削除対象: {rows:,} 行、{size}"))
    else:
        click.echo(
            say(
                f"removed: {rows:,} rows, {size}; days merged: {told['merged']}",
                f"削除: {rows:,} 行、{size}。まとめた日数: {told['merged']}",
            )
        )


def mebibytes(size: int) -> str:
    return f"{size / (1 << 20):,.1f} MiB"


def _day(text: str | None) -> date | None:
    try:
        return None if text is None else date.fromisoformat(text)
    except ValueError:
        raise InputError(
            say(f"{text!r} is no day such as 2026-11-23", f"{text!r} は日付 (例: 2026-11-23) ではありません")
        ) from None


@lake.command(
    "export",
    help=say(
        "Days of arrival (UTC) as Parquet files with a manifest, into a new FOLDER.",
        "受信日 (UTC) ごとの Parquet ファイルとマニフェストを、新しい FOLDER に書き出します。",
    ),
)
@click.argument("folder", type=click.Path(file_okay=False, path_type=Path))
@click.option("--from", "first", help=say("First day, 2026-11-01.", "最初の日。例: 2026-11-01。"))
@click.option("--to", "last", help=say("Last day, included.", "最後の日 (この日を含む)。"))
@data_option
@json_option
def lake_export(folder: Path, first: str | None, last: str | None, data: Path | None, as_json: bool) -> None:
    from hinomi.app.exporting import export_days

    with progress(say("Exporting", "書き出しています"), ROWS, quiet=as_json) as show:
        told = export_days(read_settings({"data": data}), folder, _day(first), _day(last), show)
    if as_json:
        print_json(told)
        return
    size = mebibytes(told["bytes"])
    click.echo(
        say(
            f"{told['rows']:,} rows of {told['days']} days, {size} in {folder}",
            f"{folder}: {told['days']} 日分、{told['rows']:,} 行、{size}",
        )
    )


@lake.command(
    "import",
    help=say(
        "Bring exported days back; what the lake holds already stays once.",
        "書き出した日をレイクへ戻します。すでにあるものは重複しません。",
    ),
)
@click.argument("folder", type=click.Path(exists=True, file_okay=False, path_type=Path))
@data_option
@json_option
def lake_import(folder: Path, data: Path | None, as_json: bool) -> None:
    from hinomi.app.exporting import import_days

    with progress(say("Importing", "取り込んでいます"), ROWS, quiet=as_json) as show:
        told = import_days(read_settings({"data": data}), folder, show)
    if as_json:
        print_json(told)
        return
    click.echo(
        say(
            f"{told['written']:,} rows written of {told['rows']:,}; the others were there",
            f"{told['rows']:,} 行中 {told['written']:,} 行を書き込みました。残りは既存です",
        )
    )


@click.command(
    help=say(
        "Copy everything (lake, database, content, keys) into a new FOLDER, also while the server runs.",
        "すべて (レイク、データベース、コンテンツ、鍵) を新しい FOLDER へコピーします。サーバーの実行中でも使えます。",
    )
)
@click.argument("folder", type=click.Path(file_okay=False, path_type=Path))
@data_option
@json_option
def backup(folder: Path, data: Path | None, as_json: bool) -> None:
    from hinomi.app.backup import back_up

    with progress(say("Copying", "コピーしています"), FILES, quiet=as_json) as show:
        made = back_up(read_settings({"data": data}), folder, show)
    if as_json:
        print_json({**made.facts, "files": len(made.files), "bytes": made.bytes})
        return
    size = mebibytes(made.bytes)
    click.echo(say(f"{len(made.files)} files, {size} in {folder}", f"{folder}: {len(made.files)} ファイル、{size}"))
    click.echo(
        say(
            "It holds keys and everything that was recorded: keep it as safe as the server itself.",
            "鍵と全記録を含みます。サーバー本体と同じ水準で保護してください。",
        ),
        err=True,
    )


@click.command(
    help=say(
        "Make a new data folder out of a back-up in FOLDER; every file is held against its hash.",
        "FOLDER のバックアップから新しいデータフォルダを作ります。全ファイルをハッシュと照合します。",
    )
)
@click.argument("folder", type=click.Path(exists=True, file_okay=False, path_type=Path))
@data_option
@json_option
def restore(folder: Path, data: Path | None, as_json: bool) -> None:
    from hinomi.app.restore import restore

    settings = read_settings({"data": data})
    with progress(say("Restoring", "復元しています"), FILES, quiet=as_json) as show:
        told = restore(settings, folder, show)
    if as_json:
        print_json(told)
        return
    size = mebibytes(told["bytes"])
    click.echo(
        say(
            f"{told['files']} files, {size} in {settings.data}; response tasks ended: {told['tasksEnded']}",
            f"{settings.data}: {told['files']} ファイル、{size}。終了した対応タスク: {told['tasksEnded']}",
        )
    )


@lake.command(
    "ddl",
    help=say(
        "Print the tables for a ClickHouse cluster (docs/how-to/use-a-cluster.md); run it again after an update.",
        "ClickHouse クラスター用のテーブル定義を表示します (docs/how-to/use-a-cluster.md)。更新後は再実行してください。",
    ),
)
@click.option("--cluster", required=True, help=say("Name of the cluster.", "クラスター名。"))
@click.option("--database", default="hinomi", help=say("Name of the database.", "データベース名。"))
@click.option(
    "--cold-after",
    type=click.IntRange(1, 36500),
    help=say("Days after which parts move to the volume `cold`.", "ボリューム `cold` へ移すまでの日数。"),
)
@click.option("--keep", type=click.IntRange(1, 36500), help=say("Days after which they go.", "削除までの日数。"))
@click.option(
    "--storage-policy",
    default="hot_cold",
    help=say("Storage policy that has the volume `cold`.", "ボリューム `cold` を持つストレージポリシー。"),
)
def lake_ddl(cluster: str, database: str, cold_after: int | None, keep: int | None, storage_policy: str) -> None:
    from hinomi.lake.cluster import ClusterPlan, statements

    for statement in statements(ClusterPlan(cluster, database, cold_after, keep, storage_policy)):
        click.echo(f"{statement};\n")


lake.add_command(backup)
lake.add_command(restore)
