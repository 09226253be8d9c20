"""Words on endpoints: list, show, group, revoke, remove, and the policy that sensors follow."""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import click

from hinomi.cli.frame import data_option, json_option, print_json, say
from hinomi.settings import read_settings


@click.group(help=say("Endpoints: machines with our sensor.", "エンドポイント: センサーが入った端末とサーバー。"))
def endpoints() -> None:
    """Group."""


@endpoints.command("list", help=say("List endpoints by name.", "エンドポイントを名前順に一覧します。"))
@click.option(
    "--search", default="", help=say("Words in name, address, user, OS.", "名前・アドレス・ユーザー・OS の語。")
)
@click.option("--type", "types", multiple=True, type=click.Choice(("server", "desktop")))
@data_option
@json_option
def list_(search: str, types: tuple[str, ...], data: Path | None, as_json: bool) -> None:
    from hinomi.app.endpoints import open_endpoints

    with open_endpoints(read_settings({"data": data})) as desk:
        rows = desk.rows(search, types)
    if as_json:
        print_json(rows)
        return
    for row in rows:
        click.echo(_line(row))
    if not rows:
        hint = "hinomi sensor token"
        click.echo(
            say(
                f"No endpoints. Enrol one: {hint} on this server, then hinomi sensor enrol on the machine.",
                f"エンドポイントはありません。登録: このサーバーで {hint}、対象機で hinomi sensor enrol。",
            )
        )


def _line(row: dict[str, Any]) -> str:
    there = say("connected", "接続中") if row["connected"] else say("away", "未接続")
    marks = [there]
    marks += [say("isolated", "隔離中")] if row["isolation"] == "on" else []
    marks += [say("revoked", "失効")] if row["revoked"] else []
    address = row["ips"][0] if row["ips"] else "-"
    return f"{row['guid']}  {row['name']:<20} {row['type']:<8} {address:<16} {row['osName']:<32} {', '.join(marks)}"


@endpoints.command(help=say("Show all that is known of one endpoint.", "エンドポイントの詳細を表示します。"))
@click.argument("endpoint")
@data_option
@json_option
def show(endpoint: str, data: Path | None, as_json: bool) -> None:
    from hinomi.app.endpoints import open_endpoints

    with open_endpoints(read_settings({"data": data})) as desk:
        row = desk.one(endpoint)
    if as_json:
        print_json(row)
        return
    click.echo(_line(row))
    for label, value in _facts(row):
        click.echo(f"  {label:<18} {value}")
    for name, state in sorted(row["collectors"].items()):
        told = say("active", "動作中") if state["active"] else say("not active", "停止")
        click.echo(f"  {name:<18} {told}  {state['reason']}")


def _facts(row: dict[str, Any]) -> list[tuple[str, str]]:
    seen = datetime.fromtimestamp(row["lastSeen"] / 1000, UTC).isoformat(timespec="seconds")
    return [
        (say("addresses", "アドレス"), ", ".join(row["ips"])),
        (say("users", "ユーザー"), ", ".join(row["users"])),
        (say("kernel", "カーネル"), f"{row['kernel']} {row['architecture']}"),
        (say("sensor", "センサー"), row["sensorVersion"]),
        (say("policy version", "ポリシー版"), str(row["policyVersion"])),
        (say("pattern version", "パターン版"), str(row["patternVersion"])),
        (say("group", "グループ"), row["group"] or "-"),
        (say("last seen", "最終確認"), seen),
    ]


@endpoints.command(help=say("Put an endpoint into a group.", "エンドポイントをグループに入れます。"))
@click.argument("endpoint")
@click.argument("group")
@data_option
def group(endpoint: str, group: str, data: Path | None) -> None:
    from hinomi.app.endpoints import open_endpoints

    with open_endpoints(read_settings({"data": data})) as desk:
        click.echo(_line(desk.set_group(endpoint, group)))


@endpoints.command(
    help=say(
        "End the identity of an endpoint's sensor: cut off at once.", "センサーの身元を失効させ、直ちに切断します。"
    )
)
@click.argument("endpoint")
@click.confirmation_option(prompt=say("Cut this sensor off?", "このセンサーを切断しますか?"))
@data_option
def revoke(endpoint: str, data: Path | None) -> None:
    from hinomi.app.endpoints import open_endpoints

    with open_endpoints(read_settings({"data": data})) as desk:
        click.echo(_line(desk.revoke(endpoint)))


@endpoints.command(
    help=say("Revoke an endpoint and take it out of the list.", "エンドポイントを失効させ、一覧から除きます。")
)
@click.argument("endpoint")
@click.confirmation_option(prompt=say("Remove this endpoint?", "このエンドポイントを除きますか?"))
@data_option
def remove(endpoint: str, data: Path | None) -> None:
    from hinomi.app.endpoints import open_endpoints

    with open_endpoints(read_settings({"data": data})) as desk:
        desk.remove(endpoint)
    click.echo(say("Removed.", "除きました。"))


@endpoints.command(
    help=say(
        "Show the policy of a group, or set it from a JSON file (--set). Without a group: that of all others.",
        "グループのポリシーを表示、または JSON ファイル (--set) で設定します。省略時は共通ポリシー。",
    )
)
@click.argument("group", default="")
@click.option(
    "--set",
    "file",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help=say("JSON file; what it does not name takes the default.", "JSON ファイル。省いた項目は既定値。"),
)
@click.option("--give-up", is_flag=True, help=say("Follow the policy of all others again.", "共通ポリシーに戻します。"))
@click.option("--comment", default="", help=say("Why.", "理由。"))
@data_option
def policy(group: str, file: Path | None, give_up: bool, comment: str, data: Path | None) -> None:
    from hinomi.app.endpoints import open_endpoints
    from hinomi.errors import InputError

    with open_endpoints(read_settings({"data": data})) as desk:
        if file is None and not give_up:
            print_json(desk.policy(group))
            return
        try:
            given = None if file is None else json.loads(file.read_bytes())
        except ValueError as error:
            raise InputError(f"{file}: {error}") from None
        version = desk.change_policy(group, given, comment)
    click.echo(say(f"Version {version}.", f"バージョン {version}。"))
