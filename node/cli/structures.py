"""`irac structure …`, `irac codelist …` and `irac template`: the shared language, and tables to fill in."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from node.cli.session import Json, opened_node, show
from node.errors import Invalid, Unavailable
from node.ports.templates import StructureFormat, TemplateFormat
from node.services import structures
from schemas.registry import LANGUAGES

Identifier = Annotated[str, typer.Argument(metavar="ID", help="For example R33_A_UPLOAD or CL_METHOD.")]
Language = Annotated[str, typer.Option(help="ru, kk or en.")]
Out = Annotated[Path, typer.Option(dir_okay=False, help="Where to write; what is there is replaced.")]


def add_to(app: typer.Typer) -> None:
    """Add `template`."""
    app.command("template")(template)


def build_structures() -> typer.Typer:
    """Build the `structure` commands."""
    app = typer.Typer(help="Data structures: what a table holds.", no_args_is_help=True)
    app.command("list")(list_structures)
    app.command("show")(show_structure)
    app.command("export")(export)
    return app


def build_codelists() -> typer.Typer:
    """Build the `codelist` commands."""
    app = typer.Typer(help="Code lists: the words of the tables.", no_args_is_help=True)
    app.command("list")(list_codelists)
    app.command("show")(show_codelist)
    return app


def list_structures(*, language: Language = "en", as_json: Json = False) -> None:
    """List the structures and the dataflows they belong to."""
    _require(language)
    documents = [structures.structure_line(one) for one in structures.structures()]
    show(documents, as_json=as_json, lines=[_structure_line(one, language) for one in documents])


def show_structure(structure_id: Identifier, *, language: Language = "en", as_json: Json = False) -> None:
    """Show columns, kinds, code lists, and the rules in words."""
    _require(language)
    document = structures.structure_document(structures.structure(structure_id))
    lines = [_structure_line(document, language), ""]
    lines += [_column_line(column, language) for column in document["columns"]]
    lines += ["", *(f"- {rule['words'][language]}" for rule in document["rules"])]
    show(document, as_json=as_json, lines=lines)


def list_codelists(*, language: Language = "en", as_json: Json = False) -> None:
    """List the code lists."""
    _require(language)
    documents = [structures.codelist_line(one) for one in structures.codelists()]
    lines = [f"{one['id']} {one['version']}: {one['labels'][language]}, {one['codes']}" for one in documents]
    show(documents, as_json=as_json, lines=lines)


def show_codelist(codelist_id: Identifier, *, language: Language = "en", as_json: Json = False) -> None:
    """Show every code with its label, below its parent."""
    _require(language)
    document = structures.codelist_document(structures.codelist(codelist_id))
    lines = [f"{document['agency']}:{document['id']}({document['version']}): {document['labels'][language]}"]
    lines += [_code_line(code, language) for code in document["codes"]]
    show(document, as_json=as_json, lines=lines)


def export(
    *,
    out: Out,
    structure_format: Annotated[StructureFormat, typer.Option("--format")] = StructureFormat.SDMX_ML,
    language: Annotated[
        str | None, typer.Option(help="ru, kk or en; without it, every language there is.")
    ] = None,
    maps: Annotated[bool, typer.Option("--maps", help="Write the maps of national codes instead.")] = False,
) -> None:
    """Write every structure, dataflow and code list as SDMX."""
    if language is not None:
        _require(language)
    languages = () if language is None else (language,)
    chosen = structures.map_definitions(languages) if maps else structures.all_definitions(languages)
    with opened_node() as node:
        content = structures.export(node.context, chosen, structure_format)
    _write(out, content)


def template(
    dataflow: Annotated[str, typer.Argument(metavar="DATAFLOW", help="For example R33_A.")],
    *,
    out: Out,
    language: Language = "ru",
    template_format: Annotated[TemplateFormat, typer.Option("--format")] = TemplateFormat.XLSX,
) -> None:
    """Write a table to fill in: a workbook with drop-downs and instructions, or a header."""
    with opened_node() as node:
        content = structures.template(node.context, dataflow, template_format, language)
    _write(out, content)


def _write(out: Path, content: bytes) -> None:
    try:
        out.write_bytes(content)
    except OSError as error:
        raise Unavailable(
            "The file could not be written",
            detail=f"{out}: {error.strerror}.",
            hint="Choose another place with --out.",
        ) from error
    typer.echo(f"{out}: {len(content)} bytes")


def _require(language: str) -> None:
    if language not in LANGUAGES:
        raise Invalid("The node does not speak this language", hint="One of: " + ", ".join(LANGUAGES))


def _structure_line(document: dict[str, Any], language: str) -> str:
    used = [f"upload of {flow}" for flow in document["uploaded_for"]]
    used += [f"cells of {flow}" for flow in document["released_as"]]
    suffix = f" ({', '.join(used)})" if used else ""
    return f"{document['id']} {document['version']}: {document['labels'][language]}{suffix}"


def _column_line(column: dict[str, Any], language: str) -> str:
    demand = "required" if column["required"] else "optional"
    narrowed = f": {', '.join(column['only'])}" if column["only"] else ""
    narrowed += f" but not {', '.join(column['excluded'])}" if column["excluded"] else ""
    codes = f", {column['codelist']}{narrowed}" if column["codelist"] else ""
    label = column["labels"].get(language, column["id"])
    return (
        f"{column['id']}: {label} ({column['role']}, {column['kind']}, {demand}{codes}). "
        f"{column['guidance'][language]}"
    )


def _code_line(code: dict[str, Any], language: str) -> str:
    notes = [f"< {code['parent']}" if code["parent"] else ""]
    notes += [f"from {code['valid_from']}" if code["valid_from"] else ""]
    notes += [f"until {code['valid_to']}" if code["valid_to"] else ""]
    told = " ".join(note for note in notes if note)
    return f"  {code['id']}: {code['labels'].get(language, code['id'])}{f' ({told})' if told else ''}"
