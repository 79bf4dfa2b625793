"""Who gave the consent: signed id tokens, the key set that proves them, and the user's card."""

import hashlib
import json
from base64 import urlsafe_b64encode
from typing import Any, Final

from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa

from qbsync.sandbox.clock import Clock
from qbsync.sandbox.company.store import Store

ISSUER: Final = "https://oauth.platform.intuit.com/op/v1"
SUBJECT: Final = "1182d6ec-0000-4aa3-af3f-000000000001"
ID_TOKEN_SECONDS: Final = 3600
KEY_BITS: Final = 2048
KEY_SETTING: Final = "signing_key"
FIELDS: Final[dict[str, dict[str, Any]]] = {
    "email": {"email": "owner@example.com", "emailVerified": True},
    "profile": {"givenName": "Robin", "familyName": "Ridge"},
    "phone": {"phoneNumber": "+1 4155550100", "phoneNumberVerified": False},
    "address": {
        "address": {
            "streetAddress": "418 Alder Ridge Road",
            "locality": "Larkspur",
            "region": "CA",
            "postalCode": "94939",
            "country": "US",
        }
    },
}


def card(scopes: frozenset[str]) -> dict[str, Any]:
    """What userinfo tells: `sub` always, the rest as far as its scope was granted."""
    told: dict[str, Any] = {"sub": SUBJECT}
    for scope, fields in FIELDS.items():
        if scope in scopes:
            told |= fields
    return told


class Identity:
    """Signs with one RSA key, made when first needed and kept in the company file."""

    def __init__(self, store: Store, clock: Clock) -> None:
        self.store = store
        self.clock = clock
        self._key: rsa.RSAPrivateKey | None = None

    def id_token(self, client_id: str, realm: str) -> str:
        now = int(self.clock.seconds())
        claims = {
            "sub": SUBJECT,
            "aud": [client_id],
            "realmid": realm,
            "iss": ISSUER,
            "iat": now,
            "exp": now + ID_TOKEN_SECONDS,
        }
        public = self._public()
        signed = f"{_json_part({'alg': 'RS256', 'kid': public['kid']})}.{_json_part(claims)}"
        signature = self._private().sign(signed.encode(), padding.PKCS1v15(), hashes.SHA256())
        return f"{signed}.{_part(signature)}"

    def key_set(self) -> dict[str, Any]:
        return {"keys": [{**self._public(), "use": "sig", "alg": "RS256"}]}

    def _public(self) -> dict[str, str]:
        """The public key; its `kid` is the thumbprint of RFC 7638, so it stays as long as the key does."""
        numbers = self._private().public_key().public_numbers()
        members = {"e": _number(numbers.e), "kty": "RSA", "n": _number(numbers.n)}
        thumbprint = hashlib.sha256(json.dumps(members, separators=(",", ":")).encode()).digest()
        return {**members, "kid": _part(thumbprint)}

    def _private(self) -> rsa.RSAPrivateKey:
        if self._key is None:
            self._key = self._stored() or self._made()
        return self._key

    def _stored(self) -> rsa.RSAPrivateKey | None:
        text = self.store.setting(KEY_SETTING)
        key = None if text is None else serialization.load_pem_private_key(text.encode(), password=None)
        return key if isinstance(key, rsa.RSAPrivateKey) else None

    def _made(self) -> rsa.RSAPrivateKey:
        key = rsa.generate_private_key(public_exponent=65537, key_size=KEY_BITS)
        text = key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
        with self.store.writing():
            self.store.set_setting(KEY_SETTING, text.decode())
        return key


def _part(raw: bytes) -> str:
    return urlsafe_b64encode(raw).rstrip(b"=").decode()


def _json_part(value: dict[str, Any]) -> str:
    return _part(json.dumps(value, separators=(",", ":")).encode())


def _number(value: int) -> str:
    return _part(value.to_bytes((value.bit_length() + 7) // 8, "big"))
