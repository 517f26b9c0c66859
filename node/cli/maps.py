"""`irac map …`: a member's map of its own codes, looked at, checked and tried out, without opening the node."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from node.cli.session import Json, show
from node.errors import NotFound
from node.services import maps
from risk_models.coverage import written
from schemas.findings import Violation
from schemas.mapping import CodeMap, MapEntry
from schemas.messages import message

EXIT_FAULTS = 1

Map = Annotated[str, typer.Argument(metavar="MAP", help="A packaged map's id, or the .toml of your own.")]
Version = Annotated[str | None, typer.Option(help="Of a packaged map; the newest when left out.")]
Language = Annotated[str, typer.Option(help="ru, kk or en.")]
File = Annotated[Path, typer.Argument(exists=True, dir_okay=False, readable=True)]


def build() -> typer.Typer:
    """Build the `map` commands."""
    app = typer.Typer(help="Maps from national codes to the shared ones.", no_args_is_help=True)
    app.command("list")(list_maps)
    app.command("show")(show_one)
    app.command("check")(check)
    app.command("coverage")(coverage)
    return app


def list_maps(*, as_json: Json = False) -> None:
    """List the packaged maps."""
    found = maps.listing()
    document = [
        {
            "id": one.id,
            "version": one.version,
            "area": one.area,
            "national_list": one.national_list,
            "shared_list": one.shared_list,
            "entries": len(one),
            "approved": one.is_approved,
            "verified": one.verified,
            "digest": one.digest,
        }
        for one in found
    ]
    show(document, as_json=as_json, lines=[_sentence(one) for one in found] or ["no maps"])


def show_one(name: Map, *, version: Version = None, language: Language = "ru", as_json: Json = False) -> None:
    """Show one map, line by line."""
    found = _loaded(name, version)
    lines = [_sentence(found), f"  {found.digest}", *(_entry_line(entry, language) for entry in found)]
    show({**found.to_document(), "digest": found.digest}, as_json=as_json, lines=lines)


def check(
    name: Map,
    *,
    version: Version = None,
    codes: Annotated[Path | None, typer.Option(help="The national list: one code a line.")] = None,
    second: Annotated[str | None, typer.Option(help="The second coder's map: id or .toml.")] = None,
    language: Language = "en",
    as_json: Json = False,
) -> None:
    """Check a map and name every fault; exit status 1 when it has an error or the two coders disagree."""
    report = maps.check(
        _loaded(name, version),
        national=None if codes is None else _bytes(codes),
        second=None if second is None else _loaded(second, None),
    )
    agreement = written(report.agreement) if report.agreement is not None else None
    document = {
        "map": report.code_map.id,
        "version": report.code_map.version,
        "digest": report.code_map.digest,
        "sound": report.is_sound,
        "kappa": agreement,
        "faults": [{**asdict(one), "message": message(one, language)} for one in report.faults],
    }
    lines = [_sentence(report.code_map), *(_fault_line(fault, language) for fault in report.faults)]
    if report.was_compared:
        lines.append(f"  kappa of the two coders: {agreement or 'without a value'}, at least 0.8 is needed")
    show(document, as_json=as_json, lines=[*lines, "sound" if report.is_sound else "faulty"])
    if not report.is_sound:
        raise typer.Exit(EXIT_FAULTS)


def coverage(
    name: Map,
    file: File,
    column: Annotated[str, typer.Option(help="The column of the national codes.")],
    *,
    version: Version = None,
    out: Annotated[Path | None, typer.Option(help="Write the table in shared codes here (CSV).")] = None,
    as_json: Json = False,
) -> None:
    """Apply a map to a CSV and show how much it carries over; exit status 1 when that is not enough."""
    mapped = maps.applied(_loaded(name, version), _bytes(file), column)
    if out is not None:
        out.write_text(maps.as_csv(mapped.table), encoding="utf-8")
    document = [one.to_document() for one in mapped.coverage]
    lines = [
        f"{one['measure'] or 'all'}: matched {one['matched']}, close {one['close']}, narrow {one['narrow']}, "
        f"unmapped {one['unmapped']} of {one['volume']}; "
        f"{'sufficient' if one['sufficient'] else 'not sufficient'}"
        for one in document
    ]
    lines += [
        f"  unmapped {code or '(empty)'}: {volume}"
        for one in mapped.coverage
        for code, volume in one.unmapped
    ]
    show(document, as_json=as_json, lines=lines or ["nothing to map"])
    if not all(one.is_sufficient for one in mapped.coverage):
        raise typer.Exit(EXIT_FAULTS)


def _loaded(name: str, version: str | None) -> CodeMap:
    if not name.endswith(".toml"):
        return maps.packaged(name, version)
    header = Path(name)
    return maps.read(_bytes(header), _bytes(header.with_suffix(".csv")))


def _bytes(file: Path) -> bytes:
    try:
        return file.read_bytes()
    except OSError as reason:
        raise NotFound(
            "The file cannot be read", detail=f"{file}: {reason.strerror}.", hint="Check its name and place."
        ) from None


def _sentence(one: CodeMap) -> str:
    standing = f"approved by {one.approved_by}" if one.is_approved else "not approved"
    return f"{one.id} {one.version}: {one.national_list} to {one.shared_list}, {len(one)} entries, {standing}"


def _entry_line(entry: MapEntry, language: str) -> str:
    label = entry.labels.get(language) or next(iter(entry.labels.values()), "")
    weight = "" if entry.weight is None else f" {entry.weight}"
    until = f" (until {entry.valid_to})" if entry.valid_to else ""
    return f"  {entry.national} {entry.relation} {entry.shared or '_X'}{weight}: {label}{until}"


def _fault_line(fault: Violation, language: str) -> str:
    place = f"line {fault.row}, " if fault.row else ""
    return f"  {fault.severity}: {place}{fault.column}: {message(fault, language)}"
