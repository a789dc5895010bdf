#!/usr/bin/env python3
"""API roots over HTTPS: what each leads to, and the one that anyone may read without an account."""
import json
import pathlib
import re
import sys
import uuid

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "lib"))
from lf import *

TYPE = "application/taxii+json;version=2.1"
CLEAR = "marking-definition--94868c89-83c2-464b-929b-a1a8aa3c8487"
GREEN = "marking-definition--bab4a63c-aed9-4cf5-a766-dfca5abac2bb"
node = Node.throwaway()


def ask(method, path, body=None, auth=True, headers=None):
    a = node.request(method, path, json.dumps(body).encode() if body is not None else None,
                     {"Accept": TYPE, **({"Content-Type": TYPE} if body is not None else {}), **(headers or {})}, auth=auth)
    assert a.headers["Content-Type"] == TYPE, (path, a.status, a.body)
    return a


def stranger(path, method="GET", **kw):
    return ask(method, path, auth=False, **kw)


def tool(*marks, **more):
    return {"type": "tool", "spec_version": "2.1", "id": f"tool--{uuid.uuid4()}", "created": "2026-01-01T00:00:00.000Z",
            "modified": "2026-01-01T00:00:00.000Z", "name": "x", **({"object_marking_refs": list(marks)} if marks else {}), **more}


def readers(alias, words):
    a = node.local("PUT", f"/api/v1/collections/{alias}", {"readers": words, "writers": "share", "title": "給大眾的情資"})
    assert a.status == 200, a.body


@promise
def shut():
    """where nothing is public a stranger has 401 everywhere, with both ways to sign in"""
    for path in ("/taxii2/", "/taxii2/public/", "/taxii2/public/collections/", "/taxii2/root/"):
        a = stranger(path)
        offers = " ".join(a.headers.get_all("WWW-Authenticate"))
        assert a.status == 401 and "Basic" in offers and "Bearer" in offers, (path, a.status)


@promise
def own():
    """a root has the collections that its clients share, and the others are 404 in it; there is no other root"""
    made = node.local("POST", "/api/v1/collections", {"alias": "below", "title": "b", "readers": "children", "writers": "share"})
    assert made.status in (200, 201), made.body
    roots = ask("GET", "/taxii2/").json
    assert roots["default"] == "/taxii2/root/" and {"/taxii2/members/", "/taxii2/peers/"} < set(roots["api_roots"]), roots
    listed = {r: {c.get("alias") for c in ask("GET", r + "collections/").json["collections"]} for r in roots["api_roots"]}
    assert "below" in listed["/taxii2/members/"] and "library" not in listed["/taxii2/members/"], listed
    assert "library" in listed["/taxii2/peers/"] and listed["/taxii2/root/"] >= listed["/taxii2/members/"] | listed["/taxii2/peers/"], listed
    for root in roots["api_roots"]:
        assert ask("GET", root).json["max_content_length"] > 0, root
        assert ask("GET", root + "collections/library/").status == (200 if "library" in listed[root] else 404), root
        assert ask("GET", root + "collections/library/objects/").status == (200 if "library" in listed[root] else 404), root
        assert ask("POST", root + "collections/library/objects/", {"objects": [tool()]}).status == (202 if "library" in listed[root] else 404), root
    assert ask("GET", "/taxii2/other/").status == 404


@promise
def public():
    """who has no account reads of a public collection what is TLP:CLEAR, by pages and filters, and nothing else anywhere"""
    made = node.local("POST", "/api/v1/collections", {"alias": "open", "title": "o", "readers": "share public", "writers": "share"})
    assert made.status in (200, 201), made.body
    clear = [tool(CLEAR) for _ in range(5)]
    hidden = [tool(GREEN), tool(), tool(CLEAR, GREEN)]
    a = ask("POST", "/taxii2/root/collections/open/objects/", {"objects": clear + hidden})
    assert a.status == 202 and a.json["success_count"] == 8, a.body
    found = stranger("/taxii2/").json
    assert found["api_roots"] == ["/taxii2/public/"] and found["default"] == "/taxii2/public/", found
    c, = stranger("/taxii2/public/collections/").json["collections"]
    assert c["can_read"] and not c["can_write"] and c["alias"] == "open", c
    base, seen, after = f"/taxii2/public/collections/{c['id']}/", [], ""
    while True:
        a = stranger(base + "objects/?limit=2" + after)
        assert a.status == 200 and "X-TAXII-Date-Added-Last" in a.headers, a.body
        seen += [o["id"] for o in a.json["objects"]]
        if not a.json.get("more"):
            break
        after = "&next=" + a.json["next"]
    assert seen == [o["id"] for o in clear], seen
    assert len(stranger(base + "manifest/").json["objects"]) == 5
    assert stranger(f"{base}objects/?match[id]={hidden[0]['id']}").json == {}
    assert stranger(f"{base}objects/{hidden[0]['id']}/").status == 404
    assert stranger(base + "objects/", headers={"Prefer": "wait=20"}).headers.get("Preference-Applied") is None
    for method, path in (("POST", base + "objects/"), ("DELETE", f"{base}objects/{clear[0]['id']}/"), ("GET", "/taxii2/root/"),
                         ("GET", "/taxii2/root/collections/open/objects/"), ("GET", f"/taxii2/public/status/{a.json.get('id', uuid.uuid4())}/"),
                         ("GET", "/taxii2/peers/collections/open/objects/")):
        b = stranger(path, method, body={"objects": [tool(CLEAR)]} if method == "POST" else None)
        assert b.status == 401, (method, path, b.status)
    assert stranger(base + "objects/", headers={"Authorization": "Bearer nonsense"}).status == 401
    assert len(ask("GET", base + "objects/").json["objects"]) == 8
    assert node.local("POST", "/api/v1/collections", {"alias": "letterbox", "title": "", "readers": "", "writers": "public"}).status == 422


@promise
def shown():
    """the page of a collection gives its address under each root that it stands in, and under no other"""
    for alias, words in (("open", ("root", "peers", "public")), ("below", ("root", "members", "peers"))):
        page = node.local("GET", f"/collections/{alias}")
        id = node.local("GET", f"/api/v1/collections/{alias}").json["id"]
        said = set(re.findall(r"/taxii2/[^<]*", page.body.decode()))
        assert page.status == 200 and said == {f"/taxii2/{w}/collections/{id}/" for w in words}, (page.status, said)


@promise
def counted():
    """all who read without an account are one member: their quota holds for all of them together and for nobody else"""
    a = node.local("PUT", "/api/v1/quotas/public", {"requests": 1, "objects": 0, "bytes": 0})
    assert a.status == 200, a.body
    until("the quota holds", lambda: stranger("/taxii2/public/").status == 429, 30)
    assert int(stranger("/taxii2/public/").headers["Retry-After"]) > 0
    assert ask("GET", "/taxii2/public/").status == 200
    assert any(q["member"] == "public" for q in node.local("GET", "/api/v1/quotas").json["items"])
    node.local("PUT", "/api/v1/quotas/public", {"requests": 0, "objects": 0, "bytes": 0})
    until("it is lifted", lambda: stranger("/taxii2/public/").status == 200, 30)


@promise
def closed_again():
    """a collection that is no longer public is closed at once"""
    readers("open", "share")
    for path in ("/taxii2/", "/taxii2/public/", "/taxii2/public/collections/open/objects/"):
        assert stranger(path).status == 401, path


node.close()
done()
