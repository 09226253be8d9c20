"""The side table of observed values, as statements: which values an activity names, and how they are kept.

One row for a value on an endpoint and a day (UTC, of the event): how many activities named it, first and last. Values
are in lower case, as `query` compares text. Rows of one key may be several until they are merged: always sum them.
"""

from dataclasses import dataclass
from enum import StrEnum


class ObservedKind(StrEnum):
    ENDPOINT = "endpoint"  # host name
    USER = "user"  # domain\\user, or user where no domain is known
    FILE = "file"  # SHA-256, SHA-1 or MD5
    PATH = "path"  # of a program that ran or acted
    PROCESS = "process"  # its file name
    ADDRESS = "address"
    DOMAIN = "domain"
    URL = "url"
    ASSET = "asset"  # an endpoint's own address


_IS_START = "eventId = 1 AND eventSubId = 2"


def _account(user: str, domain: str) -> str:
    """As `workbench.impact` names accounts."""
    full = rf"if({domain} IN ('', '-', '.'), lowerUTF8({user}), concat(lowerUTF8({domain}), '\\', lowerUTF8({user})))"
    return f"if({user} IN ('', '-'), '', {full})"


def _of_start(field: str) -> str:
    return f"if({_IS_START}, lowerUTF8({field}), '')"


def _texts(*expressions: str) -> str:
    return "[" + ", ".join(f"toString({one})" for one in expressions) + "]"


def _lowered(*fields: str) -> str:
    return _texts(
        *(f"lowerUTF8({field})" for field in fields)
    )  # before it is text: names are lowered once in a dictionary


# Arrays of text in lower case, '' for what is absent.
_VALUES: dict[ObservedKind, str] = {
    ObservedKind.ENDPOINT: _lowered("endpointHostName"),
    ObservedKind.USER: _texts(
        _account("processUser", "processUserDomain"),
        _account("objectUser", "objectUserDomain"),
        _account("eventDataTargetUserName", "eventDataTargetDomainName"),
    ),
    ObservedKind.FILE: _lowered(
        "processFileHashSha256",
        "processFileHashSha1",
        "processFileHashMd5",
        "parentFileHashSha256",
        "parentFileHashSha1",
        "objectFileHashSha256",
        "objectFileHashSha1",
        "objectFileHashMd5",
    ),
    ObservedKind.PATH: _texts("lowerUTF8(processFilePath)", _of_start("objectFilePath")),
    ObservedKind.PROCESS: _texts("lowerUTF8(processName)", _of_start("objectName")),
    ObservedKind.ADDRESS: f"arrayConcat({_lowered('src', 'dst', 'objectIp', 'eventDataIpAddress')}, "
    "arrayMap(address -> lowerUTF8(toString(address)), objectIps))",
    ObservedKind.DOMAIN: _lowered("hostName", "domain(request)"),
    ObservedKind.URL: _lowered("request"),
    ObservedKind.ASSET: "arrayMap(address -> lowerUTF8(toString(address)), endpointIp)",
}

# Each value of an activity counts once, however many of its fields name it. A kind and its value are one text while they
# are counted, which is a third less work than two.
_MARK = "="
_NAMED = ", ".join(
    f"arrayMap(value -> concat('{kind}{_MARK}', value), arrayDistinct(arrayFilter(value -> value != '' AND value != '-', {values})))"
    for kind, values in _VALUES.items()
)
_KIND = f"substringIndex(named, '{_MARK}', 1)"
_VALUE = f"substring(named, position(named, '{_MARK}') + 1)"
KEY = ("kind", "value", "day", "guid", "host")


def names(kind: ObservedKind, parameter: str) -> str:
    """Condition: the activity names the value of that parameter (in lower case)."""
    return f"has({_VALUES[kind]}, {{{parameter}:String}})"


def beside(where: str, rows: int) -> str:
    """Rows (kind, value, count) of everything that the newest activities of a condition name; `rows` of them at most."""
    newest = f"SELECT * FROM activities WHERE {where} ORDER BY toStartOfHour(time) DESC, time DESC LIMIT {rows}"  # noqa: S608
    counted = f"SELECT named, count() AS count FROM ({newest}) ARRAY JOIN arrayConcat({_NAMED}) AS named GROUP BY named"  # noqa: S608
    return f"SELECT {_KIND} AS kind, {_VALUE} AS value, count FROM ({counted})"  # noqa: S608


@dataclass(frozen=True, slots=True)
class Part:
    """One of so many equal parts of all values."""

    number: int = 0
    of: int = 1

    @property
    def of_table(self) -> str:
        """Condition on rows of the table."""
        return self._sql("kind", "value")

    @property
    def of_activities(self) -> str:
        """Condition on what activities name."""
        return self._sql(_KIND, _VALUE)

    def _sql(self, kind: str, value: str) -> str:
        return "1" if self.of == 1 else f"cityHash64(toString({kind}), {value}) % {self.of} = {self.number}"


def select(where: str = "1", part: Part = Part()) -> str:
    """The observed values of those activities, or a part of them."""
    counted = (
        "SELECT named, toDate(time) AS day, endpointGuid AS guid, endpointHostName AS host, count() AS count, "  # noqa: S608
        "min(time) AS first, max(time) AS last, max(toDate(ingestTime)) AS arrived "
        f"FROM activities ARRAY JOIN arrayConcat({_NAMED}) AS named WHERE ({where}) AND ({part.of_activities}) GROUP BY named, day, guid, host"
    )
    return f"SELECT {_KIND} AS kind, {_VALUE} AS value, day, guid, host, count, first, last, arrived FROM ({counted})"  # noqa: S608


_MOMENT = "DateTime64(3, 'UTC')"
_NAME = "LowCardinality(String)"

# By the month of arrival, as `activities` by its day: a batch of old recordings must not make a part for each month it tells of.
TABLE = f"""CREATE TABLE IF NOT EXISTS observed (
  `kind` {_NAME},
  `value` String CODEC(ZSTD(1)),
  `day` Date CODEC(Delta(2), ZSTD(1)),
  `guid` {_NAME},
  `host` {_NAME},
  `count` SimpleAggregateFunction(sum, UInt64) CODEC(T64, ZSTD(1)),
  `first` SimpleAggregateFunction(min, {_MOMENT}) CODEC(Delta(8), ZSTD(1)),
  `last` SimpleAggregateFunction(max, {_MOMENT}) CODEC(Delta(8), ZSTD(1)),
  `arrived` SimpleAggregateFunction(max, Date) CODEC(ZSTD(1))
) ENGINE = AggregatingMergeTree PARTITION BY toYYYYMM(arrived) ORDER BY ({", ".join(KEY)})
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1, index_granularity = 2048"""
AS_THEY_COME = "NOT broughtBack"  # what comes back is counted by `returned.py`
VIEW = f"CREATE MATERIALIZED VIEW IF NOT EXISTS observed_view TO observed AS {select(AS_THEY_COME)}"
RENEW_VIEW = (
    f"ALTER TABLE observed_view MODIFY QUERY {select(AS_THEY_COME)}"  # of a lake that is older than `broughtBack`
)

# What was in the lake before the table was: spool entries of a day of arrival that are still to be looked through.
# `state`: 0 waits, 1 begun, 2 done; the highest of a slice counts.
SLICES_TABLE = """CREATE TABLE IF NOT EXISTS observed_slices (
  `day` Date, `slice` UInt32, `from` UInt64, `to` UInt64, `until` DateTime64(3, 'UTC'), `state` UInt8
) ENGINE = ReplacingMergeTree(state) ORDER BY (day, slice) SETTINGS fsync_after_insert = 1, fsync_part_directory = 1"""

COLUMNS = (*KEY, "count", "first", "last", "arrived")
