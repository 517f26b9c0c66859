"""The elements of SDMX-ML and what differs between its versions 2.1 and 3.0.

Invariants: prefixes are the same in every document (mes, str, com); text is escaped by the XML library.
"""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from node.adapters import sdmx_terms as terms
from node.adapters.sdmx_terms import Maintained, Note

_SCHEMAS = "http://www.sdmx.org/resources/sdmxml/schemas/"
# version 3.0 asks of a parent what it does not ask of a code: to begin with a letter (mended in 3.1)
_PARENT_30 = re.compile(r"[A-Za-z][A-Za-z0-9_-]*")


@dataclass(frozen=True, slots=True)
class Dialect:
    """A version of SDMX-ML; `folder` is its part of the namespaces."""

    folder: str
    is_21: bool

    def namespaces(self) -> dict[str, str]:
        """Give the declarations of the root element."""
        return {
            "xmlns:mes": f"{_SCHEMAS}{self.folder}/message",
            "xmlns:str": f"{_SCHEMAS}{self.folder}/structure",
            "xmlns:com": f"{_SCHEMAS}{self.folder}/common",
        }

    def takes_parent(self, code_id: str) -> bool:
        """Say whether a code of this id may be named as a parent within a list."""
        return self.is_21 or _PARENT_30.fullmatch(code_id) is not None


SDMX_21 = Dialect("v2_1", is_21=True)
SDMX_30 = Dialect("v3_0", is_21=False)


def add(parent: ET.Element, tag: str, text: str | None = None, **attributes: str) -> ET.Element:
    """Add an element."""
    element = ET.SubElement(parent, tag, attributes)
    element.text = text
    return element


def maintained(
    section: ET.Element, kind: str, one: Maintained, dialect: Dialect, **attributes: str
) -> ET.Element:
    """Add a maintained thing; it is final: what is released under a version never changes."""
    given = {"id": one.id, "agencyID": one.agency, "version": one.version, "urn": terms.urn(kind, one)}
    if dialect.is_21:
        given["isFinal"] = "true"
    return add(section, f"str:{kind}", **given, **attributes)


def name(element: ET.Element, labels: Mapping[str, str], languages: tuple[str, ...]) -> None:
    """Add the names."""
    for language, text in terms.names(labels, languages):
        add(element, "com:Name", text, **{"xml:lang": language})


def describe(element: ET.Element, texts: Mapping[str, str], languages: tuple[str, ...]) -> None:
    """Add the descriptions."""
    for language, text in terms.names(texts, languages):
        add(element, "com:Description", text, **{"xml:lang": language})


def annotate(element: ET.Element, notes: Iterable[Note]) -> None:
    """Add annotations, if there are any."""
    section = None
    for note in notes:
        if section is None:
            section = add(element, "com:Annotations")
        annotation = add(section, "com:Annotation")
        if note.text:
            add(annotation, "com:AnnotationTitle", note.text)
        add(annotation, "com:AnnotationType", note.kind)
        for language, text in note.texts.items():
            add(annotation, "com:AnnotationText", text, **{"xml:lang": language})


def refer(parent: ET.Element, tag: str, kind: str, one: Maintained, dialect: Dialect) -> ET.Element:
    """Add a reference to a maintained thing."""
    if not dialect.is_21:
        return add(parent, f"str:{tag}", terms.urn(kind, one))
    element = add(parent, f"str:{tag}")
    reference = {"id": one.id, "agencyID": one.agency, "version": one.version}
    add(element, "Ref", **reference, **{"class": kind, "package": terms.package(kind)})
    return element
