"""Control calls about the company file as a whole: snapshots of it, notices of its changes, the month's meter."""

from dataclasses import asdict
from typing import Any

from starlette.requests import Request

from qbsync.sandbox.api.throttle import CORE_PLUS_PER_MONTH
from qbsync.sandbox.control.guard import Body, WishError
from qbsync.sandbox.state import Sandbox


def snapshots(sandbox: Sandbox, request: Request, wish: Body) -> Any:
    """GET lists them, POST takes one under a name, DELETE forgets one."""
    if request.method == "POST":
        sandbox.snapshots.take(str(wish["name"]))
    elif request.method == "DELETE":
        sandbox.snapshots.forget(str(wish["name"]))
    return {"snapshots": sandbox.snapshots.names()}


def restore(sandbox: Sandbox, request: Request, wish: Body) -> Any:
    """The books as they were; connections and tokens stay as they are."""
    sandbox.restore(str(wish["name"]))
    return {"restored": wish["name"], "companies": sandbox.store.companies()}


def webhooks(sandbox: Sandbox, request: Request, wish: Body) -> Any:
    deliverer = sandbox.deliverer
    shown = deliverer.subscribe(wish) if request.method == "POST" else deliverer.subscription
    return {**asdict(shown), "waiting": deliverer.waiting()}


async def deliver(sandbox: Sandbox, request: Request, wish: Body) -> Any:
    """Send all that waits, due or not."""
    return {"delivered": await sandbox.deliverer.step(at_once=True), "waiting": sandbox.deliverer.waiting()}


def meter(sandbox: Sandbox, request: Request, wish: Body) -> Any:
    """What each app has used of this month; POST sets one app's count, to see the end of a month."""
    apps = sandbox.dials.apps()
    if request.method == "POST":
        app, used = str(wish["app"]), wish["used"]
        if app not in apps or isinstance(used, bool) or not isinstance(used, int) or used < 0:
            raise WishError("give app, one of the registered ones, and used, a number from 0")
        sandbox.meter.set(app, used)
    return {"used": {app: sandbox.meter.used(app) for app in apps}, "most": CORE_PLUS_PER_MONTH}
