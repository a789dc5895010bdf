#!/usr/bin/env python3
"""What is accepted as an indicator is looked for in every event from then on, on a running
node; STIX patterns by the command line."""
import json
import os
import pathlib
import signal
import subprocess
import sys
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "lib"))
from lf import *

node = Node.serve(scratch())
made = node.local("POST", "/api/v1/tokens", {"label": "resolver", "roles": "sender", "account": "admin"})
assert made.status == 201, made.body
token = made.json["token"]
asked = 0


def send(*names):
    global asked
    lines = "".join(json.dumps({"QueryName": n, "Computer": f"pc{asked % 3}", "n": asked}) + "\n" for n in names)
    asked += len(names)
    r = node.request("POST", "/api/v1/events", lines.encode(), {"Authorization": "Bearer " + token,
                                                              "Content-Type": "application/x-ndjson"}, auth=False)
    assert r.status in (200, 202), (r.status, r.body)


def worker():
    return node.local("GET", "/api/v1/health").json["workers"].get("intake", {})


def add(name):
    r = node.local("POST", "/api/v1/indicators", {"value": name, "release": True})
    assert r.status == 201, r.body
    return r.json["id"]


def shown(i):
    r = node.local("GET", f"/api/v1/indicators/{i}")
    assert r.status == 200, r.body
    return r.json["sightings"]


def alerts():
    return [a for a in node.local("GET", "/api/v1/alerts").json["items"] if a["rule"].startswith("indicator--")]


@promise
def live():
    """an indicator added is looked for at once: an alert, and each hit a counted sighting"""
    first = add("evil.example.net")
    assert shown(first) == {"count": 0}, shown(first)
    began = time.monotonic()
    until("a hit", lambda: (send("www.evil.example.net"), shown(first)["count"])[1], step=0.1)
    took = time.monotonic() - began
    before = shown(first)["count"]
    until("hits settle", lambda: shown(first)["count"] == asked, limit=5)
    send(*["a.evil.example.net"] * 50 + ["benign.example.net"] * 50)
    until("fifty more", lambda: shown(first)["count"] == asked - 50, limit=5)
    s = shown(first)
    assert s["last_value"] == "a.evil.example.net" and s["first_seen"] <= s["last_seen"], s
    until("an alert", alerts)
    a = alerts()[0]
    assert a["rule"] == first and a["level"] == "high" and "evil.example.net" in a["title"], a
    return f"{took * 1000:.0f} ms and {before} events to the first sighting, which is told every second"


@promise
def gone():
    """an indicator withdrawn is looked for no more"""
    i = add("passing.example.net")
    until("known", lambda: worker().get("indicators", 0) >= 2, limit=5)
    send("passing.example.net")
    until("sighted", lambda: shown(i)["count"] == 1, limit=5)
    assert node.local("POST", f"/api/v1/indicators/{i}/withdraw", {}).status in (200, 204)
    time.sleep(1)  # the promise is a second
    send("passing.example.net")
    other = add("later.example.net")
    until("a later one is sighted",
          lambda: (send("later.example.net"), shown(other)["count"])[1], step=0.2, limit=8)
    assert shown(i)["count"] == 1, shown(i)


@promise
def restart():
    """after the intake, or the core, was killed the indicators are looked for again"""
    i = add("steady.example.net")
    for name in ("intake", "core"):
        before = shown(i)["count"]
        os.kill(node.workers()[name], signal.SIGKILL)

        def again():
            try:
                send("steady.example.net")
                return shown(i)["count"] > before
            except Exception:
                return False

        until(f"sighted after the {name} was killed", again, step=0.3, limit=30)


@promise
def hit_makes_no_indicator():
    """what an indicator found makes no further indicator"""
    names = [x["value"] for x in node.local("GET", "/api/v1/indicators").json["items"]]
    assert len(names) == len(set(names)), names
    assert not any(n.startswith(("www.", "a.")) for n in names), names


BUNDLE = {"type": "bundle", "id": "bundle--276d1378-9999-478d-9d95-890923b83afe", "objects": [
    {"type": "observed-data", "id": "observed-data--0d79fc02-e24c-427e-bdcb-e82960f80ac3", "spec_version": "2.1",
     "number_observed": 2, "first_observed": "2026-01-01T00:00:00Z", "last_observed": "2026-01-01T00:00:00Z",
     "object_refs": ["ipv4-addr--ff26c055-6336-5bc5-b98d-13d6226742dd"]},
    {"type": "observed-data", "id": "observed-data--cce88c5f-dd5b-4260-837d-ed3545d14d8f", "spec_version": "2.1",
     "number_observed": 1, "first_observed": "2026-01-01T00:00:05Z", "last_observed": "2026-01-01T00:00:05Z",
     "objects": {"0": {"type": "domain-name", "value": "evil.example"}}},
    {"type": "ipv4-addr", "id": "ipv4-addr--ff26c055-6336-5bc5-b98d-13d6226742dd", "value": "198.51.100.3"}]}


def pattern(*args, data=BUNDLE):
    return subprocess.run([BIN, "pattern", *args], input=json.dumps(data), capture_output=True, text=True, timeout=30)


@promise
def patterns():
    """pattern match exits 0, 1 or 2 and names the observed data that matched"""
    both = "[ipv4-addr:value ISSUBSET '198.51.100.0/24'] FOLLOWEDBY [domain-name:value = 'evil.example']"
    r = pattern("match", "--json", both, "-")
    assert r.returncode == 0 and json.loads(r.stdout)["observed_data"] == [
        "observed-data--0d79fc02-e24c-427e-bdcb-e82960f80ac3",
        "observed-data--cce88c5f-dd5b-4260-837d-ed3545d14d8f"], (r.stdout, r.stderr)
    assert pattern("match", f"({both}) WITHIN 5 SECONDS", "-").returncode == 1
    assert pattern("match", f"({both}) WITHIN 5.1 SECONDS", "-").returncode == 0
    assert pattern("match", "[ipv4-addr:value LIKE '198.%'] REPEATS 2 TIMES", "-").returncode == 0
    assert pattern("match", "[ipv4-addr:value LIKE '198.%'] REPEATS 3 TIMES", "-").returncode == 1
    for bad in (["match", "[x", "-"], ["match", both, "/nowhere"], ["match", both], ["what"], []):
        r = pattern(*bad)
        assert r.returncode == 2 and r.stderr, (bad, r)
    assert pattern("match", both, "-", data={"type": "observed-data", "id": "observed-data--1"}).returncode == 2


@promise
def checks():
    """pattern check says yes, or no with the column and the reason"""
    r = pattern("check", "[file:name='a' AND file:size>=10]")
    assert r.returncode == 0 and r.stdout == "[file:name = 'a' AND file:size >= 10]\n", r
    r = pattern("check", "--json", "[file:name = 'a'")
    assert r.returncode == 1 and json.loads(r.stdout)["valid"] is False, r
    for bad, word in (("[file:name = 'a' AND url:value = 'b']", "object types"),
                      ("[file:name MATCHES '(a']", "MATCHES"),
                      ("[file:hashes.'SHA-256' = 'f00']", "SHA-256")):
        r = pattern("check", bad)
        assert r.returncode == 1 and word in r.stderr and "column" in r.stderr, r
    # PCRE that cannot be served here is the standard's all the same: said, and no reason to refuse.
    r = pattern("check", "--json", "[file:name MATCHES '(?<=a)b']")
    assert r.returncode == 0 and json.loads(r.stdout)["valid"] and "MATCHES" in json.loads(r.stdout)["note"], r
    assert pattern("match", "[file:name MATCHES '(?<=a)b']", "-").returncode == 2


@promise
def by_file():
    """detect asks every event of a file's values and of STIX indicators, and marks what a warning list has"""
    d = scratch()
    (d / "events").write_text(json.dumps({"DestinationIp": "198.51.100.7"}) + "\n" +
                              json.dumps({"QueryName": "x.evil.example"}) + "\n" + json.dumps({"QueryName": "ok.example"}) + "\n")
    (d / "values").write_text("# ours\n198.51.100.0/24\nno value\n")
    one = "indicator--4527e5de-8572-446a-a57a-706f15467461"
    (d / "stix").write_text(json.dumps([
        {"type": "indicator", "id": one, "pattern_type": "stix", "confidence": 40,
         "pattern": "[domain-name:value IN ('evil.example', 'b.example')] OR [file:hashes.MD5 = '" + "0" * 32 + "']"},
        {"type": "indicator", "id": one[:-1] + "2", "pattern_type": "stix", "pattern": "[file:name = 'x']"}]))
    (d / "lists/a").mkdir(parents=True)
    (d / "lists/a/list.json").write_text(json.dumps({"name": "big sites", "type": "hostname", "list": ["evil.example"]}))
    r = subprocess.run([BIN, "detect", "--indicators", d / "values", "--indicators", d / "stix", "--warninglists",
                        d / "lists", d / "events"], capture_output=True, text=True, timeout=30)
    hits = [json.loads(x) for x in r.stdout.splitlines()]
    assert r.returncode == 0 and [h["event"] for h in hits] == [0, 1], r
    assert hits[0]["indicator"] == "ipv4-addr" and hits[0]["level"] == "high" and "warning_list" not in hits[0], hits
    assert hits[1]["rule"] == one and hits[1]["level"] == "low" and hits[1]["warning_list"] == "big sites", hits
    assert r.stderr.count("taken") == 2, r.stderr
    r = subprocess.run([BIN, "detect", "--indicators", d / "none", d / "events"], capture_output=True, text=True, timeout=30)
    assert r.returncode == 2 and "none" in r.stderr, r


node.close()
done()
