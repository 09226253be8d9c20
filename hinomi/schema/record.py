"""Records: what a source wrote, before normalisation, and the letters that could not be delivered.

A record travels as bytes of one JSON text (EVTX is rendered to JSON by the reader), always in a batch that knows
its file; a record alone is never an object, for there are millions of them.
"""

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class DeadLetter:
    """Something that could not be read: kept with its reason, never dropped in silence.

    `offset` is a byte offset for damaged files and a record number (1-based line) for damaged records; `excerpt` is at
    most EXCERPT_BYTES of the bytes themselves.
    """

    source: str
    file: str
    offset: int | None
    reason: str  # a stable code of REASONS
    detail: str  # for people: what exactly was wrong
    excerpt: bytes = b""


EXCERPT_BYTES = 4096

# code -> (English, Japanese). The code is stable and counted; the text is shown.
REASONS: dict[str, tuple[str, str]] = {
    "damaged_file": ("The file is damaged and cannot be opened.", "ファイルが壊れていて開けません。"),
    "damaged_chunk": ("A part of the file is damaged.", "ファイルの一部が壊れています。"),
    "damaged_record": ("The record is damaged.", "レコードが壊れています。"),
    "invalid_json": ("The line is not valid JSON.", "行が正しい JSON ではありません。"),
    "invalid_xml": (
        "The XML of the Windows event cannot be read.",
        "Windows イベントの XML を読み取れません。",
    ),
    "invalid_text": (
        "The bytes are not valid UTF-8 or UTF-16 text.",
        "バイト列が正しい UTF-8 / UTF-16 ではありません。",
    ),
    "too_large": ("The record is larger than the limit.", "レコードが上限より大きいです。"),
    "archive_limit": ("The archive unpacks to more than the limit.", "書庫の展開後の大きさが上限を超えます。"),
    "archive_path": ("The archive names a path outside itself.", "書庫の中に外を指すパスがあります。"),
    "archive_encrypted": ("The archive is encrypted.", "書庫が暗号化されています。"),
    "unsupported_file": ("No reader knows this kind of file.", "この種類のファイルを読む機能がありません。"),
    "unknown_shape": ("The record has no shape that a source knows.", "どのソースの形式にも合わないレコードです。"),
    "no_time": ("The record has no readable time.", "レコードに読み取れる時刻がありません。"),
}


@dataclass(slots=True)
class RecordBatch:
    """Records of one sender in the order they were written, of one file or of several small ones.

    `records[i]` is the UTF-8 JSON text of one record; `files[file_of[i]]` the file it stood in (for people, archive members
    as "a.zip!b.json"); `numbers[i]` its number or record id in that file. `occurrences[i]` is how often the very same bytes
    came before in that file (nearly always 0): it keeps equal lines apart, so that identity is (bytes, occurrence) and a
    second import of a file adds nothing.
    """

    source: str  # how the bytes came: "file", "simulation", later a sensor or connector
    files: list[str] = field(default_factory=list)
    records: list[bytes] = field(default_factory=list)
    file_of: list[int] = field(default_factory=list)
    numbers: list[int] = field(default_factory=list)
    occurrences: list[int] = field(default_factory=list)
    dead: list[DeadLetter] = field(default_factory=list)
