"""What only our console needs: one file per screen's resource, in one tuple."""

from hinomi.api.console import (
    activities,
    administration,
    attack,
    content_editing,
    content_versions,
    content_whole,
    detections,
    exceptions,
    explain,
    filters,
    incidents,
    lookup,
    models,
    profile,
    session,
    workbench,
)

RESOURCES = (
    session.router,
    workbench.router,
    profile.router,
    incidents.router,
    activities.router,
    detections.router,
    explain.router,
    exceptions.router,
    models.router,
    filters.router,
    content_whole.router,
    content_editing.router,
    content_versions.router,
    attack.router,
    lookup.router,
    administration.router,
)
