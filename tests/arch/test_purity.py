"""Time, chance, environment and output enter the program at named places; everything else is given them."""

from __future__ import annotations

import builtins
from collections.abc import Iterable

import pytest

from tests.arch.source import Module, called_name, modules

READS_THE_WORLD = (
    "datetime.datetime.now", "datetime.datetime.utcnow", "datetime.datetime.today", "datetime.date.today",
    "time.time", "time.time_ns", "time.monotonic", "time.monotonic_ns", "time.perf_counter", "time.localtime",
    "time.gmtime", "time.sleep",
    "os.environ", "os.environb", "os.getenv", "os.urandom", "os.getrandom",
    "random", "secrets", "uuid.uuid1", "uuid.uuid4", "numpy.random",
)  # fmt: skip
THEIR_HOMES = (
    "node/bootstrap.py",
    "node/__main__.py",
    "node/cli/",
    "node/demo/",
    "node/adapters/clock.py",
    "node/jobs.py",
)
HOMES_WITH_A_REASON = {
    "node/adapters/durable.py:secrets": "the name of a temporary file, never part of a result",
}
CORES = ("schemas", "exchange", "risk_models")


def test_no_module_below_bootstrap_reads_clock_environment_or_chance() -> None:
    """`now`, salts and settings come in as arguments, so every rule can be tested at any moment."""
    assert sorted(set(_reads_of_the_world(modules()))) == []


@pytest.mark.parametrize(
    "planted",
    [
        "from datetime import datetime\nx = datetime.now()\n",
        "import datetime as d\nx = d.datetime.now\n",
        "import time\nx = time.time()\n",
        "from os import environ\n",
        "import os\nx = os.environ['HOME']\n",
        "import secrets\n",
        "from uuid import uuid4\n",
        "import numpy as np\nx = np.random.default_rng()\n",
    ],
)
def test_a_planted_read_of_the_world_is_found(planted: str) -> None:
    """The check sees each way of writing it."""
    assert list(_reads_of_the_world([Module("node/services/planted.py", planted)])) != []


def test_the_libraries_open_no_file() -> None:
    """Bytes come in as arguments; definitions shipped in a package are read through importlib.resources."""
    opened = [
        f"{module.path}:{line}: {name}" for module in modules(*CORES) for line, name in _file_access(module)
    ]

    assert opened == []


@pytest.mark.parametrize(
    "planted", ["open('x')\n", "from pathlib import Path\n", "import os\nos.open('x', 0)\n"]
)
def test_a_planted_file_access_is_found(planted: str) -> None:
    """The check sees the plain ways of reaching a file."""
    assert list(_file_access(Module("exchange/planted.py", planted))) != []


def test_only_the_command_line_and_the_demo_write_to_the_terminal() -> None:
    """A service never prints: what it has to say is a result, an error, an audit event or a log line."""
    printing = [
        f"{module.path}:{call.lineno}"
        for module in modules()
        if not module.path.startswith(("node/cli/", "node/demo/", "node/__main__.py"))
        for call in module.calls()
        if called_name(call) == builtins.print.__name__
    ]

    assert printing == []


def _reads_of_the_world(searched: Iterable[Module]) -> Iterable[str]:
    for module in searched:
        if module.path.startswith(THEIR_HOMES):
            continue
        for line, name in module.dotted_names():
            found = next(
                (read for read in READS_THE_WORLD if name == read or name.startswith(f"{read}.")), None
            )
            if found and f"{module.path}:{found}" not in HOMES_WITH_A_REASON:
                yield f"{module.path}:{line}: {found}"


def _file_access(module: Module) -> Iterable[tuple[int, str]]:
    reach = ("pathlib", "os.open", "os.path", "io.open", "shutil", "tempfile")
    for line, name in module.dotted_names():
        if any(name == one or name.startswith(f"{one}.") for one in reach):
            yield line, name
    for call in module.calls():
        if called_name(call) == builtins.open.__name__ and not getattr(call.func, "attr", None):
            yield call.lineno, "open"
