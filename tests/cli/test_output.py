"""What people read on a terminal is what the books say, letter by letter; what scripts read is one JSON object."""

from __future__ import annotations

import json

import pytest

from qbsync.cli.output import show, table
from qbsync.cli.previews import ONLY, scope_of
from qbsync.domain.errors import BadInput
from qbsync.domain.schedule import COUNTRY_ZONES
from qbsync.domain.wanted import SyncKind
from tests.company import Company

NAMES = ["[bold red]Paving", r"x\[bold red]y", r"back\slash", ":warning: Roofing", "[/]", "O'Brien & Sons"]


@pytest.mark.parametrize("name", NAMES)
def test_a_name_is_never_taken_for_markup(name: str, capsys: pytest.CaptureFixture[str]):
    table(["Name"], [[name], [None]])
    show(False, {}, name)
    assert [line.rstrip() for line in capsys.readouterr().out.splitlines()] == ["Name", name, "", name]


KINDS = [(word, kinds) for word, kinds in ONLY.items()]


@pytest.mark.parametrize(("word", "kinds"), KINDS, ids=[word for word, _ in KINDS])
def test_each_word_narrows_a_preview(word: str, kinds: tuple[SyncKind, ...]):
    assert kinds
    assert scope_of(word, []).kinds == frozenset(kinds)


def test_the_words_together_name_every_kind_once():
    assert sorted(kind for _, kinds in KINDS for kind in kinds) == sorted(SyncKind)
    assert scope_of("vendors, cost-codes", []).kinds == {SyncKind.VENDOR, SyncKind.ITEM}
    with pytest.raises(BadInput, match="not 'items'"):
        scope_of("items", [])


def test_a_script_that_connects_reads_one_address(company: Company):
    done = company.command("connect", "--json")
    assert list(json.loads(done.stdout)) == ["open"]


def test_a_schedule_without_a_zone_takes_one_of_the_companys_country(company: Company):
    done = company.command("schedule", "set", "daily", "--json")
    country = company.app().connections.company(company.app().connection().id).country
    assert json.loads(done.stdout)["time_zone"] == COUNTRY_ZONES[country]


def test_a_backup_goes_into_the_data_folder(company: Company):
    done = company.command("db", "backup", "--json")
    assert str(company.folder / "backups") in json.loads(done.stdout)["file"]
