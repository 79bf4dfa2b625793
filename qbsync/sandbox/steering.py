"""Commands that steer a running local QuickBooks: each is one call of its control API."""

import argparse
import json
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from http.client import HTTPConnection, HTTPException
from typing import Any, Final
from urllib.parse import urlsplit

from qbsync.sandbox.seeds import CONTRACTOR_REALM, SEEDS

PORT: Final = 8610
Options = Mapping[str, Mapping[str, Any]]


@dataclass(frozen=True, kw_only=True)
class Command:
    """The path below /_sandbox, and the words of the command line that become its body.

    A word may have another name in the body; `parsed` words are JSON.
    """

    help: str
    path: str
    words: Options = field(default_factory=dict)
    method: str = "POST"
    names: Mapping[str, str] = field(default_factory=dict)
    parsed: tuple[str, ...] = ()

    @property
    def in_company(self) -> bool:
        return self.path.startswith("{realm}/")


WORD: Final[Mapping[str, Any]] = {}
MAYBE: Final[Mapping[str, Any]] = {"nargs": "?"}
NUMBER: Final[Mapping[str, Any]] = {"type": int}
FRACTION: Final[Mapping[str, Any]] = {"type": float}
RECORD: Final[Options] = {"entity": WORD, "id": WORD}
SEED: Final[Options] = {"name": {"nargs": "?", "choices": sorted(SEEDS)}}
FAULT: Final[Options] = {
    "kind": WORD, "--route": WORD, "--match": WORD, "--count": NUMBER, "--seed": NUMBER, "--status": NUMBER,
    "--ms": NUMBER, "--rate": FRACTION,
}  # fmt: skip
CLOCK: Final[Options] = {"--advance-seconds": FRACTION, "--now": {"help": "an ISO date-time"}}
TOKENS: Final[Options] = {"kind": {**MAYBE, "default": "access", "choices": ("access", "refresh", "all")}}
NOTICES: Final[Options] = {
    "address": {**MAYBE, "help": "such as http://127.0.0.1:9000/notices; an empty one ends it"},
    "--verifier": WORD, "--form": WORD, "--order": WORD, "--delay-ms": NUMBER, "--repeat": NUMBER,
}  # fmt: skip
CHANGES: Final[Options] = {**RECORD, "changes": {"help": 'JSON, such as \'{"PrivateNote": "checked"}\''}}
COMMANDS: Final[Mapping[str, Command]] = {
    "reset": Command(help="everything new", path="reset", words=SEED, names={"name": "seed"}),
    "seed": Command(help="everything new", path="reset", words=SEED, names={"name": "seed"}),
    "stats": Command(help="counters of all calls", path="stats", method="GET"),
    "fault": Command(help="arm a fault, or `fault clear`", path="faults", words=FAULT),
    "clock": Command(help="what time it is, or move it", path="clock", words=CLOCK),
    "settings": Command(help="all switches, or set one", path="settings", words={"name": MAYBE, "value": MAYBE}),
    "expire-tokens": Command(help="end tokens now", path="expire-tokens", words=TOKENS),
    "snapshot": Command(help="keep the company file under a name", path="snapshots", words={"name": WORD}),
    "restore": Command(help="the books as they were at a snapshot", path="restore", words={"name": WORD}),
    "webhooks": Command(
        help="tell an address of this machine of every change", path="webhooks", words=NOTICES, names={"address": "url"}
    ),
    "edit": Command(help="change a record as another user", path="{realm}/edit", words=CHANGES, parsed=("changes",)),
    "delete": Command(help="delete a record as another user", path="{realm}/delete", words=RECORD),
    "deactivate": Command(help="make a name inactive as another user", path="{realm}/deactivate", words=RECORD),
    "pay": Command(
        help="pay a bill as another user", path="{realm}/pay", words={"bill_id": WORD, "--amount": WORD, "--date": WORD}
    ),
    "merge": Command(
        help="make one name of two", path="{realm}/merge", words={"entity": WORD, "loser": WORD, "winner": WORD}
    ),
    "close-books": Command(
        help="through this day; without one the books are open", path="{realm}/close-books", words={"date": MAYBE}
    ),
    "preference": Command(
        help="set a preference of the company", path="{realm}/preference", words={"name": WORD, "value": WORD}
    ),
    "offering": Command(help="what the company has subscribed to", path="{realm}/offering", words={"sku": WORD}),
    "subscription": Command(help="how the subscription stands", path="{realm}/subscription", words={"status": WORD}),
}


def add_commands(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    for name, command in COMMANDS.items():
        parser = commands.add_parser(name, help=command.help)
        where = f"http://127.0.0.1:{PORT}"
        parser.add_argument("--url", dest="at", default=where, metavar="URL", help=f"where it listens: {where}")
        if command.in_company:
            parser.add_argument("--realm", default=CONTRACTOR_REALM)
        for word, options in command.words.items():
            parser.add_argument(word, **options)


def call_of(wish: argparse.Namespace) -> tuple[str, str, dict[str, Any] | None]:
    """(method, path below /_sandbox, body)."""
    command = COMMANDS[wish.command]
    given = {name: value for name, value in vars(wish).items() if name not in {"command", "at", "realm"}}
    if wish.command == "close-books":
        return command.method, command.path.format(realm=wish.realm), given
    given = {name: value for name, value in given.items() if value is not None}
    special = SPECIAL.get(wish.command)
    if special is not None:
        return special(given)
    body = {command.names.get(name, name): _parsed(command, name, value) for name, value in given.items()}
    realm = wish.realm if command.in_company else ""
    return command.method, command.path.format(realm=realm), None if command.method == "GET" else body


def _parsed(command: Command, name: str, value: Any) -> Any:
    return json.loads(value) if name in command.parsed else value


def _fault(given: dict[str, Any]) -> tuple[str, str, dict[str, Any] | None]:
    return ("DELETE", "faults", None) if given["kind"] == "clear" else ("POST", "faults", given)


def _settings(given: dict[str, Any]) -> tuple[str, str, dict[str, Any] | None]:
    """A value is JSON where it can be: true, 101; and otherwise text."""
    if "value" not in given:
        return "GET", "settings", None
    try:
        value = json.loads(given["value"])
    except ValueError:
        value = given["value"]
    return "POST", "settings", {given["name"].replace("-", "_"): value}


SPECIAL: Final[Mapping[str, Callable[[dict[str, Any]], tuple[str, str, dict[str, Any] | None]]]] = {
    "fault": _fault,
    "settings": _settings,
}


def steer(wish: argparse.Namespace) -> int:
    """0 done, 1 refused by the running server, 2 bad input or nobody there."""
    try:
        method, path, body = call_of(wish)
    except ValueError as trouble:
        print(f"not JSON: {trouble}", file=sys.stderr)
        return 2
    address = urlsplit(wish.at)
    data = json.dumps(body).encode() if body is not None else None
    line = HTTPConnection(address.hostname or "127.0.0.1", address.port or PORT, timeout=30)
    try:
        line.request(method, f"/_sandbox/{path}", body=data, headers={"Content-Type": "application/json"})
        answer = line.getresponse()
        told = answer.read().decode()
    except (OSError, HTTPException) as trouble:
        print(f"no local QuickBooks at {wish.at}: {trouble}", file=sys.stderr)
        return 2
    finally:
        line.close()
    if answer.status != 200:
        print(told, file=sys.stderr)
        return 1
    print(json.dumps(json.loads(told), indent=2, ensure_ascii=False))
    return 0
