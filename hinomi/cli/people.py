"""Words on API keys and on people who log in."""

from pathlib import Path

import click

from hinomi.cli.frame import data_option, json_option, print_json, say
from hinomi.settings import read_settings


@click.group(help=say("API keys.", "API キー。"))
def token() -> None:
    """Group."""


@token.command("create", help=say("Make an API key; prints it once, alone.", "API キーを作り、一度だけ表示します。"))
@data_option
@click.option(
    "--role", required=True, help=say("administrator, analyst, siem ...", "administrator、analyst、siem など。")
)
@click.option("--name", required=True, help=say("What it is for.", "用途。"))
@click.option(
    "--months",
    default=12,
    show_default=True,
    type=click.IntRange(0, 120),
    help=say("Months until it expires; 0 = never.", "有効月数。0 は無期限。"),
)
@json_option
def token_create(data: Path | None, role: str, name: str, months: int, as_json: bool) -> None:
    from hinomi.app.asking import create_token

    secret = create_token(read_settings({"data": data}), role, name, months)
    if as_json:
        print_json({"name": name, "role": role, "token": secret})
    else:
        click.echo(secret)


@click.group(help=say("People who log in.", "ログインする人。"))
def user() -> None:
    """Group."""


@user.command(
    "create", help=say("Make a user with a random password, shown once.", "ランダムなパスワードでユーザーを作ります。")
)
@data_option
@click.option("--name", required=True, help=say("Login name.", "ログイン名。"))
@click.option(
    "--role",
    required=True,
    help=say(
        "administrator, senior-analyst, analyst, auditor ...", "administrator、senior-analyst、analyst、auditor など。"
    ),
)
@json_option
def user_create(data: Path | None, name: str, role: str, as_json: bool) -> None:
    from hinomi.app.asking import create_user

    password = create_user(read_settings({"data": data}), name, role)
    if as_json:
        print_json({"name": name, "role": role, "password": password})
    else:
        click.echo(say(f"user {name} password {password}", f"ユーザー {name} パスワード {password}"))
