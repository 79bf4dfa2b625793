"""Commands for what a company and this installation decide for themselves: defaults, guard limits, how long is kept."""

from __future__ import annotations

from dataclasses import replace
from typing import Annotated

import typer

from qbsync.bootstrap import App
from qbsync.cli.output import Json, Who, quiet_app, show, table
from qbsync.domain.errors import BadInput
from qbsync.domain.house_rules import COMPANY_FIELDS, FIELDS, KEEPING, CompanyRules, text_of, value_of

settings_commands = typer.Typer(
    help="Defaults and guard limits of the company, and how long this installation keeps things.", no_args_is_help=True
)


def add_to(app: typer.Typer) -> None:
    """Add these commands."""
    app.add_typer(settings_commands, name="settings")


@settings_commands.command("show")
def settings_show(as_json: Json = False) -> None:
    """Show every setting with its meaning. Those of a company need one that was connected."""
    app = quiet_app()
    company, keeping = _company(app), app.house_rules.keeping().rules
    if as_json:
        show(True, {"company": company, "installation": keeping})
        return
    rows = [("company", one, getattr(company, one.name)) for one in COMPANY_FIELDS if company is not None]
    rows += [("installation", one, getattr(keeping, one.name)) for one in KEEPING]
    table(
        ("Of the", "Name", "Value", "Unit", "Meaning"),
        ((whose, one.name, text_of(one, value), one.unit, one.meaning) for whose, one, value in rows),
    )


def _company(app: App) -> CompanyRules | None:
    if app.connections.current() is None:
        return None
    return app.house_rules.company(app.known_connection().id).rules


@settings_commands.command("set")
def settings_set(
    name: Annotated[str, typer.Argument(help="As `qbsync settings show` names it, such as word_above.")],
    value: Annotated[str, typer.Argument(help="The new value; 'never', 'no limit' or 'for ever' where it has that.")],
    who: Who = "",
    as_json: Json = False,
) -> None:
    """Change one setting. Every change is a version, with who, when and what in the audit trail."""
    app = quiet_app()
    rule = FIELDS.get(name)
    if rule is None:
        raise BadInput(f"There is no setting {name!r}. Settings are: {', '.join(FIELDS)}.")
    chosen = {name: value_of(rule, value)}
    by = who or app.settings.user
    if rule in KEEPING:
        kept = app.house_rules.keeping()
        app.house_rules.save_keeping(replace(kept.rules, **chosen), over_version=kept.version, who=by)
    else:
        connection = app.known_connection()
        saved = app.house_rules.company(connection.id)
        rules = replace(saved.rules, **chosen)
        app.house_rules.save_company(connection.id, rules, over_version=saved.version, who=by)
    show(as_json, chosen, f"{rule.title} ({rule.unit}): {text_of(rule, chosen[name])}. {rule.meaning}")
