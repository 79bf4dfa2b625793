"""GraphQL from the tests: a company that was connected with the scope of projects."""

from dataclasses import dataclass
from typing import Any

import requests

from tests.sandbox.sandbox_client import REALM, SCOPE, Company, Json, Served

FIRST_ID = 647_933_362
PROJECT_SCOPE = "project-management.project"
FIELDS = (
    "id name description type status priority customer { id } account { id } startDate dueDate completedDate "
    "completedBy completionRate pinned emailAddress { email name } "
    "addresses { streetAddressLine1 city country } deleted"
)


@dataclass
class Projects(Company):
    """One company, its REST side and its GraphQL side."""

    def graphql(self, query: str, variables: Json | None = None, **more: Any) -> requests.Response:
        headers = {"Authorization": f"Bearer {self.tokens['access_token']}", **more.pop("headers", {})}
        body = {"query": query, "variables": variables, **more}
        return self.session.post(f"{self.served.url}/graphql", json=body, headers=headers, timeout=30)

    def asked(self, query: str, variables: Json | None = None) -> Json:
        """The data; fails the test with the errors if there are any."""
        answer = self.graphql(query, variables)
        assert answer.status_code == 200, answer.text
        told: Json = answer.json()
        assert "errors" not in told, told["errors"]
        data: Json = told["data"]
        return data

    def mutate(self, what: str, **given: Any) -> requests.Response:
        kind = what.removeprefix("projectManagement")
        query = f"mutation($i: ProjectManagement_{kind}Input!) {{ done: {what}(input: $i) {{ {FIELDS} }} }}"
        return self.graphql(query, {"i": given})

    def project(self, name: str = "Pier 9", customer: str = "City of Larkspur", **given: Any) -> Json:
        owner = {"id": self.id_of("Customer", customer)}
        return done(self.mutate("projectManagementCreateProject", name=name, customer=owner, **given))

    def page(self, first: int = 100, wish: Json | None = None, order: str = "", after: str | None = None) -> Json:
        query = (
            "query($first: PositiveInt!, $after: String, $filter: ProjectManagement_ProjectFilter!) {"
            f"found: projectManagementProjects(first: $first, after: $after, filter: $filter {order}) {{"
            f"edges {{ cursor node {{ {FIELDS} }} }}"
            "pageInfo { hasNextPage hasPreviousPage startCursor endCursor } } }"
        )
        found: Json = self.asked(query, {"first": first, "after": after, "filter": wish or {}})["found"]
        return found

    def names(self, **wish: Any) -> list[str]:
        return [edge["node"]["name"] for edge in self.page(wish=wish)["edges"]]

    def row_of(self, name: str) -> Json:
        """The customer row that stands for a project."""
        return self.read("Customer", self.id_of("Customer", name))


def connect(served: Served, scope: str = f"{SCOPE} {PROJECT_SCOPE}", realm: str = REALM) -> Projects:
    tokens = served.exchange(served.code(realm, scope=scope)).json()
    return Projects(served=served, realm=realm, tokens=tokens)


def done(answer: requests.Response) -> Json:
    assert answer.status_code == 200, answer.text
    told: Json = answer.json()
    assert "errors" not in told, told["errors"]
    made: Json = told["data"]["done"]
    return made


def error_of(answer: requests.Response) -> Json:
    """The extensions of the only error of an answer."""
    errors = answer.json()["errors"]
    assert len(errors) == 1, errors
    extensions: Json = errors[0]["extensions"]
    return extensions
