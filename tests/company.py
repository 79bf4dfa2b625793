"""A company that is ready to sync: the sample loaded, QuickBooks connected, the mapping accepted."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from qbsync.bootstrap import App, build
from qbsync.domain.intake import SourceFile
from qbsync.domain.plan import Plan, Scope
from qbsync.qbo.consent import consent_locally
from qbsync.settings import Settings
from tests.local_books import REALM, LocalBooks

ROOT = Path(__file__).resolve().parents[1]
SAMPLE = ROOT / "examples" / "ridgeline"
WHO = "controller@ridgeline.example"


@dataclass
class Company:
    """The product on its own data folder, beside a running local QuickBooks."""

    folder: Path
    books: LocalBooks
    database_url: str = ""
    single_writes: int = 4  # at a time, beside the batches of a large run; 0: batches only
    settings: dict[str, Any] = field(default_factory=dict)  # of this company's processes, by their names here

    def environment(self, **extra: str) -> dict[str, str]:
        """What a process of the product needs to know to work on this company."""
        own = {
            "QBSYNC_DATA_DIR": str(self.folder),
            "QBSYNC_DATABASE_URL": self.database_url,
            "QBSYNC_SANDBOX_PORT": str(self.books.port),
            "QBSYNC_REQUESTS_PER_MINUTE": "1000000",
            "QBSYNC_REQUESTS_PER_SECOND": "100000",
            "QBSYNC_BATCHES_PER_MINUTE": "1000000",
            "QBSYNC_SINGLE_WRITES": str(self.single_writes),
            "QBSYNC_USER": WHO,
            **{f"QBSYNC_{name.upper()}": str(value) for name, value in self.settings.items()},
        }
        return {**{k: v for k, v in os.environ.items() if not k.startswith("QBSYNC_")}, **own, **extra}

    def app(self, **changes: Any) -> App:
        """The product inside this process."""
        return build(
            Settings(
                _env_file=None,
                data_dir=self.folder,
                database_url=self.database_url,
                sandbox_port=self.books.port,
                requests_per_minute=1_000_000,
                requests_per_second=100_000,
                batches_per_minute=1_000_000,
                **{"single_writes": self.single_writes, **self.settings, **changes},
            ),
            log_level=40,
        )

    def command(self, *arguments: str, **extra: str) -> subprocess.CompletedProcess[str]:
        """Run a command of the product as a process of its own."""
        return subprocess.run(
            [sys.executable, "-m", "qbsync", *arguments],
            env=self.environment(**extra),
            cwd=ROOT,
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )

    def confirmed_run(self, scope: Scope) -> tuple[Plan, str]:
        """Preview and confirm what can be sent; returns the plan and the run's id."""
        app = self.app()
        plan = app.previewing.build(app.connection().id, scope, who=WHO)
        return plan, app.confirming.confirm(plan.id, plan.digest, who=WHO).id


def sample_files() -> list[SourceFile]:
    """The sample contractor's CSV exports."""
    return [SourceFile(name=path.name, data=path.read_bytes()) for path in sorted(SAMPLE.glob("*.csv"))]


def make_ready(company: Company, accept_over: int = 90) -> None:
    """Load the sample, connect, and accept the suggestions that are sure."""
    app = company.app()
    app.intake.load(sample_files(), who=WHO)
    code, state, realm_id = consent_locally(app.connecting.begin(WHO), REALM)
    connection = app.connecting.finish(state=state, code=code, realm_id=realm_id)
    app.mapping.accept(connection.id, accept_over, who=WHO)
    app.database.close()


@contextmanager
def copied(template: Path, target: Path, database_url: str = "") -> Iterator[Company]:
    """A company like the one in `template`, with a QuickBooks of its own."""
    shutil.copytree(template, target)
    with LocalBooks.running(target / "quickbooks.db") as books:
        yield Company(folder=target, books=books, database_url=database_url)
