"""Words on the operational database."""

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

import click

from hinomi.cli.frame import data_option, json_option, print_json, say
from hinomi.cli.progress import ROWS, progress
from hinomi.settings import read_settings

if TYPE_CHECKING:
    from hinomi.app.moving import Moved


@click.group(
    help=say("The operational database: alerts, people, tasks.", "運用データベース: アラート、利用者、タスク。")
)
def database() -> None:
    """Group."""


@database.command(
    "move",
    help=say(
        "Copy every table into an empty database (docs/how-to/move-the-database.md). The server must be stopped.",
        "すべての表を空のデータベースへ移します (docs/how-to/move-the-database.md)。サーバーは停止しておきます。",
    ),
)
@click.option(
    "--to",
    required=True,
    metavar="URL",
    help=say(
        "postgresql://user@host/name, or the file of a SQLite database.",
        "postgresql://user@host/name、または SQLite のファイル。",
    ),
)
@data_option
@json_option
def move(to: str, data: Path | None, as_json: bool) -> None:
    from hinomi.app.moving import move_database

    with progress(say("Copying and comparing", "コピーして照合しています"), ROWS, quiet=as_json) as show:
        moved = move_database(read_settings({"data": data}), to, show)
    if as_json:
        print_json({**asdict(moved), "rows": moved.rows})
    else:
        _tell(moved)


def _tell(moved: "Moved") -> None:
    tables, rows = len(moved.tables), moved.rows
    click.echo(
        say(
            f"{tables} tables, {rows:,} rows are in {moved.target}; each table agrees in count and digest",
            f"{moved.target}: {tables} 表、{rows:,} 行。表ごとの行数とダイジェストは一致しています",
        )
    )
    if moved.mended:
        click.echo(
            say(
                f"in {moved.mended:,} rows a NUL became U+FFFD, for PostgreSQL has none",
                f"{moved.mended:,} 行の NUL を U+FFFD に置き換えました (PostgreSQL は NUL を保存できません)",
            )
        )
    click.echo(_next_step(moved.setting))
    click.echo(
        say(
            f"{moved.source} is as it was: keep it until you have seen the server run on the other, then put it away",
            f"{moved.source} は元のままです。移行先でサーバーの動作を確かめてから片付けてください",
        )
    )


def _next_step(setting: str) -> str:
    if not setting:
        return say(
            "now take HINOMI_DATABASE_URL out of the environment of every hinomi command",
            "すべての hinomi コマンドの環境から HINOMI_DATABASE_URL を外してください",
        )
    return say(
        f"now set HINOMI_DATABASE_URL={setting} for every hinomi command",
        f"すべての hinomi コマンドに HINOMI_DATABASE_URL={setting} を設定してください",
    )
