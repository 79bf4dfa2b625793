"""The product's promises, and the tests that hold them: `python -m tests.promises` writes docs/promises.md.

A test holds a promise by its marker: `@pytest.mark.promise(1)`.
"""

from __future__ import annotations

from pathlib import Path
from textwrap import fill

from tests.markers import Holder, holders

WIDTH = 118
ROOT = Path(__file__).resolve().parents[1]
PAGE = ROOT / "docs" / "promises.md"

PROMISES: dict[int, tuple[str, str]] = {
    1: (
        "A lost answer doubles nothing",
        "That a write leaves is stored before it leaves. When its answer is lost, or the process dies, the same bytes "
        "go again under the same request id; what still has no answer is looked for before it is sent once more.",
    ),
    2: (
        "A request id never brings back an old answer",
        "A request id belongs to one frozen body. What is made again, or differs, goes out under a new one, and once "
        "QuickBooks may have forgotten an id the record is looked for by its mark.",
    ),
    3: (
        "A refreshed token is never lost or fetched twice",
        "One process refreshes at a time, under a lock; the new pair is stored before anybody uses it, and the one "
        "before it is kept until the new one has worked.",
    ),
    4: (
        "A consent does not end unnoticed",
        "People are told before a consent ends. When it has ended, runs rest without using up their tries, and go on "
        "once somebody has connected again.",
    ),
    5: (
        "Another company's books are never written to by mistake",
        "Links and tokens belong to one company of one environment. A consent for another company than the connected "
        "one is refused with both names.",
    ),
    6: (
        "Disconnecting forgets the consent and nothing else",
        "Links and history stay, so that connecting the same company again makes nothing anew.",
    ),
    7: (
        "Nothing is written over a record that moved",
        "Each record is read again right before it is changed. When our fields were edited since the preview, the row "
        "is refused as stale and says so.",
    ),
    8: (
        "An update keeps what is not ours",
        "Our fields are laid over the record as it is in QuickBooks: classes, lines, notes and links that people added "
        "stay.",
    ),
    9: (
        "What people edit in QuickBooks is never overwritten silently",
        "Three states are compared: what was agreed, what Core says, what QuickBooks holds. An edit on both sides is a "
        "conflict with both values, for a person to decide.",
    ),
    10: (
        "What was deleted in QuickBooks stays deleted",
        "A record that is gone there is shown as orphaned and made again only by a person's choice. A paid bill loses "
        "neither its amount nor itself.",
    ),
    11: (
        "When QuickBooks says slow down, everybody does",
        "All processes share one throttle for a company. A 429 pauses the company until the time that QuickBooks said, "
        "and costs a run none of its tries.",
    ),
    12: (
        "An outage of QuickBooks is no fault of a record",
        "An error page, a 5xx or a closed connection leaves every row waiting; the run rests, longer each time, and "
        "says one thing once.",
    ),
    13: (
        "A 200 counts only when the record is in it",
        "Success is the expected record with its id in the answer. Items of a batch are matched one by one, and a "
        "refused one takes nothing from the others.",
    ),
    14: (
        "A missing or inactive target is said before anything is sent",
        "Lists are read with their inactive rows. What points to a record that is gone or inactive is blocked with its "
        "name, and names are written before what refers to them.",
    ),
    15: (
        "One name, one record",
        "Customers, vendors and employees share their names: all three lists are searched, inactive ones as well, and "
        "a record of another kind is never taken over.",
    ),
    16: (
        "No bill comes twice, whoever typed it in",
        "Bills are known by vendor and number. An equal one is linked, a different one asked about, and one that "
        "somebody typed in after the preview is not posted again.",
    ),
    17: (
        "Closed books stay closed",
        "What falls into a closed period is blocked in the preview with the closing date; nothing is moved to another "
        "day.",
    ),
    18: (
        "An incomplete reading decides nothing",
        "Pages are read in one order until they are as many as QuickBooks counts. When they are not, there is no plan: "
        "a missing page would look like deletions.",
    ),
    19: (
        "No change feed is trusted",
        "A preview reads what it speaks of, whole, instead of asking what has changed, so that nothing is missed "
        "because a feed does not tell of it or forgets it.",
    ),
    20: (
        "Hours stay on their day, to the minute",
        "Time goes out as a date with whole minutes and without a clock time, under the worker that the mapping names; "
        "afterwards both sides' hours are added up.",
    ),
    21: (
        "Sums agree to the cent",
        "Money is exact from the file to the answer. Both sides' totals are shown, and every difference has its "
        "reason; a negative bill is a vendor credit.",
    ),
    22: (
        "A project is what a company chose it to be",
        "A customer, a sub-customer of its customer, or a record that is there already; a sub-customer says so in all "
        "of its fields.",
    ),
    23: (
        "What a company's QuickBooks does not do is known beforehand",
        "Edition and preferences are read when connecting and by `qbsync doctor`; what is off is said with its reason, "
        "and held back in the preview.",
    ),
    24: (
        "Odd names arrive as they are",
        "Apostrophes, backslashes, colons, ampersands and every script go out, are found again and come back as they "
        "were.",
    ),
    25: (
        "Nobody has to fear the button",
        "Exactly what was shown is sent, once. Every row says what became of it, why, and what to do; a failure is "
        "never silent, and a second worker or click does nothing.",
    ),
}

# What a promise still lacks although tests hold the rest of it.
LACKING: dict[int, str] = {
    15: "offering a name of its own (such as “Smith (V)”) with one click where another kind of record holds it",
    17: "a choice to post a held-back bill on the first open day",
    22: "making a real QuickBooks project through its project service; one that exists can be linked",
    25: "one summary by e-mail of all that happened in a day; each ended run is a notice of its own",
}

# Promises that no test holds yet, each with what is missing.
NOT_KEPT: dict[int, str] = {}


def page(held: dict[int, list[Holder]], not_kept: dict[int, str] = NOT_KEPT) -> str:
    """docs/promises.md."""
    return "\n".join([HEAD, *(_section(number, held.get(number, []), not_kept) for number in PROMISES)])


HEAD = """# Promises

Syncs with QuickBooks fail in twenty-five well-known ways. For each there is a promise, and tests that hold it. Written
by `python -m tests.promises` from the tests' own markers (`@pytest.mark.promise(1)`); a test fails when a promise has
none.
"""


def _section(number: int, tests: list[Holder], not_kept: dict[int, str]) -> str:
    title, promise = PROMISES[number]
    lines = [f"## {number}. {title}", "", fill(promise, WIDTH), ""]
    lines += [str(one) for one in tests]
    if number in not_kept:
        lines.append(f"**Not kept yet.** Missing: {not_kept[number]}.")
    if number in LACKING:
        lines += ["", f"*Not done:* {LACKING[number]}."]
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    PAGE.write_text(page(holders("promise")), encoding="utf-8")
    print(f"{PAGE.relative_to(ROOT)}: {len(PROMISES)} promises")
