"""The words a person types, one file per noun.

Commands are thin: they read settings, open what they need (late imports keep `--help` quick) and print. With `--json` a
command prints JSON alone on standard output; progress and warnings go to standard error.
"""

import click

from hinomi.cli import asking, attack, content, exceptions, explaining, lake, people, proving, recordings, serving
from hinomi.cli.frame import Friendly, say


@click.group(
    cls=Friendly,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    help=say("Hinomi 火の見: self-hosted XDR.", "Hinomi 火の見: 自分のハードウェアで動く XDR。"),
)
@click.version_option(package_name="hinomi", prog_name="hinomi")
def main() -> None:
    """Entry point."""


for word in (
    *(serving.init, serving.serve, serving.up),
    *(recordings.import_, recordings.detect, recordings.dead_letters),
    *(asking.alerts, asking.search, explaining.explain),
    *(lake.lake, content.content, exceptions.exceptions, attack.attack),
    *(people.token, people.user),
):
    main.add_command(word)

content.content.add_command(proving.verify)
content.content.add_command(proving.lint)
