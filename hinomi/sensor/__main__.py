"""The sensor without the rest of Hinomi: python -m hinomi.sensor enrol TEXT | run | status | uninstall [--folder DIR]."""

import argparse
import json
import sys
from pathlib import Path

from hinomi.errors import HinomiError
from hinomi.sensor import program
from hinomi.sensor.folder import DEFAULT


def main() -> int:
    words = argparse.ArgumentParser(prog="hinomi-sensor", description="Hinomi's sensor / Hinomi のセンサー")
    words.add_argument("--folder", type=Path, default=DEFAULT)
    words.add_argument("--lift-isolation", action="store_true")
    words.add_argument("word", choices=("enrol", "run", "status", "uninstall"))
    words.add_argument("text", nargs="?", default="")
    given = words.parse_args()
    try:
        if given.word == "enrol":
            sys.stdout.write(program.enrol_here(given.text, given.folder) + "\n")
        elif given.word == "run":
            return program.run_here(given.folder)
        elif given.word == "status":
            sys.stdout.write(json.dumps(program.status_here(given.folder), ensure_ascii=False) + "\n")
        else:
            sys.stdout.write("\n".join(program.uninstall_here(given.folder, given.lift_isolation)) + "\n")
    except HinomiError as error:
        sys.stderr.write(f"{error}\n")
        return 1
    return 0


sys.exit(main())
