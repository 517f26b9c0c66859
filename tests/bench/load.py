"""Requests sent on schedule, whatever the server makes of the ones before: an open loop, from a process of its own.

Invariants: a latency counts from the moment its request was due, so a server that falls behind cannot hide it; when
too many wait at once nothing more is sent, and every request that was not sent counts as unanswered.
"""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass

import httpx

WAITING_AT_MOST = 200
PATIENCE_S = 60.0
OK = 200


@dataclass(frozen=True, slots=True)
class Asked:
    """One request: which of the addresses, what was answered (0: nothing), and seconds since it was due."""

    place: int
    status: int
    latency_s: float


@dataclass(frozen=True, slots=True)
class Plan:
    """Addresses in the order they are asked for, so many a second, with one session's cookie."""

    base: str
    cookie: str
    rate: float
    paths: Sequence[str]


def send(plan: Plan) -> list[Asked]:
    """Send a plan from another process; gives every request in order."""
    line = [sys.executable, "-m", "tests.bench.load"]
    done = subprocess.run(line, check=True, input=json.dumps(asdict(plan)), stdout=subprocess.PIPE, text=True)
    return [Asked(*one) for one in json.loads(done.stdout)]


def percentile(values: Sequence[float], share: float) -> float:
    """Give the smallest value that at least this share of the values does not exceed (nearest rank)."""
    ordered = sorted(values)
    return ordered[max(0, -(-len(ordered) * round(share * 1000) // 1000) - 1)]


async def _sent(plan: Plan) -> list[Asked]:
    limits = httpx.Limits(max_connections=WAITING_AT_MOST)
    timeout = httpx.Timeout(PATIENCE_S)
    headers = {"Cookie": plan.cookie}
    async with httpx.AsyncClient(
        base_url=plan.base, headers=headers, limits=limits, timeout=timeout
    ) as client:
        tasks: list[asyncio.Task[Asked] | Asked] = []
        waiting: set[asyncio.Task[Asked]] = set()
        begin = time.perf_counter() + 0.5
        for place, path in enumerate(plan.paths):
            due = begin + place / plan.rate
            await asyncio.sleep(max(0.0, due - time.perf_counter()))
            if len(waiting) >= WAITING_AT_MOST:
                tasks.append(Asked(place, 0, PATIENCE_S))
                continue
            task = asyncio.create_task(_one(client, place, path, due))
            waiting.add(task)
            task.add_done_callback(waiting.discard)
            tasks.append(task)
        return [await one if isinstance(one, asyncio.Task) else one for one in tasks]


async def _one(client: httpx.AsyncClient, place: int, path: str, due: float) -> Asked:
    try:
        answer = await client.get(path)
        status = answer.status_code
    except httpx.HTTPError:
        status = 0
    return Asked(place, status, time.perf_counter() - due)


def _main() -> None:
    document = json.loads(sys.stdin.read())
    found = asyncio.run(_sent(Plan(**document)))
    json.dump([[one.place, one.status, one.latency_s] for one in found], sys.stdout)


if __name__ == "__main__":
    _main()
