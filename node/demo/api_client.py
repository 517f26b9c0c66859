"""A person's view of a node's API, as a script would use it."""

from __future__ import annotations

import http.client
import json
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from node.demo.federation import HOST, DemoNode, Person
from node.errors import NodeError

TIMEOUT_S = 300
FIRST_ERROR = 400


class ApiClient:
    """Signed in as one person at one node; an answer that is a problem is raised with the node's own words."""

    def __init__(self, node: DemoNode, person: Person) -> None:
        self.node = node
        self._token = ""
        answer = self.post("/api/v1/session", {"login": person.login, "password": person.password})
        self._token = answer["token"]

    def get(self, path: str) -> Any:
        """Read a resource."""
        return self._ask("GET", path, None, {})

    def post(self, path: str, document: dict[str, Any]) -> Any:
        """Send a JSON document."""
        return self._ask("POST", path, json.dumps(document).encode(), {"Content-Type": "application/json"})

    def upload(self, file: Path, dataflow: str) -> Any:
        """Upload a file as an analyst does; gives the submission."""
        query = urlencode({"dataflow": dataflow, "file_name": file.name, "mode": "append"})
        kind = {"Content-Type": "application/octet-stream"}
        return self._ask("POST", f"/api/v1/submissions?{query}", file.read_bytes(), kind)

    def _ask(self, method: str, path: str, body: bytes | None, headers: dict[str, str]) -> Any:
        connection = http.client.HTTPConnection(HOST, self.node.web_port, timeout=TIMEOUT_S)
        if self._token:
            headers = {**headers, "Authorization": f"Bearer {self._token}"}
        try:
            connection.request(method, path, body=body, headers=headers)
            answer = connection.getresponse()
            content = answer.read()
        finally:
            connection.close()
        document = json.loads(content) if content else None
        if answer.status >= FIRST_ERROR:
            problem = document or {}
            raise NodeError(
                f"{self.node.code} answered {answer.status} to {method} {path}",
                detail=f"{problem.get('title', '')} {problem.get('detail', '')}".strip(),
                hint=str(problem.get("hint", "")),
            )
        return document
