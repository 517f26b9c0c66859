"""Mutual TLS between nodes: only certificates of the registry finish a handshake.

* TLS 1.3 or nothing. The certificates of the members, self-signed, are themselves the trust anchors.
* Trust is only ever added to the living context. A certificate that the registry no longer lists may finish a
  handshake until the next start, and gets nothing by it: access is decided by fingerprint at each request.
* No session tickets: every connection proves its key anew.
"""

from __future__ import annotations

import ssl
from collections.abc import Iterable
from pathlib import Path

from node.errors import Unavailable


class PeerTls:
    """The server side of the exchange port."""

    def __init__(self, certificate: Path, key: Path, *, passphrase: str | None = None) -> None:
        self.context = _server_context(certificate, key, passphrase)
        self._known: set[str] = set()

    def trust(self, member_certificates_pem: Iterable[str]) -> int:
        """Let the holders of these certificates in from the next handshake on; gives how many are new."""
        unseen = [pem for pem in member_certificates_pem if pem not in self._known]
        for pem in unseen:
            self.context.load_verify_locations(cadata=pem)
            self._known.add(pem)
        return len(unseen)


def build_tls_context(
    certificate: Path, key: Path, member_certificates_pem: Iterable[str], *, passphrase: str | None = None
) -> PeerTls:
    """Give the TLS of the exchange port, trusting these members' certificates.

    Raises:
        Unavailable: the node's own certificate or key cannot be read.
    """
    tls = PeerTls(certificate, key, passphrase=passphrase)
    tls.trust(member_certificates_pem)
    return tls


def _server_context(certificate: Path, key: Path, passphrase: str | None) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = ssl.TLSVersion.TLSv1_3
    context.verify_mode = ssl.CERT_REQUIRED
    # a listed certificate is believed for itself: the registry vouches for it, not whoever signed it
    context.verify_flags |= ssl.VERIFY_X509_PARTIAL_CHAIN
    context.num_tickets = 0
    try:
        # a passphrase is always given: without one OpenSSL would ask for it at the terminal
        context.load_cert_chain(certificate, key, password=passphrase or "")
    except (OSError, ssl.SSLError) as error:
        raise Unavailable(
            "The node's certificate or its key cannot be used",
            detail=f"{certificate} and {key}: {type(error).__name__}",
            hint="Check that both files are there, belong together, and that the key passphrase is right.",
        ) from error
    return context
