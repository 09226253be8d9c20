"""Words on filters and models: prove, list, import."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import click

from hinomi.cli.frame import data_option, json_option, print_json, say, warn
from hinomi.settings import read_settings


@click.group(help=say("Filters and models: prove, list, import.", "フィルタと検知モデル: 証明、一覧、取り込み。"))
def content() -> None:
    """Group."""


@content.command("list", help=say("List filters and models.", "フィルタと検知モデルを一覧します。"))
@json_option
def content_list(as_json: bool) -> None:
    from hinomi.app.content import load_shipped

    loaded, problems = load_shipped(read_settings({}))
    for problem in problems:
        warn(str(problem))
    for model in loaded.models:
        row = {
            "kind": "model",
            "id": model.id,
            "severity": str(model.severity),
            "name": say(model.name.en, model.name.ja),
        }
        _print_content(row, model.techniques, as_json)
    for filter_ in loaded.filters:
        row = {
            "kind": "filter",
            "id": filter_.id,
            "severity": str(filter_.risk),
            "name": say(filter_.title.en, filter_.title.ja),
        }
        _print_content(row, filter_.techniques, as_json)


def _print_content(row: dict[str, Any], techniques: Sequence[str], as_json: bool) -> None:
    if as_json:
        print_json({**row, "techniques": list(techniques)})
    else:
        click.echo(f"{row['kind']:<6} {row['severity']:<8} {row['id']:<48} {row['name']}  {' '.join(techniques)}")


@content.group("import", help=say("Import content of others.", "他所のコンテンツを取り込みます。"))
def content_import() -> None:
    """Group."""


@content_import.command(
    "sigma", help=say("Read Sigma rules and report on each.", "Sigma ルールを読み、一つずつ報告します。")
)
@click.argument("folders", nargs=-1, required=True, type=click.Path(exists=True, path_type=Path))
@data_option
@json_option
def content_import_sigma(folders: tuple[Path, ...], data: Path | None, as_json: bool) -> None:
    from hinomi.app.content import import_sigma

    report = import_sigma(read_settings({"data": data}), folders)
    if as_json:
        print_json(report)
        return
    for row in report["broken"]:
        click.echo(row)
    for row in report["never_matching"]:
        click.echo(f"{row['file']}: {row['reason']}")
    numbers = {name: len(report[name]) for name in ("imported", "never_matching", "broken")}
    click.echo(
        say(
            "{imported} imported, {never_matching} that can never match here, {broken} broken".format(**numbers),
            "取り込み {imported}、ここでは一致し得ないもの {never_matching}、壊れたもの {broken}".format(**numbers),
        )
    )
