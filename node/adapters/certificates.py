"""The certificate a node shows to its peers: self-signed, because the registry vouches for it, no authority.

Invariants: the key is EC P-256 (every TLS library a peer may use knows it); the certificate serves both ends
of mutual TLS and names the member; it is not an authority.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Sequence
from datetime import datetime, timedelta

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric.ec import (
    SECP256R1,
    EllipticCurvePrivateKey,
    generate_private_key,
)
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

# a peer whose clock is a little behind must not refuse a certificate made a moment ago
_CLOCK_SKEW = timedelta(minutes=5)
_DAYS_A_YEAR = 365


def transport_key() -> EllipticCurvePrivateKey:
    """Give a new private key for TLS."""
    return generate_private_key(SECP256R1())


def transport_certificate(
    key: EllipticCurvePrivateKey, *, member: str, host_names: Sequence[str], years: int, now: datetime
) -> x509.Certificate:
    """Give the self-signed certificate of a member's node, valid from a little before `now` for `years`.

    host_names: DNS names and IP addresses under which peers reach the node; at least one.
    Raises ValueError for no host name or a number of years below 1.
    """
    if not host_names or years < 1:
        raise ValueError("a transport certificate needs a host name and at least one year")
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, member)])
    usage = x509.KeyUsage(
        digital_signature=True,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=False,
        crl_sign=False,
        encipher_only=False,
        decipher_only=False,
    )
    purposes = x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH, ExtendedKeyUsageOID.CLIENT_AUTH])
    return (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - _CLOCK_SKEW)
        .not_valid_after(now + timedelta(days=_DAYS_A_YEAR * years))
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(usage, critical=True)
        .add_extension(purposes, critical=False)
        .add_extension(
            x509.SubjectAlternativeName([_general_name(host) for host in host_names]), critical=False
        )
        .sign(key, SHA256())
    )


def _general_name(host: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ipaddress.ip_address(host))
    except ValueError:
        return x509.DNSName(host)
