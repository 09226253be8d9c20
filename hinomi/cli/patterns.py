"""Words on the pattern set: list, add, remove."""

from pathlib import Path
from typing import Any

import click

from hinomi.cli.frame import data_option, json_option, print_json, say
from hinomi.settings import read_settings

_API = "/console/api/patterns"


@click.group(
    help=say(
        "The pattern set: hashes and YARA rules that sensors scan for.",
        "パターンセット: センサーが検索するハッシュと YARA ルール。",
    )
)
def patterns() -> None:
    """Group."""


@patterns.command("list", help=say("List patterns, newest first.", "パターンを新しい順に一覧します。"))
@data_option
@json_option
def list_(data: Path | None, as_json: bool) -> None:
    from hinomi.app.local_server import LocalServer

    told = LocalServer.needed(read_settings({"data": data})).get(_API)
    if as_json:
        print_json(told)
        return
    held = ", ".join(f"{version}: {count}" for version, count in told["endpoints"].items()) or "-"
    click.echo(
        say(
            f"version {told['version']}; endpoints by version: {held}",
            f"版 {told['version']}。エンドポイントの版: {held}",
        )
    )
    for row in told["items"]:
        _print(row)


@patterns.command(
    help=say(
        "Add a hash, a file of YARA rules, or the hash of the file that a task brought.",
        "ハッシュ、YARA ルールのファイル、またはタスクで収集したファイルのハッシュを追加します。",
    )
)
@click.option("--hash", "value", default="", help=say("SHA-1 or SHA-256.", "SHA-1 または SHA-256。"))
@click.option("--yara", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--task", default="", help=say("Number of the task.", "タスク番号。"))
@click.option("--name", default="", help=say("What a match is called.", "一致したときの名前。"))
@click.option("--description", default="")
@data_option
@json_option
def add(
    value: str, yara: Path | None, task: str, name: str, description: str, data: Path | None, as_json: bool
) -> None:
    if sum(map(bool, (value, yara))) != 1 and not (task and not value and not yara):
        raise click.UsageError(
            say("give one of --hash, --yara, --task", "--hash、--yara、--task のいずれかを指定してください")
        )
    from hinomi.app.local_server import LocalServer

    sent = {"kind": "hash", "value": value, "name": name, "description": description, "taskId": task}
    if yara is not None:
        sent |= {"kind": "yara", "value": yara.read_text()}
    row = LocalServer.needed(read_settings({"data": data})).ask("POST", _API, json=sent).json()
    if as_json:
        print_json(row)
    else:
        _print(row)


@patterns.command(help=say("Remove a pattern.", "パターンを削除します。"))
@click.argument("pattern_id", metavar="ID")
@data_option
@json_option
def remove(pattern_id: str, data: Path | None, as_json: bool) -> None:
    from hinomi.app.desk import quote
    from hinomi.app.local_server import LocalServer

    LocalServer.needed(read_settings({"data": data})).ask("DELETE", f"{_API}/{quote(pattern_id)}")
    if as_json:
        print_json({"id": pattern_id, "removed": True})
    else:
        click.echo(say(f"Removed {pattern_id}.", f"{pattern_id} を削除しました。"))


def _print(row: dict[str, Any]) -> None:
    shown = row["value"] if row["kind"] == "hash" else say("YARA", "YARA")
    click.echo(f"{row['id']}  {row['type'] or 'yara':<7} {row['name']:<32} {shown}")
