#!/usr/bin/env python3
"""STIX patterns that are more than a value: over files by the command line, and on a running node over
its events, with windows that outlive a killed intake."""
import json
import os
import pathlib
import signal
import subprocess
import sys
import time
from datetime import datetime, timedelta, timezone

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "lib"))
from lf import *

where = scratch()
node = Node.serve(where)
made = node.local("POST", "/api/v1/tokens", {"label": "endpoints", "roles": "sender", "account": "admin"})
assert made.status == 201, made.body
token = made.json["token"]
TEMPORAL = "([process:command_line LIKE '%whoami%'] FOLLOWEDBY [network-traffic:dst_ref.value = '198.51.100.7'])" \
           " WITHIN 120 SECONDS"


def at(seconds=0):
    return (datetime.now(timezone.utc) + timedelta(seconds=seconds)).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def send(*events):
    body = "".join(json.dumps({"@timestamp": at(), "host.name": "pc7", **e}) + "\n" for e in events)
    r = node.request("POST", "/api/v1/events", body.encode(), {"Authorization": "Bearer " + token,
                                                              "Content-Type": "application/x-ndjson"}, auth=False)
    assert r.status in (200, 202), (r.status, r.body)


def worker():
    return node.local("GET", "/api/v1/health").json["workers"].get("intake", {})


def add(pattern):
    r = node.local("POST", "/api/v1/indicators", {"value": pattern, "release": True})
    assert r.status == 201, r.body
    return r.json["id"]


def count(i):
    r = node.local("GET", f"/api/v1/indicators/{i}")
    assert r.status == 200, r.body
    return r.json["sightings"]["count"]


def alerts(rule):
    return [a for a in node.local("GET", "/api/v1/alerts").json["items"] if a["rule"] == rule]


def loaded(n):
    until(f"{n} patterns in force", lambda: worker().get("patterns", 0) == n, limit=5)


@promise
def two_events_in_a_window():
    """two events in a window are one sighting and one alert that names both events"""
    global temporal
    temporal = add(TEMPORAL)
    began = time.monotonic()
    loaded(1)
    took = time.monotonic() - began
    send({"process.command_line": "cmd /c whoami"}, {"destination.ip": "203.0.113.1"})
    send({"destination.ip": "198.51.100.7"})
    until("a sighting", lambda: count(temporal) == 1, limit=8)
    until("an alert", lambda: alerts(temporal), limit=8)
    a = node.local("GET", "/api/v1/alerts/" + alerts(temporal)[0]["id"]).json
    found = json.dumps(a)
    assert "stix-pattern" in found and "FOLLOWEDBY" in found, found
    send({"destination.ip": "198.51.100.7"})  # nothing before it that was not used
    one = add("[process:name = 'evil.exe' AND process:parent_ref.name = 'word.exe']")
    loaded(2)
    send({"process.executable": "C:\\a\\evil.exe", "process.parent.executable": "C:\\b\\word.exe"},
         {"process.executable": "C:\\a\\evil.exe", "process.parent.executable": "C:\\b\\other.exe"})
    until("a pattern of one event", lambda: count(one) == 1, limit=8)
    assert count(temporal) == 1, count(temporal)
    return f"in force {took * 1000:.0f} ms after the answer, as far as health, told each second, shows"


@promise
def a_window_outlives_the_intake():
    """what was observed before the intake was killed still counts after it"""
    i = add("[user-account:user_id = 'mallory'] REPEATS 3 TIMES WITHIN 300 SECONDS")
    loaded(3)
    send({"user.name": "mallory"}, {"user.name": "mallory"})
    until("the state is kept", lambda: worker().get("pattern", {}).get("observations", 0) >= 2, limit=5)
    os.kill(node.workers()["intake"], signal.SIGKILL)

    def again():
        try:
            send({"user.name": "bob"})
            return True
        except Exception:
            return False

    until("the intake is back", again, step=0.3, limit=30)
    assert count(i) == 0
    send({"user.name": "mallory"})
    until("the third", lambda: count(i) == 1, limit=10)


@promise
def withdrawn():
    """a pattern withdrawn is asked no more"""
    before = worker().get("patterns")
    assert node.local("POST", f"/api/v1/indicators/{temporal}/withdraw", {}).status in (200, 204)
    loaded(before - 1)
    send({"process.command_line": "cmd /c whoami"})
    send({"destination.ip": "198.51.100.7"})
    later = add("[email-addr:value = 'a@b.example'] OR [email-addr:value = 'c@d.example']")
    loaded(before)
    send({"email.from.address": "C <c@d.example>"})
    until("a later one", lambda: count(later) == 1, limit=8)
    assert count(temporal) == 1, count(temporal)


@promise
def refused():
    """no pattern is a 400 with the column; one that is too long a 422"""
    r = node.local("POST", "/api/v1/indicators", {"value": "[file:name = ]"})
    assert r.status == 400 and "column" in r.json["detail"], r.body
    r = node.local("POST", "/api/v1/indicators", {"value": "[file:name IN ('" + "', '".join(["x" * 60] * 300) + "')]"})
    assert r.status == 422, r.body


def detect(*args):
    r = subprocess.run([BIN, "detect", *args], capture_output=True, text=True, timeout=60)
    return r.returncode, [json.loads(x) for x in r.stdout.splitlines()], r.stderr


@promise
def files():
    """detect --patterns takes lines and bundles, over files in the order of the events' time"""
    d = where / "files"
    d.mkdir()
    (d / "a.jsonl").write_text("".join(json.dumps(e) + "\n" for e in [
        {"@timestamp": "2026-01-01T00:00:09Z", "destination.ip": "198.51.100.7"},
        {"@timestamp": "2026-01-01T00:00:01Z", "process.command_line": "whoami /all"},
        {"@timestamp": "2026-01-01T00:05:00Z", "destination.ip": "198.51.100.7"}]))
    (d / "p.txt").write_text(f"# two\n{TEMPORAL}\n[ipv4-addr:value ISSUBSET '198.51.100.0/24']\n[file:ctime = 'x']\n[\n")
    code, hits, err = detect("--patterns", str(d / "p.txt"), str(d / "a.jsonl"))
    assert code == 0 and [h["event"] for h in hits] == [0, 2, 0], (hits, err)
    assert [e["event"] for e in hits[2]["events"]] == [1, 0], hits
    assert "pattern 4: no event has what file:ctime" in err and "pattern 5: column 2" in err, err
    (d / "b.json").write_text(json.dumps({"type": "bundle", "id": "bundle--276d1378-9999-478d-9d95-890923b83afe", "objects": [
        {"type": "indicator", "id": "indicator--0d79fc02-e24c-427e-bdcb-e82960f80ac3", "pattern_type": "stix",
         "name": "whoami, then out", "confidence": 50, "pattern": TEMPORAL, "valid_from": "2026-01-01T00:00:00Z"},
        {"type": "indicator", "id": "indicator--1d79fc02-e24c-427e-bdcb-e82960f80ac3", "pattern_type": "snort",
         "pattern": "alert", "valid_from": "2026-01-01T00:00:00Z"}]}))
    code, hits, err = detect("--patterns", str(d / "b.json"), str(d / "a.jsonl"))
    assert code == 0 and len(hits) == 1 and hits[0]["rule"].startswith("indicator--0d79") and \
        hits[0]["title"] == "whoami, then out" and hits[0]["level"] == "medium", (hits, err)
    assert detect("--patterns", "/nowhere", str(d / "a.jsonl"))[0] == 2


@promise
def archive():
    """detect --patterns --data finds in the archive what the node saw live"""
    (where / "again.txt").write_text(TEMPORAL + "\n")
    code, hits, err = detect("--patterns", str(where / "again.txt"), "--data", str(where / "data"))
    assert code == 0 and len(hits) >= 1 and len(hits[0]["events"]) == 2, (hits, err)


node.close()
done()
