"""The two processes of a node, each alone on its data folder: web (people and peers) and scheduler."""

from __future__ import annotations

import os
import signal
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

import structlog

from node.adapters.lock import InstanceLock
from node.adapters.staging_records import clear_abandoned_records
from node.api.app import build_api
from node.api.exchange import build_exchange
from node.api.servers import serve
from node.api.tls import build_tls_context
from node.api.uploads import clear_abandoned
from node.bootstrap import Node, open_node, web_hosts
from node.jobs import Jobs, build_scheduler
from node.services import publishing
from node.services.reruns import Rounds
from node.settings import Settings
from node.telemetry import READY, log_to_stderr
from node.web.site import build_site

STDIN = 0


def serve_web(settings: Settings, *, with_parent: bool) -> None:
    """Serve pages, API and exchange until a signal; with_parent also until standard input closes.

    Raises:
        Unavailable: another web process has the folder, or a port is taken. NotFound: there is no node.
    """
    log_to_stderr()
    with _alone(settings, "web") as node, _ending_with_parent(wanted=with_parent):
        clear_abandoned(node.places.staging)
        clear_abandoned_records(node.places.staging)
        # forms are spooled there too: case-level records never touch the machine's shared folders
        tempfile.tempdir = str(node.places.staging)
        site = build_site(node.context, now=node.now, default_language=settings.language)
        web_app = build_api(
            node.context,
            now=node.now,
            staging=node.places.staging,
            holder=node.process_name,
            web_url=settings.web_url,
            allowed_hosts=web_hosts(settings),
            pages=site.routes,
            static=site.static,
            page_of_problem=site.page_of_problem,
            larger_bodies=site.larger_bodies,
        )
        exchange_app = build_exchange(node.context, now=node.now, registry_file=node.registry.read_file)
        files = node.keyring.transport_files()
        serve(
            web_app=web_app,
            web_host=settings.web_host,
            web_port=settings.web_port,
            exchange_app=exchange_app,
            exchange_host=settings.exchange_host,
            exchange_port=settings.exchange_port,
            tls=build_tls_context(files.certificate, files.key, (), passphrase=files.passphrase),
            member_certificates=lambda: publishing.member_certificates(node.context),
            on_ready=lambda: structlog.get_logger().info(READY, process="web"),
        )


def serve_scheduler(settings: Settings, *, with_parent: bool) -> None:
    """Run the jobs on schedule until a signal; with_parent also until standard input closes.

    Raises:
        Unavailable: another scheduler has the folder. NotFound: there is no node.
    """
    log_to_stderr()
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    with _alone(settings, "scheduler") as node, _ending_with_parent(wanted=with_parent):
        jobs = Jobs(node.context, node.now, node.process_name)
        rounds = Rounds(settings.rerun_results, timedelta(seconds=settings.rerun_interval_s))
        scheduler = build_scheduler(jobs, sync_interval_s=settings.sync_interval_s, rounds=rounds)
        scheduler.start()
        structlog.get_logger().info(READY, process="scheduler")
        stop.wait()
        # jobs that run now end at their next commit; what they had not committed is done again at the next start
        scheduler.shutdown(wait=True)
        jobs.close()


@contextmanager
def _alone(settings: Settings, process: str) -> Iterator[Node]:
    """Open the node as the only process of its kind on its folder."""
    node = open_node(settings)
    try:
        with InstanceLock(node.places.data, process):
            yield node
    finally:
        node.close()


@contextmanager
def _ending_with_parent(*, wanted: bool) -> Iterator[None]:
    """While the block runs, ask this process to stop once standard input closes."""
    if wanted:
        threading.Thread(target=_stop_at_end_of_input, daemon=True).start()
    yield


def _stop_at_end_of_input() -> None:
    # straight from the descriptor: a buffered reader of a daemon thread would hold its lock at shutdown
    while os.read(STDIN, 1024):
        pass
    os.kill(os.getpid(), signal.SIGTERM)
