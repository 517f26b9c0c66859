"""A Spark Connect server of the pip package, as a process on the loopback, as small and as quick to start as it goes.

Invariants: it listens on 127.0.0.1 only, writes into the folder it is given only, and is gone when its block ends,
whatever happened inside. Needs Java 17.
"""

from __future__ import annotations

import importlib.util
import os
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

READY_S = 180
_SERVER = "org.apache.spark.sql.connect.service.SparkConnectServer"
_LOOPBACK = "127.0.0.1"
# A few hundred records: compiling code for them takes longer than interpreting, and a second thread as well.
_SETTINGS = {
    "spark.connect.grpc.binding.address": _LOOPBACK,
    "spark.driver.bindAddress": _LOOPBACK,
    "spark.driver.host": _LOOPBACK,
    "spark.ui.enabled": "false",
    "spark.default.parallelism": "1",
    "spark.sql.shuffle.partitions": "1",
    "spark.sql.adaptive.enabled": "false",
    "spark.sql.codegen.wholeStage": "false",
    "spark.sql.codegen.factoryMode": "NO_CODEGEN",
    "spark.driver.extraJavaOptions": "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC",
}


def missing() -> str | None:
    """Say what the server lacks here, or None."""
    if shutil.which("java") is None:
        return "no Java here, which Spark's test server needs (version 17)"
    if importlib.util.find_spec("pyspark") is None:
        return "the package pyspark is not installed"
    return None


@contextmanager
def spark_server(folder: Path) -> Iterator[str]:
    """Start a server with its files in `folder`, wait until it listens, give its address, and stop it."""
    port = _free_port()
    with (folder / "server.log").open("wb") as log:
        process = subprocess.Popen(
            _command(folder, port),
            env=_environment(),
            cwd=folder,
            stdout=log,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
        try:
            _wait(process, port, folder / "server.log")
            yield f"sc://{_LOOPBACK}:{port}"
        finally:
            _stop(process)


def _command(folder: Path, port: int) -> list[str]:
    settings = _SETTINGS | {
        "spark.connect.grpc.binding.port": str(port),
        "spark.local.dir": str(folder),
        "spark.sql.warehouse.dir": str(folder / "warehouse"),
    }
    configured = [part for name, value in settings.items() for part in ("--conf", f"{name}={value}")]
    memory = ["--master", "local[1]", "--driver-memory", "700m"]
    return [str(_home() / "bin" / "spark-submit"), "--class", _SERVER, *memory, *configured, "connect"]


def _home() -> Path:
    found = importlib.util.find_spec("pyspark")
    assert found is not None
    assert found.origin is not None
    return Path(found.origin).parent


def _environment() -> dict[str, str]:
    return os.environ | {"SPARK_HOME": str(_home()), "SPARK_LOCAL_IP": _LOOPBACK, "SPARK_NO_DAEMONIZE": "1"}


def _free_port() -> int:
    with socket.socket() as found:
        found.bind((_LOOPBACK, 0))
        return int(found.getsockname()[1])


def _wait(process: subprocess.Popen[bytes], port: int, log: Path) -> None:
    until = time.monotonic() + READY_S
    while time.monotonic() < until:
        assert process.poll() is None, log.read_text(errors="replace")[-2000:]
        try:
            socket.create_connection((_LOOPBACK, port), 1).close()
        except OSError:
            time.sleep(0.2)
        else:
            return
    raise AssertionError(f"Spark's server did not listen within {READY_S} s: {log}")


def _stop(process: subprocess.Popen[bytes]) -> None:
    # the script starts Java in its own place or as a child: the whole group goes
    os.killpg(process.pid, signal.SIGTERM)
    try:
        process.wait(20)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait(20)
