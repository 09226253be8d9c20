"""Keeps met models inside the pipeline's transaction: a new fingerprint becomes an alert, more of one joins the alert
that stands. Matches are taken one by one in their order, so that it does not matter how the stream was cut into calls.

What a run needs is read at its start and what it brought is written at its end (`alert_rows.py`): the number of
statements depends on the alerts that stand, hardly on those that are new.
"""

from collections.abc import Sequence
from dataclasses import replace

from sqlalchemy.engine import Connection

from hinomi.detect.content import Content
from hinomi.schema.content import Model, Rule, Severity, Text
from hinomi.schema.detection import ModelMatch
from hinomi.workbench.alert_rows import AlertRows, NewAlert
from hinomi.workbench.dossier import Dossier, new_story
from hinomi.workbench.exhibit import Exhibits
from hinomi.workbench.identity import ALERT, INCIDENT, Numbers
from hinomi.workbench.incident_rows import IncidentRows
from hinomi.workbench.near_rows import read_neighbourhood
from hinomi.workbench.neighbourhood import Neighbourhood
from hinomi.workbench.score import RANK

KEEPER = "hinomi"  # who did it, in histories


class Keeper:
    """One run of `keep`; made anew for each transaction."""

    def __init__(self, connection: Connection, org: str, content: Content, created_ms: int) -> None:
        self._connection, self._org, self._content, self._created_ms = connection, org, content, created_ms
        self._rows = AlertRows(connection, created_ms, KEEPER)
        self._numbers = Numbers(connection, ALERT, org, created_ms)
        self._incident_numbers = Numbers(connection, INCIDENT, org, created_ms)
        self._standing: dict[str, Dossier] = {}  # by fingerprint
        self._new: dict[str, NewAlert] = {}
        self._exhibits = Exhibits()
        self._renamed: dict[str, str] = {}  # alert id -> its new fingerprint

    def keep(self, matches: Sequence[ModelMatch]) -> list[str]:
        """Ids of the alerts that are new, in order."""
        matches = [match for match in matches if match.detections or match.was]
        self._standing = self._rows.read(matches)
        near = self._read_near(matches)
        for match in matches:
            self._keep_one(match, near)
        self._rows.write_standing(self._standing.values())
        self._rows.rename(self._renamed)
        self._rows.write_new(self._new.values())
        self._numbers.save()
        self._incident_numbers.save()
        grown = {near.incident_of(one.id) for one in self._standing.values() if one.is_grown}
        IncidentRows(self._connection, self._created_ms).write(near.joined, {one for one in grown if one}, KEEPER)
        return [new.dossier.id for new in self._new.values()]

    def _read_near(self, matches: Sequence[ModelMatch]) -> Neighbourhood:
        """Alerts of the same entities and time, of what comes and of what stands."""
        detections = [one for match in matches for one in match.detections]
        keys = {(entity.type, entity.id) for one in self._exhibits.of(detections) for entity in one.entities}
        keys |= {key for dossier in self._standing.values() for key in dossier.scope.seen}
        times = [one.event_time_ms for one in detections]
        times += [moment for one in self._standing.values() for moment in (one.first_ms, one.last_ms)]
        first_ms, last_ms = min(times, default=0), max(times, default=0)
        return read_neighbourhood(self._connection, keys, first_ms, last_ms, self._incident_numbers.take)

    def _keep_one(self, match: ModelMatch, near: Neighbourhood) -> None:
        if match.was:
            self._rename(match.was, match.fingerprint)
        if not match.detections:
            return
        model, rule = self._model(match)
        dossier = self._standing.get(match.fingerprint)
        if dossier is None:
            dossier = self._dossier_of(match, model)
        if match.suppressed:
            dossier.story["suppressed"] = max(match.suppressed, dossier.story.get("suppressed", 0))
        filters = self._content.filter
        shown = self._exhibits.of(match.detections)
        widened = [dossier.add(rule, filters.get(one.detection.filter_id), one) for one in shown]
        if any(widened):
            near.join(dossier.id, dossier.scope, dossier.first_ms, dossier.last_ms)

    def _rename(self, was: str, now: str) -> None:
        """The alert's first event turned out to be another; an alert that has the new name already keeps it."""
        if now in self._standing or now in self._new:
            return
        if was in self._standing:
            dossier = self._standing[now] = self._standing.pop(was)
            self._renamed[dossier.id] = now
        elif was in self._new:
            new = self._new[now] = self._new.pop(was)
            new.match = replace(new.match, fingerprint=now)

    def _dossier_of(self, match: ModelMatch, model: Model) -> Dossier:
        """The dossier of an alert that this run has made, or of one that it makes now."""
        new = self._new.get(match.fingerprint)
        if new is None:
            dossier = Dossier(self._numbers.take(), model.severity, new_story(model))
            new = self._new[match.fingerprint] = NewAlert(dossier, model, match)
        return new.dossier

    def _model(self, match: ModelMatch) -> tuple[Model, Rule]:
        """Model and rule; where the content no longer has them, what the match itself tells."""
        model = self._content.model.get(match.model_id)
        if model is None:
            name = Text(match.model_id, match.model_id)
            worst = max((one.risk for one in match.detections), key=lambda risk: RANK[risk])
            severity = worst if worst is not Severity.INFO else Severity.LOW
            model = Model(match.model_id, name, name, severity, (), (), (), 0, "", "custom")
        rule = next((one for one in model.rules if one.id == match.rule_id), None)
        return model, rule or Rule(match.rule_id, "single", Text(match.rule_id, match.rule_id), (), ())
