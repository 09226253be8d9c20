"""What a sensor says of itself and of tasks, told to the rooms. Runs in threads; the words of one sensor come in their order."""

import logging
import threading
from collections import OrderedDict
from collections.abc import Callable, Mapping
from concurrent.futures import Future
from typing import Any

import orjson

from hinomi.errors import Forbidden, HinomiError, NotFound, Refused, Unavailable
from hinomi.gateway.rooms import GatewayRooms
from hinomi.gateway.signs import TamperSigns
from hinomi.schema.endpoint import Isolation
from hinomi.schema.task import TaskError
from hinomi.wire import message as wire
from hinomi.wire.command import SignedCommand

log = logging.getLogger(__name__)

MOST_ASKED = 10_000  # questions whose late answers are still known as such
_ISOLATIONS = {each.value for each in Isolation}
POLICY_PATIENCE_MS = 60_000


class Questions:
    """Read-only commands that the server itself asks (`Courier.ask`): their answers go to who asked. Thread-safe."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._asked: OrderedDict[str, tuple[str, Future[wire.Result]]] = OrderedDict()

    def add(self, guid: str, signed: SignedCommand) -> Future[wire.Result]:
        answer: Future[wire.Result] = Future()
        with self._lock:
            self._asked[str(orjson.loads(signed.body)["id"])] = (guid, answer)
            while len(self._asked) > MOST_ASKED:
                self._asked.popitem(last=False)
        return answer

    def knows(self, command_id: str, guid: str) -> bool:
        with self._lock:
            return self._asked.get(command_id, ("",))[0] == guid

    def answer(self, guid: str, result: wire.Result) -> bool:
        """Whether it was the answer to a question to this sensor."""
        with self._lock:
            asked, answer = self._asked.get(result.command, ("", None))
        if asked != guid or answer is None:
            return False
        if not answer.done():
            answer.set_result(result)
        return True

    def refuse(self, guid: str, receipt: wire.Receipt) -> bool:
        refused = wire.Failure("refused", f"the sensor refused: {receipt.reason}")
        return self.answer(guid, wire.Result(receipt.command, receipt.at_ms, error=refused))


class Reports:
    def __init__(self, rooms: GatewayRooms, questions: Questions, signs: TamperSigns) -> None:
        self._rooms, self._questions, self._signs = rooms, questions, signs
        self._behind: dict[str, int] = {}  # sensor -> since when its policy is older than ours, ms

    def took(self, guid: str, message: wire.Message, address: str) -> wire.Message | None:
        """Tell the right room; what is to be answered."""
        match message:
            case wire.Facts():
                self._compare_policy(guid, message.facts.policy_version, address)
                self._facts(guid, message)
            case wire.Receipt():
                self._receipt(guid, message, address)
            case wire.Progress():
                if not self._questions.knows(message.command, guid):
                    _quiet(lambda: self._rooms.desk.tasks.progressed(message.command, guid, message.note, message.done))
            case wire.Result():
                return self._result(guid, message)
            case wire.UpdateOutcome():
                log.info("sensor %s, package %s: %s", guid, message.sensor_version, message.outcome)
                _quiet(lambda: self._rooms.updated(guid, message))
            case wire.RefusedPolicy():
                log.warning("sensor %s refuses policy %s: %s", guid, message.version, message.reason[:500])
                told = {"policy": message.version, "reason": message.reason[:500]}
                self._signs.tell(guid, "policy_refused", address, told)
            case _:
                pass
        return None

    def _facts(self, guid: str, message: wire.Facts) -> None:
        facts = message.facts
        isolation = Isolation(facts.isolation) if facts.isolation in _ISOLATIONS else None
        known = isolation if isolation is not Isolation.UNKNOWN else None
        self._rooms.endpoints.seen(
            guid,
            at_ms=self._rooms.now_ms(),
            connected=True,
            facts=facts,
            isolation=known,
            policy_version=facts.policy_version,
            pattern_version=facts.pattern_version,
            block_version=facts.block_version,
        )

    def _compare_policy(self, guid: str, version: int, address: str) -> None:
        """A policy is sent at once and followed at once: a sensor that still has an older one a minute later does not."""
        wanted, now_ms = self._rooms.policy(guid).version, self._rooms.now_ms()
        if version >= wanted:
            self._behind.pop(guid, None)
        elif now_ms - self._behind.setdefault(guid, now_ms) >= POLICY_PATIENCE_MS:
            self._signs.tell(guid, "policy_old", address, {"policy": version, "wanted": wanted})

    def _receipt(self, guid: str, receipt: wire.Receipt, address: str) -> None:
        tasks = self._rooms.desk.tasks
        if receipt.outcome == "refused":
            told = {"reason": receipt.reason, "command": receipt.command}
            self._signs.tell(guid, f"command_refused_{receipt.reason}", address, told)
            if not self._questions.refuse(guid, receipt):
                _quiet(lambda: tasks.refused(receipt.command, guid, receipt.reason))
        elif self._questions.knows(receipt.command, guid):
            return
        elif receipt.outcome == "delivered":
            _quiet(lambda: tasks.received(receipt.command, guid, receipt.at_ms))
        elif receipt.outcome == "executing":
            _quiet(lambda: tasks.executing(receipt.command, guid, receipt.at_ms))

    def _result(self, guid: str, result: wire.Result) -> wire.Message | None:
        """The acknowledgement, once it is kept. None when it could not be kept now: it comes again."""
        if not self._questions.answer(guid, result):
            error = result.error
            outcome = TaskError(error.code, error.message, error.ja) if error else result.result
            try:
                self._rooms.desk.tasks.finished(result.command, guid, outcome, result.at_ms)
            except (Forbidden, NotFound) as refused:
                log.warning("sensor %s reports on what is not its own: %s", guid, refused)
            except Unavailable as trouble:
                log.warning("the result of %s cannot be kept now: %s", result.command, trouble)
                return None
        return wire.Ack(result=result.command)


def outcome_of(result: wire.Result) -> Mapping[str, Any]:
    """What a question brought; Refused with the sensor's own code."""
    if result.error is not None:
        raise Refused(result.error.message, result.error.code)
    return result.result


def _quiet(tell: Callable[[], None]) -> None:
    """What is none of the sensor's own is refused and audited in the room itself; the channel goes on."""
    try:
        tell()
    except HinomiError as error:
        log.info("a sensor's word was not taken: %s", error)
