"""Who may import whom is checked by import-linter, and the check itself is tried with planted violations."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.arch.source import PACKAGES, ROOT


def test_the_import_contracts_hold() -> None:
    """The directions of the house are those of the code."""
    finished = _lint_imports(ROOT)

    assert finished.returncode == 0, finished.stdout


@pytest.mark.parametrize(
    ("path", "planted"),
    [
        ("exchange/planted.py", "import risk_models.exact\n"),
        ("schemas/planted.py", "import exchange.errors\n"),
        ("schemas/planted.py", "import pandas\n"),
        ("risk_models/planted.py", "import socket\n"),
        ("risk_models/planted.py", "import risk_models.exploratory.isolation_forest\n"),
        ("node/web/planted.py", "import node.adapters.clock\n"),
        ("node/ports/planted.py", "import node.services.context\n"),
        ("node/services/planted.py", "import node.settings\n"),
    ],
)
def test_a_planted_import_breaks_a_contract(path: str, planted: str, tmp_path: Path) -> None:
    """Each contract catches what it forbids, in a copy of the code."""
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    for package in PACKAGES:
        shutil.copytree(ROOT / package, tmp_path / package, ignore=_all_but_code)
    (tmp_path / path).write_text(planted, encoding="utf-8")

    finished = _lint_imports(tmp_path)

    assert finished.returncode != 0
    assert planted.removeprefix("import ").partition(".")[0].strip() in finished.stdout
    assert "planted" in finished.stdout


def _all_but_code(folder: str, names: list[str]) -> list[str]:
    return [name for name in names if not name.endswith(".py") and not Path(folder, name).is_dir()]


def _lint_imports(folder: Path) -> subprocess.CompletedProcess[str]:
    tool = Path(sys.executable).parent / "lint-imports"
    return subprocess.run([tool, "--no-cache"], cwd=folder, capture_output=True, text=True, check=False)
