"""Words on the block list and the library of scripts (hinomi response ...)."""

from pathlib import Path

import click

from hinomi.cli.enforcement import print_enforcement, state_word
from hinomi.cli.frame import data_option, json_option, print_json, say
from hinomi.cli.response_tasks import told
from hinomi.settings import read_settings

_TYPES = ("fileSha1", "fileSha256", "ip", "domain", "url", "senderMailAddress")
_FORMATS = ("csv", "rpz", "hosts", "proxy")


@click.command(help=say("Put VALUE on the block list, as a task.", "VALUE をブロックリストに追加します (タスク)。"))
@click.argument("type_", metavar="TYPE", type=click.Choice(_TYPES))
@click.argument("value")
@click.option("--log", is_flag=True, help=say("Only list it.", "遮断せず一覧にのみ記載します。"))
@click.option("--risk", type=click.Choice(("high", "medium", "low")), default="high")
@click.option("--days", type=int, help=say("Days until it leaves the list.", "一覧から外れるまでの日数。"))
@click.option("--description", default="", help=say("Why.", "理由。"))
@data_option
@json_option
def block(
    type_: str, value: str, log: bool, risk: str, days: int | None, description: str, data: Path | None, as_json: bool
) -> None:
    import time

    given = {"type": type_, "value": value, "action": "log" if log else "block", "risk": risk}
    expires = {} if days is None else {"expires_ms": int(time.time() * 1000) + days * 86_400_000}
    _carry("block_object", value, {**given, **expires}, description, data, as_json)


@click.command(help=say("Take VALUE off the block list, as a task.", "VALUE をブロックリストから外します (タスク)。"))
@click.argument("type_", metavar="TYPE", type=click.Choice(_TYPES))
@click.argument("value")
@click.option("--description", default="", help=say("Why.", "理由。"))
@data_option
@json_option
def unblock(type_: str, value: str, description: str, data: Path | None, as_json: bool) -> None:
    _carry("unblock_object", value, {"type": type_, "value": value}, description, data, as_json)


def _carry(
    action: str, value: str, given: dict[str, object], description: str, data: Path | None, as_json: bool
) -> None:
    from hinomi.app.responding import open_responding, read_target

    with open_responding(read_settings({"data": data})) as desk:
        told(desk.ask(action, read_target(action, value), given, description, 86_400), as_json)


@click.command(
    help=say(
        "Print the block list, where VALUE of it is enforced and why not elsewhere, or a file for other products (--format).",
        "ブロックリスト、VALUE の適用先と未適用の理由、または他製品向けの形式 (--format) を出力します。",
    )
)
@click.argument("value", required=False)
@click.option("--format", "format_", type=click.Choice(_FORMATS))
@click.option(
    "--import",
    "file",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help=say("Add what a CSV file lists.", "CSV ファイルの内容を追加します。"),
)
@data_option
@json_option
def blocked(value: str | None, format_: str | None, file: Path | None, data: Path | None, as_json: bool) -> None:
    from hinomi.app.responding import open_responding

    with open_responding(read_settings({"data": data})) as desk:
        if file is not None:
            print_json(desk.import_csv(file.read_bytes()))
            return
        if format_:
            click.echo(desk.export(format_), nl=False)
            return
        found = desk.block_list() if value is None else desk.enforcement(value)
    if as_json:
        print_json(found)
        return
    if value is not None:
        print_enforcement(found)
        return
    for row in found["items"]:
        told = ", ".join(f"{state_word(word)} {count}" for word, count in row["enforcement"].items())
        state = state_word(row["state"])
        click.echo(f"{row['type']:<18} {row['value']:<40} {row['risk']:<7} {state}{f' ({told})' if told else ''}")
    if not found["items"]:
        click.echo(say("Nothing is on the block list.", "ブロックリストは空です。"))


# ---- scripts --------------------------------------------------------------------------------------------------------
@click.group(help=say("Scripts that may run on endpoints.", "エンドポイントで実行できるスクリプト。"))
def scripts() -> None:
    """Group."""


@scripts.command("list", help=say("List the library.", "ライブラリーを一覧します。"))
@data_option
@json_option
def list_(data: Path | None, as_json: bool) -> None:
    from hinomi.app.responding import open_responding

    with open_responding(read_settings({"data": data})) as desk:
        rows = desk.scripts()
    if as_json:
        print_json(rows)
        return
    for row in rows:
        mark = "" if row["signed"] else say("NOT SIGNED", "署名なし")
        click.echo(f"{row['name']:<32} {row['kind']:<11} {row['sizeBytes']:>7}  {row['description']} {mark}")
    if not rows:
        click.echo(say("No scripts.", "スクリプトはありません。"))


@scripts.command(help=say("Print a script.", "スクリプトを表示します。"))
@click.argument("name")
@data_option
def show(name: str, data: Path | None) -> None:
    from hinomi.app.responding import open_responding

    with open_responding(read_settings({"data": data})) as desk:
        click.echo(desk.script(name)["text"], nl=False)


@scripts.command(
    help=say(
        "Save FILE in the library, signed; one of the same name is replaced.",
        "FILE を署名してライブラリーに保存します。同名のものは置き換えます。",
    )
)
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--name", default="", help=say("Default: the file's name.", "既定はファイル名。"))
@click.option("--kind", type=click.Choice(("bash", "powershell")))
@click.option("--description", default="")
@click.option("--parameters", default="", help=say("What to give it, for people.", "引数の説明。"))
@data_option
@json_option
def save(
    file: Path, name: str, kind: str | None, description: str, parameters: str, data: Path | None, as_json: bool
) -> None:
    from hinomi.app.responding import open_responding
    from hinomi.errors import InputError
    from hinomi.response.scripts import Draft

    try:
        text = file.read_bytes()[: 1 << 20].decode("utf-8-sig")
    except UnicodeDecodeError:
        raise InputError(say(f"{file}: not in UTF-8", f"{file}: UTF-8 ではありません")) from None
    chosen = kind or ("powershell" if file.suffix.lower() == ".ps1" else "bash")
    with open_responding(read_settings({"data": data})) as desk:
        row = desk.save_script(Draft(name or file.name, chosen, text, description, parameters))
    if as_json:
        print_json(row)
    else:
        click.echo(say(f"Saved {row['name']}: {row['sha256']}", f"{row['name']} を保存しました: {row['sha256']}"))


@scripts.command(help=say("Take a script out of the library.", "スクリプトをライブラリーから除きます。"))
@click.argument("name")
@click.confirmation_option(prompt=say("Remove this script?", "このスクリプトを除きますか?"))
@data_option
def remove(name: str, data: Path | None) -> None:
    from hinomi.app.responding import open_responding

    with open_responding(read_settings({"data": data})) as desk:
        desk.remove_script(name)
    click.echo(say("Removed.", "除きました。"))
