"""Words on the collector kit: build, upload, reports."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import click

from hinomi.cli.frame import data_option, is_japanese, json_option, print_json, say
from hinomi.settings import read_settings

_API = "/console/api/kit"


@click.group(
    help=say(
        "The collector kit: evidence of a host without a sensor.",
        "収集キット: センサーのないホストから証拠を集めます。",
    )
)
def kit() -> None:
    """Group."""


@kit.command(help=say("Write the kit for linux or windows.", "linux または windows 用のキットを書き出します。"))
@click.argument("platform", type=click.Choice(("linux", "windows")), default="linux")
@click.option("--out", default=".", type=click.Path(file_okay=False, exists=True, path_type=Path))
@data_option
@json_option
def build(platform: str, out: Path, data: Path | None, as_json: bool) -> None:
    from hinomi.app.building import build_kit, write_new

    made = build_kit(read_settings({"data": data}), platform)
    path = write_new(out / made.name, made.content)
    if as_json:
        print_json({"path": str(path), "sha256": made.sha256, "bytes": len(made.content), "tested": made.is_tested})
        return
    click.echo(f"{path}  SHA-256 {made.sha256}")
    if not made.is_tested:
        click.echo(
            say(
                "Not yet run on Windows: try it on a test machine first.",
                "Windows 上では未検証です。まず試験機で実行してください。",
            )
        )


@kit.command(help=say("Upload what a kit collected.", "キットの収集結果をアップロードします。"))
@click.argument("collection", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option(
    "--password",
    default="",
    help=say("Only for one that was made for a person.", "人が開く形式で作られた場合のパスワード。"),
)
@data_option
@json_option
def upload(collection: Path, password: str, data: Path | None, as_json: bool) -> None:
    from hinomi.app.local_server import LocalServer

    server = LocalServer.needed(read_settings({"data": data}))
    headers = {"X-Kit-Password": password} if password else {}
    asked = {"name": collection.name}
    reply = server.ask("POST", f"{_API}/reports", asked, content=collection.read_bytes(), headers=headers)
    if as_json:
        print_json(reply.json())
    else:
        _print(reply.json())


@kit.command(
    help=say(
        "List reports, or show one with its suspicious items first.",
        "報告を一覧します。ID を指定すると不審な項目から表示します。",
    )
)
@click.argument("report", required=False)
@data_option
@json_option
def reports(report: str | None, data: Path | None, as_json: bool) -> None:
    from hinomi.app.desk import quote
    from hinomi.app.local_server import LocalServer

    server = LocalServer.needed(read_settings({"data": data}))
    told = server.get(f"{_API}/reports/{quote(report)}" if report else f"{_API}/reports")
    if as_json:
        print_json(told)
    elif report:
        _print(told)
        for finding in told["findings"]:
            reasons = ", ".join(one["ja" if is_japanese() else "en"] for one in finding["reasons"])
            click.echo(f"  {finding['score']:>3}  {finding['value']}  {reasons}")
        for problem in told["problems"]:
            click.echo(f"  ! {problem}")
    else:
        for row in told["items"]:
            _print(row)
        if not told["items"]:
            click.echo(say("No reports.", "報告はありません。"))


def _print(row: dict[str, Any]) -> None:
    when = datetime.fromtimestamp(row["collected"] / 1000, UTC).isoformat(timespec="seconds")
    found = say(f"{row['suspicious']} suspicious", f"不審 {row['suspicious']} 件")
    mark = "" if row["complete"] else say("  (incomplete)", "  (一部のみ)")
    click.echo(f"{row['id']}  {when}  {row['host']:<20} {row['os']:<32} {found}{mark}")
