"""Words on ATT&CK: which version is in use, import another, look up."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import click

from hinomi.cli.frame import data_option, json_option, print_json, say
from hinomi.errors import NotFound
from hinomi.settings import read_settings


@click.group(help=say("ATT&CK offline: status, import, look up.", "ATT&CK (オフライン): 状態、取り込み、検索。"))
def attack() -> None:
    """Group."""


@attack.command(
    "import",
    help=say(
        "Use the ATT&CK version of a STIX bundle (any version of the enterprise matrix).",
        "STIX バンドルの ATT&CK を取り込んで使います (エンタープライズ版の任意のバージョン)。",
    ),
)
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@data_option
@json_option
def attack_import(file: Path, data: Path | None, as_json: bool) -> None:
    from hinomi.app.attack import import_attack

    _print_status(import_attack(read_settings({"data": data}), file), as_json)


@attack.command("status", help=say("Which version is in use.", "使用中のバージョンを示します。"))
@data_option
@json_option
def attack_status_(data: Path | None, as_json: bool) -> None:
    from hinomi.app.attack import status_of

    _print_status(status_of(read_settings({"data": data})), as_json)


def _print_status(status: dict[str, Any], as_json: bool) -> None:
    from hinomi.attack.catalogue import NOTICE

    if as_json:
        print_json(status)
        return
    source = (
        say("comes with Hinomi", "同梱")
        if status["imported"] is None
        else say("imported {importedAt} from {file}", "{importedAt} に {file} から取り込み").format(
            **status["imported"]
        )
    )
    click.echo(f"ATT&CK {status['version']}  ({source})")
    for name, text in (
        ("tactics", say("tactics", "戦術")),
        ("techniques", say("techniques", "テクニック")),
        ("subtechniques", say("sub-techniques", "サブテクニック")),
        ("groups", say("groups", "グループ")),
        ("software", say("software", "ソフトウェア")),
        ("mitigations", say("mitigations", "緩和策")),
    ):
        click.echo(f"{status[name]:>6}  {text}")
    if status["trouble"]:
        click.echo(status["trouble"], err=True)
    click.echo(NOTICE)


@attack.command("search", help=say("Find by id, name or other name.", "ID、名前、別名で探します。"))
@click.argument("text")
@click.option("--limit", default=20, show_default=True, type=click.IntRange(1, 1000))
@data_option
@json_option
def attack_search(text: str, limit: int, data: Path | None, as_json: bool) -> None:
    from hinomi.app.attack import use_folder
    from hinomi.attack.catalogue import load_attack

    use_folder(read_settings({"data": data}))
    catalogue = load_attack()
    rows: list[tuple[str, str, str, tuple[str, ...]]]
    rows = [("technique", one.id, one.name, ()) for one in catalogue.find(text, limit)]
    rows += [(one.kind, one.id, one.name, one.aliases) for one in catalogue.find_actors(text, limit)]
    for kind, id_, name, aliases in rows:
        if as_json:
            print_json({"kind": kind, "id": id_, "name": name, "aliases": list(aliases)})
        else:
            click.echo(f"{kind:<11} {id_:<10} {name}" + (f"  ({', '.join(aliases)})" if aliases else ""))


@attack.command(
    "show", help=say("One technique, group, software or mitigation.", "テクニック、グループ等を 1 件示します。")
)
@click.argument("id_", metavar="ID")
@data_option
@json_option
def attack_show(id_: str, data: Path | None, as_json: bool) -> None:
    from hinomi.app.attack import use_folder
    from hinomi.attack.catalogue import NOTICE

    use_folder(read_settings({"data": data}))
    shown = _shown(id_)
    if as_json:
        print_json(shown)
        return
    for name, value in shown.items():
        if isinstance(value, list):
            _print_list(name, value)
        elif value:
            click.echo(f"{name:<12} {value}")
    click.echo(NOTICE)


def _print_list(name: str, values: Sequence[dict[str, str]]) -> None:
    for number, one in enumerate(values):
        click.echo(f"{name if number == 0 else '':<12} {one['id']:<10} {one['name']}")


def _shown(wanted: str) -> dict[str, Any]:
    """The entry with its relations as {"id", "name"}; NotFound tells where an id is withdrawn."""
    from dataclasses import asdict

    from hinomi.attack.catalogue import load_attack
    from hinomi.attack.tactics import find_tactic

    catalogue = load_attack()
    found = catalogue.actor(wanted) or catalogue.technique(wanted)
    if found is None:
        missing = catalogue.missing(wanted)
        raise NotFound(say(missing.en, missing.ja))
    names = catalogue.names | {one.id: one.name for one in catalogue.techniques.values()}
    shown = asdict(found)
    for name, value in shown.items():
        if name in ("aliases", "platforms"):
            shown[name] = ", ".join(value)
        elif isinstance(value, tuple):
            tactic = {id_: one.name for id_ in value if (one := find_tactic(id_))}
            shown[name] = [
                {"id": id_, "name": say(tactic[id_].en, tactic[id_].ja) if id_ in tactic else names.get(id_, id_)}
                for id_ in value
            ]
    return shown
