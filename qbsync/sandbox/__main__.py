"""The command line: serve a local QuickBooks, or steer one that runs."""

import argparse
import json
import sqlite3
import sys
from http.client import HTTPConnection, HTTPException
from typing import Any, Final
from urllib.parse import urlsplit

from qbsync.sandbox.seeds import CONTRACTOR_REALM, SEEDS
from qbsync.sandbox.server import serve
from qbsync.sandbox.state import Dials, Sandbox

PORT: Final = 8610


def main(arguments: list[str] | None = None) -> int:
    """0 done, 1 refused by the running server, 2 bad input or nobody there."""
    wish = _parser().parse_args(arguments)
    if wish.command == "serve":
        return _serve(wish)
    return _steer(wish)


def _serve(wish: argparse.Namespace) -> int:
    dials = Dials(
        client_id=wish.client_id,
        client_secret=wish.client_secret,
        redirect_uris=tuple(wish.redirect_uri),
        loopback_redirects=not wish.no_loopback_redirects,
        rotate=wish.rotate,
        refresh_days=wish.refresh_days,
        code_reuse=wish.code_reuse,
        refresh_reuse=wish.refresh_reuse,
        invalid_client_status=wish.invalid_client_status,
        throttle=not wish.no_throttle,
        retry_after=not wish.no_retry_after,
        cdc_time_activity=wish.cdc_time_activity,
        latency_ms=wish.latency_ms,
    )
    try:
        serve(Sandbox(path=wish.state, seed=wish.seed, dials=dials), wish.host, wish.port)
    except OSError as trouble:
        print(f"cannot listen on {wish.host}:{wish.port}: {trouble}", file=sys.stderr)
        return 2
    except sqlite3.Error as trouble:
        print(f"cannot use the company file {wish.state}: {trouble}", file=sys.stderr)
        return 2
    return 0


def _steer(wish: argparse.Namespace) -> int:
    method, path, body = _control_call(wish)
    address = urlsplit(wish.url)
    data = json.dumps(body).encode() if body is not None else None
    line = HTTPConnection(address.hostname or "127.0.0.1", address.port or PORT, timeout=30)
    try:
        line.request(method, f"/_sandbox/{path}", body=data, headers={"Content-Type": "application/json"})
        answer = line.getresponse()
        told = answer.read().decode()
    except (OSError, HTTPException) as trouble:
        print(f"no local QuickBooks at {wish.url}: {trouble}", file=sys.stderr)
        return 2
    finally:
        line.close()
    if answer.status != 200:
        print(told, file=sys.stderr)
        return 1
    print(json.dumps(json.loads(told), indent=2, ensure_ascii=False))
    return 0


def _control_call(wish: argparse.Namespace) -> tuple[str, str, dict[str, Any] | None]:
    """(method, path below /_sandbox, body)."""
    match wish.command:
        case "reset" | "seed":
            return "POST", "reset", {"seed": wish.name} if wish.name else {}
        case "fault":
            return _fault_call(wish)
        case "clock":
            given = {"advance_seconds": wish.advance_seconds, "now": wish.now}
            body = {name: value for name, value in given.items() if value is not None}
            return "POST", "clock", body
        case "edit":
            body = {"entity": wish.entity, "id": wish.id, "changes": json.loads(wish.changes)}
            return "POST", f"{wish.realm}/edit", body
        case "delete" | "deactivate":
            return "POST", f"{wish.realm}/{wish.command}", {"entity": wish.entity, "id": wish.id}
        case "pay":
            given = {"bill_id": wish.bill_id, "amount": wish.amount, "date": wish.date}
            return (
                "POST",
                f"{wish.realm}/pay",
                {name: value for name, value in given.items() if value is not None},
            )
        case "close-books":
            return "POST", f"{wish.realm}/close-books", {"date": wish.date}
        case "expire-tokens":
            return "POST", "expire-tokens", {"kind": wish.kind}
        case _:
            return "GET", "stats", None


def _fault_call(wish: argparse.Namespace) -> tuple[str, str, dict[str, Any] | None]:
    if wish.kind == "clear":
        return "DELETE", "faults", None
    names = ("kind", "route", "count", "rate", "seed", "status", "ms", "match")
    return "POST", "faults", {name: getattr(wish, name) for name in names if getattr(wish, name) is not None}


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m qbsync.sandbox", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    _serve_options(commands.add_parser("serve", help="run a local QuickBooks"))
    steering = argparse.ArgumentParser(add_help=False)
    steering.add_argument("--url", default=f"http://127.0.0.1:{PORT}")
    in_company = argparse.ArgumentParser(add_help=False, parents=[steering])
    in_company.add_argument("--realm", default=CONTRACTOR_REALM)
    for name in ("reset", "seed"):
        commands.add_parser(name, parents=[steering]).add_argument("name", nargs="?", choices=sorted(SEEDS))
    commands.add_parser("stats", parents=[steering])
    _fault_options(commands.add_parser("fault", parents=[steering], help="arm a fault, or `fault clear`"))
    clock = commands.add_parser("clock", parents=[steering])
    clock.add_argument("--advance-seconds", type=float)
    clock.add_argument("--now", help="an ISO date-time")
    expire = commands.add_parser("expire-tokens", parents=[steering])
    expire.add_argument("kind", nargs="?", default="access", choices=("access", "refresh", "all"))
    for name in ("edit", "delete", "deactivate"):
        command = commands.add_parser(name, parents=[in_company])
        command.add_argument("entity")
        command.add_argument("id")
        if name == "edit":
            command.add_argument("changes", help='JSON, such as \'{"PrivateNote": "checked"}\'')
    pay = commands.add_parser("pay", parents=[in_company])
    pay.add_argument("bill_id")
    pay.add_argument("--amount")
    pay.add_argument("--date")
    commands.add_parser("close-books", parents=[in_company]).add_argument("date", nargs="?")
    return parser


def _serve_options(serve_parser: argparse.ArgumentParser) -> None:
    add = serve_parser.add_argument
    add("--host", default="127.0.0.1")
    add("--port", type=int, default=PORT, help="0 takes a free one and prints it")
    add("--state", default=":memory:", help="company file to keep; without it all is forgotten at the end")
    add("--seed", default="contractor", choices=sorted(SEEDS), help="for a new company file")
    add("--latency-ms", type=int, default=0)
    add("--no-throttle", action="store_true")
    add("--no-retry-after", action="store_true", help="429 without a Retry-After header")
    add("--client-id", default="local-client")
    add("--client-secret", default="local-secret")
    add("--redirect-uri", action="append", default=[], help="accept this one beside loopback addresses")
    add("--no-loopback-redirects", action="store_true", help="accept only what --redirect-uri names, letter by letter")
    add("--cdc-time-activity", action="store_true", help="change data capture tells of TimeActivity too")
    add("--rotate", default="daily", choices=("daily", "every-use"), help="when refresh tokens change")
    add("--refresh-days", type=int, default=101, choices=(101, 100), help="how long an unused refresh token lasts")
    add("--code-reuse", default="revoke", choices=("revoke", "refuse"), help="what a code that comes twice does")
    add("--refresh-reuse", default="refuse", choices=("refuse", "revoke"), help="what a replaced refresh token does")
    add("--invalid-client-status", type=int, default=401, choices=(401, 400))


def _fault_options(fault: argparse.ArgumentParser) -> None:
    fault.add_argument("kind")
    fault.add_argument("--route")
    fault.add_argument("--count", type=int)
    fault.add_argument("--rate", type=float)
    fault.add_argument("--seed", type=int)
    fault.add_argument("--status", type=int)
    fault.add_argument("--ms", type=int)
    fault.add_argument("--match")


if __name__ == "__main__":
    sys.exit(main())
