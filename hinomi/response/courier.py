"""What the response room needs of the channel to the sensors; the gateway fulfils it."""

from collections.abc import Mapping
from typing import Any, Protocol

from hinomi.errors import Unavailable


class Courier(Protocol):
    def connected(self) -> set[str]:
        """GUIDs of the sensors that are there now."""
        ...

    def deliver(self, guid: str) -> None:
        """There is something for this sensor: fetch `desk.commands(guid)` and send them, soon. Never blocks for long."""
        ...

    def cancel(self, guid: str, command_id: str) -> None:
        """Tell the sensor to stop this command if it can; nothing when it is not there (told again at its next hello)."""
        ...

    def ask(self, guid: str, action: str, parameters: Mapping[str, Any], timeout_s: float) -> Mapping[str, Any]:
        """One of the read-only actions (signer.LOOKS), signed by `desk.look`, and its result.

        Unavailable: not connected, or no answer in time. Refused: the sensor said no.
        """
        ...


class NoCourier:
    """Before a gateway is there: nobody is connected."""

    def connected(self) -> set[str]:
        return set()

    def deliver(self, guid: str) -> None:
        """Nobody to deliver to: it waits in the queue."""

    def cancel(self, guid: str, command_id: str) -> None:
        """Nobody to tell: told at the next hello."""

    def ask(self, guid: str, action: str, parameters: Mapping[str, Any], timeout_s: float) -> Mapping[str, Any]:  # noqa: ARG002
        raise Unavailable(f"sensor {guid[:64]} is not connected")
