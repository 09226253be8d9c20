"""The way of the sensors: round trip of a command, bursts of execs seen by a real sensor, and many simulated ones at once.

    python benchmarks/bench_sensor.py [--part trips|execs|many ...] [--sensors 1000] [--rate 10] [--seconds 20] [--commands 30]

Server, sensor and simulated sensors are processes of one machine and share its cores: the rate is that of all together. For the
round trips the sensor watches nothing; for the execs it watches the processes of the whole machine (root is needed), those of others too.
"""

import argparse
import asyncio
import contextlib
import fcntl
import http.client
import json
import os
import ssl
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import aiohttp
import httpx
import orjson
import psutil

from hinomi.sensor.identity import make_key, trusting
from hinomi.sensor.record import pack_records, write_record
from hinomi.wire import message as wire
from hinomi.wire.enrolment import read_enrolment
from hinomi.wire.message import read_message, write_batch, write_message

PARTS = ["trips", "execs", "many"]
FALLBACK = "audit_netlink"
HINOMI = [sys.executable, "-m", "hinomi"]
QUIET = {"watch": [], "facts_every_s": 60}
WATCHING = {"watch": ["process"], "facts_every_s": 60}
ACTIVITIES, DETECTIONS = "/v3.0/search/endpointActivities", "/v3.0/search/detections"
A_KNOCK = 25  # enrolments from one address before the door asks to wait
TOGETHER = 25  # greetings at one time


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--sensors", type=int, default=1000)
    parser.add_argument("--rate", type=int, default=10, help="events a second of each")
    parser.add_argument("--seconds", type=int, default=20)
    parser.add_argument("--commands", type=int, default=30)
    parser.add_argument("--bursts", type=int, nargs="*", default=[2_000, 10_000])
    parser.add_argument("--part", choices=PARTS, nargs="*", default=PARTS)
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        data = Path(scratch) / "data"
        run("init", "--data", data)
        words = [*HINOMI, "serve", "--data", str(data), "--port", "0"]
        environment = {**os.environ, "HINOMI_GATEWAY_PORT": "0"}
        server = subprocess.Popen(words, stdout=subprocess.PIPE, text=True, env=environment)
        try:
            assert server.stdout is not None
            server.stdout.readline()
            api = Api(data)
            if "trips" in chosen.part:
                round_trips(api, data, chosen.commands)
            if "execs" in chosen.part:
                execs(api, data, chosen.bursts)
            if "many" in chosen.part:
                many(api, data, server.pid, chosen)
        finally:
            server.terminate()
            server.wait()


def run(*words: object) -> str:
    done = subprocess.run([*HINOMI, *map(str, words)], check=True, capture_output=True, text=True)
    return done.stdout.strip()


class Api:
    def __init__(self, data: Path) -> None:
        told = json.loads((data / "server.json").read_text())
        headers = {"Authorization": f"Bearer {told['token']}"}
        self.client = httpx.Client(base_url=told["url"], headers=headers, timeout=60, trust_env=False)

    def get(self, path: str, **asked: Any) -> Any:
        return self.client.get(path, params=asked).raise_for_status().json()

    def until(self, what: Any, seconds: float = 120) -> Any:
        ends = time.monotonic() + seconds
        while not (found := what()):
            if time.monotonic() > ends:
                raise SystemExit("the server did not get there in time")
            time.sleep(0.05)
        return found


# ---- one real sensor ------------------------------------------------------------------------------------------------
def round_trips(api: Api, data: Path, commands: int) -> None:
    with started(api, data, QUIET) as (guid, about):
        before, begun = sum(about.cpu_times()[:2]), time.monotonic()
        time.sleep(10)
        idle = (sum(about.cpu_times()[:2]) - before) / (time.monotonic() - begun)
        print(f"sensor, idle: {about.memory_info().rss / 2**20:.0f} MB, {idle:.2%} of a core")
        sample = data.parent / "sample.txt"
        sample.write_text("a sample")
        times = [one_command(api, guid, sample) for _ in range(commands)]
        ninety_fifth = sorted(times)[max(0, int(len(times) * 0.95) - 1)]
        print(
            f"command round trip (collect_file, asked to executed, {commands} times): "
            f"median {statistics.median(times)} ms, p95 {ninety_fifth} ms, most {max(times)} ms"
        )
        print(f"sensor, after the commands: {about.memory_info().rss / 2**20:.0f} MB")


@contextlib.contextmanager
def started(api: Api, data: Path, policy: dict[str, Any]) -> Iterator[tuple[str, psutil.Process]]:
    """A real sensor on this machine, connected and with the policy in effect; its GUID and process."""
    folder, file = Path(tempfile.mkdtemp(dir=data.parent)) / "sensor", data.parent / "policy.json"
    file.write_text(json.dumps(policy))
    run("endpoints", "policy", "--set", file, "--data", data)
    run("sensor", "enrol", run("sensor", "token", "--data", data), "--folder", folder)
    (folder / "policy.json").write_text(json.dumps(policy))
    guid = json.loads((folder / "identity.json").read_text())["guid"]
    words = [sys.executable, "-m", "hinomi.sensor", "run", "--folder", str(folder)]
    with (folder.parent / "sensor.log").open("wb") as log:
        sensor = subprocess.Popen(words, stdout=log, stderr=log)
    try:
        api.until(lambda: api.get(f"/console/api/endpoints/{guid}")["actions"])
        yield guid, psutil.Process(sensor.pid)
    finally:
        sensor.terminate()
        sensor.wait()


def one_command(api: Api, guid: str, sample: Path) -> int:
    """Milliseconds by the server's clock, from the question to the result."""
    sent = {
        "action": "collect_file",
        "targets": [{"kind": "endpoint", "id": guid}],
        "parameters": {"path": str(sample)},
    }
    (item,) = api.client.post("/console/api/response/tasks", json=sent).raise_for_status().json()["items"]
    task = item["task"]["id"]

    def steps() -> Any:
        found = {each["state"]: each["at"] for each in api.get(f"/console/api/response/tasks/{task}")["steps"]}
        if "failed" in found:
            raise SystemExit(f"task {task} failed")
        return found if found.keys() & {"verified", "unverified"} else None  # until then the next one is a duplicate

    moments = api.until(steps)
    return int(moments["executed"] - moments["queued"])


# ---- execs on this machine -------------------------------------------------------------------------------------------
def execs(api: Api, data: Path, bursts: list[int]) -> None:
    """Bursts, a steady hundred a second, and single ones that a filter meets; the rules of the audit are the machine's, so alone."""
    if os.geteuid() != 0:
        print("execs: needs root")
        return
    with Path("/tmp/hinomi-audit.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        primary = execs_by(api, data, bursts, [])
        if primary != FALLBACK:
            execs_by(api, data, bursts, [FALLBACK])


def execs_by(api: Api, data: Path, bursts: list[int], sources: list[str]) -> str:
    """With the best source of this machine, or with those given; which it was."""
    with started(api, data, {**WATCHING, "sources": sources}) as (guid, about):
        states = api.get(f"/console/api/endpoints/{guid}")["collectors"]
        source = next(name for name, one in states.items() if "process" in (one.get("watches") or ()))
        print(f"processes are watched by {source}")
        for number in bursts:
            burst(api, about, number, source)
        steady(api, about, source)
        detections(api, source)
    return str(source)


def burst(api: Api, about: psutil.Process, number: int, source: str) -> None:
    """One after the other, each waited for: as many as are asked for and never more than one at a time."""
    marker = f"burst-of-{number}-{source}"
    before, begun = cpu_of(about), time.monotonic()
    for each in range(number):
        spawn(marker, str(each))
    took = time.monotonic() - begun
    seen = settled(lambda: starts(api, marker), number)
    print(
        f"{number:,} execs one after the other in {took:.1f} s: {seen:,} in the lake, {number - seen} missed; "
        f"sensor {cpu_of(about) - before:.1f} s of CPU, {about.memory_info().rss / 2**20:.0f} MB"
    )


def steady(api: Api, about: psutil.Process, source: str, rate: int = 100, seconds: int = 30) -> None:
    marker = f"steady-{source}"
    everything = starts(api)
    before, begun = cpu_of(about), time.monotonic()
    for each in range(rate * seconds):
        spawn(marker, str(each))
        time.sleep(max(0.0, begun + (each + 1) / rate - time.monotonic()))
    took = time.monotonic() - begun
    used = cpu_of(about) - before
    seen = settled(lambda: starts(api, marker), rate * seconds)
    others = starts(api) - everything - seen
    print(
        f"{rate * seconds / took:.0f} execs a second for {took:.0f} s (others on the machine: {others / took:.0f} a second): {seen:,} in the lake; "
        f"sensor {used / took:.2%} of a core, {used / (seen + others) * 1e6:.0f} microseconds an exec, {about.memory_info().rss / 2**20:.0f} MB"
    )


def detections(api: Api, source: str, number: int = 40) -> None:
    """From the exec to the detection that the API gives out, asked every 50 ms; the time of asking is in it."""
    waits = []
    for each in range(number):
        marker = f"wait-for-{each}-{source}"
        begun = time.monotonic()
        spawn(marker, "stratum+tcp://bench.invalid")
        api.until(lambda marker=marker: count(api, f'objectCmd:"{marker}"', DETECTIONS), 60)
        waits.append(time.monotonic() - begun)
        time.sleep(os.urandom(1)[0] / 512)
    waits.sort()
    print(
        f"exec to detection ({number} times): median {statistics.median(waits):.2f} s, "
        f"p95 {waits[int(number * 0.95) - 1]:.2f} s, most {waits[-1]:.2f} s"
    )


def spawn(*words: str) -> None:
    pid = os.posix_spawn("/bin/true", ["/bin/true", *words], {})
    os.waitpid(pid, 0)


def cpu_of(about: psutil.Process) -> float:
    return sum(about.cpu_times()[:2])


def settled(look: Callable[[], int], wanted: int, patience_s: float = 60) -> int:
    """What `look` gives when it is all, or when it has not grown for a minute."""
    seen, since = look(), time.monotonic()
    while seen < wanted and time.monotonic() - since < patience_s:
        time.sleep(0.5)
        now = look()
        if now != seen:
            seen, since = now, time.monotonic()
    return seen


# ---- many simulated ones ----------------------------------------------------------------------------------------------
def many(api: Api, data: Path, server: int, chosen: argparse.Namespace) -> None:
    text = read_enrolment(run("sensor", "token", "--uses", chosen.sensors, "--data", data))
    folder = data.parent / "identities"
    folder.mkdir()
    begun = time.monotonic()
    authority = fetch_authority(text.url)
    known = [enrol(text.url, text.token, authority, folder, number) for number in range(chosen.sensors)]
    print(f"{chosen.sensors} sensors enrolled in {time.monotonic() - begun:.1f} s")
    family = [psutil.Process(server), *psutil.Process(server).children(recursive=True)]
    cpu = sum(sum(each.cpu_times()[:2]) for each in family)
    crowd = Crowd(text.url, authority, chosen.rate, chosen.seconds)
    sent, acknowledged, latencies = asyncio.run(crowd.run(known))
    begun = crowd.begun_s
    took = time.monotonic() - begun
    api.until(lambda: count(api) >= sent, 300)
    landed = time.monotonic() - begun
    cpu = sum(sum(each.cpu_times()[:2]) for each in family) - cpu
    found = count(api)
    rss = sum(each.memory_info().rss for each in family) / 2**20
    waits = sorted(latencies)
    print(f"sent {sent:,} records, acknowledged {acknowledged:,}, in the lake {found:,}")
    print(f"lost {max(0, sent - found)}, doubled {max(0, found - sent)}")
    print(
        f"{sent / took:,.0f} records/s on the way, {sent / landed:,.0f} into the lake; "
        f"server {cpu / landed:.0%} of a core (with the greetings), {rss:,.0f} MB with its children; "
        f"acknowledged after median {statistics.median(waits) * 1000:.0f} ms, p95 {waits[int(len(waits) * 0.95)] * 1000:.0f} ms"
    )


def starts(api: Api, marker: str = "") -> int:
    """Processes in the lake that started, with the marker in their command line."""
    return count(api, f'eventSubId:2 and objectCmd:"{marker}"' if marker else "eventSubId:2")


def count(api: Api, query: str = 'objectCmd:"bench-of-the-channel"', path: str = ACTIVITIES) -> int:
    headers = {"TMV1-Query": query}
    found = api.client.get(path, params={"mode": "countOnly"}, headers=headers)
    return int(found.raise_for_status().json()["totalCount"])


def fetch_authority(url: str) -> str:
    blind = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    blind.check_hostname, blind.verify_mode = False, ssl.CERT_NONE
    host, port = url.removeprefix("https://").split(":")
    connection = http.client.HTTPSConnection(host, int(port), context=blind)
    connection.request("GET", "/sensor/v1/authority")
    return connection.getresponse().read().decode()


def enrol(url: str, token: str, authority: str, folder: Path, number: int) -> tuple[str, Path]:
    host, port = url.removeprefix("https://").split(":")
    source = (f"127.0.1.{1 + number // A_KNOCK}", 0)
    connection = http.client.HTTPSConnection(host, int(port), context=trusting(authority), source_address=source)
    private, request = make_key()
    connection.request("POST", "/sensor/v1/enrol", orjson.dumps({"token": token, "csr": request, "name": f"s{number}"}))
    answer = connection.getresponse()
    told = orjson.loads(answer.read())
    connection.close()
    if answer.status != 200:
        raise SystemExit(f"enrolment {number}: {told}")
    path = folder / f"{number}.pem"
    path.write_bytes(told["certificate"].encode() + private)
    return str(told["sensor"]), path


class Crowd:
    def __init__(self, url: str, authority: str, rate: int, seconds: int) -> None:
        self._url, self._authority, self._rate, self._seconds = url, authority, rate, seconds
        self._sent = self._acknowledged = 0
        self._latencies: list[float] = []
        self._greetings = asyncio.Semaphore(TOGETHER)
        self._missing = 0
        self.begun_s = 0.0  # when all were connected
        self._all_there = asyncio.Event()

    async def run(self, known: list[tuple[str, Path]]) -> tuple[int, int, list[float]]:
        self._missing = len(known)
        async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0)) as session:
            await asyncio.gather(*(self._one(session, guid, path) for guid, path in known))
        return self._sent, self._acknowledged, self._latencies

    async def _one(self, session: aiohttp.ClientSession, guid: str, path: Path) -> None:
        context = trusting(self._authority)
        context.load_cert_chain(path)
        async with self._greetings:
            socket = await session.ws_connect(f"{self._url}/sensor/v1/channel", ssl=context, max_msg_size=0)
            hello = wire.Hello(wire.VERSION, guid, os.urandom(8).hex(), 1, int(time.time() * 1000), 0)
            await socket.send_str(write_message(hello))
            assert isinstance(read_message(await socket.receive_str()), wire.Welcome)
        self._missing -= 1
        if self._missing == 0:
            self.begun_s = time.monotonic()
            self._all_there.set()
        flying: dict[int, float] = {}
        is_quiet = asyncio.Event()
        hearing = asyncio.ensure_future(self._hear(socket, flying, is_quiet))
        await self._all_there.wait()
        await asyncio.sleep(os.urandom(1)[0] / 256)
        await self._speak(socket, guid, flying)
        is_quiet.clear()
        if flying:
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(is_quiet.wait(), 60)
        hearing.cancel()
        await socket.close()

    async def _speak(self, socket: Any, guid: str, flying: dict[int, float]) -> None:
        """One batch a second."""
        begun = time.monotonic()
        for number in range(1, self._seconds + 1):
            first = (number - 1) * self._rate
            records = [
                write_record(guid, "0" * 16, first + each, int(time.time() * 1000), guid[:8], [], "process_start",
                             {"pid": 1000 + each, "start": first + each, "exe": "/usr/bin/true",
                              "cmd": f"bench-of-the-channel {first + each}", "user": "root", "uid": 0})
                for each in range(1, self._rate + 1)
            ]  # fmt: skip
            flying[number] = time.monotonic()
            await socket.send_bytes(write_batch(number, pack_records(guid, records)))
            self._sent += len(records)
            await asyncio.sleep(max(0.0, begun + number - time.monotonic()))

    async def _hear(self, socket: Any, flying: dict[int, float], is_quiet: asyncio.Event) -> None:
        async for frame in socket:
            if frame.type is not aiohttp.WSMsgType.TEXT:
                continue
            message = read_message(frame.data)
            if isinstance(message, wire.Ack) and message.batch in flying:
                self._latencies.append(time.monotonic() - flying.pop(message.batch))
                self._acknowledged += self._rate
                if not flying:
                    is_quiet.set()


if __name__ == "__main__":
    main()
