"""What varies from run to run: checked for its form and then taken out, so that the rest can be told exactly."""

import re
from typing import Any, Final
from xml.etree import ElementTree

TIME: Final = "<time>"
MOMENT: Final = "<moment>"
ID: Final = "<id>"
TOKEN: Final = "<token>"
REFRESH: Final = "<refresh token>"
SIGNED: Final = "<signed>"
SPACE: Final = "{http://schema.intuit.com/finance/v3}"
OFFSET: Final = "-0[78]:00"
# name of the member → (form, what stands for it)
VOLATILE: Final[dict[str, tuple[str, str]]] = {
    "time": (rf"\d{{4}}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{{3}}{OFFSET}", TIME),
    "CreateTime": (rf"\d{{4}}-\d\d-\d\dT\d\d:\d\d:\d\d{OFFSET}", MOMENT),
    "LastUpdatedTime": (rf"\d{{4}}-\d\d-\d\dT\d\d:\d\d:\d\d{OFFSET}", MOMENT),
    "TxnId": (r"[1-9]\d{0,18}", ID),
    "access_token": (r"[A-Za-z0-9._-]{40,4096}", TOKEN),
    "refresh_token": (r"[A-Za-z0-9._-]{20,512}", REFRESH),
    "id_token": (r"[\w-]+\.[\w-]+\.[\w-]+", SIGNED),
}
NUMBER: Final = r"[1-9]\d{0,18}"


def settled(value: Any) -> Any:
    """The same value with its volatile parts replaced; fails when one has not the form that it must have."""
    if isinstance(value, list):
        return [settled(part) for part in value]
    if not isinstance(value, dict):
        return value
    return {name: _member(value, name) for name in value}


def _member(whole: dict[str, Any], name: str) -> Any:
    held = whole[name]
    if name in VOLATILE:
        return _formed(held, *VOLATILE[name])
    if name == "Id" and ("SyncToken" in whole or "status" in whole):
        return _formed(held, NUMBER, ID)
    if name == "value" and "name" in whole and whole["value"] != "USD":
        return _formed(held, NUMBER, ID)
    return settled(held)


def _formed(text: Any, form: str, stands_for: str) -> str:
    assert isinstance(text, str), text
    assert re.fullmatch(form, text), (text, form)
    return stands_for


Tree = tuple[str, dict[str, str], str, list[Any]]


def tree(text: str) -> Tree:
    """Tag, attributes, text and children of an XML document, volatile parts replaced."""
    return _tree(ElementTree.fromstring(text))


def _tree(element: ElementTree.Element) -> Tree:
    tag = element.tag.removeprefix(SPACE)
    attributes = {name: _formed(held, *VOLATILE[name]) if name in VOLATILE and held != TIME else held
                  for name, held in element.attrib.items()}  # fmt: skip
    text = (element.text or "").strip()
    if tag in VOLATILE and text != VOLATILE[tag][1]:
        text = _formed(text, *VOLATILE[tag])
    return tag, attributes, text, [_tree(child) for child in element]
