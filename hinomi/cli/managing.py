"""Words on single filters and models: show, switch, add, edit, versions, roll back, export, import."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, BinaryIO, TextIO

import click

from hinomi.cli.frame import Command, data_option, json_option, print_json, say
from hinomi.settings import read_settings


def _name(command: Command) -> Command:
    return click.argument("name", metavar="ID")(command)


def _comment(command: Command) -> Command:
    text = say("Why, for the list of versions.", "変更理由 (版の一覧に残ります)。")
    return click.option("--comment", default="", help=text)(command)


def _file(command: Command) -> Command:
    text = say("YAML file; - reads standard input.", "YAML ファイル。- なら標準入力。")
    return click.option("--file", "file", type=click.File(encoding="utf-8"), required=True, help=text)(command)


@contextmanager
def _desk(data: Path | None) -> Iterator[Any]:
    from hinomi.app.desk import open_desk

    with open_desk(read_settings({"data": data})) as desk:
        yield desk


@click.command(
    "show", help=say("Show one filter or model with its text.", "フィルタまたは検知モデルを本文付きで表示します。")
)
@_name
@data_option
@json_option
def show(name: str, data: Path | None, as_json: bool) -> None:
    with _desk(data) as desk:
        row = desk.show(name)
    if as_json:
        print_json(row)
        return
    _print_row(row)
    click.echo(row["text"].rstrip())


def _switch(word: str, enabled: bool, text: str) -> click.Command:
    @click.command(word, help=text)
    @_name
    @data_option
    @json_option
    def switch(name: str, data: Path | None, as_json: bool) -> None:
        with _desk(data) as desk:
            _tell(desk.switch(name, enabled), as_json)

    return switch


enable = _switch("enable", True, say("Switch a filter or model on.", "フィルタまたは検知モデルを有効にします。"))
disable = _switch("disable", False, say("Switch a filter or model off.", "フィルタまたは検知モデルを無効にします。"))


@click.command("add", help=say("Add a filter or model of your own.", "独自のフィルタまたは検知モデルを追加します。"))
@click.argument("kind", type=click.Choice(["filter", "model"]))
@_file
@_comment
@data_option
@json_option
def add(kind: str, file: TextIO, comment: str, data: Path | None, as_json: bool) -> None:
    with _desk(data) as desk:
        _tell(desk.add(kind, file.read(), comment), as_json)


@click.command(
    "edit",
    help=say(
        "Save another text; of shipped content it is an edit that no update overwrites.",
        "別の本文を保存します。同梱品の編集は更新で上書きされません。",
    ),
)
@_name
@_file
@_comment
@data_option
@json_option
def edit(name: str, file: TextIO, comment: str, data: Path | None, as_json: bool) -> None:
    with _desk(data) as desk:
        _tell(desk.edit(name, file.read(), comment), as_json)


@click.command("versions", help=say("List the versions of a filter or model.", "版を一覧します。"))
@_name
@data_option
@json_option
def versions(name: str, data: Path | None, as_json: bool) -> None:
    with _desk(data) as desk:
        rows = desk.versions(name)
    for row in rows:
        if as_json:
            print_json(row)
        else:
            mark = "*" if row["current"] else " "
            author = row["author"] or say("as it came", "元の内容")
            click.echo(f"{mark} {row['version']:>4} {row['at']:<24} {author:<20} {row['comment']}")


@click.command(
    "rollback",
    help=say("Put an old version in effect again; 0 is as it came.", "以前の版に戻します。0 は元の内容です。"),
)
@_name
@click.argument("version", type=click.IntRange(min=0))
@_comment
@data_option
@json_option
def rollback(name: str, version: int, comment: str, data: Path | None, as_json: bool) -> None:
    with _desk(data) as desk:
        _tell(desk.roll_back(name, version, comment), as_json)


@click.command(
    "export",
    help=say(
        "Write filters and models to a zip; without ids all texts of persons.",
        "フィルタと検知モデルを zip に書き出します。ID なしなら人が書いたものすべて。",
    ),
)
@click.argument("names", nargs=-1, metavar="[ID]...")
@click.option("--to", "target", type=click.File("wb"), required=True, help=say("The zip file.", "zip ファイル。"))
@data_option
def export(names: tuple[str, ...], target: BinaryIO, data: Path | None) -> None:
    with _desk(data) as desk:
        target.write(desk.export(names))


@click.command("zip", help=say("Take filters and models out of a zip.", "zip からフィルタと検知モデルを取り込みます。"))
@click.argument("file", type=click.File("rb"))
@click.option("--dry-run", is_flag=True, help=say("Say what would be done.", "何が行われるかだけを示します。"))
@data_option
@json_option
def import_zip(file: BinaryIO, dry_run: bool, data: Path | None, as_json: bool) -> None:
    from hinomi.operations.bundle import MAX_ZIP

    with _desk(data) as desk:
        found = desk.import_zip(file.read(MAX_ZIP + 1), dry_run)
    if as_json:
        print_json(found)
        return
    for item in found["items"]:
        click.echo(f"{_STATES[item['state']]():<6} {item['kind']:<6} {item['id']}")
        for error in item["errors"]:
            place = f"{error['line']}:{error['column']}: " if error["line"] else ""
            click.echo(f"       {place}{say(error['message']['en'], error['message']['ja'])}")
    for name in found["ignored"]:
        click.echo(say(f"ignored: {name}", f"無視: {name}"))
    if any(item["state"] == "error" for item in found["items"]):
        raise SystemExit(1)


_STATES: dict[str, Callable[[], str]] = {
    "new": lambda: say("new", "新規"),
    "changed": lambda: say("changed", "変更"),
    "same": lambda: say("same", "同じ"),
    "error": lambda: say("error", "エラー"),
}


def _tell(row: dict[str, Any], as_json: bool) -> None:
    if as_json:
        print_json(row)
    else:
        _print_row(row)


def _print_row(row: dict[str, Any]) -> None:
    state = say("on", "有効") if row["enabled"] else say("off", "無効")
    marks = [row["origin"], state, f"v{row['version']}", *(_marks(row))]
    click.echo(f"{row['kind']:<6} {row['risk']:<8} {row['id']:<48} {say(**row['title'])}  ({', '.join(marks)})")
    for failure in row["proof"]["failures"]:
        click.echo(f"  {failure['test']}: {say(**failure['why'])}")


def _marks(row: dict[str, Any]) -> list[str]:
    found = [say("edited", "編集あり")] if row["edited"] else []
    return found + ([say("the shipped text changed since", "同梱品が更新されています")] if row["conflict"] else [])
