"""Numbers that states give to persons and firms, by their public check rules.

Invariants: a number is one of a state's if its digits, its date and its check digit agree; where the rule is
weak (one check digit over ten free digits) or not public, a word that says what the number is must stand
beside it. Rules of Russia, Belarus, Azerbaijan, Moldova and Ukraine: python-stdnum. Of the others:

- Kazakhstan IIN and BIN: Government Resolution 565 of 11 June 2003; two passes modulo 11.
- Russia SNILS: Pension Fund Board Resolution 192p of 31 July 2006; weights 9 to 1, modulo 101.
- Uzbekistan PINFL: sex and century, DDMMYY, district, serial number, check digit by weights 7-3-1.
- Kyrgyzstan personal number: sex, DDMMYYYY, five digits. Its check digit is not public.
- Armenia public service number: day of birth + 10 or + 50, MMYY, serial number. Check digit not public.
- Tajikistan, Uzbekistan (STIR), Armenia (TIN), Turkmenistan: no public check rule; only beside a word.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from stdnum.az import voen
from stdnum.by import unp
from stdnum.md import idno
from stdnum.ru import inn, ogrn
from stdnum.ua import edrpou, rntrc

Strength = Literal["alone", "whole", "named"]
MAX_DAY = {1: 31, 2: 29, 3: 31, 4: 30, 5: 31, 6: 30, 7: 31, 8: 31, 9: 30, 10: 31, 11: 30, 12: 31}
WEIGHTS_731 = (7, 3, 1)


@dataclass(frozen=True, slots=True)
class Scheme:
    """One kind of number.

    strength: `alone`, found in any grouping; `whole`, found if its digits stand together; both also, and
    `named` only, beside a word that names it.
    """

    id: str
    lengths: frozenset[int]
    holds: Callable[[str], bool]
    strength: Strength


def schemes() -> tuple[Scheme, ...]:
    """Return all numeric schemes; the first that holds names a number that several would accept."""
    return (
        Scheme("kz.iin", frozenset({12}), is_kz_iin, "alone"),
        Scheme("ru.inn", frozenset({12}), inn.is_valid, "alone"),
        Scheme("ru.snils", frozenset({11}), is_ru_snils, "alone"),
        Scheme("uz.pinfl", frozenset({14}), is_uz_pinfl, "alone"),
        Scheme("kg.pin", frozenset({14}), is_kg_pin, "alone"),
        Scheme("md.idnp", frozenset({13}), is_md_number, "whole"),
        Scheme("ru.ogrn", frozenset({13, 15}), is_ru_ogrn, "whole"),
        Scheme("ru.inn", frozenset({10}), is_ru_firm, "whole"),
        Scheme("ua.rnokpp", frozenset({10}), is_ua_person, "whole"),
        Scheme("az.voen", frozenset({10}), voen.is_valid, "whole"),
        Scheme("am.psn", frozenset({10}), is_am_psn, "named"),
        Scheme("by.unp", frozenset({9}), unp.is_valid, "named"),
        Scheme("ua.edrpou", frozenset({8}), edrpou.is_valid, "named"),
    )


def is_kz_iin(digits: str) -> bool:
    """IIN: YYMMDD, century and sex 0-6. BIN: YYMM, kind of firm 4-6, kind of unit 0-3. One check rule."""
    month, day = int(digits[2:4]), int(digits[4:6])
    person = _is_day(day, month) and digits[6] <= "6"
    firm = 1 <= month <= max(MAX_DAY) and "4" <= digits[4] <= "6" and digits[5] <= "3"
    return (person or firm) and _kz_check_digit(digits[:11]) == int(digits[11])


def _kz_check_digit(digits: str) -> int:
    """Weights 1 to 11 modulo 11; if that is 10, weights 3 to 11, 1, 2; if that is 10, there is no such number."""
    for first in (0, 2):
        rest = sum(((place + first) % 11 + 1) * int(digit) for place, digit in enumerate(digits)) % 11
        if rest < 10:  # noqa: PLR2004 a check digit is one digit
            return rest
    return -1


def is_ru_snils(digits: str) -> bool:
    """Nine digits above 001001998 and their sum with weights 9 to 1, modulo 101; 100 is written 00."""
    total = sum((9 - place) * int(digit) for place, digit in enumerate(digits[:9]))
    return int(digits[:9]) > 1001998 and total % 101 % 100 == int(digits[9:])  # noqa: PLR2004 see docstring


def is_ru_firm(digits: str) -> bool:
    """Ten digits by the check rule, of a tax office that is not 00."""
    return digits[:2] != "00" and inn.is_valid(digits)


def is_ru_ogrn(digits: str) -> bool:
    """A register number by its check rule, of a kind and a region that exist."""
    return digits[0] in "1235" and digits[3:5] != "00" and ogrn.is_valid(digits)


def is_uz_pinfl(digits: str) -> bool:
    """Sex and century 3-6 (born since 1900), DDMMYY, seven digits, check digit."""
    return "3" <= digits[0] <= "6" and _is_day(int(digits[1:3]), int(digits[3:5])) and _checks_731(digits)


def is_kg_pin(digits: str) -> bool:
    """Sex 1 or 2, DDMMYYYY between 1900 and 2039, five digits."""
    return (
        digits[0] in "12" and _is_day(int(digits[1:3]), int(digits[3:5])) and "1900" <= digits[5:9] <= "2039"
    )


def is_md_number(digits: str) -> bool:
    """IDNP of a person (2 or 0) or IDNO of a firm (1), the year of issue in three digits, check digit 7-3-1."""
    return digits[0] in "012" and (digits[1:4] >= "990" or digits[1:4] <= "040") and idno.is_valid(digits)


def is_ua_person(digits: str) -> bool:
    """The day of birth as days since 31 December 1899, before 2032; check digit."""
    return 0 < int(digits[:5]) <= 48000 and rntrc.is_valid(digits)  # noqa: PLR2004 about 2031


def is_am_psn(digits: str) -> bool:
    """Day of birth + 10 for men, + 50 for women; month; year; four digits."""
    day = int(digits[:2])
    return _is_day(day - 50 if day > 50 else day - 10, int(digits[2:4]))  # noqa: PLR2004 see docstring


def is_by_person(number: str) -> bool:
    """Sex and century 1-6, DDMMYY, a region's letter, three digits, two letters of citizenship, a digit."""
    return _is_day(int(number[1:3]), int(number[3:5]))


def _checks_731(digits: str) -> bool:
    total = sum(WEIGHTS_731[place % 3] * int(digit) for place, digit in enumerate(digits[:-1]))
    return total % 10 == int(digits[-1])


def _is_day(day: int, month: int) -> bool:
    return 1 <= day <= MAX_DAY.get(month, 0)
