"""Commands for the two sets of books: load Core's exports, connect QuickBooks, map one to the other."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from qbsync.bootstrap import App
from qbsync.cli.output import BAD_INPUT, WITH_FAILURES, Json, Who, quiet_app, show, table
from qbsync.domain.errors import BadInput
from qbsync.domain.intake import DateOrder, SourceFile
from qbsync.qbo.consent import consent_locally

Paths = Annotated[list[Path], typer.Argument(help="CSV, XLSX or ODS exports, or folders of CSV exports.")]
Check = Annotated[bool, typer.Option("--check", help="Only say what would happen.")]

mapping = typer.Typer(help="Which QuickBooks record stands for which Core code.", no_args_is_help=True)


def add_to(app: typer.Typer) -> None:
    """Add these commands."""
    app.command("import")(import_files)
    app.command()(connect)
    app.command()(disconnect)
    app.add_typer(mapping, name="mapping")


def source_files(paths: list[Path]) -> list[SourceFile]:
    """The files, folders opened. Raises BadInput for a path that cannot be read."""
    found: list[Path] = []
    for path in paths:
        if path.is_dir():
            found += sorted(one for one in path.iterdir() if one.suffix.lower() == ".csv")
        else:
            found.append(path)
    if not found:
        raise BadInput("There is no CSV file in that folder. Name the files to load.")
    try:
        return [SourceFile(name=path.name, data=path.read_bytes()) for path in found]
    except OSError as error:
        raise BadInput(f"{error.filename} cannot be read: {error.strerror}. Check the name and try again.") from None


def import_files(
    paths: Paths,
    who: Who = "",
    check: Check = False,
    dates: Annotated[str, typer.Option(help="month-first or day-first, where a file can be read both ways.")] = "",
    as_json: Json = False,
) -> None:
    """Load exports from ProForge Core. Good rows are kept, bad rows are listed."""
    app = quiet_app()
    order = _date_order(dates)
    files = source_files(paths)
    loaded = app.intake.check(files, order) if check else app.intake.load(files, who=_who(app, who), date_order=order)
    reading = loaded.reading
    if as_json:
        show(
            True,
            {
                "import_id": loaded.import_id,
                "sheets": reading.sheets,
                "counts": loaded.counts,
                "issues": reading.issues,
            },
        )
    else:
        table(
            ("File", "Sheet", "Read as", "Rows", "Kept"),
            (
                (
                    sheet.file,
                    sheet.sheet,
                    sheet.kind.value if sheet.kind else "not recognised",
                    sheet.rows_read,
                    sheet.rows_kept,
                )
                for sheet in reading.sheets
            ),
        )
        for kind, counts in loaded.counts.items():
            words = ", ".join(f"{count} {what}" for what, count in counts.items() if count)
            show(False, None, f"{kind}: {words}")
        for issue in reading.issues:
            show(False, None, f"{issue.severity.value}: {issue}")
    if not reading.records:
        raise typer.Exit(BAD_INPUT)
    if reading.errors:
        raise typer.Exit(WITH_FAILURES)


def _date_order(text: str) -> DateOrder | None:
    if not text:
        return None
    try:
        return DateOrder(text.replace("-", " "))
    except ValueError:
        raise BadInput(f"--dates takes month-first or day-first, not {text!r}.") from None


def connect(
    auto: Annotated[bool, typer.Option("--auto", help="Consent by itself, on the local QuickBooks only.")] = False,
    company: Annotated[str, typer.Option(help="The company's id, where there are several.")] = "",
    beside: Annotated[
        bool, typer.Option("--beside", help="One more company, beside those that are connected.")
    ] = False,
    who: Who = "",
    as_json: Json = False,
) -> None:
    """Connect a QuickBooks company."""
    app = quiet_app()
    address = app.connecting.begin(_who(app, who), beside=beside)
    if not auto:
        show(
            as_json,
            {"open": address},
            "Open this address in your browser, sign in and allow the connection:",
            address,
            "QuickBooks sends you back to the dashboard, which must be running (`qbsync up`).",
        )
        return
    if not app.settings.is_local:
        raise BadInput("--auto works with the local QuickBooks only: real books want a person's consent.")
    code, state, realm_id = consent_locally(address, company or None)
    connection = app.connecting.finish(state=state, code=code, realm_id=realm_id)
    show(as_json, connection, f"Connected to {connection.company_name} (company id {connection.realm_id}).")


def disconnect(who: Who = "", as_json: Json = False) -> None:
    """End the connection. Mapping, links and history stay."""
    app = quiet_app()
    connection = app.connection()
    app.connecting.disconnect(connection.id, _who(app, who))
    show(as_json, {"disconnected": connection.company_name}, f"{connection.company_name} is disconnected.")


@mapping.command("suggest")
def mapping_suggest(
    accept_over: Annotated[
        int, typer.Option(help="Save every suggestion that scores at least this.", min=0, max=100)
    ] = 0,
    who: Who = "",
    as_json: Json = False,
) -> None:
    """Suggest a QuickBooks record for each unmapped code."""
    app = quiet_app()
    connection = app.connection()
    app.connecting.refresh_lists(connection.id)
    accepted = app.mapping.accept(connection.id, accept_over, who=_who(app, who)) if accept_over else 0
    left = app.mapping.suggestions(connection.id)
    if as_json:
        show(True, {"accepted": accepted, "left": left})
        return
    if accept_over:
        show(False, None, f"{accepted} suggestions accepted, {len(left)} codes left.")
    table(
        ("Kind", "Core code", "Name", "Suggestion", "Score", "Why"),
        ((one.kind.value, one.core_id, one.name, one.target, one.score, one.reason) for one in left),
    )


@mapping.command("export")
def mapping_export(path: Path, as_json: Json = False) -> None:
    """Write the mapping to a CSV or XLSX file, with unmapped codes and how hours and bills are posted."""
    app = quiet_app()
    path.write_bytes(app.mapping.export(app.connection().id, path.name))
    show(as_json, {"file": str(path)}, f"Written to {path}.")


@mapping.command("import")
def mapping_import(path: Path, check: Check = False, who: Who = "", as_json: Json = False) -> None:
    """Read a mapping file; with --check only say what it would change."""
    app = quiet_app()
    connection = app.connection()
    file = source_files([path])[0]
    result = (
        app.mapping.check_file(connection.id, file)
        if check
        else app.mapping.load_file(connection.id, file, who=_who(app, who))
    )
    verb = "would change" if check else "changed"
    show(
        as_json,
        {
            "changed": result.changed,
            "rules": len(result.rules),
            "preferences": result.preferences_changed,
            "issues": result.issues,
            "remarks": result.remarks,
        },
        f"{len(result.rules)} rules read, {result.rules_changed} {verb}.",
        *(f"{one.title}: {one.before} → {one.after}" for one in result.preferences_changed),
        *(str(issue) for issue in result.issues),
        *(f"To look at: {remark}" for remark in result.remarks),
    )
    if result.issues:
        raise typer.Exit(WITH_FAILURES)


@mapping.command("history")
def mapping_history(as_json: Json = False) -> None:
    """List the versions of the mapping: who saved each, when, and how many rules it changed."""
    app = quiet_app()
    found = app.mapping.history(app.known_connection().id)
    if as_json:
        show(True, {"versions": found})
        return
    table(
        ("Version", "Saved", "By", "Added", "Changed", "Removed"),
        (
            (one.version, f"{one.saved_at:%Y-%m-%d %H:%M}", one.saved_by, one.added, one.changed, one.removed)
            for one in found
        ),
    )


@mapping.command("restore")
def mapping_restore(
    version: Annotated[int, typer.Argument(help="As `qbsync mapping history` numbers it.")],
    check: Check = False,
    who: Who = "",
    as_json: Json = False,
) -> None:
    """Go back to a version by saving it once more, as a new one; with --check only say what that would change."""
    app = quiet_app()
    connection = app.known_connection()
    over = app.mappings.current(connection.id).version
    difference = app.mapping.difference(connection.id, version)
    newer = over if check else app.mapping.restore(connection.id, version, over_version=over, who=_who(app, who))
    said = f"Going back to version {version} would change" if check else f"Version {newer} is as version {version} was:"
    show(
        as_json,
        {"version": newer, "restored": None if check else version, "difference": difference},
        f"{said} {len(difference.rules)} rules and {len(difference.preferences)} preferences.",
        *(f"{one.title}: {one.before} → {one.after}" for one in difference.preferences),
        *(str(issue) for issue in difference.issues),
    )
    if difference.issues:
        raise typer.Exit(WITH_FAILURES)


def _who(app: App, given: str) -> str:
    return given or app.settings.user
