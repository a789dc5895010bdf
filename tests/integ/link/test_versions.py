#!/usr/bin/env python3
"""A node and one of the release before, either above the other: they go by the older protocol, and what it lacks is said."""
import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "lib"))
from lf import *

BEFORE = os.environ.get("LF_BIN_BEFORE", BIN + "-before")
POLICY = {"kinds": ["domain-name"], "min_evidence": 2, "max_life_hours": 72, "min_level": "high", "auto_report": True, "tlp": "amber"}
NOW, OLD = 3, 2


def pair(above, below):
    """A sector and a provider of these programs, joined."""
    parent = Node.serve(scratch(), tier="sector", program=above)
    directory = scratch()
    child = Node.serve(directory, program=below)
    token = parent.local("POST", "/api/v1/peers/invitations", {}).json["token"]
    assert child.local("POST", "/api/v1/parent", {"token": token}).status == 202
    until("active", lambda: child.local("GET", "/api/v1/parent").json.get("state") == "active")
    for node in (parent, child):
        assert node.local("POST", "/api/v1/policies", POLICY).status in (200, 201)
    return parent, child, directory


def of_child(parent):
    return parent.local("GET", "/api/v1/peers").json["items"][0]


def of_parent(child):
    return child.local("GET", "/api/v1/parent").json


def works(parent, child, name):
    """All that both versions have: reports up, receipts and decisions down, indicators both ways, questions, new keys."""
    path = "/api/v1/incidents/" + child.local("POST", "/api/v1/incidents", {"title": name, "level": 2}).json["id"]
    until("the parent has the report", lambda: parent.local("GET", path).status == 200)
    until("the receipt", lambda: child.local("GET", path + "/receipt").status == 200)
    assert parent.local("POST", path + "/events", {"kind": "reviewed", "body": {"level": 2}}).status in (200, 201)
    until("the review", lambda: "reviewed" in [e["kind"] for e in child.local("GET", path).json["events"]])
    i = parent.local("POST", "/api/v1/indicators", {"value": f"{name}.down.test", "release": True}).json["id"]
    until("it came down", lambda: child.local("GET", f"/api/v1/indicators/{i}").status == 200)
    assert child.local("POST", "/api/v1/indicators", {"value": f"{name}.up.test", "release": True}).status == 201
    until("it went up", lambda: [x for x in parent.local("GET", "/api/v1/indicators?limit=100").json["items"] if x["value"] == f"{name}.up.test"])
    link = of_parent(child)
    assert link["failures"] == 0, link


def rotates(parent, child):
    """Keys are replaced and what is signed with them is believed: version 2 has it."""
    for node in (parent, child):
        assert node.local("POST", "/api/v1/keys", {"sign": "true"}).status == 202
    path = "/api/v1/incidents/" + child.local("POST", "/api/v1/incidents", {"title": "after", "level": 2}).json["id"]
    until("the parent has the report", lambda: parent.local("GET", path).status == 200)
    until("the receipt", lambda: child.local("GET", path + "/receipt").status == 200)


def nothing_half_done(parent, child):
    assert "chain" not in of_child(parent) and "chain" not in of_parent(child)
    assert "countersign" not in (child.directory / "node.log").read_text(errors="replace")


@promise
def new_below_old():
    """a node below one of the release before goes by its protocol: all of that works, what it lacks is said and not tried"""
    parent, child, _ = pair(BEFORE, BIN)
    works(parent, child, "new-below-old")
    p = until("the version is known", lambda: of_parent(child).get("protocol") and of_parent(child))
    assert p["protocol"] == OLD and f"here {NOW}, there {OLD}" in p["lacks"] and "countersigned" in p["lacks"], p
    assert of_child(parent)["protocol"] == NOW and "lacks" not in of_child(parent)
    rotates(parent, child)
    nothing_half_done(parent, child)


@promise
def old_below_new():
    """a node above one of the release before goes by its protocol: all of that works, what it lacks is said"""
    parent, child, _ = pair(BIN, BEFORE)
    works(parent, child, "old-below-new")
    p = until("the version is known", lambda: of_child(parent).get("protocol") and of_child(parent))
    assert p["protocol"] == OLD and f"here {NOW}, there {OLD}" in p["lacks"] and "countersigned" in p["lacks"], p
    assert of_parent(child)["protocol"] == NOW and "lacks" not in of_parent(child)
    rotates(parent, child)
    nothing_half_done(parent, child)


@promise
def updated():
    """when the older one is updated in place, both go on by the newer protocol without being told"""
    parent, child, directory = pair(BIN, BEFORE)
    until("the version is known", lambda: of_child(parent).get("protocol") == OLD)
    assert child.close() == 0
    child = Node.serve(directory, program=BIN)
    until("the new one", lambda: of_child(parent).get("protocol") == NOW)
    until("its trail is countersigned", lambda: of_child(parent).get("chain"))
    assert "lacks" not in of_child(parent) and "lacks" not in of_parent(child)
    works(parent, child, "updated")


done()
