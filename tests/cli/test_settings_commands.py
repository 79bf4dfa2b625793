"""The company's and the installation's own settings from the command line, and that they are kept to."""

from __future__ import annotations

from tests.cli.test_commands import asked
from tests.company import Company


def test_a_limit_that_was_set_is_kept_to_where_no_digest_shows_that_somebody_looked(company: Company):
    assert asked(company, "settings", "set", "word_above", "2") == {"word_above": 2}
    assert asked(company, "settings", "set", "previews_days", "90") == {"previews_days": 90}
    shown = asked(company, "settings", "show")
    assert (shown["company"]["word_above"], shown["installation"]["previews_days"]) == (2, 90)
    assert asked(company, "settings", "set", "previews_days", "for ever") == {"previews_days": None}

    plan = asked(company, "preview", "--only", "projects")
    refused = company.command("confirm", plan["id"])
    assert (refused.returncode, "Type SEND" in refused.stderr) == (2, True)
    assert asked(company, "confirm", plan["id"], "--word", "SEND")["status"] == "queued"


def test_people_read_each_setting_with_its_unit_and_meaning(company: Company):
    done = company.command("settings", "show")
    assert "word_above" in done.stdout
    assert "SEND" in done.stdout
    wrong = company.command("settings", "set", "word_over", "2")
    assert (wrong.returncode, "no setting 'word_over'" in wrong.stderr) == (2, True)
    low = company.command("settings", "set", "previews_days", "1")
    assert (low.returncode, "from 7 to 3,650" in low.stderr) == (2, True)
