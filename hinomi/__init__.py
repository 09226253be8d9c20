"""Hinomi (火の見): self-hosted XDR. The map of the house; the order is the order of the data.

A batch's trip: ingest (door, spool) -> normalise (records to activities) -> lake (kept) -> detect (detections, model
matches) -> workbench (alerts, incidents) -> api -> console. `pipeline.py` is that trip on one screen.

    cli                          the words a person types
    app · sensor                 builds every room from the settings and joins them · our program on an endpoint
    api · gateway · pipeline · settings   REST · the sensors' door · the trip of a batch · one frozen tree of settings
    operations                   proofs of content, simulations, the collector kit, daily work
    workbench · response         alerts and incidents kept, profiles · response tasks: asked, handed out, verified
    ingest · normalise · lake · detect · access · inventory
    query · database · attack · wire   one condition language · the operational database · ATT&CK offline · what
                                       sensor and server say to each other
    schema                       the nouns
    errors · own_module          the error tree · how a module of ours runs in a process of its own

A room imports only from lines below its own; rooms on one line do not know each other (import-linter holds it). Content
(filters, models) is data in `content/`, the web console is in `console/`. See docs/architecture.md.
"""
