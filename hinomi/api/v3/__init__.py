"""The public API, version 3.0: one file per resource, in one tuple. The order matters only where paths could meet."""

from hinomi.api.v3 import (
    alerts,
    connectivity,
    custom_scripts,
    endpoint_security,
    endpoints,
    insights,
    notes,
    observed,
    response_actions,
    response_tasks,
    search,
)

RESOURCES = (
    connectivity.router,
    notes.router,
    alerts.router,
    insights.router,
    observed.router,
    search.router,
    endpoints.router,
    endpoint_security.router,
    custom_scripts.router,
    response_actions.router,
    response_tasks.router,
)
