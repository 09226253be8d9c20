"""Where an entry of the block list is enforced, as the terminal shows it."""

from typing import Any

import click

from hinomi.cli.frame import say

Row = dict[str, Any]


def state_word(state: str) -> str:
    words = {
        "enforced": say("enforced", "適用済み"),
        "partly": say("partly enforced", "一部適用"),
        "flagged": say("refused once seen", "確認後に拒否"),
        "waiting": say("waiting", "適用待ち"),
        "handedOn": say("handed on", "他製品へ提供"),
        "notEnforced": say("not enforced", "未適用"),
        "listed": say("only listed", "記載のみ"),
        "excepted": say("no effect: an exception", "例外により無効"),
    }
    return words.get(state, state)


def print_enforcement(found: Row) -> None:
    click.echo(f"{found['type']} {found['value']}: {state_word(found['state'])}")
    for place in found["places"]:
        click.echo(f"  {_name(place)}: {_state(place)}")
        for reason in place["reasons"]:
            count = f"{reason['count']}: " if place["total"] else ""
            click.echo(f"    {count}{_text(reason['text'])}")
        for part in place["parts"]:
            if part["state"] != "enforced":
                click.echo(f"    {state_word(part['state'])}: {_hosts(part)}")
    if found["leftOut"]:
        more = found["leftOut"]
        click.echo(say(f"  and {more} more groups of endpoints", f"  ほか {more} グループ"))


def _name(place: Row) -> str:
    if place["kind"] == "endpoints":
        platform = place["name"] or say("unknown platform", "不明なプラットフォーム")
        return f"{platform} ({place['group']})" if place["group"] else str(platform)
    if place["kind"] == "mail":
        return say("mail", "メール") + (f" {place['name']}" if place["name"] else "")
    return say("export", "エクスポート") + f" {place['name']}"


def _state(place: Row) -> str:
    if place["kind"] != "endpoints":
        return state_word(place["state"])
    count = next((part["count"] for part in place["parts"] if part["state"] == "enforced"), 0)
    total = place["total"]
    return say(f"{count} of {total} refuse it", f"{total} 台中 {count} 台が拒否")


def _hosts(part: Row) -> str:
    shown = ", ".join(row["name"] for row in part["endpoints"])
    more = part["count"] - len(part["endpoints"])
    return shown + (say(f" and {more} more", f" ほか {more} 台") if more else "")


def _text(words: Row) -> str:
    return say(words["en"], words["ja"])
