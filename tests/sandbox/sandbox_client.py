"""A plain client for the tests: speaks HTTP to the local QuickBooks, and knows nothing of its inside."""

import os
import re
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import requests

ROOT = Path(__file__).parents[2]
REALM = "9130357766900100"
OTHER_REALM = "9130357766900200"
REDIRECT = "http://localhost:8501/callback"
SCOPE = "com.intuit.quickbooks.accounting openid email"
CLIENT = ("local-client", "local-secret")
TRAFFIC = os.environ.get("QBSYNC_TEST_TRAFFIC", "")  # a file for the bodies of all calls, to be held against a schema
Json = dict[str, Any]


@dataclass
class Served:
    """A server process of its own, on a free port."""

    process: subprocess.Popen[str]
    url: str

    @classmethod
    def start(cls, *options: str) -> "Served":
        command = [sys.executable, "-m", "qbsync.sandbox", "serve", "--port", "0", *options]
        if TRAFFIC:
            command += ["--record", TRAFFIC]
        process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=ROOT)
        assert process.stdout is not None
        line = process.stdout.readline()
        found = re.search(r"http://\S+", line)
        assert found, f"the server did not start: {line!r}"
        return cls(process=process, url=found[0])

    def stop(self) -> int:
        self.process.terminate()
        return self.process.wait(timeout=10)

    def kill(self) -> None:
        self.process.kill()
        self.process.wait(timeout=10)

    def control(self, path: str, body: Json | None = None, method: str = "POST") -> Json:
        answer = requests.request(method, f"{self.url}/_sandbox/{path}", json=body, timeout=10)
        assert answer.ok, answer.text
        told: Json = answer.json()
        return told

    def fault(self, kind: str, **wish: Any) -> None:
        self.control("faults", {"kind": kind, **wish})

    def prefer(self, realm: str, name: str, value: str = "true") -> Json:
        """Set a company's preference; the new Preferences are the answer."""
        return self.control(f"{realm}/preference", {"name": name, "value": value})

    # OAuth

    def consent(self, *, decision: str = "connect", realm: str = REALM, **changes: str) -> requests.Response:
        """Open the consent page, read the form's hidden inputs, send it; the answer is the redirect."""
        asked = {
            "client_id": CLIENT[0],
            "redirect_uri": REDIRECT,
            "response_type": "code",
            "scope": SCOPE,
            "state": "state-1",
            **changes,
        }
        page = requests.get(f"{self.url}/connect/oauth2", params=asked, allow_redirects=False, timeout=10)
        hidden = dict(re.findall(r'type="hidden" name="(\w+)" value="([^"]+)"', page.text))
        if not hidden:
            return page
        form = {**hidden, "realmId": realm, "decision": decision}
        return requests.post(f"{self.url}/connect/oauth2", data=form, allow_redirects=False, timeout=10)

    def code(self, realm: str = REALM, **changes: str) -> str:
        location = self.consent(realm=realm, **changes).headers["location"]
        found = re.search(r"code=([^&]+)", location)
        assert found, location
        return found[1]

    def token(self, *, auth: tuple[str, str] = CLIENT, headers: Json | None = None, **form: str) -> requests.Response:
        return requests.post(f"{self.url}/oauth2/v1/tokens/bearer", data=form, auth=auth, headers=headers, timeout=10)

    def exchange(self, code: str, redirect_uri: str = REDIRECT) -> requests.Response:
        return self.token(grant_type="authorization_code", code=code, redirect_uri=redirect_uri)

    def refresh(self, value: str) -> requests.Response:
        return self.token(grant_type="refresh_token", refresh_token=value)

    def connect(self, realm: str = REALM) -> "Company":
        tokens = self.exchange(self.code(realm)).json()
        return Company(served=self, realm=realm, tokens=tokens)


@dataclass
class Company:
    """One connected company."""

    served: Served
    realm: str
    tokens: Json
    session: requests.Session = field(default_factory=requests.Session)

    def call(self, method: str, path: str, **options: Any) -> requests.Response:
        headers = {
            "Authorization": f"Bearer {self.tokens['access_token']}",
            "Accept": "application/json",
            **options.pop("headers", {}),
        }
        address = f"{self.served.url}/v3/company/{self.realm}/{path}"
        return self.session.request(method, address, headers=headers, timeout=10, **options)

    def post(self, entity: str, body: Json, **parameters: str) -> requests.Response:
        return self.call("POST", entity.lower(), json=body, params=parameters)

    def create(self, entity: str, **body: Any) -> Json:
        """The record that was made; fails the test with the fault if it was refused."""
        answer = self.post(entity, body)
        assert answer.status_code == 200, answer.text
        made: Json = answer.json()[entity]
        return made

    update = create

    def read(self, entity: str, key: str) -> Json:
        answer = self.call("GET", f"{entity.lower()}/{key}")
        assert answer.status_code == 200, answer.text
        found: Json = answer.json()[entity]
        return found

    def ask(self, statement: str) -> requests.Response:
        return self.call("GET", "query", params={"query": statement})

    def rows(self, statement: str) -> list[Json]:
        answer = self.ask(statement)
        assert answer.status_code == 200, answer.text
        response: Json = answer.json()["QueryResponse"]
        return next((value for value in response.values() if isinstance(value, list)), [])

    def id_of(self, entity: str, name: str) -> str:
        attribute = {"Term": "Name"} | dict.fromkeys(("Item", "Account", "Class", "Department"), "FullyQualifiedName")
        key = attribute.get(entity, "DisplayName")
        escaped = name.replace("\\", "\\\\").replace("'", "\\'")
        found = self.rows(f"select Id from {entity} where {key} = '{escaped}' and Active in (true, false)")
        assert len(found) == 1, f"{entity} {name}: {found}"
        return str(found[0]["Id"])

    def ref(self, entity: str, name: str) -> Json:
        return {"value": self.id_of(entity, name)}

    def batch(self, *items: Json, **parameters: str) -> requests.Response:
        return self.post("batch", {"BatchItemRequest": list(items)}, **parameters)

    def time(self, **changes: Any) -> Json:
        """A valid time entry's body, with changes laid over it; None takes an attribute out."""
        body = {
            "TxnDate": "2026-11-16",
            "NameOf": "Employee",
            "EmployeeRef": self.ref("Employee", "Maria Gonzalez"),
            "CustomerRef": self.ref("Customer", "City of Larkspur"),
            "ItemRef": self.ref("Item", "Carpentry Labor"),
            "Hours": 7,
            "Minutes": 30,
            **changes,
        }
        return {name: value for name, value in body.items() if value is not None}

    def account_line(self, amount: float = 250.0, account: str = "Job Costs:Job Materials", **detail: Any) -> Json:
        return {
            "Amount": amount,
            "DetailType": "AccountBasedExpenseLineDetail",
            "AccountBasedExpenseLineDetail": {"AccountRef": self.ref("Account", account), **detail},
        }

    def bill(self, **changes: Any) -> Json:
        body = {
            "VendorRef": self.ref("Vendor", "Summit Electric"),
            "TxnDate": "2026-11-10",
            "Line": [self.account_line()],
            **changes,
        }
        return {name: value for name, value in body.items() if value is not None}

    def applied(self) -> list[Json]:
        found: list[Json] = self.served.control(f"{self.realm}/applied", method="GET")["applied"]
        return found


def fault_of(answer: requests.Response) -> Json:
    """The first error of a refused call."""
    error: Json = answer.json()["Fault"]["Error"][0]
    return error
