"""A company's defaults and guard limits, and how long the installation keeps things: shown, explained, changed."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

import streamlit as st

from qbsync.domain.errors import BadInput, QbsyncError
from qbsync.domain.house_rules import (
    DEFAULTS,
    GUARDS,
    KEEPING,
    Form,
    RuleField,
    Rules,
    SavedRules,
    rule_issue,
    text_of,
    value_of,
)
from qbsync.ui.page import Page
from qbsync.ui.screens import link_to
from qbsync.ui.state import flash, keep_one, seen_rules
from qbsync.ui.text import KINDS, escape, moment, titles_of

INPUT_WIDTH = 130

Save = Callable[[Rules], int]


def draw_rules(page: Page) -> None:
    """Both sets of rules; those of a company only where there is one."""
    known = page.known
    left, right = st.columns(2, gap="small")
    if known is not None:
        saved = page.app.house_rules.company(known.id)
        with left, st.container(border=True, height="stretch"):
            st.markdown(f"##### Defaults and limits of {escape(known.company_name)}")
            st.caption(
                "How hours and bills are posted is chosen on Mapping; when syncs run by themselves, on Schedule."
            )

            def save(rules: Any) -> int:
                return page.app.house_rules.save_company(known.id, rules, over_version=saved.version, who=page.who)

            _form(page, f"company_{known.id}", saved, (*DEFAULTS, *GUARDS), save)
            with st.container(horizontal=True):
                link_to("mapping")
                link_to("schedule")
    else:
        with left, st.container(border=True, height="stretch"):
            st.markdown("##### Defaults and limits")
            st.caption("Each company has its own. Connect one first.")
            link_to("connection")
    kept = page.app.house_rules.keeping()
    with right, st.container(border=True, height="stretch"):
        st.markdown("##### How long things are kept")
        st.caption(
            "In this installation, for all companies. The worker clears once a day. Links, runs with what became of "
            "each record, the mapping and the audit trail are always kept."
        )

        def save_keeping(rules: Any) -> int:
            return page.app.house_rules.save_keeping(rules, over_version=kept.version, who=page.who)

        _form(page, "keeping", kept, KEEPING, save_keeping)


def _form(page: Page, owner: str, saved: SavedRules[Rules], shown: Sequence[RuleField], save: Save[Rules]) -> None:
    """One input a rule, and the button. Another save meanwhile shows its values, and says so."""
    seen = seen_rules(owner)
    if seen and seen[0] != saved.version:
        st.info(
            f"{escape(saved.saved_by)} saved these on {escape(moment(saved.saved_at, page.zone))}: you see theirs.",
            icon=":material/update:",
        )
    keep_one(seen, saved.version)
    wanted = saved.rules
    faults = 0
    for rule in shown:
        try:
            value = _ask(rule, getattr(saved.rules, rule.name), f"rules_{owner}_{saved.version}_{rule.name}")
        except BadInput as error:
            faults += 1
            st.error(escape(error), icon=":material/error:")
        else:
            wanted = replace(wanted, **{rule.name: value})
            fault = rule_issue(rule, value)
            if fault is not None:
                faults += 1
                st.error(f"{escape(fault.problem)} {escape(fault.remedy)}", icon=":material/error:")
    with st.container(horizontal=True, vertical_alignment="center"):
        by = (
            f"Saved {moment(saved.saved_at, page.zone)} by {saved.saved_by}."
            if saved.version
            else "Nobody has changed these yet."
        )
        st.caption(escape(by), width="stretch")
        if st.button(
            "Save",
            type="primary",
            icon=":material/save:",
            disabled=bool(faults) or wanted == saved.rules,
            key=f"rules_save_{owner}",
        ):
            _save(owner, wanted, save)


def _ask(rule: RuleField, value: Any, key: str) -> Any:
    """A rule with its meaning, and its input: an empty one is what its placeholder says. Raises BadInput."""
    said = f"**{rule.title}**  \n:small[:gray[{rule.meaning}]]"
    if rule.form is Form.KINDS:
        st.markdown(f"{said} :small[:gray[None ticked means {rule.blank}.]]")
        ticked = titles_of(value)
        chosen = st.pills(
            rule.title,
            list(KINDS),
            selection_mode="multi",
            default=ticked,
            label_visibility="collapsed",
            key=key,
        )
        # a kind of a pair that was ticked by itself, on the command line, stays so until the pills are touched
        return value if set(chosen) == set(ticked) else frozenset(kind for title in chosen for kind in KINDS[title])
    with st.container(horizontal=True, vertical_alignment="center", wrap=False):
        st.markdown(said, width="stretch")
        text = st.text_input(
            rule.unit,
            value="" if value is None else text_of(rule, value),
            placeholder=rule.blank,
            max_chars=20,
            width=INPUT_WIDTH,
            key=key,
        )
    return value_of(rule, text)


def _save(owner: str, wanted: Rules, save: Save[Rules]) -> None:
    try:
        version = save(wanted)
    except QbsyncError as error:
        flash("error", f"Nothing was saved. {escape(error)}")
    else:
        keep_one(seen_rules(owner), version)
        flash("success", "The settings are saved.")
    st.rerun()
