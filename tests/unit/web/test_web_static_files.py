"""Files beside the pages: kept for ever by browsers, packed where they can unpack, absent without harm."""

from __future__ import annotations

import gzip
import re
from pathlib import Path
from typing import Any

import pytest

from node.web import render, static_files
from node.web.static_files import read_manifest

bundled = pytest.mark.skipif(not read_manifest(), reason="the charts were not bundled: run `make charts`")
FOLDER = Path(static_files.__file__).parent / "static" / static_files.BUILT


@bundled
def test_every_page_asks_for_the_bundle_by_the_name_of_its_content(pages: Any) -> None:
    """One module, from this node, without a word of script in the page."""
    scripts = re.findall(r"<script[^>]*>([^<]*)</script>", pages.as_person("head").get("/").text)
    (address,) = re.findall(r'<script type="module" src="([^"]+)">', pages.as_person("head").get("/").text)

    assert scripts == [""]
    assert re.fullmatch(r"/static/built/page-[A-Z0-9]{8}\.js", address)
    assert pages.stranger().get(address).status_code == 200


@bundled
def test_a_bundled_file_travels_packed_and_is_kept(pages: Any) -> None:
    """The same text either way; a browser never asks again."""
    address = f"/static/built/{read_manifest()['page']}"
    packed = pages.stranger().get(address, headers={"Accept-Encoding": "br, gzip"})
    plain = pages.stranger().get(address, headers={"Accept-Encoding": "identity"})

    assert packed.headers["content-encoding"] == "gzip"
    assert "content-encoding" not in plain.headers
    assert packed.text == plain.text
    for answer in (packed, plain):
        assert answer.headers["cache-control"] == "public, max-age=31536000, immutable"
        assert answer.headers["vary"] == "Accept-Encoding"
        assert "javascript" in answer.headers["content-type"]


@bundled
def test_the_chart_library_is_a_file_of_its_own_and_the_rest_is_small() -> None:
    """What every page loads stays below 2 KiB, all of our own modules below 20 KiB, packed."""
    sizes = {path.name: path.stat().st_size for path in FOLDER.glob("*.js.gz")}
    library = [name for name in sizes if name.startswith("charts-")]

    assert len(library) == 1
    assert sizes[f"{read_manifest()['page']}.gz"] < 2 * 1024
    assert sum(sizes.values()) - sizes[library[0]] < 20 * 1024
    assert sizes[library[0]] < 256 * 1024


@bundled
def test_the_licence_of_every_bundled_package_stands_beside_it() -> None:
    """ECharts is under Apache-2.0, whose notice travels with it; what it stands on is named too."""
    text = (FOLDER / "LICENCES.txt").read_text(encoding="utf-8")

    for said in ("echarts", "zrender", "tslib", "Apache License", "NOTICE", "BSD 3-Clause"):
        assert said in text


@bundled
def test_no_bundled_file_evaluates_text_or_names_another_host_to_load_from() -> None:
    """The security policy would stop it; better that it is not there."""
    for path in FOLDER.glob("*.js"):
        text = path.read_text(encoding="utf-8")

        assert re.findall(r"\beval\(|new Function\(", text) == []
        assert re.findall(r"""(?:import|fetch)\(\s*["'`]https?:""", text) == []
        assert gzip.decompress(path.with_name(f"{path.name}.gz").read_bytes()).decode() == text


def test_a_node_without_the_bundle_shows_its_pages(pages: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """No address of a script is written that would lead to nothing."""
    monkeypatch.setattr(render, "read_manifest", dict)
    renderer = render.Renderer("KZ")

    made = renderer._environments["en"].from_string('{{ script("page") }}').render()

    assert made == ""


def test_no_path_leads_out_of_the_folder(pages: Any) -> None:
    """Neither to the templates beside it nor to the machine."""
    for path in (
        "/static/../templates/base.html",
        "/static/%2e%2e/site.py",
        "/static//etc/passwd",
        "/static/%00",
    ):
        assert pages.stranger().get(path).status_code in {400, 404}
