"""Words that ask: alerts, search."""

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


@click.command(help=say("Search activities with the query language.", "問い合わせ言語でアクティビティを検索します。"))
@click.argument("query")
@data_option
@click.option("--from", "from_", help=say("Start, ISO 8601 (default: everything).", "開始 (ISO 8601。既定は全期間)。"))
@click.option("--to", help=say("End, ISO 8601.", "終了 (ISO 8601)。"))
@click.option("--limit", default=100, show_default=True, type=click.IntRange(1, 5000))
@json_option
def search(query: str, data: Path | None, from_: str | None, to: str | None, limit: int, as_json: bool) -> None:
    from hinomi.app.asking import search_activities

    for row in search_activities(read_settings({"data": data}), query, from_, to, limit):
        if as_json:
            print_json(row)
        else:
            what = (
                row.get("objectCmd") or row.get("processCmd") or row.get("objectFilePath") or row.get("hostName") or ""
            )
            host, name = row.get("endpointHostName", ""), row.get("eventName", "")
            click.echo(f"{row['eventTimeDT']}  {host:<20} {name:<28} {what[:160]}")
