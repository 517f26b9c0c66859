"""The API asked at random by schemathesis: no server error, and no answer that its description does not have.

The person asking has every role; sessions and passwords are left alone, because what comes after needs them.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis import GenerationMode
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from node.access import Role
from node.api.description import describe
from tests.support.contexts_api import Surface, add_person, surface
from tests.support.federation import federation
from tests.support.web_figures import fill

EXAMPLES = 4
LEFT_ALONE = {"POST /api/v1/session", "DELETE /api/v1/session", "PUT /api/v1/me/password"}
CHECKS = [
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
]
CLIENT_HOST = "testserver"


@pytest.fixture(scope="module")
def web(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Surface]:
    """KZ with figures of every kind, a faulty submission and one that waits."""
    folder = tmp_path_factory.mktemp("schemathesis")
    with federation(folder / "nodes") as nodes:
        fill(nodes, folder)
        ctx = nodes["KZ"]
        add_person(ctx, nodes.clock, "boris", *Role)
        made = surface(ctx, nodes.clock, folder, allowed_hosts=[CLIENT_HOST, "node.test"])
        made.signed_in("boris")
        yield made


@pytest.mark.slow
@pytest.mark.parametrize(
    "mode", [GenerationMode.POSITIVE, GenerationMode.NEGATIVE], ids=lambda mode: mode.name
)
def test_no_answer_is_an_error_of_the_server_or_undocumented(web: Surface, mode: GenerationMode) -> None:
    """Every operation, with what fits its description and with what does not; names that exist are put in."""
    schema = schemathesis.openapi.from_dict(describe(web.app))
    schema.app = web.app
    headers = {"Authorization": f"Bearer {web.tokens['boris']}"}
    chance = random.Random(7)
    exist: dict[str, list[Any]] = {
        "submission_id": [one.submission_id for one in web.ctx.submissions.all()],
        "digest": [one.digest for one in web.ctx.ledger.bundles()],
        "number": [1, 2],
    }
    asked: set[str] = set()

    def ask(operation: Any, examples: int) -> None:
        @settings(
            max_examples=examples, deadline=None, derandomize=True, database=None, phases=[Phase.generate],
            suppress_health_check=list(HealthCheck),
        )  # fmt: skip
        @given(case=operation.as_strategy(generation_mode=mode))
        def run(case: Any) -> None:
            for name in set(exist) & set(case.path_parameters or {}):
                case.path_parameters[name] = chance.choice(exist[name])
            answer = case.call(headers=headers)
            assert answer.status_code != 500, (case.as_curl_command(), answer.text)
            case.validate_response(answer, checks=CHECKS)
            asked.add(operation.label)

        run()

    for found in schema.get_all_operations():
        operation = found.ok()
        has_input = operation.body or any(True for _ in operation.iter_parameters())
        if operation.label not in LEFT_ALONE and (has_input or mode is GenerationMode.POSITIVE):
            ask(operation, EXAMPLES if has_input else 1)

    assert len(asked) > 30
