"""The built console: its files, and its one page for every address that is no file and no route of the API."""

import mimetypes
from pathlib import Path

from fastapi import Request, Response

# Paths under these belong to the API: what is unknown there is a 404 in the envelope, not a page.
API_PATHS = ("/v3.0/", "/console/api", "/ingest/", "/openapi.json", "/healthz", "/readyz", "/metrics")

SECURITY_HEADERS = {
    "Content-Security-Policy": (
        "default-src 'self'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:; "
        "font-src 'self' data:; connect-src 'self'; worker-src 'self' blob:; object-src 'none'; base-uri 'none'; "
        "form-action 'self'; frame-ancestors 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
    "Cache-Control": "no-store",
}

_HASHED = "/assets/"  # the build puts a hash of the content into these names
_FOR_EVER = "public, max-age=31536000, immutable"
_ASK_AGAIN = "no-cache"

_MISSING = """<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>Hinomi</title></head>
<body>
<h1>Hinomi 火の見</h1>
<p>The server runs, but its console has not been built. In the source folder run <code>make setup</code>
(it needs Node.js 20 or newer), then load this page again. The API works without it.</p>
<p lang="ja">サーバーは動いていますが、コンソールがまだビルドされていません。ソースのフォルダで <code>make setup</code>
を実行してから (Node.js 20 以降が必要です)、このページを読み込み直してください。API はこのままで使えます。</p>
</body></html>
"""


def is_for_console(request: Request) -> bool:
    """A browser asking for a page or file: GET or HEAD of something that is not the API's."""
    path = request.url.path
    return request.method in ("GET", "HEAD") and not any(path == each or path.startswith(each) for each in API_PATHS)


def serve_console(folder: Path | None, path: str) -> Response | None:
    """The file, or the one page; None for a file that should be there but is not."""
    if folder is None or not (folder / "index.html").is_file():
        return Response(_MISSING, media_type="text/html; charset=utf-8", headers={"Cache-Control": _ASK_AGAIN})
    file = _inside(folder, path)
    if file is not None:
        return _file(file, _FOR_EVER if path.startswith(_HASHED) else _ASK_AGAIN)
    if path.startswith(_HASHED):
        return None  # an old page asks for a file of an old build: the page would be taken for a script
    return _file(folder / "index.html", _ASK_AGAIN)


def _inside(folder: Path, path: str) -> Path | None:
    """The file of the folder that the path names; None for anything outside, by links and dots too."""
    relative = path.lstrip("/")
    if not relative or "\0" in relative or "\\" in relative:
        return None
    try:
        file = (folder / relative).resolve()
        is_file = file.is_relative_to(folder.resolve()) and file.is_file()
    except OSError:
        return None
    return file if is_file else None


def _file(file: Path, cache: str) -> Response:
    kind = mimetypes.guess_type(file.name)[0] or "application/octet-stream"
    charset = "; charset=utf-8" if kind.startswith("text/") or kind == "application/javascript" else ""
    return Response(file.read_bytes(), media_type=kind + charset, headers={"Cache-Control": cache})
