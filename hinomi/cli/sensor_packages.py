"""Words on packages of the sensor: add (and sign), list, show, share, stop, remove."""

from pathlib import Path
from typing import Any

import click

from hinomi.cli.frame import data_option, json_option, print_json, say
from hinomi.settings import read_settings


@click.group(
    help=say(
        "Packages of the sensor that the server offers as updates.",
        "サーバーが更新として配布するセンサーのパッケージ。",
    )
)
def packages() -> None:
    """Group."""


@packages.command(
    help=say(
        "Check and sign FILE (made by `make sensor-package`). It is offered to nobody before it is shared.",
        "FILE (`make sensor-package` で作成) を検査して署名します。share を実行するまで配布されません。",
    )
)
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option(
    "--goes-back",
    is_flag=True,
    help=say("Sensors of a newer version take it too.", "新しい版のセンサーにも適用します (版を戻す場合)。"),
)
@data_option
@json_option
def add(file: Path, goes_back: bool, data: Path | None, as_json: bool) -> None:
    from hinomi.app.sensor_packages import add_package

    _tell(add_package(read_settings({"data": data}), file, goes_back=goes_back), as_json)


@packages.command("list", help=say("List packages, newest first.", "パッケージを新しい順に一覧します。"))
@data_option
@json_option
def list_(data: Path | None, as_json: bool) -> None:
    from hinomi.app.sensor_packages import open_packages

    with open_packages(read_settings({"data": data})) as desk:
        rows = desk.rows()
    if as_json:
        print_json({"items": rows})
        return
    for row in rows:
        _tell(row, as_json)
    if not rows:
        click.echo(say("No packages. Add one: hinomi sensor packages add FILE",
                       "パッケージはありません。追加: hinomi sensor packages add FILE"))  # fmt: skip


@packages.command(
    help=say("What became of a package on each endpoint.", "パッケージの適用結果をエンドポイントごとに表示します。")
)
@click.argument("name")
@data_option
@json_option
def show(name: str, data: Path | None, as_json: bool) -> None:
    from hinomi.app.sensor_packages import open_packages

    with open_packages(read_settings({"data": data})) as desk:
        found = desk.one(name)
    _tell(found, as_json)
    if as_json:
        return
    for row in found["sensors"]:
        click.echo(f"  {row['name']:<24} {_outcome(row['outcome'])}  {row['reason']}".rstrip())


@packages.command(
    help=say(
        "Offer the package NAME (version or digest) to sensors that it fits, connected ones at once.",
        "パッケージ NAME (版またはダイジェスト) を対象のセンサーに配布します。接続中のセンサーにはすぐに届きます。",
    )
)
@click.argument("name")
@click.option(
    "--percent",
    default=100,
    show_default=True,
    type=click.IntRange(1, 100),
    help=say("How many of the sensors, always the same ones first.", "配布するセンサーの割合 (順序は常に同じ)。"),
)
@click.option("--group", default="", help=say("Only sensors of this group.", "このグループのセンサーのみ。"))
@data_option
@json_option
def share(name: str, percent: int, group: str, data: Path | None, as_json: bool) -> None:
    from hinomi.app.sensor_packages import open_packages

    with open_packages(read_settings({"data": data})) as desk:
        _tell(desk.share(name, percent, group), as_json)


@packages.command(
    help=say(
        "Offer the package to nobody more; sensors that took it keep it.",
        "配布を停止します。適用済みのセンサーはそのままです。",
    )
)
@click.argument("name")
@data_option
@json_option
def stop(name: str, data: Path | None, as_json: bool) -> None:
    from hinomi.app.sensor_packages import open_packages

    with open_packages(read_settings({"data": data})) as desk:
        _tell(desk.share(name, 0, ""), as_json)


@packages.command(
    help=say(
        "Delete a package; sensors that run it go on.",
        "パッケージを削除します。実行中のセンサーはそのまま動作します。",
    )
)
@click.argument("name")
@click.confirmation_option(prompt=say("Delete this package?", "このパッケージを削除しますか?"))
@data_option
def remove(name: str, data: Path | None) -> None:
    from hinomi.app.sensor_packages import open_packages

    with open_packages(read_settings({"data": data})) as desk:
        desk.remove(name)
    click.echo(say("Deleted.", "削除しました。"))


def _tell(row: dict[str, Any], as_json: bool) -> None:
    if as_json:
        print_json(row)
        return
    group = f" ({row['group']})" if row["group"] else ""
    shared = say(f"shared with {row['percent']} %{group}", f"{row['percent']} % に配布中{group}")
    state = shared if row["percent"] else say("not shared", "未配布")
    counts = say(
        f"running {row['running']}, refused {row['refused']}, rolled back {row['rolledBack']}",
        f"稼働 {row['running']}、拒否 {row['refused']}、切り戻し {row['rolledBack']}",
    )
    click.echo(f"{row['version']}  {row['platform']}  {row['sha256'][:12]}  {state}; {counts}")


def _outcome(outcome: str) -> str:
    return {
        "running": say("running", "稼働"),
        "refused": say("refused", "拒否"),
        "rolled_back": say("rolled back", "切り戻し"),
    }[outcome]
