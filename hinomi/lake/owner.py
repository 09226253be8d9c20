"""The owner process: the only one that has the lake's files open.

    python -m hinomi.lake.owner --path FOLDER --memory-mb 1024 --token T

It listens on FOLDER/owner.sock, says `ready` on its standard output, and ends when its standard input does, that is
when whoever started it is gone. Spawn it, never fork: the engine has threads from its import on.
"""

import argparse
import fcntl
import logging
import logging.handlers
import os
import signal
import socketserver
import sys
import threading
import time
from pathlib import Path
from typing import IO, TYPE_CHECKING

from hinomi.lake.configuration import query_memory, write_configuration

if TYPE_CHECKING:
    from hinomi.lake.engine import Engine

LOG = logging.getLogger("hinomi.lake.owner")
EXIT_TAKEN = 3  # another owner has the folder
ORPHAN_S = 45.0
PARTS_S = 30.0  # between two looks at what merges have made

LOCK, SOCKET, JOURNAL, STORE = "owner.lock", "owner.sock", "owner.log", "store"


def main(arguments: list[str] | None = None) -> int:
    options = _options(arguments)
    folder: Path = options.path.resolve()
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    os.umask(0o077)
    # the engine reads ./config.xml: make sure that no stranger's lies there, and reach the socket by a short name
    os.chdir(folder)
    lock = _lock()
    if lock is None:
        print(f"another owner process has {folder}", file=sys.stderr)  # noqa: T201 - the parent reads it
        return EXIT_TAKEN
    _log_to_file()
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the parent, which then ends us in order
    try:
        _serve(options)
    except Exception:
        LOG.exception("the owner ends")
        raise
    return 0


def _options(arguments: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="hinomi.lake.owner", description="Owner process of the lake.")
    parser.add_argument("--path", type=Path, required=True, help="folder of the lake")
    parser.add_argument("--memory-mb", type=int, default=1024, help="memory limit of the engine (MiB)")
    parser.add_argument("--readers", type=int, default=3, help="searches that run at the same time")
    parser.add_argument("--token", default="", help="what clients call this owner by")
    return parser.parse_args(arguments)


def _lock() -> IO[str] | None:
    """Held as long as the process lives, however it ends. An owner whose parent has died is about to end: wait for it."""
    lock = Path(LOCK).open("a+")  # noqa: SIM115 - closing it would let go of the lock
    deadline = time.monotonic() + ORPHAN_S
    while not _try_lock(lock):
        if _holder_has_a_parent(lock) or time.monotonic() > deadline:
            lock.close()
            return None
        time.sleep(0.05)
    lock.truncate(0)
    lock.write(f"{os.getpid()} {os.getppid()}\n")
    lock.flush()
    return lock


def _try_lock(lock: IO[str]) -> bool:
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True


def _holder_has_a_parent(lock: IO[str]) -> bool:
    """False also while the holder has not yet written who it is."""
    lock.seek(0)
    numbers = lock.read().split()
    return len(numbers) == 2 and _lives(int(numbers[1]))


def _lives(pid: int) -> bool:
    """A zombie is dead: its parent has not asked yet."""
    try:
        os.kill(pid, 0)
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except ProcessLookupError:
        return False
    except OSError:  # another user's, or no /proc
        return True


def _log_to_file() -> None:
    handler = logging.handlers.RotatingFileHandler(JOURNAL, maxBytes=2 << 20, backupCount=2, encoding="utf-8")
    handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(message)s"))
    LOG.addHandler(handler)
    LOG.setLevel(logging.INFO)


def _serve(options: argparse.Namespace) -> None:
    # late: the engine's import takes most of a second, and a refused owner need not pay it
    from hinomi.lake.engine import Engine
    from hinomi.lake.protocol import OwnerServer

    configuration = write_configuration(Path.cwd(), options.memory_mb)
    engine = Engine(STORE, str(configuration), readers=options.readers, query_bytes=query_memory(options.memory_mb))
    Path(SOCKET).unlink(missing_ok=True)
    with OwnerServer(SOCKET, engine, options.token) as server:
        signal.signal(signal.SIGTERM, lambda *_: threading.Thread(target=server.shutdown).start())
        threading.Thread(target=_end_with_parent, args=(server,), daemon=True).start()
        threading.Thread(target=_watch_parts, args=(engine,), daemon=True).start()
        LOG.info("ready, process %d, memory limit %d MiB", os.getpid(), options.memory_mb)
        sys.stdout.write("ready\n")
        sys.stdout.flush()
        server.serve_forever(poll_interval=0.2)
    Path(SOCKET).unlink(missing_ok=True)
    engine.close()
    LOG.info("ended")
    logging.shutdown()
    os._exit(0)  # a question that still runs has nobody to answer; the engine's own tidying would wait for it


def _watch_parts(engine: "Engine") -> None:
    """Merges too may write to a disk that is full, and what they merged goes eight minutes later."""
    from hinomi.lake.engine import EngineError
    from hinomi.lake.protocol import EXIT_HOLLOW

    while True:
        time.sleep(PARTS_S)
        try:
            engine.look_at_parts()
        except EngineError as error:
            LOG.warning("%s", error)
        if engine.is_hollow:
            os._exit(EXIT_HOLLOW)


def _end_with_parent(server: socketserver.BaseServer) -> None:
    while sys.stdin.buffer.read(1):
        pass
    LOG.info("the parent is gone")
    server.shutdown()


if __name__ == "__main__":
    sys.exit(main())
