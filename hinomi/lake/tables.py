"""The lake's tables, generated from the vocabulary: columns, codecs, indexes, side tables. The statements are ClickHouse's.

Physical names are the vocabulary's, with two exceptions: `time` (DateTime64) and `id` (UUID) hold what `eventTime`
(milliseconds) and `uuid` (text) show as alias columns. Absent: a number is NULL; an empty text or list means absent.
"""

from hinomi.schema.activity import FIELDS, REPEATING, FieldType

VERSION = 1
NAMES = ("activities", "processes", "detections", "observed")

_TYPES = {
    FieldType.TEXT: "String CODEC(ZSTD(1))",
    FieldType.INTEGER: "Nullable(Int64) CODEC(ZSTD(1))",
    FieldType.TIME: "Nullable(Int64) CODEC(Delta(8), ZSTD(1))",
    FieldType.TEXTS: "Array(LowCardinality(String)) CODEC(ZSTD(1))",
    FieldType.BOOLEAN: "Nullable(Bool) CODEC(ZSTD(1))",
}

# What is searched most, through everything: reading takes two thirds of what ZSTD takes, the disk about the same.
_SEARCHED = ("processCmd", "objectCmd", "parentCmd")
_READS_FAST = "CODEC(LZ4HC(3))"

# Records repeat each other: in blocks twice as large as those of the other columns they take a twentieth less.
RECORD_BLOCK = f"max_compress_block_size = {512 * 1024}"
_RECORD = f"String CODEC(ZSTD(1)) SETTINGS ({RECORD_BLOCK})"

# Values that are looked for one by one, anywhere in time, and are in few places each.
SOUGHT = ("processHashId", "objectFileHashSha256", "dst", "hostName")

ALIASES = {
    "uuid": "String ALIAS toString(id)",
    "eventTime": "Int64 ALIAS toUnixTimestamp64Milli(time)",
}

_DURABLE = "fsync_after_insert = 1, fsync_part_directory = 1"
_FINE = "index_granularity = 1024"  # small tables of which single rows are asked for

# By the day of arrival, not of the event: an insert then makes one part, whole or not at all. By the day of the event a
# batch of old recordings makes a part for each of its days: 57 instead of 10 microseconds of CPU an activity. Windows of
# event time are found by the sort key, which begins with the hour.
_BY_DAY, _BY_MONTH = "PARTITION BY toDate(ingestTime)", "PARTITION BY toYYYYMM(ingestTime)"

_MOMENT = "DateTime64(3, 'UTC') CODEC(Delta(8), ZSTD(1))"
_TEXT, _NAME = "String CODEC(ZSTD(1))", "LowCardinality(String)"

# What every activity has beside its fields.
KEPT_COLUMNS = {
    "time": _MOMENT,
    "id": "UUID CODEC(NONE)",
    "spoolSeq": "UInt64 CODEC(Delta(8), ZSTD(1))",
    "spoolPosition": "UInt32 CODEC(Delta(4), ZSTD(1))",  # of the record in its spool entry; 0 for all that an old lake holds
    "ingestTime": _MOMENT,
}

# Of a row that was exported and brought back: the view of observed values leaves it out, for what it tells may be counted
# already (`returned.py`).
BROUGHT_BACK = {"broughtBack": "Bool CODEC(ZSTD(1))"}

DETECTION_COLUMNS = {
    "id": _TEXT,
    "time": _MOMENT,
    "eventTime": "Int64 ALIAS toUnixTimestamp64Milli(time)",
    "ingestTime": _MOMENT,
    "detectedTime": "Int64 ALIAS toUnixTimestamp64Milli(ingestTime)",
    "filterId": _NAME,
    "filterVersion": _NAME,
    "risk": _NAME,
    "techniques": f"Array({_NAME})",
    "tactics": f"Array({_NAME})",
    "uuid": _TEXT,
    "endpointGuid": _NAME,
    "endpointHostName": _NAME,
    "recordSource": _NAME,
    "highlights": _TEXT,
    "activity": "String CODEC(ZSTD(3))",
}


def column_type(field: str) -> str:
    """ClickHouse type and codec of a vocabulary field."""
    if field in ALIASES:
        return ALIASES[field]
    if field == "rawDataStr":
        return _RECORD
    kind = "LowCardinality(String) CODEC(ZSTD(1))" if field in REPEATING else _TYPES[FIELDS[field]]
    return kind.replace("CODEC(ZSTD(1))", _READS_FAST) if field in _SEARCHED else kind


def activities() -> str:
    """One row for each activity. The sort key keeps an hour of a machine together."""
    indexes = [f"INDEX `{name}_bloom` {_sought(name)} TYPE bloom_filter(0.01) GRANULARITY 2" for name in SOUGHT]
    engine = f"MergeTree {_BY_DAY} ORDER BY (toStartOfHour(time), endpointHostName, time)"
    return _table("activities", KEPT_COLUMNS | columns()["activities"], engine, indexes)


def _sought(name: str) -> str:
    """As `query` compares it: text without regard to case."""
    return f"lowerUTF8(`{name}`)" if FIELDS[name] is FieldType.TEXT else f"`{name}`"


# column of `processes` -> column of the activity that is the process's start
PROCESS_COLUMNS: dict[str, str] = {
    "endpointGuid": "endpointGuid",
    "endpointHostName": "endpointHostName",
    "hashId": "objectProcessHashId",
    "pid": "objectPid",
    "filePath": "objectFilePath",
    "name": "objectName",
    "cmd": "objectCmd",
    "user": "objectUser",
    "userDomain": "objectUserDomain",
    "sha256": "objectFileHashSha256",
    "sha1": "objectFileHashSha1",
    "md5": "objectFileHashMd5",
    "integrityLevel": "objectIntegrityLevel",
    "signer": "objectSigner",
    "workingDirectory": "objectWorkingDirectory",
    "creatorHashId": "processHashId",
    "creatorPid": "processPid",
    "creatorFilePath": "processFilePath",
    "creatorName": "processName",
    "creatorCmd": "processCmd",
    "creatorUser": "processUser",
    "creatorUserDomain": "processUserDomain",
    "creatorParentHashId": "parentHashId",
    "creatorParentPid": "parentPid",
    "creatorParentFilePath": "parentFilePath",
    "creatorParentCmd": "parentCmd",
}

_RENAMED = ", ".join(f"`{source}` AS `{name}`" for name, source in PROCESS_COLUMNS.items())
PROCESS_SELECT = f"SELECT time, id, ingestTime, {_RENAMED} FROM activities WHERE eventId = 1 AND eventSubId = 2"  # noqa: S608


def processes() -> str:
    """Process starts of one machine lie together, so that any question about one machine reads little."""
    wanted = {name: KEPT_COLUMNS[name] for name in ("time", "id", "ingestTime")} | columns()["processes"]
    return _table("processes", wanted, f"ReplacingMergeTree {_BY_MONTH} ORDER BY (endpointGuid, time, id)", [], _FINE)


def detections() -> str:
    indexes = ["INDEX uuid_bloom uuid TYPE bloom_filter(0.01) GRANULARITY 1"]
    engine = f"ReplacingMergeTree {_BY_MONTH} ORDER BY (time, id)"
    return _table("detections", DETECTION_COLUMNS, engine, indexes, _FINE)


def statements() -> list[str]:
    """The tables; each does nothing when its table is there. The view comes after them and after new columns."""
    return [activities(), processes(), detections()]


def enlarge_blocks() -> str:
    """For a lake that is older than the blocks of its records: what is written and merged from now on has them."""
    return f"ALTER TABLE activities MODIFY COLUMN rawDataStr MODIFY SETTING {RECORD_BLOCK}"


def searched() -> dict[str, str]:
    """Column -> type, of those whose codec an older lake may lack."""
    return {name: column_type(name) for name in _SEARCHED}


def view() -> str:
    return f"CREATE MATERIALIZED VIEW IF NOT EXISTS processes_view TO processes AS {PROCESS_SELECT}"


def columns() -> dict[str, dict[str, str]]:
    """table -> column -> type, of the columns that an older lake may lack."""
    return {
        "activities": {"spoolPosition": KEPT_COLUMNS["spoolPosition"]}
        | BROUGHT_BACK
        | {name: column_type(name) for name in FIELDS},
        "processes": {name: column_type(source) for name, source in PROCESS_COLUMNS.items()},
    }


def _table(name: str, wanted: dict[str, str], engine: str, indexes: list[str], *settings: str) -> str:
    inside = ",\n  ".join([*(f"`{column}` {kind}" for column, kind in wanted.items()), *indexes])
    set_to = ", ".join([_DURABLE, *settings])
    return f"CREATE TABLE IF NOT EXISTS {name} (\n  {inside}\n) ENGINE = {engine} SETTINGS {set_to}"
