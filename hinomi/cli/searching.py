"""`hinomi search`: rows, a count, a stack, a facet, or a file of what a query finds."""

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

import click

from hinomi.cli.frame import data_option, json_option, print_json, say
from hinomi.cli.progress import BYTES, ROWS, Show, progress
from hinomi.settings import read_settings

if TYPE_CHECKING:
    from hinomi.app.searching import Search

_DATASETS = ("all", "endpoint", "network", "mail", "cloud", "identity", "detections", "thirdparty")
_FORMS = ("csv", "ndjson", "parquet")
_ROWS, _EXPORTED = 100, 1_000_000  # without --limit


@click.command(
    help=say(
        "Search the lake with the query language (docs/reference/query.md).",
        "クエリでレイクを検索します (docs/reference/query.md)。",
    )
)
@click.argument("query")
@data_option
@click.option("--dataset", type=click.Choice(_DATASETS), default="all", show_default=True)
@click.option(
    "--from",
    "from_",
    help=say(
        "Start: ISO 8601 or how long ago (24h). Default: everything.", "開始: ISO 8601、または 24h など。既定は全期間。"
    ),
)
@click.option("--to", help=say("End, included.", "終了 (その時刻を含む)。"))
@click.option("--columns", help=say("Comma list of fields.", "フィールドのカンマ区切り。"))
@click.option(
    "--limit",
    type=click.IntRange(1, 10_000_000),
    help=say("Rows at most (100; of a file a million).", "最大行数 (既定 100。ファイルは 100 万)。"),
)
@click.option("--count", "is_count", is_flag=True, help=say("Only how many.", "件数だけを表示します。"))
@click.option(
    "--stack",
    "stacked",
    metavar="FIELD[,FIELD]",
    help=say("Combinations of values, rarest first.", "値の組み合わせを、少ない順に数えます。"),
)
@click.option("--frequent", is_flag=True, help=say("Most frequent first (with --stack).", "多い順 (--stack と使う)。"))
@click.option("--facet", metavar="FIELD", help=say("The most and least frequent values.", "多い値と少ない値。"))
@click.option(
    "--format", "form", type=click.Choice(_FORMS), help=say("Write a file of this form.", "この形式で書き出します。")
)
@click.option(
    "--output",
    type=click.Path(dir_okay=False, path_type=Path),
    help=say("The file; default standard output.", "書き出すファイル。既定は標準出力。"),
)
@json_option
def search(
    query: str,
    data: Path | None,
    dataset: str,
    from_: str | None,
    to: str | None,
    columns: str | None,
    limit: int | None,
    is_count: bool,
    stacked: str | None,
    frequent: bool,
    facet: str | None,
    form: str | None,
    output: Path | None,
    as_json: bool,
) -> None:
    from hinomi.app.searching import Wish, open_search

    _check_ways(is_count, stacked, facet, form, output)
    wish = Wish(query, dataset, from_, to, columns)
    with open_search(read_settings({"data": data}), wish) as found:
        if is_count:
            _print_count(found.count(), as_json)
        elif stacked:
            names = [name.strip() for name in stacked.split(",") if name.strip()]
            _print_stack(found.stack(names, "frequent" if frequent else "rare", limit or _ROWS), as_json)
        elif facet:
            _print_facet(found.facet(facet, min(limit or 10, 100)), as_json)
        elif form or output:
            _export(found, form or _form_of(output), limit or _EXPORTED, output, as_json)
        else:
            _print_rows(found.rows(limit or _ROWS), columns, as_json)


def _check_ways(is_count: bool, stacked: str | None, facet: str | None, form: str | None, output: Path | None) -> None:
    if sum(map(bool, (is_count, stacked, facet, form or output))) > 1:
        raise click.UsageError(
            say("one of --count, --stack, --facet, --format", "--count、--stack、--facet、--format はどれか一つです")
        )


def _form_of(output: Path | None) -> str:
    """As the file's name says."""
    form = output.suffix[1:].lower() if output else ""
    if form not in _FORMS:
        raise click.UsageError(
            say(f"--format: one of {', '.join(_FORMS)}", f"--format には {', '.join(_FORMS)} のいずれか")
        )
    return form


def _print_count(count: int, as_json: bool) -> None:
    if as_json:
        print_json({"count": count})
    else:
        click.echo(count)


def _print_rows(rows: Iterator[dict[str, Any]], columns: str | None, as_json: bool) -> None:
    for row in rows:
        if as_json:
            print_json(row)
        elif columns:
            named = [name.strip() for name in columns.split(",") if name.strip()]
            click.echo("\t".join([row["eventTimeDT"], *(_cell(row.get(name)) for name in named)]))
        else:
            click.echo(_line(row))


def _line(row: dict[str, Any]) -> str:
    what = row.get("objectCmd") or row.get("processCmd") or row.get("objectFilePath") or row.get("hostName") or ""
    named = row.get("filterName") or row.get("objectName") or row.get("processName") or ""
    return f"{row['eventTimeDT']}  {row.get('endpointHostName', ''):<20} {named:<28} {_cell(what)[:160]}"


def _cell(value: Any) -> str:
    """On one line, and nothing in it that a terminal would obey."""
    text = "; ".join(map(str, value)) if isinstance(value, list) else "" if value is None else str(value)
    return "".join(each if each.isprintable() else " " for each in text)


def _print_stack(items: Iterator[dict[str, Any]], as_json: bool) -> None:
    for item in items:
        if as_json:
            print_json(item)
        else:
            values = "  |  ".join(_cell(value) or "-" for value in item["values"])
            click.echo(f"{item['count']:>10,}  {item['endpoints']:>6,}  {values}")


def _print_facet(found: dict[str, Any], as_json: bool) -> None:
    if as_json:
        print_json(found)
        return
    click.echo(
        say(
            f"{found['field']}: {found['distinct']:,} values, {found['absent']:,} without",
            f"{found['field']}: 値 {found['distinct']:,} 種類、値なし {found['absent']:,} 件",
        )
    )
    for value in found["values"]:
        click.echo(f"{value['count']:>10,}  {value['share']:>6.1%}  {_cell(value['value'])}")
    if found["distinct"] > len(found["values"]):
        click.echo(say("rarest:", "少ない値:"))
        for value in found["rare"]:
            click.echo(f"{value['count']:>10,}          {_cell(value['value'])}")


def _export(found: "Search", form: str, limit: int, output: Path | None, quiet: bool) -> None:
    """A file under a name of its own until it is whole: what Ctrl-C leaves is nothing."""
    rows, parts = found.export(form, limit)
    if output is None:
        _write(parts, sys.stdout.buffer)
        return
    unfinished = output.with_name(f"{output.name}.part")
    try:
        with (
            unfinished.open("wb") as stream,
            progress(say("Exporting", "書き出しています"), BYTES if form == "parquet" else ROWS, quiet=quiet) as show,
        ):
            _write(_counted(parts, form, rows, show), stream)
        unfinished.replace(output)
    finally:
        unfinished.unlink(missing_ok=True)
    if quiet:
        print_json({"rows": rows, "bytes": output.stat().st_size, "file": str(output)})
    else:
        click.echo(say(f"{rows:,} rows: {output}", f"{rows:,} 行: {output}"), err=True)


def _write(parts: Iterator[bytes], stream: IO[bytes]) -> None:
    for part in parts:
        stream.write(part)
    stream.flush()


def _counted(parts: Iterator[bytes], form: str, rows: int, show: Show) -> Iterator[bytes]:
    from hinomi.cli.row_count import FORMS, RowCount

    count, size = RowCount(form) if form in FORMS else None, 0
    for part in parts:
        yield part
        size += len(part)
        if count is None:
            show(size, 0)
        else:
            show(min(count.after(part), rows), rows)
