"""The inventory: the endpoints there are, what they say of themselves, and which policy they follow."""
