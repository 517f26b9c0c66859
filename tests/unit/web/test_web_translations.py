"""Every text of the pages and of what they refuse is there in every language of the house."""

from __future__ import annotations

import re
import string
from functools import cache
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.frontend import parse_mapping_cfg
from babel.messages.pofile import read_po

ROOT = Path(__file__).parents[3]
FOLDER = ROOT / "node" / "web" / "translations"
PERCENT = re.compile(r"%\((\w+)\)s")
Message = str | tuple[str, ...]


@cache
def extracted() -> frozenset[Message]:
    """Give every marked message of templates and code."""
    with (FOLDER / "babel.cfg").open(encoding="utf-8") as file:
        methods, options = parse_mapping_cfg(file)
    keywords = {"_": None, "N_": None, "gettext": None, "ngettext": (1, 2)}
    found = (
        extract_from_dir(
            ROOT / folder,
            [(pattern.removeprefix(folder), method) for pattern, method in methods if folder in pattern],
            {pattern.removeprefix(folder): given for pattern, given in options.items()},
            keywords,
        )
        for folder in ("node/", "risk_models/")
    )
    return frozenset(message for messages in found for _, _, message, _, _ in messages)


def catalogue(language: str) -> Catalog:
    """Read a catalogue as it stands."""
    with (FOLDER / language / "LC_MESSAGES" / "irac.po").open("rb") as file:
        return read_po(file, locale=language)


def placeholders(text: str) -> set[str]:
    """Give the names a text leaves open, in either notation."""
    braces = {name for _, name, _, _ in string.Formatter().parse(text) if name} if "{" in text else set()
    return set(PERCENT.findall(text)) | braces


def test_texts_are_found_in_templates_code_and_refusals() -> None:
    """The extraction sees all of them; a broken mapping would find nothing and fail nothing."""
    messages = extracted()

    assert "Corridor matrix" in messages  # a template
    assert "releasing officer" in messages  # marked in code
    assert "The workbook holds macros" in messages  # the title of a refusal
    assert (
        "A corridor's share of all flows that its reporter sends (or receives) in one direction." in messages
    )
    assert "No flow: no figure." in messages  # a sentence of a docstring's part
    assert "naming persons or firms" in messages  # a model card
    assert ("%(num)s officer's key", "%(num)s officers' keys") in messages


@pytest.mark.parametrize("language", ["ru", "kk", "en"])
def test_every_text_is_translated(language: str) -> None:
    """A person never meets a half-translated page."""
    known = catalogue(language)
    untranslated = sorted(str(one) for one in extracted() if not is_translated(known, one))

    assert untranslated == []


def is_translated(known: Catalog, message: Message) -> bool:
    """Say whether a catalogue has every form of a message."""
    entry = known.get(message if isinstance(message, str) else message[0])
    if entry is None:
        return False
    forms = entry.string if isinstance(entry.string, tuple) else (entry.string,)
    expected = known.num_plurals if isinstance(message, tuple) else 1
    return len(forms) == expected and all(form.strip() for form in forms)


@pytest.mark.parametrize("language", ["ru", "kk", "en"])
def test_no_translation_is_a_guess(language: str) -> None:
    """Nothing is marked fuzzy, and no text is kept that no page shows."""
    known = [entry for entry in catalogue(language) if entry.id]

    assert [entry.id for entry in known if entry.fuzzy] == []
    assert [entry.id for entry in known if entry.id not in extracted()] == []


@pytest.mark.parametrize("language", ["ru", "kk"])
def test_a_translation_leaves_the_same_places_open(language: str) -> None:
    """A placeholder that is lost or misspelt would lose a number, or break the page."""
    differing = []
    for entry in catalogue(language):
        if not entry.id:
            continue
        originals = entry.id if isinstance(entry.id, tuple) else (entry.id,)
        forms = entry.string if isinstance(entry.string, tuple) else (entry.string,)
        expected = placeholders(originals[-1])
        differing += [entry.id for form in forms if placeholders(form) != expected]

    assert differing == []


@pytest.mark.parametrize("language", ["ru", "kk"])
def test_a_translation_is_in_cyrillic_letters(language: str) -> None:
    """A text that was copied and forgotten stands out by having none."""
    cyrillic = re.compile("[\u0400-\u04ff]")
    copied = [
        entry.id
        for entry in catalogue(language)
        if entry.id and not all(cyrillic.search(form) for form in _forms(entry.string))
    ]

    assert copied == []


def _forms(text: str | tuple[str, ...]) -> tuple[str, ...]:
    return text if isinstance(text, tuple) else (text,)
