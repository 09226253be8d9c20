"""Ordinary work on Windows hosts, written by us: what shipped content must keep quiet about."""
