"""The two ports of a node in one process: the web for people, the exchange for peers.

* Both ports are taken before anything is served: a port in use never leaves a half-started node.
* SIGTERM and SIGINT stop both within seconds: no new connections, and a short time for what is running.
* The exchange never believes a proxy's headers; the certificate comes from the connection itself.
"""

from __future__ import annotations

import asyncio
import contextlib
import errno
import signal
import socket
import ssl
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any

import structlog
import uvicorn
from starlette.concurrency import run_in_threadpool
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from node.api.tls import PeerTls
from node.errors import NodeError, Unavailable

STOPPING_S = 5
KEEP_ALIVE_S = 30
BACKLOG = 128
WEB_CONNECTIONS = 512
# a member has one node and one keep-alive connection; more at once is nothing an honest federation needs
EXCHANGE_CONNECTIONS = 256
RENEW_TRUST_S = 30
SIGNALS = (signal.SIGTERM, signal.SIGINT)


class CertificateProtocol(HttpToolsProtocol):
    """Puts the certificate a peer proved to hold into the ASGI scope, as the ASGI TLS extension names it.

    The server keeps it to itself otherwise, and an application could only believe what a header says.
    """

    def on_message_begin(self) -> None:
        """Start a request: `extensions.tls.client_cert_chain` holds the peer's certificate in PEM."""
        super().on_message_begin()
        connection = self.transport.get_extra_info("ssl_object")
        if connection is None:
            return
        certificate = connection.getpeercert(binary_form=True)
        chain = [ssl.DER_cert_to_PEM_cert(certificate)] if certificate else []
        extensions: dict[str, dict[object, object]] = {"tls": {"client_cert_chain": chain}}
        self.scope["extensions"] = extensions


@dataclass(frozen=True, slots=True)
class Port:
    """An application and where it listens. `tls` is None for the web port, which stands behind a proxy."""

    app: Any
    listener: socket.socket
    tls: PeerTls | None = None


class _Server(uvicorn.Server):
    """A server that says when it is ready, and leaves the signals to whoever runs both."""

    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self.ready = asyncio.Event()

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self.ready.set()

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


def serve(
    *,
    web_app: Any,
    web_host: str,
    web_port: int,
    exchange_app: Any,
    exchange_host: str,
    exchange_port: int,
    tls: PeerTls,
    member_certificates: Callable[[], Iterable[str]],
    on_ready: Callable[[], None] | None = None,
) -> None:
    """Serve both ports until SIGTERM or SIGINT; blocks the main thread.

    Args:
        web_app: the ASGI application for people, at `web_host:web_port`.
        web_host: address to listen on.
        web_port: its port.
        exchange_app: the ASGI application for peers, at `exchange_host:exchange_port`.
        exchange_host: address to listen on.
        exchange_port: its port.
        tls: the exchange's side of mutual TLS.
        member_certificates: reads the PEM certificates of the members now, asked every half minute.
        on_ready: called once both ports answer.

    Raises:
        Unavailable: a port is taken or may not be used; the text names it and says what to do.
    """
    with contextlib.ExitStack() as taken:
        web = taken.enter_context(listen(web_host, web_port))
        peers = taken.enter_context(listen(exchange_host, exchange_port))
        ports = [Port(web_app, web), Port(exchange_app, peers, tls)]
        with asyncio.Runner(loop_factory=_config(ports[0]).get_loop_factory()) as runner:
            runner.run(_run_until_signal(ports, tls, member_certificates, on_ready))


def listen(host: str, port: int) -> socket.socket:
    """Take a port; 0 takes a free one.

    Raises:
        Unavailable: it is in use, needs rights this process lacks, or the address is not this machine's.
    """
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(
            host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )[0]
        listener = socket.socket(family, kind, protocol)
        try:
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            listener.bind(address)
            # listening at once: a second process could otherwise bind the same port beside this one
            listener.listen(BACKLOG)
            listener.settimeout(0)
        except OSError:
            listener.close()
            raise
    except OSError as error:
        raise _cannot_listen(host, port, error) from error
    return listener


async def run(
    ports: Iterable[Port], *, stop: asyncio.Event, on_ready: Callable[[], None] | None = None
) -> None:
    """Serve the ports until `stop` is set; what is running then has `STOPPING_S` seconds to end.

    Raises:
        Unavailable: a port stopped by itself.
    """
    bound = list(ports)
    servers = [_Server(_config(port)) for port in bound]
    tasks = [
        asyncio.create_task(server.serve(sockets=[port.listener]))
        for server, port in zip(servers, bound, strict=True)
    ]
    stopping = asyncio.create_task(stop.wait())
    starting = asyncio.create_task(_all_ready(servers))
    try:
        await asyncio.wait([starting, stopping, *tasks], return_when=asyncio.FIRST_COMPLETED)
        if starting.done() and on_ready is not None:
            on_ready()
        await asyncio.wait([stopping, *tasks], return_when=asyncio.FIRST_COMPLETED)
    finally:
        stopping.cancel()
        starting.cancel()
        for server in servers:
            server.should_exit = True
        ended = await asyncio.gather(*tasks, return_exceptions=True)
    failures = [outcome for outcome in ended if isinstance(outcome, BaseException)]
    if failures or not stop.is_set():
        raise Unavailable(
            "A port stopped by itself", hint="See the log for the reason, and start again."
        ) from (failures[0] if failures else None)


async def _all_ready(servers: Iterable[_Server]) -> None:
    for server in servers:
        await server.ready.wait()


async def _run_until_signal(
    ports: list[Port],
    tls: PeerTls,
    member_certificates: Callable[[], Iterable[str]],
    on_ready: Callable[[], None] | None,
) -> None:
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in SIGNALS:
        loop.add_signal_handler(number, stop.set)
    await renew_trust(tls, member_certificates)
    renewing = asyncio.create_task(_keep_renewing(tls, member_certificates))
    try:
        await run(ports, stop=stop, on_ready=on_ready)
    finally:
        renewing.cancel()
        for number in SIGNALS:
            loop.remove_signal_handler(number)


async def renew_trust(tls: PeerTls, member_certificates: Callable[[], Iterable[str]]) -> None:
    """Let members in that joined since the last time, or changed their certificate."""
    log = structlog.get_logger("node.api")
    try:
        joined = tls.trust(await run_in_threadpool(lambda: tuple(member_certificates())))
    except NodeError as error:
        # no valid registry at the moment: those trusted before stay, and are checked at each request
        log.warning("trust_not_renewed", reason=str(error))
    else:
        if joined:
            log.info("trust_renewed", certificates=joined)


async def _keep_renewing(tls: PeerTls, member_certificates: Callable[[], Iterable[str]]) -> None:
    while True:
        await asyncio.sleep(RENEW_TRUST_S)
        await renew_trust(tls, member_certificates)


def _config(port: Port) -> uvicorn.Config:
    context = port.tls.context if port.tls is not None else None
    return uvicorn.Config(
        port.app,
        http=CertificateProtocol if context is not None else HttpToolsProtocol,
        ws="none",
        lifespan="off",
        ssl_context_factory=(lambda _config, _usual: context) if context is not None else None,
        limit_concurrency=EXCHANGE_CONNECTIONS if context is not None else WEB_CONNECTIONS,
        timeout_keep_alive=KEEP_ALIVE_S,
        timeout_graceful_shutdown=STOPPING_S,
        proxy_headers=False,
        server_header=False,
        access_log=False,
        log_config=None,
    )


def _cannot_listen(host: str, port: int, error: OSError) -> Unavailable:
    where = f"{host}:{port}"
    if error.errno == errno.EADDRINUSE:
        title = f"The port {where} is in use"
        hint = f"Stop the program that uses it (ss -ltnp 'sport = :{port}' shows it), or choose another port."
    elif error.errno == errno.EACCES:
        title = f"The port {where} may not be used by this process"
        hint = "Choose a port above 1023, or give the service the right to it."
    else:
        title = f"The node cannot listen on {where}"
        hint = "Choose an address of this machine: 127.0.0.1 for itself alone, 0.0.0.0 for all its networks."
    return Unavailable(title, detail=error.strerror or type(error).__name__, hint=hint, host=host, port=port)
