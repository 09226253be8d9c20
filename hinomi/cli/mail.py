"""Words on mail: connectors, who else received a message, quarantine and back."""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import click

from hinomi.cli.frame import Command, data_option, json_option, print_json, say
from hinomi.settings import read_settings


@click.group(help=say("Mail: connectors, search, quarantine.", "メール: コネクター、検索、隔離。"))
def mail() -> None:
    """Group."""


@mail.command(
    help=say(
        "Connect mailboxes. SETTINGS is a JSON file; the master user's password is asked for.",
        "メールボックスを接続します。SETTINGS は JSON ファイル。マスターユーザーのパスワードは入力を求めます。",
    )
)
@click.argument("name")
@click.argument("kind", type=click.Choice(("imap", "maildir")))
@click.argument("settings", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@data_option
def connect(name: str, kind: str, settings: Path, data: Path | None) -> None:
    from hinomi.app.terminal import running_server

    given = json.loads(settings.read_text())
    prompt = say("Password", "パスワード")
    secret = {"password": click.prompt(prompt, hide_input=True)} if kind == "imap" else {}
    wish = {"name": name, "kind": kind, "settings": given, "secret": secret}
    running_server(read_settings({"data": data})).ask("POST", "/console/api/mail-connectors", json=wish)
    click.echo(say(f"Connected {name}.", f"{name} を接続しました。"))


@mail.command(help=say("List connectors.", "コネクターを一覧します。"))
@data_option
@json_option
def connectors(data: Path | None, as_json: bool) -> None:
    from hinomi.app.terminal import running_server

    rows = running_server(read_settings({"data": data})).get("/console/api/mail-connectors")["items"]
    if as_json:
        print_json(rows)
        return
    for row in rows:
        click.echo(f"{row['name']:<20} {row['kind']:<8} {row['address']}")


@mail.command(
    help=say(
        "What each connector does about senders on the block list.",
        "ブロックリストの送信者に対する各コネクターの状態を表示します。",
    )
)
@data_option
@json_option
def enforcement(data: Path | None, as_json: bool) -> None:
    from hinomi.app.terminal import running_server

    rows = running_server(read_settings({"data": data})).get("/console/api/mail/enforcement")["items"]
    if as_json:
        print_json(rows)
        return
    for row in rows:
        at = datetime.fromtimestamp(row["swept"] / 1000, UTC).isoformat(timespec="seconds") if row["swept"] else "-"
        held = say(f"{row['held']} held", f"隔離 {row['held']} 件")
        click.echo(f"{row['connector']:<20} {_STATES[row['state']]:<12} {at:<25} {held}")
        for mailbox, why in row["reasons"].items():
            click.echo(f"  {mailbox}: {why}".replace("  : ", "  "))


_STATES = {
    "idle": say("no sender is listed", "対象の送信者なし"),
    "enforced": say("enforced", "適用中"),
    "waiting": say("waiting", "確認待ち"),
    "failed": say("failed", "失敗"),
}


def _message(command: Command) -> Command:
    for option in (
        click.option("--mailbox", default="", help=say("Only in this mailbox.", "このメールボックスのみ。")),
        click.option("--attachment", default="", help=say("SHA-256 of an attachment.", "添付ファイルの SHA-256。")),
        click.option("--message-id", default="", help=say("Message id.", "メッセージ ID。")),
    ):
        command = option(command)
    return command


@mail.command(help=say("Every copy of a message in all mailboxes.", "全メールボックスから該当メッセージを検索します。"))
@_message
@data_option
@json_option
def search(message_id: str, attachment: str, mailbox: str, data: Path | None, as_json: bool) -> None:
    from hinomi.app.terminal import running_server

    asked = {"messageId": message_id, "attachmentSha256": attachment, "mailbox": mailbox}
    found = running_server(read_settings({"data": data})).get("/console/api/mail/search", asked)
    if as_json:
        print_json(found)
        return
    for copy in found["items"]:
        at = datetime.fromtimestamp(copy["received"] / 1000, UTC).isoformat(timespec="seconds")
        click.echo(f"{copy['mailbox']:<28} {copy['folder']:<16} {at}  {copy['status']:<12} {copy['subject']}")
    for trouble in found["troubles"]:
        click.echo(say("could not look", "確認できません") + f": {trouble}", err=True)
    if found["partial"]:
        click.echo(say("There may be more.", "ほかにもある可能性があります。"), err=True)


def _do(action: str, message_id: str, attachment: str, mailbox: str, data: Path | None) -> None:
    from hinomi.app.terminal import running_server

    given = {"message_id": message_id, "attachment_sha256": attachment, "mailbox": mailbox}
    parameters = {name: value for name, value in given.items() if value}
    wish: dict[str, Any] = {
        "action": action,
        "targets": [{"kind": "message", "id": message_id or attachment}],
        "parameters": parameters,
        "source": "command-line",
    }
    (item,) = (
        running_server(read_settings({"data": data}))
        .ask("POST", "/console/api/response/tasks", json=wish)
        .json()["items"]
    )
    if "error" in item:
        raise click.ClickException(str(item["error"]["message"]))
    click.echo(say(f"Task {item['task']['id']}.", f"タスク {item['task']['id']}。"))


@mail.command(
    help=say("Take every copy out of the mailboxes; can be undone.", "すべてのコピーを隔離します。元に戻せます。")
)
@_message
@data_option
def quarantine(message_id: str, attachment: str, mailbox: str, data: Path | None) -> None:
    _do("quarantine_message", message_id, attachment, mailbox, data)


@mail.command(help=say("Put quarantined copies back.", "隔離したコピーを元に戻します。"))
@_message
@data_option
def restore(message_id: str, attachment: str, mailbox: str, data: Path | None) -> None:
    _do("restore_message", message_id, attachment, mailbox, data)


@mail.command(
    help=say("Delete every copy for good; asks once more.", "すべてのコピーを完全に削除します。確認があります。")
)
@_message
@click.confirmation_option(prompt=say("Delete every copy for good?", "すべてのコピーを完全に削除しますか?"))
@data_option
def delete(message_id: str, attachment: str, mailbox: str, data: Path | None) -> None:
    _do("delete_message", message_id, attachment, mailbox, data)
