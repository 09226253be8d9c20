"""The content of a data folder: what is shipped, and the Sigma rules a person imported into it."""

import shutil
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from hinomi.app.folder import DataFolder
from hinomi.detect.content import Content, load_content, load_sigma
from hinomi.errors import Conflict, ContentError
from hinomi.settings import Settings

IMPORTED = "content/sigma"  # below the data folder: the rules as they were given


def load_shipped(settings: Settings) -> tuple[Content, list[ContentError]]:
    """The shipped content, and the files of it that cannot be used: those are left out, never the rest."""
    return load_content(settings.content_folder)


def load_all(settings: Settings) -> tuple[Content, list[ContentError]]:
    """Shipped content and imported Sigma rules, and what of both cannot be used."""
    shipped, errors = load_shipped(settings)
    folder = settings.data / IMPORTED
    if not folder.is_dir():
        return shipped, errors
    imported, wrong = load_sigma([folder])
    taken = {filter_.id for filter_ in shipped.filters}
    new = tuple(filter_ for filter_ in imported if filter_.id not in taken)
    return Content(shipped.filters + new, shipped.models), errors + wrong


def import_sigma(settings: Settings, paths: Sequence[Path]) -> dict[str, Any]:
    """Copy usable Sigma rules into the data folder; report imported, never_matching (with reasons) and broken.

    Takes effect at the next start; raises Conflict while a server runs on the folder.
    """
    from hinomi.operations.sigma_report import report_sigma

    folder = DataFolder(settings.data)
    folder.require()
    report = report_sigma(paths)
    target = settings.data / IMPORTED
    try:
        with folder.hold():
            for source, name in report.files:
                place = target / name
                place.parent.mkdir(parents=True, exist_ok=True)
                shutil.copyfile(source, place)
    except Conflict:
        raise Conflict("a server is running on this data folder: stop it, import, and start it again") from None
    return report.summary()
