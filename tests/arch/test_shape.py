"""Files and functions stay short enough to read, and modules are named by nouns of the field."""

from __future__ import annotations

from tests.arch.source import MAX_LINES, Module, line_counts, modules

MAX_FUNCTION_LINES = 40
WORDS_THAT_SAY_NOTHING = {
    "data", "info", "item", "items", "manager", "handler", "helper", "helpers", "util", "utils", "common",
    "base", "misc", "new", "final", "hash", "country",
}  # fmt: skip
LONGER_FOR_A_REASON: dict[str, str] = {}
"""`path:function` to the reason why it reads better in one piece."""


def test_no_file_is_over_the_hard_limit() -> None:
    """A file of more than 500 lines stops the build."""
    too_long = {path: lines for path, lines in line_counts() if lines > MAX_LINES}

    assert too_long == {}


def test_no_function_has_more_than_forty_lines_of_code() -> None:
    """A function reads as a list; docstring, comments and empty lines are not counted."""
    too_long = {name: lines for name, lines in _function_sizes().items() if lines > MAX_FUNCTION_LINES}

    assert {name: lines for name, lines in too_long.items() if name not in LONGER_FOR_A_REASON} == {}


def test_every_exception_to_the_function_limit_is_still_needed() -> None:
    """An exception goes when its function is gone or short."""
    sizes = _function_sizes()

    assert [name for name in LONGER_FOR_A_REASON if sizes.get(name, 0) <= MAX_FUNCTION_LINES] == []


def test_docstrings_comments_empty_lines_and_inner_functions_are_not_counted() -> None:
    """The measure counts what it says: `def` and `return` of each function."""
    text = (
        'def one():\n    """Says.\n\n    More.\n    """\n    # why\n\n'
        "    def two():\n        return 2\n\n    return two\n"
    )
    module = Module("x.py", text)

    assert [module.code_lines(function) for function in module.functions()] == [2, 2]


def test_no_module_is_named_by_a_word_that_says_nothing() -> None:
    """Not one part of a module's or package's name is a word such as `utils`."""
    named = {
        module.path
        for module in modules()
        for part in module.path.removesuffix(".py").split("/")
        if WORDS_THAT_SAY_NOTHING & set(part.strip("_").split("_"))
    }

    assert named == set()


def _function_sizes() -> dict[str, int]:
    return {
        f"{module.path}:{function.name}": module.code_lines(function)
        for module in modules()
        for function in module.functions()
    }
