"""A person's view of a node's API, as a script would use it."""

from __future__ import annotations

import http.client
import json
import re
from email.message import Message
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from node.demo.federation import HOST, DemoNode, Person
from node.errors import NodeError

TIMEOUT_S = 300
FIRST_ERROR = 400
NEXT_PAGE = re.compile(r'<([^>]+)>; rel="next"')  # RFC 8288


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

    def get_all(self, path: str) -> list[dict[str, Any]]:
        """Read a list to its end, page by page."""
        entries: list[dict[str, Any]] = []
        following: str | None = path
        while following is not None:
            page, headers = self._answered("GET", following, None, {})
            entries += page
            named = NEXT_PAGE.search(headers.get("Link", ""))
            following = named.group(1) if named else None
        return entries

    def post(self, path: str, document: dict[str, Any]) -> Any:
        """Send a JSON document."""
        return self._ask("POST", path, json.dumps(document).encode(), {"Content-Type": "application/json"})

    def upload(self, file: Path, dataflow: str) -> Any:
        """Upload a file as an analyst does; gives the submission."""
        query = urlencode({"dataflow": dataflow, "file_name": file.name, "mode": "append"})
        kind = {"Content-Type": "application/octet-stream"}
        return self._ask("POST", f"/api/v1/submissions?{query}", file.read_bytes(), kind)

    def _ask(self, method: str, path: str, body: bytes | None, headers: dict[str, str]) -> Any:
        return self._answered(method, path, body, headers)[0]

    def _answered(
        self, method: str, path: str, body: bytes | None, headers: dict[str, str]
    ) -> tuple[Any, Message]:
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
        return document, answer.headers
