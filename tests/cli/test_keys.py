"""Changing the key that tokens are sealed with, as docs/operations.md says it is done."""

from __future__ import annotations

import json

from cryptography.fernet import Fernet

from tests.company import Company


def test_keys_are_rotated_by_a_command_and_the_old_one_can_go(company: Company):
    old, new = (company.folder / "secret.key").read_text(), Fernet.generate_key().decode()
    done = company.command("keys", "rotate", "--json", QBSYNC_ENCRYPTION_KEYS=f"{new},{old}")
    assert (done.returncode, json.loads(done.stdout)) == (0, {"pairs": 1, "unopened": []})
    assert company.command("pull", QBSYNC_ENCRYPTION_KEYS=new).returncode == 0
    stranger = company.command("keys", "rotate")  # the old key alone opens nothing any more
    assert stranger.returncode == 1
    assert "Ridgeline Builders" in stranger.stdout
