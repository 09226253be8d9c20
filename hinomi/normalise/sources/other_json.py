"""JSON of writers that have no source yet: kept whole with its time and machine, values under their own dotted names."""

from hinomi.normalise.source import Mapping, Source

SOURCE = Source(name="other_json", events={}, otherwise=Mapping(event=16))
