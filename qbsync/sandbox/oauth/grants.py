"""Who may call: codes that work once, access tokens for an hour, refresh tokens that rotate."""

import hmac
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

from qbsync.sandbox.clock import Clock
from qbsync.sandbox.company.store import Store

ACCESS_SECONDS: Final = 3600
DAY_SECONDS: Final = 24 * 3600
ROTATION_SECONDS: Final = DAY_SECONDS
HARD_SECONDS: Final = 157_680_000  # five years
CODE_SECONDS: Final = 300
INCORRECT_REFRESH: Final = "Incorrect or invalid refresh token"
INCORRECT_CODE: Final = "Invalid authorization code"


class GrantError(Exception):
    """The token endpoint answers `error` with HTTP 400."""

    def __init__(self, error: str, description: str) -> None:
        super().__init__(error)
        self.error = error
        self.description = description


@dataclass(frozen=True, kw_only=True)
class Access:
    """What a valid access token allows."""

    realm: str
    scopes: frozenset[str]
    app: str  # the client id that it was given to


@dataclass(frozen=True, kw_only=True)
class Rules:
    """The readings of the facts that an operator may choose between."""

    refresh_days: int = 101
    rotates_every_use: bool = False
    reused_code_ends: bool = True
    replaced_refresh_ends: bool = False


class Grants:
    """Connections of apps with companies. Every method runs in its own transaction."""

    def __init__(self, store: Store, clock: Clock, make_token: Callable[[int], str] = secrets.token_urlsafe) -> None:
        self.store = store
        self.clock = clock
        self.make_token = make_token

    def authorize(self, *, app: str, realm: str, scope: str, redirect_uri: str) -> str:
        """The code that the browser carries back."""
        now = self.clock.seconds()
        code = "AB" + self.make_token(36)
        with self.store.writing():
            self.store.change(
                "INSERT INTO connection (app, realm, scope, redirect_uri, code, code_expires, hard_expires) "
                "VALUES (?,?,?,?,?,?,?)",
                app,
                realm,
                scope,
                redirect_uri,
                code,
                now + CODE_SECONDS,
                now + HARD_SECONDS,
            )
        return code

    def exchange(self, app: str, code: str, redirect_uri: str, rules: Rules) -> dict[str, Any]:
        """Tokens for a code. A code that comes twice may end the connection that it made."""
        now = self.clock.seconds()
        found = self.store.row(
            "SELECT id, redirect_uri, code_expires, code_spent FROM connection WHERE code = ? AND app = ?", code, app
        )
        if found is None:
            raise GrantError("invalid_grant", INCORRECT_CODE)
        connection, bound_uri, expires, spent = found
        if spent:
            if rules.reused_code_ends:
                self._end(connection)
            raise GrantError("invalid_grant", INCORRECT_CODE)
        if now >= expires or not hmac.compare_digest(bound_uri.encode(), redirect_uri.encode()):
            raise GrantError("invalid_grant", INCORRECT_CODE)
        with self.store.writing():
            self.store.change("UPDATE connection SET code_spent = 1 WHERE id = ?", connection)
            self._rotate(connection, now)
            return self._issue(connection, now, rules)

    def refresh(self, app: str, refresh_token: str, rules: Rules) -> dict[str, Any]:
        """A new access token; the refresh value changes after a day, or with every use."""
        now = self.clock.seconds()
        found = self.store.row(
            "SELECT id, refresh_issued, refresh_expires, hard_expires, revoked FROM connection "
            "WHERE refresh_token = ? AND app = ?",
            refresh_token,
            app,
        )
        if found is None:
            if rules.replaced_refresh_ends:
                self._end_by_replaced(refresh_token)
            raise GrantError("invalid_grant", INCORRECT_REFRESH)
        connection, issued, expires, hard_expires, revoked = found
        if revoked or now >= expires or now >= hard_expires:
            raise GrantError("invalid_grant", INCORRECT_REFRESH)
        with self.store.writing():
            if rules.rotates_every_use or now - issued >= ROTATION_SECONDS:
                self._rotate(connection, now)
            return self._issue(connection, now, rules)

    def revoke(self, app: str, token: str) -> bool:
        """End the app's connection that an access or refresh token belongs to."""
        found = self.store.row(
            "SELECT id FROM connection WHERE app = ?1 AND (refresh_token = ?2 "
            "OR id IN (SELECT connection FROM access_token WHERE token = ?2))",
            app,
            token,
        )
        if found is None:
            return False
        self._end(int(found[0]))
        return True

    def check(self, token: str) -> Access | str:
        """What the token allows, or the sentence that says why it allows nothing."""
        found = self.store.row(
            "SELECT a.expires, c.realm, c.scope, c.revoked, c.app FROM access_token a "
            "JOIN connection c ON c.id = a.connection WHERE a.token = ?",
            token,
        )
        if found is None:
            return "Malformed bearer token: too short or too long" if len(token) < 40 else "Token invalid"
        expires, realm, scope, revoked, app = found
        if revoked:
            return "Token revoked"
        if self.clock.seconds() >= expires:
            return "Token expired: the access token is past its hour"
        return Access(realm=realm, scopes=frozenset(scope.split()), app=app)

    def expire(self, *, access: bool, refresh: bool) -> None:
        now = self.clock.seconds()
        with self.store.writing():
            if access:
                self.store.change("UPDATE access_token SET expires = ?", now)
            if refresh:
                self.store.change("UPDATE connection SET refresh_expires = ?", now)

    def _rotate(self, connection: int, now: float) -> None:
        """A new refresh value; the one before it is remembered, to be known when it comes back."""
        self.store.change(
            "INSERT INTO replaced_refresh SELECT refresh_token, id FROM connection "
            "WHERE id = ? AND refresh_token IS NOT NULL",
            connection,
        )
        self.store.change(
            "UPDATE connection SET refresh_token = ?, refresh_issued = ? WHERE id = ?",
            "RT1-" + self.make_token(36),
            now,
            connection,
        )

    def _issue(self, connection: int, now: float, rules: Rules) -> dict[str, Any]:
        refresh_seconds = rules.refresh_days * DAY_SECONDS
        access_token = "eyJ" + self.make_token(90)
        self.store.change("INSERT INTO access_token VALUES (?,?,?)", access_token, connection, now + ACCESS_SECONDS)
        self.store.change("UPDATE connection SET refresh_expires = ? WHERE id = ?", now + refresh_seconds, connection)
        found = self.store.row("SELECT refresh_token, hard_expires FROM connection WHERE id = ?", connection)
        assert found is not None  # the caller has just read it
        return {
            "token_type": "bearer",
            "expires_in": ACCESS_SECONDS,
            "access_token": access_token,
            "refresh_token": found[0],
            "x_refresh_token_expires_in": refresh_seconds,
            "x_refresh_token_hard_expires_in": int(found[1] - now),
        }

    def _end_by_replaced(self, refresh_token: str) -> None:
        found = self.store.row("SELECT connection FROM replaced_refresh WHERE token = ?", refresh_token)
        if found is not None:
            self._end(int(found[0]))

    def _end(self, connection: int) -> None:
        with self.store.writing():
            self.store.change("UPDATE connection SET revoked = 1 WHERE id = ?", connection)
