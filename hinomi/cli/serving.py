"""Words that set up and run: init, serve, up."""

import sys
from pathlib import Path

import click

from hinomi.cli.frame import Command, data_option, json_option, print_json, say
from hinomi.settings import read_settings


@click.command(help=say("Make a data folder and the first administrator.", "データフォルダと最初の管理者を作ります。"))
@data_option
@click.option("--user", default="admin", show_default=True, help=say("Name of the administrator.", "管理者の名前。"))
@json_option
def init(data: Path | None, user: str, as_json: bool) -> None:
    from hinomi.app.opening import initialise

    settings = read_settings({"data": data})
    first = initialise(settings, user)
    if as_json:
        print_json({"data": str(settings.data), "user": first.name, "password": first.password})
        return
    click.echo(say(f"Made {settings.data}.", f"{settings.data} を作りました。"))
    click.echo(
        say(f"user {first.name} password {first.password}", f"ユーザー {first.name} パスワード {first.password}")
    )
    click.echo(say("Start with: hinomi serve", "起動: hinomi serve"))


def _serve_options(command: Command) -> Command:
    for option in (
        click.option("--host", help=say("Address to listen on.", "待ち受けるアドレス。")),
        click.option("--port", type=int, help=say("Port; 0 takes a free one.", "ポート。0 なら空きポート。")),
        data_option,
    ):
        command = option(command)
    return command


@click.command(help=say("Run everything in the foreground.", "すべてを前面で動かします。"))
@_serve_options
def serve(data: Path | None, host: str | None, port: int | None) -> None:
    from hinomi.app.serving import serve_house

    settings = read_settings({"data": data, "host": host, "port": port})
    serve_house(settings, on_ready=lambda url: click.echo(f"Hinomi is ready: {url}"))


@click.command(
    help=say(
        "Set up when needed, start, and load the built-in recordings once.",
        "必要なら初期設定をし、起動して、同梱の記録を一度だけ読み込みます。",
    )
)
@_serve_options
def up(data: Path | None, host: str | None, port: int | None) -> None:
    from hinomi.app.folder import DataFolder
    from hinomi.app.opening import initialise, read_first_user
    from hinomi.app.serving import serve_house

    settings = read_settings({"data": data, "host": host, "port": port})
    if not DataFolder(settings.data).is_made:
        initialise(settings)

    def ready(url: str) -> None:
        first = read_first_user(settings)
        if first is None:
            word = say("(the one you chose)", "(設定済みのもの)")
            click.echo(f"Hinomi is ready: {url} user admin password {word}")
        else:
            click.echo(f"Hinomi is ready: {url} user {first.name} password {first.password}")
        sys.stdout.flush()

    serve_house(settings, on_ready=ready, with_simulations=True)
