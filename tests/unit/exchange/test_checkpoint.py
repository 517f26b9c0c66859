"""Checkpoints against published notes, and every way of writing one that is not the one way.

Sources: the example of golang.org/x/mod/sumdb/note (key, private key and note of "PeterNeumann"); the public
checkpoint of sum.golang.org at size 20852163, whose root and signature c2sp.org/tlog-checkpoint shows.
"""

from __future__ import annotations

import base64
from hashlib import sha256

import pytest

from exchange import checkpoint
from exchange.checkpoint import Checkpoint, key_id, open_note
from exchange.errors import Failure, Refused
from exchange.keys import KeySigner, PublicKey
from exchange.limits import DEFAULT, Limits

PETER_KEY = PublicKey(base64.b64decode("ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW")[1:])
PETER_SEED = base64.b64decode("AYEKFALVFGyNhPJEMzD1QIDr+Y7hfZx09iUvxdXHKDFz")[1:]
PETER_TEXT = (
    "If you think cryptography is the answer to your problem,\nthen you don't know what your problem is.\n"
)
PETER_BLOB = "x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM="
PETER_NOTE = f"{PETER_TEXT}\n— PeterNeumann {PETER_BLOB}\n"

GO_KEY = PublicKey(base64.b64decode("Ac4zctda0e5eza+HJyk9SxEdh+s3Ux18htTTAD8OuAn8")[1:])
GO_TEXT = "go.sum database tree\n20852163\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n"
GO_NOTE = (
    f"{GO_TEXT}\n— sum.golang.org "
    "Az3grlgtzPICa5OS8npVmf1Myq/5IZniMp+ZJurmRDeOoRDe4URYN7u5/Zhcyv2q1gGzGku9nTo+zyWE+xeMcTOAYQ8=\n"
)

ORIGIN = "irac/test/KG"
LOG = KeySigner.from_seed(b"l" * 32)
ROOT = bytes(range(32))
ROOT_TEXT = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8="
TEXT = f"{ORIGIN}\n1234\n{ROOT_TEXT}\n"


def signature_line(text: str, *, name: str = ORIGIN, signer: KeySigner = LOG) -> str:
    """Return the line by which `signer` signs `text` as `name`, built from the specification."""
    signature = bytes.fromhex(signer.sign(text.encode()).signature)
    blob = sha256(f"{name}\n\x01".encode() + signer.public_key.raw).digest()[:4] + signature
    return f"— {name} {base64.b64encode(blob).decode()}\n"


def note(text: str = TEXT, *lines: str) -> bytes:
    """Return a note of the text and the lines, by default one of the log."""
    return (text + "\n" + "".join(lines or [signature_line(text)])).encode()


def verified(content: bytes, limits: Limits = DEFAULT) -> Checkpoint:
    """Return what our reader makes of a note."""
    return checkpoint.verify(content, origin=ORIGIN, public_key=LOG.public_key, limits=limits)


def refusal(content: bytes, limits: Limits = DEFAULT) -> str:
    """Return the name under which our reader refuses a note."""
    with pytest.raises(Refused) as caught:
        verified(content, limits)
    assert caught.value.failure is Failure.ALARM
    return caught.value.name


def test_key_ids_are_those_of_the_published_verifier_keys() -> None:
    """PeterNeumann+c74f20a3+... and sum.golang.org+033de0ae+..."""
    assert key_id("PeterNeumann", PETER_KEY).hex() == "c74f20a3"
    assert key_id("sum.golang.org", GO_KEY).hex() == "033de0ae"


@pytest.mark.parametrize(
    ("content", "name", "key", "text"),
    [
        (PETER_NOTE, "PeterNeumann", PETER_KEY, PETER_TEXT),
        (GO_NOTE, "sum.golang.org", GO_KEY, GO_TEXT),
    ],
)
def test_published_notes_open(content: str, name: str, key: PublicKey, text: str) -> None:
    """Two notes signed by other implementations verify, and their text comes out."""
    assert open_note(content.encode(), name=name, public_key=key, limits=DEFAULT) == text


def test_a_published_note_with_one_other_letter_does_not_open() -> None:
    """The signature is over the text."""
    with pytest.raises(Refused) as caught:
        open_note(
            PETER_NOTE.replace("If", "if").encode(),
            name="PeterNeumann",
            public_key=PETER_KEY,
            limits=DEFAULT,
        )

    assert caught.value.name == "checkpoint_bad_signature"


def test_our_signature_is_the_published_one() -> None:
    """Ed25519 is deterministic: the published private key gives the published signature."""
    signer = KeySigner.from_seed(PETER_SEED)

    assert signer.public_key == PETER_KEY
    assert signature_line(PETER_TEXT, name="PeterNeumann", signer=signer) == f"— PeterNeumann {PETER_BLOB}\n"


def test_a_checkpoint_is_three_lines_and_a_signature() -> None:
    """The whole note, written out."""
    signed = checkpoint.sign(Checkpoint(ORIGIN, 1234, ROOT), LOG)

    assert signed == f"{ORIGIN}\n1234\n{ROOT_TEXT}\n\n" + signature_line(TEXT)
    assert verified(signed.encode()) == Checkpoint(ORIGIN, 1234, ROOT)


def test_the_empty_log_has_size_zero() -> None:
    """A new log can say that it is empty."""
    empty = Checkpoint(ORIGIN, 0, sha256(b"").digest())

    assert verified(checkpoint.sign(empty, LOG).encode()) == empty


def test_unknown_signatures_are_ignored() -> None:
    """Other names, other keys under our name and other algorithms may stand beside ours, in any order."""
    witness = KeySigner.from_seed(b"w" * 32)
    lines = [
        signature_line(TEXT, name="witness.example", signer=witness),
        signature_line(TEXT, signer=witness),
        signature_line(TEXT),
        f"— pq.example {base64.b64encode(bytes(2424)).decode()}\n",
    ]

    assert verified(note(TEXT, *lines)).size == 1234


@pytest.mark.parametrize(
    "lines",
    [
        [signature_line(TEXT, signer=KeySigner.from_seed(b"w" * 32))],
        [signature_line(TEXT, name="irac/test/KZ")],
        [signature_line(TEXT, name="irac/test/KG/")],
    ],
)
def test_a_checkpoint_without_the_logs_signature_is_refused(lines: list[str]) -> None:
    """Another key under the name, or the key under another name, is an unknown signature."""
    assert refusal(note(TEXT, *lines)) == "checkpoint_unsigned"


def test_a_wrong_signature_of_the_log_refuses_the_note_though_a_right_one_follows() -> None:
    """A line that claims the known key is verified, always."""
    wrong = signature_line(TEXT.replace("1234", "1235"))

    assert refusal(note(TEXT, wrong)) == "checkpoint_bad_signature"
    assert refusal(note(TEXT, wrong, signature_line(TEXT))) == "checkpoint_bad_signature"
    assert refusal(note(TEXT, signature_line(TEXT), wrong)) == "checkpoint_bad_signature"


def test_a_cosignature_key_id_is_not_the_logs() -> None:
    """The same key used for type 0x04 has another key id, so its signature is an unknown one."""
    blob = sha256(f"{ORIGIN}\n\x04".encode() + LOG.public_key.raw).digest()[:4] + bytes(72)

    assert refusal(note(TEXT, f"— {ORIGIN} {base64.b64encode(blob).decode()}\n")) == "checkpoint_unsigned"


def test_the_checkpoint_of_another_log_is_refused_even_when_signed_by_this_one() -> None:
    """A log may use one key for two origins; each note counts for its own."""
    text = TEXT.replace("KG", "KZ")

    assert refusal(note(text)) == "checkpoint_wrong_origin"


@pytest.mark.parametrize(
    "size",
    [
        "01234",
        "+1234",
        "-1",
        "1_234",
        "1234 ",
        " 1234",
        "",
        "0x10",
        "1e3",
        "٣",
        "00",
        "1.0",
        str(2**63),
        "9" * 40,
    ],
)
def test_a_size_has_one_spelling(size: str) -> None:
    """Signed or not, a size that is not canonical decimal below 2**63 is refused."""
    assert refusal(note(f"{ORIGIN}\n{size}\n{ROOT_TEXT}\n")) == "checkpoint_malformed"


@pytest.mark.parametrize(
    "root",
    [
        ROOT_TEXT[:-1],
        ROOT_TEXT[:-2] + "9=",
        ROOT_TEXT + "=",
        ROOT_TEXT.replace("A", "-", 1),
        base64.b64encode(ROOT[:31]).decode(),
        base64.b64encode(ROOT + b"\x00").decode(),
        " " + ROOT_TEXT,
        "",
    ],
)
def test_a_root_is_canonical_base64_of_32_bytes(root: str) -> None:
    """Missing or extra padding, stray bits, another alphabet or another length are refused."""
    assert refusal(note(f"{ORIGIN}\n1234\n{root}\n")) == "checkpoint_malformed"


@pytest.mark.parametrize(
    "text",
    [
        f"{ORIGIN}\n1234\n",
        f"{TEXT}an extension line\n",
        f"\n{TEXT}",
        f"{TEXT}\n",
        f"{ORIGIN}\n\n1234\n{ROOT_TEXT}\n",
        f"\n1234\n{ROOT_TEXT}\n",
        f"irac test KG\n1234\n{ROOT_TEXT}\n",
        f"irac+test\n1234\n{ROOT_TEXT}\n",
        f"irac\u00a0test\n1234\n{ROOT_TEXT}\n",
    ],
)
def test_a_checkpoint_has_exactly_three_lines(text: str) -> None:
    """No extension lines, no empty lines, no origin that could not be a key name."""
    assert refusal(note(text)) == "checkpoint_malformed"


LINE = signature_line(TEXT)


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\n\n",
        TEXT.encode(),
        (TEXT + LINE).encode(),
        (TEXT + "\n" + LINE.rstrip("\n")).encode(),
        (TEXT + "\n" + LINE + "\n").encode(),
        (TEXT + "\n" + LINE.replace("— ", "- ")).encode(),
        (TEXT + "\n" + LINE.replace("— ", "—  ")).encode(),
        (TEXT + "\n" + LINE.replace("\n", " \n")).encode(),
        (TEXT + "\n" + LINE + "not a signature\n").encode(),
        (TEXT + "\n" + LINE + "— a+b AAAAAAA=\n").encode(),
        (TEXT + "\n" + LINE + "— short AAAAAA==\n").encode(),
        (TEXT + "\n" + LINE + "— stray AAAAAAB=\n").encode(),
        (TEXT + "\n" + LINE + "— uneven AAAAA\n").encode(),
        (TEXT.replace("\n", "\r\n") + "\r\n" + LINE).encode(),
        note(TEXT.replace("1234", "1234\t")),
        note(TEXT).replace(b"irac", b"ir\xffc"),
        note(TEXT).replace(b"irac", b"ir\x00c"),
    ],
)
def test_a_note_that_is_not_exactly_of_the_form_is_refused(content: bytes) -> None:
    """Line ends, separators, dashes, names and base64 of every line are checked, known or not."""
    assert refusal(content) == "checkpoint_malformed"


def test_a_note_is_measured_before_it_is_read() -> None:
    """One byte over the limit is too large, whatever it says."""
    content = note(TEXT)

    assert verified(content, Limits(max_checkpoint_bytes=len(content))).size == 1234
    assert refusal(content, Limits(max_checkpoint_bytes=len(content) - 1)) == "checkpoint_too_large"


def test_the_number_of_signatures_is_limited() -> None:
    """The specification asks for at least 16; ours are max_signatures."""
    others = [signature_line(TEXT, name=f"w{number}") for number in range(16)]

    assert verified(note(TEXT, *others[:15], LINE), Limits(max_signatures=16)).size == 1234
    assert refusal(note(TEXT, *others, LINE), Limits(max_signatures=16)) == "checkpoint_malformed"


@pytest.mark.parametrize(
    ("origin", "size", "root"),
    [
        ("", 1, ROOT),
        ("a b", 1, ROOT),
        ("a+b", 1, ROOT),
        ("a\nb", 1, ROOT),
        ("a\x01", 1, ROOT),
        ("a", -1, ROOT),
        ("a", 2**63, ROOT),
        ("a", 1, ROOT[1:]),
    ],
)
def test_a_checkpoint_that_could_not_be_read_back_cannot_be_made(origin: str, size: int, root: bytes) -> None:
    """Construction validates, so that nothing half-valid is ever signed."""
    with pytest.raises(ValueError, match=r"origin|size|root"):
        Checkpoint(origin, size, root)
