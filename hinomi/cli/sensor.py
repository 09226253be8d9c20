"""Words on the sensor: a token on the server; enrol, run, status and uninstall on the host that it watches."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import click

from hinomi.cli.frame import Command, data_option, json_option, print_json, say
from hinomi.sensor.folder import DEFAULT
from hinomi.settings import read_settings


@click.group(help=say("The sensor: our program on an endpoint.", "センサー: エンドポイント上の Hinomi のプログラム。"))
def sensor() -> None:
    """Group."""


def _folder(command: Command) -> Command:
    return click.option(
        "--folder",
        type=click.Path(file_okay=False, path_type=Path),
        default=DEFAULT,
        show_default=True,
        help=say("Where the sensor keeps its identity and spool.", "センサーの身元とスプールの保存先。"),
    )(command)


@sensor.command(
    help=say(
        "On the server: make an enrolment text for new sensors. It is shown once.",
        "サーバー側: 新しいセンサーの登録用テキストを作ります。表示は一度だけです。",
    )
)
@click.option("--name", default="", help=say("What it is for.", "用途。"))
@click.option("--group", default="", help=say("Group of the new endpoints.", "新しいエンドポイントのグループ。"))
@click.option("--uses", default=1, show_default=True, help=say("How many sensors may use it.", "使用できる回数。"))
@click.option("--hours", default=24, show_default=True, help=say("How long it holds.", "有効時間 (時間)。"))
@data_option
@json_option
def token(name: str, group: str, uses: int, hours: int, data: Path | None, as_json: bool) -> None:
    from hinomi.app.local_server import LocalServer
    from hinomi.errors import Unavailable

    server = LocalServer.of(read_settings({"data": data}))
    if server is None:
        raise Unavailable(
            say(
                "No server runs on this data folder: sensors need its address. Start it: hinomi serve",
                "このデータフォルダのサーバーが動いていません (センサーにはそのアドレスが必要です)。起動: hinomi serve",
            )
        )
    sent = {"name": name, "group": group, "uses": uses, "expiresInS": hours * 3600}
    made = server.ask("POST", "/console/api/sensor-enrolments", json=sent).json()
    if as_json:
        print_json(made)
    else:
        click.echo(made["text"])


@sensor.command(
    help=say("On the endpoint: enrol with the server's text.", "エンドポイント側: サーバーのテキストで登録します。")
)
@click.argument("text")
@_folder
def enrol(text: str, folder: Path) -> None:
    from hinomi.sensor.program import enrol_here

    guid = enrol_here(text, folder)
    click.echo(
        say(f"Enrolled as {guid}. Start it: hinomi sensor run", f"{guid} として登録しました。起動: hinomi sensor run")
    )


@sensor.command(
    help=say("Watch this host in the foreground, until stopped.", "停止するまでこのホストを監視します (前景)。")
)
@_folder
def run(folder: Path) -> None:
    from hinomi.sensor.program import run_here

    raise SystemExit(run_here(folder))


@sensor.command(help=say("How the sensor on this host is.", "このホストのセンサーの状態を表示します。"))
@_folder
@json_option
def status(folder: Path, as_json: bool) -> None:
    from hinomi.sensor.program import status_here

    found = status_here(folder)
    if as_json:
        print_json(found)
        return
    state = say("running", "動作中") if found["running"] else say("not running", "停止中")
    link = say("connected", "接続中") if found.get("connected") else say("not connected", "未接続")
    click.echo(f"{found['guid']}  {found['server']}  {state}, {link}")
    if found.get("trouble"):
        click.echo(f"  {found['trouble']}")
    for name, one in sorted((found.get("collectors") or {}).items()):
        click.echo(f"  {name:<20} {_state_of(one)}  {one['reason']}")


def _state_of(collector: Mapping[str, Any]) -> str:
    if collector["active"]:
        return f"{say('active', '動作中')}: {', '.join(collector.get('watches') or ())}"
    return say("not needed", "不要") if collector.get("spare") else say("not active", "停止")


@sensor.command(
    help=say(
        "Take the sensor off this host. What was recorded stays on the server.",
        "このホストからセンサーを取り除きます。記録済みのデータはサーバーに残ります。",
    )
)
@_folder
@click.option(
    "--lift-isolation",
    is_flag=True,
    help=say("Also give an isolated host its network back.", "隔離中なら通信も元に戻します。"),
)
@click.confirmation_option(prompt=say("Take the sensor off this host?", "センサーを取り除きますか?"))
def uninstall(folder: Path, lift_isolation: bool) -> None:
    from hinomi.sensor.program import uninstall_here

    for line in uninstall_here(folder, lift_isolation):
        click.echo(line)
