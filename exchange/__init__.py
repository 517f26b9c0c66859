"""What one member says to another: signed records on an append-only log, and the registry of who is a member.

Nothing in this package opens a socket, reads a file or asks a clock: bytes, keys and "now" come in as
arguments, verified values or an `errors.ExchangeError` come out.
"""

from __future__ import annotations

PROTOCOL_VERSION = "1.1"
