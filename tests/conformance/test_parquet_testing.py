"""Files of apache/parquet-testing (suites/parquet-testing): the documented result or a clear refusal.

Each file is read in a process of its own, which may take no more than 1 GiB and some seconds: a file that
crashes, hangs or eats the machine fails its test and no other.
"""

from __future__ import annotations

import csv
import json
import subprocess
import sys
from functools import cache
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[2]
SUITE = ROOT.parent / "shared" / "data" / "suites" / "parquet-testing"
BAD = sorted(path.name for path in (SUITE / "bad_data").glob("*.parquet"))
GOOD = sorted(path.name for path in (SUITE / "data").glob("*.parquet*"))
FILES = [*(f"bad_data/{name}" for name in BAD), *(f"data/{name}" for name in GOOD)]
MOST_BYTES = 1 << 30
MOST_SECONDS = 60
# reads every file named on its command line within the limit of memory, and says of each what came of it
READER = f"""
import json, resource, sys
from pathlib import Path
sys.path.insert(0, {str(ROOT)!r})
import pyarrow as pa
from node.errors import NodeError
from tests.support.files_read import whole_read
pa.set_cpu_count(2)
used = int(Path("/proc/self/statm").read_text().split()[0]) * resource.getpagesize()
resource.setrlimit(resource.RLIMIT_AS, (used + {MOST_BYTES}, used + {MOST_BYTES}))
for name in sys.argv[1:]:
    print(json.dumps({{"begun": name}}), flush=True)
    try:
        told = {{"rows": whole_read(Path(name), name).table.to_pylist()}}
    except NodeError as refusal:
        told = {{"refused": refusal.title, "hint": refusal.hint, "detail": refusal.detail}}
    print(json.dumps({{"name": name, **told}}), flush=True)
"""

pytestmark = pytest.mark.skipif(not FILES, reason="the suite is not beside this repository")


@cache
def outcomes() -> dict[str, dict[str, Any]]:
    """Read every file; a process that dies is begun again behind the file that killed it."""
    told: dict[str, dict[str, Any]] = {}
    left = list(FILES)
    while left:
        command = [sys.executable, "-c", READER, *(str(SUITE / name) for name in left)]
        done = subprocess.run(command, capture_output=True, timeout=MOST_SECONDS, check=False, text=True)
        lines = [json.loads(line) for line in done.stdout.splitlines()]
        for line in lines:
            if "name" in line:
                told[line["name"].removeprefix(f"{SUITE}/")] = line
        if done.returncode == 0:
            break
        dead = lines[-1]["begun"].removeprefix(f"{SUITE}/") if lines else left[0]
        told[dead] = {"died": done.stderr[-2000:] or str(done.returncode)}
        left = left[left.index(dead) + 1 :]
    return told


@pytest.mark.parametrize("name", FILES)
def test_a_file_is_read_or_refused_in_words(name: str) -> None:
    """Nothing hangs, crashes, takes more than 1 GiB or answers in a library's words alone."""
    outcome = outcomes()[name]

    assert "died" not in outcome
    assert "rows" in outcome or (outcome["refused"] and outcome["hint"])


@pytest.mark.parametrize("name", [name for name in BAD if name != "ARROW-GH-43605.parquet"])
def test_bad_data_is_refused(name: str) -> None:
    """Corrupted schemas, headers, levels and sizes; the one left out is read by every reader of today."""
    assert "refused" in outcomes()[f"bad_data/{name}"]


@pytest.mark.parametrize(
    "name", ["datapage_v1-corrupt-checksum.parquet", "rle-dict-uncompressed-corrupt-checksum.parquet"]
)
def test_a_page_whose_checksum_is_wrong_refuses_the_file(name: str) -> None:
    """Damage that would come out as other figures."""
    assert "checksum" in outcomes()[f"data/{name}"]["detail"]


@pytest.mark.parametrize(
    "name",
    [
        "datapage_v1-snappy-compressed-checksum.parquet",
        "datapage_v1-uncompressed-checksum.parquet",
        "plain-dict-uncompressed-checksum.parquet",
        "rle-dict-snappy-checksum.parquet",
    ],
)
def test_a_page_whose_checksum_is_right_is_read(name: str) -> None:
    """The counterparts of the damaged ones."""
    assert outcomes()[f"data/{name}"]["rows"]


@pytest.mark.parametrize("name", [name for name in GOOD if name.endswith(".encrypted")])
def test_an_encrypted_file_is_refused(name: str) -> None:
    """With keys or without: the node has none."""
    assert "refused" in outcomes()[f"data/{name}"]


@pytest.mark.parametrize(
    "name", ["delta_byte_array", "delta_encoding_optional_column", "delta_encoding_required_column"]
)
def test_the_delta_encodings_give_their_documented_rows(name: str) -> None:
    """The CSV beside each file is its content."""
    with (SUITE / "data" / f"{name}_expect.csv").open(encoding="utf-8", newline="") as handle:
        documented = list(csv.reader(handle))[1:]

    rows = outcomes()[f"data/{name}.parquet"]["rows"]

    assert [[cell or "" for cell in row.values()] for row in rows] == documented


@pytest.mark.parametrize(
    "name", ["byte_array_decimal", "fixed_length_decimal", "int32_decimal", "int64_decimal"]
)
def test_decimals_keep_their_scale(name: str) -> None:
    """Documented as the numbers 1 to 24 with two decimals."""
    rows = outcomes()[f"data/{name}.parquet"]["rows"]

    assert [row["value"] for row in rows] == [f"{number}.00" for number in range(1, 25)]


def test_the_plain_types_give_their_known_rows() -> None:
    """As the README of the suite's first files and their Impala originals have them."""
    first = outcomes()["data/alltypes_plain.parquet"]["rows"][0]

    assert first["id"] == "4"
    assert (first["bool_col"], first["float_col"], first["date_string_col"]) == ("true", "0", "03/01/09")
    assert first["timestamp_col"] == "2009-03-01"
