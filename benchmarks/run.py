"""All benchmarks, one after the other, as `make bench` runs them. Each prints its own table; figures are ratios of one run.

python benchmarks/run.py [import server lake detect normalise peers]
"""

import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
ORDER = ("import", "server", "lake", "detect", "normalise", "peers")
FEWER = {"lake": ["--activities", "200000", "--sqlite", "40000"]}  # all of it is `make bench-lake`


def main() -> None:
    chosen = sys.argv[1:] or ORDER
    failed = []
    for name in chosen:
        print(f"\n== {name}", flush=True)
        if subprocess.run([sys.executable, HERE / f"bench_{name}.py", *FEWER.get(name, [])], check=False).returncode:
            failed.append(name)
    if failed:
        raise SystemExit(f"failed: {', '.join(failed)}")


if __name__ == "__main__":
    main()
