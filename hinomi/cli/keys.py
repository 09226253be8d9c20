"""Words on keys: rotate the key that signs commands, trust a sensor again whose identity looked copied."""

from pathlib import Path

import click

from hinomi.cli.frame import data_option, say
from hinomi.settings import read_settings


@click.group(help=say("Keys of commands, identities of sensors.", "コマンド署名鍵とセンサーの身元。"))
def keys() -> None:
    """Group."""


@keys.command(
    help=say(
        "Begin the next epoch of the command key: sensors that hear of it refuse all that was signed before.",
        "コマンド署名鍵の世代を進めます。新しい世代を受け取ったセンサーは、以前に署名されたコマンドを拒否します。",
    )
)
@click.option(
    "--new-key",
    is_flag=True,
    help=say(
        "Also make a new key, when the old one may be known: sensors obey nothing until they are enrolled again, "
        "and scripts of the library must be saved again.",
        "鍵自体も作り直します (漏えいの疑いがある場合)。センサーは再登録するまでコマンドに従わず、"
        "スクリプトは保存し直す必要があります。",
    ),
)
@click.confirmation_option(prompt=say("Rotate the command key?", "コマンド署名鍵を更新しますか?"))
@data_option
def rotate(new_key: bool, data: Path | None) -> None:
    from hinomi.app.keys import rotate_command_key

    epoch = rotate_command_key(read_settings({"data": data}), new_key=new_key)
    click.echo(say(f"Epoch {epoch}.", f"世代 {epoch}。"))


@keys.command(
    help=say(
        "Take the next connection of ENDPOINT as the true one: for a machine that was set back to an earlier state on purpose.",
        "ENDPOINT の次の接続を正しいものとして受け入れます (意図的に以前の状態へ戻した端末用)。",
    )
)
@click.argument("endpoint")
@click.confirmation_option(prompt=say("Trust this sensor again?", "このセンサーを再び信頼しますか?"))
@data_option
def trust(endpoint: str, data: Path | None) -> None:
    from hinomi.app.keys import trust_again

    found = trust_again(read_settings({"data": data}), endpoint)
    click.echo(say(f"{found.name} ({found.guid}) is trusted again.", f"{found.name} ({found.guid}) を再び信頼します。"))
