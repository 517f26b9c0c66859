"""Languages of the pages: catalogues, and which one a visitor reads.

Invariants: catalogues are read from the .po files a translator edits, once, at start; the msgid is English.

`make translations` brings the catalogues up to date after a change; a translator then fills what is empty.
A test fails while one of them is out of date or incomplete.
"""

from __future__ import annotations

import io
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources

from babel import Locale
from babel.core import negotiate_locale
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.support import Translations

from schemas.registry import LANGUAGES

DOMAIN = "irac"
OWN_NAMES = {"ru": "Русский", "kk": "Қазақша", "en": "English"}


@dataclass(frozen=True, slots=True)
class Language:
    """One language: its code, its locale for numbers and dates, its messages."""

    code: str
    locale: Locale
    translations: Translations

    @property
    def own_name(self) -> str:
        """The language's name in itself."""
        return OWN_NAMES[self.code]

    def gettext(self, message: str) -> str:
        """Translate a marked message; one without a translation stays as it is."""
        return self.translations.ugettext(message) if message else ""

    def knows(self, message: str) -> bool:
        """Say whether a message is shown in this language (every message is, in English)."""
        return self.code == "en" or self.gettext(message) != message


def N_(message: str) -> str:  # noqa: N802 - the name every gettext tool looks for
    """Mark a message for translation where it stands as a constant; translated where it is shown."""
    return message


def read_languages() -> Mapping[str, Language]:
    """Read every catalogue of the house; English needs none but has one, so that all are treated alike."""
    return {code: Language(code, Locale.parse(code), _catalogue(code)) for code in LANGUAGES}


def preferred(accept_language: str, *, default: str) -> str:
    """Give the language to greet a stranger in, from the Accept-Language header (RFC 9110, 12.5.4)."""
    wanted = [tag for _, tag in sorted(_weighted(accept_language), key=lambda pair: -pair[0])]
    return negotiate_locale(wanted[:10], LANGUAGES, sep="-") or default


def _weighted(header: str) -> list[tuple[float, str]]:
    pairs = []
    for entry in header[:500].split(","):
        tag, _, parameter = entry.strip().partition(";")
        try:
            quality = float(parameter.strip().removeprefix("q=") or 1)
        except ValueError:
            continue
        if tag and quality > 0:
            pairs.append((quality, tag.strip().lower()))
    return pairs


@cache
def _catalogue(code: str) -> Translations:
    path = resources.files("node.web") / "translations" / code / "LC_MESSAGES" / f"{DOMAIN}.po"
    compiled = io.BytesIO()
    with path.open("rb") as source:
        write_mo(compiled, read_po(source, locale=code))
    compiled.seek(0)
    return Translations(compiled, domain=DOMAIN)
