"""The files beside the pages: style sheet, icon, and what was bundled for the browser.

Invariants: every address changes with its content, so a browser asks for each file once; a file that was packed
when it was bundled is sent packed to whoever can unpack it; a node without the bundle shows its pages all the same.
"""

from __future__ import annotations

import json
import mimetypes
from collections.abc import Mapping, MutableMapping
from importlib import resources
from pathlib import Path
from typing import Any

from starlette.datastructures import Headers
from starlette.responses import Response
from starlette.staticfiles import StaticFiles

BUILT = "built"


class StaticFolder(StaticFiles):
    """The folder `static` of this package."""

    def __init__(self) -> None:
        self._folder = Path(str(resources.files("node.web") / "static"))
        super().__init__(directory=self._folder)

    async def get_response(self, path: str, scope: MutableMapping[str, Any]) -> Response:
        """Answer with the file, packed where there is a packed one and the caller takes gzip."""
        takes = [
            one.partition(";")[0].strip()
            for one in Headers(scope=scope).get("accept-encoding", "").split(",")
        ]
        has_packed = (self._folder / f"{path}.gz").is_file()
        is_packed = has_packed and "gzip" in takes
        response = await super().get_response(f"{path}.gz" if is_packed else path, scope)
        response.headers["Cache-Control"] = "public, max-age=31536000, immutable"
        if has_packed:
            response.headers["Vary"] = "Accept-Encoding"
        if is_packed:
            response.headers["Content-Encoding"] = "gzip"
            response.headers["Content-Type"] = mimetypes.guess_type(path)[0] or "application/octet-stream"
        return response


def read_manifest() -> Mapping[str, str]:
    """Give the file name of each bundled module; nothing where nothing was bundled."""
    manifest = resources.files("node.web") / "static" / BUILT / "manifest.json"
    if not manifest.is_file():
        return {}
    entries: dict[str, str] = json.loads(manifest.read_text(encoding="utf-8"))
    return entries
