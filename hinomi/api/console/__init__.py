"""What only our console needs: one file per screen's resource, in one tuple."""

from hinomi.api.console import (
    activities,
    administration,
    attack,
    content,
    detections,
    exceptions,
    explain,
    incidents,
    lookup,
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
    content.router,
    exceptions.router,
    attack.router,
    lookup.router,
    administration.router,
)
