"""Words on the lake."""

from pathlib import Path

import click

from hinomi.cli.frame import data_option, json_option, print_json, say
from hinomi.settings import read_settings


@click.group(help=say("The lake: what it holds.", "レイク: 中身と状態。"))
def lake() -> None:
    """Group."""


@lake.command(
    "status", help=say("Activities, detections, bytes on disk.", "アクティビティ数、検知数、ディスク使用量。")
)
@data_option
@json_option
def lake_status_(data: Path | None, as_json: bool) -> None:
    from hinomi.app.asking import lake_status

    numbers = lake_status(read_settings({"data": data}))
    if as_json:
        print_json(numbers)
    else:
        for name, value in numbers.items():
            click.echo(f"{name:<20} {value}")
