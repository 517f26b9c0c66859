"""The mirror of the registry: verified at every load, refreshed from peers that may lie or lag."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest

from exchange import membership_document
from exchange.errors import ExchangeError
from exchange.keys import KeySigner
from exchange.limits import DEFAULT
from exchange.membership import Membership, MemberStatus, StatusChange, Transport, fingerprint_of
from exchange.registry.layout import FIRST_ROOT, MEMBERS
from exchange.registry.publishing import renew
from node.adapters.clock import now
from node.adapters.keyring import FolderKeyring
from node.adapters.registry_mirror import FolderRegistry, install
from node.adapters.waiting_keys import WaitingKeys
from node.errors import Conflict, Damaged, Invalid, NotFound, Unavailable
from node.ports.work import Said
from tests.support import registries
from tests.support.fakes_peer import LoopbackPeer, a_keyring, a_loopback_peer
from tests.support.peer_simulator import FEDERATION, a_member, a_signer
from tests.support.registries import GOVERNANCE, KEEPER, Files

# python-tuf asks the machine's clock
NOW = now()
SIGNED = (StatusChange(MemberStatus.SIGNED, date(2026, 1, 1), "Agreement"),)


def founded(*codes: str, keeper: KeySigner = KEEPER, at: datetime = NOW, version: int = 1) -> Files:
    """Give the files of a new registry of these members."""
    return registry_of(membership_of(*codes), keeper=keeper, at=at, version=version)


def registry_of(content: bytes, *, keeper: KeySigner = KEEPER, at: datetime = NOW, version: int = 1) -> Files:
    """Give the files of a new registry with this membership; `version` 2 is signed by others."""
    governance = GOVERNANCE if version == 1 else [a_signer("somebody else"), a_signer("another")]
    plan = registries.a_plan(registries.owners(governance, 2), keeper)
    return registries.founded(content, at=at, plan=plan, signers=governance, keeper=keeper)


def membership_of(*codes: str) -> bytes:
    """Give the membership document of these members."""
    return membership_document.encode(Membership(FEDERATION, tuple(a_member(code) for code in codes)))


def revised(files: Files, *codes: str) -> Files:
    """Give all files after the membership changed."""
    return files | registries.changed(files, at=NOW, contents={MEMBERS: membership_of(*codes)})


def codes_of(mirror: FolderRegistry) -> list[str]:
    """Give the members a mirror knows."""
    return [member.code for member in mirror.membership().members]


@dataclass
class Setting:
    """A node KZ with a mirror, and a peer KG that serves one."""

    folder: Path
    keyring: FolderKeyring
    peer: LoopbackPeer

    def mirror(self, at: Callable[[], datetime] = now) -> FolderRegistry:
        """Open the mirror, as a process that starts does."""
        return FolderRegistry(
            self.folder, own_code="KZ", keyring=self.keyring, waiting=self.waiting, limits=DEFAULT, now=at
        )

    @property
    def waiting(self) -> WaitingKeys:
        """Give the keys that wait."""
        return WaitingKeys(self.folder.parent / "keys" / "KZ")

    def serve(self, files: Files) -> None:
        """Let the peer serve these files of the registry."""
        self.peer.answers.clear()
        for name, content in files.items():
            self.peer.serve(f"registry/{name}", content)

    def names_on_disk(self) -> set[str]:
        """Give what is in the mirror's folder."""
        return {file.name for file in self.folder.iterdir()} - {".lock"}


@pytest.fixture
def setting(tmp_path: Path) -> Iterator[Setting]:
    """Nothing installed yet."""
    own, theirs = a_keyring(tmp_path / "keys", "KZ"), a_keyring(tmp_path / "keys", "KG")
    with a_loopback_peer(theirs, [own.transport_certificate()]) as peer:
        yield Setting(tmp_path / "registry", own, peer)


@pytest.fixture
def files(setting: Setting) -> Files:
    """A registry of KZ and the real peer KG."""
    members = (a_member("KZ"), setting.peer.member("KG"))
    content = membership_document.encode(Membership(FEDERATION, members))
    return registry_of(content)


def test_before_joining_there_is_no_membership(setting: Setting) -> None:
    """The operator reads what to do."""
    with pytest.raises(Unavailable, match="no federation") as caught:
        setting.mirror().membership()

    assert "Join" in caught.value.hint


def test_an_installed_registry_is_read_served_and_described(setting: Setting, files: Files) -> None:
    """The files are those that were delivered, byte by byte."""
    install(setting.folder, files)
    mirror = setting.mirror()

    assert codes_of(mirror) == ["KG", "KZ"]
    assert {name: mirror.read_file(name) for name in files} == files
    assert setting.names_on_disk() == set(files)
    validity = mirror.validity()
    assert validity["root_version"] == validity["timestamp_version"] == 1
    assert validity["is_expired"] is False
    assert datetime.fromisoformat(validity["expires_at"]) == (NOW + timedelta(days=30)).replace(microsecond=0)


@pytest.mark.parametrize(
    "name", ["", "..", "../keys/log.pem", ".lock", "root.json", "0.root.json", "1.root.json.tmp", "x" * 500]
)
def test_only_files_of_the_registry_are_served(setting: Setting, files: Files, name: str) -> None:
    """A name from outside is no path."""
    install(setting.folder, files)

    with pytest.raises(NotFound):
        setting.mirror().read_file(name)


def test_files_without_a_first_root_are_invalid(setting: Setting, files: Files) -> None:
    """There is nothing to compare aloud."""
    del files[FIRST_ROOT]

    with pytest.raises(Invalid):
        install(setting.folder, files)


@pytest.mark.parametrize("lost", ["timestamp.json", "1.snapshot.json", "1.targets.json"])
def test_incomplete_files_are_not_installed(setting: Setting, files: Files, lost: str) -> None:
    """Nothing is left behind."""
    del files[lost]

    with pytest.raises(ExchangeError) as caught:
        install(setting.folder, files)

    assert caught.value.name == "registry_incomplete"
    assert setting.names_on_disk() == set()


def test_a_membership_that_is_not_the_signed_one_is_not_installed(setting: Setting, files: Files) -> None:
    """Its digest is in the signed targets."""
    name = next(name for name in files if name.endswith(".membership.json"))
    files[name] = files[name].replace(b'"KG"', b'"RU"')

    with pytest.raises(ExchangeError) as caught:
        install(setting.folder, files)

    assert caught.value.name == "registry_refused"
    assert setting.names_on_disk() == set()


def test_an_expired_registry_is_not_installed(setting: Setting) -> None:
    """Somebody may have kept it back."""
    with pytest.raises(ExchangeError) as caught:
        install(setting.folder, founded("KZ", at=NOW - timedelta(days=31)))

    assert caught.value.name == "registry_expired"
    assert setting.names_on_disk() == set()


def test_another_root_is_never_trusted_later(setting: Setting, files: Files) -> None:
    """A node belongs to one federation."""
    install(setting.folder, files)

    with pytest.raises(Conflict):
        install(setting.folder, founded("KZ", version=2))

    assert setting.mirror().read_file(FIRST_ROOT) == files[FIRST_ROOT]


def test_a_newer_registry_delivered_by_hand_is_taken(setting: Setting, files: Files) -> None:
    """On paper and by courier, too, versions only grow."""
    newer = revised(files, "KZ", "RU")
    install(setting.folder, files)

    install(setting.folder, newer)
    assert codes_of(setting.mirror()) == ["KZ", "RU"]
    with pytest.raises(ExchangeError) as caught:
        install(setting.folder, files)

    assert caught.value.name == "registry_behind"
    assert codes_of(setting.mirror()) == ["KZ", "RU"]


@pytest.mark.parametrize(
    ("suffix", "signed", "changed"),
    [
        ("root.json", b'"expires":"20', b'"expires":"21'),
        ("targets.json", b'"terminating":true', b'"terminating":false'),
        ("members.json", b'"length":', b'"length":1'),
        ("snapshot.json", b'"expires":"20', b'"expires":"21'),
        ("timestamp.json", b'"expires":"20', b'"expires":"21'),
        ("membership.json", b'"KG"', b'"RU"'),
    ],
)
def test_a_changed_file_on_disk_is_found_at_the_next_load(
    setting: Setting, files: Files, suffix: str, signed: bytes, changed: bytes
) -> None:
    """The folder is not trusted."""
    install(setting.folder, files)
    mirror = setting.mirror()
    assert codes_of(mirror) == ["KG", "KZ"]
    place = next(file for file in setting.folder.iterdir() if file.name.endswith(suffix))
    assert signed in place.read_bytes()
    place.write_bytes(place.read_bytes().replace(signed, changed))

    with pytest.raises(Damaged):
        mirror.membership()


def test_a_lost_file_on_disk_is_damage(setting: Setting, files: Files) -> None:
    """It is said which."""
    install(setting.folder, files)
    (setting.folder / "1.targets.json").unlink()

    with pytest.raises(Damaged, match=r"1\.targets\.json"):
        setting.mirror().membership()


def test_a_refresh_brings_what_a_peer_has_newer(setting: Setting, files: Files) -> None:
    """And says how much from whom."""
    install(setting.folder, files)
    newer = revised(files, "KZ", "RU")
    setting.serve(newer)

    said = setting.mirror().refresh(NOW)

    assert said == Said("registry_fetched", {"files": 4, "member": "KG"})
    assert codes_of(setting.mirror()) == ["KZ", "RU"]
    assert setting.mirror().read_file("timestamp.json") == newer["timestamp.json"]


def test_a_refresh_without_news_costs_two_requests(setting: Setting, files: Files) -> None:
    """Is there a newer root; what does the timestamp say."""
    install(setting.folder, files)
    setting.serve(files)

    assert str(setting.mirror().refresh(NOW)) == "unchanged: peers KG: nothing new"
    assert [path for path, _ in setting.peer.requests] == ["registry/2.root.json", "registry/timestamp.json"]


def test_a_peer_that_is_behind_changes_nothing(setting: Setting, files: Files) -> None:
    """A rollback is never accepted, whatever its reason."""
    newer = files | renew(files, keeper=KEEPER, now=NOW)
    install(setting.folder, newer)
    setting.serve(files)

    assert str(setting.mirror().refresh(NOW)) == "unchanged: peers KG: has an older one"
    assert setting.mirror().read_file("timestamp.json") == newer["timestamp.json"]


def test_forged_files_of_a_peer_change_nothing(setting: Setting, files: Files) -> None:
    """A membership signed by others than the governance keys."""
    install(setting.folder, files)
    forged = founded("KZ", version=2)
    setting.serve({**forged, "2.root.json": forged[FIRST_ROOT]})
    before = setting.names_on_disk()

    with pytest.raises(ExchangeError, match="registry_refused") as caught:
        setting.mirror().refresh(NOW)

    assert caught.value.name == "registry_unreachable"
    assert setting.names_on_disk() == before
    assert codes_of(setting.mirror()) == ["KG", "KZ"]


def test_a_peer_that_is_down_is_said_so(setting: Setting, files: Files) -> None:
    """With the reason for each peer that was asked."""
    install(setting.folder, files)
    setting.peer.answers.clear()
    setting.peer.serve("registry/2.root.json", b"", 500)

    with pytest.raises(ExchangeError, match="KG: peer_answered_error"):
        setting.mirror().refresh(NOW)


def test_an_expired_registry_tells_who_is_who_but_opens_no_channel(setting: Setting, files: Files) -> None:
    """Views go on; nothing new is believed on old keys. Refreshing is still possible."""
    install(setting.folder, files)
    later = setting.mirror(lambda: NOW + timedelta(days=30))
    peer = later.membership().member("KG")

    assert later.validity()["is_expired"] is True
    with pytest.raises(ExchangeError) as caught:
        later.channel(peer)
    assert caught.value.name == "registry_expired"

    setting.serve(files | renew(files, keeper=KEEPER, now=NOW + timedelta(days=29)))
    assert str(later.refresh(NOW)) == "registry fetched: files 2, member KG"
    later.channel(peer).close()


def test_a_channel_reaches_the_peer(setting: Setting, files: Files) -> None:
    """With this node's certificate, pinned to the peer's."""
    install(setting.folder, files)
    setting.peer.serve("hello", b"{}")
    mirror = setting.mirror()
    channel = mirror.channel(mirror.membership().member("KG"))

    assert channel.hello() == b"{}"
    channel.close()


def test_the_keeper_renews_in_time_and_nobody_else_does(setting: Setting, files: Files) -> None:
    """Half the life before the end; a node with a key that the root does not name leaves it alone."""
    setting.keyring.create_keeper_key()
    members = (a_member("KZ"), setting.peer.member("KG"))
    content = membership_document.encode(Membership(FEDERATION, members))
    keeper = setting.keyring.keeper_signer()
    kept = registry_of(content, keeper=keeper)
    install(setting.folder, kept)
    setting.serve(kept)
    mirror = setting.mirror()

    assert mirror.refresh(NOW + timedelta(days=14)).code == "unchanged"
    said = mirror.refresh(NOW + timedelta(days=16))
    assert said.code == "registry_renewed"
    assert mirror.validity()["timestamp_version"] == 2
    assert mirror.validity()["targets_version"] == 1

    other = setting.folder.parent / "other"
    install(other, files)
    stranger = Setting(other, setting.keyring, setting.peer).mirror()
    setting.serve(files)
    assert stranger.refresh(NOW + timedelta(days=16)).code == "unchanged"


def test_a_lone_keeper_needs_no_peer(setting: Setting) -> None:
    """The first node of a federation."""
    setting.keyring.create_keeper_key()
    install(setting.folder, founded("KZ", keeper=setting.keyring.keeper_signer()))

    assert setting.mirror().refresh(NOW) == Said("unchanged")
    assert setting.mirror().refresh(NOW + timedelta(days=20)).code == "registry_renewed"


def test_an_endless_file_of_a_peer_is_cut(setting: Setting, files: Files) -> None:
    """By the client's own bounds, after at most the largest file that is allowed."""
    install(setting.folder, files)
    setting.serve(files)
    setting.peer.serve("registry/timestamp.json", b" " * 10_000_000)

    with pytest.raises(ExchangeError, match="registry_incomplete"):
        setting.mirror().refresh(NOW)


def test_members_without_a_node_are_not_asked(setting: Setting) -> None:
    """A state that only signed the Agreement."""
    observer = replace(
        a_member("AM"), address=None, transport=None, log_key=None, release_keys={}, history=SIGNED
    )
    content = membership_document.encode(Membership(FEDERATION, (a_member("KZ"), observer)))
    install(setting.folder, registry_of(content))

    assert setting.mirror().refresh(NOW) == Said("unchanged")


def test_a_peer_that_knows_our_next_certificate_already_is_asked_under_that_one(tmp_path: Path) -> None:
    """It has the registry that names it, and we cannot have it otherwise; then we take the certificate into use."""
    own, theirs = a_keyring(tmp_path / "keys", "KZ"), a_keyring(tmp_path / "keys", "KG")
    waiting = WaitingKeys(tmp_path / "keys" / "KZ")
    waiting.make_transport(member="KZ", host_names=["127.0.0.1"], years=1, now=NOW)
    certificate = waiting.certificate()
    assert certificate is not None
    with a_loopback_peer(theirs, [certificate]) as peer:
        setting = Setting(tmp_path / "registry", own, peer)
        before = (
            replace(a_member("KZ"), transport=transport_of(own.transport_certificate())),
            peer.member("KG"),
        )
        after = (replace(before[0], transport=transport_of(certificate)), before[1])
        held = registry_of(membership_document.encode(Membership(FEDERATION, before)))
        content = membership_document.encode(Membership(FEDERATION, after))
        install(setting.folder, held)
        setting.serve(held | registries.changed(held, at=NOW, contents={MEMBERS: content}))

        said = setting.mirror().refresh(NOW)

    assert said.facts == {"files": 4, "member": "KG", "new_keys": "transport"}
    assert own.transport_certificate() == certificate
    assert waiting.certificate() is None


def transport_of(certificate: str) -> Transport:
    """Give a certificate as the registry lists it."""
    return Transport(fingerprint_of(certificate), certificate)
