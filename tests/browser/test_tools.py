"""The browser tests' own tools: what is readable, who is a stranger, and that nothing is left running."""

from __future__ import annotations

import os
import subprocess
import sys
import time

import pytest

from tests.browser.driver import origin_of
from tests.browser.look import Text
from tests.browser.product import end

WHITE, BLACK = (255, 255, 255), (0, 0, 0)
DEAF = "import signal; signal.signal(signal.SIGTERM, signal.SIG_IGN);"
PARENT = (
    f"import subprocess, sys, time; {DEAF}"
    f"child = subprocess.Popen([sys.executable, '-c', '{DEAF} import time; time.sleep(60)'], start_new_session=True);"
    "print(child.pid, flush=True); time.sleep(60)"
)

CONTRASTS = [
    # color           behind  contrast  readable
    (BLACK, WHITE, 21.0, True),
    (WHITE, WHITE, 1.0, False),
    ((118, 118, 118), WHITE, 4.54, True),
    ((119, 119, 119), WHITE, 4.48, False),
]


@pytest.mark.parametrize(("color", "behind", "contrast", "readable"), CONTRASTS)
def test_contrast_is_what_wcag_says(
    color: tuple[int, ...], behind: tuple[int, ...], contrast: float, readable: bool
) -> None:
    text = Text(text="Posted", is_title=False, pixels=14, accent=False, color=color, behind=behind)
    assert (text.contrast, text.is_readable) == (contrast, readable)


ORIGINS = [
    ("http://127.0.0.1:8501/mapping", "127.0.0.1:8501"),
    ("ws://127.0.0.1:8501/_stcore/stream", "127.0.0.1:8501"),
    ("http://127.0.0.1:9000/x.png", "127.0.0.1:9000"),
    ("data:image/png;base64,AAAA", ""),
    ("blob:http://127.0.0.1:8501/1", ""),
]


@pytest.mark.parametrize(("address", "origin"), ORIGINS)
def test_another_port_is_somebody_else(address: str, origin: str) -> None:
    assert origin_of(address) == origin


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="children are found in /proc")
def test_what_does_not_stop_is_ended_with_what_it_started() -> None:
    process = subprocess.Popen([sys.executable, "-c", PARENT], stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    child = int(process.stdout.readline())
    with process.stdout, pytest.raises(AssertionError, match="did not stop"):
        end(process, seconds=0.3)
    assert process.returncode is not None
    assert has_ended(child)


def has_ended(process_id: int) -> bool:
    """Whether a process is gone; it takes a moment until whoever inherits it has noticed."""
    for _ in range(50):
        try:
            os.kill(process_id, 0)
        except ProcessLookupError:
            return True
        with open(f"/proc/{process_id}/stat") as stat:
            if stat.read().rpartition(")")[2].split()[0] == "Z":
                return True
        time.sleep(0.1)
    return False
