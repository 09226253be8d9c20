"""Changes of content by persons: each is one transaction with its audit entry, and in effect when the call returns.

Who may not change content gets Forbidden; a text that cannot be used InvalidContent; a version that is not the newest
Conflict (412); what something stands against Refused (409).
"""

import re
from collections.abc import Collection
from typing import Any

import sqlalchemy as sa

from hinomi.access.permission import require
from hinomi.detect.effect import Piece
from hinomi.detect.filter_file import IDENTIFIER
from hinomi.detect.store import Level
from hinomi.detect.text_store import Key, Version
from hinomi.errors import InputError, NotFound, Refused
from hinomi.operations.book import KINDS, ContentBook
from hinomi.operations.proof_book import ProofBook
from hinomi.operations.validation import DRAFT, InvalidContent, Validation, validate
from hinomi.schema.content import Filter, Model, Severity
from hinomi.schema.principal import Permission, Principal

CUSTOM = "custom_"  # shipped ids never begin so: an update cannot take the id of a person's content
MAX_COMMENT = 1000
MAX_TEXTS = 5000  # texts of persons; each is parsed at every start
_MAX_ID = 100


class ContentEditor:
    """`techniques`: the ATT&CK ids there are; None lets any well-formed one pass."""

    def __init__(self, book: ContentBook, proofs: ProofBook, techniques: Collection[str] | None = None) -> None:
        self._book, self._proofs, self._techniques = book, proofs, techniques

    # ---- switches ---------------------------------------------------------------------------------------------------
    def switch_model(
        self, principal: Principal, id_: str, *, enabled: bool | None, rules: dict[str, bool], **grade: str | None
    ) -> None:
        """`enabled` None leaves it; `rules`: rule id -> on or off; `severity=` None is the default. Red proofs refuse."""
        require(principal, Permission.CONTENT)
        with self._book.lock:
            model = self._book.piece("model", id_).value
            assert isinstance(model, Model)  # noqa: S101  (its kind)
            unknown = set(rules) - {rule.id for rule in model.rules}
            if unknown:
                raise InputError(f"the model has no rule {min(unknown)[:80]!r}")
            changes = {(Level.RULE, f"{id_}/{rule}"): {"enabled": on} for rule, on in rules.items()}
            self._switch(principal, Level.MODEL, id_, enabled, _grade("severity", grade, lowest=Severity.LOW), changes)

    def switch_filter(self, principal: Principal, id_: str, *, enabled: bool | None, **grade: str | None) -> None:
        """`enabled` None leaves it; `risk=` None is the default. Red proofs refuse."""
        require(principal, Permission.CONTENT)
        with self._book.lock:
            self._switch(principal, Level.FILTER, id_, enabled, _grade("risk", grade, lowest=Severity.INFO), {})

    def _switch(
        self,
        principal: Principal,
        level: Level,
        id_: str,
        enabled: bool | None,
        grade: dict[str, str | None],
        changes: dict[tuple[Level, str], dict[str, Any]],
    ) -> None:
        if enabled:
            self._refuse_red(self._book.piece(str(level), id_))
        mine: dict[str, Any] = dict(grade) | ({} if enabled is None else {"enabled": enabled})
        changes |= {(level, id_): mine} if mine else {}
        if not changes:
            return
        self._book.piece(str(level), id_)
        with self._book.database.begin() as connection:
            for (where, target), values in changes.items():
                self._book.switches.set(connection, where, target, principal.name, **values)
                self._book.audit.add(connection, principal, "content.switch", f"{where} {target}", values)
        self._book.refresh()

    def _refuse_red(self, piece: Piece) -> None:
        proof = self._proofs.of(self._book.page, piece.key)
        if proof.failures:
            raise Refused(
                f"a proof of this {piece.kind} fails: it cannot be enabled", "RedProof", proof=proof.as_json()
            )

    def reload(self, principal: Principal) -> None:
        """Read the folders again: what was shipped or imported anew is in effect."""
        require(principal, Permission.CONTENT)
        self._book.reload()
        content = self._book.content
        numbers = {"filters": len(content.filters), "models": len(content.models)}
        with self._book.database.begin() as connection:
            self._book.audit.add(connection, principal, "content.reload", "", numbers)

    # ---- texts ------------------------------------------------------------------------------------------------------
    def create(
        self, principal: Principal, kind: str, text: str, comment: str, *, enable: bool = True, id_: str = ""
    ) -> Piece:
        """A new filter or model; its id comes of its title unless one is given. Red proofs leave it switched off."""
        require(principal, Permission.CONTENT)
        _require_kind(kind)
        with self._book.lock:
            checked = self._checked(kind, text, id_ or DRAFT)
            key = (kind, id_ or self._new_id(kind, checked))
            if key in self._book.page.pieces:
                raise Refused(f"there is a {kind} {key[1]!r} already", "Exists", id=key[1])
            self._require_room()
            return self._save(principal, key, checked, comment, base=None, enable=enable)

    def put(self, principal: Principal, key: Key, checked: Validation, comment: str) -> Piece:
        """A new version of what is there, or something new under this very id. For texts that were checked already."""
        require(principal, Permission.CONTENT)
        with self._book.lock:
            piece = self._book.page.pieces.get(key)
            if piece is None:
                self._require_room()
            base = self._base(piece) if piece else None
            return self._save(principal, key, checked, comment, base=base, action="content.import")

    def _require_room(self) -> None:
        if len(self._book.page.pieces) - len(self._book.page.given.content.filters) >= MAX_TEXTS:
            raise InputError(f"there are {MAX_TEXTS} texts of persons already")

    def edit(self, principal: Principal, kind: str, id_: str, text: str, comment: str, version: int | None) -> Piece:
        """A new version; of shipped content an edit, held against the shipped text. `version`: what it was made from."""
        require(principal, Permission.CONTENT)
        with self._book.lock:
            piece = self._book.piece(kind, id_)
            checked = self._checked(kind, text, id_)
            base = self._base(piece)
            return self._save(principal, piece.key, checked, comment, base=base, version=version)

    def roll_back(self, principal: Principal, kind: str, id_: str, version: int, comment: str) -> Piece:
        """A new version with the text of an old one; 0 is the given text."""
        require(principal, Permission.CONTENT)
        with self._book.lock:
            piece = self._book.piece(kind, id_)
            text = self.version_text(kind, id_, version)
            checked = self._checked(kind, text, id_)
            comment = comment or f"version {version} again"
            return self._save(
                principal, piece.key, checked, comment, base=self._base(piece), action="content.roll-back"
            )

    def remove(self, principal: Principal, kind: str, id_: str) -> None:
        """Custom content goes (its versions stay); an edit goes back to the given text."""
        require(principal, Permission.CONTENT)
        with self._book.lock:
            piece = self._book.piece(kind, id_)
            if piece.kept is None:
                raise Refused(f"this {kind} came with Hinomi or an import: switch it off instead", "NotCustom")
            if piece.given is None:
                self._refuse_used(piece)
            with self._book.database.begin() as connection:
                self._book.texts.drop(connection, piece.key)
                if piece.given is None:
                    self._forget_switches(connection, piece)
                details = {"version": piece.version, "backToGiven": piece.given is not None}
                self._book.audit.add(connection, principal, "content.remove", f"{kind} {id_}", details)
            self._book.refresh()

    def resolve(self, principal: Principal, kind: str, id_: str, take: str, text: str = "") -> Piece:
        """End a conflict: the person's text (`mine`), the given one (`shipped`) or a merged one (`text`)."""
        require(principal, Permission.CONTENT)
        with self._book.lock:
            piece = self._book.piece(kind, id_)
            given = self._book.given_text(piece.key)
            if piece.kept is None or given is None:
                raise InputError(f"this {kind} is no edit of given content: there is nothing to resolve")
            if take == "shipped":
                self.remove(principal, kind, id_)
            elif take == "text":
                checked = self._checked(kind, text, id_)
                self._save(principal, piece.key, checked, "merged", base=given, action="content.resolve")
            else:
                with self._book.database.begin() as connection:
                    self._book.texts.rebase(connection, piece.key, given)
                    self._book.audit.add(connection, principal, "content.resolve", f"{kind} {id_}", {"take": "mine"})
                self._book.refresh()
            return self._book.piece(kind, id_)

    def versions(self, key: Key) -> list[tuple[Version, bool]]:
        """Newest first, each with whether it is in effect; the given text is version 0. NotFound without any."""
        piece = self._book.page.pieces.get(key)
        current = piece.version if piece else None
        found = self._book.texts.versions(key)
        if self._book.page.given.find(key):
            found.append(Version(0, "", None, ""))
        if not found:
            raise NotFound(f"there is no {key[0]} {key[1][:80]!r}")
        return [(one, one.version == current) for one in found]

    def version_text(self, kind: str, id_: str, version: int) -> str:
        """The text of a version; 0 is the given one. NotFound."""
        if version:
            return self._book.texts.text((kind, id_), version)
        given = self._book.given_text((kind, id_))
        if given is None:
            raise NotFound(f"the {kind} {id_[:80]!r} has no version 0: all of it is a person's")
        return given

    def _base(self, piece: Piece) -> str | None:
        """The given text that an edit is held against: while there is a conflict, still the old one."""
        return piece.kept.base if piece.kept else self._book.given_text(piece.key)

    def _checked(self, kind: str, text: str, id_: str) -> Validation:
        checked = validate(kind, text, self._book.content, id_=id_, techniques=self._techniques)
        if not checked.ok:
            raise InvalidContent(kind, checked.errors)
        return checked

    def _save(
        self,
        principal: Principal,
        key: Key,
        checked: Validation,
        comment: str,
        *,
        base: str | None,
        version: int | None = None,
        enable: bool = True,
        action: str = "content.save",
    ) -> Piece:
        comment = comment.strip()[:MAX_COMMENT]
        proof = self._proofs.of_draft(self._book.page, key, checked.value)
        if proof.failures:
            enable = False
        book = self._book
        with book.database.begin() as connection:
            book.texts.require_current(connection, key, version)
            made = book.texts.save(connection, key, checked.text, base=base, by=principal.name, comment=comment)
            details = {"version": made, "comment": comment, "proof": str(proof.state), "enabled": enable}
            if not enable:
                book.switches.set(connection, Level(key[0]), key[1], principal.name, enabled=False)
            book.audit.add(connection, principal, action, f"{key[0]} {key[1]}", details)
        book.refresh()
        return book.piece(*key)

    def _refuse_used(self, piece: Piece) -> None:
        users = [model.id for model in self._book.page.users(piece.id)] if piece.kind == "filter" else []
        if users:
            raise Refused(f"models use this filter: {', '.join(users[:5])}", "InUse", models=users)

    def _forget_switches(self, connection: sa.Connection, piece: Piece) -> None:
        self._book.switches.forget(connection, Level(piece.kind), piece.id)
        if isinstance(piece.value, Model):
            for rule in piece.value.rules:
                self._book.switches.forget(connection, Level.RULE, f"{piece.id}/{rule.id}")

    def _new_id(self, kind: str, checked: Validation) -> str:
        value = checked.value
        title = (value.title if isinstance(value, Filter) else value.name).en if value else ""
        words = "_".join(re.findall(r"[a-z0-9]+", title.lower()))[: _MAX_ID - 20].strip("_") or kind
        number, id_ = 1, f"{CUSTOM}{words}"
        while (kind, id_) in self._book.page.pieces or self._book.texts.versions((kind, id_)):
            number += 1
            id_ = f"{CUSTOM}{words}_{number}"
        return id_


def _require_kind(kind: str) -> None:
    if kind not in KINDS:
        raise NotFound(f"there is no kind of content {kind[:80]!r}")


def is_identifier(id_: str) -> bool:
    """Lower-case words joined by _, of a bearable length."""
    return len(id_) <= _MAX_ID and IDENTIFIER.fullmatch(id_) is not None


def _grade(name: str, given: dict[str, str | None], *, lowest: Severity) -> dict[str, str | None]:
    """{"grade": ...} when `name` was given at all; None goes back to the default."""
    if name not in given:
        return {}
    value = given[name]
    known = [str(one) for one in Severity if one is not Severity.INFO or lowest is Severity.INFO]
    if value is not None and value not in known:
        raise InputError(f"{name}: {value[:40]!r} is not one of {', '.join(known)}")
    return {"grade": value}
