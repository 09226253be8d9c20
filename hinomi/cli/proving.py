"""Words that judge content: verify (with the mutation check) and lint."""

import hashlib
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import click

from hinomi.cli.frame import is_japanese, json_option, print_json, say
from hinomi.detect.content import Content
from hinomi.errors import ContentError
from hinomi.settings import cache_folder, read_settings

AT_LEAST = 90  # per cent of breaks that tests must notice


def _folder_argument(command: Callable[..., Any]) -> Callable[..., Any]:
    kind = click.Path(exists=True, file_okay=False, path_type=Path)
    return click.argument("folder", required=False, type=kind)(command)


@click.command(
    help=say(
        "Run the proofs of all filters and models; with --mutate, see what the proofs do not notice.",
        "全フィルタと検知モデルの証明を実行します。--mutate では証明が見落とす壊れ方を調べます。",
    )
)
@_folder_argument
@click.option(
    "--changed",
    is_flag=True,
    help=say(
        "Only what changed since it was last green (content or code).",
        "前回すべて通った後に変わったもの (コンテンツまたはコード) だけ。",
    ),
)
@click.option(
    "--mutate",
    is_flag=True,
    help=say(
        "Break each part of the content in turn and list the breaks that no test notices.",
        "コンテンツの各部分を順に壊し、どのテストも気づかない壊れ方を一覧します。",
    ),
)
@click.option(
    "--at-least",
    default=AT_LEAST,
    show_default=True,
    type=click.IntRange(0, 100),
    help=say("With --mutate: the share in per cent that must be noticed.", "--mutate で気づくべき割合 (%)。"),
)
@json_option
def verify(folder: Path | None, changed: bool, mutate: bool, at_least: int, as_json: bool) -> None:
    """Exit code 1 when a proof is red, a file is wrong, or too few breaks are noticed."""
    place = folder or read_settings({}).content_folder
    loaded, errors = _load(place)
    if mutate:
        _mutate(place, loaded, errors, at_least, as_json)
    else:
        _verify(loaded, errors, _cache_file(place) if changed else None, as_json)


def _load(folder: Path) -> tuple[Content, list[ContentError]]:
    from hinomi.app.content import compile_cache
    from hinomi.attack.catalogue import load_attack
    from hinomi.detect.content import load_content

    return load_content(folder, techniques=load_attack().known_ids(), cache=compile_cache())


def _cache_file(folder: Path) -> Path | None:
    """One file for each folder of content, where caches belong; None where there is no such place."""
    root = cache_folder()
    name = hashlib.blake2b(str(folder.resolve()).encode(), digest_size=8).hexdigest()
    return root / f"proofs-{name}.json" if root else None


@contextmanager
def _progress(quiet: bool) -> Iterator[Callable[[int, int], None]]:
    """Shows how many items are done on standard error, while it is a terminal."""
    from rich.console import Console
    from rich.progress import Progress

    console = Console(stderr=True)
    with Progress(console=console, disable=quiet or not console.is_terminal, transient=True) as bar:
        task = bar.add_task(say("Proving", "証明中"), total=None)
        yield lambda done, total: bar.update(task, completed=done, total=total)


# ---- verify ----
def _verify(loaded: Content, errors: list[ContentError], cache_file: Path | None, as_json: bool) -> None:
    from hinomi.operations.verification import verify_all

    with _progress(as_json) as on_done:
        report = verify_all(loaded, cache_file=cache_file, on_done=on_done)
    problems = [str(error) for error in errors]
    problems += [
        f"{proof.file}: {one.test}: {say(one.why.en, one.why.ja)}" for proof in report.failed for one in proof.failures
    ]
    numbers = {
        "filters": len(loaded.filters),
        "models": len(loaded.models),
        "proofs": sum(proof.tests for proof in report.proofs),
        "unchanged": len(loaded.filters) + len(loaded.models) - len(report.proofs),
        "problems": problems if as_json else len(problems),
    }
    if as_json:
        print_json(numbers)
    else:
        _tell_verified(numbers, problems)
    if problems:
        raise SystemExit(1)


def _tell_verified(numbers: dict[str, Any], problems: Iterable[str]) -> None:
    for problem in problems:
        click.echo(problem)
    line = say(
        "{filters} filters, {models} models, {proofs} proofs, {problems} problems",
        "フィルタ {filters}、検知モデル {models}、証明 {proofs}、問題 {problems}",
    ).format(**numbers)
    if numbers["unchanged"]:
        line += say(" ({unchanged} unchanged)", " (変更なし {unchanged})").format(**numbers)
    click.echo(line)


# ---- the mutation check ----
def _mutate(folder: Path, loaded: Content, errors: list[ContentError], at_least: int, as_json: bool) -> None:
    from hinomi.operations.mutation import mutate, score

    for error in errors:
        click.echo(str(error), err=True)
    with _progress(as_json) as on_done:
        findings = list(mutate(loaded, on_done))
    lines = _lines(folder, {one.file for one in findings if not one.noticed})
    found = score(findings)
    unnoticed = [
        {
            "file": one.file,
            "line": lines(one.file, one.content, one.path),
            "id": one.id,
            "kind": str(one.kind),
            "broken": one.shown,
        }
        for one in findings
        if not one.noticed
    ]
    if as_json:
        kinds = {str(kind): {"noticed": some, "all": every} for kind, (some, every) in found.by_kind.items()}
        score_ = {"noticed": found.noticed, "all": found.all, "share": round(found.share, 4)}
        print_json({**score_, "kinds": kinds, "unnoticed": unnoticed})
    else:
        _tell_mutated(unnoticed, found)
    if errors or found.share * 100 < at_least:
        raise SystemExit(1)


def _tell_mutated(unnoticed: list[dict[str, Any]], found: Any) -> None:
    from hinomi.operations.mutant import KINDS, Kind

    for one in unnoticed:
        text = KINDS[Kind(one["kind"])]
        click.echo(f"{one['file']}:{one['line']}: {say(text.en, text.ja)}: {one['broken']}")
    for kind, (some, every) in found.by_kind.items():
        name = KINDS[kind].ja if is_japanese() else KINDS[kind].en
        click.echo(f"{some / every:>7.1%}  {some:>6} / {every:<6}  {name}")
    noticed = say("noticed of all breaks", "全体のうち気づいた割合")
    click.echo(f"{found.share:>7.1%}  {found.noticed:>6} / {found.all:<6}  {noticed}")


def _lines(folder: Path, files: set[str]) -> Callable[[str, str, tuple[str | int, ...]], int | None]:
    """(file, filter or model, path) -> line, for the files that are named."""
    from hinomi.detect.document import read_documents
    from hinomi.detect.written import place_of

    documents = {file: found for file in files for found in read_documents(folder / file, file)[0]}

    def line(file: str, content: str, path: tuple[str | int, ...]) -> int | None:
        if file not in documents:
            return None
        return (place_of(documents[file], path) if content == "filter" else documents[file].place(*path)).line

    return line


# ---- lint ----
@click.command(
    help=say(
        "Advise on style and traps: hot literals, needless patterns, missing proofs, unknown fields ...",
        "書き方と落とし穴を指摘します (ありふれた文字列、不要な正規表現、証明の不足、不明なフィールドなど)。",
    )
)
@_folder_argument
@json_option
def lint(folder: Path | None, as_json: bool) -> None:
    """Exit code 1 when there is anything to mend."""
    from hinomi.detect.content import load_content
    from hinomi.operations.lint.linter import lint as advise

    place = folder or read_settings({}).content_folder
    loaded, errors = load_content(place)
    found = list(advise(loaded, place))
    if as_json:
        print_json({"advice": [one.as_json() for one in found], "errors": [str(error) for error in errors]})
    else:
        for error in errors:
            click.echo(str(error))
        for one in found:
            click.echo(f"{one.at}: {one.rule}: {say(one.text.en, one.text.ja)}")
        items = len(loaded.filters) + len(loaded.models)
        click.echo(say(f"{items} files, {len(found)} to mend", f"ファイル {items}、指摘 {len(found)}"))
    if found or errors:
        raise SystemExit(1)
