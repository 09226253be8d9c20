"""Words on simulations: list, build, replay, preflight."""

from pathlib import Path
from typing import Any

import click

from hinomi.cli.frame import data_option, is_japanese, json_option, print_json, say
from hinomi.settings import read_settings

_DEMO = "t1003_demo"
_API = "/console/api/simulations"


@click.group(
    help=say(
        "Simulations: try the way of an alert, harmlessly.", "シミュレーション: アラートまでの流れを無害に試します。"
    )
)
def simulate() -> None:
    """Group."""


@simulate.command("list", help=say("List what can be tried and replayed.", "試せるものと再生できる記録を一覧します。"))
@data_option
@json_option
def list_(data: Path | None, as_json: bool) -> None:
    from hinomi.app.building import simulations
    from hinomi.operations.simulations import recording_row

    rows = []
    for one in simulations(read_settings({"data": data})):
        scenarios = [{"id": each.number, "filter": each.filter} for each in one.demo.scenarios] if one.demo else []
        rows.append(recording_row(one) | {"techniques": list(one.techniques), "scenarios": scenarios})
    if as_json:
        print_json(rows)
        return
    for row in rows:
        tried = say(f"{len(row['scenarios'])} scenarios", f"シナリオ {len(row['scenarios'])} 件")
        shown = tried if row["scenarios"] else say("recording only", "記録のみ")
        click.echo(f"{row['id']:<18} {_text(row['title'])}  [{', '.join(row['techniques'])}]  {shown}")


@simulate.command(
    help=say(
        "Write the demonstration's script as a zip, and print its password.",
        "デモスクリプトの zip を書き出し、パスワードを表示します。",
    )
)
@click.argument("simulation", default=_DEMO)
@click.option("--scenario", type=int, help=say("Only this scenario.", "このシナリオだけ。"))
@click.option("--out", default=".", type=click.Path(file_okay=False, exists=True, path_type=Path))
@data_option
@json_option
def build(simulation: str, scenario: int | None, out: Path, data: Path | None, as_json: bool) -> None:
    from hinomi.app.building import build_script, write_new

    script = build_script(read_settings({"data": data}), simulation, scenario)
    path = write_new(out / script.name, script.content)
    if as_json:
        hashes = {name: {"sha1": sha1, "sha256": sha256} for name, (sha1, sha256) in script.hashes.items()}
        print_json({"path": str(path), "password": script.password, "files": hashes})
    else:
        click.echo(str(path))
        click.echo(say(f"password {script.password}", f"パスワード {script.password}"))


@simulate.command(
    help=say(
        "Replay the Windows recording as if it had just happened (needs a running server).",
        "Windows の記録を今起きたものとして再生します (サーバーの起動が必要)。",
    )
)
@click.argument("simulation", default=_DEMO)
@click.option("--scenario", type=int, help=say("Only this scenario.", "このシナリオだけ。"))
@data_option
@json_option
def replay(simulation: str, scenario: int | None, data: Path | None, as_json: bool) -> None:
    from hinomi.app.desk import quote
    from hinomi.app.local_server import LocalServer

    asked = {} if scenario is None else {"scenario": scenario}
    server = LocalServer.needed(read_settings({"data": data}))
    told = dict(server.ask("POST", f"{_API}/{quote(simulation)}/replay", asked).json())
    if as_json:
        print_json(told)
    else:
        click.echo(
            say(
                f"{told['records']} records replayed. Look into Workbench: hinomi alerts",
                f"{told['records']} 件の記録を再生しました。Workbench を確認: hinomi alerts",
            )
        )


@simulate.command(
    help=say(
        "What would keep the alert from coming on this endpoint.",
        "このエンドポイントでアラートを妨げるものを調べます。",
    )
)
@click.argument("endpoint")
@click.option("--simulation", default=_DEMO, show_default=True)
@data_option
@json_option
def preflight(endpoint: str, simulation: str, data: Path | None, as_json: bool) -> None:
    from hinomi.app.desk import quote
    from hinomi.app.local_server import LocalServer

    server = LocalServer.needed(read_settings({"data": data}))
    told = server.get(f"{_API}/{quote(simulation)}/preflight", {"endpoint": endpoint})
    if as_json:
        print_json(told)
        return
    for check in told["items"]:
        mark = "?" if check["ok"] is None else "o" if check["ok"] else "x" if check["blocking"] else "!"
        click.echo(f"{mark} {_text(check['title'])}: {_text(check['why'])}")
    if not told["ready"]:
        raise click.exceptions.Exit(1)


def _text(both: dict[str, Any]) -> str:
    return str(both["ja" if is_japanese() else "en"])
