"""Say where QuickBooks is: the addresses of each environment, and which of them may be plain http."""

from __future__ import annotations

import ipaddress
from dataclasses import dataclass
from urllib.parse import urlsplit

from qbsync.domain.connection import Environment
from qbsync.domain.errors import BadInput

LOCAL_BASE = "http://127.0.0.1:8610"


@dataclass(frozen=True, kw_only=True)
class Endpoints:
    """The addresses of one QuickBooks. None ends in a slash.

    `app_base` is where people see their records. `environment` says how the links to them are made.
    """

    api_base: str
    discovery_url: str
    graphql_url: str
    app_base: str
    environment: Environment = Environment.PRODUCTION


_PRODUCTION = Endpoints(
    api_base="https://quickbooks.api.intuit.com",
    discovery_url="https://developer.api.intuit.com/.well-known/openid_configuration",
    graphql_url="https://qb.api.intuit.com/graphql",
    app_base="https://app.qbo.intuit.com",
    environment=Environment.PRODUCTION,
)
_SANDBOX = Endpoints(
    api_base="https://sandbox-quickbooks.api.intuit.com",
    discovery_url="https://developer.api.intuit.com/.well-known/openid_sandbox_configuration",
    graphql_url="https://qb-sandbox.api.intuit.com/graphql",
    app_base="https://sandbox.qbo.intuit.com",
    environment=Environment.SANDBOX,
)


def endpoints_for(
    environment: Environment,
    *,
    local_base: str = LOCAL_BASE,
    api_base: str = "",
    discovery_url: str = "",
    graphql_url: str = "",
    app_base: str = "",
) -> Endpoints:
    """The addresses of an environment; every non-empty argument overrides one of them.

    Raises BadInput for an address that is not https, except on this very machine.
    """
    usual = _usual(environment, local_base)
    return Endpoints(
        api_base=_checked("QBSYNC_QBO_API_BASE", api_base or usual.api_base),
        discovery_url=_checked("QBSYNC_QBO_DISCOVERY_URL", discovery_url or usual.discovery_url),
        graphql_url=_checked("QBSYNC_QBO_GRAPHQL_URL", graphql_url or usual.graphql_url),
        app_base=_checked("the address of QuickBooks' pages", app_base or usual.app_base),
        environment=environment,
    )


def _usual(environment: Environment, local_base: str) -> Endpoints:
    if environment is Environment.PRODUCTION:
        return _PRODUCTION
    if environment is Environment.SANDBOX:
        return _SANDBOX
    base = local_base.rstrip("/")
    return Endpoints(
        api_base=base,
        discovery_url=f"{base}/.well-known/openid_sandbox_configuration",
        graphql_url=f"{base}/graphql",
        app_base=base,
        environment=Environment.LOCAL,
    )


def _checked(setting: str, url: str) -> str:
    if not is_safe(url):
        raise BadInput(
            f"{setting} is {url!r}, which is not a safe address. "
            "Use one that begins with https://; plain http:// is allowed on this machine only."
        )
    return url.rstrip("/")


def is_safe(url: str) -> bool:
    """Whether secrets may travel to `url`: https anywhere, http on this machine only."""
    parts = urlsplit(url)
    return bool(parts.hostname) and (parts.scheme == "https" or (parts.scheme == "http" and is_loopback(url)))


def is_loopback(url: str) -> bool:
    """Whether `url` points at this very machine."""
    host = urlsplit(url).hostname or ""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
