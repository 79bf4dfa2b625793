"""Write the JSON of every call to a file, a line for each body, so that it can be held against a schema."""

import json
from pathlib import Path
from typing import Any

from qbsync.sandbox.api.asked import Asked
from qbsync.sandbox.api.replay import Saved
from qbsync.sandbox.entities import BY_PATH


class Recorder:
    """Lines `{"entity": …, "body": …}` for what was sent, `{"body": …}` for what was answered. Never a header."""

    def __init__(self, path: str) -> None:
        self.path = Path(path)

    def add(self, asked: Asked, saved: Saved) -> None:
        with self.path.open("a", encoding="utf-8") as file:
            for line in (_sent(asked), _answered(saved)):
                if line is not None:
                    file.write(json.dumps(line, ensure_ascii=False) + "\n")


def _sent(asked: Asked) -> dict[str, Any] | None:
    body = _parsed(asked.body) if asked.writes and asked.media_type == "application/json" else None
    if body is None:
        return None
    kind = BY_PATH.get(asked.resource)
    return {"body": body} if kind is None else {"entity": kind.name, "body": body}


def _answered(saved: Saved) -> dict[str, Any] | None:
    body = _parsed(saved.body) if saved.content_type.startswith("application/json") else None
    return None if body is None else {"body": body}


def _parsed(body: bytes) -> Any:
    try:
        return json.loads(body)
    except ValueError:
        return None
