#!/usr/bin/env python3
"""An indicator is live in every event within a second, whatever door it came by: posted to a
collection by an account, or imported from a file; with its times, versions and its end."""
import datetime
import json
import pathlib
import subprocess
import sys
import time
import uuid

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "lib"))
from lf import *

node = Node.serve(scratch())
made = node.local("POST", "/api/v1/tokens", {"label": "door", "roles": "sender,share", "account": "admin"})
assert made.status == 201, made.body
auth = {"Authorization": "Bearer " + made.json["token"]}
TAXII = {"Accept": "application/taxii+json;version=2.1", "Content-Type": "application/taxii+json;version=2.1", **auth}
OBJECTS = "/taxii2/root/collections/library/objects/"
PATTERNS = [  # what is asked for, and an event with it
    ("[domain-name:value = 'door.example']", {"QueryName": "www.door.example"}),
    ("[ipv4-addr:value = '192.0.2.81']", {"DestinationIp": "192.0.2.81"}),
    ("[ipv6-addr:value = '2001:db8::81']", {"SourceIp": "2001:db8:0:0::81"}),
    ("[ipv4-addr:value ISSUBSET '203.0.113.64/26']", {"src_ip": "203.0.113.99"}),
    ("[ipv6-addr:value ISSUBSET '2001:db8:81::/48']", {"id.resp_h": "2001:db8:81::5"}),
    ("[url:value = 'http://door.example:80/gate']", {"url": {"full": "http://DOOR.example/gate"}}),
    ("[file:hashes.MD5 = '" + "1f" * 16 + "']", {"md5": "1F" * 16}),
    ("[file:hashes.'SHA-1' = '" + "2f" * 20 + "']", {"sha1": "2f" * 20}),
    ("[file:hashes.'SHA-256' = '" + "3f" * 32 + "']", {"sha256": "3f" * 32}),
    ("[file:hashes.'SHA-512' = '" + "4f" * 64 + "']", {"sha512": "4f" * 64}),
    ("[email-addr:value = 'boss@door.example']", {"mailfrom": "boss@door.example"}),
    ("[network-traffic:extensions.'tls-ext'.ja3 = '" + "5f" * 16 + "']", {"tls": {"ja3": {"hash": "5f" * 16}}}),
    ("[network-traffic:extensions.'tls-ext'.ja4 = 't13d1516h2_8daaf6152771_02713d6af881']",
     {"ja4": "t13d1516h2_8daaf6152771_02713d6af881"}),
    ("[process:command_line = 'door.exe -x']",
     {"EventID": 1, "Channel": "Microsoft-Windows-Sysmon/Operational", "Image": "C:\\t\\door.exe", "CommandLine": "door.exe -x"}),
    ("[domain-name:value = 'either.example'] OR [ipv4-addr:value = '192.0.2.82']", {"DestinationIp": "192.0.2.82"}),
]


def stamp(seconds=0):
    t = datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(seconds=seconds)
    return t.strftime("%Y-%m-%dT%H:%M:%S.") + f"{t.microsecond // 1000:03d}Z"


def indicator(pattern, **more):
    o = {"type": "indicator", "spec_version": "2.1", "id": "indicator--" + str(uuid.uuid4()), "created": stamp(-60),
         "modified": stamp(-60), "pattern": pattern, "pattern_type": "stix", "valid_from": stamp(-60)}
    return {**o, **more}


def put(*objects, status=202):
    r = node.request("POST", OBJECTS, json.dumps({"objects": list(objects)}).encode(), TAXII)
    assert r.status == status and not r.json.get("failure_count"), (r.status, r.body)


def send(*events):
    r = node.request("POST", "/api/v1/events", "".join(json.dumps(e) + "\n" for e in events).encode(),
                     {"Content-Type": "application/x-ndjson", **auth})
    assert r.status in (200, 202), (r.status, r.body)


def shown(i):
    r = node.local("GET", f"/api/v1/indicators/{i}")
    assert r.status == 200, (i, r.status, r.body)
    return r.json


def count(i):
    return shown(i)["sightings"]["count"]


def known():
    return node.local("GET", "/api/v1/health").json["workers"].get("intake", {}).get("indicators", -1)


until("the intake is there", lambda: known() >= 0)


@promise
def posted():
    """an indicator of every kind, posted to a collection, is found in an event within a second of its post"""
    slowest = 0
    for pattern, event in PATTERNS:
        o = indicator(pattern)
        began = time.monotonic()
        put(o)
        time.sleep(0.5)  # the promise is a second
        send(event)
        until(f"{pattern} sighted", lambda o=o: count(o["id"]), limit=5)
        slowest = max(slowest, time.monotonic() - began)
        assert shown(o["id"])["state"] == "watched", shown(o["id"])
    return f"slowest, until its sighting was told: {slowest:.1f} s"


@promise
def imported():
    """an imported bundle is looked for just so, and nothing of it is blocked"""
    one, two = indicator("[domain-name:value = 'imported.example']", confidence=90), indicator("[ipv4-addr:value = '192.0.2.83']")
    bundle = {"type": "bundle", "id": "bundle--" + str(uuid.uuid4()), "objects": [one, two]}
    path = scratch() / "bundle.json"
    path.write_text(json.dumps(bundle))
    r = subprocess.run([BIN, "stix", "import", "--data", node.directory / "data", path], capture_output=True, text=True, timeout=30)
    assert r.returncode == 0, r
    time.sleep(0.5)
    send({"QueryName": "imported.example"}, {"DestinationIp": "192.0.2.83"})
    until("sighted", lambda: count(one["id"]) and count(two["id"]), limit=5)
    levels = {a["rule"]: a["level"] for a in node.local("GET", "/api/v1/alerts?state=all&limit=1000").json["items"]}
    assert levels[one["id"]] == "high" and levels[two["id"]] == "medium", levels
    assert not node.local("GET", "/api/v1/blocks").json["items"]


@promise
def versions():
    """a new version takes the old one's place, an older one does not, and a revoked one ends it"""
    o = indicator("[domain-name:value = 'first.example']")
    put(o)
    later = {**o, "modified": stamp(), "pattern": "[domain-name:value = 'second.example']"}
    put(later)
    put({**o, "modified": stamp(-50), "pattern": "[domain-name:value = 'third.example']"})
    time.sleep(0.5)
    send(*[{"QueryName": n + ".example"} for n in ("first", "second", "third")])
    until("sighted", lambda: count(o["id"]), limit=5)
    time.sleep(1.2)  # what is told is told each second
    assert count(o["id"]) == 1 and shown(o["id"])["sightings"]["last_value"] == "second.example", shown(o["id"])
    put({**later, "modified": stamp(), "revoked": True})
    assert shown(o["id"])["state"] == "over"
    other = indicator("[domain-name:value = 'second.example']")
    time.sleep(0.5)
    send({"QueryName": "second.example"})
    put(other)
    time.sleep(0.5)
    send({"QueryName": "second.example"})
    until("another's is sighted", lambda: count(other["id"]), limit=5)
    assert count(o["id"]) == 1, shown(o["id"])


@promise
def times():
    """valid_from is waited for and valid_until ends it"""
    soon = indicator("[domain-name:value = 'soon.example']", valid_from=stamp(2.5))
    brief = indicator("[domain-name:value = 'brief.example']", valid_until=stamp(2.5))
    past = indicator("[domain-name:value = 'past.example']", valid_until=stamp(-1))
    put(soon, brief, past)
    time.sleep(0.3)
    assert [shown(o["id"])["state"] for o in (soon, brief, past)] == ["waiting", "watched", "over"]
    send(*[{"QueryName": n + ".example"} for n in ("soon", "brief", "past")])
    until("the brief one", lambda: count(brief["id"]) == 1, limit=5)
    until("its time", lambda: shown(soon["id"])["state"] == "watched" and shown(brief["id"])["state"] == "over", limit=6)
    time.sleep(0.5)
    send(*[{"QueryName": n + ".example"} for n in ("soon", "brief", "past")])
    until("the late one", lambda: count(soon["id"]) == 1, limit=5)
    assert [count(o["id"]) for o in (brief, past)] == [1, 0]


@promise
def deleted():
    """what is deleted from its collection is looked for no more; posted again it is"""
    o = indicator("[domain-name:value = 'deleted.example']")
    before = known()
    put(o)
    until("known", lambda: known() == before + 1, limit=8)
    r = node.request("DELETE", OBJECTS + o["id"] + "/", headers=TAXII)
    assert r.status == 200, (r.status, r.body)
    until("forgotten", lambda: known() == before, limit=8)
    assert node.local("GET", "/api/v1/indicators/" + o["id"]).status == 404
    put(o)
    until("known again", lambda: known() == before + 1, limit=8)


@promise
def refused_leaves_nothing():
    """an object that is refused is not looked for"""
    o = indicator("[domain-name:value = 'refused.example']", created_by_ref="identity--" + str(uuid.uuid4()))
    put(o)
    until("state", lambda: shown(o["id"])["state"] == "watched")
    r = node.request("POST", OBJECTS, json.dumps({"objects": [
        {**o, "modified": stamp(), "created_by_ref": "identity--" + str(uuid.uuid4()), "pattern": "[domain-name:value = 'other.example']"}]}).encode(), TAXII)
    assert r.json["failure_count"] == 1, r.body
    assert shown(o["id"])["value"] == "refused.example"


@promise
def restarted():
    """after a restart of the node all of them are looked for again"""
    values = 13 + 2 + 1 + 1 + 1 + 1  # of the promises above, in order; patterns of more than a value apart
    until("all told", lambda: known() == values, limit=10)
    node.close()
    again = Node.serve(node.directory)
    node.process, node.info, node.context = again.process, again.info, again.context
    until("all known", lambda: known() == values, limit=10)
    return f"{values} values"


node.close()
done()
