"""The nouns that travel between rooms. Values only: nothing here reads, writes or decides."""
