"""Opening this node from the command line, and signing a person in."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Any

import typer

from node.access import Actor
from node.cli.doors import OpenNode, doors
from node.services import sessions

PASSWORD_FILE = "IRAC_PASSWORD_FILE"  # noqa: S105 - the name of a variable, not a secret

As = Annotated[str, typer.Option("--as", metavar="LOGIN", help="The person who does this.")]
Json = Annotated[bool, typer.Option("--json", help="Print JSON instead of text.")]


@contextmanager
def opened_node() -> Iterator[OpenNode]:
    """Open the node that the IRAC_ settings describe, and close it afterwards."""
    node = doors().open_node()
    try:
        yield node
    finally:
        node.close()


def signed_in(node: OpenNode, login: str) -> tuple[Actor, str]:
    """Sign a person in for one command; gives the actor and the password (officers' keys need it)."""
    password = ask_password(f"Password of {login}")
    token, _ = sessions.sign_in(node.context, login, password, node.now())
    account, _ = sessions.signed_in(node.context, token, node.now())
    sessions.sign_out(node.context, token, node.now())
    return account.actor, password


def ask_password(prompt: str, *, confirm: bool = False) -> str:
    """Read a password from the file named in IRAC_PASSWORD_FILE, else from the terminal without echo."""
    file = os.environ.get(PASSWORD_FILE)
    if file:
        return Path(file).read_text(encoding="utf-8").rstrip("\n")
    return str(typer.prompt(prompt, hide_input=True, confirmation_prompt=confirm))


def show(document: Any, *, as_json: bool, lines: list[str]) -> None:
    """Print a document as JSON, or its lines as text."""
    typer.echo(
        json.dumps(document, ensure_ascii=False, indent=1, default=str) if as_json else "\n".join(lines)
    )
