"""The public API, version 3.0: one file per resource, in one tuple. The order matters only where paths could meet."""

from hinomi.api.v3 import alerts, connectivity, insights, notes, observed, search

RESOURCES = (connectivity.router, notes.router, alerts.router, insights.router, observed.router, search.router)
