"""Faults at random, by seeds that can be played again (fault 16). More of them: `make chaos SEEDS=200`."""

from __future__ import annotations

import pytest

from tests.company import Company
from tests.faults.nemesis import FAULTS_MAX, Move, moves, play


@pytest.mark.promise(1)
@pytest.mark.fault(16)
@pytest.mark.parametrize(
    ("stored_company", "seed"),
    [(("sqlite", "postgresql")[seed % 2], seed) for seed in range(1, 11)],
    indirect=["stored_company"],
)
def test_a_run_survives_faults_drawn_by_lot(stored_company: Company, seed: int):
    assert play(stored_company, seed) == [], f"seed {seed}: {'; '.join(map(str, moves(seed)))}"


def test_a_seed_is_always_the_same_game_and_games_are_of_every_kind():
    games = [moves(seed) for seed in range(60)]
    assert games == [moves(seed) for seed in range(60)]
    assert {len(game) for game in games} == set(range(1, FAULTS_MAX + 1))
    drawn = {kind_of(move) for game in games for move in game}
    assert drawn >= {"kill", "freeze", "cut off", "drop_after_write", "half_batch", "throttle", "status", "malformed"}


def kind_of(move: Move) -> str:
    return move.kind if move.at else str(dict(move.fault)["kind"])
