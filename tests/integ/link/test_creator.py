#!/usr/bin/env python3
"""Over a real link: a member's version of an object whose creator is another is refused, and nothing else is lost."""
import json
import pathlib
import sqlite3
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "lib"))
from lf import *

above, d = scratch(), scratch()
parent, child = Node.serve(above, tier="sector"), Node.serve(d)
token = parent.local("POST", "/api/v1/peers/invitations", {}).json["token"]
assert child.local("POST", "/api/v1/parent", {"token": token}).status == 202
until("active", lambda: child.local("GET", "/api/v1/parent").json.get("state") == "active")

FIRST, OTHER = (f"identity--30000000-0000-4000-8000-00000000000{n}" for n in (1, 2))


def tool(n, day, creator, **more):
    return {"type": "tool", "spec_version": "2.1", "id": f"tool--40000000-0000-4000-8000-00000000000{n}", "created_by_ref": creator,
            "created": "2026-01-01T00:00:00.000Z", "modified": f"2026-01-{day:02}T00:00:00.000Z", "name": f"tool {n}", **more}


def send(*objects):
    """What a member whose node does not keep the rule sends: laid into its outbox while it is down."""
    global child
    assert child.close() == 0
    db = sqlite3.connect(d / "data/core/node.db")
    org = db.execute("SELECT value FROM setting WHERE key = 'ident.org'").fetchone()[0]
    db.execute("INSERT INTO isac_counter (name, n) VALUES ('outbox', 0) ON CONFLICT (name) DO NOTHING")
    for o in objects:
        db.execute("UPDATE isac_counter SET n = n + 1 WHERE name = 'outbox'")
        db.execute("INSERT INTO outbox (org, seq, id, version, json) SELECT ?, n, ?, 1, ? FROM isac_counter WHERE name = 'outbox'",
                   (org, o["id"], json.dumps(o)))
    db.commit()
    db.close()
    child = Node.serve(d)
    until("nothing waits", lambda: child.local("GET", "/api/v1/parent").json["outbox"] == 0, 60)


def versions():
    """What members send is in a collection that no account reads: it is looked up in the parent's store."""
    db = sqlite3.connect(f"file:{above / 'data/core/node.db'}?mode=ro", uri=True)
    rows = db.execute("SELECT o.json FROM collection_object c JOIN stix_object o ON o.seq = c.seq JOIN collection k ON k.number = c.coll "
                      "WHERE k.alias = 'up' AND o.id LIKE 'tool--%'").fetchall()
    db.close()
    found = [json.loads(r[0]) for r in rows]
    return sorted((o["id"][-1], o["modified"][8:10], o["created_by_ref"] == FIRST) for o in found)


def refusals():
    return [l for l in (d / "node.log").read_text(errors="replace").splitlines() if "LF2303" in l]


@promise
def first():
    """what a member hands in for the first time is taken, whoever its creator"""
    send(tool(1, 1, FIRST), tool(2, 1, OTHER))
    assert versions() == [("1", "01", True), ("2", "01", False)], versions()
    assert not refusals(), refusals()


@promise
def another():
    """a version by another creator is refused with its reason; those before, behind and beside it are taken, and the link goes on"""
    send(tool(3, 1, FIRST), tool(1, 2, OTHER), tool(2, 2, OTHER), tool(1, 3, FIRST))
    assert versions() == [("1", "01", True), ("1", "03", True), ("2", "01", False), ("2", "02", False), ("3", "01", True)], versions()
    assert any("only its creator" in l and tool(1, 2, OTHER)["id"] in l for l in refusals()), refusals()
    made = child.local("POST", "/api/v1/incidents", {"title": "測試通報", "level": 3})
    assert made.status == 201, made.body
    until("a report is above", lambda: parent.local("GET", "/api/v1/incidents/" + made.json["id"]).status == 200)
    # What the report makes besides (its clocks, its notice) may still be on its way when the report itself is above.
    until("nothing waits", lambda: child.local("GET", "/api/v1/parent").json["outbox"] == 0, 60)
    link = child.local("GET", "/api/v1/parent").json
    assert link["failures"] == 0, link


@promise
def revoked():
    """nor can another creator revoke it: what was there stays as it was"""
    told = len(refusals())
    send(tool(1, 4, OTHER, revoked=True), tool(3, 2, FIRST, revoked=True))
    assert [v for v in versions() if v[0] != "2"] == [("1", "01", True), ("1", "03", True), ("3", "01", True), ("3", "02", True)], versions()
    assert len(refusals()) == told + 1, refusals()


child.close()
parent.close()
done()
