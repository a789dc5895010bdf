#!/usr/bin/env python3
"""The event archive of a running node: sealed beside the intake, kept within its size, checked from outside."""
import json
import os
import pathlib
import re
import subprocess
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "lib"))
from lf import *  # noqa: E402,F403

state = {}


def archive(*args):
    r = subprocess.run([str(BIN), "archive", *map(str, args)], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
                       timeout=60, check=False)
    return r.returncode, r.stdout, r.stderr


def blocks():
    code, out, err = archive("list", "--json", state["data"])
    assert code == 0, err
    return [json.loads(line) for line in out.splitlines()]


def send(n, pad=900):
    body = "".join(json.dumps({"n": state["sent"] + i, "message": os.urandom(pad // 2).hex()}) + "\n" for i in range(n)).encode()
    a = state["node"].post("/api/v1/events", body, headers={"Authorization": "Bearer " + state["token"],
                                                           "Content-Type": "application/x-ndjson"})
    assert a.status == 200, (a.status, a.body)
    state["sent"] += n


def counters():
    return state["node"].local("GET", "/api/v1/health").json["workers"].get("intake", {})


@promise
def sealed():
    """a closed block is sealed while the node runs, and holds every event with its own time and sender"""
    d = scratch()
    rules = d / "rules"
    rules.mkdir()
    node = Node.serve(d, f"[archive]\nkeep_mb = 16\n[rules]\ndirs = {rules}\n")
    made = node.local("POST", "/api/v1/tokens", {"account": "admin", "label": "shipper", "roles": "sender"})
    state.update(node=node, data=d / "data", token=made.json["token"], sent=0)
    for _ in range(10):
        send(1000)
    until("two blocks are sealed", lambda: sum(b["sealed"] for b in blocks()) >= 2, 30)
    all_ = blocks()
    assert sum(b["events"] for b in all_) == state["sent"], all_
    for a, b in zip(all_, all_[1:]):
        assert b["first"] == a["last"] + 1, (a, b)
    for b in all_:
        if b["sealed"]:
            assert b["recorded_from"] and b["happened_from"] and b["senders"] == 1 and b["filter_bytes"] > 0, b
    return f"{len(all_)} blocks, {sum(b['sealed'] for b in all_)} sealed"


@promise
def checked():
    """archive check reads a running node's archive whole and finds nothing to tell"""
    code, out, err = archive("check", state["data"])
    assert code == 0 and "0 damaged, 0 events lost" in out, (code, out, err)


@promise
def kept_within():
    """what goes over keep_mb is removed oldest first, counted, and logged with its range"""
    for _ in range(30):
        send(1000)
    log = state["data"].parent / "node.log"
    until("the log says what went", lambda: "LF3041" in log.read_text(errors="replace"), 30)
    until("the archive is within its size",
          lambda: sum(f.stat().st_size for f in (state["data"] / "events").glob("0*")) <= 16 << 20, 20)
    first = blocks()[0]["first"]
    assert first > 1
    ranges = re.findall(r"removed=(\d+)-(\d+)", log.read_text(errors="replace"))
    assert int(ranges[0][0]) == 1 and all(int(a[1]) + 1 == int(b[0]) for a, b in zip(ranges, ranges[1:])), ranges
    until("node health counts what went", lambda: counters().get("archive_removed", 0) >= int(ranges[-1][1]), 10, 0.2)
    return f"{first - 1} of {state['sent']} events went"


@promise
def after_restart():
    """after kill -9 of the intake, and a restart of the node, every event that was kept is there"""
    node = state["node"]
    send(200)
    os.kill(node.workers()["intake"], 9)
    node.close()
    state["node"] = node = Node.serve(state["data"].parent)
    last = blocks()[-1]
    assert last["last"] == state["sent"], (last, state["sent"])
    code, out, err = archive("check", state["data"])
    assert code == 0, (out, err)
    node.close()


@promise
def damage():
    """archive check exits 1 and names the file, the place and the events when a sealed block is damaged"""
    b = [x for x in blocks() if x["sealed"]][1]
    path = state["data"] / "events" / f"{b['first']:020d}.block"
    raw = bytearray(path.read_bytes())
    raw[300] ^= 8
    path.write_bytes(raw)
    code, out, _ = archive("check", "--json", state["data"])
    bad = [x for x in map(json.loads, out.splitlines()) if x["events_lost"]]
    assert code == 1 and len(bad) == 1 and bad[0]["first"] == b["first"] and bad[0]["events_lost"] < b["events"], bad
    assert path.name in bad[0]["error"] and "byte 0" in bad[0]["error"], bad[0]["error"]
    path.write_bytes(raw[:-50])  # without its footer it is found again by its frames
    bad = [x for x in map(json.loads, archive("check", "--json", state["data"])[1].splitlines()) if x["footer_damaged"]]
    assert len(bad) == 1 and 0 < bad[0]["events"] < b["events"], bad


@promise
def usage():
    """archive without or with a wrong argument exits 2 with one line that says how"""
    assert archive("list", "/nonexistent")[0] == 2 and "nonexistent" in archive("list", "/nonexistent")[2]
    assert archive()[0] == 2 and archive("frobnicate", "/tmp")[0] == 2
    assert archive("--help")[0] == 0 and "usage" in archive("--help")[1]


done()
