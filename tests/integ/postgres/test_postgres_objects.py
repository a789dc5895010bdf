#!/usr/bin/env python3
"""Stored objects on PostgreSQL: handed in by TAXII, paged, found, graded, counted, deleted."""
import pathlib
import sys
import uuid

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "lib"))
from lf import *

try:
    pg = Postgres()
except Skip as why:
    print(f"ok - stored objects lie on PostgreSQL # SKIP {why}")
    done()

TAXII = "application/taxii+json;version=2.1"
RED = "marking-definition--e828b379-4e03-4974-9ac4-e53a884c97c1"
d = scratch()
(d / "lianfang.ini").write_text(f"[node]\nname = test\ndata = data\ndatabase = {pg.database('objects')}\n[http]\n"
                                "listen = 127.0.0.1:0\npeer = 127.0.0.1:0\n[intake]\nsyslog_udp = 127.0.0.1:0\n"
                                "syslog_tcp = 127.0.0.1:0\nsyslog_tls = 127.0.0.1:0\nkeep_mb = 64\n[dns]\nlisten = 127.0.0.1:0\n")
node = Node.serve(d)


def account(name, roles):
    a = node.local("POST", "/api/v1/users", {"name": name, "password": "correct horse battery", "roles": roles})
    assert a.status == 201, a.body
    a = node.local("POST", "/api/v1/tokens", {"account": a.json["id"], "label": name, "roles": roles})
    return {"Authorization": "Bearer " + a.json["token"], "Accept": TAXII}


ana, view, sharer = account("ana", "analyst,share"), account("view", "reader"), account("sharer", "share")
made = node.local("POST", "/api/v1/collections", {"alias": "shelf", "title": "shelf", "readers": "share", "writers": "share"})
assert made.status in (200, 201), made.body
BASE = f"/taxii2/root/collections/{made.json['id']}/"


def thing(type, n, **more):
    return {"type": type, "spec_version": "2.1", "id": f"{type}--{uuid.UUID(int=n, version=4)}", "created": "2026-01-01T00:00:00.000Z",
            "modified": "2026-01-01T00:00:00.000Z", "name": f"number n{n}", **more}


def post(who, *objects):
    return node.request("POST", BASE + "objects/", json.dumps({"objects": objects}).encode(), headers={**who, "Content-Type": TAXII})


def api(path, who=ana, method="GET", body=None):
    return node.request(method, path, body, headers={"Authorization": who["Authorization"]})


tools = [thing("tool", n) for n in range(1, 301)]
mark = thing("indicator", 900, pattern="[domain-name:value = 'pg.example']", pattern_type="stix", valid_from="2026-01-01T00:00:00Z",
             confidence=60)
secret = thing("tool", 901, object_marking_refs=[RED])


@promise
def paged():
    """what is handed in comes back by pages of next and of added_after, each once, and by type, version and id"""
    a = post(ana, *tools, mark, secret)
    assert a.status == 202 and a.json["success_count"] == 302, a.body
    for by in ("next", "added_after"):
        got, query = [], "limit=70"
        while query:
            a = node.get(BASE + "objects/?" + query, headers=ana)
            got += [o["id"] for o in a.json["objects"]]
            more = a.json.get("more") and (a.json["next"] if by == "next" else a.headers["X-TAXII-Date-Added-Last"])
            query = more and f"limit=70&{by}={more}"
        assert got == [o["id"] for o in [*tools, mark, secret]], by
    a = node.get(BASE + "objects/?match[type]=indicator", headers=ana)
    assert [o["id"] for o in a.json["objects"]] == [mark["id"]]
    assert post(ana, {**mark, "modified": "2026-02-01T00:00:00.000Z"}).json["success_count"] == 1
    assert len(node.get(BASE + f"objects/{mark['id']}/versions/", headers=ana).json["versions"]) == 2
    assert secret["id"] not in node.get(BASE + "manifest/?limit=1000", headers=sharer).body.decode()


@promise
def found():
    """search finds by words, value and type page by page, and nothing for who may not have it"""
    got, after = [], ""
    while after is not None:
        a = api("/api/v1/objects?type=tool&limit=100" + after)
        assert a.status == 200, a.body
        got += [i["id"] for i in a.json["items"]]
        after = "&after=" + a.json["next"] if "next" in a.json else None
    assert sorted(got) == sorted(o["id"] for o in [*tools, secret])
    assert [i["id"] for i in api("/api/v1/objects?value=pg.example").json["items"]] == [mark["id"]]
    assert [i["id"] for i in api("/api/v1/objects?name=n217").json["items"]] == [tools[216]["id"]]
    assert api("/api/v1/objects?name=n901", view).json["items"] == []
    assert api("/api/v1/objects/" + secret["id"], view).status == 404
    assert api(f"/api/v1/objects/{mark['id']}/graph").json["nodes"][0]["id"] == mark["id"]


@promise
def graded():
    """grades, opinions and the history of an object are kept and reckoned with"""
    sure = lambda: api("/api/v1/indicators/" + mark["id"]).json["confidence"]
    assert sure() == 60
    assert api(f"/api/v1/objects/{mark['id']}/grade", method="PUT", body={"grade": "A2"}).status == 204
    assert sure() == 80 and [i["id"] for i in api("/api/v1/objects?grade=A2").json["items"]] == [mark["id"]]
    wrong = thing("opinion", 950, opinion="disagree", object_refs=[mark["id"]])
    wrong.pop("name")
    assert post(ana, wrong).json["success_count"] == 1 and sure() == 65
    assert [i["what"] for i in api(f"/api/v1/objects/{mark['id']}/history").json["items"]] == ["grade.set"] + 2 * ["object.version"]


@promise
def counted():
    """a quota holds: what fits is taken, what does not gets 429 and is not kept, and what was used is counted"""
    assert node.local("PUT", "/api/v1/quotas/sharer", {"objects": 3}).status == 200
    assert post(sharer, *[thing("tool", 1000 + n) for n in range(2)]).status == 202
    a = post(sharer, *[thing("tool", 1100 + n) for n in range(2)])
    assert a.status == 429 and int(a.headers["Retry-After"]) > 0, a.body
    assert post(sharer, thing("tool", 1200)).status == 202
    assert [3] == [i["used"]["objects"] for i in node.local("GET", "/api/v1/quotas").json["items"]
                   if i.get("limit", {}).get("objects") == 3], node.local("GET", "/api/v1/quotas").body


@promise
def gone():
    """what is deleted is in no page and found by nothing; after a restart the rest is as it was"""
    global node
    a = node.request("DELETE", BASE + f"objects/{tools[0]['id']}/", headers=ana)
    assert a.status == 200, a.body
    assert api("/api/v1/objects?name=n1").json["items"] == []
    before = node.get(BASE + "manifest/?limit=1000", headers=ana).json["objects"]
    assert tools[0]["id"] not in [o["id"] for o in before]
    assert node.close() == 0
    node = Node.serve(d)
    assert node.get(BASE + "manifest/?limit=1000", headers=ana).json["objects"] == before
    assert [i["id"] for i in api("/api/v1/objects?value=pg.example").json["items"]] == [mark["id"]]
    assert node.close() == 0


done()
