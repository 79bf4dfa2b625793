"""A person in front of the dashboard: opens screens, presses buttons, types, ticks rows, and reads what is there."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import pandas as pd
from streamlit.testing.v1 import AppTest

from qbsync.bootstrap import App
from qbsync.domain.plan import Change, Plan
from qbsync.domain.wanted import SyncKind
from qbsync.qbo.consent import consent_locally
from qbsync.ui.text import JOINER
from tests.company import ROOT, WHO, Company
from tests.local_books import REALM

MAIN = ROOT / "qbsync" / "ui" / "main.py"
RUN_SECONDS_MAX = 60
SPOKEN = ("title", "markdown", "caption", "success", "info", "warning", "error")
ESCAPE = re.compile(r"\\(.)")


def as_read(markdown: str) -> str:
    """Markdown as people read it: without the escapes, and without what is not seen."""
    return ESCAPE.sub(r"\1", markdown).replace(JOINER, "")


def connect(company: Company) -> None:
    """Consent at the local QuickBooks."""
    app = company.app()
    code, state, realm_id = consent_locally(app.connecting.begin(WHO), REALM)
    app.connecting.finish(state=state, code=code, realm_id=realm_id)


def refused_bill(plan: Plan) -> Change:
    """The bill of a preview that the tests have QuickBooks refuse."""
    return next(change for change in plan.changes if change.kind is SyncKind.BILL and change.can_run)


@dataclass
class Dashboard:
    """One browser session on the dashboard of one company."""

    at: AppTest
    company: Company

    @classmethod
    def opened(cls, company: Company, /, **query: str) -> Dashboard:
        """A new session, on the Overview, by an address that may name more."""
        at = AppTest.from_file(str(MAIN), default_timeout=RUN_SECONDS_MAX)
        for name, value in query.items():
            at.query_params[name] = value
        return cls(at, company).run()

    @cached_property
    def app(self) -> App:
        """The product on the same data, as another process would have it."""
        return self.company.app()

    def run(self) -> Dashboard:
        """Let the page draw itself; a page never shows a traceback."""
        self.at.run()
        assert not self.at.exception, self.at.exception
        return self

    def open(self, screen: str, **query: str) -> Dashboard:
        """Go to a screen by its name."""
        self.at.query_params.clear()
        for name, value in query.items():
            self.at.query_params[name] = value
        self.at.switch_page(str(ROOT / "pages" / f"{screen}.py"))
        return self.run()

    def let_the_worker_build(self) -> Dashboard:
        """The preview that was asked for is built, as the worker does it."""
        assert "Building the preview" in self.said
        assert self.app.asking.work() == 1
        return self.run()

    def press(self, *keys: str) -> Dashboard:
        """Press a button. For one inside a dialog name first the button that opens it: both count as pressed."""
        for key in keys:
            self.at.button(key=key).click()
        return self.run()

    def type(self, key: str, text: str) -> Dashboard:
        self.at.text_input(key=key).set_value(text)
        return self.run()

    def choose(self, key: str, value: Any) -> Dashboard:
        """Choose in a row of buttons or in a list, such as a filter."""
        return self.fill_in(key, value).run()

    def fill_in(self, key: str, value: Any) -> Dashboard:
        """Choose in a form: nothing happens until its button is pressed."""
        widgets = [*self.at.button_group, *self.at.selectbox, *self.at.multiselect]
        next(one for one in widgets if one.key == key).set_value(value)
        return self

    def switch_tab(self, key: str, title: str) -> Dashboard:
        """Open the tab whose title holds `title`."""
        labels = [tab.label for tab in self.at.tabs if title in tab.label]
        self.at.session_state[key] = labels[0]
        return self.run()

    # reading

    @property
    def markup(self) -> str:
        """Every text on the screen as Markdown has it."""
        return "\n".join(str(getattr(one, "value", "")) for kind in SPOKEN for one in self.at.get(kind))

    @property
    def said(self) -> str:
        """Every text on the screen as people read it, the figures of cards included."""
        cards = [f"{one.label}: {one.value} ({one.delta})" for one in self.at.metric]
        return as_read("\n".join([self.markup, *cards]))

    @property
    def links(self) -> list[str]:
        """Where the page sends people."""
        return [link.proto.page for link in self.at.get("page_link")]

    @property
    def buttons(self) -> list[str]:
        return [str(button.key) for button in self.at.button]

    @property
    def progress(self) -> str:
        """What stands beside the bar of a run."""
        return "\n".join(str(bar.proto.text) for bar in self.at.get("progress"))

    def is_disabled(self, key: str) -> bool:
        return bool(self.at.button(key=key).disabled)

    def card(self, label: str) -> str:
        return str(next(one.value for one in self.at.metric if one.label == label))

    def table_key(self, begins: str) -> str:
        """The key of the table whose key begins so."""
        return next(str(one.key) for one in self.at.dataframe if str(one.key).startswith(begins))

    def table(self, begins: str) -> pd.DataFrame:
        return next(one.value for one in self.at.dataframe if str(one.key).startswith(begins))

    def tick(self, begins: str, rows: Iterable[int]) -> Dashboard:
        """Tick exactly these rows of a table, by their place on the screen."""
        self.at.session_state[self.table_key(begins)] = {"selection": {"rows": list(rows), "columns": [], "cells": []}}
        return self.run()

    def look_at(self, begins: str, row: int) -> Dashboard:
        """Click a cell of a row that has no tick."""
        self.at.session_state[self.table_key(begins)] = {
            "selection": {"rows": [], "columns": [], "cells": [(row, "Record")]}
        }
        return self.run()
