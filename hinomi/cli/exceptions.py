"""Words on exceptions: list, bill, add, remove."""

from pathlib import Path
from typing import Any

import click

from hinomi.cli.frame import Command, data_option, json_option, print_json, say
from hinomi.settings import read_settings

_OPERATORS = ("equals", "contains", "startswith", "endswith", "re", "cidr")


@click.group(
    help=say(
        "Exceptions: detections that are expected and hidden, with a reason.",
        "例外: 想定内として理由付きで非表示にする検知。",
    )
)
def exceptions() -> None:
    """Group."""


def _terms(command: Command) -> Command:
    """What an exception hides."""
    for option in (
        click.option(
            "--endpoint",
            "endpoints",
            multiple=True,
            help=say(
                "Only on this endpoint: GUID, or name with * and ?; may be repeated.",
                "このエンドポイントだけ (GUID、または * ? を含む名前)。複数可。",
            ),
        ),
        click.option("--filter", "filter_id", help=say("Only of this filter.", "このフィルタだけ。")),
        click.option("--value", required=True, help=say("The value.", "値。")),
        click.option(
            "--operator",
            type=click.Choice(_OPERATORS),
            default="equals",
            show_default=True,
            help=say("How the field is compared.", "比較方法。"),
        ),
        click.option("--field", required=True, help=say("Field of the activity.", "アクティビティのフィールド。")),
    ):
        command = option(command)
    return command


def _sent(field: str, operator: str, value: str, filter_id: str | None, endpoints: tuple[str, ...]) -> dict[str, Any]:
    scope = {"scope": {"endpoints": list(endpoints)}} if endpoints else {}
    return {"field": field, "operator": operator, "value": value, "filterId": filter_id, **scope}


@exceptions.command("list", help=say("List exceptions, newest first.", "例外を新しい順に一覧します。"))
@data_option
@json_option
def list_(data: Path | None, as_json: bool) -> None:
    from hinomi.app.exceptions import open_exceptions

    with open_exceptions(read_settings({"data": data})) as desk:
        rows = desk.rows()
    if as_json:
        print_json(rows)
        return
    for row in rows:
        _print_exception(row)
    if not rows:
        click.echo(say("No exceptions.", "例外はありません。"))


def _print_exception(row: dict[str, Any]) -> None:
    marks = [say("expired", "期限切れ")] if row["expired"] else []
    marks += [] if row["enabled"] else [say("off", "無効")]
    where = ", ".join(row["scope"]["endpoints"]) if row["scope"] else say("everywhere", "全エンドポイント")
    what = row["filterId"] or say("any filter", "全フィルタ")
    until = row["expiresDateTime"] or say("no expiry", "無期限")
    shown = f"  ({', '.join(marks)})" if marks else ""
    click.echo(f"{row['id']}  {row['field']} {row['operator']} {row['value']!r}  {what}  {where}{shown}")
    hits = say(f"{row['hits']} hidden", f"非表示 {row['hits']} 件")
    click.echo(f"    {hits}  {until}  {row['createdBy']}: {row['reason']}")


@exceptions.command(
    "bill",
    help=say(
        "What an exception would have hidden in the last days. Saves nothing.",
        "例外を作ると過去何日間で何が非表示になったかを示します。保存はしません。",
    ),
)
@_terms
@click.option(
    "--days",
    default=30,
    show_default=True,
    type=click.IntRange(1, 90),
    help=say("Days to look back.", "さかのぼる日数。"),
)
@data_option
@json_option
def bill(
    field: str,
    operator: str,
    value: str,
    filter_id: str | None,
    endpoints: tuple[str, ...],
    days: int,
    data: Path | None,
    as_json: bool,
) -> None:
    from hinomi.app.exceptions import open_exceptions

    with open_exceptions(read_settings({"data": data})) as desk:
        made = desk.bill(_sent(field, operator, value, filter_id, endpoints), days)
    if as_json:
        print_json(made)
    else:
        _print_bill(made)


def _print_bill(made: dict[str, Any]) -> None:
    click.echo(
        say(
            "{detections} detections hidden and {alerts} alerts not raised in {days} days",
            "{days} 日間で検知 {detections} 件が非表示、アラート {alerts} 件が出なくなります",
        ).format(**made)
    )
    if made["partial"]:
        click.echo(say("There were more than could be looked at.", "多すぎるため、新しいものだけを調べました。"))
    for row in made["byFilter"]:
        click.echo(f"{row['count']:>8,}  {row['filterId']}: {say(**row['title'])}")
    for row in made["samples"]:
        click.echo(f"  {row['eventDateTime']}  {row['endpointName']:<20} {row['value'][:160]}")
    for proof in made["blindedProofs"]:
        click.echo(say("blinds", "証明を無効化") + f": {proof['kind']} {proof['id']} ({proof['test']})")


@exceptions.command(
    "add",
    help=say(
        "Add an exception; it hides from the next batch on. One that blinds a proof needs --override.",
        "例外を追加します。次のバッチから有効です。証明を無効にするものは --override が必要です。",
    ),
)
@_terms
@click.option("--reason", required=True, help=say("Why this is expected.", "想定内とする理由。"))
@click.option("--expires", help=say("Until when, ISO 8601; default: for ever.", "期限 (ISO 8601)。既定は無期限。"))
@click.option(
    "--override", is_flag=True, help=say("Even when it blinds proofs.", "証明を無効にする場合でも追加します。")
)
@data_option
@json_option
def add(
    field: str,
    operator: str,
    value: str,
    filter_id: str | None,
    endpoints: tuple[str, ...],
    reason: str,
    expires: str | None,
    override: bool,
    data: Path | None,
    as_json: bool,
) -> None:
    from hinomi.app.exceptions import open_exceptions

    with open_exceptions(read_settings({"data": data})) as desk:
        row = desk.add(_sent(field, operator, value, filter_id, endpoints), reason, expires, override)
    if as_json:
        print_json(row)
    else:
        _print_exception(row)


@exceptions.command("remove", help=say("Remove an exception.", "例外を削除します。"))
@click.argument("exception_id", metavar="ID")
@data_option
@json_option
def remove(exception_id: str, data: Path | None, as_json: bool) -> None:
    from hinomi.app.exceptions import open_exceptions

    with open_exceptions(read_settings({"data": data})) as desk:
        desk.remove(exception_id)
    if as_json:
        print_json({"id": exception_id, "removed": True})
    else:
        click.echo(say(f"Removed {exception_id}.", f"{exception_id} を削除しました。"))
