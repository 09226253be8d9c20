"""Is the server alive, can it take work, and its numbers for Prometheus. No route here needs a database write.

/healthz says that the process answers; /readyz that records can be taken in; /metrics wants an API key, or a caller on
the same machine (docs/reference/routes.md).
"""

import ipaddress
from collections.abc import Iterable

from fastapi import Depends, Request, Response
from prometheus_client import CollectorRegistry, Histogram, generate_latest
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from hinomi.api.gate import Gate, Open, Rooms, address_of
from hinomi.api.house import House
from hinomi.api.reply import Json, reply
from hinomi.api.resource import resource
from hinomi.api.shapes import Shape
from hinomi.errors import HinomiError
from hinomi.schema.content import Severity
from hinomi.schema.principal import Permission

router = resource("", "probes")

_TEXT = "text/plain; version=0.0.4; charset=utf-8"
_SECONDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60)


class Alive(Shape):
    status: str
    version: str


class Ready(Shape):
    status: str
    reasons: list[str]


@router.get("/healthz", responses={200: {"model": Alive}}, dependencies=[Depends(Open("says only that it runs"))])
def get_health(house: Rooms) -> Response:
    """200 as long as the process answers."""
    return reply({"status": "alive", "version": house.version})


@router.get(
    "/readyz",
    responses={200: {"model": Ready}, 503: {"model": Ready}},
    dependencies=[Depends(Open("a load balancer asks without a key"))],
)
def get_readiness(house: Rooms) -> Response:
    """200 when records can be taken in and looked at; else 503 with the reasons."""
    reasons = [*house.unready(), *_lake_trouble(house)]
    return Json({"status": "unready" if reasons else "ready", "reasons": reasons}, status_code=503 if reasons else 200)


def _lake_trouble(house: House) -> list[str]:
    try:
        house.lake.status()
    except HinomiError as error:
        return [f"lake: {error}"]
    return []


class Metered:
    """A FastAPI dependency: callers on this machine may read the numbers, others need a key with `view`."""

    def __call__(self, request: Request) -> None:
        is_relayed = "x-forwarded-for" in request.headers or "forwarded" in request.headers
        if is_relayed or not _is_loopback(address_of(request)):
            Gate(Permission.VIEW)(request)


def _is_loopback(address: str) -> bool:
    try:
        return ipaddress.ip_address(address).is_loopback
    except ValueError:
        return False


@router.get(
    "/metrics",
    responses={200: {"content": {"text/plain": {}}}},
    dependencies=[Depends(Open("guarded by Metered")), Depends(Metered())],
)
def get_metrics(request: Request) -> Response:
    """Numbers in the text format of Prometheus."""
    return Response(generate_latest(request.app.state.metrics.registry), media_type=_TEXT)


class Metrics:
    """One registry of one app: latencies as they happen, the rest asked of the house when somebody scrapes."""

    def __init__(self, house: House) -> None:
        self.registry = CollectorRegistry()
        self._latency = Histogram(
            "hinomi_request_seconds",
            "Latency of requests by route.",
            ("route", "method", "status"),
            registry=self.registry,
            buckets=_SECONDS,
        )
        self.registry.register(_HouseCollector(house))

    def observe(self, route: str, method: str, status: int, seconds: float) -> None:
        self._latency.labels(route, method, str(status)).observe(seconds)


class _HouseCollector(Collector):
    def __init__(self, house: House) -> None:
        self._house = house

    def describe(self) -> Iterable[Metric]:
        return ()

    def collect(self) -> Iterable[Metric]:
        status = self._house.status()
        lake = status.get("lake", {})
        yield _gauge("hinomi_records", "Records read since the start.", status.get("records", 0))
        yield _gauge("hinomi_activities", "Activities in the lake.", status["activities"])
        yield _gauge("hinomi_lake_rows", "Rows of activities in the lake.", lake.get("rows", 0))
        yield _gauge("hinomi_lake_bytes", "Bytes of the lake on disk.", lake.get("bytes", 0))
        yield _gauge("hinomi_spool_waiting", "Batches that wait in the spool.", status["spool"]["waiting"])
        for name, text in _CORRELATION.items():
            yield _gauge(f"hinomi_correlation_{name}", text, status.get("correlation", {}).get(name, 0))
        yield _by("hinomi_dead_letters", "Dead letters by reason.", "reason", status["deadLetters"])
        yield _by("hinomi_detections", "Detections in the lake by risk.", "risk", self._detections())
        yield _by("hinomi_alerts_open", "Alerts that are not closed, by severity.", "severity", self._alerts())

    def _detections(self) -> dict[str, int]:
        counted = dict(self._house.lake.detection_facet("1", {}, "risk"))
        return {str(risk): counted.get(str(risk), 0) for risk in Severity}

    def _alerts(self) -> dict[str, int]:
        return {str(severity): count for severity, count in self._house.workbench.summary().open.items()}


_CORRELATION = {
    "waiting": "Detections that wait in the windows of rules.",
    "bound": "How many detections may wait there.",
    "windows": "Windows: one for each rule and entity.",
    "evicted": "Detections and alerts that the rules forgot at a bound.",
    "late": "Detections that came later than the lateness that rules allow.",
    "suppressed": "Matches of rules that only joined an alert that stood.",
}


def _gauge(name: str, text: str, value: float) -> GaugeMetricFamily:
    return GaugeMetricFamily(name, text, value=value)


def _by(name: str, text: str, label: str, values: dict[str, int]) -> GaugeMetricFamily:
    family = GaugeMetricFamily(name, text, labels=(label,))
    for key, value in values.items():
        family.add_metric((key,), value)
    return family
