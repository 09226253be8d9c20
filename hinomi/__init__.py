"""Hinomi (火の見): self-hosted XDR. The map of the house; the order is the order of the data.

A batch's trip: ingest (door, spool) -> normalise (records to activities) -> lake (kept) -> detect (detections, model
matches) -> workbench (alerts, incidents) -> api -> console. `pipeline.py` is that trip on one screen.

    cli                          the words a person types
    app                          builds every room from the settings and joins them
    api · pipeline · settings    REST for clients and console · the trip of a batch · one frozen tree of settings
    operations                   proofs of content, daily work
    workbench                    alerts and incidents kept: score, impact scope, highlights, execution profile
    ingest · normalise · lake · detect · access
    query · database · attack    one condition language · the operational database · ATT&CK offline
    schema                       the nouns
    errors                       the error tree

A room imports only from lines below its own; rooms on one line do not know each other (import-linter holds it). Content
(filters, models) is data in `content/`, the web console is in `console/`. See docs/architecture.md.
"""
