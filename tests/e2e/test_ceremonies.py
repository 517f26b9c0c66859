"""The ceremonies of a federation, as two people do them: a folder goes round, and nothing else connects the nodes."""

from __future__ import annotations

import hashlib
import shutil
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from exchange.errors import ExchangeError
from exchange.membership import Membership, MemberStatus
from exchange.registry.layout import FIRST_ROOT
from exchange.registry.proposal import fingerprint
from node.access import Role
from node.bootstrap import Node, open_node
from node.ceremonies.commands import NodeCeremonies
from node.ceremonies.creation import create_node
from node.demo.federation import DemoNode, Federation
from node.errors import Conflict, Invalid, NodeError, NotFound, Unavailable
from node.services import accounts
from node.settings import Settings, read_settings
from tests.support.real_nodes import PASSWORD, PEOPLE, founded

pytestmark = pytest.mark.slow

NEWCOMER = DemoNode("BY", "", 8103, 8203, PEOPLE)


@dataclass
class Room:
    """KZ and RU, who founded a federation, and a folder between them. Nothing is running."""

    folder: Path
    federation: Federation

    def settings(self, code: str) -> Settings:
        """Give a node's settings."""
        nodes = {node.code: node for node in self.federation.nodes}
        node = nodes.get(code) or replace(NEWCOMER, folder=str(self.folder / code))
        return read_settings(node.settings())

    def at(self, code: str) -> NodeCeremonies:
        """Give the ceremonies at a node."""
        return NodeCeremonies(lambda: self.settings(code))

    def looked_at(self, code: str, look: Callable[[Node], Any]) -> Any:
        """Open a node, and give what is seen there."""
        node = open_node(self.settings(code))
        try:
            return look(node)
        finally:
            node.close()

    def membership(self, code: str) -> Membership:
        """Give the membership a node trusts."""
        given: Membership = self.looked_at(code, lambda node: node.context.directory.membership())
        return given

    def signed(self, proposal: Path, *codes: str) -> None:
        """Let these nodes sign."""
        for code in codes or ("RU", "KZ"):
            self.at(code).sign(proposal, lambda _lines: True)

    def carried_through(self, proposal: Path, *, keeper: str = "KZ") -> None:
        """Sign, publish at the keeper's node, and carry the registry to the other node by hand."""
        self.signed(proposal)
        out = proposal.with_name(f"{proposal.name}-registry")
        self.at(keeper).publish([proposal], out)
        self.at("RU" if keeper == "KZ" else "KZ").join(out, fingerprint((out / FIRST_ROOT).read_bytes()))

    def proposed(self, code: str, name: str, **asked: Any) -> tuple[Path, tuple[str, ...]]:
        """Write a proposal at a node; gives its folder and what was said."""
        usual: dict[str, Any] = {
            "cards": [], "statuses": [], "since": None, "source": None, "policy": {}, "definitions": False,
            "anew": False,
        }  # fmt: skip
        out = self.folder / name
        return out, self.at(code).propose(out, **{**usual, **asked})

    def card(self, code: str) -> Path:
        """Write a node's card."""
        file = self.folder / f"{code}-new.card"
        self.at(code).card("irac-demo", file)
        return file

    def newcomer(self) -> Path:
        """Create the node of BY with its officers; gives its card."""
        create_node(self.settings("BY"))
        for person in PEOPLE:
            self.person("BY", person.login, *person.roles)
        return self.card("BY")

    def person(self, code: str, login: str, *roles: str) -> None:
        """Add a person at a node."""

        def add(node: Node) -> None:
            accounts.create_account(
                node.context, None, login=login, display_name=login, roles=frozenset(map(Role, roles)),
                password=PASSWORD, language="en", now=node.now(),
            )  # fmt: skip

        self.looked_at(code, add)


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Federation:
    """A federation of KZ and RU; both keys are needed, KZ keeps the registry."""
    return founded(tmp_path_factory.mktemp("template"))


@pytest.fixture
def room(template: Federation, tmp_path: Path) -> Room:
    """A copy of it."""
    shutil.copytree(template.folder, tmp_path / "nodes")
    nodes = tuple(replace(node, folder=str(tmp_path / "nodes" / node.code)) for node in template.nodes)
    return Room(tmp_path, Federation(tmp_path / "nodes", nodes))


def test_a_newcomer_is_invited_carded_signed_for_and_joins(room: Room) -> None:
    """It is told what of history it will and will not receive."""
    letter = room.at("RU").invite(room.folder / "invitation")
    root = next(line.rpartition(" ")[2] for line in letter if "Fingerprint" in line)
    assert any("never arrives" in line for line in letter)
    assert (room.folder / "invitation" / "INVITATION.txt").read_text(encoding="utf-8").splitlines()

    out, said = room.proposed("RU", "admission", cards=[room.newcomer()], source="Agreement, article 5")
    assert said[0].startswith("Card of BY: sha256:")
    assert "BY: a new member" in said
    with pytest.raises(ExchangeError) as caught:
        room.at("BY").join(room.folder / "invitation", root)
    assert caught.value.name == "unknown_member"
    room.carried_through(out)
    told = room.at("BY").join(room.folder / "admission-registry", root)

    assert told[0] == "BY takes part in irac-demo with 3 members"
    assert any("as a new vintage" in line for line in told)
    line = room.membership("BY").member("BY").history[0]
    assert (line.status, line.source) == (MemberStatus.ACTIVE, "Agreement, article 5")


@pytest.mark.parametrize("kind", ["governance", "keeper", "witness", "log", "transport"])
def test_a_key_is_rotated_and_taken_into_use_when_it_is_named(room: Room, kind: str) -> None:
    """Not before: until then the old one is what the registry and the peers know."""

    def keys(node: Node) -> dict[str, str]:
        return {
            "governance": node.keyring.governance_signer().keyid,
            "keeper": node.keyring.keeper_signer().keyid,
            "witness": node.keyring.witness_signer().keyid,
            "log": hashlib.sha256(
                (Path(node.settings.data_folder) / "keys" / "log.pem").read_bytes()
            ).hexdigest(),
            "transport": node.keyring.transport_certificate(),
        }

    before = room.looked_at("KZ", keys)
    room.at("KZ").rotate(kind, room.folder / "rotation", None)
    assert room.looked_at("KZ", keys) == before
    room.carried_through(room.folder / "rotation")

    after = room.looked_at("KZ", keys)
    assert [name for name in after if after[name] != before[name]] == [kind]
    again, _ = room.proposed("RU", "again", policy={"min_protocol": "1.1"})
    room.carried_through(again)
    assert room.membership("RU").policy.min_protocol == "1.1"


def test_the_old_key_of_a_log_counts_for_what_was_published(room: Room) -> None:
    """The registry says so, the sheet that people sign says so, and nothing is published in between."""
    held = room.membership("RU").member("KZ").log_key
    assert held is not None

    said = room.at("KZ").rotate("log", room.folder / "rotation", None)
    with pytest.raises(Unavailable, match="being replaced"):
        room.looked_at("KZ", lambda node: node.keyring.log_signer())
    room.carried_through(room.folder / "rotation")

    log_key = room.membership("RU").member("KZ").log_key
    assert log_key is not None
    assert [(one.key, one.entries) for one in log_key.former] == [(held.key, 0)]
    assert any(line.startswith("KZ: log key") and "for 0 entries" in line for line in said)
    assert room.looked_at("KZ", lambda node: node.keyring.log_signer().keyid) == log_key.key.keyid


def test_a_key_is_rotated_while_the_governance_key_lies_in_a_safe(room: Room) -> None:
    """The proposal needs none; signing it does."""
    keys = Path(room.settings("KZ").data_folder) / "keys"
    (keys / "governance.pem").rename(room.folder / "safe.pem")

    room.at("KZ").rotate("transport", room.folder / "rotation", None)
    with pytest.raises(NotFound):
        room.signed(room.folder / "rotation", "KZ")
    (room.folder / "safe.pem").rename(keys / "governance.pem")
    room.carried_through(room.folder / "rotation")

    transport = room.membership("RU").member("KZ").transport
    assert transport is not None
    assert transport.certificate == room.looked_at("KZ", lambda node: node.keyring.transport_certificate())


def test_a_new_officer_is_named_and_one_who_left_is_not(room: Room) -> None:
    """The registry follows the accounts of the node."""
    held = set(room.membership("RU").member("KZ").release_keys)
    room.person("KZ", "third", "releaser")

    said = room.at("KZ").rotate("release", room.folder / "officers", None)
    room.carried_through(room.folder / "officers")

    assert any(line.startswith("KZ: release keys") for line in said)
    now_listed = set(room.membership("RU").member("KZ").release_keys)
    assert held < now_listed
    assert len(now_listed) == 3


def test_a_member_is_suspended_with_a_day_and_a_source_and_comes_back(room: Room) -> None:
    """Its history is added to, never rewritten."""
    for name, status, since in (("out", "suspended", "2027-01-01"), ("in", "active", "2027-03-01")):
        folder, said = room.proposed("KZ", name, statuses=[f"RU={status}"], since=since, source="Decision 7")
        assert f"RU: {status} since {since} (Decision 7)" in said
        room.carried_through(folder)

    history = room.membership("RU").member("RU").history
    assert [one.status.value for one in history] == ["active", "suspended", "active"]
    with pytest.raises(Invalid, match="in order of date"):
        room.proposed("KZ", "late", statuses=["RU=left"], since="2027-02-01", source="Decision 8")


def test_a_key_that_was_lost_is_revoked_by_the_others(room: Room) -> None:
    """With a threshold that the rest can meet; the keyid is read from the status."""
    out, _ = room.proposed("RU", "admission", cards=[room.newcomer()], source="Agreement")
    room.carried_through(out)
    root = fingerprint((room.folder / "admission-registry" / FIRST_ROOT).read_bytes())
    room.at("BY").join(room.folder / "admission-registry", root)
    lost = room.looked_at("RU", lambda node: node.keyring.governance_signer().keyid)

    # two of two would not do without the lost key: BY is given a say first, then RU's key goes
    give: dict[str, Any] = {"roles": [], "add": [room.card("BY")], "remove": [], "threshold": None}
    room.at("KZ").owners(room.folder / "say", **give)
    room.signed(room.folder / "say", "KZ", "RU")
    room.at("KZ").publish([room.folder / "say"], room.folder / "say-registry")
    room.at("BY").join(room.folder / "say-registry", root)
    take: dict[str, Any] = {"roles": [], "add": [], "remove": [lost[:12]], "threshold": None}
    said = room.at("BY").owners(room.folder / "revocation", **take)
    room.signed(room.folder / "revocation", "BY", "KZ")
    room.at("KZ").publish([room.folder / "revocation"], None)

    assert f"governance: key {lost[:16]} may NOT sign any more" in said
    holders = room.looked_at("KZ", lambda node: node.registry.trusted().plan.holders)
    assert lost not in holders
    assert len(holders) == 2


def test_another_member_keeps_the_registry_by_its_card(room: Room) -> None:
    """The old keeper is not asked, except for its governance signature."""
    room.at("KZ").rotate("keeper", room.folder / "keeper", room.card("RU"))
    room.signed(room.folder / "keeper")

    with pytest.raises(NotFound, match="does not keep"):
        room.at("KZ").publish([room.folder / "keeper"], None)
    room.at("RU").publish([room.folder / "keeper"], room.folder / "kept")
    room.at("KZ").join(room.folder / "kept", fingerprint((room.folder / "kept" / FIRST_ROOT).read_bytes()))
    after, _ = room.proposed("KZ", "after", policy={"witness_quorum": 0})
    room.carried_through(after, keeper="RU")

    assert room.membership("KZ").policy.witness_quorum == 0


def test_copies_are_signed_apart_and_put_together(room: Room) -> None:
    """Two couriers, two countries, one evening."""
    out, _ = room.proposed("KZ", "one", policy={"witness_quorum": 0})
    other = room.folder / "two"
    shutil.copytree(out, other)
    room.signed(out, "KZ")
    room.signed(other, "RU")

    with pytest.raises(ExchangeError) as caught:
        room.at("KZ").publish([out], None)
    assert caught.value.name == "registry_threshold_unmet"
    room.at("KZ").publish([out, other], None)

    assert room.membership("KZ").policy.witness_quorum == 0
    assert room.membership("RU").policy.witness_quorum == 1
    kinds = [entry.event.kind for entry in room.looked_at("KZ", lambda node: node.context.audit.entries())]
    assert kinds[-2:] == ["registry.signed", "registry.published"]


def test_nothing_is_signed_against_a_persons_word(room: Room) -> None:
    """Asked, and answered no; and asked twice for one signature."""
    out, _ = room.proposed("KZ", "one", policy={"witness_quorum": 0})
    before = {file.name: file.read_bytes() for file in out.iterdir()}
    shown: list[str] = []

    said = room.at("RU").sign(out, lambda lines: bool(shown.extend(lines)))

    assert said == ("Nothing was signed.",)
    assert shown[0].startswith("policy: 0 witnesses")
    assert {file.name: file.read_bytes() for file in out.iterdir()} == before
    room.signed(out, "RU")
    with pytest.raises(Conflict, match="nothing for this node"):
        room.signed(out, "RU")


def test_the_year_is_renewed_and_the_status_tells_how_long_is_left(room: Room) -> None:
    """Everything is signed anew; the content stays."""
    out, said = room.proposed("KZ", "year", anew=True)
    room.carried_through(out)
    status = room.at("RU").status()

    assert "members: the same content" in said
    assert (status["root_version"], status["members_version"], status["is_expired"]) == (2, 2, False)
    assert status["ends_soon"] == []
    assert status["definitions_differ"] == []
    assert datetime.fromisoformat(status["expires_at"]) > datetime.now(UTC)


@pytest.mark.parametrize(
    ("asked", "error"),
    [
        ({"statuses": ["RU=suspended"]}, Invalid),
        ({"statuses": ["RU=banned"], "source": "x"}, Invalid),
        ({"statuses": ["XX=left"], "source": "x"}, ExchangeError),
        ({"statuses": ["RU=left"], "source": "x", "since": "tomorrow"}, Invalid),
        ({"policy": {"witness_quorum": -1}}, Invalid),
        ({"cards": [Path("missing.card")], "source": "x"}, NotFound),
        ({"definitions": True}, ExchangeError),
        ({}, ExchangeError),
    ],
    ids=[
        "no source",
        "no status",
        "no member",
        "no day",
        "no policy",
        "no card",
        "signed already",
        "nothing",
    ],
)
def test_what_cannot_be_proposed_is_refused_and_writes_nothing(
    room: Room, asked: dict[str, Any], error: type[Exception]
) -> None:
    """With what to do instead."""
    with pytest.raises(error) as caught:
        room.proposed("KZ", "nothing", **asked)

    assert isinstance(caught.value, NodeError | ExchangeError)
    assert caught.value.hint
    assert not (room.folder / "nothing").exists()


def test_a_founding_names_owners_keeper_and_policy(room: Room) -> None:
    """Governance by both, models by RU alone, kept by RU."""
    cards = [room.card("KZ"), room.card("RU")]
    usual: dict[str, Any] = {
        "federation": "irac-demo", "threshold": 2, "cards": cards, "keeper": "RU", "source": "Agreement",
        "owners": ["models:1:RU"], "policy": {"release_schemes": ("ed25519",), "witness_quorum": 1},
    }  # fmt: skip
    said = room.at("KZ").init(room.folder / "founding", **usual)

    assert said[0].startswith("Card of KZ: sha256:")
    assert any(line.startswith("models 1  sha256:") and "0 of 1" in line for line in said)
    for change in ({"keeper": "XX"}, {"owners": ["models:RU"]}, {"federation": "other"}):
        with pytest.raises(Invalid):
            room.at("KZ").init(room.folder / "wrong", **{**usual, **change})
    with pytest.raises(Invalid, match="federation"):
        room.at("KZ").init(room.folder / "wrong", **{**usual, "cards": [cards[0], cards[0]]})
    with pytest.raises(Conflict):
        room.at("KZ").init(room.folder / "founding", **usual)
