"""The word `explain`: why an alert or a detection, why a filter met an activity or did not, as a tree on the screen."""

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import click

from hinomi.cli.frame import data_option, is_japanese, json_option, print_json, say
from hinomi.errors import InputError
from hinomi.settings import read_settings

_UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)
_SHOWN = 160  # characters of a value on the screen


@click.command(
    help=say(
        "Why an alert was raised or a detection made, or why a filter met an activity or did not.",
        "アラートや検知の根拠、またはフィルタがアクティビティに一致した理由 (しない理由) を示します。",
    )
)
@click.argument("alert", required=False, metavar=say("[ALERT|DETECTION]", "[アラート|検知]"))
@click.option(
    "--filter", "filter_id", help=say("Id of a filter; with --activity.", "フィルタの ID。--activity と使います。")
)
@click.option(
    "--activity", help=say("uuid of an activity; with --filter.", "アクティビティの uuid。--filter と使います。")
)
@click.option(
    "--all",
    "everything",
    is_flag=True,
    help=say("Also the alternatives that did not matter.", "結果に影響しなかった選択肢も表示します。"),
)
@data_option
@json_option
def explain(
    alert: str | None,
    filter_id: str | None,
    activity: str | None,
    everything: bool,
    data: Path | None,
    as_json: bool,
) -> None:
    from hinomi.app.asking import explain as ask

    told = ask(read_settings({"data": data}), _asked(alert, filter_id, activity))
    if as_json:
        print_json(told)
    elif "alert" in told:
        _print_alert(told, everything)
    elif "detection" in told:
        _print_detection(told, everything)
    else:
        _print_explanation(told, 0, everything)


def _asked(alert: str | None, filter_id: str | None, activity: str | None) -> dict[str, str]:
    if alert and not filter_id and not activity:
        return {"detection" if _UUID.fullmatch(alert) else "alert": alert}
    if filter_id and activity and not alert:
        return {"filter": filter_id, "uuid": activity}
    raise InputError(
        say(
            "give an ALERT or a DETECTION, or --filter and --activity",
            "アラートか検知の ID、または --filter と --activity を指定します",
        )
    )


def _print_alert(told: Mapping[str, Any], everything: bool) -> None:
    model = told["model"]
    click.echo(f"{told['alert']}  {_pick(model['name'])}  {model['severity']}")
    if model["suppression"]:
        click.echo(f"  {_pick(model['suppression'])}")
    for rule in told["rules"]:
        _print_rule(rule, 1)
    for one in told["explanations"]:
        click.echo("")
        _print_explanation(one, 1, everything)


def _print_detection(told: Mapping[str, Any], everything: bool) -> None:
    _print_explanation(told["explanation"], 0, everything)
    for one in told["models"]:
        off = "" if one["enabled"] else say("  (switched off)", "  (無効)")
        click.echo(f"{say('model', '検知モデル')} {one['model']}  {_pick(one['name'])}  {one['severity']}{off}")
        _print_rule(one["rule"], 1)


def _print_rule(rule: Mapping[str, Any], depth: int) -> None:
    margin = "  " * depth
    if rule.get("gone"):
        click.echo(
            f"{margin}? {_pick(rule['name'])}  {say('no longer in the content', '現在のコンテンツにはありません')}"
        )
        return
    click.echo(f"{margin}{_sign(rule['met'])} {_pick(rule['name'])}: {_pick(rule['text'])}")
    for group in rule["groupBy"]:
        names = f"  ({', '.join(group['names'])})" if group.get("names") else ""
        click.echo(_clean(f"{margin}    {group['field']} = {', '.join(group['values']) or '-'}{names}"))
    for number, step in enumerate(rule["steps"], 1):
        click.echo(f"{margin}    {_sign(step['met'])} {number}. {step['filter']}  {step.get('eventDateTime', '')}")


def _print_explanation(told: Mapping[str, Any], depth: int, everything: bool) -> None:
    margin = "  " * depth
    if "missing" in told:
        click.echo(f"{margin}? {told['filter']}  {told['uuid']}  {told['missing']}")
        return
    met = say("met", "一致") if told["met"] else say("not met", "不一致")
    click.echo(f"{margin}{told['filter']}  {told['uuid']}  {met}")
    click.echo(_clean(f"{margin}  {_pick(told['title'])}"))
    click.echo(_clean(f"{margin}  {_pick(told['reason'])}"))
    for obstacle in told.get("obstacles") or ():
        click.echo(_clean(f"{margin}  ! {_pick(obstacle['text'])}"))
    if told["reading"] == "projected":
        click.echo(f"{margin}  {say('read out of the command line', 'コマンドラインから読み取った内容で判定')}")
    _print_why(told["why"], depth + 1, everything)


def _print_why(verdict: Mapping[str, Any], depth: int, everything: bool) -> None:
    margin = "  " * depth
    if verdict["kind"] == "predicate":
        _print_predicate(verdict, margin)
        return
    line = f"{margin}{_sign(verdict['met'])} {_KINDS.get(verdict['kind'], verdict['kind'])}"
    if "found" in verdict:
        named = f"{verdict['field']} = " if verdict.get("field") else ""
        line += f" {named}{_flat(verdict['wanted'])}   <- {_flat(verdict['found'])}"
    click.echo(line)
    parts = () if verdict["kind"] == "log source" and verdict["met"] else verdict.get("parts", ())
    shown = (
        parts if everything or verdict["kind"] != "any" or not verdict["met"] else [one for one in parts if one["met"]]
    )
    for part in shown:
        _print_why(part, depth + 1, everything)
    hidden = len(parts) - len(shown) + verdict.get("omitted", 0)
    if hidden:
        click.echo(
            f"{margin}    {say(f'({hidden} more alternatives, not met)', f'(ほかに一致しない選択肢 {hidden} 件)')}"
        )


_KINDS = {
    "log source": say("log source", "ログソース"),
    "demand": say("wanted:", "条件:"),
    "all": say("all of", "すべて"),
    "any": say("any of", "いずれか"),
    "not": say("none of", "除外"),
    "always": say("always", "常に一致"),
    "never": say("never", "一致しない"),
}


def _print_predicate(verdict: Mapping[str, Any], margin: str) -> None:
    ours = verdict["vocabulary"]
    name = verdict["field"] or say("any text", "全文")
    also = f" ({ours})" if ours and ours != name else ""
    cased = say(" (case-sensitive)", " (大文字小文字を区別)") if verdict["cased"] else ""
    click.echo(
        f"{margin}{_sign(verdict['met'])} {name}{also} {verdict['operator']} '{_clean(verdict['wantedText'])}'{cased}"
    )
    click.echo(f"{margin}    <- {_marked(verdict)}")
    place = _place(verdict["where"])
    if place:
        click.echo(f"{margin}       {place}")


def _marked(verdict: Mapping[str, Any]) -> str:
    """The value, »what matched« marked, cut to what fits on a line."""
    found, spans = verdict["found"], verdict.get("spans") or []
    if not isinstance(found, str):
        return say("nothing", "値なし") if found is None else _flat(found)
    start, end = spans[0] if spans else (0, 0)
    low = max(0, start - _SHOWN // 3) if end > _SHOWN else 0
    high = max(end, low + _SHOWN)
    before, matched, after = found[low:start], found[start:end], found[end:high]
    whole = f"{before}»{matched}«{after}" if spans else found[low:high]
    cut_after = high < len(found) or verdict.get("length", 0) > len(found)
    return _clean(f"{'…' if low or verdict.get('from') else ''}{whole}{'…' if cut_after else ''}")


def _place(where: Mapping[str, Any]) -> str:
    path, names = where["path"] or "", ", ".join(where["from"])
    spans = ", ".join(f"{start}-{end}" for start, end in where.get("spans", ()))
    at = f"{path} [{spans}]" if spans and path else path
    match where["how"]:
        case "recorded" | "keyword":
            return at
        case "converted":
            return say(f"derived from {at or names}", f"{at or names} から変換")
        case "projected":
            return say(f"read out of the command line: {at or names}", f"コマンドラインから読み取り: {at or names}")
        case "ancestry":
            return say("known from the start of the parent process", "親プロセスの起動記録から補完")
        case "listed":
            return say("stood on the block list when it came", "受信時にブロックリストに登録されていた値")
        case "equal":
            return say(f"the same text stands at {at}", f"同じ値の場所: {at}")
        case "absent":
            return ""
    return say("place in the record unknown", "レコード内の場所は不明")


def _sign(met: bool) -> str:
    return click.style("+", fg="green") if met else click.style("-", fg="red")


def _pick(text: Mapping[str, str]) -> str:
    return text["ja" if is_japanese() else "en"]


def _flat(value: Any) -> str:
    if isinstance(value, list):
        return ", ".join(map(_flat, value))
    return _clean(str(value))


def _clean(text: str) -> str:
    """No control characters: a record must not write on the terminal."""
    return "".join(letter if letter.isprintable() else f"\\x{ord(letter):02x}" for letter in text)
