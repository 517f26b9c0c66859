"""`irac model …`: composites by a specification, on any table, without opening the node."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated

import pyarrow as pa
import pyarrow.parquet as pq
import typer

from node.cli.session import Json, show
from node.errors import NotFound
from node.services import composites
from node.services.maps import as_csv
from risk_models.composite import Composite

Specification = Annotated[
    str, typer.Argument(metavar="SPEC", help="A packaged composite's id, or the .toml of your own.")
]
Table = Annotated[Path, typer.Argument(metavar="TABLE", help="A .csv, .xlsx or .parquet file.")]
Sheet = Annotated[str | None, typer.Option(help="Of a workbook; the first when left out.")]
Header = Annotated[int, typer.Option(min=1, help="The row of the column names.")]
Score = Annotated[str | None, typer.Option(help="The first of the specification when left out.")]
Language = Annotated[str, typer.Option(help="ru, kk or en.")]


def build() -> typer.Typer:
    """Build the `model` commands."""
    app = typer.Typer(help="Composites: scores from any table by a specification.", no_args_is_help=True)
    app.command("list")(list_models)
    app.command("check")(check)
    app.command("card")(card)
    app.command("run")(run_model)
    app.command("explain")(explain)
    app.command("sensitivity")(sensitivity)
    app.command("weights")(weights)
    app.command("audit")(audit)
    return app


def list_models(*, as_json: Json = False) -> None:
    """List the packaged composites."""
    found = composites.listing()
    document = [
        {"id": one.id, "version": one.version, "digest": one.digest, "labels": dict(one.labels)}
        for one in found
    ]
    show(document, as_json=as_json, lines=[_sentence(one) for one in found])


def check(specification: Specification, *, as_json: Json = False) -> None:
    """Read a specification and say what it is; a fault is named with its place."""
    model = _loaded(specification)
    parts = {
        "indicators": [one.id for one in model.indicators],
        "groups": [one.id for one in model.groups],
        "steps": [step.name for step in model.steps],
        "scores": list(model.result.scores),
        "card_lacks": list(composites.lacking(model)),
    }
    document = {"id": model.id, "version": model.version, "digest": model.digest, **parts}
    lines = [
        _sentence(model),
        *(f"  {name}: {', '.join(listed)}" for name, listed in parts.items() if listed),
    ]
    show(document, as_json=as_json, lines=lines)


def card(specification: Specification, *, language: Language = "ru", as_json: Json = False) -> None:
    """Show the model card of a specification, or of a model that nodes compute."""
    document, text = composites.card(composites.of_cells(specification) or _loaded(specification), language)
    show(document, as_json=as_json, lines=[text.rstrip("\n")])


def run_model(
    specification: Specification,
    table: Table,
    *,
    out: Annotated[Path | None, typer.Option(help="Write the scores here, .csv or .parquet.")] = None,
    steps: Annotated[
        Path | None, typer.Option(help="Write the table after each step into this folder.")
    ] = None,
    sheet: Sheet = None,
    header: Header = 1,
    as_json: Json = False,
) -> None:
    """Compute the scores of a table, as intervals where its cells are; without --out they are printed as CSV."""
    model = _loaded(specification)
    found = composites.computed(model, _read(table, sheet, header))
    if steps is not None:
        ending = ".parquet" if out is not None and out.suffix.lower() == ".parquet" else ".csv"
        _write_all(found.steps, steps, ending)
    if out is not None:
        _write(found.results, out)
    document = {
        "model": model.id,
        "version": model.version,
        "model_digest": model.digest,
        "result_digest": found.digest,
        "left_out": list(found.left),
        "results": found.results.to_pylist(),
    }
    written = [f"{out}: {found.results.num_rows} rows", found.digest]
    if found.left:
        written.append(f"left out by screening: {', '.join(found.left)}")
    lines = as_csv(found.results).splitlines() if out is None else written
    show(document, as_json=as_json, lines=lines)


def explain(
    specification: Specification,
    table: Table,
    unit: Annotated[str, typer.Argument(metavar="UNIT", help="As the table names it.")],
    *,
    score: Score = None,
    period: Annotated[str | None, typer.Option(help="Needed if the table has several.")] = None,
    language: Language = "ru",
    sheet: Sheet = None,
    header: Header = 1,
    as_json: Json = False,
) -> None:
    """Explain the score of one unit: sentences, contributions, and with --json every step."""
    model = _loaded(specification)
    read = _read(table, sheet, header)
    document, sentences = composites.explained(
        model, read, unit, score=score, period=period, language=language
    )
    show(document, as_json=as_json, lines=list(sentences))


def sensitivity(
    specification: Specification,
    table: Table,
    *,
    score: Score = None,
    sheet: Sheet = None,
    header: Header = 1,
    as_json: Json = False,
) -> None:
    """Run every combination of the choices the specification names; say which decide, and the ranks they give."""
    document = composites.varied(_loaded(specification), _read(table, sheet, header), score)
    factors = [
        f"{one['id']}: first order {one['first']}, total {one['total']}" for one in document["factors"]
    ]
    ranks = [
        f"  {one['unit']}: {one['reference']} ({one['best']} to {one['worst']})" for one in document["ranks"]
    ]
    lines = [f"mean shift of rank {document['mean_shift']} over {document['runs']} runs", *factors, *ranks]
    show(document, as_json=as_json, lines=lines)


def weights(
    specification: Specification,
    table: Table,
    *,
    score: Score = None,
    sheet: Sheet = None,
    header: Header = 1,
    as_json: Json = False,
) -> None:
    """Say which ranks each unit takes under all weights of a score's inputs, in tenths."""
    document = composites.weighed(_loaded(specification), _read(table, sheet, header), score)
    lines = [
        f"{one['unit']}{' ' + one['period'] if one['period'] else ''}: score {one['least']} to {one['greatest']}, "
        f"central ranks {one['central_ranks'][0]} to {one['central_ranks'][1]}, first under {one['shares'][0]}"
        for one in document
    ]
    show(document, as_json=as_json, lines=lines)


def audit(
    specification: Specification,
    table: Table,
    *,
    sheet: Sheet = None,
    header: Header = 1,
    as_json: Json = False,
) -> None:
    """Say which inputs of a group repeat one another, and what each does to its group's score."""
    document = composites.audited(_loaded(specification), _read(table, sheet, header))
    repeated = [
        f"{one['group']}: {one['one']} and {one['other']} say the same, correlation {one['correlation']}"
        for one in document["pairs"]
        if one["redundant"]
    ]
    effects = [
        f"{one['group']}: {one['input']} weight {one['weight']}, effect {one['effect']}"
        f"{', pulls against its group' if one['pulls_against'] else ''}"
        for one in document["inputs"]
    ]
    show(document, as_json=as_json, lines=[*repeated, *effects])


def _loaded(name: str) -> Composite:
    if name.endswith(".toml"):
        return composites.read_specification(_bytes(Path(name)))
    return composites.packaged(name)


def _read(table: Path, sheet: str | None, header: int) -> pa.Table:
    return composites.read_table(table.name, _bytes(table), sheet=sheet, header=header)


def _bytes(file: Path) -> bytes:
    try:
        composites.check_size(file.stat().st_size)
        return file.read_bytes()
    except OSError as reason:
        raise NotFound(
            "The file cannot be read", detail=f"{file}: {reason.strerror}.", hint="Check its name and place."
        ) from None


def _write_all(steps: Mapping[str, pa.Table], folder: Path, ending: str) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    for place, (name, table) in enumerate(steps.items()):
        _write(table, folder / f"{place:02}_{name}{ending}")


def _write(table: pa.Table, file: Path) -> None:
    if file.suffix.lower() == ".parquet":
        pq.write_table(table, file)
    else:
        file.write_text(as_csv(table), encoding="utf-8")


def _sentence(model: Composite) -> str:
    return f"{model.id} {model.version}: {model.labels.get('en', 'without a name')}"
