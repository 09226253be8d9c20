"""The house behind HTTP, in the foreground, until SIGTERM or SIGINT."""

import logging
import signal
import socket
from collections.abc import Callable
from types import FrameType

import uvicorn

from hinomi.api.server import create_app
from hinomi.app.house import House
from hinomi.app.rooms import api_house
from hinomi.app.simulations import load_simulations
from hinomi.errors import HinomiError, Unavailable
from hinomi.schema.principal import COMMAND_LINE, Role
from hinomi.settings import Settings

log = logging.getLogger(__name__)

LOCAL_KEY = "command line on this machine"
GRACE_S = 10  # requests under way may end


class _Server(uvicorn.Server):
    """Tells when the sockets are open, and ends in order on a signal."""

    def __init__(self, config: uvicorn.Config, on_ready: Callable[[], None]) -> None:
        super().__init__(config)
        self._on_ready = on_ready

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:  # noqa: ARG002  (the shape uvicorn calls)
        """End in order, with exit code 0: unlike its base, which raises the signal again after the clean end."""
        self.force_exit = self.should_exit and sig == signal.SIGINT
        self.should_exit = True

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        if self.started:
            self._on_ready()


def serve_house(settings: Settings, on_ready: Callable[[str], None], with_simulations: bool = False) -> None:
    """Run until stopped. `on_ready` is called once with the address, when everything answers.

    With `with_simulations`, a data folder that has never had them first gets the built-in recordings.
    Raises Unavailable when the address is taken, Conflict when another process holds the data folder.
    """
    with House(settings) as house, _listen(settings) as listener:
        url = _address(settings.host, listener.getsockname()[1])
        token = _local_key(house)
        config = uvicorn.Config(
            create_app(api_house(house)),
            log_level="warning",
            access_log=False,
            server_header=False,
            timeout_graceful_shutdown=GRACE_S,
            lifespan="off",
        )

        def ready() -> None:
            house.folder.announce(url, token)
            on_ready(url)

        # the first to open the list of models need not wait for a thousand proofs; an old lake learns what it has seen
        house.start(
            at_rest=[lambda: house.proofs.warm(house.book.page, house.is_stopping), lambda: fill_observed(house)]
        )
        if with_simulations:
            load_simulations(house)
        try:
            _Server(config, ready).run(sockets=[listener])
        finally:
            house.folder.retract()


def fill_observed(house: House) -> None:
    """Look through what is older than the lake's table of observed values. Trouble is told, and tried at the next start."""
    try:
        house.lake.observed.fill(house.is_stopping)
    except HinomiError as error:
        log.warning("observed values of older activities are not all there yet: %s", error)


def _local_key(house: House) -> str:
    """A new key for the command line on this machine; the one of the last run ends."""
    for key in house.access.keys.all():
        if key.name == LOCAL_KEY:
            house.access.keys.remove(COMMAND_LINE, key.id)
    _, value = house.access.keys.create(COMMAND_LINE, LOCAL_KEY, Role.ADMINISTRATOR)
    return value


def _listen(settings: Settings) -> socket.socket:
    family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((settings.host, settings.port))
    except OSError as error:
        listener.close()
        raise Unavailable(f"cannot listen on {settings.host}:{settings.port}: {error.strerror}") from None
    return listener


def _address(host: str, port: int) -> str:
    shown = {"0.0.0.0": "127.0.0.1", "::": "[::1]"}.get(host, f"[{host}]" if ":" in host else host)  # noqa: S104
    return f"http://{shown}:{port}"
