"""Words on response: remote shells from this terminal, their list and their recordings."""

import sys
from pathlib import Path

import click

from hinomi.cli.frame import data_option, json_option, print_json, say, warn
from hinomi.settings import read_settings


@click.group(
    help=say(
        "Response: tasks, block list, scripts, remote shells.",
        "対応: タスク、ブロックリスト、スクリプト、リモートシェル。",
    )
)
def response() -> None:
    """Group."""


@response.command(
    help=say(
        "Open a remote shell on an endpoint, here in this terminal. It is recorded; Ctrl-] ends it.",
        "このターミナルでエンドポイントのリモートシェルを開きます。操作は記録されます。Ctrl-] で終了。",
    )
)
@click.argument("endpoint")
@click.option("--reason", required=True, help=say("Why it is needed; audited.", "理由。監査ログに残ります。"))
@data_option
def shell(endpoint: str, reason: str, data: Path | None) -> None:
    from hinomi.app.terminal import attach, open_shell, running_server

    server = running_server(read_settings({"data": data}))
    task = open_shell(server, endpoint, reason)
    warn(say(f"Task {task}. Ctrl-] ends the shell.", f"タスク {task}。Ctrl-] で終了します。"))
    ended = attach(server, task, sys.stdin.fileno(), sys.stdout.fileno())
    warn("\r\n" + say(**ended["text"]) if "text" in ended else "\r\n" + str(ended.get("reason", "")))


@response.command(help=say("Look on at a remote shell of somebody else.", "他の人のリモートシェルに立ち会います。"))
@click.argument("task")
@data_option
def watch(task: str, data: Path | None) -> None:
    from hinomi.app.terminal import attach, running_server

    server = running_server(read_settings({"data": data}))
    ended = attach(server, task, sys.stdin.fileno(), sys.stdout.fileno(), watch=True)
    warn("\r\n" + say(**ended["text"]) if "text" in ended else "")


@response.command(help=say("List remote shells, newest first.", "リモートシェルを新しい順に一覧します。"))
@data_option
@json_option
def shells(data: Path | None, as_json: bool) -> None:
    from hinomi.app.terminal import running_server

    rows = running_server(read_settings({"data": data})).get("/console/api/shells")["items"]
    if as_json:
        print_json(rows)
        return
    for row in rows:
        end = say(**row["endReason"]["text"]) if row["endReason"] else row["state"]
        click.echo(f"{row['taskId']}  {row['endpointName']:<20} {row['askedBy']:<20} {end}  {row['reason']}")
    if not rows:
        click.echo(say("No remote shells.", "リモートシェルはありません。"))


@response.command(
    help=say(
        "Print the recording of a remote shell (asciicast v2) on standard output.",
        "リモートシェルの記録 (asciicast v2) を標準出力に出力します。",
    )
)
@click.argument("task")
@data_option
def recording(task: str, data: Path | None) -> None:
    from hinomi.app.terminal import running_server

    reply = running_server(read_settings({"data": data})).ask("GET", f"/console/api/shells/{task}/recording")
    sys.stdout.buffer.write(reply.content)
