#!/usr/bin/env python3
"""Each worker, inside its cage, tries what it must not be able to do."""
import os
import subprocess
import sys

binary = os.environ.get("LF_BIN", "build/lianfang")
bad = 0
for worker in ("front", "core", "intake", "search", "relay", "dns"):
    try:
        done = subprocess.run([binary, "worker-probe", worker], capture_output=True, text=True, timeout=60)
    except subprocess.TimeoutExpired:
        print(f"not ok - {worker}: the probe ends")
        bad = 1
        continue
    lines = [l for l in done.stdout.splitlines() if l.startswith(("ok - ", "not ok - "))]
    for line in lines:
        print(line)
    whole = len(lines) >= 20 and done.returncode in (0, 1)
    print(f"{'ok' if whole else 'not ok'} - {worker}: the whole list was tried")
    if not whole:
        print(f"# exit {done.returncode}: {done.stderr.strip()[:500]}")
    bad |= not whole or done.returncode != 0
sys.exit(1 if bad else 0)
