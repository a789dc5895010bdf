#!/usr/bin/env python3
"""TAXII 2.1 as a client sees it: over HTTPS, by password and by token, with the four collections."""
import base64
import json
import pathlib
import re
import socket
import ssl
import sys
import threading
import time
import uuid

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "lib"))
from lf import *

TYPE = "application/taxii+json;version=2.1"
MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z\Z")
node = Node.throwaway()
ROOT_PATH = "/taxii2/root/"


def ask(method, path, body=None, headers=None, **kw):
    h = {"Accept": TYPE, **(headers or {})}
    if body is not None:
        h.setdefault("Content-Type", TYPE)
        if not isinstance(body, bytes):
            body = json.dumps(body).encode()
    a = node.request(method, path, body, {k: v for k, v in h.items() if v is not None}, **kw)
    assert a.headers["Content-Type"] == TYPE, (method, path, a.status, a.headers["Content-Type"])
    if a.status >= 400:
        assert a.json["title"] and a.json["http_status"] == str(a.status), a.body
    return a


def at(name, rest=""):
    return f"{ROOT_PATH}collections/{node.info['collections'][name]}/{rest}"


def tool(**more):
    return {"type": "tool", "spec_version": "2.1", "id": f"tool--{uuid.uuid4()}", "created": "2026-01-01T00:00:00.000Z",
            "modified": "2026-01-01T00:00:00.000Z", "name": "x", **more}


def post(objects, name="rw", **kw):
    return ask("POST", at(name, "objects/"), {"objects": objects}, **kw)


@promise
def who_asks():
    """without credentials, or with wrong ones, the answer is 401 with both ways to sign in"""
    wrong = base64.b64encode(b"admin:wrong").decode()
    for authorization in (None, "Basic " + wrong, "Basic x", "Bearer nonsense", "Digest x"):
        a = ask("GET", "/taxii2/", auth=False, headers={"Authorization": authorization})
        assert a.status == 401, (authorization, a.status)
        offers = " ".join(a.headers.get_all("WWW-Authenticate"))
        assert "Basic" in offers and "Bearer" in offers, offers


@promise
def both_ways():
    """a password and a token are the same account"""
    pair = base64.b64encode(f"{node.info['user']}:{node.info['password']}".encode()).decode()
    for authorization in ("Basic " + pair, "Bearer " + node.token):
        a = ask("GET", ROOT_PATH + "collections/", headers={"Authorization": authorization})
        assert a.status == 200, a.body
        rights = {c["id"]: (c["can_read"], c["can_write"]) for c in a.json["collections"]}
        ids = node.info["collections"]
        assert rights[ids["rw"]] == (True, True) and rights[ids["ro"]] == (True, False)
        assert rights[ids["wo"]] == (False, True) and ids["none"] not in rights


@promise
def found():
    """discovery leads to the root, and the root to its limits"""
    a = ask("GET", "/taxii2/")
    assert a.status == 200 and a.json["default"] in a.json["api_roots"], a.body
    root = ask("GET", a.json["default"])
    assert root.status == 200 and root.json["max_content_length"] > 0 and TYPE in root.json["versions"], root.body
    assert node.info["api_root"].endswith(a.json["default"])
    h = ask("HEAD", "/taxii2/")
    assert h.status == 200 and h.body == b"", h.body


@promise
def tls():
    """TLS 1.2 and 1.3 are spoken, TLS 1.1 is not"""
    host, port = node.info["https"].removeprefix("https://").split(":")
    for version in (ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3):
        c = ssl.create_default_context(cafile=node.info["ca"])
        c.minimum_version = c.maximum_version = version
        with socket.create_connection((host, int(port))) as s, c.wrap_socket(s, server_hostname=host) as t:
            assert t.version() == version.name.replace("TLSv1_", "TLSv1."), t.version()


@promise
def rights():
    """rights decide between 404 and 403"""
    id = tool()["id"]
    want = {"rw": (200, 200, 404, 202, 404), "ro": (200, 200, 404, 403, 403), "wo": (200, 403, 403, 202, 403),
            "none": (404, 404, 404, 404, 404)}
    for name, (info, read, one, write, delete) in want.items():
        got = (ask("GET", at(name)).status, ask("GET", at(name, "manifest/")).status,
               ask("GET", at(name, f"objects/{id}/")).status, post([tool()], name).status,
               ask("DELETE", at(name, f"objects/{id}/")).status)
        assert got == (info, read, one, write, delete), (name, got)


@promise
def refused():
    """what is no request of TAXII's is refused in TAXII's words, by 400 to 422"""
    rows = [
        (404, "GET", "/taxii2/nothing/", None, {}),
        (404, "GET", "/taxii2", None, {}),
        (405, "PUT", at("rw", "objects/"), {"objects": []}, {}),
        (405, "POST", "/taxii2/", {}, {}),
        (406, "GET", "/taxii2/", None, {"Accept": "text/html"}),
        (406, "GET", "/taxii2/", None, {"Accept": "application/taxii+json;version=2.0"}),
        (415, "POST", at("rw", "objects/"), {"objects": [tool()]}, {"Content-Type": "application/json"}),
        (415, "POST", at("rw", "objects/"), {"objects": [tool()]}, {"Content-Type": "application/stix+json;version=2.1"}),
        (400, "POST", at("rw", "objects/"), b"{\"objects\":", {}),
        (400, "POST", at("rw", "objects/"), b"\xff\xfe", {}),
        (422, "POST", at("rw", "objects/"), {"objects": [{"hello": 1}]}, {}),
        (400, "GET", at("rw", "objects/?limit=0"), None, {}),
        (400, "GET", at("rw", "objects/?added_after=yesterday"), None, {}),
        (400, "GET", at("rw", "objects/?match%5Bversion%5D=all,last"), None, {}),
        (400, "GET", at("rw", "objects/?next=x"), None, {}),
    ]
    for want, method, path, body, headers in rows:
        a = ask(method, path, body, headers)
        assert a.status == want, (method, path, headers, a.status, a.body)
        assert want != 405 or a.headers["Allow"], path


@promise
def limit():
    """a body of max_content_length is taken, a byte more is 413"""
    most = ask("GET", ROOT_PATH).json["max_content_length"]
    body = json.dumps({"objects": [tool()]}).encode()
    assert ask("POST", at("rw", "objects/"), body + b" " * (most - len(body))).status == 202
    assert ask("POST", at("rw", "objects/"), body + b" " * (most - len(body) + 1)).status == 413


@promise
def round_trip():
    """what was posted is in objects, manifest, versions and status; deleted it is gone"""
    old, bad = tool(x_odd={"n": [1.10, None, "聯防"]}), {"type": "tool", "id": "nonsense"}
    new = {**old, "modified": "2026-02-01T00:00:00.000Z"}
    a = post([old, new, old, bad])
    assert a.status == 202 and a.json["status"] == "complete", a.body
    assert (a.json["total_count"], a.json["success_count"], a.json["failure_count"], a.json["pending_count"]) == (4, 3, 1, 0)
    assert a.json["failures"][0]["id"] == "nonsense" and a.json["failures"][0]["message"] and "pendings" not in a.json
    assert MOMENT.match(a.json["request_timestamp"]) and {s["version"] for s in a.json["successes"]} == {old["modified"], new["modified"]}
    assert ask("GET", f"{ROOT_PATH}status/{a.json['id']}/").json == a.json
    one = at("rw", f"objects/{old['id']}/")
    assert ask("GET", one).json["objects"] == [new]
    assert ask("GET", one + "?match%5Bversion%5D=all").json["objects"] == [old, new]
    assert ask("GET", one + "?match%5Bversion%5D=first").json["objects"] == [old]
    v = ask("GET", one + "versions/")
    assert v.json["versions"] == [old["modified"], new["modified"]], v.body
    m = ask("GET", at("rw", f"manifest/?match%5Bid%5D={old['id']}"))
    entry, = m.json["objects"]
    assert set(entry) == {"id", "date_added", "version", "media_type"} and MOMENT.match(entry["date_added"]), entry
    assert m.headers["X-TAXII-Date-Added-First"] == m.headers["X-TAXII-Date-Added-Last"] == entry["date_added"]
    d = ask("DELETE", one)
    assert d.status == 200, d.body
    assert ask("GET", one).status == 404
    assert ask("GET", at("rw", f"manifest/?match%5Bid%5D={old['id']}")).json == {}


@promise
def pages():
    """all pages by next, and all by added_after, are the same 250 objects while somebody writes"""
    mine = [tool() for _ in range(250)]
    for i in range(0, 250, 50):
        assert post(mine[i:i + 50]).json["success_count"] == 50
    stop, ids = threading.Event(), {o["id"] for o in mine}

    def write():
        while not stop.is_set():
            post([tool()])

    t = threading.Thread(target=write)
    t.start()
    try:
        for kind in ("objects/", "manifest/"):
            for key in ("next", "added_after"):
                got, query = [], ""
                for _ in range(200):
                    a = ask("GET", at("rw", f"{kind}?match%5Btype%5D=tool&limit=37{query}"))
                    assert a.status == 200, a.body
                    got += [o["id"] for o in a.json.get("objects", [])]
                    assert a.json.get("more", False) == ("next" in a.json)
                    if not a.json.get("more") or ids <= set(got):
                        break
                    query = f"&{key}=" + (a.json["next"] if key == "next" else a.headers["X-TAXII-Date-Added-Last"])
                assert len(got) == len(set(got)), "an object came twice"
                assert ids <= set(got), f"{len(ids - set(got))} lost by {key}"
    finally:
        stop.set()
        t.join()


@promise
def waiting():
    """a waiting poll is answered when something comes, and empty when its time is over"""
    last = ask("GET", at("rw", "manifest/?limit=1000")).headers["X-TAXII-Date-Added-Last"]
    path = at("rw", f"objects/?added_after={last}&match%5Btype%5D=tool")
    began = time.monotonic()
    a = ask("GET", path, headers={"Prefer": "wait=1"})
    took = time.monotonic() - began
    assert a.status == 200 and a.json == {} and 0.9 < took < 5, (took, a.body)
    assert a.headers["Preference-Applied"] == "wait=1"
    got = {}

    def poll():
        got["answer"] = ask("GET", path, headers={"Prefer": "wait=25"})
        got["at"] = time.monotonic()

    t = threading.Thread(target=poll)
    t.start()
    # The poll must be waiting before the object comes, else this would prove nothing.
    time.sleep(0.5)
    new = tool()
    sent = time.monotonic()
    assert post([new]).status == 202
    t.join(20)
    assert got["answer"].json["objects"] == [new], got["answer"].body
    ms = (got["at"] - sent) * 1000
    assert ms < 2000, ms
    return f"{ms:.0f} ms from sending to having it"


@promise
def collections_by_people():
    """a collection is made and its readers and writers changed through the API; TAXII goes by it at once, a waiting poll too"""
    base = "/api/v1/collections"
    made = node.local("POST", base, {"alias": "press", "title": "for the press", "readers": "share", "writers": "share"})
    assert made.status == 201, made.body
    c = json.loads(made.body)
    path = f"{ROOT_PATH}collections/{c['id']}/"
    assert ask("GET", path).json["can_write"] is True and ask("GET", path).json["alias"] == "press"
    one = tool()
    assert ask("POST", path + "objects/", {"objects": [one]}).status == 202
    assert [o["id"] for o in ask("GET", path + "objects/").json["objects"]] == [one["id"]]
    for body, want in (({"alias": "press"}, 409), ({"alias": "UP"}, 422), ({"alias": "members"}, 422), ({"alias": str(uuid.uuid4())}, 422),
                       ({}, 400), ({"alias": "x", "readers": "all"}, 422), ({"alias": "x", "readers": f"peer:{uuid.uuid4()}"}, 404),
                       ({"alias": "x", "title": "a\nb"}, 422)):
        a = node.local("POST", base, body)
        assert a.status == want, (body, a.status, a.body)
    last = ask("GET", path + "objects/").headers["X-TAXII-Date-Added-Last"]
    got = []
    poll = threading.Thread(target=lambda: got.append(ask("GET", path + f"objects/?added_after={last}", headers={"Prefer": "wait=20"}).status))
    poll.start()
    until("the poll waits", lambda: json.loads(node.local("GET", "/api/v1/health").body)["workers"]["core"].get("waiting_polls"))
    assert node.local("PUT", base + "/press", {"readers": ""}).status == 200
    poll.join(10)
    assert got == [403], got
    assert ask("GET", path + "objects/").status == 403 and ask("POST", path + "objects/", {"objects": [tool()]}).status == 202
    a = node.local("PUT", base + "/press", {"writers": "", "title": "nobody"})
    assert a.status == 200 and json.loads(a.body)["title"] == "nobody", a.body
    assert ask("GET", path).status == 404
    assert node.local("PUT", base + "/members", {"readers": "share"}).status == 409
    assert node.local("PUT", base + "/members", {"title": "our members"}).status == 200
    assert "press" in [i["alias"] for i in json.loads(node.local("GET", base).body)["items"]]


node.close()
done()
