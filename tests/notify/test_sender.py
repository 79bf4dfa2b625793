"""Notices really arrive at a mail server, and an address that does not work stops nothing and tells no secret."""

from __future__ import annotations

import logging
import socket
from collections.abc import Iterator
from email import message_from_bytes, policy
from email.message import EmailMessage

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session

from qbsync.logs import configure_logs
from qbsync.notify.sender import AppriseNotifier

pytestmark = pytest.mark.filterwarnings("ignore:Requiring AUTH while not requiring TLS")  # it is on this machine

PASSWORD = "s3cret-of-the-mailbox"
TITLE = "Sync partly failed: 5 done, 2 not"
BODY = "Run r1, confirmed by Ada. See the Sync Log – each record says why."


class Mailbox:
    """What a mail server received."""

    def __init__(self) -> None:
        self.mails: list[tuple[list[str], EmailMessage]] = []

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        content = envelope.original_content or b""
        self.mails.append((list(envelope.rcpt_tos), message_from_bytes(content, policy=policy.default)))
        return "250 Kept"


def known_user(
    server: SMTP, session: Session, envelope: Envelope, mechanism: str, credentials: LoginPassword
) -> AuthResult:
    """The one user of this mail server."""
    return AuthResult(success=credentials.password == PASSWORD.encode(), handled=False)


class MailServer:
    """A mail server on this machine that wants a password."""

    def __init__(self) -> None:
        self.mailbox, self.port = Mailbox(), free_port()
        self.controller = Controller(
            self.mailbox,
            hostname="127.0.0.1",
            port=self.port,
            authenticator=known_user,
            auth_required=True,
            auth_require_tls=False,
        )

    def address(self, *, to: str = "cfo@ridgeline.example", password: str = PASSWORD) -> str:
        return f"mailto://sync:{password}@127.0.0.1:{self.port}?smtp=127.0.0.1&from=sync@ridgeline.example&to={to}"

    @property
    def received(self) -> list[tuple[list[str], EmailMessage]]:
        return self.mailbox.mails


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@pytest.fixture
def server() -> Iterator[MailServer]:
    started = MailServer()
    started.controller.start()
    yield started
    started.controller.stop()


class Witness:
    """Reads everything that is written anywhere from `listen` on."""

    def __init__(self, printed: pytest.CaptureFixture[str], logged: pytest.LogCaptureFixture) -> None:
        self._printed, self._logged = printed, logged

    def listen(self) -> None:
        configure_logs("console", logging.DEBUG)
        self._logged.set_level(logging.DEBUG)

    def all_said(self) -> str:
        printed = self._printed.readouterr()
        return "\n".join((printed.out, printed.err, self._logged.text))


@pytest.fixture
def witness(capsys: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture) -> Witness:
    return Witness(capsys, caplog)


def dead_address() -> str:
    return f"mailto://sync:{PASSWORD}@127.0.0.1:{free_port()}?smtp=127.0.0.1&from=a@b.example&to=c@d.example"


def test_a_notice_arrives_with_its_title_and_sentence(server: MailServer):
    AppriseNotifier(server.address()).send(TITLE, BODY)
    ((to, mail),) = server.received
    assert to == ["cfo@ridgeline.example"]
    assert mail["Subject"] == TITLE
    body = mail.get_body(("html", "plain"))
    assert body is not None
    assert BODY in body.get_content()


@pytest.mark.parametrize("between", [" ", ",", ", ", "\n"])
def test_every_address_gets_the_notice(server: MailServer, between: str):
    addresses = between.join(server.address(to=to) for to in ("cfo@ridgeline.example", "ap@ridgeline.example"))
    AppriseNotifier(addresses).send(TITLE, BODY)
    assert sorted(to[0] for to, _ in server.received) == ["ap@ridgeline.example", "cfo@ridgeline.example"]


def test_one_dead_address_keeps_no_notice_from_the_others(server: MailServer):
    AppriseNotifier(f"{dead_address()} {server.address()}").send(TITLE, BODY)
    assert len(server.received) == 1


def test_without_addresses_nothing_is_sent_or_said(witness: Witness):
    witness.listen()
    for urls in ("", "  ", ",", "\n"):
        AppriseNotifier(urls).send(TITLE, BODY)
    assert "notify" not in witness.all_said()


def test_a_dead_address_raises_nothing_and_logs_no_password(witness: Witness):
    witness.listen()
    AppriseNotifier(dead_address()).send(TITLE, BODY)
    said = witness.all_said()
    assert "notify.failed" in said
    assert "the notice is in the dashboard" in said
    assert PASSWORD not in said


def test_a_refused_password_raises_nothing_and_is_not_logged(server: MailServer, witness: Witness):
    witness.listen()
    AppriseNotifier(server.address(password="wrong-but-secret")).send(TITLE, BODY)
    said = witness.all_said()
    assert server.received == []
    assert "notify.failed" in said
    assert "wrong-but-secret" not in said


UNREADABLE = [
    f"mailto://sync:{PASSWORD}@",
    f"nonsense://sync:{PASSWORD}@mail.example",
    f"sync:{PASSWORD}",
    PASSWORD,
]


@pytest.mark.parametrize("address", UNREADABLE, ids=["no host", "no such service", "no scheme", "a bare word"])
def test_an_address_that_is_not_understood_is_said_without_showing_it(
    server: MailServer, address: str, witness: Witness
):
    witness.listen()
    AppriseNotifier(f"{address} {server.address()}").send(TITLE, BODY)
    said = witness.all_said()
    assert "notify.bad_address" in said
    assert "QBSYNC_NOTIFY_URLS" in said
    assert PASSWORD not in said
    assert len(server.received) == 1
