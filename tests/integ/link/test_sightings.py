#!/usr/bin/env python3
"""What a member sees of an indicator goes up as STIX sightings, once, and is added up above."""
import json
import os
import pathlib
import signal
import sys
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "lib"))
from lf import *

nation = Node.serve(scratch(), tier="nation")
sector = Node.serve(scratch(), tier="sector")
one, two = (Node.serve(scratch(), tier="provider") for _ in range(2))
tokens = {}


def join(child, parent):
    token = parent.local("POST", "/api/v1/peers/invitations", {}).json["token"]
    assert child.local("POST", "/api/v1/parent", {"token": token}).status == 202
    until("active", lambda: child.local("GET", "/api/v1/parent").json.get("state") == "active")


def add(node, value):
    r = node.local("POST", "/api/v1/indicators", {"value": value, "release": True})
    assert r.status == 201, r.body
    return r.json["id"]


def send(node, *names):
    if node not in tokens:
        tokens[node] = node.local("POST", "/api/v1/tokens", {"label": "t", "roles": "sender", "account": "admin"}).json["token"]
    r = node.request("POST", "/api/v1/events", "".join(json.dumps({"QueryName": n, "Computer": "pc"}) + "\n" for n in names).encode(),
                     {"Authorization": "Bearer " + tokens[node], "Content-Type": "application/x-ndjson"}, auth=False)
    assert r.status in (200, 202), (r.status, r.body)


def shown(node, i):
    r = node.local("GET", f"/api/v1/indicators/{i}")
    return r.json["sightings"] if r.status == 200 else {}


def known(node, i):
    return node.local("GET", f"/api/v1/indicators/{i}").status == 200


def own(node):
    return node.local("GET", "/api/v1/health").json["workers"].get("intake", {}).get("indicators", 0)


def objects(node, collection, kind):
    r = node.local("GET", f"/taxii2/root/collections/{collection}/objects/?match[type]={kind}&limit=1000")
    assert r.status == 200, (r.status, r.body)
    return r.json.get("objects", [])


join(sector, nation)
join(one, sector)
join(two, sector)


@promise
def up():
    """a sighting of the parent's indicator is with the parent within seconds, counted exactly, with the member as where"""
    i = add(sector, "seen.example.net")
    until("below", lambda: known(one, i) and known(two, i))
    time.sleep(0.5)
    began = time.monotonic()
    send(one, *["www.seen.example.net"] * 7)
    until("above", lambda: shown(sector, i).get("members_count") == 7, 20)
    took = time.monotonic() - began
    send(two, *["seen.example.net"] * 5)
    until("both", lambda: shown(sector, i).get("members_count") == 12, 20)
    m = shown(sector, i)["members"]
    assert sorted(x["count"] for x in m) == [5, 7] and all(x["where"].startswith("identity--") for x in m), m
    assert shown(sector, i)["count"] == 0, "what members saw is not what this node saw"
    page = sector.local("GET", f"/indicators/{i}").body.decode()
    table = page[page.index("各成員的目擊"):]
    assert ">7<" in table and ">5<" in table, "the console has a row a member"
    return f"{took:.1f} s"


@promise
def higher():
    """the tier between passes a member's sighting on as its own, without the member's name"""
    i = add(nation, "national.example.net")
    until("below", lambda: known(one, i))
    time.sleep(0.5)
    send(one, *["national.example.net"] * 3)
    until("at the sector", lambda: shown(sector, i).get("members_count") == 3, 20)
    until("at the nation", lambda: shown(nation, i).get("members_count") == 3, 20)
    where = shown(nation, i)["members"][0]["where"]
    assert where == sector.local("GET", "/api/v1/me").json.get("node", where), where
    assert where != shown(sector, i)["members"][0]["where"]


@promise
def private():
    """an indicator that the parent does not know is not told of"""
    r = one.local("POST", "/api/v1/indicators", {"value": "draft.example.net"})
    draft = r.json["id"]
    o = {"type": "indicator", "spec_version": "2.1", "id": "indicator--7e1f3c52-8f2e-4b07-9b3a-0c8f6a4d2e11",
         "created": "2026-01-01T00:00:00Z", "modified": "2026-01-01T00:00:00Z", "pattern": "[domain-name:value = 'library.example.net']",
         "pattern_type": "stix", "valid_from": "2026-01-01T00:00:00Z"}
    token = one.local("POST", "/api/v1/tokens", {"label": "share", "roles": "share", "account": "admin"}).json["token"]
    r = one.request("POST", "/taxii2/root/collections/library/objects/", json.dumps({"objects": [o]}).encode(),
                    {"Authorization": "Bearer " + token, "Accept": "application/taxii+json;version=2.1", "Content-Type": "application/taxii+json;version=2.1"}, auth=False)
    assert r.status == 202, r.body
    time.sleep(0.5)
    send(one, "library.example.net", "draft.example.net")
    until("seen here", lambda: shown(one, o["id"]).get("count") == 1, 10)
    i = add(sector, "after.example.net")
    until("below", lambda: known(one, i))
    time.sleep(0.5)
    send(one, "after.example.net")
    until("the later is above", lambda: shown(sector, i).get("members_count") == 1, 20)
    assert not known(sector, o["id"]) and not known(sector, draft)
    assert one.local("GET", "/api/v1/parent").json["outbox"] == 0


@promise
def killed():
    """nothing is counted twice or lost when intake, core and the node above are killed in between"""
    i = add(sector, "killed.example.net")
    until("below", lambda: known(one, i))
    time.sleep(0.5)
    sent = lost = 0  # lost: nobody said whether they were taken
    for victim, name in ((one, "intake"), (one, "core"), (sector, "core"), (one, "intake")):
        for k in range(6):
            try:
                send(one, *["killed.example.net"] * 10)
                sent += 10
            except Exception:
                lost += 10
            if k == 2:
                os.kill(victim.workers()[name], signal.SIGKILL)
            time.sleep(0.15)
    until(f"all {sent} counted below", lambda: shown(one, i).get("count", 0) >= sent, 40)
    mark = add(sector, "mark.example.net")
    until("below", lambda: known(one, mark), 30)
    time.sleep(0.5)
    until("nothing more to count", lambda: (send(one, "mark.example.net"), shown(one, mark).get("count"))[1], 20, step=0.5)
    below = shown(one, i)["count"]
    assert sent <= below <= sent + lost and below % 10 == 0, (below, sent, lost)
    until("the first of them above", lambda: shown(sector, i).get("members_count"), 30)
    above = shown(sector, i)["members_count"]
    assert above <= below, (above, below)
    return f"{below} hits, {above} of them above before the next window"


for n in (one, two, sector, nation):
    n.close()
done()
