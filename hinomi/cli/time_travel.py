"""`hinomi detect --lake`: the alerts as they would have been, beside those that were raised."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import click

from hinomi.cli.frame import is_japanese, print_json, say
from hinomi.cli.progress import ACTIVITIES, progress
from hinomi.settings import read_settings

# group -> (English, Japanese), in the order of what a person wants to know first
GROUPS = {
    "onlyNow": ("Would be raised now, was not", "今なら出るが、当時は出なかった"),
    "onlyThen": ("Was raised, would not be now", "当時は出たが、今なら出ない"),
    "both": ("The same then and now", "当時も今も同じ"),
}


def travel(
    data: Path | None,
    from_: str | None,
    to: str | None,
    models: Sequence[str],
    filters: Sequence[str],
    exceptions: bool,
    as_json: bool,
) -> None:
    """Run it and print what it found."""
    from hinomi.app.time_travelling import request, time_travel

    sent = request(_moment(from_), _moment(to), models, filters, exceptions=exceptions)
    with progress(say("Reading the lake again", "レイクを読み直しています"), ACTIVITIES, quiet=as_json) as show:
        found = time_travel(read_settings({"data": data}), sent, show)
    if as_json:
        for item in found["items"]:
            print_json(item)
        print_json({name: value for name, value in found.items() if name not in ("items", "job", "error", "progress")})
    else:
        _print(found)


def _moment(text: str | None) -> str | None:
    import time

    from hinomi.query.moment import format_moment, parse_when

    return None if text is None else format_moment(parse_when(text, int(time.time() * 1000)))


def _print(found: dict[str, Any]) -> None:
    for group, names in GROUPS.items():
        items = [item for item in found["items"] if item["group"] == group]
        click.echo(f"{say(*names)}: {found['counts'][group]}")
        for item in items if group != "both" else ():
            _print_item(item)
        if group != "both" and len(items) < found["counts"][group]:
            click.echo("  ...")
    rate = found["read"] / found["seconds"] if found["seconds"] else 0
    click.echo(
        say(
            f"{found['read']:,} activities read again with {found['models']} models, {found['seconds']:.1f} s, {rate:,.0f}/s",
            f"アクティビティ {found['read']:,} 件を検知モデル {found['models']} 個で読み直しました。"
            f"{found['seconds']:.1f} 秒、{rate:,.0f} 件/秒",
        ),
        err=True,
    )
    if found["unread"] or found["partial"]:
        click.echo(
            say(
                f"not all: {found['unread']} records could not be read; partial: {found['partial']}",
                f"全件ではありません: 読めないレコード {found['unread']} 件、打ち切り: {found['partial']}",
            ),
            err=True,
        )


def _print_item(item: dict[str, Any]) -> None:
    language = "ja" if is_japanese() else "en"
    which = item["alert"]["id"] if item["alert"] else "-"
    entities = ", ".join(item["entities"])
    click.echo(
        f"  {item['firstEventDateTime']}  {item['severity']:<8} {which:<22} {item['model'][language]}  [{entities}]"
    )
    for reason in item["reasons"]:
        about = [
            reason[name] for name in ("alertId", "filterId", "ruleId", "exceptionId", "by", "at") if name in reason
        ]
        click.echo(f"      {reason['text'][language]} {' '.join(map(str, about))}".rstrip())
    for one in item["evidence"][:1]:
        shown = "  ".join(f"{name}={value}" for name, value in one["highlights"][:2])
        click.echo(f"      {one['filterTitle'][language]}  {shown[:160]}")
