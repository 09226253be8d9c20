"""The error tree: one class per decision the caller can take.

HinomiError                 anything Hinomi says no to; `code` is stable, the message is for people
├── InputError              what came in is wrong: mend the input           (HTTP 400)
│   ├── TooLarge            it is over a limit                              (HTTP 413)
│   └── ContentError        a filter or model is wrong at a place           (HTTP 400)
├── NotFound                there is no such thing                          (HTTP 404)
├── Conflict                it changed since you looked                     (HTTP 412)
├── Refused                 something stands against it; `details` says what (HTTP 409)
├── Unauthorised            nobody is logged in                             (HTTP 401)
├── Forbidden               your role may not                               (HTTP 403)
├── TooMany                 slow down                                       (HTTP 429)
└── Unavailable             a part of the house is not there; try later     (HTTP 503)
    └── DiskFull            there is no room left to acknowledge anything   (HTTP 507)
"""

from dataclasses import dataclass
from typing import Any


class HinomiError(Exception):
    """Base of all; `code` is what programs may decide on, never the message; `details` is plain JSON beside both."""

    code = "InternalServerError"
    details: dict[str, Any] = {}  # noqa: RUF012  (nobody writes into it: who has details sets their own)


class InputError(HinomiError):
    code = "BadRequest"


class TooLarge(InputError):
    code = "RequestEntityTooLarge"


class NotFound(HinomiError):
    code = "NotFound"


class Conflict(HinomiError):
    code = "ConditionNotMet"


class Refused(HinomiError):
    code = "Refused"

    def __init__(self, message: str, code: str = "Refused", **details: Any) -> None:
        super().__init__(message)
        self.code, self.details = code, details


class Unauthorised(HinomiError):
    code = "Unauthorized"


class Forbidden(HinomiError):
    code = "AccessDenied"


class TooMany(HinomiError):
    code = "TooManyRequests"

    def __init__(self, message: str, retry_after_s: int = 60) -> None:
        super().__init__(message)
        self.retry_after_s = retry_after_s


class Unavailable(HinomiError):
    code = "ServiceUnavailable"


class DiskFull(Unavailable):
    code = "InsufficientStorage"


@dataclass(frozen=True, slots=True)
class Place:
    """Where in a content file something is wrong."""

    file: str
    line: int | None = None
    column: int | None = None

    def __str__(self) -> str:
        parts = [self.file]
        if self.line is not None:
            parts.append(str(self.line))
            if self.column is not None:
                parts.append(str(self.column))
        return ":".join(parts)


class ContentError(InputError):
    """A content file that cannot be used: what is wrong, where, and what would be right."""

    def __init__(self, message: str, at: Place, ja: str) -> None:
        super().__init__(f"{at}: {message}")
        self.at = at
        self.message = message
        self.ja = ja  # the message in Japanese
