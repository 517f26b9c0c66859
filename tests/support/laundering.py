"""Made-up traffic in which laundering patterns are planted, for the rules that have to find them.

The traffic is made of salaries, bills, shops that everybody goes to, payments among acquaintances, suppliers of
firms, cash, bets and exchanges; the patterns are drawn over ordinary accounts, in sizes and times of their own that
know nothing of the parameters of any definition. One seed gives one table, on every machine.
"""

from __future__ import annotations

import datetime as dt
import random
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import pyarrow as pa

from schemas.arrow import arrow_schema
from schemas.registry import structure

FIRST_DAY = dt.date(2025, 1, 1)
DOLLAR = 100
ABROAD = ("RU", "UZ", "KG", "AE", "TR")
Row = dict[str, Any]


@dataclass(slots=True)
class Traffic:
    """A table in the making. `planted`: the places of the rows of each instance of each pattern."""

    persons: int
    days: int
    chance: random.Random
    rows: list[Row] = field(default_factory=list)
    planted: dict[str, list[frozenset[int]]] = field(default_factory=dict)
    areas: dict[str, str] = field(default_factory=dict)

    def pay(self, sender: str | None, receiver: str | None, day: int, cents: int, **more: object) -> int:
        """Add one payment; give its place."""
        place = len(self.rows)
        own = receiver if sender is None else sender
        self.rows.append(
            {
                "TRANSACTION_ID": f"T{place:07}",
                "REPORT_ID": f"R{place // 5:07}",
                "REPORTING_ENTITY": f"BANK{place % 7}",
                "TXN_DATE": FIRST_DAY + dt.timedelta(day),
                "REF_AREA": "KZ",
                "SENDER_ID": sender,
                "RECEIVER_ID": receiver,
                "SENDER_AREA": self.areas.get(sender or own or "", "KZ"),
                "RECEIVER_AREA": self.areas.get(receiver or own or "", "KZ"),
                "CHANNEL": "CASH" if sender is None or receiver is None else "BANK_TRANSFER",
                "AMOUNT": max(cents, 1),
                "CURRENCY": "USD",
                **more,
            }
        )
        return place

    def table(self) -> pa.Table:
        """Give the rows as typed rows of TRANSACTION_RECORD."""
        return pa.Table.from_pylist(self.rows, schema=arrow_schema(structure("TRANSACTION_RECORD")))

    def some(self, number: int) -> list[str]:
        """Give different persons."""
        return [f"P{one}" for one in self.chance.sample(range(self.persons), number)]

    def dollars(self, least: int, most: int) -> int:
        """Give an amount in cents that is not round."""
        return self.chance.randint(least * DOLLAR, most * DOLLAR)

    def window(self, length: int) -> int:
        """Give the first day of a window that ends within the table."""
        return self.chance.randint(0, self.days - length - 1)


def ordinary(seed: int, *, persons: int = 2_000, days: int = 150, density: int = 4) -> Traffic:
    """Give traffic in which nothing is planted. density: payments of a person in 30 days, bills and wages aside."""
    made = Traffic(persons, days, random.Random(seed))
    made.areas = {
        f"P{one}": made.chance.choice(ABROAD) for one in range(persons) if made.chance.random() < 0.1
    }
    shops, employers = max(persons // 25, 4), max(persons // 40, 3)
    for one in range(persons):
        _live(made, one, shops, employers, density)
    for firm in range(employers):
        _trade(made, firm, employers, shops)
    return made


def _live(made: Traffic, one: int, shops: int, employers: int, density: int) -> None:
    """A person's wages, bills, shopping, acquaintances, cash, and now and then a bet or an exchange."""
    chance, person = made.chance, f"P{one}"
    wage, pay_day = made.dollars(400, 3_000), chance.randint(0, 29)
    friends = [f"P{(one + chance.randint(1, 60)) % made.persons}" for _ in range(chance.randint(2, 8))]
    for month in range(pay_day, made.days, 30):
        made.pay(f"E{one % employers}", person, month, wage)
        made.pay(person, f"U{one % 3}", min(month + 2, made.days - 1), wage // 12)
        if chance.random() < 0.6:
            made.pay(
                person,
                None,
                min(month + chance.randint(0, 5), made.days - 1),
                wage * chance.randint(2, 9) // 10,
            )
    for _ in range(density * made.days // 30):
        day = chance.randrange(made.days)
        if chance.random() < 0.6:
            shop = min(int(chance.paretovariate(0.9)), shops)
            made.pay(person, f"S{shop}", day, made.dollars(3, 200), CHANNEL="CARD")
        else:
            friend = chance.choice(friends) if chance.random() < 0.7 else chance.choice(made.some(1))
            if friend != person:
                made.pay(person, friend, day, made.dollars(5, 600))
    if chance.random() < 0.05:
        for _ in range(chance.randint(2, 8)):
            day = chance.randrange(made.days)
            made.pay(person, "CASINO", day, made.dollars(20, 400), RECEIVER_KIND="ENT_GAMBLING")
            if chance.random() < 0.3:
                made.pay("CASINO", person, day, made.dollars(20, 600), SENDER_KIND="ENT_GAMBLING")
    if chance.random() < 0.05:
        made.pay(
            "XCHG", person, chance.randrange(made.days), made.dollars(100, 3_000), SENDER_KIND="ENT_VASP"
        )


def _trade(made: Traffic, firm: int, employers: int, shops: int) -> None:
    """A firm's suppliers, goods at about the going price, large payments, and takings of shops."""
    chance, name = made.chance, f"E{firm}"
    suppliers = [f"E{chance.randrange(employers)}" for _ in range(3)]
    for day in range(chance.randint(0, 6), made.days, 7):
        price = made.dollars(5, 500)
        asked = price * chance.randint(80, 125) // 100
        supplier = chance.choice(suppliers)
        if supplier != name:
            goods = {"CHANNEL": "TRADE", "UNIT_PRICE": asked, "REFERENCE_PRICE": price}
            made.pay(name, supplier, day, made.dollars(2_000, 60_000), **goods)
        made.pay(f"S{1 + firm % shops}", name, day, made.dollars(1_000, 30_000))


def laundered(
    seed: int, *, persons: int = 2_000, days: int = 150, density: int = 4, each: int = 12
) -> Traffic:
    """Give ordinary traffic with `each` instances of every pattern of `PATTERNS` in it."""
    return planted(ordinary(seed, persons=persons, days=days, density=density), each)


def planted(made: Traffic, each: int) -> Traffic:
    """Plant `each` instances of every pattern among the persons of some traffic; give it back."""
    for name, plant in PATTERNS.items():
        made.planted[name] = [frozenset(plant(made)) for _ in range(each)]
    return made


def _amounts(made: Traffic, number: int) -> list[int]:
    """Amounts of one pattern: mostly within a factor of two, sometimes of any size."""
    base = made.dollars(100, 4_000)
    spread = (100, 200) if made.chance.random() < 0.7 else (30, 400)
    return [base * made.chance.randint(*spread) // 100 for _ in range(number)]


def fan_in(made: Traffic) -> list[int]:
    """Five to twelve pay one within three to fourteen days."""
    hub, *spokes = made.some(1 + made.chance.randint(5, 12))
    length = made.chance.randint(3, 14)
    start = made.window(length)
    days = [start + made.chance.randrange(length) for _ in spokes]
    return [
        made.pay(*one)
        for one in zip(spokes, [hub] * len(spokes), days, _amounts(made, len(spokes)), strict=True)
    ]


def fan_out(made: Traffic) -> list[int]:
    """One pays five to twelve within three to fourteen days."""
    hub, *spokes = made.some(1 + made.chance.randint(5, 12))
    length = made.chance.randint(3, 14)
    start = made.window(length)
    days = [start + made.chance.randrange(length) for _ in spokes]
    return [
        made.pay(*one)
        for one in zip([hub] * len(spokes), spokes, days, _amounts(made, len(spokes)), strict=True)
    ]


def structuring(made: Traffic) -> list[int]:
    """Four to nine deposits or transfers a little below 10,000 dollars within two to eight days."""
    person, other = made.some(2)
    number, length = made.chance.randint(4, 9), made.chance.randint(2, 8)
    start, in_cash = made.window(length), made.chance.random() < 0.5
    return [
        made.pay(None if in_cash else person, person if in_cash else other,
                 start + made.chance.randrange(length), made.dollars(5_500, 9_990))
        for _ in range(number)
    ]  # fmt: skip


def pass_through(made: Traffic) -> list[int]:
    """Three to six receipts, each sent on within two days less a commission of up to a tenth."""
    account, *others = made.some(7)
    day, places = made.window(50), []
    for _ in range(made.chance.randint(3, 6)):
        cents = made.dollars(500, 8_000)
        places.append(made.pay(made.chance.choice(others[:3]), account, day, cents))
        onward = cents * made.chance.randint(90, 100) // 100
        places.append(
            made.pay(account, made.chance.choice(others[3:]), day + made.chance.randint(0, 2), onward)
        )
        day += made.chance.randint(1, 8)
    return places


def scatter_gather(made: Traffic) -> list[int]:
    """One pays three to eight, who each pay one other within ten days less up to 15 percent."""
    source, target, *middles = made.some(2 + made.chance.randint(3, 8))
    start, places = made.window(21), []
    for middle, cents in zip(middles, _amounts(made, len(middles)), strict=True):
        day = start + made.chance.randrange(10)
        places.append(made.pay(source, middle, day, cents))
        onward = cents * made.chance.randint(85, 100) // 100
        places.append(made.pay(middle, target, day + made.chance.randint(0, 10), onward))
    return places


def gather_scatter(made: Traffic) -> list[int]:
    """Four to eight pay one within a week, who pays four to eight others in the next less up to a tenth."""
    payers, payees = made.chance.randint(4, 8), made.chance.randint(4, 8)
    hub, *others = made.some(1 + payers + payees)
    start = made.window(15)
    amounts = _amounts(made, payers)
    places = [
        made.pay(one, hub, start + made.chance.randrange(7), cents)
        for one, cents in zip(others[:payers], amounts, strict=True)
    ]
    share = sum(amounts) * made.chance.randint(90, 100) // 100 // payees
    return places + [
        made.pay(hub, one, start + 7 + made.chance.randrange(7), share) for one in others[payers:]
    ]


def cycle(made: Traffic) -> list[int]:
    """Three to six accounts in a ring within fifty days; in order with a fee, or in no order with like amounts."""
    ring = made.some(made.chance.randint(3, 6))
    days = [made.chance.randrange(50) for _ in ring]
    start, cents, fee = made.window(50), made.dollars(300, 9_000), 0
    if made.chance.random() < 0.7:
        days, fee = sorted(days), made.chance.randint(0, 10)
    places = []
    for place, account in enumerate(ring):
        places.append(made.pay(account, ring[(place + 1) % len(ring)], start + days[place], cents))
        cents = cents * (100 - fee) // 100
    return places


def bipartite(made: Traffic) -> list[int]:
    """Three to five accounts each pay the same three to five within five to fourteen days."""
    left, right = made.chance.randint(3, 5), made.chance.randint(3, 5)
    others = made.some(left + right)
    length = made.chance.randint(5, 14)
    start = made.window(length)
    return [
        made.pay(one, other, start + made.chance.randrange(length), made.dollars(100, 3_000))
        for one in others[:left]
        for other in others[left:]
    ]


def stack(made: Traffic) -> list[int]:
    """Two to four accounts pay the same two to four within a week, and these pay two to four others in the next."""
    sizes = [made.chance.randint(2, 4) for _ in range(3)]
    others = made.some(sum(sizes))
    upper, middle, lower = (
        others[: sizes[0]],
        others[sizes[0] : sizes[0] + sizes[1]],
        others[sizes[0] + sizes[1] :],
    )
    start = made.window(15)
    layers = [(one, other, 0) for one in upper for other in middle]
    layers += [(one, other, 7) for one in middle for other in lower]
    return [
        made.pay(one, other, start + after + made.chance.randrange(7), made.dollars(200, 3_000))
        for one, other, after in layers
    ]


def mule(made: Traffic) -> list[int]:
    """Four to eight strangers pay one within three weeks, who takes the money out within two days, mostly in cash."""
    account, target, *payers = made.some(2 + made.chance.randint(4, 8))
    start, places = made.window(25), []
    for payer in payers:
        day, cents = start + made.chance.randrange(21), made.dollars(150, 2_500)
        places.append(made.pay(payer, account, day, cents))
        out = None if made.chance.random() < 0.7 else target
        onward = cents * made.chance.randint(88, 100) // 100
        places.append(made.pay(account, out, day + made.chance.randint(0, 2), onward))
    return places


def cash_out(made: Traffic) -> list[int]:
    """A firm is paid 12,000 to 80,000 dollars in one to four transfers, and draws it in cash within three days."""
    firm, places = f"C{len(made.rows)}", []
    day = made.window(30)
    for payer in made.some(made.chance.randint(1, 4)):
        cents = made.dollars(12_000, 20_000)
        places.append(made.pay(payer, firm, day, cents))
        for _ in range(3):
            part = cents * made.chance.randint(29, 33) // 100
            places.append(made.pay(firm, None, day + made.chance.randint(0, 3), part))
        day += made.chance.randint(2, 8)
    return places


def new_company(made: Traffic) -> list[int]:
    """A company of up to half a year is paid by three to six firms, and pays all but a little on within five days."""
    company, places = f"N{len(made.rows)}", []
    day = made.window(60)
    registered = {"RECEIVER_REGISTERED": FIRST_DAY + dt.timedelta(day - made.chance.randint(1, 180))}
    for payer in made.some(made.chance.randint(3, 6)):
        cents = made.dollars(20_000, 90_000)
        places.append(made.pay(payer, company, day, cents, **registered))
        onward = cents * made.chance.randint(88, 99) // 100
        places.append(made.pay(company, made.some(1)[0], day + made.chance.randint(0, 5), onward))
        day += made.chance.randint(1, 9)
    return places


def off_ramp(made: Traffic) -> list[int]:
    """Two to five sales of virtual assets, each of which leaves the account within three days."""
    (account,), places = made.some(1), []
    day = made.window(40)
    for _ in range(made.chance.randint(2, 5)):
        cents = made.dollars(1_600, 9_000)
        places.append(made.pay("XCHG", account, day, cents, SENDER_KIND="ENT_VASP"))
        out = None if made.chance.random() < 0.5 else made.some(1)[0]
        onward = cents * made.chance.randint(88, 100) // 100
        places.append(
            made.pay(account, out if out != account else None, day + made.chance.randint(0, 3), onward)
        )
        day += made.chance.randint(2, 8)
    return places


def gambling(made: Traffic) -> list[int]:
    """Six to thirty thousand dollars go to a casino within ten days, and 85 to 100 percent comes back."""
    (account,) = made.some(1)
    start, stakes = made.window(20), [made.dollars(2_000, 8_000) for _ in range(made.chance.randint(3, 5))]
    places = [
        made.pay(account, "CASINO", start + made.chance.randrange(10), cents, RECEIVER_KIND="ENT_GAMBLING")
        for cents in stakes
    ]
    back = sum(stakes) * made.chance.randint(85, 100) // 100
    return [
        *places,
        made.pay("CASINO", account, start + 10 + made.chance.randrange(8), back, SENDER_KIND="ENT_GAMBLING"),
    ]


def mispriced(made: Traffic) -> list[int]:
    """A trade payment at twice to six times the reference price, or at a tenth to two fifths of it."""
    payer, payee = made.some(2)
    price = made.dollars(5, 500)
    asked = (
        price
        * (made.chance.randint(200, 600) if made.chance.random() < 0.5 else made.chance.randint(10, 40))
        // 100
    )
    goods = {"CHANNEL": "TRADE", "UNIT_PRICE": asked, "REFERENCE_PRICE": price}
    return [made.pay(payer, payee, made.window(1), made.dollars(12_000, 90_000), **goods)]


PATTERNS: dict[str, Callable[[Traffic], list[int]]] = {
    "FAN_IN": fan_in,
    "FAN_OUT": fan_out,
    "STRUCTURING": structuring,
    "PASS_THROUGH": pass_through,
    "SCATTER_GATHER": scatter_gather,
    "GATHER_SCATTER": gather_scatter,
    "CYCLE": cycle,
    "BIPARTITE": bipartite,
    "STACK": stack,
    "MULE_ACCOUNT": mule,
    "CASH_OUT": cash_out,
    "NEW_COMPANY": new_company,
    "VA_OFF_RAMP": off_ramp,
    "GAMBLING": gambling,
    "TRADE_PRICE": mispriced,
}


@dataclass(frozen=True, slots=True)
class Score:
    """How well a definition did.

    recall: percent of the planted instances of its pattern of which it has half of the payments or more.
    precision: percent of its detections of which half of the payments or more were planted, in any pattern.
    """

    recall: int
    precision: int
    detections: int


def scores(made: Traffic, detections: pa.Table) -> dict[str, Score]:
    """Score every pattern by the detections of the definition of its name."""
    found: dict[str, dict[int, set[int]]] = {name: {} for name in PATTERNS}
    for row in detections.to_pylist():
        if row["DEFINITION"] in found:
            places = found[row["DEFINITION"]].setdefault(row["DETECTION"], set())
            places.add(int(row["TRANSACTION_ID"][1:]))
    any_planted = {place for instances in made.planted.values() for one in instances for place in one}
    return {name: _score(made.planted[name], list(found[name].values()), any_planted) for name in PATTERNS}


def _score(instances: list[frozenset[int]], detections: list[set[int]], planted: set[int]) -> Score:
    together: set[int] = set().union(*detections)
    recalled = sum(2 * len(instance & together) >= len(instance) for instance in instances)
    right = sum(2 * len(one & planted) >= len(one) for one in detections)
    return Score(
        100 * recalled // len(instances),
        100 * right // len(detections) if detections else 100,
        len(detections),
    )
