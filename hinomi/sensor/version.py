"""Version of this sensor: what its package says of itself, else that of the installed Hinomi."""

from importlib.metadata import version
from pathlib import Path

from hinomi.sensor.installation import find_installation, manifest_of

_PACKAGE = Path(__file__).resolve().parents[3]  # lib/hinomi/sensor/version.py of a package
_INFO = manifest_of(_PACKAGE)

VERSION = _INFO.version if _INFO is not None else version("hinomi")
# None: run from source, or from a package that lies elsewhere; it takes no updates
INSTALLATION = find_installation(_PACKAGE)
