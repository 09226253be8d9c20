"""Which script an interpreter runs."""

import pytest

from hinomi.sensor.telemetry.script_path import script_of


@pytest.mark.parametrize(
    ("exe", "argv", "folder", "script"),
    [
        ("/usr/bin/dash", ["/bin/sh", "./a.sh", "x"], "/srv", "/srv/a.sh"),
        ("/usr/bin/bash", ["bash", "-e", "-x", "/opt/b c.sh"], None, "/opt/b c.sh"),
        ("/usr/bin/bash", ["-bash"], "/root", None),
        ("/usr/bin/bash", ["bash", "-c", "echo a.sh"], "/root", None),
        ("/usr/bin/bash", ["bash", "-lc", "a.sh"], "/root", None),
        ("/usr/bin/bash", ["bash", "-o", "pipefail", "run"], "/tmp", "/tmp/run"),
        ("/usr/bin/python3.11", ["python3", "-u", "tool.py", "-c"], "/home/taro", "/home/taro/tool.py"),
        ("/usr/bin/python3.11", ["python3", "-m", "http.server"], "/", None),
        ("/usr/bin/python3.11", ["python3", "-"], "/", None),
        ("/usr/bin/perl", ["perl", "-e", "print 1"], "/", None),
        ("/usr/bin/pwsh", ["pwsh", "-NoProfile", "-File", "/tmp/a.ps1"], "/", "/tmp/a.ps1"),
        ("/usr/bin/bash", ["sh", "--", "../x.sh"], "/a/b", "/a/x.sh"),
        ("/usr/bin/ls", ["ls", "a.sh"], "/", None),
        ("/usr/bin/node", ["node", "app.js"], None, "app.js"),
        (None, [], None, None),
    ],
)
def test_script(exe: str | None, argv: list[str], folder: str | None, script: str | None) -> None:
    assert script_of(exe, argv, folder) == script
