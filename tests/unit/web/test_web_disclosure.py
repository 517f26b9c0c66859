"""The report before signing, on pages: who sees what, page after page, byte for byte, and exceptions by forms."""

from __future__ import annotations

import html
import re
from importlib import resources
from pathlib import Path
from typing import Any

import pytest

from node.ports.submissions import SubmissionState
from node.services.views import preview as previews
from node.web.disclosure_words import DISCLOSURE
from risk_models.disclosure.attacks.exposed import BEYOND_BUDGET
from risk_models.disclosure.report import ATTACKS, METHODS, OUTCOMES, RULES
from schemas.digest import sha256_hex
from tests.support import dominated

REASON = "the entity publishes this figure itself"


@pytest.fixture(scope="module")
def preview_path(pages: Any, tmp_path_factory: pytest.TempPathFactory) -> str:
    """The preview of a submission with a dominated figure; the tests of the module only read it."""
    taken = dominated.upload(pages.nodes, tmp_path_factory.mktemp("dominated"))
    return f"/workspace/{taken.submission_id}/preview"


def the_link(page: str, kind: str) -> str:
    """Find the first link that asks for an exception of this kind."""
    found = re.search(rf'href="(/workspace/\d+/exceptions\?kind={kind}[^"]*)"', page)
    assert found is not None
    return html.unescape(found.group(1))


def fields(page: str) -> dict[str, str]:
    """Give the hidden fields of the form of an exception."""
    found = dict(re.findall(r'<input type="hidden" name="(kind|cell)" value="([^"]*)">', page))
    return {name: html.unescape(value) for name, value in found.items()}


def test_every_id_has_words() -> None:
    """No page shows an id of a rule, an attack or an outcome without saying what it is."""
    assert set(RULES) <= set(DISCLOSURE["rule"])
    assert set(ATTACKS) == set(DISCLOSURE["attack"])
    assert set(OUTCOMES) == set(DISCLOSURE["attack_outcome"])
    assert set(METHODS) == set(DISCLOSURE["cover_method"])


def test_every_detail_of_an_attack_has_words() -> None:
    """Whatever the suite says it tried, or why it did not, is said in the reader's language."""
    named = re.compile(
        r'(?:Attack|outcome|attacks)\(\s*"AT\d+",\s*(?:"(?:not_run|not_applicable)",\s*)?"(\w+)"'
    )
    folder = Path(str(resources.files("risk_models.disclosure") / "attacks"))
    texts = "".join(path.read_text(encoding="utf-8") for path in sorted(folder.glob("*.py")))

    found = {*named.findall(texts), BEYOND_BUDGET}

    assert "elimination" in found
    assert found - set(DISCLOSURE["attack_detail"]) == set()


def test_the_numbers_of_the_sentence_are_those_of_the_table(
    pages: Any, preview_path: str, visible: Any
) -> None:
    """An officer signs it: so many leave, so many are withheld, by which rules."""
    text = html.unescape(visible(pages.as_person("boris").get(preview_path).text))
    only = pages.as_person("boris").get(f"{preview_path}?only=withheld").text

    found = re.search(r"(\d+) of (\d+) figures leave; (\d+) are withheld\.", text)
    assert found is not None
    shown, total, withheld = map(int, found.groups())
    assert shown + withheld == total
    assert only.count('class="withheld-row"') == withheld
    assert "one reporting entity could work out another's value" in text
    assert "too few subjects" in text


def test_true_values_are_for_releasing_officers_alone(pages: Any, preview_path: str) -> None:
    """Auditors and submitters read statuses, rules and intervals; nothing that gives a value back."""
    officer = pages.as_person("boris").get(preview_path).text
    assert "True value, stays here" in officer
    assert "Share of the sum withheld" in officer
    for login in ("aigerim", "inspector", "rustam"):
        page = pages.as_person(login).get(preview_path).text
        assert "What is withheld and why" in page
        assert "True value" not in page
        assert "Share of the sum" not in page
        assert "/exceptions?" not in page
        assert "/parts/" not in page


def test_the_bytes_are_those_whose_digest_the_page_shows(pages: Any, preview_path: str) -> None:
    """A part is handed out exactly; nobody but a releaser gets it before it is signed."""
    browser = pages.as_person("boris")
    page = browser.get(preview_path).text
    part = re.search(r'href="(/workspace/\d+/parts/(sha256:[0-9a-f]{64}))"', page)
    assert part is not None

    handed = browser.get(part.group(1))

    assert sha256_hex(handed.content) == part.group(2)
    assert handed.headers["content-disposition"].startswith("attachment")
    assert browser.get(preview_path.replace("preview", "manifest")).json()["originator"] == "KZ"
    assert pages.as_person("inspector").get(part.group(1)).status_code == 403
    assert browser.get(f"{part.group(1)[:-1]}x").status_code == 404


def test_a_large_table_is_read_page_by_page(
    pages: Any, preview_path: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The pages together are the table; the last is shown for any number beyond it, nonsense is no page."""
    browser = pages.as_person("boris")
    monkeypatch.setattr(previews, "PAGE_CELLS", 10_000)
    whole = rows_of(browser.get(preview_path).text)
    monkeypatch.setattr(previews, "PAGE_CELLS", 40)
    first = browser.get(preview_path).text
    count = int(re.search(r"page 1 of (\d+)", first).group(1))  # type: ignore[union-attr]

    read = [
        row
        for page in range(1, count + 1)
        for row in rows_of(browser.get(f"{preview_path}?page={page}").text)
    ]

    assert count > 1
    assert read == whole
    assert f"page {count} of {count}" in browser.get(f"{preview_path}?page=999999").text
    assert browser.get(f"{preview_path}?page=two").status_code == 404
    assert "only=withheld" in browser.get(f"{preview_path}?only=withheld&page=1").text


def test_two_officers_make_an_exception_by_forms(own_pages: Any, tmp_path: Path) -> None:
    """Asked from the line of the figure, agreed to by the other, ended with a reason."""
    number = dominated.upload(own_pages.nodes, tmp_path).submission_id
    preview_path = f"/workspace/{number}/preview"
    boris, daria = own_pages.as_person("boris"), own_pages.as_person("daria")
    form = boris.get(the_link(boris.get(preview_path).text, "show_cell")).text
    assert "The reason leaves with the release" in form

    asked = boris.post(f"/workspace/{number}/ask_exception", {**fields(form), "reason": REASON})
    own = boris.get(f"/workspace/{number}").text
    agreed = daria.post(f"/workspace/{number}/agree_exception", {"number": "1"})

    assert (asked.status_code, agreed.status_code) == (303, 303)
    assert "You asked for it; a second officer has to agree." in own
    assert "agree_exception" not in own
    (one,) = own_pages.surface.ctx.submissions.get(number).exceptions
    assert (one.asked_by, one.agreed_by, one.reason) == ("boris", "daria", REASON)
    assert REASON in own_pages.as_person("inspector").get(preview_path).text
    ended = boris.post(f"/workspace/{number}/end_exception", {"number": "1", "reason": "not needed"})
    assert ended.status_code == 303
    assert own_pages.surface.ctx.submissions.get(number).exceptions == ()


def test_a_refused_request_keeps_the_reason_that_was_typed(pages: Any, preview_path: str) -> None:
    """On the same form, with the refusal above it."""
    number = preview_path.split("/")[2]
    browser = pages.as_person("boris")
    form = browser.get(the_link(browser.get(preview_path).text, "show_cell")).text

    answer = browser.post(
        f"/workspace/{number}/ask_exception", {**fields(form), "reason": "ask petrov@example.org"}
    )

    assert answer.status_code == 422
    assert "may name somebody" in answer.text
    assert 'value="ask petrov@example.org"' in answer.text


@pytest.mark.parametrize("cell", ["nonsense", "{}", "[1]", '["' + "x" * 3000 + '"]', "[" * 1500])
def test_a_form_that_no_page_of_ours_sends_is_refused(pages: Any, preview_path: str, cell: str) -> None:
    """Calmly, and nothing is recorded."""
    number = int(preview_path.split("/")[2])
    browser = pages.as_person("boris")

    typed = {"kind": "show_cell", "cell": cell, "reason": "x"}
    answers = [
        browser.get(f"/workspace/{number}/exceptions", params=typed),
        browser.post(f"/workspace/{number}/ask_exception", typed),
        browser.post(f"/workspace/{number}/ask_exception", {**typed, "kind": "anything"}),
        browser.post(f"/workspace/{number}/agree_exception", {"number": "first"}),
    ]

    assert [answer.status_code for answer in answers] == [422] * 4
    stored = pages.surface.ctx.submissions.get(number)
    assert (stored.state, stored.exceptions_asked) == (SubmissionState.SUBMITTED, ())


def rows_of(page: str) -> list[str]:
    """Give the rows of the table of figures, as they are written."""
    table = page.partition('id="figures"')[2]
    body = table.partition("<tbody>")[2].partition("</tbody>")[0]
    return re.findall(r"<tr.*?</tr>", body, re.DOTALL)
