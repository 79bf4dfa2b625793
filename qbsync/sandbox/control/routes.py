"""The control API under /_sandbox: what a test or a trainer does that no app can do. Loopback only."""

from datetime import datetime
from decimal import Decimal
from typing import Any

from starlette.requests import Request
from starlette.routing import BaseRoute, Mount, Route

from qbsync.sandbox.clock import PACIFIC, envelope_time
from qbsync.sandbox.control import keeping
from qbsync.sandbox.control.guard import Body, WishError, guarded
from qbsync.sandbox.control.mischief import KINDS as FAULT_KINDS
from qbsync.sandbox.seeds import SEEDS
from qbsync.sandbox.state import SWITCHES, Sandbox
from qbsync.sandbox.website import actions as website


def reset(sandbox: Sandbox, request: Request, wish: Body) -> Any:
    seed = wish.get("seed")
    if seed is not None and seed not in SEEDS:
        raise WishError(f"seed must be one of {', '.join(SEEDS)}")
    sandbox.reset(seed)
    return {"seed": sandbox.store.setting("seed"), "companies": sandbox.store.companies()}


def clock(sandbox: Sandbox, request: Request, wish: Body) -> Any:
    if "frozen" in wish:
        sandbox.clock.freeze(wish["frozen"] is True)
    if "advance_seconds" in wish:
        sandbox.clock.advance(float(wish["advance_seconds"]))
    elif "now" in wish:
        moment = datetime.fromisoformat(wish["now"])
        sandbox.clock.set(moment if moment.tzinfo else moment.replace(tzinfo=PACIFIC))
    if wish:
        sandbox.keep_clock()
    return {"now": envelope_time(sandbox.clock.seconds()), "offset_seconds": sandbox.clock.offset_seconds}


def arm_fault(sandbox: Sandbox, request: Request, wish: Body) -> Any:
    if request.method == "DELETE":
        sandbox.armed.clear()
    elif request.method == "POST":
        sandbox.armed.arm(wish)
    return {"armed": [fault.as_json() for fault in sandbox.armed.faults], "kinds": FAULT_KINDS}


def settings(sandbox: Sandbox, request: Request, wish: Body) -> Any:
    for name, value in wish.items():
        values = SWITCHES[name][0] if name in SWITCHES else ()
        if name == "latency_ms" and isinstance(value, int) and 0 <= value <= 120_000:
            sandbox.dials.latency_ms = value
        elif value in values:
            setattr(sandbox.dials, name, values[values.index(value)])
        else:
            raise WishError(f"{name} cannot be set to {value!r}")
    return {name: getattr(sandbox.dials, name) for name in (*SWITCHES, "latency_ms")}


def expire_tokens(sandbox: Sandbox, request: Request, wish: Body) -> Any:
    which = wish.get("kind", "access")
    if which not in {"access", "refresh", "all"}:
        raise WishError("kind must be access, refresh or all")
    sandbox.grants.expire(access=which != "refresh", refresh=which != "access")
    return {"expired": which}


def stats(sandbox: Sandbox, request: Request, wish: Body) -> Any:
    if request.method == "DELETE":
        sandbox.journal.clear()
    return {**sandbox.journal.counters, "now": envelope_time(sandbox.clock.seconds())}


def requests(sandbox: Sandbox, request: Request, wish: Body) -> Any:
    return {"requests": sandbox.journal.last(int(request.query_params.get("last", "1000")))}


def applied(sandbox: Sandbox, request: Request, wish: Body) -> Any:
    after = int(request.query_params.get("after", "0"))
    return {"applied": sandbox.store.applied(str(request.path_params["realm"]), after)}


def edit(sandbox: Sandbox, request: Request, wish: Body) -> Any:
    return website.edit(sandbox, _realm(sandbox, request), wish["entity"], str(wish["id"]), wish["changes"])


def delete(sandbox: Sandbox, request: Request, wish: Body) -> Any:
    return website.delete(sandbox, _realm(sandbox, request), wish["entity"], str(wish["id"]))


def deactivate(sandbox: Sandbox, request: Request, wish: Body) -> Any:
    return website.edit(sandbox, _realm(sandbox, request), wish["entity"], str(wish["id"]), {"Active": False})


def pay(sandbox: Sandbox, request: Request, wish: Body) -> Any:
    amount = wish.get("amount")
    return website.pay(
        sandbox,
        _realm(sandbox, request),
        str(wish["bill_id"]),
        amount=None if amount is None else Decimal(str(amount)),
        day=wish.get("date"),
    )


def close_books(sandbox: Sandbox, request: Request, wish: Body) -> Any:
    return website.close_books(sandbox, _realm(sandbox, request), wish.get("date"))


def preference(sandbox: Sandbox, request: Request, wish: Body) -> Any:
    return website.set_preference(sandbox, _realm(sandbox, request), str(wish["name"]), str(wish["value"]))


def merge(sandbox: Sandbox, request: Request, wish: Body) -> Any:
    realm = _realm(sandbox, request)
    return website.merge(sandbox, realm, wish["entity"], str(wish["loser"]), str(wish["winner"]))


def offering(sandbox: Sandbox, request: Request, wish: Body) -> Any:
    return website.set_company_value(sandbox, _realm(sandbox, request), "OfferingSku", wish["sku"])


def subscription(sandbox: Sandbox, request: Request, wish: Body) -> Any:
    return website.set_company_value(sandbox, _realm(sandbox, request), "SubscriptionStatus", wish["status"])


def _realm(sandbox: Sandbox, request: Request) -> str:
    realm = str(request.path_params["realm"])
    if realm not in {known for known, _ in sandbox.store.companies()}:
        raise WishError(f"there is no company {realm}")
    return realm


def routes() -> BaseRoute:
    post, look = ["POST"], ["GET"]
    return Mount(
        "/_sandbox",
        routes=[
            Route("/reset", guarded(reset), methods=post),
            Route("/seed", guarded(reset), methods=post),
            Route("/clock", guarded(clock), methods=["GET", "POST"]),
            Route("/faults", guarded(arm_fault), methods=["GET", "POST", "DELETE"]),
            Route("/settings", guarded(settings), methods=["GET", "POST"]),
            Route("/expire-tokens", guarded(expire_tokens), methods=post),
            Route("/stats", guarded(stats), methods=["GET", "DELETE"]),
            Route("/requests", guarded(requests), methods=look),
            Route("/meter", guarded(keeping.meter), methods=["GET", "POST"]),
            Route("/snapshots", guarded(keeping.snapshots), methods=["GET", "POST", "DELETE"]),
            Route("/restore", guarded(keeping.restore), methods=post),
            Route("/webhooks", guarded(keeping.webhooks), methods=["GET", "POST"]),
            Route("/webhooks/deliver", guarded(keeping.deliver), methods=post),
            Route("/{realm}/applied", guarded(applied), methods=look),
            Route("/{realm}/edit", guarded(edit), methods=post),
            Route("/{realm}/delete", guarded(delete), methods=post),
            Route("/{realm}/deactivate", guarded(deactivate), methods=post),
            Route("/{realm}/pay", guarded(pay), methods=post),
            Route("/{realm}/close-books", guarded(close_books), methods=post),
            Route("/{realm}/preference", guarded(preference), methods=post),
            Route("/{realm}/merge", guarded(merge), methods=post),
            Route("/{realm}/offering", guarded(offering), methods=post),
            Route("/{realm}/subscription", guarded(subscription), methods=post),
        ],
    )
