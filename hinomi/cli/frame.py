"""What every word of the command line shares: the person's language, options, output.

Texts stand in pairs (English, Japanese); the language follows HINOMI_LANG, then LANG.
"""

import json
import os
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, TypeVar

import click

from hinomi.errors import HinomiError, NotFound

Command = TypeVar("Command", bound=Callable[..., Any])


def is_japanese() -> bool:
    return (os.environ.get("HINOMI_LANG") or os.environ.get("LANG") or "").lower().startswith("ja")


def say(en: str, ja: str) -> str:
    """The text in the person's language."""
    return ja if is_japanese() else en


INTERRUPTED = 130  # as shells say of a program that Ctrl-C ended


class Friendly(click.Group):
    """Prints what Hinomi says no to, and that Ctrl-C ended it, as one line without a traceback."""

    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except HinomiError as error:
            raise click.ClickException(str(error)) from None
        except KeyboardInterrupt:
            click.echo(say("Interrupted.", "中断しました。"), err=True)
            raise SystemExit(INTERRUPTED) from None
        except BrokenPipeError:
            sys.stderr.close()
            raise SystemExit(141) from None


def data_option(command: Command) -> Command:
    return click.option(
        "--data",
        type=click.Path(file_okay=False, path_type=Path),
        help=say("Data folder (HINOMI_DATA; default var/hinomi).", "データフォルダ (HINOMI_DATA。既定は var/hinomi)。"),
    )(command)


def json_option(command: Command) -> Command:
    return click.option(
        "--json", "as_json", is_flag=True, help=say("Print JSON for programs.", "プログラム向けに JSON で出力します。")
    )(command)


def print_json(value: Any) -> None:
    click.echo(json.dumps(value, ensure_ascii=False, default=str))


def existing(paths: Sequence[Path]) -> list[Path]:
    for path in paths:
        if not path.exists():
            raise NotFound(say(f"no such file or folder: {path}", f"ファイルもフォルダもありません: {path}"))
    return list(paths)


def warn(message: str) -> None:
    click.echo(message, err=True)
