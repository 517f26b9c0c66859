"""schemas.status against the table of value statuses (methodology 0.2)."""

from __future__ import annotations

import pytest

from schemas.errors import InvalidValue
from schemas.registry import codelist
from schemas.status import ValueStatus

TABLE = {
    "exact": "A/F",
    "provisional": "P/F",
    "estimated": "E/F",
    "prim_small": "Q/A",
    "prim_dom1": "Q/O",
    "prim_dom2": "Q/T",
    "prim_other": "Q/M",
    "secondary": "Q/D",
    "secondary_recv": "Q/S",
    "internal": "A/N",
    "embargo": "A/E",
    "missing": "L/F",
    "impossible": "M/F",
    "low_rel": "U/F",
    "imputed": "I/F",
    "break": "B/F",
}


def test_every_status_has_the_codes_of_the_table_and_no_other_exists() -> None:
    """The fifteen statuses of the methodology, and the member's own estimate, carry exactly these pairs."""
    assert {status.value: f"{status.obs_status}/{status.conf_status}" for status in ValueStatus} == TABLE


@pytest.mark.parametrize("status", list(ValueStatus))
def test_a_pair_of_codes_leads_back_to_its_status(status: ValueStatus) -> None:
    """Pairs are one-to-one, and both codes are in their SDMX lists."""
    assert ValueStatus.from_codes(status.obs_status, status.conf_status) is status
    assert status.obs_status in codelist("CL_OBS_STATUS")
    assert status.conf_status in codelist("CL_CONF_STATUS")


def test_a_pair_outside_the_table_is_refused() -> None:
    """A missing value that is also confidential means nothing here."""
    with pytest.raises(InvalidValue):
        ValueStatus.from_codes("L", "A")


def test_withheld_missing_and_present_are_three_things() -> None:
    """Suppressed statuses hide a value, missing and impossible ones have none, the others show one."""
    withheld = {status.value for status in ValueStatus if status.is_withheld}
    without = {status.value for status in ValueStatus if not status.has_value}

    assert withheld == {"prim_small", "prim_dom1", "prim_dom2", "prim_other", "secondary", "secondary_recv"}
    assert without - withheld == {"missing", "impossible"}
