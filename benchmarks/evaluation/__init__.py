"""How well shipped and imported content detects: recall on labelled recordings, false alarms on ordinary ones."""
