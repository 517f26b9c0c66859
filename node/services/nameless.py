"""Words of people that others will read: they name no person, account or document, or they are not taken."""

from __future__ import annotations

from node.errors import Invalid
from risk_models.disclosure.content import scan_text


def require_nameless(*texts: str) -> None:
    """Raise Invalid, saying which patterns were found, where one of the texts may name somebody (the content gate)."""
    found = {one.scheme for text in texts for one in scan_text(text)}
    if found:
        raise Invalid(
            "This text may name somebody",
            detail=", ".join(sorted(found)),
            hint="Others read it. Say it in words that name no person, account or document.",
        )
