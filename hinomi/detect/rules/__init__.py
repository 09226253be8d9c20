"""Rule types: one file each, and one line here."""
