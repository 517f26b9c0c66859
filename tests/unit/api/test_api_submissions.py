"""A file from upload to release over HTTP, by the people who take the steps."""

from __future__ import annotations

from collections.abc import Iterator

import httpx
import pytest

from node.access import Role
from node.services.context import Context
from tests.support.contexts_api import Client, Surface, add_person, surface
from tests.support.federation import PASSWORD, federation

COLUMNS = "TIME_PERIOD,REF_AREA,COUNTERPART_AREA,FLOW_DIRECTION,FLOW_KIND,PRODUCT,CURRENCY,OBS_VALUE"
FLOW = {"dataflow": "DECLARED_FLOW", "mode": "append", "file_name": "trade.csv"}


def _csv(year: str, *rows: tuple[str, str]) -> bytes:
    """Give declared exports of KZ: counterpart and value of each row."""
    lines = [f"{year},KZ,{counterpart},OUT,TRADE,HS27,USD,{value}" for counterpart, value in rows]
    return "\n".join([COLUMNS, *lines, ""]).encode()


@pytest.fixture(scope="module")
def web(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Surface]:
    """KZ with a submitter and two officers whose keys the registry lists."""
    folder = tmp_path_factory.mktemp("submissions")
    with federation(folder) as nodes:
        ctx = nodes["KZ"]
        add_person(ctx, nodes.clock, "sara", Role.SUBMITTER)
        add_person(ctx, nodes.clock, "boris", Role.RELEASER)
        add_person(ctx, nodes.clock, "daria", Role.RELEASER)
        add_person(ctx, nodes.clock, "both", Role.SUBMITTER, Role.AUDITOR)
        yield surface(ctx, nodes.clock, folder)


def _send(client: Client, content: bytes, path: str = "submissions", **changed: str) -> httpx.Response:
    query = {**FLOW, **changed}
    if path == "checks":
        del query["mode"]
    return client.post(f"/api/v1/{path}", params=query, content=content)


def _submitted(web: Surface, year: str) -> int:
    response = _send(web.signed_in("sara"), _csv(year, ("RU", "10.50"), ("BY", "7")))
    assert response.status_code == 201, response.text
    return int(response.json()["submission_id"])


def _state(ctx: Context, number: int) -> str:
    return str(ctx.submissions.get(number).state)


def test_a_clean_file_is_submitted_and_acknowledged(web: Surface) -> None:
    """The very bytes are kept, and nothing of the way they came."""
    content = _csv("2001", ("RU", "10.50"), ("BY", "7"))

    response = _send(web.signed_in("sara"), content)

    found = response.json()
    assert response.status_code == 201
    assert (found["state"], found["rows"], found["rows_refused"]) == ("submitted", 2, 0)
    assert found["submitted_by"] == "sara"
    assert found["violations"] == []
    assert web.ctx.objects.get(found["file_digest"]) == content
    assert list(web.staging.iterdir()) == []


def test_a_faulty_file_is_kept_with_every_violation_in_words(web: Surface) -> None:
    """In the person's language, or the one asked for; with the row as a spreadsheet shows it."""
    client = web.signed_in("sara")

    sent = _send(client, _csv("2002", ("RU", "10.50"), ("QQ", "7"), ("BY", "-1"))).json()
    path = f"/api/v1/submissions/{sent['submission_id']}"
    in_russian = client.get(path, params={"lang": "ru"}).json()

    assert (sent["state"], sent["rows_refused"]) == ("faulty", 2)
    assert [(one["rule"], one["row"], one["column"]) for one in sent["violations"]] == [
        ("code.unknown", 3, "COUNTERPART_AREA"),
        ("money.negative", 4, "OBS_VALUE"),
    ]
    assert sent["violations_complete"] is True
    assert all(one["message"] for one in sent["violations"])
    assert sent["violations"][0]["message"] != in_russian["violations"][0]["message"]
    assert {step["name"] for step in sent["steps"]} == {"leave_out", "withdraw"}
    assert client.get(path, params={"lang": "xx"}).status_code == 422


def test_refused_rows_are_left_out_only_with_a_reason(web: Surface) -> None:
    """The reason is kept and travels with the release."""
    client = web.signed_in("sara")
    number = _send(client, _csv("2003", ("RU", "1"), ("QQ", "7"))).json()["submission_id"]
    path = f"/api/v1/submissions/{number}/leave-out"

    assert client.post(path, json={"reason": ""}).status_code == 422
    assert client.post(path, json={}).status_code == 422
    assert _state(web.ctx, number) == "faulty"
    found = client.post(path, json={"reason": "Unknown partner, asked for"}).json()
    assert (found["state"], found["leave_out_reason"]) == ("submitted", "Unknown partner, asked for")
    assert client.post(path, json={"reason": "again"}).status_code == 409


def test_a_check_keeps_nothing(web: Surface) -> None:
    """It says what an upload would say."""
    before = len(web.ctx.submissions.all())

    found = _send(web.signed_in("sara"), _csv("2004", ("RU", "1"), ("QQ", "7")), "checks").json()

    assert (found["rows"], found["rows_refused"], found["is_clean"]) == (2, 1, False)
    assert found["violation_totals"]["code.unknown"] == 1
    assert found["violations"][0]["message"]
    assert len(web.ctx.submissions.all()) == before
    assert list(web.staging.iterdir()) == []


@pytest.mark.parametrize(
    ("changed", "content", "status"),
    [
        ({"dataflow": "NO_FLOW"}, b"x", 422),
        ({"mode": "guess"}, b"x", 422),
        ({"file_name": ""}, b"x", 422),
        ({"file_name": "trade.exe"}, b"MZ", 422),
        ({}, b"", 422),
        ({"file_name": "trade.parquet"}, b"PAR1 and nothing else", 422),
    ],
    ids=["unknown dataflow", "unknown mode", "no name", "unknown kind", "empty", "broken"],
)
def test_a_file_that_cannot_be_read_is_refused_in_words(
    web: Surface, changed: dict[str, str], content: bytes, status: int
) -> None:
    """And nothing is left in the staging folder."""
    response = _send(web.signed_in("sara"), content, **changed)

    assert response.status_code == status, response.text
    assert response.json()["detail"]
    assert list(web.staging.iterdir()) == []


def test_the_same_file_is_not_taken_twice(web: Surface) -> None:
    """The answer names the submission it is already."""
    client = web.signed_in("sara")
    content = _csv("2005", ("RU", "1"))
    _send(client, content)

    assert _send(client, content).status_code == 409


def test_three_people_release_and_the_bundle_can_be_read(web: Surface) -> None:
    """Submitter, approver and releaser are three; each step answers with what it made."""
    number = _submitted(web, "2006")
    path = f"/api/v1/submissions/{number}"
    password = {"password": PASSWORD}
    preview = web.signed_in("boris").get(f"{path}/preview").json()
    approved = web.signed_in("boris").post(f"{path}/approve", json=password)
    again = web.signed_in("boris").post(f"{path}/release", json=password)
    released = web.signed_in("daria").post(f"{path}/release", json=password)

    assert preview["audience"] == ["BY", "KZ", "RU"]
    assert (preview["cells"]["total"], preview["cells"]["complete"]) == (2, True)
    assert {row["OBS_VALUE"] for row in preview["cells"]["rows"]} == {1050, 700}
    assert preview["certificate"]["rules"] is not None
    assert approved.json()["state"] == "approved"
    assert again.status_code == 403
    assert "somebody other than the approver" in again.json()["detail"]
    assert released.status_code == 200, released.text
    digest = released.json()["digest"]
    assert digest == approved.json()["manifest_digest"]
    assert web.signed_in("sara").get(f"/api/v1/bundles/{digest}").json()["log_index"] == 0


def test_a_wrong_password_signs_nothing(web: Surface) -> None:
    """The session alone is not enough for a signature."""
    number = _submitted(web, "2007")

    response = web.signed_in("boris").post(
        f"/api/v1/submissions/{number}/approve", json={"password": "not the password"}
    )

    assert response.status_code == 401
    assert _state(web.ctx, number) == "submitted"
    assert "not the password" not in response.text


def test_an_approval_can_be_undone_with_a_reason(web: Surface) -> None:
    """Until it is released."""
    number = _submitted(web, "2008")
    path = f"/api/v1/submissions/{number}"
    web.signed_in("boris").post(f"{path}/approve", json={"password": PASSWORD})

    undone = web.signed_in("daria").post(f"{path}/send-back", json={"reason": "A figure looks wrong"})

    assert undone.json()["state"] == "submitted"
    assert undone.json()["approved_by"] is None


def test_a_withdrawn_submission_stays_in_the_list(web: Surface) -> None:
    """Newest first."""
    number = _submitted(web, "2009")
    withdrawn = web.signed_in("sara").post(
        f"/api/v1/submissions/{number}/withdraw", json={"reason": "Wrong year"}
    )
    listed = web.signed_in("both").get("/api/v1/submissions").json()

    assert withdrawn.json()["state"] == "withdrawn"
    assert (listed[0]["submission_id"], listed[0]["state"]) == (number, "withdrawn")


@pytest.mark.parametrize(
    ("number", "status"), [("99999", 404), ("nonsense", 422), ("-1", 422), ("9" * 30, 422)]
)
def test_a_submission_that_is_none_is_not_found(web: Surface, number: str, status: int) -> None:
    """Whatever the number."""
    assert web.signed_in("sara").get(f"/api/v1/submissions/{number}").status_code == status


def test_the_rows_around_what_is_wrong_are_given_with_each_finding_at_its_place(web: Surface) -> None:
    """The second row of the file is wrong in its last column; the row after it is shown too."""
    sent = _send(web.signed_in("sara"), _csv("2031", ("RU", "ten"), ("BY", "7")))
    number = sent.json()["submission_id"]

    table = web.signed_in("sara").get(f"/api/v1/submissions/{number}/rows?lang=en").json()

    (finding,) = [one for one in table["findings"] if one["severity"] == "error"]
    assert [row["number"] for row in table["rows"]] == [2, 3]
    assert (finding["row"], table["columns"][finding["place"]]) == (2, "OBS_VALUE")
    assert table["rows"][0]["cells"][finding["place"]] == "ten"
    assert (table["rules"][finding["rule"]], table["pages"]) == (1, 1)
    assert table["listed"] == len(table["findings"]) == sum(table["rules"].values())


def test_the_file_with_its_findings_is_a_workbook_for_those_who_may_read_it(web: Surface) -> None:
    """The officer who signs figures is refused rows."""
    sent = _send(web.signed_in("sara"), _csv("2032", ("RU", "ten")))
    path = f"/api/v1/submissions/{sent.json()['submission_id']}/findings.xlsx"

    workbook = web.signed_in("sara").get(path)

    assert workbook.content.startswith(b"PK")
    assert workbook.headers["content-type"].endswith("spreadsheetml.sheet")
    assert web.signed_in("boris").get(path).status_code == 403
