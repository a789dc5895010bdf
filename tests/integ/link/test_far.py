#!/usr/bin/env python3
"""Far away: at 300 ms round trip and 5 % of packets lost each way an attack at one provider is blocked at another in 3 s."""
import os
import pathlib
import statistics
import sys
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "lib"))
import lossy  # noqa: E402
from lf import *  # noqa: E402

RUNS = int(os.environ.get("LF_FAR_RUNS", "8"))
REST = float(os.environ.get("LF_FAR_REST", "0.5"))  # between two attacks, and up to three times as long
SEED = int(os.environ.get("LF_FAR_SEED", "7"))
ONE_WAY = float(os.environ.get("LF_FAR_MS", "300")) / 2000
LOSS = float(os.environ.get("LF_FAR_LOSS", "5")) / 100
POLICY = {"kinds": ["domain-name"], "min_evidence": 2, "max_life_hours": 72, "min_level": "high", "auto_report": True, "tlp": "amber"}


def join(child, parent):
    token = parent.local("POST", "/api/v1/peers/invitations", {}).json["token"]
    assert child.local("POST", "/api/v1/parent", {"token": token}).status == 202
    until("the link is up", lambda: child.local("GET", "/api/v1/parent").json.get("state") == "active", 60)


def world():
    """A sector and two providers, each in a network of its own, the providers far from the sector."""
    lossy.enter_own()
    centre, left, right = lossy.Network(), lossy.Network(), lossy.Network()
    pairs = []
    for n, far in ((1, left), (2, right)):
        pairs.append((centre.tun(f"to{n}", "10.77.0.1", f"10.77.{n}.1"), far.tun("far", f"10.77.{n}.1", "10.77.0.1")))
    lossy.Path(pairs, ONE_WAY, LOSS, SEED)
    with centre:
        sector = Node.serve(scratch(), "[http]\npeer = 10.77.0.1:8444\npeer_url = https://10.77.0.1:8444\n", tier="sector")
    d = scratch()
    for name in ("access.log", "query.log"):
        (d / name).touch()
    with left:
        one = Node.serve(d, f"[follow web]\npath = {d}/access.log\nformat = nginx\n"
                            f"[follow resolver]\npath = {d}/query.log\nformat = unbound\n")
    with right:
        two = Node.serve(scratch())
    for node in (sector, one, two):
        assert node.local("POST", "/api/v1/policies", POLICY).status in (200, 201)
    for child in (one, two):
        join(child, sector)
    return sector, one, two, d


def blocked(node, name):
    return any(b["value"] == name for b in node.local("GET", "/api/v1/blocks?limit=1000").json["items"])


def attack(d, name):
    now = time.time()
    at = time.strftime("%d/%b/%Y:%H:%M:%S +0000", time.gmtime(now))
    with open(d / "access.log", "a") as f:
        f.write(f'198.51.100.7 - - [{at}] "GET /?h=x%3Bnslookup+{name} HTTP/1.1" 200 5 "-" "-"\n')
    with open(d / "query.log", "a") as f:
        f.write(f"[{int(now)}] unbound[9:0] info: 127.0.0.1 {name}. A IN\n")


@promise
def far():
    """at 300 ms round trip and 5 % loss each way an attack at one provider is blocked at another within 3 s"""
    sector, one, two, d = world()
    took, parts = [], []
    for n in range(RUNS):
        name = f"c2-{n}-{SEED}.test"
        time.sleep(REST * (1 + n % 3))
        began = time.monotonic()
        attack(d, name)
        mark = []
        for node in (one, sector, two):
            until(f"{name} is blocked", lambda node=node: blocked(node, name), 30, 0.005)
            mark.append(time.monotonic() - began)
        took.append(mark[-1])
        parts.append(mark)
        if os.environ.get("LF_FAR_SAY"):
            print("# " + " ".join(f"{m:.2f}" for m in mark), flush=True)
    note = f"{RUNS} runs: median {statistics.median(took):.2f} s, worst {max(took):.2f} s; " \
           f"at the sector after {statistics.median(m[1] for m in parts):.2f} s"
    assert statistics.median(took) <= 3 and sorted(took)[-2] <= 3, note
    return note


done()
