"""Entry bundles: paths and bytes as c2sp.org/tlog-tiles writes them, known answers by hand."""

from __future__ import annotations

import pytest

from exchange.errors import Refused
from exchange.tiles import Bundle, bundles_covering, decode_bundle, encode_bundle


@pytest.mark.parametrize(
    ("bundle", "path"),
    [
        (Bundle(0), "tile/entries/000"),
        (Bundle(999), "tile/entries/999"),
        (Bundle(1000), "tile/entries/x001/000"),
        (Bundle(1234067), "tile/entries/x001/x234/067"),
        (Bundle(273, 112), "tile/entries/273.p/112"),
        (Bundle(1234067, 1), "tile/entries/x001/x234/067.p/1"),
    ],
)
def test_paths_are_those_of_the_specification(bundle: Bundle, path: str) -> None:
    """1234067 is the specification's own example; a tree of 70 000 ends in a bundle of 112 at index 273."""
    assert bundle.path == path
    assert Bundle.from_path(path) == bundle


@pytest.mark.parametrize(
    "path",
    [
        "tile/entries/0",
        "tile/entries/0000",
        "tile/entries/x000/001",
        "tile/entries/001/002",
        "tile/entries/x001/x002",
        "tile/entries/x1/002",
        "tile/entries/000.p/0",
        "tile/entries/000.p/256",
        "tile/entries/000.p/01",
        "tile/entries/000.p/999",
        "tile/entries/000.p/",
        "tile/entries/000/",
        "/tile/entries/000",
        "tile/0/000",
        "tile/entries/../000",
        "tile/entries/\u0660\u0660\u0660",
        "tile/entries/000\n",
        "",
    ],
)
def test_a_bundle_has_one_path(path: str) -> None:
    """Leading zero groups, missing or extra digits and everything else is not a bundle."""
    with pytest.raises(Refused) as caught:
        Bundle.from_path(path)

    assert caught.value.name == "entry_bundle_path_malformed"


@pytest.mark.parametrize(("index", "width"), [(-1, 1), (0, 0), (0, 257)])
def test_a_bundle_has_between_1_and_256_entries(index: int, width: int) -> None:
    """Empty bundles do not exist, nor bundles before the first."""
    with pytest.raises(ValueError, match="no bundle"):
        Bundle(index, width)


@pytest.mark.parametrize(
    ("start", "size", "bundles"),
    [
        (0, 0, ()),
        (256, 256, ()),
        (0, 1, (Bundle(0, 1),)),
        (0, 256, (Bundle(0),)),
        (0, 257, (Bundle(0), Bundle(1, 1))),
        (255, 256, (Bundle(0),)),
        (256, 257, (Bundle(1, 1),)),
        (5, 9, (Bundle(0, 9),)),
        (300, 600, (Bundle(1), Bundle(2, 88))),
        (69_999, 70_000, (Bundle(273, 112),)),
    ],
)
def test_the_new_entries_are_covered_by_the_fewest_bundles(
    start: int, size: int, bundles: tuple[Bundle, ...]
) -> None:
    """Full bundles up to the last, which is as wide as the tree."""
    assert bundles_covering(start, size) == bundles


def test_a_bundle_knows_which_entries_it_holds() -> None:
    """Bundle 1 of width 44 holds entries 256 to 299."""
    assert (Bundle(1, 44).start, Bundle(1, 44).end) == (256, 300)


@pytest.mark.parametrize(("start", "size"), [(-1, 3), (4, 3)])
def test_a_log_cannot_be_covered_backwards(start: int, size: int) -> None:
    """A tree that shrank is caught by the caller before entries are asked for."""
    with pytest.raises(ValueError, match="no entries"):
        bundles_covering(start, size)


def test_entries_follow_their_length_as_two_bytes() -> None:
    """Written out by hand: 0x0003 "abc", 0x0003 "xyz"."""
    encoded = b"\x00\x03abc\x00\x03xyz"

    assert encode_bundle([b"abc", b"xyz"]) == encoded
    assert decode_bundle(encoded, width=2, entry_bytes=3) == (b"abc", b"xyz")


def test_the_length_is_big_endian() -> None:
    """258 is 0x0102."""
    assert encode_bundle([b"e" * 258])[:2] == b"\x01\x02"


@pytest.mark.parametrize("entries", [[], [b""] * 257, [b"e" * 65_536]])
def test_what_no_bundle_can_hold_is_not_encoded(entries: list[bytes]) -> None:
    """No entry, too many entries, an entry longer than its length field can say."""
    with pytest.raises(ValueError, match=r"bundle holds|entry is at most"):
        encode_bundle(entries)


@pytest.mark.parametrize(
    "encoded",
    [
        b"",
        b"\x00\x03abc",
        b"\x00\x03abc\x00\x03xy",
        b"\x00\x03abc\x00\x03xyz\x00",
        b"\x00\x03abc\x00\x03xyz\x00\x03uvw",
        b"\x00\x04abcd\x00\x02xy",
        b"\x03\x00abc\x03\x00xyz",
    ],
)
def test_a_bundle_of_other_entries_than_promised_is_refused(encoded: bytes) -> None:
    """Truncated, too long, too many, too few, or of another length: nothing is taken from it."""
    with pytest.raises(Refused) as caught:
        decode_bundle(encoded, width=2, entry_bytes=3)

    assert caught.value.name == "entry_bundle_malformed"
