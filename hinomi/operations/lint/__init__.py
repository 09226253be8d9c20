"""Lint: style and traps of content. Each file holds the rules of one thing; linter.py runs them."""
