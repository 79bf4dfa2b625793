"""`make peers`: the clients that JavaScript programs use, on the stock company. Needs Node.js 18 or newer and npm."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

from tests.sandbox.sandbox_client import ROOT, Served

HERE = Path(__file__).parent / "node"
PLACE = ROOT / "artifacts" / "peers"
# node-quickbooks marks every update as sparse unless it is told otherwise.
OPTIONS = ("--no-throttle", "--seed", "craigs", "--sparse", "all")


def main() -> int:
    if not (shutil.which("node") and shutil.which("npm")):
        print("Node.js with npm is needed: install it, then try again.", file=sys.stderr)
        return 2
    PLACE.mkdir(parents=True, exist_ok=True)
    for name in ("package.json", "peers.mjs"):
        shutil.copy(HERE / name, PLACE)
    subprocess.run(
        ["npm", "install", "--no-package-lock", "--no-audit", "--no-fund", "--silent"], cwd=PLACE, check=True
    )
    served = Served.start(*OPTIONS)
    try:
        return subprocess.run(["node", "peers.mjs", served.url], cwd=PLACE, timeout=120, check=False).returncode
    finally:
        served.stop()


if __name__ == "__main__":
    sys.exit(main())
