"""Builds every room from the settings and joins them: the only place that knows them all.

folder.py       the data folder: who holds it, where a running server is
opening.py      the parts that open alone (database, content), first set-up
content.py      its filters and models: shipped ones, and imported Sigma rules
house.py        all rooms of one data folder, open, and the thread that runs the pipeline
rooms.py        what the API is handed of a house
serving.py      the house behind HTTP, in the foreground
simulations.py  the built-in recordings, loaded once
importing.py    recordings into a data folder, through its server or directly
lake.py         the lake of a data folder, beside its server or alone
searching.py    Search for the command line, through the server or over the lake
asking.py       what the command line asks of a data folder
"""
