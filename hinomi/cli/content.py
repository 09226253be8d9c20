"""Words on filters and models: prove, list, import."""

from pathlib import Path
from typing import Any

import click

from hinomi.cli import managing
from hinomi.cli.frame import data_option, json_option, print_json, say, warn
from hinomi.settings import read_settings


@click.group(help=say("Filters and models: prove, list, import.", "フィルタと検知モデル: 証明、一覧、取り込み。"))
def content() -> None:
    """Group."""


@content.command(
    "list",
    help=say(
        "List filters and models: those in effect in the data folder, else the shipped ones.",
        "フィルタと検知モデルを一覧します。データフォルダで有効なもの、なければ同梱品。",
    ),
)
@data_option
@json_option
def content_list(data: Path | None, as_json: bool) -> None:
    from hinomi.app.desk import list_content

    rows, problems = list_content(read_settings({"data": data}))
    for problem in problems:
        warn(problem)
    for row in rows:
        if as_json:
            print_json({**row, "name": say(**row["title"]), "severity": row["risk"]})
        else:
            _print_content(row)


def _print_content(row: dict[str, Any]) -> None:
    marks = [] if row["enabled"] else [say("off", "無効")]
    marks += [] if row["origin"] == "shipped" else [row["origin"]]
    shown = f"  ({', '.join(marks)})" if marks else ""
    techniques = " ".join(row["techniques"])
    click.echo(f"{row['kind']:<6} {row['risk']:<8} {row['id']:<48} {say(**row['title'])}  {techniques}{shown}")


@content.group("import", help=say("Import content of others.", "他所のコンテンツを取り込みます。"))
def content_import() -> None:
    """Group."""


@content_import.command(
    "sigma", help=say("Read Sigma rules and report on each.", "Sigma ルールを読み、一つずつ報告します。")
)
@click.argument("folders", nargs=-1, required=True, type=click.Path(exists=True, path_type=Path))
@click.option(
    "--placeholders",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help=say(
        "YAML file with values for placeholders (name: [values]); kept in the data folder.",
        "プレースホルダーの値の YAML ファイル (名前: [値])。データフォルダに保存します。",
    ),
)
@data_option
@json_option
def content_import_sigma(
    folders: tuple[Path, ...], placeholders: Path | None, data: Path | None, as_json: bool
) -> None:
    from hinomi.app.content import import_sigma

    report = import_sigma(read_settings({"data": data}), folders, placeholders)
    if as_json:
        print_json(report)
        return
    for row in report["broken"]:
        place = row["file"] if row["line"] is None else f"{row['file']}:{row['line']}"
        click.echo(f"{place}: {say(row['message'], row['message_ja'])}")
    for row in report["never_matching"]:
        click.echo(f"{row['file']}: {say(row['reason'], row['reason_ja'])}")
    for row in report["filters"]:
        click.echo(
            say(
                f"{row['file']}: filter added to {row['rules']} rules",
                f"{row['file']}: フィルタを {row['rules']} 件のルールに適用",
            )
        )
    numbers = {name: len(report[name]) for name in ("imported", "never_matching", "broken")}
    click.echo(
        say(
            "{imported} imported, {never_matching} that can never match here, {broken} broken".format(**numbers),
            "取り込み {imported}、ここでは一致し得ないもの {never_matching}、壊れたもの {broken}".format(**numbers),
        )
    )


for word in (
    *(managing.show, managing.enable, managing.disable, managing.add, managing.edit),
    *(managing.versions, managing.rollback, managing.export),
):
    content.add_command(word)
content_import.add_command(managing.import_zip)
