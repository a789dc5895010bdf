#!/usr/bin/env python3
"""Two nodes that never reach each other again carry everything as signed files."""
import json
import os
import pathlib
import shutil
import signal
import subprocess
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "lib"))
from lf import *

where = [scratch(), scratch(), scratch()]
sector, one, two = (Node.serve(d, tier=t) for d, t in zip(where, ("sector", "provider", "provider")))


def join(child, parent):
    token = parent.local("POST", "/api/v1/peers/invitations", {}).json["token"]
    assert child.local("POST", "/api/v1/parent", {"token": token}).status == 202
    until("active", lambda: child.local("GET", "/api/v1/parent").json.get("state") == "active")


def export(node, peer, **more):
    r = node.local("POST", "/api/v1/transfers/export", {"peer": peer, **more})
    assert r.status == 200, (r.status, r.body)
    return r.json["file"]


def take(node, file):
    return node.local("POST", "/api/v1/transfers/import", {"file": file})


def took(node, file):
    r = take(node, file)
    assert r.status == 200 and r.json["refused"] == [], (r.status, r.body)
    return r.json


def outbox(node):
    return node.local("GET", "/api/v1/parent").json["outbox"]


def known(node, i):
    return node.local("GET", f"/api/v1/indicators/{i}").status == 200


def head(file):
    return json.loads(file.split("\n", 1)[0])


join(one, sector)
join(two, sector)
peers = {p["node"]: p["id"] for p in sector.local("GET", "/api/v1/peers").json["items"] if p["kind"] == "child"}
# It comes back on other ports, which nobody is told: the links are dead for good.
assert sector.close() == 0
sector = Node.serve(where[0], tier="sector")
first = export(one, "parent")
me = peers[head(first)["from"]]
took(sector, first)
took(one, export(sector, me))


@promise
def both_ways():
    """what one reports reaches the other by a file, the receipt empties its outbox, and what is published comes back"""
    i = one.local("POST", "/api/v1/incidents", {"title": "cut off", "level": 2})
    assert i.status == 201, i.body
    v = sector.local("POST", "/api/v1/indicators", {"value": "by-file.example.net", "release": True}).json["id"]
    before = outbox(one)
    assert before > 0
    file = export(one, "parent")
    assert took(sector, file)["taken"] == head(file)["objects"] > 0
    assert i.json["id"] in json.dumps(sector.local("GET", "/api/v1/incidents").json), "the report is not there"
    assert outbox(one) == before, "nobody said that it was taken"
    answer = took(one, export(sector, me))
    assert outbox(one) == 0, answer
    assert known(one, v) and not known(two, v)


@promise
def again():
    """a file taken twice changes nothing, an older one is refused, and a lost one is made up for by the next"""
    assert one.local("POST", "/api/v1/incidents", {"title": "second", "level": 1}).status == 201
    lost, file = export(one, "parent"), export(one, "parent")
    assert head(file)["objects"] == head(lost)["objects"] > 0
    took(sector, file)
    n = len(sector.local("GET", "/api/v1/incidents").json["items"])
    assert took(sector, file)["already"] is True
    r = take(sector, lost)
    assert r.status == 409 and r.json["detail"].count("\n") == 0, r.body
    assert len(sector.local("GET", "/api/v1/incidents").json["items"]) == n
    took(one, export(sector, me))
    assert outbox(one) == 0


@promise
def hostile():
    """an altered, cut, foreign, stranger's or gapped file is refused in one sentence and changes nothing"""
    v = sector.local("POST", "/api/v1/indicators", {"value": "later.example.net", "release": True}).json["id"]
    file = export(sector, me)
    lines = file.splitlines()
    bent = [file.replace("later.example.net", "other.example.net"), file[:-20], "\n".join(lines[:-1]) + "\n", "\n".join([lines[0], lines[-1]]), "", "{}\n{}",
            file.replace('"number":', '"number":9', 1), "\n".join(lines[:1] + lines[1:2] * 2 + lines[2:]), "[" * 5000 + "\n" + lines[-1], "\0" + file]
    for i, bad in enumerate(bent):
        r = take(one, bad)
        assert 400 <= r.status < 500 and r.json["detail"] and "\n" not in r.json["detail"], (i, r.status, r.body)
    r = take(two, file)
    assert r.status == 403 and "not for this node" in r.json["detail"], r.body
    r = take(one, export(two, "parent"))
    assert r.status == 403, r.body
    gap = export(sector, me, since="2030-01-01T00:00:00Z")
    r = take(one, gap)
    assert r.status == 409 and "missing" in r.json["detail"], r.body
    assert not known(one, v)
    took(one, file)
    assert known(one, v)


@promise
def asked():
    """a question and its answer travel by file too, and so does a key that was replaced"""
    q = sector.local("POST", "/api/v1/questions", {"name": "by file", "values": ["203.0.113.9"]}).json["id"]
    assert sector.local("POST", "/api/v1/keys", {}).status in (200, 202, 204)
    assert one.local("POST", "/api/v1/question-policy", {"automatic": ["indicators"]}).status == 201
    took(one, export(sector, me))
    until("answered here", lambda: one.local("GET", f"/api/v1/questions/{q}").json.get("state") == "answered")
    assert one.local("POST", "/api/v1/keys", {}).status in (200, 202, 204)
    took(sector, export(one, "parent"))
    m = [m for m in sector.local("GET", f"/api/v1/questions/{q}").json["members"] if m["state"] == "answered"]
    assert len(m) == 1 and m[0]["count"] == 0, m
    took(one, export(sector, me))
    assert outbox(one) == 0


@promise
def killed():
    """a core that dies around a file takes it once"""
    assert one.local("POST", "/api/v1/incidents", {"title": "third", "level": 1}).status == 201
    file = export(one, "parent")
    for n in (one, sector):
        os.kill(n.workers()["core"], signal.SIGKILL)
    r = until("taken", lambda: (r := take(sector, file)).status == 200 and r.json, 30)
    os.kill(sector.workers()["core"], signal.SIGKILL)
    assert until("there again", lambda: (r := take(sector, file)).status == 200 and r.json, 30)["already"] is True
    n = [x["title"] for x in sector.local("GET", "/api/v1/incidents").json["items"]].count("third")
    assert n == 1, n
    took(one, export(sector, me))
    until("its outbox is empty", lambda: outbox(one) == 0, 30)


@promise
def by_hand():
    """the commands write a file and take it"""
    assert one.local("POST", "/api/v1/incidents", {"title": "by hand", "level": 1}).status == 201
    for n in range(70):  # more than a row on a screen
        assert one.local("POST", "/api/v1/incidents", {"title": f"{n} " + "x" * 150, "level": 1}).status == 201
    f = where[2] / "up.transfer"
    with open(f, "wb") as out:
        assert subprocess.run([BIN, "transfer", "export", "-c", where[1] / "lianfang.ini", "parent"], stdout=out).returncode == 0
    assert f.stat().st_size > 100000, f.stat().st_size
    r = subprocess.run([BIN, "transfer", "import", "-c", where[0] / "lianfang.ini", "--json", f], capture_output=True, text=True)
    assert r.returncode == 0 and json.loads(r.stdout)["taken"] > 0, (r.stdout, r.stderr)
    f.write_bytes(f.read_bytes().replace(b"by hand", b"by hent"))
    r = subprocess.run([BIN, "transfer", "import", "-c", where[0] / "lianfang.ini", f], capture_output=True, text=True)
    assert r.returncode == 2 and r.stderr.count("\n") == 1, (r.stdout, r.stderr)


@promise
def restored():
    """a child restored from a backup loses nothing to a receipt for a file of its other life, and its next file is taken"""
    global one
    until("its outbox is empty", lambda: (took(sector, export(one, "parent")) or True) and (took(one, export(sector, me)) or True) and outbox(one) == 0)
    assert one.close() == 0
    backup = where[2] / "backup"
    shutil.copytree(where[1] / "data", backup)
    one = Node.serve(where[1], tier="provider")
    for n in range(3):
        assert one.local("POST", "/api/v1/incidents", {"title": f"lost {n}", "level": 1}).status == 201
        took(sector, export(one, "parent"))
    answer = export(sector, me)  # the receipt for the last of them
    assert one.close() == 0
    shutil.rmtree(where[1] / "data")
    shutil.copytree(backup, where[1] / "data")
    one = Node.serve(where[1], tier="provider")
    i = one.local("POST", "/api/v1/incidents", {"title": "after the restore", "level": 1}).json["id"]
    for n in range(3):
        file = export(one, "parent")
    assert head(file)["number"] == json.loads(answer.split("\n", 1)[0])["receipt"]["number"], "another file of the very number"
    before = outbox(one)
    r = take(one, answer)  # what it says of the lost reports is refused, one by one
    assert r.status == 200 and r.json["taken"] == 0, r.body
    assert outbox(one) == before > 0, "what the parent never saw left the outbox"
    file = export(one, "parent")
    took(sector, file)
    assert sector.local("GET", f"/api/v1/incidents/{i}").status == 200
    took(one, export(sector, me))
    assert outbox(one) == 0


done()
