"""Finds the tests that carry a numbered marker, such as `@pytest.mark.promise(1)`, for the pages that list them."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

TESTS = Path(__file__).resolve().parent


@dataclass(frozen=True, order=True)
class Holder:
    """A test that carries a marker with a number."""

    file: str
    test: str

    def __str__(self) -> str:
        """A line of a page in docs/."""
        sentence = self.test.removeprefix("test_").replace("_", " ")
        return f"- [{self.file}](../tests/{self.file}): {sentence}"


def holders(marker: str, folder: Path = TESTS) -> dict[int, list[Holder]]:
    """The tests of each number, by their markers."""
    found: dict[int, list[Holder]] = {}
    for file in sorted(folder.rglob("test_*.py")):
        text = file.read_text(encoding="utf-8")
        if f".{marker}(" not in text:
            continue
        for node in ast.walk(ast.parse(text)):
            if isinstance(node, ast.FunctionDef):
                for number in _numbers(node, marker):
                    found.setdefault(number, []).append(Holder(file.relative_to(folder).as_posix(), node.name))
    return {number: sorted(tests) for number, tests in found.items()}


def _numbers(test: ast.FunctionDef, marker: str) -> Iterator[int]:
    for decorator in test.decorator_list:
        if isinstance(decorator, ast.Call) and ast.unparse(decorator.func) == f"pytest.mark.{marker}":
            yield from (int(ast.literal_eval(one)) for one in decorator.args)
