"""Runs a real PostgreSQL server for the tests: own data folder, loopback port, never as root."""

from __future__ import annotations

import itertools
import os
import pwd
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psycopg

USER = "postgres"  # the user that Debian's package makes; root may not run the server


def find_postgres() -> Path | None:
    """The folder of the newest server programs; None where there are none (or nobody who may run them)."""
    folders = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda one: float(one.parent.name))
    folders += [Path(found).parent for found in [shutil.which("initdb")] if found]
    usable = [folder for folder in folders if (folder / "initdb").exists()]
    if not usable or (os.geteuid() == 0 and not _user_exists()):
        return None
    return usable[-1]


def _user_exists() -> bool:
    try:
        pwd.getpwnam(USER)
    except KeyError:
        return False
    return True


@dataclass
class PostgresServer:
    """A running server; each test gets a database of its own."""

    programs: Path
    folder: Path
    port: int

    def __post_init__(self) -> None:
        self._numbers = itertools.count(1)

    @classmethod
    @contextmanager
    def running(cls, programs: Path) -> Iterator[PostgresServer]:
        """Start a server, and stop it in the end."""
        folder = Path(tempfile.mkdtemp(prefix="qbsync-pg-"))
        if os.geteuid() == 0:
            shutil.chown(folder, USER)
        server = cls(programs, folder, _free_port())
        data = str(folder / "data")
        server.program("initdb", "--pgdata", data, "--username", USER, "--auth", "trust", "--no-sync")
        server.start()
        try:
            yield server
        finally:
            server.stop("immediate")
            shutil.rmtree(folder, ignore_errors=True)

    def start(self) -> None:
        options = f"-p {self.port} -c listen_addresses=127.0.0.1 -c unix_socket_directories= -c fsync=off"
        self.program(
            "pg_ctl", "start", "-w", "-D", str(self.folder / "data"), "-l", str(self.folder / "log"), "-o", options
        )

    def stop(self, mode: str) -> None:
        """Stop the server: `fast` ends sessions, `immediate` is a crash."""
        self.program("pg_ctl", "stop", "-D", str(self.folder / "data"), "-m", mode)

    def new_database(self, like: str = "template1") -> str:
        """The address of a new database: empty, or a copy of one that nobody is connected to."""
        name = f"test_{next(self._numbers)}"
        with psycopg.connect(self.address("postgres"), autocommit=True) as connection:
            connection.execute(f'CREATE DATABASE "{name}" TEMPLATE "{like}"')
        return self.address(name)

    def address(self, name: str) -> str:
        return f"postgresql://{USER}@127.0.0.1:{self.port}/{name}"

    def program(self, name: str, *arguments: str) -> None:
        """Run one of the server's programs as a user who is not root."""
        command = [str(self.programs / name), *arguments]
        if os.geteuid() == 0:
            command = ["setpriv", f"--reuid={USER}", f"--regid={USER}", "--clear-groups", *command]
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL, cwd="/")


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
