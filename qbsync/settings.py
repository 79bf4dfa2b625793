"""Every setting of the product: from the environment, and from a `.env` file beside the program."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

from pydantic import Field, SecretStr, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from qbsync.domain.connection import Environment
from qbsync.store.database import IDLE_SECONDS

Weekday = Literal["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"]

IDLE_SECONDS_MIN = 5.0  # a busy machine may leave a transaction that is in order alone for a moment


class Settings(BaseSettings):
    """Settings by their environment names (QBSYNC_ and the name in capitals). See docs/operations.md."""

    model_config = SettingsConfigDict(env_prefix="QBSYNC_", env_file=".env", extra="ignore")

    database_url: str = Field(default="", repr=False)  # may hold a password
    data_dir: Path = Path("data")
    qbo_environment: Environment = Environment.LOCAL
    qbo_client_id: str = ""
    qbo_client_secret: SecretStr = SecretStr("")
    company: str = ""  # the id of the company that commands work with, where several are connected
    public_url: str = ""
    qbo_discovery_url: str = ""
    qbo_api_base: str = ""
    qbo_graphql_url: str = ""
    encryption_keys: SecretStr = SecretStr("")
    notify_urls: SecretStr = SecretStr("")
    log_format: Literal["console", "json"] = "console"
    engine: Literal["embedded", "procrastinate"] = "embedded"
    companies_at_once: int = Field(default=16, gt=0)  # how many a worker pushes side by side
    stalled_seconds: float = Field(default=20, ge=1)  # how long a worker of procrastinate may be silent
    user: str = "finance@localhost"
    week_ends_on: Weekday = "saturday"  # for daily lines of a payroll that state no week
    dashboard_port: int = 8501
    sandbox_port: int = 8610
    requests_per_minute: int = Field(default=480, gt=0)
    requests_per_second: int = Field(default=8, gt=0)
    batches_per_minute: int = Field(default=38, gt=0)
    single_writes: int = Field(default=6, ge=0, le=7)  # at a time; with two batches and a read QuickBooks takes ten
    busy_seconds: float = 30  # how long a writer waits for another one on SQLite
    takeover_seconds: float = Field(default=60, gt=0)  # after which a silent worker on PostgreSQL is replaced
    crash_at: str = ""  # for tests: "point" or "point:n", where the process ends itself

    @field_validator("week_ends_on", mode="before")
    @classmethod
    def _in_small_letters(cls, given: str) -> str:
        return given.strip().lower()

    @property
    def is_local(self) -> bool:
        """Whether the QuickBooks is the one on this machine."""
        return self.qbo_environment is Environment.LOCAL

    @property
    def store_url(self) -> str:
        """The database to use: the one given, else a file in the data folder."""
        return self.database_url or f"sqlite:///{self.data_dir / 'qbsync.db'}"

    @property
    def is_shared(self) -> bool:
        """Whether several workers share the runs, on one machine or on many."""
        return self.engine == "procrastinate"

    @property
    def idle_seconds(self) -> float:
        """How long a transaction on PostgreSQL may do nothing: workers that share runs wait for a frozen one."""
        return max(IDLE_SECONDS_MIN, self.stalled_seconds) if self.is_shared else IDLE_SECONDS

    @property
    def dashboard_address(self) -> str:
        """Where people open the dashboard: the address given, else this machine's own."""
        return self.public_url.rstrip("/") or f"http://127.0.0.1:{self.dashboard_port}"

    @property
    def redirect_uri(self) -> str:
        """Where QuickBooks sends people back to after they consent."""
        return f"{self.dashboard_address}/oauth/qbo/callback"

    @property
    def client(self) -> tuple[str, str]:
        """The app's id and secret; the local QuickBooks has its own well-known pair."""
        if self.is_local and not self.qbo_client_id:
            return "local-client", "local-secret"
        return self.qbo_client_id, self.qbo_client_secret.get_secret_value()

    @property
    def throttle_rates(self) -> dict[str, tuple[float, int]]:
        """Channel → (requests a minute, burst). Rate and burst together stay within QuickBooks' limits."""
        return {
            "second": (self.requests_per_second * 60.0, 2),
            "request": (float(self.requests_per_minute), 10),
            "batch": (float(self.batches_per_minute), 1),
        }
