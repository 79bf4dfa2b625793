"""Security headers on every answer: what the browser may load, and who may frame us (nobody)."""

from __future__ import annotations

import base64
import hashlib
import importlib.util
import re
from functools import cache
from pathlib import Path

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

INLINE_SCRIPT = re.compile(r"<script>(.*?)</script>|<script(?! [^>]*src=)[^>]+>(.*?)</script>", re.DOTALL)
HOST = re.compile(r"[A-Za-z0-9.\-\[\]:]{1,255}")


class SecurityHeaders:
    """Plain ASGI middleware. Behind a proxy that speaks https, every cookie is marked Secure."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        asked = Headers(scope=scope)

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                _add(MutableHeaders(scope=message), asked)
            await send(message)

        await self.app(scope, receive, send_with_headers)


def _add(answer: MutableHeaders, asked: Headers) -> None:
    answer["Content-Security-Policy"] = content_policy(asked.get("host", ""))
    answer["X-Content-Type-Options"] = "nosniff"
    answer["X-Frame-Options"] = "DENY"
    answer["Referrer-Policy"] = "same-origin"
    if asked.get("x-forwarded-proto") == "https":
        answer["Strict-Transport-Security"] = "max-age=31536000"
        _secure_cookies(answer)


def _secure_cookies(answer: MutableHeaders) -> None:
    cookies = answer.getlist("set-cookie")
    if not cookies:
        return
    del answer["set-cookie"]
    for cookie in cookies:
        answer.append("set-cookie", cookie if "; secure" in cookie.lower() else f"{cookie}; Secure")


def content_policy(host: str) -> str:
    """The policy for pages served under `host`; a host that is not one is left out."""
    sockets = f" ws://{host} wss://{host}" if HOST.fullmatch(host) else ""
    return "; ".join(
        (
            "default-src 'self'",
            f"script-src 'self' 'wasm-unsafe-eval' {inline_hashes()}".strip(),
            "style-src 'self' 'unsafe-inline'",
            "img-src 'self' data: blob:",
            "font-src 'self' data:",
            f"connect-src 'self'{sockets}",
            "worker-src 'self' blob:",
            "object-src 'none'",
            "base-uri 'self'",
            "frame-ancestors 'none'",
        )
    )


@cache
def inline_hashes() -> str:
    """The hashes of the scripts that stand inside the dashboard's one HTML page."""
    found = importlib.util.find_spec("streamlit")
    if found is None or found.origin is None:
        return ""
    page = (Path(found.origin).parent / "static" / "index.html").read_text(encoding="utf-8")
    return " ".join(f"'sha256-{_digest(one or other)}'" for one, other in INLINE_SCRIPT.findall(page))


def _digest(script: str) -> str:
    return base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
