"""The sensor at work: collectors, spool, channel and executor joined, until it is stopped.

collectors -> recorder -> spool -> channel -> server -> commands -> executor -> actions
"""

import logging
import os
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import psutil

from hinomi.errors import HinomiError, Unavailable
from hinomi.sensor import enrolment
from hinomi.sensor.action import ActionFailed
from hinomi.sensor.channel import Channel
from hinomi.sensor.collectors import Collector
from hinomi.sensor.executor import Executor
from hinomi.sensor.folder import SensorFolder
from hinomi.sensor.host import HostNames
from hinomi.sensor.identity import IdentityKeeper, new_epoch
from hinomi.sensor.journal import Journal
from hinomi.sensor.link import Link
from hinomi.sensor.memory import Memory
from hinomi.sensor.recorder import Recorder
from hinomi.sensor.shell_lines import ShellLines
from hinomi.sensor.spool import SensorSpool
from hinomi.sensor.system import System, here
from hinomi.sensor.tamper import ClockWatch, RunMark, boot_id
from hinomi.sensor.update import TRIAL_S, Updater
from hinomi.sensor.version import INSTALLATION, VERSION
from hinomi.sensor.watch import Watch
from hinomi.sensor.work import Surroundings
from hinomi.wire import message as wire
from hinomi.wire.command import Command, CommandRefused, SignedCommand, verify
from hinomi.wire.inventory import HostFacts
from hinomi.wire.policy import SensorPolicy, check_policy, read_policy, write_policy

log = logging.getLogger(__name__)

ROUND_S = 5.0  # between two looks at what time has done
RULES_EVERY_S = 60.0
RENEWAL_EVERY_S = 3600.0
_TELLING = frozenset({"apply_block_list", "apply_patterns", "isolate_endpoint", "restore_endpoint"})


class Agent:
    """One per process. `start` returns at once; `stop` ends in order, with what was watched on disk."""

    def __init__(
        self,
        path: Path,
        collectors: Sequence[Callable[[], Collector]] | None = None,
        actions: Any = None,
        system: System | None = None,
    ) -> None:
        """NotFound when the folder is not enrolled. What is not given is that of this host's system."""
        self.folder = SensorFolder(path)
        self.system = system or here()
        self.keeper = IdentityKeeper(self.folder)
        self.identity = self.keeper.load()
        self.actions = self.system.actions if actions is None else actions
        self.policy = self._kept_policy()
        self.spool = SensorSpool(path / "spool", self.policy.spool_mb << 20)
        self.journal = Journal(path / "journal.db", _now_ms() if (path / "journaled").is_file() else 0)
        if self.journal.was_made:
            self.folder.write("journaled", b"")
        if self.spool.was_lost and (path / "spooled").is_file():
            self._begin_epoch()
        self.folder.write("spooled", b"")
        self.host = HostNames()
        self._link = Link(self.identity.url, self.keeper.context(), self.folder)
        self.recorder = Recorder(
            self.identity.guid,
            self.identity.epoch,
            self.spool,
            self.policy,
            self.host,
            lambda: self.channel.wake(),  # noqa: PLW0108  (the channel is made after it)
        )
        self.guards = self.system.guards(self._emit, [path], self.policy.block_mounts)
        self.shells = ShellLines()
        self.channel = Channel(
            self._link, self.spool, self._hello, self._handle, self._is_up, self.shells.lost, self._dropped
        )
        surroundings = Surroundings(
            folder=self.folder.part("state"),
            sensor=self.identity.guid,
            link=lambda: self.channel.link,
            shells=self.shells,
            guards=self.guards,
            emit=self.recorder.emit,
            send=self.channel.send,
        )
        self.executor = Executor(
            self.journal, self.actions, surroundings, self._verified, self.channel.send, self._done
        )
        found = self.system.collectors(self.folder.part("state")) if collectors is None else collectors
        self.watch = Watch(found, self._emit)
        self.updater = Updater(self.folder, INSTALLATION)
        self._memory, self._process = Memory(), psutil.Process()
        self._mark = RunMark(self.folder, boot_id())
        self._clock = ClockWatch(_now_ms, _steady_ms)
        self.on_exit: Callable[[], None] = lambda: None  # asked for when the starter is to begin another sensor
        self._rules_due_s = 0.0
        self._updating = threading.Lock()
        self._stop = threading.Event()
        self._facts_due = threading.Event()
        self._upkeep = threading.Thread(target=self._run, name="upkeep", daemon=True)

    def start(self) -> None:
        self.recorder.start()
        left = self._mark.begin(_now_ms())
        if left is not None:
            self.recorder.emit("sensor_tamper", left)
        if (failed := self.updater.rolled_back) is not None:
            self.recorder.emit("sensor_tamper", {"name": "update_rolled_back", "text": failed.version})
        self._reassert()
        self.watch.apply(self.policy)
        self.executor.resume()
        self.channel.start()
        self._upkeep.start()

    def stop(self, reason: str = "stopping") -> None:
        self._stop.set()
        self._facts_due.set()
        self.watch.stop()
        self.executor.stop()
        self.guards.stop()
        self.recorder.stop()
        self.channel.stop(reason)
        self._upkeep.join(10)
        self.spool.close()
        self.journal.close()
        self._write_status()
        self._mark.end()

    # ---- what the server says ---------------------------------------------------------------------------------------
    def _handle(self, message: wire.Message) -> None:
        match message:
            case wire.CommandMessage():
                self.executor.take(message.body, message.signature)
            case wire.Cancel():
                self.executor.cancel(message.command)
            case wire.Ack() if message.result:
                self.executor.acknowledged(message.result)
            case wire.Policy():
                self._follow(message.policy)
            case wire.Shell():
                self.shells.take(message)
            case wire.Update():
                threading.Thread(target=self._update, args=(message,), name="update", daemon=True).start()
            case wire.Error():
                log.warning("the server says: %s: %s", message.code, message.message)
            case _:
                pass

    def _verified(self, body: bytes, signature: bytes) -> Command:
        key = self.identity.command_verifier
        if key is None:
            raise CommandRefused("forged", "this sensor was enrolled without a command key")
        command = verify(
            SignedCommand(body, signature),
            key,
            sensor=self.identity.guid,
            least_epoch=self.identity.command_epoch,
            now_ms=_now_ms(),
        )
        if command.epoch > self.identity.command_epoch:  # what is older is never obeyed again
            self.identity = replace(self.identity, command_epoch=command.epoch)
            self.keeper.save(self.identity)
        return command

    def _emit(self, kind: str, data: Mapping[str, Any]) -> None:
        """What was watched: to the server, and past the block list."""
        self.recorder.emit(kind, data)
        self.guards.seen(kind, data)

    def _done(self, action: str) -> None:
        """What changes what the host says of itself is told at once."""
        if action in _TELLING:
            self._facts_due.set()

    def _follow(self, policy: SensorPolicy) -> None:
        """In effect at once and kept for the next start; one that does not hold changes nothing."""
        try:
            check_policy(policy)
        except HinomiError as error:
            self.channel.send(wire.RefusedPolicy(policy.version, str(error)[:1000]))
            return
        if policy == self.policy:
            return
        if policy.version and policy.version == self.policy.version:
            text = "the policy kept on this host was not the one of the server"
            self.recorder.emit("sensor_tamper", {"name": "policy_changed_here", "text": text})
        self.folder.write_json("policy.json", write_policy(policy))
        self.policy = policy
        self.recorder.apply(policy)
        self.watch.apply(policy)
        self.guards.use_mounts(policy.block_mounts)
        self._facts_due.set()

    def _update(self, offer: wire.Update) -> None:
        with self._updating:  # one at a time
            try:
                if self.updater.stage(self.channel.link, offer, self.identity):
                    log.info("sensor %s is tried next", offer.sensor_version)
                    self.on_exit()
            except Unavailable as error:  # offered again with the next connection
                log.warning("the update has to wait: %s", error)
            except HinomiError as error:
                log.warning("the update is not taken: %s", error)
                reason = str(error)[:1000]
                self.recorder.emit("sensor_tamper", {"name": "update_refused", "text": reason})
                self.channel.send(wire.UpdateOutcome(offer.sha256, offer.sensor_version, "refused", reason))

    # ---- what the server is told ------------------------------------------------------------------------------------
    def _hello(self) -> wire.Hello:
        return wire.Hello(
            version=wire.VERSION,
            sensor=self.identity.guid,
            epoch=self.identity.epoch,
            connection=self.keeper.next_connection(),
            device_ms=_now_ms(),
            monotonic_ms=int(time.monotonic() * 1000),
            boot=boot_id(),
            command_epoch=self.identity.command_epoch,
            sensor_version=VERSION,
            policy_version=self.policy.version,
            unfinished=tuple(entry.id for entry in self.journal.unfinished()),
            platform=self.updater.platform,
        )

    def _is_up(self, _welcome: wire.Welcome) -> None:
        self.shells.connected(self.channel.send_or_raise)
        for outcome in self.updater.welcomed():
            self.channel.send(outcome)
        self.executor.report()
        self._facts_due.set()

    def facts(self) -> HostFacts:
        """What the host says of itself, and what this sensor adds."""
        cannot = {name: reason for name, action in self.actions.items() if (reason := action.needs()) is not None}
        return replace(
            self.system.facts(self.folder.part("state")),
            sensor_version=VERSION,
            package=self.updater.platform,
            policy_version=self.policy.version,
            collectors=self.watch.states(),
            actions=tuple(self.actions),
            cannot=cannot,
            untested=self.system.untested,
            health=self.health(),
        )

    def health(self) -> dict[str, Any]:
        process = self._process
        times = process.cpu_times()
        return {
            "rss_bytes": process.memory_info().rss,
            "cpu_seconds": round(times.user + times.system, 2),
            "spool_bytes": self.spool.size_bytes,
            "spool_batches": self.spool.waiting_batches,
            "lost": self.recorder.lost,
            "last_sequence": self.spool.sequence,
            "collectors": self.watch.health(),
        }

    def _dropped(self, records: int, code: str) -> None:
        text = f"{records} records were refused by the server: {code}"
        self.recorder.emit("sensor_loss", {"name": "refused", "lost": records, "text": text})

    # ---- upkeep -----------------------------------------------------------------------------------------------------
    def _run(self) -> None:
        told_s, renewal_s, health_s = 0.0, 0.0, time.monotonic()
        trial_end_s = health_s + TRIAL_S
        while not self._stop.is_set():
            now_s = time.monotonic()
            try:
                if self.channel.state.is_up and (
                    self._facts_due.is_set() or now_s - told_s > self.policy.facts_every_s
                ):
                    self._facts_due.clear()
                    self.channel.send(wire.Facts(self.facts()))
                    told_s = now_s
                if now_s - health_s > self.policy.facts_every_s:
                    self.recorder.emit("sensor_health", self.health())
                    health_s = now_s
                if now_s - renewal_s > RENEWAL_EVERY_S and self.channel.state.is_up:
                    renewal_s = now_s
                    self.renew_when_due()
                if now_s > trial_end_s and self.updater.is_on_trial:
                    log.warning("the server did not welcome this sensor in its trial: the starter decides")
                    self.on_exit()
                self._reassert()
                self._mend()
                self._look_at_clock()
                self.guards.keep()
                self._memory.keep()
                self._write_status()
            except Exception:  # upkeep must go on
                log.exception("upkeep stumbled")
            if not self._facts_due.is_set() or not self.channel.state.is_up:
                self._wait()

    def _wait(self) -> None:
        """Until something is due, or a round is over; an event that cannot be served now must not spin."""
        if self._facts_due.is_set():
            self._stop.wait(ROUND_S)
        else:
            self._facts_due.wait(ROUND_S)

    def renew_when_due(self) -> bool:
        """Whether the certificate was renewed; the channel goes on with the new one."""
        if not self.keeper.is_renewal_due():
            return False
        try:
            enrolment.renew(self.folder, self.channel.link)
        except HinomiError as error:
            log.warning("the certificate cannot be renewed now: %s", error)
            return False
        self.channel.reconnect(Link(self.identity.url, self.keeper.context(), self.folder))
        return True

    def _look_at_clock(self) -> None:
        moved = self._clock.look()
        if moved is not None:
            self.recorder.emit("clock_moved", moved)

    def _mend(self) -> None:
        """A collector that broke is replaced by the next that can, and people are told."""
        for name, trouble in self.watch.mend(self.policy):
            text = f"the collector {name} was ended: {trouble}"
            self.recorder.emit("sensor_tamper", {"name": "collector_ended", "text": text, "collector": name})
            self._facts_due.set()

    def _reassert(self) -> None:
        """An isolation and a block list outlive this process and changes of rules; asked at the start and while it runs.

        A host that is isolated is looked at in each round of upkeep; what stands in the kernel of others, once a minute.
        """
        is_first, is_due = self._rules_due_s == 0.0, time.monotonic() >= self._rules_due_s
        if is_due or self.system.is_isolated(self.folder.part("state")):
            self._reassert_isolation()
        if is_due:
            self._rules_due_s = time.monotonic() + RULES_EVERY_S
            self._reassert_block_list(is_first)

    def _reassert_isolation(self) -> None:
        state = self.folder.part("state")
        try:
            done = self.system.reassert_isolation(state, self.channel.link.addresses, _now_ms())
        except ActionFailed as failure:  # a host whose rules cannot be made is watched on
            log.warning("the rules of isolation cannot be looked at: %s", failure)
            return
        if done is not None:
            self.recorder.emit("isolation", done)
            self._facts_due.set()

    def _reassert_block_list(self, is_first: bool) -> None:
        """Gone at the first look is what a reboot does; gone later is somebody's doing."""
        state = self.folder.part("state")
        if is_first:
            self.guards.follow(self.system.guarded(state))
        done = self.system.reassert_block_list(state, _now_ms())
        if done is not None and not is_first:
            self.recorder.emit("sensor_tamper", {"name": "block_list_rules", "text": done["reason"]})

    def _write_status(self) -> None:
        state = self.channel.state
        told = {
            "pid": os.getpid(),
            "at_ms": _now_ms(),
            "connected": state.is_up,
            "since_ms": state.since_ms,
            "trouble": state.trouble,
            "skew_ms": state.skew_ms,
            "server_version": state.server_version,
            "sensor_version": VERSION,
            "policy_version": self.policy.version,
            "collectors": {
                name: {
                    "active": each.active,
                    "reason": each.reason,
                    "watches": list(each.watches),
                    "spare": each.spare,
                }
                for name, each in self.watch.states().items()
            },
            "health": self.health(),
        }
        self.folder.write_json("status.json", told, is_lasting=False)

    def _begin_epoch(self) -> None:
        """The spool is gone, and its numbers with it: from now on this is another life."""
        self.identity = replace(self.identity, epoch=new_epoch())
        self.keeper.save(self.identity)

    def _kept_policy(self) -> SensorPolicy:
        kept = self.folder.read_json("policy.json")
        try:
            return SensorPolicy() if kept is None else read_policy(kept)
        except HinomiError:
            return SensorPolicy()


def _now_ms() -> int:
    return int(time.time() * 1000)


def _steady_ms() -> int:
    """Never set, and goes on while the host sleeps."""
    clock = getattr(time, "CLOCK_BOOTTIME", None)  # Windows has none; its monotonic clock counts sleep
    return (time.monotonic_ns() if clock is None else time.clock_gettime_ns(clock)) // 1_000_000
