#!/usr/bin/env python3
"""Quotas: what a member may ask for and hand in by TAXII a day."""
import pathlib
import sys
import uuid

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "lib"))
from lf import *

TAXII = "application/taxii+json;version=2.1"
node = Node.throwaway()
BASE = f"/taxii2/root/collections/{node.info['collections']['rw']}/"


def account(name):
    a = node.local("POST", "/api/v1/users", {"name": name, "password": "correct horse battery", "roles": "share"})
    id = a.json["id"]
    a = node.local("POST", "/api/v1/tokens", {"account": id, "label": name, "roles": "share"})
    return id, {"Authorization": "Bearer " + a.json["token"], "Accept": TAXII, "Content-Type": TAXII}


def post(who, n, pad=0):
    tools = [{"type": "tool", "spec_version": "2.1", "id": f"tool--{uuid.uuid4()}", "created": "2026-01-01T00:00:00.000Z",
              "modified": "2026-01-01T00:00:00.000Z", "name": "x" * (1 + pad)} for _ in range(n)]
    return node.request("POST", BASE + "objects/", json.dumps({"objects": tools}).encode(), headers=who)


def used(member):
    return next(i for i in node.local("GET", "/api/v1/quotas").json["items"] if i["member"] == member)


def refused(a, what):
    assert a.status == 429 and a.headers["Content-Type"] == TAXII, (a.status, a.headers)
    assert a.json["http_status"] == "429" and what in a.json["title"], a.json
    assert 0 < int(a.headers["Retry-After"]) <= 86400, a.headers["Retry-After"]


one, two, three = account("one"), account("two"), account("three")


@promise
def objects():
    """what is more than is left of today's objects gets 429 with Retry-After and is not kept; what fits is taken"""
    assert node.local("PUT", "/api/v1/quotas/default", {"objects": 5}).status == 200
    assert post(one[1], 3).status == 202
    refused(post(one[1], 3), "objects")
    assert post(one[1], 2).status == 202
    refused(post(one[1], 1), "objects")
    assert len(node.get(BASE + "objects/", headers=one[1]).json["objects"]) == 5
    assert used("account:" + one[0])["used"]["objects"] == 5 and used("account:" + one[0])["limit"]["objects"] == 5


@promise
def own():
    """a member's own quota goes before that of all, and others are not touched; forgotten, that of all holds again"""
    assert node.local("PUT", "/api/v1/quotas/two", {"objects": 7}).status == 200
    assert post(two[1], 7).status == 202
    refused(post(two[1], 1), "objects")
    assert node.local("PUT", "/api/v1/quotas/two", {}).status == 200
    assert post(two[1], 1).status == 202, "0 is no limit"
    assert node.local("DELETE", "/api/v1/quotas/two").status == 204
    refused(post(two[1], 1), "objects")
    assert node.local("PUT", "/api/v1/quotas/nobody", {"objects": 1}).status == 404
    assert node.local("PUT", "/api/v1/quotas/two", {"objects": -1}).status == 400
    assert node.get("/api/v1/quotas", headers=one[1]).status == 403


@promise
def bytes_():
    """bytes are counted as they came in"""
    assert node.local("PUT", "/api/v1/quotas/three", {"bytes": 3000}).status == 200
    assert post(three[1], 1, 2000).status == 202
    refused(post(three[1], 1, 2000), "bytes")
    assert 2000 < used("account:" + three[0])["used"]["bytes"] < 3000


@promise
def requests():
    """requests are counted, refused at the limit, and go on when it is raised; nobody else is"""
    so_far = used("account:" + three[0])["used"]["requests"]
    assert so_far == 2, so_far
    assert node.local("PUT", "/api/v1/quotas/three", {"requests": so_far + 3}).status == 200
    until("the limit holds", lambda: node.get(BASE, headers=three[1]).status == 429, limit=20)
    refused(node.get(BASE, headers=three[1]), "requests")
    refused(post(three[1], 1), "requests")
    assert used("account:" + three[0])["used"]["requests"] >= so_far + 3, "the refused ones are not counted, the others are"
    assert node.get(BASE, headers=one[1]).status == 200
    assert node.local("PUT", "/api/v1/quotas/three", {"requests": 1000}).status == 200
    assert node.get(BASE, headers=three[1]).status == 200


@promise
def shell():
    """lianfang quota lists and sets them"""
    data = str(pathlib.Path(node.info["local"]).parent)
    run = lambda *a: subprocess.run([BIN, "quota", a[0], "--data", data, *a[1:]], capture_output=True, text=True, timeout=30)
    assert run("set", "one", "0", "100", "0").returncode == 0
    r = run("list")
    assert r.returncode == 0 and "account:" + one[0] in r.stdout and '"objects":100' in r.stdout, r.stdout + r.stderr
    assert post(one[1], 4).status == 202
    assert run("forget", "one").returncode == 0
    refused(post(one[1], 1), "objects")


done()
