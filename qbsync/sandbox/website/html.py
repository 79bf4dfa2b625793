"""The few pieces that every page for people is made of. All text is escaped here and nowhere else."""

from collections.abc import Iterable, Sequence
from decimal import Decimal
from html import escape
from typing import Any, Final

from starlette.responses import HTMLResponse

STYLE: Final = """
:root { --ink:#1f2a24; --soft:#5c6b63; --line:#dfe6e1; --paper:#fff; --ground:#f4f7f5; --leaf:#1f7a3d }
* { box-sizing:border-box }
body { margin:0; background:var(--ground); color:var(--ink); font:15px/1.5
  system-ui,-apple-system,"Segoe UI",sans-serif }
header { background:var(--leaf); color:#fff; padding:14px 28px; display:flex; gap:18px;
  align-items:baseline }
header a { color:#fff; text-decoration:none; font-weight:600 }
header small { opacity:.85 }
main { max-width:1320px; margin:24px auto; padding:0 20px }
h1 { font-size:22px; margin:0 0 14px }
h2 { font-size:17px }
.card { background:var(--paper); border:1px solid var(--line); border-radius:10px; padding:18px 20px;
  margin-bottom:18px }
.split { display:grid; grid-template-columns:210px minmax(0,1fr); gap:26px; align-items:start }
nav.tabs { display:flex; flex-direction:column }
nav.tabs > small { color:var(--soft); font-weight:600; margin:10px 0 2px }
nav.tabs a { padding:3px 10px; border-radius:8px; color:var(--ink); text-decoration:none; display:flex;
  justify-content:space-between }
nav.tabs a.here { background:var(--leaf); color:#fff }
nav.tabs a.none { opacity:.5 }
@media (max-width:900px) { .split { grid-template-columns:1fr } }
table { width:100%; border-collapse:collapse }
th { text-align:left; color:var(--soft); font-weight:600; font-size:13px }
th,td { padding:7px 10px; border-bottom:1px solid var(--line); vertical-align:top }
tr:last-child td { border-bottom:0 }
td.number { text-align:right; font-variant-numeric:tabular-nums }
a { color:var(--leaf) }
pre { background:var(--ground); border-radius:8px; padding:14px; overflow:auto; font-size:13px }
label { display:block; margin:10px 0 2px; color:var(--soft); font-size:13px }
input[type=text],input[type=date],input[type=number],select { width:100%; max-width:420px; padding:7px 9px;
  border:1px solid var(--line); border-radius:6px; font:inherit }
button { padding:8px 16px; border-radius:8px; border:1px solid var(--leaf); background:var(--leaf);
  color:#fff; font:inherit; font-weight:600; cursor:pointer; margin-top:12px }
button.quiet { background:#fff; color:var(--leaf) }
button.danger { background:#fff; color:#a32323; border-color:#a32323 }
td code { word-break:break-all }
th.number { text-align:right }
.soft { color:var(--soft) }
.filter { display:grid; grid-template-columns:auto 1fr auto 1fr auto 2fr auto; gap:6px 12px; align-items:center }
.filter label,.filter button { margin:0 }
.forms { display:flex; flex-wrap:wrap; gap:18px }
.forms .card { flex:1 1 300px }
.alarm { border-color:#a32323 }
.narrow { max-width:520px; margin:8vh auto }
.choice { display:block; padding:10px 12px; margin:6px 0; color:var(--ink); border:1px solid
  var(--line); border-radius:8px; font-size:15px }
"""
SECURITY: Final = {
    "X-Frame-Options": "DENY",
    "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'",
    "Referrer-Policy": "same-origin",
    "Cache-Control": "no-store",
}


def document(title: str, body: str, *, status: int = 200) -> HTMLResponse:
    text = (
        '<!doctype html><html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width,initial-scale=1">'
        f"<title>{escape(title)} · Local QuickBooks</title><style>{STYLE}</style></head><body>"
        '<header><a href="/">Local QuickBooks</a><a href="/requests">Requests</a>'
        "<small>for practice and tests, not the real service</small>"
        f"</header><main>{body}</main></body></html>"
    )
    return HTMLResponse(text, status_code=status, headers=SECURITY)


def cell(value: Any) -> str:
    """An attribute as a table shows it."""
    if isinstance(value, dict):
        return escape(str(value.get("name", value.get("value", ""))))
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float | Decimal):
        return f"{value:,.2f}"
    return "" if value is None else escape(str(value))


def link(address: str, text: object) -> str:
    return f'<a href="{escape(address)}">{escape(str(text))}</a>'


def table(headings: Sequence[str], rows: Iterable[Sequence[str]], numbers: frozenset[int] = frozenset()) -> str:
    """Cells are HTML already; `numbers` are the columns that stand to the right."""
    head = "".join(
        f"<th{' class=number' if place in numbers else ''}>{escape(heading)}</th>"
        for place, heading in enumerate(headings)
    )
    lines = "".join(
        "<tr>"
        + "".join(f"<td{' class=number' if place in numbers else ''}>{cell}</td>" for place, cell in enumerate(row))
        + "</tr>"
        for row in rows
    )
    return f"<table><thead><tr>{head}</tr></thead><tbody>{lines}</tbody></table>"


def field(name: str, label: str, value: object = "", kind: str = "text") -> str:
    step = ' step="any"' if kind == "number" else ""
    return (
        f'<label for="{escape(name)}">{escape(label)}</label>'
        f'<input type="{kind}"{step} id="{escape(name)}" name="{escape(name)}" value="{escape(str(value))}">'
    )


def choices(name: str, label: str, values: Sequence[str], chosen: str) -> str:
    """A list to choose one from; the empty value is shown as *any*."""
    options = "".join(
        f'<option value="{escape(value)}"{" selected" if value == chosen else ""}>{escape(value or "any")}</option>'
        for value in values
    )
    key = escape(name)
    return f'<label for="{key}">{escape(label)}</label><select id="{key}" name="{key}">{options}</select>'


def form(address: str, inner: str, button: str, style: str = "") -> str:
    mark = f' class="{style}"' if style else ""
    button = f"<button{mark}>{escape(button)}</button>"
    return f'<form method="post" action="{escape(address)}">{inner}{button}</form>'


def consent_page(ticket: str, scopes: Sequence[str], companies: Sequence[tuple[str, str]]) -> HTMLResponse:
    choices = "".join(
        f'<label class="choice"><input type="radio" name="realmId" value="{escape(realm)}"'
        f"{' checked' if place == 0 else ''}> {escape(name)} "
        f'<span class="soft">{escape(realm)}</span></label>'
        for place, (realm, name) in enumerate(companies)
    )
    asked = "".join(f"<li><code>{escape(scope)}</code></li>" for scope in scopes)
    body = (
        '<div class="card narrow"><h1>Connect to QuickBooks</h1>'
        "<p>An app asks to work with your company. It asks for:</p>"
        f'<ul>{asked}</ul><form method="post" action="/connect/oauth2">'
        f'<input type="hidden" name="request" value="{escape(ticket)}">{choices}'
        '<button name="decision" value="connect">Connect</button> '
        '<button class="quiet" name="decision" value="cancel">No thanks</button></form></div>'
    )
    return document("Connect", body)


def refusal_page(sentence: str, status: int = 400) -> HTMLResponse:
    body = f'<div class="card narrow alarm"><h1>Sorry, that did not work</h1><p>{escape(sentence)}</p></div>'
    return document("Sorry", body, status=status)
