"""Adapters: the ports of node.ports over files, SQLite, TLS sockets and people's spreadsheets.

Invariants: what a write acknowledged survives a power cut; a library's exception becomes one of node.errors
(or exchange.errors towards peers) before it leaves an adapter; no adapter reads settings.
"""
