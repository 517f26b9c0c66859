"""`irac registry …`: how a federation begins and changes, and how a node takes part in it.

Every ceremony works without a network: what many sign is a folder that is carried from one to the next.
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from node.cli.doors import Lines, doors
from node.cli.session import Json, opened_node, show
from node.services import registry

Federation = Annotated[str, typer.Option(help="Lower-case name of the federation.")]
Folder = Annotated[Path, typer.Argument(file_okay=False)]
New = Annotated[Path, typer.Argument(file_okay=False, help="A new folder.")]
Cards = Annotated[
    list[Path] | None, typer.Option("--card", help="A member's card; may be given several times.")
]
Quorum = Annotated[
    int | None, typer.Option("--witness-quorum", min=0, help="How many others must witness a log.")
]
Schemes = Annotated[
    list[str] | None, typer.Option("--release-scheme", help="Releases are signed with each; repeatable.")
]
Protocol = Annotated[
    str | None, typer.Option("--min-protocol", help="Lowest protocol version a node may speak.")
]
Since = Annotated[
    str | None, typer.Option(help="First day of a new status, as 2026-11-23; without it today.")
]
Source = Annotated[str, typer.Option(help="The document it rests on.")]


def build() -> typer.Typer:
    """Build the `registry` commands."""
    app = typer.Typer(help="Membership and keys of the federation.", no_args_is_help=True)
    for command in (
        card,
        init,
        invite,
        propose,
        suspend,
        owners,
        rotate,
        sign,
        publish,
        join,
        status,
        refresh,
    ):
        app.command(command.__name__)(command)
    return app


def card(file: Annotated[Path, typer.Argument(dir_okay=False)], federation: Federation) -> None:
    """Write this node's public card (keys, certificate, address); it holds no secret."""
    _say(doors().ceremonies().card(federation, file))


def init(
    out: New,
    *,
    federation: Federation,
    threshold: Annotated[int, typer.Option(min=1, help="How many governance keys must sign.")],
    member_card: Annotated[list[Path], typer.Option("--card", help="One card a member.")],
    keeper: Annotated[str, typer.Option(help="Code of the member whose node keeps the registry fresh.")],
    source: Source,
    owner: Annotated[
        list[str] | None, typer.Option(help="Owners of a role, as ROLE:K:CODE,CODE; without it governance.")
    ] = None,
    witness_quorum: Quorum = None,
    release_scheme: Schemes = None,
    min_protocol: Protocol = None,
) -> None:
    """Write the proposal to found a federation: unsigned documents, for each holder of a governance key to sign."""
    _say(
        doors()
        .ceremonies()
        .init(
            out,
            federation=federation,
            threshold=threshold,
            cards=member_card,
            keeper=keeper,
            source=source,
            owners=owner or [],
            policy=_policy(witness_quorum, release_scheme, min_protocol),
        )
    )


def invite(out: New) -> None:
    """Write what a newcomer needs: the registry, the fingerprint to compare, and what of history it will receive."""
    _say(doors().ceremonies().invite(out))


def propose(
    out: New,
    *,
    member_card: Cards = None,
    member: Annotated[
        list[str] | None, typer.Option(help="A member's new status, as CODE=STATUS; repeatable.")
    ] = None,
    since: Since = None,
    source: Annotated[str | None, typer.Option(help="The document the status rests on.")] = None,
    witness_quorum: Quorum = None,
    release_scheme: Schemes = None,
    min_protocol: Protocol = None,
    definitions: Annotated[
        bool, typer.Option("--definitions", help="Sign the definitions of this version of the software.")
    ] = False,
    anew: Annotated[bool, typer.Option("--anew", help="Sign everything again, for another year.")] = False,
) -> None:
    """Write a proposal to change members (new ones by their card), the policy, or the definitions in force."""
    _say(
        doors()
        .ceremonies()
        .propose(
            out,
            cards=member_card or [],
            statuses=member or [],
            since=since,
            source=source,
            policy=_policy(witness_quorum, release_scheme, min_protocol),
            definitions=definitions,
            anew=anew,
        )
    )


def suspend(code: str, out: New, *, source: Source, since: Since = None) -> None:
    """Write a proposal to suspend a member from a day on; 'irac registry propose --member' takes it back."""
    _say(
        doors()
        .ceremonies()
        .propose(
            out,
            cards=[],
            statuses=[f"{code}=suspended"],
            since=since,
            source=source,
            policy={},
            definitions=False,
            anew=False,
        )
    )


def owners(
    out: New,
    *,
    role: Annotated[
        list[str] | None,
        typer.Option(
            help="governance, members, codelists, structures, models, recommendations; without it all."
        ),
    ] = None,
    add: Annotated[list[Path] | None, typer.Option(help="Card of a new holder; repeatable.")] = None,
    remove: Annotated[
        list[str] | None, typer.Option(help="Keyid to revoke, or its beginning; repeatable.")
    ] = None,
    threshold: Annotated[int | None, typer.Option(min=1, help="How many must sign from then on.")] = None,
) -> None:
    """Write a proposal to change who signs the registry: new holders, revoked keys, another threshold."""
    ceremonies = doors().ceremonies()
    _say(ceremonies.owners(out, roles=role or [], add=add or [], remove=remove or [], threshold=threshold))


def rotate(
    kind: Annotated[str, typer.Argument(help="governance, keeper, witness, log, transport or release.")],
    out: New,
    *,
    member_card: Annotated[
        Path | None,
        typer.Option("--card", help="With keeper: the card of the member who keeps it from then on."),
    ] = None,
) -> None:
    """Make this node's next key and write the proposal that names it; the old one works until it is named."""
    _say(doors().ceremonies().rotate(kind, out, member_card))


def sign(
    folder: Folder,
    *,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask: everything was compared already.")] = False,
) -> None:
    """Show in words what a proposal changes, with the fingerprint of each document, and add this node's signature."""

    def agree(lines: Lines) -> bool:
        _say(lines)
        return yes or typer.confirm("Is this what was agreed, and do the fingerprints agree? Sign?")

    _say(doors().ceremonies().sign(folder, agree))


def publish(
    folder: Annotated[list[Path], typer.Argument(file_okay=False, help="The proposal, or its copies.")],
    *,
    out: Annotated[
        Path | None, typer.Option(file_okay=False, help="Write the whole registry there too.")
    ] = None,
) -> None:
    """Keeper: put the signatures of all copies together and make the proposal the registry."""
    _say(doors().ceremonies().publish(folder, out))


def join(
    registry_folder: Folder,
    fingerprint: Annotated[str, typer.Option(help="Fingerprint of the root, as read aloud.")],
) -> None:
    """Take the registry's files into this node, if the root has the fingerprint that was read aloud."""
    _say(doors().ceremonies().join(registry_folder, fingerprint))


def status(*, as_json: Json = False) -> None:
    """Show the registry this node trusts: fingerprint, versions, owners, members, what ends soon, what differs."""
    document = doors().ceremonies().status()
    show(document, as_json=as_json, lines=[f"{name}: {_plain(value)}" for name, value in document.items()])


def refresh() -> None:
    """Refresh the mirror now."""
    with opened_node() as node:
        typer.echo(str(registry.refresh(node.context, node.now())))


def _policy(quorum: int | None, schemes: list[str] | None, protocol: str | None) -> dict[str, Any]:
    """Give the fields of the policy that were named."""
    named = {
        "witness_quorum": quorum,
        "release_schemes": tuple(sorted(set(schemes))) if schemes else None,
        "min_protocol": protocol,
    }
    return {name: value for name, value in named.items() if value is not None}


def _plain(value: object) -> str:
    if isinstance(value, dict):
        return ", ".join(f"{name} {one}" for name, one in value.items())
    return ", ".join(map(str, value)) if isinstance(value, list) else str(value)


def _say(lines: Lines) -> None:
    typer.echo("\n".join(lines))
