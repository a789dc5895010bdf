#!/usr/bin/env python3
"""What becomes an indicator is looked for in the archive too: a sighting that says so."""
import json
import os
import pathlib
import signal
import sys
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "lib"))
from lf import *

node = Node.serve(scratch())
made = node.local("POST", "/api/v1/tokens", {"label": "hunt", "roles": "sender,share", "account": "admin"})
auth = {"Authorization": "Bearer " + made.json["token"]}


def send(*events):
    r = node.request("POST", "/api/v1/events", "".join(json.dumps(e) + "\n" for e in events).encode(),
                     {"Content-Type": "application/x-ndjson", **auth})
    assert r.status in (200, 202), (r.status, r.body)


def add(**body):
    r = node.local("POST", "/api/v1/indicators", dict(body, release=True))
    assert r.status == 201, (r.status, r.body)
    return r.json["id"]


def shown(i):
    r = node.local("GET", f"/api/v1/indicators/{i}")
    return r.json["sightings"] if r.status == 200 else {}


def found(i):
    return shown(i).get("archive", {}).get("count", 0)


past = [{"QueryName": "www.past.example.net", "Computer": "pc1"}] * 5 + [{"DestinationIp": "198.51.100.77"}] * 3 + \
       [{"QueryName": "other.example.net"}] * 20 + [{"url": {"full": "http://past.example.net/x?a=1"}}] * 2
until("taken", lambda: (send(*past), True)[1])


@promise
def values():
    """what was there before an indicator is found in the archive, counted, and told apart from what came after"""
    time.sleep(0.3)
    name, address, net, url = add(value="past.example.net"), add(value="198.51.100.77"), add(value="198.51.100.64/26"), add(value="http://past.example.net/x?a=1")
    until("found", lambda: found(name) and found(address) and found(net) and found(url), 20)
    assert (found(name), found(address), found(net), found(url)) == (7, 3, 3, 2), [shown(i) for i in (name, address, net, url)]
    s = shown(name)
    assert s["count"] == 0 and s["archive"]["note"] == "found in the archive" and s["archive"]["first_seen"] <= s["archive"]["last_seen"], s
    send({"QueryName": "past.example.net"})
    until("live", lambda: shown(name)["count"] == 1)
    assert found(name) == 7
    one = node.local("GET", f"/api/v1/indicators/{name}").json
    assert one["confidence"] == 90 and one["confidence_of"] == {"base": 85, "seen": 5, "judged": 0, "graded": 0, "age_percent": 100}, one
    alert = until("its alert", lambda: [a for a in node.local("GET", "/api/v1/alerts?state=all").json["items"] if a["rule"] == name])[0]["id"]
    assert node.local("POST", f"/api/v1/alerts/{alert}/close", {"verdict": "false_positive"}).status in (200, 204)
    assert node.local("GET", f"/api/v1/indicators/{name}").json["confidence"] == 75, "a false positive costs nothing"
    assert not [a for a in node.local("GET", "/api/v1/alerts?state=all").json["items"] if a["rule"] in (address, net)], "a hit of the past is no alert"


@promise
def posted():
    """so is an indicator that an account posts, and a STIX pattern of more than a value"""
    when = "2026-01-01T00:00:00Z"
    ids = ["indicator--3c1f3c52-8f2e-4b07-9b3a-0c8f6a4d2e%02d" % i for i in range(2)]
    objects = [{"type": "indicator", "spec_version": "2.1", "id": i, "created": when, "modified": when, "valid_from": when,
                "pattern_type": "stix", "pattern": p}
               for i, p in zip(ids, ("[domain-name:value = 'other.example.net']",
                                     "[domain-name:value = 'nowhere.example.net' OR domain-name:value = 'other.example.net']"))]
    r = node.request("POST", "/taxii2/root/collections/library/objects/", json.dumps({"objects": objects}).encode(),
                     {"Accept": "application/taxii+json;version=2.1", "Content-Type": "application/taxii+json;version=2.1", **auth})
    assert r.status == 202, r.body
    until("found", lambda: found(ids[0]) == 20 and found(ids[1]) == 20, 20)


@promise
def killed():
    """a hunt that a crash of the search worker or the core ended is made again"""
    i = add(value="192.0.2.200")  # nothing of it there
    send(*[{"QueryName": "late.example.net"}] * 4)
    time.sleep(0.3)
    os.kill(node.workers()["search"], signal.SIGKILL)
    one = add(value="late.example.net")
    os.kill(node.workers()["core"], signal.SIGKILL)
    until("found all the same", lambda: found(one) == 4, 30)
    assert found(i) == 0


node.close()
done()
