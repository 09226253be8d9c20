"""The script library: what `run_script` may run. Each is signed on save; one that was changed behind the library does not run."""

import hashlib
import re
import secrets
import shlex
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from hinomi.access.audit import Audit
from hinomi.access.permission import require
from hinomi.database import Database, metadata
from hinomi.errors import InputError, NotFound, Refused, TooLarge
from hinomi.response.signer import script_digest
from hinomi.response.signing import Signing
from hinomi.schema.principal import Permission, Principal

MAX_BYTES = 64 << 10
MAX_SCRIPTS = 500
MAX_ARGUMENTS = 64
KINDS = {"bash": ".sh", "powershell": ".ps1"}
_NAME = re.compile(r"[\w][\w .()+-]{0,99}")

SCRIPTS = sa.Table(
    "response_scripts",
    metadata,
    sa.Column("id", sa.String(16), primary_key=True),
    sa.Column("name", sa.String(100), nullable=False, unique=True),
    sa.Column("kind", sa.String(16), nullable=False),
    sa.Column("description", sa.Text, nullable=False),
    sa.Column("parameters", sa.Text, nullable=False),  # what to give it, for people
    sa.Column("text", sa.Text, nullable=False),
    sa.Column("sha256", sa.String(64), nullable=False),
    sa.Column("signature", sa.LargeBinary, nullable=False),
    sa.Column("created_by", sa.String(64), nullable=False),
    sa.Column("created_ms", sa.BigInteger, nullable=False),
    sa.Column("changed_by", sa.String(64), nullable=False),
    sa.Column("changed_ms", sa.BigInteger, nullable=False),
)


@dataclass(frozen=True, slots=True)
class Script:
    """`parameters`: what to give it, in words. `sha256`: of the text's bytes. Times: ms since 1970 UTC."""

    id: str
    name: str
    kind: str
    description: str
    parameters: str
    text: str
    sha256: str
    signature: bytes
    created_by: str
    created_ms: int
    changed_by: str
    changed_ms: int

    @property
    def size_bytes(self) -> int:
        return len(self.text.encode())


@dataclass(frozen=True, slots=True)
class Draft:
    """`kind`: bash or powershell."""

    name: str
    kind: str
    text: str
    description: str = ""
    parameters: str = ""


class Scripts:
    """Thread-safe."""

    def __init__(self, database: Database, audit: Audit, signing: Signing, clock: Callable[[], float]) -> None:
        self._database, self._audit, self._signing, self._clock = database, audit, signing, clock

    def all(self) -> list[Script]:
        """By name."""
        with self._database.read() as connection:
            return [Script(**row._asdict()) for row in connection.execute(sa.select(SCRIPTS).order_by(SCRIPTS.c.name))]

    def get(self, id_or_name: str) -> Script:
        wanted = sa.select(SCRIPTS).where(sa.or_(SCRIPTS.c.id == id_or_name, SCRIPTS.c.name == id_or_name))
        with self._database.read() as connection:
            row = connection.execute(wanted).first()
        if row is None:
            raise NotFound(f"there is no script {id_or_name[:100]!r} in the library")
        return Script(**row._asdict())

    def is_signed(self, script: Script) -> bool:
        """Is it as it was when somebody saved it here?"""
        digest = script_digest(script.name, script.kind, script.text)
        return self._signing.is_script(digest, script.signature)

    def add(self, by: Principal, draft: Draft) -> Script:
        """InputError; TooLarge over MAX_BYTES; Refused (Exists) when the name is taken."""
        require(by, Permission.SHELL)
        values, now_ms = self._checked(draft), self._now_ms()
        values |= {"created_by": by.name[:64], "created_ms": now_ms, "changed_by": by.name[:64], "changed_ms": now_ms}
        made = Script(id=secrets.token_hex(8), **values)
        with self._database.begin() as connection:
            if connection.execute(sa.select(sa.func.count()).select_from(SCRIPTS)).scalar_one() >= MAX_SCRIPTS:
                raise InputError(f"at most {MAX_SCRIPTS} scripts")
            _refuse_twin(connection, made.name, "")
            row = {name: getattr(made, name) for name in Script.__dataclass_fields__}
            connection.execute(sa.insert(SCRIPTS).values(**row))
            self._audit.add(connection, by, "script.add", made.id, _told(made))
        return made

    def change(self, by: Principal, id_: str, draft: Draft) -> Script:
        require(by, Permission.SHELL)
        old = self.get(id_)
        values = {**self._checked(draft), "changed_by": by.name[:64], "changed_ms": self._now_ms()}
        with self._database.begin() as connection:
            _refuse_twin(connection, values["name"], old.id)
            connection.execute(sa.update(SCRIPTS).where(SCRIPTS.c.id == old.id).values(**values))
            new = replace(old, **values)
            self._audit.add(connection, by, "script.change", old.id, {**_told(new), "before": old.sha256})
        return new

    def remove(self, by: Principal, id_: str) -> None:
        require(by, Permission.SHELL)
        old = self.get(id_)
        with self._database.begin() as connection:
            connection.execute(sa.delete(SCRIPTS).where(SCRIPTS.c.id == old.id))
            self._audit.add(connection, by, "script.remove", old.id, _told(old))

    # ---- for tasks --------------------------------------------------------------------------------------------------
    def parameters(self, name: str, arguments: str = "") -> dict[str, Any]:
        """Of a run_script task, from a script's name and one line of arguments."""
        return {"name": self.get(name).name, "arguments": split(arguments)}

    def expand(self, given: Mapping[str, Any]) -> dict[str, Any]:
        """What people ask for (`script` or `name`, `arguments`) -> what the endpoint is told. Only the library's own run."""
        chosen = given.get("script") or given.get("name")
        if not isinstance(chosen, str):
            raise InputError("script: the id or name of a script of the library")
        script = self.get(chosen)
        if not self.is_signed(script):
            raise Refused(f"script {script.name!r} is not what was saved here: save it again", "NotSigned")
        if given.get("text") not in (None, script.text):
            raise InputError("only scripts of the library run: save it there first")
        told = {name: given[name] for name in ("timeout_s", "output_limit_bytes") if given.get(name) is not None}
        arguments = given.get("arguments") or []
        if isinstance(arguments, str):
            arguments = split(arguments)
        core = {"name": script.name, "kind": script.kind, "text": script.text, "text_sha256": script.sha256}
        return {**core, "arguments": arguments, **told}

    # ---- within -----------------------------------------------------------------------------------------------------
    def _checked(self, draft: Draft) -> dict[str, Any]:
        if draft.kind not in KINDS:
            raise InputError(f"kind: one of {', '.join(KINDS)}")
        if not _NAME.fullmatch(draft.name):
            raise InputError("name: 1 to 100 letters, digits, blanks, or any of _ . ( ) + -")
        raw = draft.text.encode()
        if len(raw) > MAX_BYTES:
            raise TooLarge(f"a script may have at most {MAX_BYTES} bytes; this one has {len(raw)}")
        if not draft.text.strip() or "\0" in draft.text:
            raise InputError("the script is empty, or no text")
        if len(draft.description) > 1000 or len(draft.parameters) > 2000:
            raise InputError("description: at most 1000 characters; parameters: at most 2000")
        signature = self._signing.script(script_digest(draft.name, draft.kind, draft.text))
        return {
            "name": draft.name,
            "kind": draft.kind,
            "text": draft.text,
            "description": draft.description,
            "parameters": draft.parameters,
            "sha256": hashlib.sha256(raw).hexdigest(),
            "signature": signature,
        }

    def _now_ms(self) -> int:
        return int(self._clock() * 1000)


def split(arguments: str) -> list[str]:
    """As a shell splits words; nothing in them is expanded."""
    try:
        found = shlex.split(arguments)
    except ValueError as error:
        raise InputError(f"arguments: {error}") from None
    if len(found) > MAX_ARGUMENTS:
        raise InputError(f"at most {MAX_ARGUMENTS} arguments")
    return found


def _refuse_twin(connection: Connection, name: str, id_: str) -> None:
    if connection.execute(sa.select(SCRIPTS.c.id).where(SCRIPTS.c.name == name, SCRIPTS.c.id != id_)).first():
        text = {"en": f"there is a script {name!r} already", "ja": f"スクリプト {name!r} はすでに存在します"}
        raise Refused(text["en"], "Exists", text=text)


def _told(script: Script) -> dict[str, Any]:
    return {"name": script.name, "kind": script.kind, "sha256": script.sha256}
