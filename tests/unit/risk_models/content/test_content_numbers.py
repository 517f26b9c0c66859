"""risk_models.disclosure.content: numbers of persons, firms, accounts, cards and wallets.

The numbers are examples that their issuers or python-stdnum publish, or are worked out by hand beside them.
"""

# ruff: noqa: RUF001 letters that look like others belong to the languages tested
from __future__ import annotations

import pytest

from risk_models.disclosure.content import scan_text

PUBLISHED = [
    # IIN 010101 5 0000 c: 1*2 + 1*4 + 1*6 + 5*7 = 47, 47 = 4 * 11 + 3.
    ("010101500003", "kz.iin"),
    # INN 500100732259: the Federal Tax Service's example of the check rule.
    ("500100732259", "ru.inn"),
    # INN of a firm and of a person: documentation of stdnum.ru.inn.
    ("7827004526", "ru.inn"),
    ("123456789047", "ru.inn"),
    # SNILS 112-233-445 95: the Pension Fund's example.
    ("112-233-445 95", "ru.snils"),
    # Documentation of stdnum.ru.ogrn and stdnum.md.idno.
    ("1022200525819", "ru.ogrn"),
    ("1008600038413", "md.idnp"),
    # Ten digits can be numbers of several states: these, of stdnum.ua.rntrc and stdnum.az.voen, are told as
    # the first that holds.
    ("1759013776", "ru.inn"),
    ("1401555071", "ua.rnokpp"),
    # PINFL 3 010185 000 0000 c: 3*7 + 0 + 1*1 + 0 + 1*3 + 8*1 + 5*7 = 68.
    ("30101850000008", "uz.pinfl"),
    # Kyrgyz personal number: sex, DDMMYYYY, five digits.
    ("20101198500001", "kg.pin"),
    ("3010185A001PB1", "by.personal"),
    ("УНП 200988541", "by.unp"),
    ("ЄДРПОУ 32855961", "ua.edrpou"),
    ("FİN 5ABC12D", "az.fin"),
    ("ՀԾՀ 1101850001", "am.psn"),
    ("РМА 123456789", "named"),
]
ACCOUNTS = [
    # The registry of ISO 13616 (SWIFT) gives one example a country.
    ("KZ86125KZT5004100100", "iban"),
    ("KZ86 125K ZT50 0410 0100", "iban"),
    ("AZ21NABZ00000000137010001944", "iban"),
    ("MD24 AG00 0225 1000 1310 4168", "iban"),
    ("GE29NB0000000101904917", "iban"),
    ("de89-3704-0044-0532-0130-00", "iban"),
    # Key of 40817810 k 00000000001 at BIK 044525000: 8 + 0 + 4+7+3+8 ... ends in 0 with k = 4.
    ("40817810400000000001", "settlement"),
    ("расчётный счёт 1234567890123456", "named"),
]
CARDS = ["4111111111111111", "5555-5555-5555-4444", "3782 822463 10005", "2200000000000004"]
WALLETS = [
    ("1NEDqZPvTWRaoho48qXuLLsrYomMXPABfD", "bitcoin"),  # documentation of stdnum.bitcoin
    ("bc1qardv855yjngspvxuttq897aqca3lxju2y69jce", "bitcoin"),
    ("0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed", "ethereum"),  # EIP-55
    ("0x5aaeb6053f3e94c9b9a09f33669435e7ef1beaed", "ethereum"),
]


@pytest.mark.parametrize(("number", "scheme"), PUBLISHED)
def test_a_national_number_is_found_by_its_public_rule(number: str, scheme: str) -> None:
    """Each state's number, alone or beside the word that it needs."""
    (finding,) = scan_text(f"указан {number} в заявке")

    assert (finding.rule, finding.scheme) == ("content.national_number", scheme)


@pytest.mark.parametrize(("number", "scheme"), ACCOUNTS)
def test_an_account_is_found(number: str, scheme: str) -> None:
    """In any grouping and letter case."""
    (finding,) = scan_text(f"перевод на {number} исполнен")

    assert (finding.rule, finding.scheme) == ("content.bank_account", scheme)


@pytest.mark.parametrize("number", CARDS)
def test_a_card_is_found(number: str) -> None:
    """The issuers' own test numbers."""
    assert [finding.rule for finding in scan_text(f"оплата {number} прошла")] == ["content.card"]


@pytest.mark.parametrize(("address", "scheme"), WALLETS)
def test_a_wallet_is_found(address: str, scheme: str) -> None:
    """By checksum, and an Ethereum address in any letter case."""
    (finding,) = scan_text(f"на {address}.")

    assert (finding.rule, finding.scheme) == ("content.wallet", scheme)


@pytest.mark.parametrize(
    "number",
    [
        "010101500004",  # check digit 3 is right
        "011301500003",  # no thirteenth month
        "500100732258",
        "7827004525",
        "112-233-445 96",
        "1008600038412",
        "KZ86125KZT5004100101",
        "4111111111111112",
        "1NEDqZPvTWRaoho48qXuLLsrYomMXPABfX",
        "30101850000007",
        "0000000000",
        "200988541",  # right, but nine digits need a word beside them
    ],
)
def test_a_number_that_breaks_its_rule_is_not_told(number: str) -> None:
    """A wrong check digit, an impossible day, one digit repeated, a weak number without its word."""
    assert scan_text(f"указан {number} в заявке") == ()


@pytest.mark.parametrize(
    "text",
    [
        "оборот 7 827 004 526 тенге",
        "оборот 7827004526 тенге",
        "USD 7827004526",
        "sha256:112233445950000000000000000000000000000000000000000000000abcdef0",
        "7.8 27.0 45.2 6.1 3.3",
        "с 01.01.2021 по 31.12.2023",
    ],
)
def test_amounts_digests_and_days_are_no_numbers_of_somebody(text: str) -> None:
    """What stands beside the digits decides, unless a word says that they are an identifier."""
    assert scan_text(text) == ()


def test_a_word_beside_it_outweighs_a_unit() -> None:
    """An author who writes INN means an INN."""
    (finding,) = scan_text("ИНН 7827004526 тенге")

    assert finding.scheme == "ru.inn"


def test_a_mistyped_number_beside_its_word_is_told() -> None:
    """Its check digit is wrong, and it points at somebody all the same."""
    (finding,) = scan_text("ИИН 010101500004")

    assert (finding.rule, finding.scheme) == ("content.national_number", "named")
