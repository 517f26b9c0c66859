"""What every test can rely on, wherever and whenever it runs.

* No test reaches another host: the interpreter itself refuses (an audit hook, which nothing can undo).
* No IRAC_ variable of the person's shell is seen by a test, and no test leaves one behind.
* Local time is fourteen hours from UTC and messages have no language, so code that asks for either is found.
* Hypothesis tries the same examples everywhere; HYPOTHESIS_PROFILE=search looks for new ones.
"""

from __future__ import annotations

import ipaddress
import os
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import hypothesis
import pytest
import structlog

from tests import machine
from tests.support.namespaces import NETWORK

PREFIX = "IRAC_"
SHARED_DATA = Path(__file__).resolve().parents[2] / "shared" / "data"

hypothesis.settings.register_profile("ci", derandomize=True, deadline=None)
hypothesis.settings.register_profile("search", deadline=None, max_examples=2_000, print_blob=True)


def pytest_configure() -> None:
    """Set the stage once per process, before any test module is imported."""
    for name in [name for name in os.environ if name.startswith(PREFIX)]:
        del os.environ[name]
    os.environ.update({"TZ": "<+14>-14", "LC_ALL": "C.UTF-8", "LANGUAGE": "C"})
    time.tzset()
    hypothesis.settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "ci"))
    sys.addaudithook(_refuse_other_hosts)
    # as in the product: without it every value in every frame is drawn, which takes half a minute for a whole node
    structlog.configure(processors=[structlog.processors.format_exc_info, structlog.dev.ConsoleRenderer()])


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Leave out tests that need a browser where there is none."""
    wanting = [item for item in items if item.get_closest_marker("browser")]
    if wanting and machine.browser() is None:
        for item in wanting:
            item.add_marker(pytest.mark.skip(reason="no chromium that starts on this machine"))


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Name the steps before pytest that failed, where a reader of the closing lines sees them."""
    failed = os.environ.get("TESTS_FAILED_STEPS")
    if failed:
        terminalreporter.write_line(f"Failed before the tests: {failed}", red=True)


@pytest.fixture(autouse=True)
def _environment_is_left_as_found() -> Iterator[None]:
    yield
    left = sorted(name for name in os.environ if name.startswith(PREFIX))
    for name in left:
        del os.environ[name]
    if left:
        pytest.fail(f"the test left {', '.join(left)} in the environment")


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """Real open data beside the checkout; it is not part of the project, so a test may find none."""
    if not SHARED_DATA.is_dir():
        pytest.skip("the shared data folder is not beside this checkout")
    return SHARED_DATA


@pytest.fixture(scope="session")
def chromium() -> str:
    """Path of a browser that starts."""
    path = machine.browser()
    if path is None:
        pytest.skip("no chromium that starts on this machine")
    return path


def _refuse_other_hosts(event: str, arguments: tuple[Any, ...]) -> None:
    if event in {"socket.connect", "socket.sendto", "socket.sendmsg"}:
        address = arguments[1]
        host = address[0] if isinstance(address, tuple) and isinstance(address[0], str) else "localhost"
    elif event in {"socket.getaddrinfo", "socket.gethostbyname"}:
        host = arguments[0]
        host = host.decode() if isinstance(host, bytes) else host or "localhost"
    else:
        return
    if not _is_this_machine(host):
        # not an OSError: code that expects a peer to be unreachable must not take this for one
        pytest.fail(f"a test reached for {host}; only this machine may be asked ({event})")


def _is_this_machine(host: str) -> bool:
    try:
        address = ipaddress.ip_address(host.partition("%")[0])
    except ValueError:
        return host in {"", "localhost"}
    return address.is_loopback or address.is_unspecified or address in NETWORK
