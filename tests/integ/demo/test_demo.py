#!/usr/bin/env python3
"""The demonstration, whole: seven real nodes, four real resolvers, one real attack."""
import json
import pathlib
import signal
import subprocess
import sys
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "lib"))
from lf import *


@promise
def demonstration():
    """an attack on one provider is blocked at every other within a second, a forged log blocks nothing"""
    before = {d.name for d in pathlib.Path("/tmp").glob("lianfang-demo-*")}
    began = time.monotonic()
    p = start(BIN, "demo", "--json", stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    seen = {}
    while p.poll() is None:
        seen.update(children(p.pid))
        time.sleep(0.05)
    out, err = p.communicate()
    took = time.monotonic() - began
    assert p.returncode == 0, (out, err)
    f = json.loads(out)
    assert f["ok"] and f["nodes"] == 7 and f["members"] == 4 and f["blocked_members"] == 4, f
    assert f["benign_ok"] and f["forged_blocked_nothing"], f
    assert f["attack_to_block_ms"] <= 1000, f
    for key in ("attack_to_alert_ms", "alert_to_report_ms", "report_to_intel_ms", "intel_to_block_ms"):
        assert isinstance(f[key], (int, float)), key
    assert took <= 60, took
    left = [c for pid, c in seen.items() if pathlib.Path(f"/proc/{pid}/cmdline").exists() and
            pathlib.Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode().strip() == c and c]
    assert not left, left
    assert {d.name for d in pathlib.Path("/tmp").glob("lianfang-demo-*")} == before
    return out.strip() + f" in {took:.1f} s"


@promise
def interrupted():
    """interrupted in the middle it ends what it started and removes its directory"""
    before = {d.name for d in pathlib.Path("/tmp").glob("lianfang-demo-*")}
    p = start(BIN, "demo", stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    p.stdout.readline()
    seen = children(p.pid)
    p.send_signal(signal.SIGINT)
    assert p.wait(20) == 1
    left = [c for pid, c in seen.items() if c and pathlib.Path(f"/proc/{pid}/cmdline").exists() and
            pathlib.Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode().strip() == c]
    assert not left, left
    assert {d.name for d in pathlib.Path("/tmp").glob("lianfang-demo-*")} == before


done()
