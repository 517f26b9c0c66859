"""Made-up identifiers with right check digits, computed from the public rules and not by the code under test.

Every function takes the free digits and appends what the rule demands; None where no such number exists.
"""

from __future__ import annotations


def weighted(digits: str, weights: tuple[int, ...]) -> int:
    """The sum of digits times weights, the weights repeated as often as needed."""
    return sum(int(digit) * weights[place % len(weights)] for place, digit in enumerate(digits))


def kz_iin(first_eleven: str) -> str | None:
    """Kazakhstan: weights 1..11 modulo 11; at 10 once more with 3..11, 1, 2; at 10 again there is none."""
    check = weighted(first_eleven, (1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11)) % 11
    if check == 10:
        check = weighted(first_eleven, (3, 4, 5, 6, 7, 8, 9, 10, 11, 1, 2)) % 11
    return None if check == 10 else f"{first_eleven}{check}"


def ru_inn_person(first_ten: str) -> str:
    """Russia, a person: two check digits modulo 11 and 10."""
    eleventh = weighted(first_ten, (7, 2, 4, 10, 3, 5, 9, 4, 6, 8)) % 11 % 10
    eleven = f"{first_ten}{eleventh}"
    return f"{eleven}{weighted(eleven, (3, 7, 2, 4, 10, 3, 5, 9, 4, 6, 8)) % 11 % 10}"


def ru_inn_firm(first_nine: str) -> str:
    """Russia, a firm: one check digit modulo 11 and 10."""
    return f"{first_nine}{weighted(first_nine, (2, 4, 10, 3, 5, 9, 4, 6, 8)) % 11 % 10}"


def ru_snils(first_nine: str) -> str:
    """Russia, the pension account: weights 9 to 1, modulo 101, 100 written 00."""
    return f"{first_nine}{weighted(first_nine, (9, 8, 7, 6, 5, 4, 3, 2, 1)) % 101 % 100:02d}"


def ru_account(bik: str, first_eight: str, last_eleven: str) -> str:
    """A Russian settlement account: its ninth digit makes the sum with weights 7, 1, 3 end in 0."""
    for key in range(10):
        account = f"{first_eight}{key}{last_eleven}"
        if weighted(f"{bik[6:]}{account}", (7, 1, 3)) % 10 == 0:
            return account
    raise AssertionError("one of ten keys always fits")


def with_731(digits: str) -> str:
    """Uzbekistan's PINFL and Moldova's IDNP: one check digit by weights 7, 3, 1."""
    return f"{digits}{weighted(digits, (7, 3, 1)) % 10}"


def ua_rnokpp(first_nine: str) -> str:
    """Ukraine: weights -1, 5, 7, 9, 4, 6, 10, 5, 7, modulo 11 and 10."""
    return f"{first_nine}{weighted(first_nine, (-1, 5, 7, 9, 4, 6, 10, 5, 7)) % 11 % 10}"


def card(digits: str) -> str:
    """A payment card: the Luhn digit."""
    doubled = [int(digit) * (2 - place % 2) for place, digit in enumerate(reversed(digits))]
    total = sum(value - 9 if value > 9 else value for value in doubled)
    return f"{digits}{-total % 10}"


def iban(area: str, bban: str) -> str:
    """An account by ISO 13616: 98 less the remainder by 97 of the rearranged digits."""
    rearranged = "".join(str(int(character, 36)) for character in f"{bban}{area}00")
    return f"{area}{98 - int(rearranged) % 97:02d}{bban}"
