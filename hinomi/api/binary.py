"""Replies that are files to be saved."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote

from fastapi.responses import StreamingResponse

ZIP = "application/zip"
_CHUNK = 1 << 18


class Download(StreamingResponse):
    """Bytes under a name; `size` so that the browser can show how far it is."""

    media_type = ZIP

    def __init__(
        self, chunks: Iterator[bytes], name: str, size: int, media_type: str = ZIP, status_code: int = 200
    ) -> None:
        plain = "".join(each if each.isascii() and (each.isalnum() or each in "._-") else "_" for each in name)
        headers = {
            "Content-Disposition": f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(name, safe='')}",
            "Content-Length": str(size),
        }
        super().__init__(chunks, status_code, headers, media_type)


def bytes_of(path: Path, is_once: bool = False) -> Iterator[bytes]:
    """The bytes of a file, a part at a time. `is_once`: it is made for one reply, and gone when the first bytes are out."""
    with path.open("rb") as stream:
        if is_once:
            path.unlink()
        while chunk := stream.read(_CHUNK):
            yield chunk


BINARY: dict[int | str, dict[str, Any]] = {200: {"content": {ZIP: {"schema": {"type": "string", "format": "binary"}}}}}
