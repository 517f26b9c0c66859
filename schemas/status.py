"""The status of a value: what it is, and why it may not be shown.

Invariants: every status is one pair of SDMX codes (CL_OBS_STATUS 2.2, CL_CONF_STATUS 1.2) and every pair is
one status; zero, missing, impossible and withheld are four different things and never turn into one another.
"""

from __future__ import annotations

from enum import Enum

from schemas.errors import InvalidValue


class ValueStatus(Enum):
    """Internal status; the value is the status's own name."""

    EXACT = "exact"
    PROVISIONAL = "provisional"
    ESTIMATED = "estimated"
    PRIM_SMALL = "prim_small"
    PRIM_DOM1 = "prim_dom1"
    PRIM_DOM2 = "prim_dom2"
    PRIM_OTHER = "prim_other"
    SECONDARY = "secondary"
    SECONDARY_RECV = "secondary_recv"
    INTERNAL = "internal"
    EMBARGO = "embargo"
    MISSING = "missing"
    IMPOSSIBLE = "impossible"
    LOW_REL = "low_rel"
    IMPUTED = "imputed"
    BREAK = "break"

    @property
    def obs_status(self) -> str:
        """The code of CL_OBS_STATUS."""
        return _CODES[self][0]

    @property
    def conf_status(self) -> str:
        """The code of CL_CONF_STATUS."""
        return _CODES[self][1]

    @property
    def is_withheld(self) -> bool:
        """True if the value exists and is suppressed: only its interval is released."""
        return self.obs_status == "Q"

    @property
    def has_value(self) -> bool:
        """True if a point value accompanies the status."""
        return self.obs_status not in {"Q", "L", "M"}

    @classmethod
    def from_codes(cls, obs_status: str, conf_status: str) -> ValueStatus:
        """Return the status that this pair of SDMX codes stands for.

        Raises:
            InvalidValue: the pair is not in use here.
        """
        found = _STATUSES.get((obs_status, conf_status))
        if found is not None:
            return found
        raise InvalidValue(
            "No value status has this pair of codes.",
            detail=f"OBS_STATUS {obs_status!r} with CONF_STATUS {conf_status!r}.",
            hint="Use one of the pairs of the table of value statuses.",
            context={"obs_status": obs_status, "conf_status": conf_status},
        )


_CODES: dict[ValueStatus, tuple[str, str]] = {
    ValueStatus.EXACT: ("A", "F"),
    ValueStatus.PROVISIONAL: ("P", "F"),
    ValueStatus.ESTIMATED: ("E", "F"),
    ValueStatus.PRIM_SMALL: ("Q", "A"),
    ValueStatus.PRIM_DOM1: ("Q", "O"),
    ValueStatus.PRIM_DOM2: ("Q", "T"),
    ValueStatus.PRIM_OTHER: ("Q", "M"),
    ValueStatus.SECONDARY: ("Q", "D"),
    ValueStatus.SECONDARY_RECV: ("Q", "S"),
    ValueStatus.INTERNAL: ("A", "N"),
    ValueStatus.EMBARGO: ("A", "E"),
    ValueStatus.MISSING: ("L", "F"),
    ValueStatus.IMPOSSIBLE: ("M", "F"),
    ValueStatus.LOW_REL: ("U", "F"),
    ValueStatus.IMPUTED: ("I", "F"),
    ValueStatus.BREAK: ("B", "F"),
}
_STATUSES = {codes: status for status, codes in _CODES.items()}
