"""Put the pieces behind one HTTP server, and run it."""

import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import uvicorn
from starlette.applications import Starlette
from starlette.routing import Route

from qbsync.sandbox.api.routes import company_api
from qbsync.sandbox.api.wire import SandboxProtocol, SandboxServer
from qbsync.sandbox.control import routes as control
from qbsync.sandbox.oauth import routes as oauth
from qbsync.sandbox.state import Sandbox
from qbsync.sandbox.website import pages


def create_app(sandbox: Sandbox) -> Starlette:
    @asynccontextmanager
    async def lifespan(app: Starlette) -> AsyncIterator[None]:
        yield
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
            control.routes(),
            *pages.routes(),
        ],
        lifespan=lifespan,
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
