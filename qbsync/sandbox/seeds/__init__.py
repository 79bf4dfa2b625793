"""Company files to begin with, by name."""

from collections.abc import Callable, Mapping

from qbsync.sandbox.clock import Clock
from qbsync.sandbox.company.store import Store
from qbsync.sandbox.seeds.contractor import plant_contractor
from qbsync.sandbox.seeds.craigs import plant_craigs
from qbsync.sandbox.seeds.history import plant_history
from qbsync.sandbox.seeds.planting import plant_company

CONTRACTOR_REALM = "9130357766900100"
SERVICE_REALM = "9130357766900200"


def _plant_empty(store: Store, clock: Clock) -> None:
    plant_company(store, clock, CONTRACTOR_REALM, "New Company")


def _plant_contractor(store: Store, clock: Clock) -> None:
    plant_contractor(store, clock, CONTRACTOR_REALM, SERVICE_REALM)


def _plant_craigs(store: Store, clock: Clock) -> None:
    plant_craigs(store, clock, CONTRACTOR_REALM)


SEEDS: Mapping[str, Callable[[Store, Clock], None]] = {
    "contractor": _plant_contractor,
    "craigs": _plant_craigs,
    "empty": _plant_empty,
}


def plant(store: Store, clock: Clock, seed: str, size: int = 0) -> None:
    """Fill an empty company file in the caller's transaction. KeyError for an unknown seed."""
    SEEDS[seed](store, clock)
    plant_history(store, clock, CONTRACTOR_REALM, size)
