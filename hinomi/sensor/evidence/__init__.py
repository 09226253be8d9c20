"""What a host tells about itself when somebody suspects it: the collection of the sensor and of the collector kit.

    collect(into, password, ...) -> an AES zip: kit.json, one JSON line for each process, connection ..., suspicious files

The modules here need nothing but the standard library of Python 3.7 or newer and import each other by relative names only: the
kit is this folder packed into a zip that any Python runs, on hosts where nothing of ours is installed. Nothing on the host is
changed, no name is resolved, nothing is sent.
"""
