"""The words a person types. Texts stand in pairs (English, Japanese); the language follows HINOMI_LANG, then LANG.

Commands are thin: they read settings, open what they need (late imports keep `--help` quick) and print. With `--json` a
command prints JSON alone on standard output; progress and warnings go to standard error.
"""

import json
import os
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeVar

import click

from hinomi.errors import HinomiError, InputError, NotFound
from hinomi.settings import read_settings

Command = TypeVar("Command", bound=Callable[..., Any])


def is_japanese() -> bool:
    return (os.environ.get("HINOMI_LANG") or os.environ.get("LANG") or "").lower().startswith("ja")


def say(en: str, ja: str) -> str:
    """The text in the person's language."""
    return ja if is_japanese() else en


class _Friendly(click.Group):
    """Prints what Hinomi says no to as one line, without a traceback."""

    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except HinomiError as error:
            raise click.ClickException(str(error)) from None
        except BrokenPipeError:
            sys.stderr.close()
            raise SystemExit(141) from None


def _data_option(command: Command) -> Command:
    return click.option(
        "--data",
        type=click.Path(file_okay=False, path_type=Path),
        help=say("Data folder (HINOMI_DATA; default var/hinomi).", "データフォルダ (HINOMI_DATA。既定は var/hinomi)。"),
    )(command)


def _json_option(command: Command) -> Command:
    return click.option(
        "--json", "as_json", is_flag=True, help=say("Print JSON for programs.", "プログラム向けに JSON で出力します。")
    )(command)


def _print_json(value: Any) -> None:
    click.echo(json.dumps(value, ensure_ascii=False, default=str))


@click.group(
    cls=_Friendly,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    help=say("Hinomi 火の見: self-hosted XDR.", "Hinomi 火の見: 自分のハードウェアで動く XDR。"),
)
@click.version_option(package_name="hinomi", prog_name="hinomi")
def main() -> None:
    """Entry point."""


# ---- init, serve, up ------------------------------------------------------------------------------------------------
@main.command(help=say("Make a data folder and the first administrator.", "データフォルダと最初の管理者を作ります。"))
@_data_option
@click.option("--user", default="admin", show_default=True, help=say("Name of the administrator.", "管理者の名前。"))
@_json_option
def init(data: Path | None, user: str, as_json: bool) -> None:
    from hinomi.app.opening import initialise

    settings = read_settings({"data": data})
    first = initialise(settings, user)
    if as_json:
        _print_json({"data": str(settings.data), "user": first.name, "password": first.password})
        return
    click.echo(say(f"Made {settings.data}.", f"{settings.data} を作りました。"))
    click.echo(
        say(f"user {first.name} password {first.password}", f"ユーザー {first.name} パスワード {first.password}")
    )
    click.echo(say("Start with: hinomi serve", "起動: hinomi serve"))


def _serve_options(command: Command) -> Command:
    for option in (
        click.option("--host", help=say("Address to listen on.", "待ち受けるアドレス。")),
        click.option("--port", type=int, help=say("Port; 0 takes a free one.", "ポート。0 なら空きポート。")),
        _data_option,
    ):
        command = option(command)
    return command


@main.command(help=say("Run everything in the foreground.", "すべてを前面で動かします。"))
@_serve_options
def serve(data: Path | None, host: str | None, port: int | None) -> None:
    from hinomi.app.serving import serve_house

    settings = read_settings({"data": data, "host": host, "port": port})
    serve_house(settings, on_ready=lambda url: click.echo(f"Hinomi is ready: {url}"))


@main.command(
    help=say(
        "Set up when needed, start, and load the built-in recordings once.",
        "必要なら初期設定をし、起動して、同梱の記録を一度だけ読み込みます。",
    )
)
@_serve_options
def up(data: Path | None, host: str | None, port: int | None) -> None:
    from hinomi.app.folder import DataFolder
    from hinomi.app.opening import initialise, read_first_user
    from hinomi.app.serving import serve_house

    settings = read_settings({"data": data, "host": host, "port": port})
    if not DataFolder(settings.data).is_made:
        initialise(settings)

    def ready(url: str) -> None:
        first = read_first_user(settings)
        if first is None:
            word = say("(the one you chose)", "(設定済みのもの)")
            click.echo(f"Hinomi is ready: {url} user admin password {word}")
        else:
            click.echo(f"Hinomi is ready: {url} user {first.name} password {first.password}")
        sys.stdout.flush()

    serve_house(settings, on_ready=ready, with_simulations=True)


# ---- import ---------------------------------------------------------------------------------------------------------
@main.command(
    "import",
    help=say("Import recordings: files, archives, folders.", "記録を取り込みます (ファイル、書庫、フォルダ)。"),
)
@click.argument("paths", nargs=-1, required=True, type=click.Path(path_type=Path))
@_data_option
@_json_option
def import_(paths: tuple[Path, ...], data: Path | None, as_json: bool) -> None:
    from hinomi.app.importing import import_paths

    settings = read_settings({"data": data})
    with _progress(quiet=as_json) as progress:
        report = import_paths(settings, _existing(paths), progress)
    if as_json:
        _print_json(report)
    else:
        _print_import(report)


def _existing(paths: Sequence[Path]) -> list[Path]:
    for path in paths:
        if not path.exists():
            raise NotFound(say(f"no such file or folder: {path}", f"ファイルもフォルダもありません: {path}"))
    return list(paths)


@contextmanager
def _progress(quiet: bool) -> Iterator[Callable[[str, int, int, int], None]]:
    """Shows (file, bytes done, bytes in all, records so far) on standard error; a line a second when it is no terminal."""
    from rich.console import Console
    from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn, TimeRemainingColumn, TransferSpeedColumn

    console = Console(stderr=True)
    bar = Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        DownloadColumn(),
        TransferSpeedColumn(),
        TimeRemainingColumn(),
        TextColumn(say("{task.fields[records]} records", "{task.fields[records]} 件")),
        console=console,
        disable=quiet or not console.is_terminal,
        transient=True,
    )
    with bar:
        task = bar.add_task(say("Importing", "取り込み中"), total=None, records=0)

        def show(name: str, done: int, total: int, records: int) -> None:
            bar.update(task, completed=done, total=total or None, records=records, description=name[-40:])

        yield show


def _print_import(report: dict[str, Any]) -> None:
    rows = [
        (say("read", "読み取り"), report["read"]),
        (say("kept", "保存"), report["kept"]),
        (say("duplicates", "重複"), report["duplicates"]),
        (say("detections", "検知"), report["detections"]),
        (say("alerts", "アラート"), report["alerts"]),
    ]
    for name, value in rows:
        click.echo(f"{name:<12} {value:>10,}")
    from hinomi.schema.record import REASONS

    dead = report["dead_letters"]
    click.echo(f"{say('dead letters', '配達不能'):<12} {sum(dead.values()):>10,}")
    for reason, count in sorted(dead.items()):
        click.echo(f"  {count:>8,}  {reason}: {say(*REASONS[reason])}")
    rate = report["read"] / report["seconds"] if report["seconds"] else 0
    click.echo(
        say(f"{report['seconds']:.1f} s, {rate:,.0f} records/s", f"{report['seconds']:.1f} 秒、{rate:,.0f} 件/秒")
    )


# ---- detect ---------------------------------------------------------------------------------------------------------
@main.command(
    help=say(
        "Find techniques in recordings; needs no server and no data folder.",
        "記録の中の攻撃手法を探します。サーバーもデータフォルダも要りません。",
    )
)
@click.argument("paths", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option(
    "--rules",
    multiple=True,
    type=click.Path(exists=True, path_type=Path),
    help=say(
        "Sigma rules (file or folder) instead of the shipped content.", "同梱コンテンツの代わりに使う Sigma ルール。"
    ),
)
@_json_option
def detect(paths: tuple[Path, ...], rules: tuple[Path, ...], as_json: bool) -> None:
    from hinomi.operations.file_detection import detect_files

    settings = read_settings({})
    count = 0
    for found in detect_files(_existing(paths), rules, settings.content_folder, on_problem=_warn):
        count += 1
        if as_json:
            _print_json(found)
        else:
            techniques = " ".join(found["techniques"])
            click.echo(f"{found['time']}  {found['level']:<13} {found['rule_title']}  {techniques}")
            click.echo(f"    {found['file']} #{found['record']}")
    if not as_json:
        click.echo(say(f"{count} detections", f"検知 {count} 件"), err=True)


def _warn(message: str) -> None:
    click.echo(message, err=True)


# ---- alerts, search, dead letters -----------------------------------------------------------------------------------
@main.command(
    help=say("List Workbench alerts, highest score first.", "Workbench アラートをスコアの高い順に一覧します。")
)
@_data_option
@click.option("--status", multiple=True, help=say("Open, In Progress or Closed.", "Open、In Progress、Closed。"))
@click.option("--limit", default=50, show_default=True, type=click.IntRange(1, 10_000))
@_json_option
def alerts(data: Path | None, status: tuple[str, ...], limit: int, as_json: bool) -> None:
    from hinomi.app.asking import list_alerts

    rows = list_alerts(read_settings({"data": data}), status, limit)
    if as_json:
        _print_json(rows)
        return
    if not rows:
        click.echo(
            say(
                "No alerts. Import a recording: hinomi import PATH",
                "アラートはありません。取り込み: hinomi import PATH",
            )
        )
    for row in rows:
        name = row["model"]["ja" if is_japanese() else "en"]
        entities = ", ".join(entity["name"] for entity in row["impactScope"]["entities"][:4])
        click.echo(f"{row['score']:>3}  {row['severity']:<8} {row['id']}  {row['status']:<11} {name}  [{entities}]")


@main.command(help=say("Search activities with the query language.", "問い合わせ言語でアクティビティを検索します。"))
@click.argument("query")
@_data_option
@click.option("--from", "from_", help=say("Start, ISO 8601 (default: everything).", "開始 (ISO 8601。既定は全期間)。"))
@click.option("--to", help=say("End, ISO 8601.", "終了 (ISO 8601)。"))
@click.option("--limit", default=100, show_default=True, type=click.IntRange(1, 5000))
@_json_option
def search(query: str, data: Path | None, from_: str | None, to: str | None, limit: int, as_json: bool) -> None:
    from hinomi.app.asking import search_activities

    for row in search_activities(read_settings({"data": data}), query, from_, to, limit):
        if as_json:
            _print_json(row)
        else:
            what = (
                row.get("objectCmd") or row.get("processCmd") or row.get("objectFilePath") or row.get("hostName") or ""
            )
            host, name = row.get("endpointHostName", ""), row.get("eventName", "")
            click.echo(f"{row['eventTimeDT']}  {host:<20} {name:<28} {what[:160]}")


@main.command(
    help=say(
        "Why an alert was raised, or why a filter met an activity or did not.",
        "アラートの根拠、またはフィルタがアクティビティに一致した理由 (しない理由) を示します。",
    )
)
@click.argument("alert", required=False)
@click.option(
    "--filter", "filter_id", help=say("Id of a filter; with --activity.", "フィルタの ID。--activity と使います。")
)
@click.option(
    "--activity", help=say("uuid of an activity; with --filter.", "アクティビティの uuid。--filter と使います。")
)
@_data_option
@_json_option
def explain(alert: str | None, filter_id: str | None, activity: str | None, data: Path | None, as_json: bool) -> None:
    from hinomi.app.asking import evidence_of, explain_one

    settings = read_settings({"data": data})
    wanted: list[tuple[str, str, int | None]] = []
    if alert and not filter_id and not activity:
        wanted += evidence_of(settings, alert)
    elif filter_id and activity and not alert:
        wanted.append((filter_id, activity, None))
    else:
        raise InputError(
            say("give an ALERT, or --filter and --activity", "ALERT か、--filter と --activity を指定します")
        )
    for name, uuid, moment in wanted:
        found = explain_one(settings, name, uuid, moment)
        if as_json:
            _print_json({"activity": uuid, **found})
        else:
            click.echo(f"{name}  {uuid}  {say('met', '一致') if found['met'] else say('not met', '不一致')}")
            _print_why(found["why"], 1)


def _print_why(verdict: dict[str, Any], depth: int) -> None:
    line = f"{'  ' * depth}{'+' if verdict['met'] else '-'} {verdict['kind']}"
    if verdict["kind"] == "predicate":
        line += f" {verdict['field'] or say('any text', '全文')} {verdict['operator']} {verdict['wanted']!r}"
    click.echo(line + (f"   <- {verdict['found']!r}" if "found" in verdict else ""))
    for part in verdict.get("parts", ()):
        _print_why(part, depth + 1)


@main.command(
    "dead-letters", help=say("List what could not be read, with reasons.", "読めなかったものを理由とともに一覧します。")
)
@_data_option
@click.option("--reason", help=say("Only this reason.", "この理由だけ。"))
@click.option("--limit", default=50, show_default=True, type=click.IntRange(1, 100_000))
@_json_option
def dead_letters(data: Path | None, reason: str | None, limit: int, as_json: bool) -> None:
    from hinomi.app.opening import open_database
    from hinomi.ingest.store import DeadLetters

    letters = DeadLetters(open_database(read_settings({"data": data})))
    for letter in letters.listed(reason=reason, limit=limit):
        if as_json:
            _print_json(letter)
        else:
            where = "" if letter["offset"] is None else f" @{letter['offset']}"
            click.echo(f"{letter['reason']:<18} {letter['file']}{where}: {letter['detail']}")


@main.group(help=say("The lake: what it holds.", "レイク: 中身と状態。"))
def lake() -> None:
    """Group."""


@lake.command(
    "status", help=say("Activities, detections, bytes on disk.", "アクティビティ数、検知数、ディスク使用量。")
)
@_data_option
@_json_option
def lake_status_(data: Path | None, as_json: bool) -> None:
    from hinomi.app.asking import lake_status

    numbers = lake_status(read_settings({"data": data}))
    if as_json:
        _print_json(numbers)
    else:
        for name, value in numbers.items():
            click.echo(f"{name:<20} {value}")


# ---- content --------------------------------------------------------------------------------------------------------
@main.group(help=say("Filters and models: prove, list, import.", "フィルタと検知モデル: 証明、一覧、取り込み。"))
def content() -> None:
    """Group."""


@content.command(
    "verify", help=say("Run the proofs of all filters and models.", "全フィルタと検知モデルの証明を実行します。")
)
@click.argument("folder", required=False, type=click.Path(exists=True, file_okay=False, path_type=Path))
@_json_option
def content_verify(folder: Path | None, as_json: bool) -> None:
    from hinomi.attack.catalogue import load_attack
    from hinomi.detect.content import load_content
    from hinomi.operations.proofs import verify

    loaded, errors = load_content(folder or read_settings({}).content_folder, techniques=load_attack().known_ids())
    report = verify(loaded)
    problems = [str(error) for error in errors]
    problems += [f"{proof.file}: {test}: {why}" for proof in report.failed for test, why in proof.failures]
    numbers = {
        "filters": len(loaded.filters),
        "models": len(loaded.models),
        "proofs": sum(proof.tests for proof in report.proofs),
        "problems": problems if as_json else len(problems),
    }
    if as_json:
        _print_json(numbers)
    else:
        for problem in problems:
            click.echo(problem)
        click.echo(
            say(
                "{filters} filters, {models} models, {proofs} proofs, {problems} problems",
                "フィルタ {filters}、検知モデル {models}、証明 {proofs}、問題 {problems}",
            ).format(**numbers)
        )
    if problems:
        raise SystemExit(1)


@content.command("list", help=say("List filters and models.", "フィルタと検知モデルを一覧します。"))
@_json_option
def content_list(as_json: bool) -> None:
    from hinomi.app.content import load_shipped

    loaded, problems = load_shipped(read_settings({}))
    for problem in problems:
        _warn(str(problem))
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
        _print_json({**row, "techniques": list(techniques)})
    else:
        click.echo(f"{row['kind']:<6} {row['severity']:<8} {row['id']:<48} {row['name']}  {' '.join(techniques)}")


@content.group("import", help=say("Import content of others.", "他所のコンテンツを取り込みます。"))
def content_import() -> None:
    """Group."""


@content_import.command(
    "sigma", help=say("Read Sigma rules and report on each.", "Sigma ルールを読み、一つずつ報告します。")
)
@click.argument("folders", nargs=-1, required=True, type=click.Path(exists=True, path_type=Path))
@_data_option
@_json_option
def content_import_sigma(folders: tuple[Path, ...], data: Path | None, as_json: bool) -> None:
    from hinomi.app.content import import_sigma

    report = import_sigma(read_settings({"data": data}), folders)
    if as_json:
        _print_json(report)
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


# ---- people and keys ------------------------------------------------------------------------------------------------
@main.group(help=say("API keys.", "API キー。"))
def token() -> None:
    """Group."""


@token.command("create", help=say("Make an API key; prints it once, alone.", "API キーを作り、一度だけ表示します。"))
@_data_option
@click.option(
    "--role", required=True, help=say("administrator, analyst, siem ...", "administrator、analyst、siem など。")
)
@click.option("--name", required=True, help=say("What it is for.", "用途。"))
@click.option(
    "--months",
    default=12,
    show_default=True,
    type=click.IntRange(0, 120),
    help=say("Months until it expires; 0 = never.", "有効月数。0 は無期限。"),
)
@_json_option
def token_create(data: Path | None, role: str, name: str, months: int, as_json: bool) -> None:
    from hinomi.app.asking import create_token

    secret = create_token(read_settings({"data": data}), role, name, months)
    if as_json:
        _print_json({"name": name, "role": role, "token": secret})
    else:
        click.echo(secret)


@main.group(help=say("People who log in.", "ログインする人。"))
def user() -> None:
    """Group."""


@user.command(
    "create", help=say("Make a user with a random password, shown once.", "ランダムなパスワードでユーザーを作ります。")
)
@_data_option
@click.option("--name", required=True, help=say("Login name.", "ログイン名。"))
@click.option(
    "--role",
    required=True,
    help=say(
        "administrator, senior-analyst, analyst, auditor ...", "administrator、senior-analyst、analyst、auditor など。"
    ),
)
@_json_option
def user_create(data: Path | None, name: str, role: str, as_json: bool) -> None:
    from hinomi.app.asking import create_user

    password = create_user(read_settings({"data": data}), name, role)
    if as_json:
        _print_json({"name": name, "role": role, "password": password})
    else:
        click.echo(say(f"user {name} password {password}", f"ユーザー {name} パスワード {password}"))
