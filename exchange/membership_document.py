"""The membership as bytes: what governance signs as a TUF target, and what a node reads.

* The bytes come from `ngclient`, which has verified them: signatures are no business of this module.
* Reading builds `Membership` or refuses: nothing half-valid comes out.
* Fields this version does not know are kept, for a member as for the whole document.
"""

from __future__ import annotations

from datetime import date
from typing import Any

from exchange.errors import Refused
from exchange.jsondoc import Fields, parse_json
from exchange.keys import PublicKey
from exchange.limits import Limits
from exchange.membership import (
    MIN_RELEASE_THRESHOLD,
    VERSION,
    FormerLogKey,
    LogKey,
    Member,
    Membership,
    MemberStatus,
    StatusChange,
    Transport,
    WitnessKey,
)
from exchange.policy import Policy
from schemas.canonical import canonical_json

TARGET_PATH = "membership.json"


def encode(membership: Membership) -> bytes:
    """Return the canonical JSON of the document, members in order of their code."""
    members = [_member_document(member) for member in sorted(membership.members, key=lambda one: one.code)]
    return canonical_json(
        {
            **membership.extra,
            "version": membership.version,
            "federation": membership.federation,
            "policy": membership.policy.to_document(),
            "members": members,
        }
    )


def parse(content: bytes, limits: Limits) -> Membership:
    """Return the membership in `content`, which TUF has verified before.

    Raises:
        Refused: `membership_malformed`, `version_unknown`, or a name of `parse_json`, `Fields` or
            `PublicKey`.
    """
    document = parse_json(content, max_bytes=limits.max_membership_bytes, max_depth=limits.max_json_depth)
    entry = Fields(document, "membership")
    version = entry.version("version", VERSION)
    try:
        return Membership(
            federation=entry.text("federation"),
            members=tuple(_member(one) for one in entry.list_of_fields("members")),
            policy=_policy(entry),
            version=version,
            extra=entry.rest({"version", "federation", "policy", "members"}),
        )
    except ValueError as error:
        raise Refused(
            "membership_malformed", title="The membership cannot be read", detail=str(error)
        ) from error


_MEMBER_FIELDS = frozenset(
    {"code", "names", "history", "address", "release_keys", "release_threshold"}
    | {"log_key", "witness_key", "transport", "encryption_key"}
)


def _policy(entry: Fields) -> Policy:
    if _optional_mapping(entry, "policy") is None:
        return Policy()
    return Policy.from_fields(entry.fields("policy"))


def _member(entry: Fields) -> Member:
    names = Fields(entry.mapping("names"), f"{entry.where}.names")
    keys = {keyid: PublicKey.from_document(one) for keyid, one in _key_documents(entry).items()}
    return Member(
        code=entry.text("code"),
        names={language: names.text(language) for language in entry.mapping("names")},
        history=tuple(_status_change(change) for change in entry.list_of_fields("history")),
        address=entry.optional_text("address"),
        release_keys=keys,
        release_threshold=entry.integer("release_threshold", at_least=MIN_RELEASE_THRESHOLD),
        log_key=_log_key(entry),
        witness_key=_witness_key(entry),
        transport=_transport(entry),
        encryption_key=_optional_mapping(entry, "encryption_key"),
        extra=entry.rest(_MEMBER_FIELDS),
    )


def _key_documents(entry: Fields) -> dict[str, dict[str, Any]]:
    keys = Fields(entry.mapping("release_keys"), f"{entry.where}.release_keys")
    return {keyid: keys.mapping(keyid) for keyid in entry.mapping("release_keys")}


def _status_change(entry: Fields) -> StatusChange:
    return StatusChange(
        status=MemberStatus(entry.text("status")),
        since=date.fromisoformat(entry.text("since")),
        source=entry.text("source"),
    )


def _log_key(entry: Fields) -> LogKey | None:
    if _optional_mapping(entry, "log_key") is None:
        return None
    log_key = entry.fields("log_key")
    former = log_key.list_of_fields("former") if "former" in log_key.rest(()) else []
    return LogKey(
        log_key.text("origin"),
        PublicKey.from_document(log_key.mapping("key")),
        tuple(
            FormerLogKey(PublicKey.from_document(one.mapping("key")), one.integer("entries", at_least=0))
            for one in former
        ),
    )


def _witness_key(entry: Fields) -> WitnessKey | None:
    if _optional_mapping(entry, "witness_key") is None:
        return None
    witness_key = entry.fields("witness_key")
    return WitnessKey(witness_key.text("name"), PublicKey.from_document(witness_key.mapping("key")))


def _transport(entry: Fields) -> Transport | None:
    if _optional_mapping(entry, "transport") is None:
        return None
    transport = entry.fields("transport")
    return Transport(transport.digest("fingerprint"), transport.text("certificate"))


def _optional_mapping(entry: Fields, key: str) -> dict[str, Any] | None:
    # `rest` of nothing known is the whole object: a field may be null or absent
    return None if entry.rest(()).get(key) is None else entry.mapping(key)


def _member_document(member: Member) -> dict[str, Any]:
    log_key, witness_key, transport = member.log_key, member.witness_key, member.transport
    return {
        **member.extra,
        "code": member.code,
        "names": dict(member.names),
        "history": [
            {"status": change.status.value, "since": change.since.isoformat(), "source": change.source}
            for change in member.history
        ],
        "address": member.address,
        "release_keys": {keyid: key.to_document() for keyid, key in member.release_keys.items()},
        "release_threshold": member.release_threshold,
        "log_key": log_key and _log_key_document(log_key),
        "witness_key": witness_key and {"name": witness_key.name, "key": witness_key.key.to_document()},
        "transport": transport
        and {"fingerprint": transport.fingerprint, "certificate": transport.certificate},
        "encryption_key": member.encryption_key,
    }


def _log_key_document(log_key: LogKey) -> dict[str, Any]:
    document = {"origin": log_key.origin, "key": log_key.key.to_document()}
    if not log_key.former:  # as it was written before keys could be replaced
        return document
    former = [{"key": one.key.to_document(), "entries": one.entries} for one in log_key.former]
    return {**document, "former": former}
