"""Templates to answers.

Invariants: every value is escaped unless a template says otherwise, and none does; a missing value in a
template is an error, not an empty place; pages are kept by no cache, static files by every cache.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import partial
from importlib import resources
from urllib.parse import urlencode

from jinja2 import Environment, PackageLoader, StrictUndefined
from starlette.responses import HTMLResponse, Response

from node.services.results import level_of
from node.web.charts import interval_bar, lines, part_bar, span, watched, waterfall
from node.web.formats import Formats
from node.web.labels import Labels
from node.web.language import Language, read_languages
from node.web.methods import method, page_of, steps_of
from node.web.static_files import BUILT, read_manifest
from node.web.visit import Visit
from node.web.words import word
from schemas.digest import sha256_hex

STATIC = "/static"
DRAWN: Mapping[str, object] = {
    "bar": interval_bar,
    "lines": lines,
    "part_bar": part_bar,
    "span": span,
    "watched": watched,
    "waterfall": waterfall,
}


class Renderer:
    """One environment a language, made once; the member's code stands on every page."""

    def __init__(self, member: str) -> None:
        self.languages: Mapping[str, Language] = read_languages()
        self._member = member
        self._version = _static_version()
        self._environments = {code: self._environment(language) for code, language in self.languages.items()}

    def page(self, visit: Visit, template: str, *, status: int = 200, **values: object) -> Response:
        """Render a page for a visit."""
        environment = self._environments[visit.language.code]
        body = environment.get_template(template).render(visit=visit, now=visit.now, **values)
        return HTMLResponse(body, status, {"Cache-Control": "no-store"})

    @staticmethod
    def address(path: str, /, **parameters: str) -> str:
        """Give an address with those parameters that are not empty."""
        query = urlencode({name: value for name, value in parameters.items() if value != ""})
        return f"{path}?{query}" if query else path

    def _environment(self, language: Language) -> Environment:
        environment = Environment(
            loader=PackageLoader("node.web"),
            autoescape=True,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
            extensions=["jinja2.ext.i18n"],
        )
        environment.policies["ext.i18n.trimmed"] = True
        environment.install_gettext_translations(language.translations, newstyle=True)  # type: ignore[attr-defined]
        labels, formats = Labels(language), Formats(language.locale)
        environment.globals |= DRAWN
        environment.globals |= {
            "address": self.address,
            "f": formats,
            "labels": labels,
            "language": language,
            "languages": list(self.languages.values()),
            "level_of": level_of,
            "member": self._member,
            "method": method,
            "page_of": page_of,
            "script": partial(_script_address, read_manifest()),
            "steps_of": steps_of,
            "static": partial(_static_address, self._version),
            "word": word,
        }
        environment.filters |= {
            "area": labels.area,
            "dataflow_name": labels.dataflow,
            "plain": plain,
            "role": partial(labels.word, "role"),
            "short": short_digest,
        }
        return environment


def short_digest(digest: str) -> str:
    """Give the first digits of a digest, enough to compare by eye."""
    return digest.removeprefix("sha256:")[:12]


def plain(document: Mapping[str, object]) -> str:
    """Give a document of a manifest as indented text, for those who check by eye."""
    return json.dumps(document, ensure_ascii=False, indent=1, sort_keys=True, default=dict)


def _static_address(version: str, name: str) -> str:
    return f"{STATIC}/{name}?v={version}"


def _script_address(manifest: Mapping[str, str], entry: str) -> str:
    """Give the address of a bundled module, which is named by its content; "" where nothing was bundled."""
    return f"{STATIC}/{BUILT}/{manifest[entry]}" if entry in manifest else ""


def _static_version() -> str:
    folder = resources.files("node.web") / "static"
    files = sorted(folder.iterdir(), key=lambda entry: entry.name)
    return short_digest(sha256_hex(b"".join(entry.read_bytes() for entry in files if entry.is_file())))
