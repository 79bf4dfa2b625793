"""Give consent without a browser, to the QuickBooks on this very machine only: what `connect --auto` does."""

from __future__ import annotations

from dataclasses import dataclass, field
from html.parser import HTMLParser
from urllib.parse import parse_qs, urljoin, urlsplit

import requests

from qbsync.domain.errors import BadInput, ConsentRefused, Unavailable
from qbsync.qbo.endpoints import is_loopback
from qbsync.qbo.transport import USER_AGENT

TIMEOUTS_SECONDS = (10.0, 30.0)  # to connect, to answer
_REFUSALS = ("deny", "cancel", "decline", "refuse", "no", "reject")


@dataclass(kw_only=True)
class _Choice:
    """One company that the page offers: the field to send, its value and what people read beside it."""

    name: str
    value: str
    label: str = ""


@dataclass(kw_only=True)
class _Form:
    """A form as the page has it: fixed fields, companies to choose from, buttons."""

    action: str = ""
    fields: dict[str, str] = field(default_factory=dict)
    choices: list[_Choice] = field(default_factory=list)
    buttons: list[_Choice] = field(default_factory=list)


class _FormReader(HTMLParser):
    """Collects the forms of a page. Text after a choice or inside a button is its label."""

    def __init__(self) -> None:
        super().__init__()
        self.forms: list[_Form] = []
        self._select = ""
        self._labelled: _Choice | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {key: value or "" for key, value in attrs}
        if tag == "form":
            self.forms.append(_Form(action=given.get("action", "")))
        elif not self.forms:
            return
        elif tag == "select":
            self._select = given.get("name", "")
        elif tag == "option" and self._select:
            self._offer(self.forms[-1].choices, self._select, given)
        elif tag == "button":
            self._offer(self.forms[-1].buttons, given.get("name", ""), given)
        elif tag == "input":
            self._input(self.forms[-1], given)

    def handle_endtag(self, tag: str) -> None:
        if tag == "select":
            self._select = ""
        if tag in ("option", "button", "label", "form"):
            self._labelled = None

    def handle_data(self, data: str) -> None:
        if self._labelled is not None:
            self._labelled.label = f"{self._labelled.label} {data.strip()}".strip()

    def _input(self, form: _Form, given: dict[str, str]) -> None:
        kind = given.get("type", "text").lower()
        if kind == "radio":
            self._offer(form.choices, given.get("name", ""), given)
        elif kind == "submit":
            self._offer(form.buttons, given.get("name", ""), given)
        elif kind != "checkbox" or "checked" in given:
            form.fields[given.get("name", "")] = given.get("value", "")

    def _offer(self, choices: list[_Choice], name: str, given: dict[str, str]) -> None:
        self._labelled = _Choice(name=name, value=given.get("value", ""))
        choices.append(self._labelled)


def consent_locally(authorize_url: str, company: str | None) -> tuple[str, str, str]:
    """Consent for `company` (a realm id or a name; None takes the first); returns code, state and realm id.

    Raises BadInput for any other machine or an unknown company, ConsentRefused, Unavailable.
    """
    if not is_loopback(authorize_url):
        raise BadInput(
            "Consent without a browser works with the QuickBooks on this machine only. "
            "Run the command without --auto and open the link that it prints."
        )
    page, address = _open(authorize_url)
    form = _consent_form(page)
    target = urljoin(address, form.action or address)
    if not is_loopback(target):
        raise ConsentRefused("The consent page sends its form to another machine; nothing was sent.")
    return _returned(_post(target, _answers(form, company)))


def _open(url: str) -> tuple[str, str]:
    """The page's text and its own address."""
    try:
        response = requests.get(
            url, timeout=TIMEOUTS_SECONDS, headers={"User-Agent": USER_AGENT}, allow_redirects=False
        )
    except requests.RequestException:
        raise Unavailable("The local QuickBooks does not answer. Is it running?") from None
    if response.status_code != 200:
        raise ConsentRefused(f"The local QuickBooks did not show its consent page ({response.status_code}).")
    return response.text, response.url


def _consent_form(page: str) -> _Form:
    reader = _FormReader()
    reader.feed(page)
    if not reader.forms:
        raise ConsentRefused("The consent page of the local QuickBooks has no form to fill in.")
    return next((form for form in reader.forms if form.choices), reader.forms[0])


def _answers(form: _Form, company: str | None) -> dict[str, str]:
    """What to send: the fixed fields, the company, and the button that agrees."""
    answers = {name: value for name, value in form.fields.items() if name}
    if form.choices or company is not None:
        chosen = _choose(form.choices, company)
        answers[chosen.name] = chosen.value
    agreeing = [button for button in form.buttons if button.name and not _refuses(button)]
    if agreeing:
        answers[agreeing[0].name] = agreeing[0].value
    return answers


def _choose(choices: list[_Choice], company: str | None) -> _Choice:
    wanted = (company or "").strip().casefold()
    if not wanted and choices:
        return choices[0]
    for choice in choices:
        if wanted in (choice.value.casefold(), choice.label.casefold()):
            return choice
    found = next((choice for choice in choices if wanted in choice.label.casefold()), None)
    if found is None:
        raise BadInput(f"The local QuickBooks has no company {company!r}.")
    return found


def _refuses(button: _Choice) -> bool:
    words = f"{button.value} {button.label}".casefold().replace("'", " ").split()
    return any(word in _REFUSALS for word in words)


def _post(url: str, answers: dict[str, str]) -> str:
    """Send the form; returns where it leads, without going there."""
    try:
        response = requests.post(
            url,
            data=answers,
            timeout=TIMEOUTS_SECONDS,
            headers={"User-Agent": USER_AGENT},
            allow_redirects=False,
        )
    except requests.RequestException:
        raise Unavailable("The local QuickBooks did not answer to the consent.") from None
    if "Location" not in response.headers:
        raise ConsentRefused(f"The local QuickBooks did not accept the consent ({response.status_code}).")
    return response.headers["Location"]


def _returned(location: str) -> tuple[str, str, str]:
    found = parse_qs(urlsplit(location).query)
    if "error" in found:
        raise ConsentRefused(f"The local QuickBooks did not give consent ({found['error'][0]}).")
    try:
        return found["code"][0], found["state"][0], found["realmId"][0]
    except KeyError as missing:
        raise ConsentRefused(f"The return from the local QuickBooks has no {missing}.") from None
