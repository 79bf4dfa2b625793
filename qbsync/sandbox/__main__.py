"""The command line: serve a local QuickBooks, or steer one that runs."""

import argparse
import sqlite3
import sys
from typing import Any

from qbsync.sandbox.control.recorder import Recorder
from qbsync.sandbox.seeds import SEEDS
from qbsync.sandbox.server import serve
from qbsync.sandbox.state import SWITCHES, Dials, Sandbox
from qbsync.sandbox.steering import PORT, add_commands, steer


def main(arguments: list[str] | None = None) -> int:
    """0 done, 1 refused by the running server, 2 bad input or nobody there."""
    wish = _parser().parse_args(arguments)
    return _serve(wish) if wish.command == "serve" else steer(wish)


def _serve(wish: argparse.Namespace) -> int:
    dials = Dials(
        client_id=wish.client_id,
        client_secret=wish.client_secret,
        more_apps=tuple(wish.app),
        redirect_uris=tuple(wish.redirect_uri),
        latency_ms=wish.latency_ms,
        **{name: getattr(wish, name) for name in SWITCHES},
    )
    try:
        sandbox = Sandbox(path=wish.state, seed=wish.seed, size=wish.size, dials=dials)
        sandbox.recorder = Recorder(wish.record) if wish.record else None
        serve(sandbox, wish.host, wish.port)
    except OSError as trouble:
        print(f"cannot listen on {wish.host}:{wish.port}: {trouble}", file=sys.stderr)
        return 2
    except sqlite3.Error as trouble:
        print(f"cannot use the company file {wish.state}: {trouble}", file=sys.stderr)
        return 2
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m qbsync.sandbox", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    _serve_options(commands.add_parser("serve", help="run a local QuickBooks"))
    add_commands(commands)
    return parser


def _serve_options(serve_parser: argparse.ArgumentParser) -> None:
    add = serve_parser.add_argument
    add("--host", default="127.0.0.1")
    add("--port", type=int, default=PORT, help="0 takes a free one and prints it")
    add("--state", default=":memory:", help="company file to keep; without it all is forgotten at the end")
    add("--seed", default="contractor", choices=sorted(SEEDS), help="for a new company file")
    add("--size", type=int, default=0, metavar="N", help="so many more time entries in a new company file")
    add("--record", metavar="FILE", help="append the JSON of every call to the company API, a line for each body")
    add("--latency-ms", type=int, default=0, help="wait before each call to the company API")
    add("--client-id", default="local-client")
    add("--client-secret", default="local-secret")
    add("--app", action="append", default=[], type=_app, metavar="ID:SECRET", help="one more app, with its own limits")
    add("--redirect-uri", action="append", default=[], help="accept this one beside loopback addresses")
    for name, (values, about) in SWITCHES.items():
        add(f"--{name.replace('_', '-')}", **_switch(values, about))


def _switch(values: tuple[Any, ...], about: str) -> dict[str, Any]:
    """A yes or no becomes `--name` and `--no-name`; anything else a choice. The first value is the default."""
    if isinstance(values[0], bool):
        return {"action": argparse.BooleanOptionalAction, "default": values[0], "help": about}
    return {"type": type(values[0]), "default": values[0], "choices": values, "help": about}


def _app(text: str) -> tuple[str, str]:
    client_id, colon, secret = text.partition(":")
    if not (client_id and colon and secret):
        raise argparse.ArgumentTypeError("give it as ID:SECRET")
    return client_id, secret


if __name__ == "__main__":
    sys.exit(main())
