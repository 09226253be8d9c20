"""The words a person types, one file per noun.

Commands are thin: they read settings, open what they need (late imports keep `--help` quick) and print. With `--json` a
command prints JSON alone on standard output; progress and warnings go to standard error.
"""

import click

from hinomi.cli import (
    asking,
    attack,
    blocking,
    content,
    database,
    directory,
    endpoints,
    exceptions,
    explaining,
    hunting,
    keys,
    kit,
    lake,
    mail,
    patterns,
    people,
    proving,
    recordings,
    response,
    response_tasks,
    searching,
    sensor,
    sensor_packages,
    serving,
    simulate,
)
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
    *(asking.alerts, searching.search, explaining.explain, hunting.hunt, hunting.entity),
    *(lake.lake, lake.backup, lake.restore, database.database, content.content, exceptions.exceptions, attack.attack),
    *(endpoints.endpoints, sensor.sensor, response.response, mail.mail, directory.directory, keys.keys),
    *(patterns.patterns, kit.kit, simulate.simulate),
    *(people.token, people.user),
):
    main.add_command(word)

sensor.sensor.add_command(sensor_packages.packages)
content.content.add_command(proving.verify)
content.content.add_command(proving.lint)
for word in (
    *(response_tasks.ask, response_tasks.list_, response_tasks.show, response_tasks.wait, response_tasks.cancel),
    *(response_tasks.approve, response_tasks.reject, response_tasks.undo),
    *(blocking.block, blocking.unblock, blocking.blocked, blocking.scripts),
):
    response.response.add_command(word)
