#!/usr/bin/env python3
"""Keys change and nodes move, and nothing that was trusted, sent or known is lost or doubled."""
import json
import os
import pathlib
import shutil
import signal
import sys
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "lib"))
from lf import *

nation = Node.serve(scratch(), tier="nation")
sectors = [Node.serve(scratch(), tier="sector") for _ in range(2)]
provider = Node.serve(scratch(), tier="provider")


def join(child, parent, how="parent"):
    token = parent.local("POST", "/api/v1/peers/invitations", {}).json["token"]
    r = child.local("POST", "/api/v1/" + how, {"token": token})
    assert r.status == 202, r.body
    until("active", lambda: child.local("GET", "/api/v1/parent").json.get("state") == "active")


def report(node, title):
    r = node.local("POST", "/api/v1/incidents", {"title": title, "level": 3})
    assert r.status == 201, r.body
    return r.json["id"]


def has(node, i):
    return node.local("GET", "/api/v1/incidents/" + i).status == 200


def events(node, i):
    r = node.local("GET", "/api/v1/incidents/" + i)
    return len(r.json["events"]) if r.status == 200 else 0


def rotate(node):
    r = node.local("POST", "/api/v1/keys", {"sign": "true"})
    assert r.status == 202, r.body


def audit(node):
    return [a["action"] for a in node.local("GET", "/api/v1/audit?limit=200").json["items"]]


def refused(node):
    return [l for l in (node.directory / "node.log").read_text(errors="replace").splitlines() if "LF2302" in l or "LF2303" in l]


for s in sectors:
    join(s, nation)
join(provider, sectors[0])


@promise
def signing():
    """a node with a new signing key is believed at every tier, in both directions, and what it signed before too"""
    before = report(provider, "before")
    until("at the nation", lambda: has(nation, before))
    rotate(provider)
    after = report(provider, "after")
    until("at the nation", lambda: has(nation, after))
    rotate(sectors[0])
    rotate(nation)
    rotate(provider)
    third = report(provider, "third")
    until("at the nation", lambda: has(nation, third))
    for i in (before, after, third):
        until("its receipt", lambda i=i: provider.local("GET", f"/api/v1/incidents/{i}/receipt").status == 200)
        until("as many events everywhere", lambda i=i: events(provider, i) == events(sectors[0], i) == events(nation, i))
    assert "keys.rotate" in audit(provider) and "peer.keys" in audit(sectors[0]) and "peer.keys" in audit(nation)
    assert not any(refused(n) for n in (nation, provider, *sectors)), [refused(n) for n in (nation, provider, *sectors)]


@promise
def killed():
    """a key that was replaced just before the core died is the one in use after, and known above"""
    rotate(provider)
    i = report(provider, "killed")
    os.kill(provider.workers()["core"], signal.SIGKILL)
    until("at the nation", lambda: has(nation, i), 40)
    os.kill(sectors[0].workers()["core"], signal.SIGKILL)
    j = None

    def again():
        r = provider.local("POST", "/api/v1/incidents", {"title": "after", "level": 3})
        return r.json["id"] if r.status == 201 else None
    j = until("a report", again, 20)
    until("at the nation", lambda: has(nation, j), 60)
    assert not refused(nation) and not refused(sectors[0]), refused(nation) + refused(sectors[0])


@promise
def policy():
    """a standing policy that was signed with the old key stands on"""
    r = sectors[1].local("POST", "/api/v1/policies", {"kinds": ["domain-name"], "min_evidence": 2, "max_life_hours": 72})
    assert r.status in (200, 201), r.body
    rotate(sectors[1])
    time.sleep(0.3)
    p = sectors[1].local("GET", "/api/v1/policies").json
    assert p.get("id") == r.json["id"], p


def same_but_receipt(i):
    """What the sector that was left wrote, its receipt, is no business of the new one; where it came before the move the nation
    and the node itself have it."""
    above, own, new = ({e["id"]: e["kind"] for e in n.local("GET", "/api/v1/incidents/" + i).json["events"]}
                       for n in (nation, provider, sectors[1]))
    return (above == own and new.items() <= own.items() and "reviewed" in new.values() and
            {k for _, k in own.items() - new.items()} <= {"received_by_reviewer"})


@promise
def moved():
    """a node that moves below another sector takes all with it: intelligence stands, and its incidents go on"""
    r = nation.local("POST", "/api/v1/indicators", {"value": "national.example.net", "release": True}).json["id"]
    until("below", lambda: provider.local("GET", f"/api/v1/indicators/{r}").status == 200)
    i = report(provider, "moving")
    until("at the nation", lambda: has(nation, i))
    join(provider, sectors[1], "parent/move")
    assert provider.local("GET", f"/api/v1/indicators/{r}").json["state"] == "active"
    until("the new parent has it", lambda: has(sectors[1], i), 30)
    j = report(provider, "moved")
    until("at the nation, by the new way", lambda: has(nation, j) and has(sectors[1], j), 30)
    assert not has(sectors[0], j)
    e = sectors[1].local("POST", f"/api/v1/incidents/{i}/events", {"kind": "reviewed", "body": {"note": "by the new sector"}})
    assert e.status // 100 == 2, e.body
    until("what comes later of what was there", lambda: same_but_receipt(i), 30)
    assert "parent.move" in audit(provider) and "peer.moved" in audit(nation), audit(nation)[:20]
    ids = [x["id"] for x in nation.local("GET", "/api/v1/incidents?limit=200").json["items"]]
    assert len(ids) == len(set(ids))
    assert nation.local("POST", f"/api/v1/indicators/{r}/withdraw", {}).status in (200, 204)
    until("withdrawn below, by the new way", lambda: provider.local("GET", f"/api/v1/indicators/{r}").json["state"] == "revoked", 30)


@promise
def refused_move():
    """a move that is refused leaves all as it was"""
    token = sectors[0].local("POST", "/api/v1/peers/invitations", {}).json["token"]
    other = Node.serve(scratch(), tier="provider")
    assert other.local("POST", "/api/v1/parent", {"token": token}).status == 202
    until("spent", lambda: other.local("GET", "/api/v1/parent").json.get("state") == "active")
    assert provider.local("POST", "/api/v1/parent/move", {"token": token}).status == 202
    until("back", lambda: provider.local("GET", "/api/v1/parent").json.get("state") == "active")
    i = report(provider, "still here")
    until("at the second sector", lambda: has(sectors[1], i))
    other.close()


@promise
def retired():
    """a node that lost its keys is refused, and after it was retired a new invitation lets it in"""
    peer = [p for p in sectors[1].local("GET", "/api/v1/peers").json["items"] if p["kind"] == "child"][0]["id"]
    provider.close()
    shutil.rmtree(provider.directory / "data/tls")
    again = Node.serve(provider.directory)
    provider.process, provider.info, provider.context = again.process, again.info, again.context
    until("refused", lambda: provider.local("GET", "/api/v1/parent").json["failures"] > 0, 30)
    assert sectors[1].local("POST", f"/api/v1/peers/{peer}/retire", {}).status == 204
    assert [p["state"] for p in sectors[1].local("GET", "/api/v1/peers").json["items"] if p["id"] == peer] == ["retired"]
    join(provider, sectors[1], "parent/move")
    i = report(provider, "back again")
    until("at the nation", lambda: has(nation, i), 30)
    peers = [p for p in sectors[1].local("GET", "/api/v1/peers").json["items"] if p["kind"] == "child"]
    assert [(p["id"], p["state"]) for p in peers] == [(peer, "active")], peers


for n in (provider, *sectors, nation):
    n.close()
done()
