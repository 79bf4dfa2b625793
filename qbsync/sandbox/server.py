"""Put the pieces behind one HTTP server, and run it."""

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from typing import Final

import uvicorn
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.routing import Route
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from qbsync.sandbox.api.routes import company_api
from qbsync.sandbox.api.wire import SandboxProtocol, SandboxServer
from qbsync.sandbox.attachments.routes import stored_file
from qbsync.sandbox.control import routes as control
from qbsync.sandbox.oauth import routes as oauth
from qbsync.sandbox.projects.routes import METHODS, graphql
from qbsync.sandbox.state import Sandbox
from qbsync.sandbox.website import pages

MEBIBYTE: Final = 1024 * 1024
BODY_MAX: Final = 16 * MEBIBYTE
UPLOAD_MAX: Final = 128 * MEBIBYTE  # the rule on uploads, 100 MiB, has a refusal of its own


class BodyLimit:
    """Ends a call with 413 when its body is larger than any call needs, before it fills the memory."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        most = UPLOAD_MAX if scope.get("path", "").endswith("/upload") else BODY_MAX
        seen = 0

        async def counted() -> Message:
            nonlocal seen
            message = await receive()
            seen += len(message.get("body", b""))
            if seen > most:
                raise HTTPException(413)
            return message

        await self.app(scope, counted, send)


def create_app(sandbox: Sandbox) -> Starlette:
    @asynccontextmanager
    async def lifespan(app: Starlette) -> AsyncIterator[None]:
        telling = asyncio.create_task(sandbox.deliverer.run())
        yield
        telling.cancel()
        with suppress(asyncio.CancelledError):
            await telling
        sandbox.close()

    discovery = [
        Route(f"/.well-known/{name}{slash}", oauth.discovery)
        for name in ("openid_configuration", "openid_sandbox_configuration")
        for slash in ("", "/")
    ]
    app = Starlette(
        routes=[
            *discovery,
            Route("/connect/oauth2", oauth.consent, methods=["GET", "POST"]),
            Route("/oauth2/v1/tokens/bearer", oauth.token, methods=["POST"]),
            Route("/v2/oauth2/tokens/revoke", oauth.revoke, methods=["POST"]),
            Route("/v1/openid_connect/userinfo", oauth.userinfo),
            Route("/op/v1/jwks", oauth.jwks),
            Route("/v3/company/{realm}/{resource}", company_api, methods=["GET", "POST"]),
            Route("/v3/company/{realm}/{resource}/{key}", company_api, methods=["GET", "POST"]),
            Route("/v3/company/{realm}/{resource}/{key}/{tail}", company_api, methods=["GET", "POST"]),
            Route("/graphql", graphql, methods=METHODS),
            Route("/attachments/{realm}/{key}", stored_file),
            control.routes(),
            *pages.routes(),
        ],
        lifespan=lifespan,
        middleware=[Middleware(BodyLimit)],
    )
    app.router.redirect_slashes = False
    app.state.sandbox = sandbox
    app.state.pending = {}
    return app


def serve(sandbox: Sandbox, host: str, port: int) -> None:
    """Blocks until SIGTERM or SIGINT. Without an access log no token is ever printed."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    # The protocol is named because asyncio turns Nagle's delay off only for sockets that name it.
    listener = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listener.bind((host, port))
    listener.listen(128)
    shown = f"[{host}]" if ":" in host else host
    print(f"Local QuickBooks listening on http://{shown}:{listener.getsockname()[1]}", flush=True)
    config = uvicorn.Config(
        create_app(sandbox),
        http=SandboxProtocol,
        ws="none",
        log_level="warning",
        access_log=False,
        server_header=False,
        timeout_keep_alive=30,
        timeout_graceful_shutdown=2,
    )
    SandboxServer(config).run(sockets=[listener])
