"""Everything a person can meet is written down: settings, commands, errors, dataflows, columns, rules."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from functools import cache

import typer

from node.cli import build_app
from node.settings import PREFIX, Settings
from schemas import registry
from tests.arch.error_names import exchange_errors
from tests.arch.source import ROOT, Module, modules
from tests.support.error_classes import node_errors


def test_every_setting_is_in_the_operator_guide() -> None:
    """An operator finds each variable with its meaning."""
    guide = _text("docs/operator-guide.md")

    assert [name for name in _settings() if f"`{name}`" not in guide] == []


def test_the_operator_guide_names_no_setting_that_does_not_exist() -> None:
    """A variable that was renamed does not live on in the text."""
    read_elsewhere = set(re.findall(rf'"({PREFIX}[A-Z_]+)"', "".join(module.text for module in modules())))
    named = set(re.findall(rf"`({PREFIX}[A-Z_]+)`", _text("docs/operator-guide.md")))

    assert named - set(_settings()) - read_elsewhere == set()


def test_every_command_is_in_a_guide() -> None:
    """A command without a sentence about it is a command nobody runs."""
    guides = _text("docs/operator-guide.md") + _text("docs/analyst-guide.md")

    assert [command for command in _commands() if f"`{command}" not in guides] == []


def test_the_guides_name_no_command_that_does_not_exist() -> None:
    """Every `irac …` in the guides is one the program has."""
    texts = "".join(_text(f"docs/{name}-guide.md") for name in ("operator", "analyst")) + _text("README.md")
    written = set(re.findall(r"\birac((?: [a-z][a-z-]+)+)", texts))
    groups = {command.rpartition(" ")[0] for command in _commands()}

    unknown = {
        f"irac{words}"
        for words in written
        if not any(
            f"irac{words} ".startswith(f"{command} ") for command in [*_commands(), *groups - {"irac"}]
        )
    }
    assert unknown == set()


def test_every_error_code_of_the_node_is_documented() -> None:
    """A person who meets a code can look it up."""
    guide = _text("docs/operator-guide.md")

    assert sorted(error.code for error in node_errors() if f"`{error.code}`" not in guide) == []


def test_every_exchange_error_is_documented() -> None:
    """Each stable name is in the operator guide, with what to do."""
    guide = _text("docs/operator-guide.md")
    names = exchange_errors(modules("exchange", "node"))

    assert names
    assert sorted(name for name in names if f"`{name}`" not in guide) == []


def test_no_exchange_error_is_documented_that_does_not_exist() -> None:
    """A name that was changed does not live on in the table."""
    table = _text("docs/operator-guide.md").partition("### In the exchange")[2]
    rows = re.findall(r"^\| (`.*?) \|", table, re.MULTILINE)
    documented = {name for row in rows for name in re.findall(r"`([a-z_]+)`", row)}

    assert documented - exchange_errors(modules("exchange", "node")) == set()


def test_every_dataflow_and_column_for_upload_is_in_the_analyst_guide() -> None:
    """An analyst finds the columns of each file she may send."""
    guide = _text("docs/analyst-guide.md")
    missing = {
        f"{flow.id}.{name}"
        for flow in registry.dataflows()
        for name in (flow.id, *(column.id for column in flow.upload.columns))
        if f"`{name}`" not in guide
    }

    assert missing == set()


def test_every_rule_of_the_check_is_in_the_analyst_guide() -> None:
    """Each rule that a message can name is explained."""
    rules = tomllib.loads(_text("schemas/definitions/messages.toml"))
    guide = _text("docs/analyst-guide.md")

    assert [rule for rule in rules if f"`{rule}`" not in guide] == []


def test_an_error_name_is_found_however_it_is_raised() -> None:
    """The search sees a constructor, a function that passes a name on, and a keyword."""
    text = (
        "def _no(name: str, detail: str):\n    return Refused(name, title='t', detail=detail)\n"
        "raise _no('by_function', 'x')\nraise Unreachable('by_class', title='t', detail='d')\n"
        "SyncOutcome('KZ', failure='by_keyword')\n"
        "raise Refused('either' if x == 'no_name' else 'other', title='t', detail='d')\n"
        "name = 'by_variable'\nraise _no(name, 'x')\n"
        "KINDS: object = ((OSError, 'by_table'),)\n"
        "kind = next((n for k, n in KINDS if k), 'by_default')\n_no(kind, 'x')\n"
    )

    found = exchange_errors([Module("exchange/planted.py", text)])

    assert found == {
        "by_function", "by_class", "by_keyword", "by_variable", "by_table", "by_default", "either", "other",
    }  # fmt: skip


def _settings() -> list[str]:
    return [f"{PREFIX}{name.upper()}" for name in Settings.model_fields]


@cache
def _commands() -> tuple[str, ...]:
    return tuple(_walk(typer.main.get_command(build_app()), "irac"))


def _walk(command: object, name: str) -> Iterator[str]:
    below = getattr(command, "commands", None)
    if below is None:
        yield name
        return
    for word, sub in below.items():
        yield from _walk(sub, f"{name} {word}")


def _text(path: str) -> str:
    return (ROOT / path).read_text(encoding="utf-8")
