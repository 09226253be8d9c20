"""Words on response tasks and the block list (hinomi response ...)."""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import click

from hinomi.cli.frame import data_option, json_option, print_json, say
from hinomi.settings import read_settings

DAY_S = 86_400
_STATES = (
    "pending_approval", "queued", "delivered", "executing", "executed", "verified", "unverified", "failed", "expired",
    "rejected", "cancelled",
)  # fmt: skip
_GOOD = ("executed", "verified", "unverified")
_JA = dict(
    zip(
        _STATES,
        (
            "承認待ち", "待機中", "配信済み", "実行中", "実行済み", "確認済み", "未確認", "失敗", "期限切れ", "却下",
            "取り消し",
        ),
        strict=True,
    )
)  # fmt: skip


def told(row: dict[str, Any], as_json: bool) -> None:
    if as_json:
        print_json(row)
        return
    click.echo(_line(row))
    if row["error"]:
        click.echo(f"  {say(**row['error']['message']) or row['error']['message']['en']}")


def _line(row: dict[str, Any]) -> str:
    state = say(row["state"].replace("_", " "), _JA[row["state"]])
    return f"{row['id']}  {_moment(row['created'])}  {state:<16} {say(**row['title'])}  {row['target']['name'] or row['target']['id']}  {row['createdBy']}"


def _moment(ms: int) -> str:
    return datetime.fromtimestamp(ms / 1000, UTC).strftime("%Y-%m-%d %H:%M:%SZ")


def _parameters(pairs: tuple[str, ...], text: str) -> dict[str, Any]:
    """`name=value` pairs over a JSON object; a value that reads as a JSON number, list, true or false is one."""
    found = _object(text)
    for pair in pairs:
        name, sign, value = pair.partition("=")
        if not sign or not name:
            raise click.BadParameter(say(f"NAME=VALUE, not {pair}", f"NAME=VALUE の形式が必要です: {pair}"))
        found[name] = _value(value)
    return found


def _object(text: str) -> dict[str, Any]:
    try:
        found = json.loads(text)
    except ValueError:
        found = None
    if not isinstance(found, dict):
        raise click.BadParameter(say("--parameters: a JSON object", "--parameters: JSON オブジェクトが必要です"))
    return found


def _value(text: str) -> Any:
    try:
        found = json.loads(text)
    except ValueError:
        return text
    return found if isinstance(found, int | float | list | bool) else text


@click.command(
    help=say(
        "Ask for ACTION on TARGET (host name, GUID, account HOST\\USER, message id). Parameters as NAME=VALUE.",
        "TARGET (ホスト名・GUID・アカウント HOST\\USER・メッセージ ID) に ACTION を要求します。パラメーターは NAME=VALUE。",
    )
)
@click.argument("action")
@click.argument("target")
@click.argument("values", nargs=-1)
@click.option("--parameters", default="{}", help=say("Parameters as a JSON object.", "JSON 形式のパラメーター。"))
@click.option("--description", default="", help=say("Why.", "理由。"))
@click.option("--expires", default=DAY_S, help=say("Seconds until it lapses.", "有効期間 (秒)。"))
@click.option("--wait", "seconds", default=0.0, help=say("Wait so many seconds for its end.", "完了まで待つ秒数。"))
@click.option("--yes", is_flag=True, help=say("Do not ask again.", "確認を省略します。"))
@data_option
@json_option
def ask(
    action: str,
    target: str,
    values: tuple[str, ...],
    parameters: str,
    description: str,
    expires: int,
    seconds: float,
    yes: bool,
    data: Path | None,
    as_json: bool,
) -> None:
    from hinomi.app.responding import open_responding, read_target, wait_for

    given, aim = _parameters(values, parameters), read_target(action, target)
    if not yes:
        click.confirm(say(f"{action} on {target}?", f"{target} に {action} を実行しますか?"), abort=True, err=True)
    with open_responding(read_settings({"data": data})) as desk:
        row = desk.ask(action, aim, given, description, expires)
        if seconds:
            row = wait_for(desk, row["id"], seconds)
    told(row, as_json)


@click.command("list", help=say("List tasks, newest first.", "タスクを新しい順に一覧します。"))
@click.option("--state", "states", multiple=True, type=click.Choice(_STATES))
@click.option("--search", default="", help=say("Words in id, action, target, asker.", "ID・操作・対象・要求者の語。"))
@data_option
@json_option
def list_(states: tuple[str, ...], search: str, data: Path | None, as_json: bool) -> None:
    from hinomi.app.responding import open_responding

    with open_responding(read_settings({"data": data})) as desk:
        rows = desk.tasks(states, search)
    if as_json:
        print_json(rows)
        return
    for row in rows:
        click.echo(_line(row))
    if not rows:
        click.echo(say("No tasks.", "タスクはありません。"))


@click.command(help=say("Show a task with its steps and evidence.", "タスクの経過と証拠を表示します。"))
@click.argument("task")
@data_option
@json_option
def show(task: str, data: Path | None, as_json: bool) -> None:
    from hinomi.app.responding import open_responding

    with open_responding(read_settings({"data": data})) as desk:
        row = desk.task(task)
    told(row, as_json)
    if as_json:
        return
    for step in row["steps"]:
        state = say(step["state"].replace("_", " "), _JA[step["state"]])
        note = say(step["note"], step["evidence"].get("note_ja") or step["note"])
        click.echo(f"  {_moment(step['at'])}  {state:<16} {step['who']:<16} {note}")
    if row["result"]:
        click.echo(json.dumps(row["result"], ensure_ascii=False, indent=2))


@click.command(help=say("Cancel a task that has not ended.", "終わっていないタスクを取り消します。"))
@click.argument("task")
@data_option
@json_option
def cancel(task: str, data: Path | None, as_json: bool) -> None:
    from hinomi.app.responding import open_responding

    with open_responding(read_settings({"data": data})) as desk:
        told(desk.cancel(task), as_json)


@click.command(help=say("Ask for what takes a task back.", "タスクを元に戻す操作を要求します。"))
@click.argument("task")
@data_option
@json_option
def undo(task: str, data: Path | None, as_json: bool) -> None:
    from hinomi.app.responding import open_responding

    with open_responding(read_settings({"data": data})) as desk:
        told(desk.undo(task), as_json)


@click.command(
    help=say(
        "Wait until a task has ended. Exit code 0 when it was done, 1 when not, 3 when it has not ended.",
        "タスクの完了を待ちます。終了コードは、完了 0、未達 1、未完了 3。",
    )
)
@click.argument("task")
@click.option("--seconds", default=600.0)
@data_option
@json_option
def wait(task: str, seconds: float, data: Path | None, as_json: bool) -> None:
    from hinomi.app.responding import open_responding, wait_for
    from hinomi.schema.task import ENDED

    with open_responding(read_settings({"data": data})) as desk:
        row = wait_for(desk, task, seconds)
    told(row, as_json)
    raise SystemExit(3 if row["state"] not in ENDED else 0 if row["state"] in _GOOD else 1)


def _decide(task: str, reason: str | None, user: str, data: Path | None, as_json: bool) -> None:
    from hinomi.app.responding import open_responding

    def password() -> str:
        return str(click.prompt(say(f"Password of {user}", f"{user} のパスワード"), hide_input=True, err=True))

    with open_responding(read_settings({"data": data})) as desk:
        told(desk.decide(task, reason, user, password), as_json)


_USER = click.option(
    "--user", default="", help=say("Who decides; the password is asked for.", "決定者。パスワードの入力を求めます。")
)


@click.command(
    help=say(
        "Approve a task that somebody else asked for. While a server runs, with your own name and password.",
        "他の人が要求したタスクを承認します。サーバーの動作中は自分の名前とパスワードが必要です。",
    )
)
@click.argument("task")
@_USER
@data_option
@json_option
def approve(task: str, user: str, data: Path | None, as_json: bool) -> None:
    _decide(task, None, user, data, as_json)


@click.command(help=say("Reject a task, with a reason.", "理由を付けてタスクを却下します。"))
@click.argument("task")
@click.argument("reason")
@_USER
@data_option
@json_option
def reject(task: str, reason: str, user: str, data: Path | None, as_json: bool) -> None:
    _decide(task, reason, user, data, as_json)
