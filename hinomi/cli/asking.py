"""Words that ask: alerts."""

from pathlib import Path

import click

from hinomi.cli.frame import data_option, is_japanese, json_option, print_json, say
from hinomi.settings import read_settings


@click.command(
    help=say("List Workbench alerts, highest score first.", "Workbench アラートをスコアの高い順に一覧します。")
)
@data_option
@click.option("--status", multiple=True, help=say("Open, In Progress or Closed.", "Open、In Progress、Closed。"))
@click.option("--limit", default=50, show_default=True, type=click.IntRange(1, 10_000))
@json_option
def alerts(data: Path | None, status: tuple[str, ...], limit: int, as_json: bool) -> None:
    from hinomi.app.asking import list_alerts

    rows = list_alerts(read_settings({"data": data}), status, limit)
    if as_json:
        print_json(rows)
        return
    if not rows:
        click.echo(
            say(
                "No alerts. Import a recording: hinomi import PATH",
                "アラートはありません。取り込み: hinomi import PATH",
            )
        )
    for row in rows:
        name = row["model"]["ja" if is_japanese() else "en"]
        entities = ", ".join(entity["name"] for entity in row["impactScope"]["entities"][:4])
        click.echo(f"{row['score']:>3}  {row['severity']:<8} {row['id']}  {row['status']:<11} {name}  [{entities}]")
