"""Words on directories: connect one, list them."""

import json
from pathlib import Path

import click

from hinomi.cli.frame import data_option, json_option, print_json, say
from hinomi.settings import read_settings


@click.group(help=say("Directories whose accounts Hinomi can disable.", "アカウントを無効化できるディレクトリ。"))
def directory() -> None:
    """Group."""


@directory.command(
    help=say(
        "Connect a directory. SETTINGS is a JSON file; the password is asked for.",
        "ディレクトリを接続します。SETTINGS は JSON ファイル。パスワードは入力を求めます。",
    )
)
@click.argument("name")
@click.argument("kind", type=click.Choice(("active_directory", "openldap")))
@click.argument("settings", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@data_option
def connect(name: str, kind: str, settings: Path, data: Path | None) -> None:
    from hinomi.app.terminal import running_server

    given = json.loads(settings.read_text())
    password = click.prompt(say("Password", "パスワード"), hide_input=True)
    wish = {"name": name, "kind": kind, "settings": given, "password": password}
    running_server(read_settings({"data": data})).ask("POST", "/console/api/directories", json=wish)
    click.echo(say(f"Connected {name}.", f"{name} を接続しました。"))


@directory.command("list", help=say("List directories.", "ディレクトリを一覧します。"))
@data_option
@json_option
def list_(data: Path | None, as_json: bool) -> None:
    from hinomi.app.terminal import running_server

    rows = running_server(read_settings({"data": data})).get("/console/api/directories")["items"]
    if as_json:
        print_json(rows)
        return
    for row in rows:
        click.echo(f"{row['name']:<20} {row['kind']:<18} {row['address']}  {row['baseDn']}")
