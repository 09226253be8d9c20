"""Builds every room from the settings and joins them: the only place that knows them all.

folder.py     the data folder: who holds it, where a running server is
opening.py    the parts that open alone (database, content), first set-up
house.py      all rooms of one data folder, open, and the thread that runs the pipeline
serving.py    the house behind HTTP, in the foreground
importing.py  recordings into a data folder, through its server or directly
asking.py     what the command line asks of a data folder
"""
