#!/usr/bin/env python3
"""TAXII 2.1 clause by clause, as a stranger's suite would ask it: over HTTPS, against a throwaway node.

Section numbers are those of the OASIS Standard of 10 June 2021."""
import base64
import gzip
import http.client
import json
import pathlib
import re
import ssl
import subprocess
import sys
import threading
import urllib.parse
import uuid
import warnings

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "lib"))
from lf import *

TYPE = "application/taxii+json;version=2.1"
MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z\Z")
node = Node.throwaway()
HOST, PORT = node.info["https"].removeprefix("https://").split(":")
ROOT_PATH = "/taxii2/root/"
IDS = node.info["collections"]
NOBODY = "00000000-0000-4000-8000-000000000000"


def ask(method, path, body=None, headers=(), token=None, plain=False):
    """Headers as a list of pairs: names may repeat; a value of None takes a default away."""
    given = list(headers.items()) if isinstance(headers, dict) else list(headers)
    names = {k.lower() for k, _ in given}
    send = [(k, v) for k, v in given if v is not None]
    if "accept" not in names:
        send.append(("Accept", TYPE))
    if "authorization" not in names:
        send.append(("Authorization", "Bearer " + (token or node.token)))
    if body is not None:
        if not isinstance(body, bytes):
            body = json.dumps(body).encode()
        if "content-type" not in names:
            send.append(("Content-Type", TYPE))
        if "transfer-encoding" not in names:
            send.append(("Content-Length", str(len(body))))
    c = http.client.HTTPSConnection(HOST, int(PORT), timeout=30, context=node.context)
    c.putrequest(method, path, skip_accept_encoding=True)
    for k, v in send:
        c.putheader(k, v)
    c.endheaders()
    if body is not None:
        c.send(body)
    r = c.getresponse()
    a = Answer(r.status, r.msg, r.read())
    c.close()
    if not plain:
        at = (method, path, a.status, a.body[:200])
        assert a.status != 500, at
        assert a.headers["Content-Type"] == TYPE, (at, a.headers["Content-Type"])
        if a.status >= 400 and method != "HEAD":
            assert isinstance(a.json["title"], str) and a.json["title"], at
            assert a.json["http_status"] == str(a.status), at
        else:
            assert method == "HEAD" or method == "DELETE" or isinstance(a.json, dict), at
            assert not any(v == [] for v in (a.json if a.body else {}).values()), (at, "an empty list")
    return a


def at(name, rest=""):
    return f"{ROOT_PATH}collections/{IDS.get(name, name)}/{rest}"


def q(**fields):
    """match_id=… is match[id]=…; values that are lists are joined with commas."""
    out = []
    for k, v in fields.items():
        k = f"match[{k[6:]}]" if k.startswith("match_") else k
        out.append((k, ",".join(v) if isinstance(v, (list, tuple)) else v))
    return "?" + urllib.parse.urlencode(out)


def sdo(type="campaign", **more):
    return {"type": type, "spec_version": "2.1", "id": f"{type}--{uuid.uuid4()}", "created": "2026-01-01T00:00:00.000Z",
            "modified": "2026-01-01T00:00:00.000Z", "name": "x", **more}


def post(objects, name="rw", **kw):
    return ask("POST", at(name, "objects/"), {"objects": objects}, **kw)


def kept(objects, name="rw"):
    a = post(objects, name)
    assert a.status == 202 and a.json["failure_count"] == 0 and a.json["success_count"] == len(objects), a.body
    return objects


def objects_of(path):
    a = ask("GET", path)
    assert a.status == 200, a.body
    return a.json.get("objects", [])


def account(name, roles):
    a = node.local("POST", "/api/v1/users", {"name": name, "display": name, "password": "a long password " + name, "roles": roles})
    assert a.status in (200, 201), a.body
    return base64.b64encode(f"{name}:a long password {name}".encode()).decode()


def fresh():
    """A type nobody else in this file uses, so that a filter sees one test's objects only."""
    return "x-" + uuid.uuid4().hex[:12]


def versions(n, **more):
    first = sdo(fresh(), **more)
    return [{**first, "modified": f"2026-01-{1 + i:02}T00:00:00.000Z", "revision": i} for i in range(n)]


# ---- 1.6 general ----

@promise
def slash():
    """every address ends with a slash; without it there is nothing"""
    for path in ("/taxii2", "/taxii2/root", "/taxii2/root/collections", at("rw").rstrip("/"), at("rw", "objects"), at("rw", "manifest")):
        assert ask("GET", path).status == 404, path


@promise
def absolute_form():
    """an address with scheme and host before it, as proxies pass it on, is the same address (RFC 9112, 3.2.2)"""
    o, = kept([sdo()])
    for path in ("/taxii2/", ROOT_PATH, at("rw", "objects/" + q(match_id=o["id"]))):
        for before in (node.info["https"], "http://node.example:8443", "HTTPS://Node.Example"):
            assert ask("GET", before + path).json == ask("GET", path).json, (before, path)
    assert ask("GET", "ftp://node.example/taxii2/", plain=True).status == 400


@promise
def type_everywhere():
    """answers and errors of every kind are of TAXII's media type, DELETE's too (1.6.8)"""
    o, = kept([sdo()])
    for method, path, want in (("GET", "/taxii2/", 200), ("GET", ROOT_PATH, 200), ("GET", ROOT_PATH + "collections/", 200),
                               ("GET", at("rw"), 200), ("GET", at("rw", "manifest/"), 200), ("GET", at("rw", "objects/"), 200),
                               ("GET", at("rw", f"objects/{o['id']}/"), 200), ("GET", at("rw", f"objects/{o['id']}/versions/"), 200),
                               ("DELETE", at("rw", f"objects/{o['id']}/"), 200), ("GET", at("rw", f"objects/{o['id']}/"), 404),
                               ("GET", "/taxii2/nothing/", 404), ("POST", "/taxii2/", 405)):
        assert ask(method, path).status == want, (method, path)


ACCEPTED = [TYPE, "application/taxii+json", "application/taxii+json; version=2.1", "application/taxii+json;version=\"2.1\"",
            "Application/TAXII+JSON;Version=2.1", "application/taxii+json ; version=2.1", "*/*", "application/*",
            "text/html, application/taxii+json;version=2.1;q=0.5", "text/html;q=0.9,*/*;q=0.1", "application/taxii+json;version=2.1;q=0.001",
            "application/taxii+json;version=2.0, application/taxii+json;version=2.1", "application/taxii+json;q=0.5;version=2.1",
            "application/taxii+json;version=2.1, text/html;q=0", "application/vnd.oasis.taxii+json, application/taxii+json",
            ",application/taxii+json;version=2.1,", "application/taxii+json;version=2.1;charset=utf-8", None]
REFUSED = ["text/html", "application/json", "application/stix+json;version=2.1", "application/taxii+json;version=2.0",
           "application/taxii+json;version=3", "application/taxii+json;version=2.1;q=0", "*/*;q=0", "application/vnd.oasis.taxii+json; version=2.0",
           "application/taxii", "taxii+json", "nonsense", "text/*", "application/taxii+json;version=", "application/taxii+json;version=2.10"]


@promise
def accept():
    """Accept in all its forms: what names our type is served, the rest is 406"""
    for want, rows in ((200, ACCEPTED), (406, REFUSED)):
        for value in rows:
            for path in ("/taxii2/", at("rw", "objects/?limit=1")):
                assert ask("GET", path, headers={"Accept": value}).status == want, (value, path)
    assert ask("GET", "/taxii2/", headers=[("Accept", "text/html"), ("Accept", TYPE)]).status == 200, "two headers are one list"
    assert ask("POST", at("rw", "objects/"), {"objects": [sdo()]}, headers={"Accept": "text/html"}).status == 406
    assert ask("DELETE", at("rw", f"objects/{sdo()['id']}/"), headers={"Accept": "text/html"}).status == 406


@promise
def content_type():
    """Content-Type in all its forms: TAXII's is taken, anything else or none is 415"""
    for value in (TYPE, "application/taxii+json", "application/taxii+json; version=2.1", "application/taxii+json;version=\"2.1\"",
                  "APPLICATION/taxii+json;VERSION=2.1", "application/taxii+json;version=2.1;charset=utf-8"):
        assert ask("POST", at("rw", "objects/"), {"objects": [sdo()]}, headers={"Content-Type": value}).status == 202, value
    for value in ("application/json", "application/stix+json;version=2.1", "application/taxii+json;version=2.0", "text/plain", "", None,
                  "application/vnd.oasis.stix+json", "multipart/form-data", "application/taxii+json;version=3.0", "*/*"):
        assert ask("POST", at("rw", "objects/"), {"objects": [sdo()]}, headers={"Content-Type": value}).status == 415, value
    zipped = gzip.compress(json.dumps({"objects": [sdo()]}).encode())
    assert ask("POST", at("rw", "objects/"), zipped, headers={"Content-Encoding": "gzip"}).status == 415


@promise
def methods():
    """a method an address does not take is 405 with Allow"""
    o, = kept([sdo()])
    rows = {"/taxii2/": "GET", ROOT_PATH: "GET", ROOT_PATH + "collections/": "GET", at("rw"): "GET", at("rw", "manifest/"): "GET",
            at("rw", "objects/"): "GET POST", at("rw", f"objects/{o['id']}/"): "GET DELETE", at("rw", f"objects/{o['id']}/versions/"): "GET",
            f"{ROOT_PATH}status/{NOBODY}/": "GET"}
    for path, takes in rows.items():
        for method in ("GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "PROPFIND"):
            if method in takes.split():
                continue
            a = ask(method, path, {} if method in ("PUT", "PATCH", "POST") else None)
            assert a.status == 405, (method, path, a.status)
            allow = {w.strip() for w in a.headers["Allow"].split(",")}
            assert set(takes.split()) <= allow and method not in allow, (method, path, allow)


@promise
def head():
    """HEAD is GET without its body"""
    kept([sdo()])
    for path in ("/taxii2/", at("rw", "objects/?limit=1"), at("rw", "manifest/?limit=1")):
        h, g = ask("HEAD", path), ask("GET", path)
        assert h.status == 200 and h.body == b"", path
        for name in ("Content-Type", "Content-Length", "X-TAXII-Date-Added-First", "X-TAXII-Date-Added-Last"):
            assert h.headers[name] == g.headers[name], (path, name)
    assert ask("HEAD", "/taxii2/nothing/").status == 404


@promise
def unauthenticated():
    """401 with both ways to sign in, on every address, before anything is told (1.6.10)"""
    for path in ("/taxii2/", ROOT_PATH, "/taxii2/nothing/", at("rw", "objects/"), at(NOBODY), f"{ROOT_PATH}status/{NOBODY}/"):
        for value in (None, "Basic", "Basic !!!", "Bearer", "Bearer x", "Basic " + base64.b64encode(b"nocolon").decode(), "Negotiate abc"):
            a = ask("GET", path, headers={"Authorization": value})
            offers = " ".join(a.headers.get_all("WWW-Authenticate") or [])
            assert a.status == 401 and "Basic" in offers and "Bearer" in offers, (path, value, a.status)
    assert ask("POST", at("rw", "objects/"), {"objects": [sdo()]}, headers={"Authorization": None}).status == 401
    pair = base64.b64encode(f"{node.info['user']}:{node.info['password']}".encode()).decode()
    for scheme in ("basic", "BASIC", "Basic"):
        assert ask("GET", "/taxii2/", headers={"Authorization": f"{scheme} {pair}"}).status == 200, scheme
    for scheme in ("Bearer", "bearer", "Token"):  # the last is what the TAXII client of the standard's authors says
        assert ask("GET", "/taxii2/", headers={"Authorization": f"{scheme} {node.token}"}).status == 200, scheme


@promise
def tls():
    """TLS 1.1 is refused"""
    c = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    c.check_hostname, c.verify_mode = False, ssl.CERT_NONE
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        c.minimum_version, c.maximum_version = ssl.TLSVersion.TLSv1, ssl.TLSVersion.TLSv1_1
    with contextlib.suppress(ssl.SSLError):
        c.set_ciphers("ALL:@SECLEVEL=0")
    try:
        with socket.create_connection((HOST, int(PORT))) as s, c.wrap_socket(s) as t:
            raise AssertionError("spoke " + t.version())
    except (ssl.SSLError, OSError):
        pass


@promise
def tls12_ciphers():
    """TLS 1.2 is spoken only with keys of one time and authenticated ciphers, none of RFC 7540's list of the weak (8.2.2)"""
    def spoken(names):
        p = subprocess.run(["openssl", "s_client", "-connect", f"{HOST}:{PORT}", "-tls1_2", "-cipher", names + ":@SECLEVEL=0"],
                           stdin=subprocess.DEVNULL, capture_output=True, timeout=30)
        found = re.search(rb"Cipher    : (\S+)", p.stdout)
        return found[1].decode() if found and found[1] != b"0000" else None

    every = subprocess.run(["openssl", "ciphers", "ALL:@SECLEVEL=0"], capture_output=True, text=True, check=True).stdout.strip().split(":")
    strong = [c for c in every if c.startswith(("ECDHE-", "DHE-")) and ("GCM" in c or "CCM" in c or "POLY1305" in c)]
    weak = [c for c in every if c not in strong and not c.startswith("TLS_")]
    assert spoken(":".join(strong)) in strong and len(weak) > 30
    assert spoken(":".join(weak)) is None, spoken(":".join(weak))


@promise
def no_early_data():
    """TLS 1.3 offers nobody to send data before the handshake is over (0-RTT)"""
    p = subprocess.run(["openssl", "s_client", "-connect", f"{HOST}:{PORT}", "-tls1_3", "-ign_eof"], capture_output=True, timeout=30,
                       input=f"HEAD /taxii2/ HTTP/1.1\r\nHost: {HOST}\r\nConnection: close\r\n\r\n".encode())
    assert b"New, TLSv1.3" in p.stdout and b"HTTP/1.1 401" in p.stdout, p.stdout[-2000:]
    # A session is offered with the most early data it takes; one that is not offered takes none.
    assert set(re.findall(rb"Max Early Data: (\d+)", p.stdout)) <= {b"0"}, p.stdout[-2000:]


# ---- 4 resources ----

@promise
def discovery():
    """discovery: a title, roots that are addresses, default one of them (4.1)"""
    a = ask("GET", "/taxii2/").json
    assert a["title"] and a["default"] in a["api_roots"]
    for r in a["api_roots"]:
        assert (r.startswith("https://") or (r.startswith("/") and not r.startswith("//"))) and "?" not in r and r.endswith("/"), r
    assert ask("GET", "/taxii2/?x=y").status == 200, "an unknown parameter is passed over"


@promise
def root():
    """the root: title, versions with ours among them, max_content_length (4.2)"""
    a = ask("GET", ROOT_PATH).json
    assert a["title"] and TYPE in a["versions"] and isinstance(a["max_content_length"], int) and 0 < a["max_content_length"] < 2**53
    for path in ("/taxii2/other/", "/taxii2/ROOT/", "/taxii2/other/collections/", f"/taxii2/other/collections/{IDS['rw']}/objects/"):
        assert ask("GET", path).status == 404, path


@promise
def collections():
    """collections: UUIDv4 ids, titles, rights of the one who asks, media types, the same order each time (5.1, 5.2)"""
    a, b = ask("GET", ROOT_PATH + "collections/").json, ask("GET", ROOT_PATH + "collections/").json
    assert a == b
    by = {c["id"]: c for c in a["collections"]}
    assert len(by) == len(a["collections"]) and IDS["none"] not in by
    for c in a["collections"]:
        assert uuid.UUID(c["id"]).version == 4 and c["title"] and isinstance(c["can_read"], bool) and isinstance(c["can_write"], bool)
        assert "application/stix+json;version=2.1" in c["media_types"]
        assert ask("GET", at(c["id"])).json == c, "one collection is as in the list"
        assert ask("GET", at(c["alias"])).json == c, "an alias leads to the same"
    o, = kept([sdo()])
    assert objects_of(at("rw", q(match_id=o["id"]).join(["objects/", ""]))) == [o]
    alias = by[IDS["rw"]]["alias"]
    assert objects_of(f"{ROOT_PATH}collections/{alias}/objects/" + q(match_id=o["id"])) == [o]


@promise
def no_collections():
    """who may see no collection gets no list at all (5.1)"""
    who = account("sender", "sender")
    a = ask("GET", ROOT_PATH + "collections/", headers={"Authorization": "Basic " + who})
    assert a.status == 200 and a.json == {}, a.body
    a = ask("GET", at("rw"), headers={"Authorization": "Basic " + who})
    assert a.status == 404, a.body


@promise
def rights():
    """404 where one may neither read nor write, 403 where one may do the other only (5)"""
    id = sdo()["id"]
    want = {"rw": dict(info=200, manifest=200, objects=200, one=404, versions=404, post=202, delete=404),
            "ro": dict(info=200, manifest=200, objects=200, one=404, versions=404, post=403, delete=403),
            "wo": dict(info=200, manifest=403, objects=403, one=403, versions=403, post=202, delete=403),
            "none": dict.fromkeys(("info", "manifest", "objects", "one", "versions", "post", "delete"), 404),
            NOBODY: dict.fromkeys(("info", "manifest", "objects", "one", "versions", "post", "delete"), 404),
            "not-a-uuid": dict.fromkeys(("info", "manifest", "objects", "one", "versions", "post", "delete"), 404)}
    for name, row in want.items():
        got = dict(info=ask("GET", at(name)).status, manifest=ask("GET", at(name, "manifest/")).status,
                   objects=ask("GET", at(name, "objects/")).status, one=ask("GET", at(name, f"objects/{id}/")).status,
                   versions=ask("GET", at(name, f"objects/{id}/versions/")).status, post=post([sdo()], name).status,
                   delete=ask("DELETE", at(name, f"objects/{id}/")).status)
        assert got == row, (name, got)
    # What is refused for want of rights is not told apart by a bad body or filter.
    for body in (b"{", b"{}", b"x" * 100):
        assert ask("POST", at("none", "objects/"), body).status == 404
        assert ask("POST", at("ro", "objects/"), body).status == 403
    assert ask("GET", at("none", "objects/?limit=0")).status == 404 and ask("GET", at("wo", "objects/?limit=0")).status == 403
    none, nobody = ask("GET", at("none", "objects/")), ask("GET", at(NOBODY, "objects/"))
    assert none.body.replace(IDS["none"].encode(), b"") == nobody.body.replace(NOBODY.encode(), b""), "hidden and absent read alike"


@promise
def status():
    """the status of a POST: its counts, its details, kept for who posted and for nobody else (4.3)"""
    good, again, bad = sdo(), sdo(), {**sdo(), "created": "yesterday"}
    kept([again])
    a = post([good, again, bad])
    s = a.json
    assert a.status == 202 and uuid.UUID(s["id"]).version == 4 and s["status"] == "complete" and MOMENT.match(s["request_timestamp"])
    assert (s["total_count"], s["success_count"], s["failure_count"], s["pending_count"]) == (3, 2, 1, 0)
    assert s["total_count"] == s["success_count"] + s["failure_count"] + s["pending_count"]
    assert [x["id"] for x in s["successes"]] == [good["id"], again["id"]] and s["failures"][0]["id"] == bad["id"]
    assert all(x["version"] == "2026-01-01T00:00:00.000Z" for x in s["successes"]) and s["failures"][0]["message"]
    assert "pendings" not in s
    path = f"{ROOT_PATH}status/{s['id']}/"
    assert ask("GET", path).json == s
    assert ask("GET", path, headers={"Authorization": "Basic " + account("other", "share")}).status == 404
    assert ask("GET", f"{ROOT_PATH}status/{NOBODY}/").status == 404 and ask("GET", f"{ROOT_PATH}status/x/").status == 404
    only = post([sdo()]).json
    assert "failures" not in only and "pendings" not in only, only


@promise
def rights_of_others():
    """each account is told its own rights, and they are what it may do (5.2)"""
    who = {"Authorization": "Basic " + account("looks", "reader")}
    by = {c["id"]: c for c in ask("GET", ROOT_PATH + "collections/", headers=who).json["collections"]}
    assert by[IDS["rw"]]["can_read"] and not by[IDS["rw"]]["can_write"] and IDS["none"] not in by
    assert ask("GET", at("rw"), headers=who).json == by[IDS["rw"]]
    assert ask("GET", at("rw", "objects/?limit=1"), headers=who).status == 200
    for id, c in by.items():
        assert c["can_write"] is False and ask("POST", at(id, "objects/"), {"objects": [sdo()]}, headers=who).status == 403
        assert ask("DELETE", at(id, f"objects/{sdo()['id']}/"), headers=who).status == 403


@promise
def statuses_of_all():
    """every detail of a status has an id and a version, whatever was handed in; the account finds it however it signs in (4.3.1)"""
    bad = [5, None, [], {}, {"type": "campaign"}, {"id": 5, "type": "campaign"}, sdo(modified="x"), {**sdo(), "created": 5}]
    s = post([sdo(), *bad]).json
    assert (s["total_count"], s["success_count"], s["failure_count"]) == (1 + len(bad), 1, len(bad)) and len(s["failures"]) == len(bad)
    for x in s["successes"] + s["failures"]:
        assert isinstance(x["id"], str) and x["id"] and isinstance(x["version"], str) and x["version"], x
    assert all(x["message"] for x in s["failures"])
    pair = base64.b64encode(f"{node.info['user']}:{node.info['password']}".encode()).decode()
    assert ask("GET", f"{ROOT_PATH}status/{s['id']}/", headers={"Authorization": "Basic " + pair}).json == s


# ---- 3.4, 5.3 – 5.8 reading ----

@promise
def date_added_headers():
    """X-TAXII-Date-Added-First and -Last on manifest, objects, object and versions, on what is empty too: from where it was asked (3.2)"""
    vs = kept(versions(3))
    id, type = vs[0]["id"], vs[0]["type"]
    m = ask("GET", at("rw", "manifest/" + q(match_type=type, match_version="all")))
    added = [e["date_added"] for e in m.json["objects"]]
    assert added == sorted(set(added)) and all(MOMENT.match(x) for x in added), added
    for path in ("manifest/" + q(match_type=type, match_version="all"), "objects/" + q(match_type=type, match_version="all"),
                 f"objects/{id}/" + q(match_version="all"), f"objects/{id}/versions/"):
        h = ask("GET", at("rw", path)).headers
        assert (h["X-TAXII-Date-Added-First"], h["X-TAXII-Date-Added-Last"]) == (added[0], added[-1]), path
    # Who goes on from there has lost nothing: nothing was before it that he has not seen.
    for path, more in (("manifest/", {"match_type": fresh()}), ("objects/", {"match_type": fresh()}), (f"objects/{id}/", {"match_type": "tool"}),
                       (f"objects/{id}/versions/", {"match_spec_version": "2.0"})):
        for after, want in ((None, "1970-01-01T00:00:00.000000Z"), (added[1], added[1]), ("2020-01-01T00:00:00Z", "2020-01-01T00:00:00.000000Z")):
            a = ask("GET", at("rw", path + q(**more, **({"added_after": after} if after else {}))))
            assert a.status == 200 and a.json == {}, (path, a.body)
            assert (a.headers["X-TAXII-Date-Added-First"], a.headers["X-TAXII-Date-Added-Last"]) == (want, want), (path, after)


@promise
def manifest():
    """a manifest entry: id, date_added, version as the object writes it, media_type, and nothing else (4.5)"""
    o, = kept([sdo(fresh(), modified="2026-03-01T10:20:30.5Z")])
    e, = ask("GET", at("rw", "manifest/" + q(match_id=o["id"]))).json["objects"]
    assert e["id"] == o["id"] and e["version"] == "2026-03-01T10:20:30.5Z" and MOMENT.match(e["date_added"])
    assert e["media_type"] == "application/stix+json;version=2.1" and set(e) == {"id", "date_added", "version", "media_type"}
    for written in ("2026-03-01T10:20:30Z", "2026-03-01T10:20:30.123Z", "2026-03-01T10:20:30.120000Z", "2026-03-01T10:20:30.000001Z"):
        o, = kept([sdo(fresh(), modified=written)])
        e, = ask("GET", at("rw", "manifest/" + q(match_id=o["id"]))).json["objects"]
        assert e["version"] == written == ask("GET", at("rw", f"objects/{o['id']}/versions/")).json["versions"][0], e
        assert objects_of(at("rw", "objects/" + q(match_id=o["id"], match_version=e["version"]))) == [o]
    old = {k: v for k, v in sdo(fresh()).items() if k != "spec_version"}
    kept([old])
    e, = ask("GET", at("rw", "manifest/" + q(match_id=old["id"]))).json["objects"]
    assert e["media_type"] == "application/stix+json;version=2.0", e


@promise
def unversioned():
    """what has no modified has created as its version, an observable one that never changes (4.5)"""
    marking = {k: v for k, v in sdo("marking-definition", definition_type="statement", definition={"statement": "x"}).items() if k != "modified"}
    address = {"type": "ipv4-addr", "spec_version": "2.1", "id": f"ipv4-addr--{uuid.uuid4()}", "value": "198.51.100.9"}
    kept([marking, address])
    kept([marking, address])
    for o, version in ((marking, marking["created"]), (address, None)):
        v = ask("GET", at("rw", f"objects/{o['id']}/versions/")).json["versions"]
        assert len(v) == 1 and (v[0] == version if version else MOMENT.match(v[0])), v
        assert objects_of(at("rw", f"objects/{o['id']}/" + q(match_version=v[0]))) == [o]
        e, = ask("GET", at("rw", "manifest/" + q(match_id=o["id"]))).json["objects"]
        assert e["version"] == v[0]


@promise
def by_id_and_type():
    """match[id] and match[type]: commas are OR, fields are ANDed, what is unknown finds nothing (3.4.1)"""
    t, u = fresh(), fresh()
    a, b, c = kept([sdo(t), sdo(t), sdo(u)])
    for fields, want in (({"match_id": a["id"]}, [a]), ({"match_id": [a["id"], c["id"]]}, [a, c]), ({"match_id": [c["id"], a["id"], a["id"]]}, [a, c]),
                         ({"match_type": t}, [a, b]), ({"match_type": [t, u]}, [a, b, c]), ({"match_type": u, "match_id": a["id"]}, []),
                         ({"match_type": t, "match_id": [a["id"], c["id"]]}, [a]), ({"match_type": fresh()}, []),
                         ({"match_type": t.upper()}, []), ({"match_id": f"campaign--{uuid.uuid4()}"}, []),
                         ({"match_type": [fresh(), t]}, [a, b])):
        assert objects_of(at("rw", "objects/" + q(**fields))) == want, fields
        assert [e["id"] for e in objects_of(at("rw", "manifest/" + q(**fields)))] == [o["id"] for o in want], fields
    raw = f"objects/?match[type]={t}"
    assert objects_of(at("rw", raw)) == [a, b], "brackets as they are"
    assert objects_of(at("rw", f"objects/?match%5btype%5d={t}")) == [a, b], "brackets escaped in lower case"


@promise
def by_version():
    """match[version]: last unless said otherwise; first, last, all, instants and any mix of them, each once (3.4.1)"""
    vs = kept(versions(4))
    id = vs[0]["id"]
    when = [v["modified"] for v in vs]
    rows = [(None, [3]), ("last", [3]), ("first", [0]), ("first,last", [0, 3]), ("last,first", [0, 3]), ("all", [0, 1, 2, 3]),
            (when[1], [1]), (f"{when[1]},{when[2]}", [1, 2]), (f"first,{when[1]}", [0, 1]), (f"last,{when[1]},first", [0, 1, 3]),
            (f"last,{when[3]}", [3]), ("2026-01-02T00:00:00Z", [1]), ("2026-01-02T00:00:00.000000Z", [1]), ("2026-01-02T00:00:00.0Z", [1]), ("2019-01-01T00:00:00.000000Z", []),
            ("2026-01-02T00:00:00.000001Z", [])]
    for value, want in rows:
        f = {"match_version": value} if value else {}
        assert objects_of(at("rw", f"objects/{id}/" + q(**f))) == [vs[i] for i in want], value
        assert objects_of(at("rw", "objects/" + q(match_id=id, **f))) == [vs[i] for i in want], value
        assert [e["version"] for e in objects_of(at("rw", "manifest/" + q(match_id=id, **f)))] == [when[i] for i in want], value
    for value in ("all,last", "all,first", f"all,{when[0]}", "all,all", "", ",", "last,", "latest", "LAST", "2026-01-02", "2026-13-01T00:00:00.000000Z",
                  "2026-01-02T00:00:00.000000", "last,last", "first,last,first",
                  f"{when[0]},{when[0]}", "2026-01-02T00:00:00.000Z,2026-01-02T00:00:00Z", "2026-01-02T00:00:00.000000+00:00", "2026-01-02 00:00:00.000000Z", "1", "2026-01-02T25:00:00.000000Z"):
        for rest in (f"objects/{id}/", "objects/", "manifest/"):
            assert ask("GET", at("rw", rest + q(match_version=value))).status == 400, (value, rest)


@promise
def without_versions():
    """an observable without times and without spec_version is STIX 2.1, and its version is the same everywhere (3.4.1, 4.3.1, 5.3.1, 5.8)"""
    o = {"type": "ipv4-addr", "id": f"ipv4-addr--{uuid.uuid4()}", "value": "198.51.100.77"}
    told = post([o]).json["successes"][0]["version"]
    assert objects_of(at("rw", f"objects/{o['id']}/")) == [o] == objects_of(at("rw", "objects/" + q(match_id=o["id"], match_spec_version="2.1")))
    assert objects_of(at("rw", "objects/" + q(match_id=o["id"], match_spec_version="2.0"))) == []
    e, = ask("GET", at("rw", "manifest/" + q(match_id=o["id"]))).json["objects"]
    assert e["media_type"] == "application/stix+json;version=2.1" and e["version"] == told, e
    assert ask("GET", at("rw", f"objects/{o['id']}/versions/")).json["versions"] == [told]
    assert objects_of(at("rw", f"objects/{o['id']}/" + q(match_version=told))) == [o]


@promise
def every_type():
    """a filter by any type of the standard is no error (3.4.1)"""
    types = ("attack-pattern campaign course-of-action grouping identity incident indicator infrastructure intrusion-set location malware "
             "malware-analysis note observed-data opinion report threat-actor tool vulnerability artifact autonomous-system directory "
             "domain-name email-addr email-message file ipv4-addr ipv6-addr mac-addr mutex network-traffic process software url user-account "
             "windows-registry-key x509-certificate relationship sighting marking-definition language-content extension-definition").split()
    for t in types:
        assert ask("GET", at("rw", "objects/" + q(match_type=t, limit="1"))).status == 200, t
    assert ask("GET", at("rw", "manifest/" + q(match_type=types, limit="1"))).status == 200


@promise
def late_versions():
    """an older version that comes later is the first, not the last"""
    vs = versions(3)
    kept([vs[1]]), kept([vs[2]]), kept([vs[0]])
    one = at("rw", f"objects/{vs[0]['id']}/")
    assert objects_of(one) == [vs[2]] and objects_of(one + q(match_version="first")) == [vs[0]]
    assert objects_of(one + q(match_version="all")) == [vs[1], vs[2], vs[0]], "by date added"


@promise
def by_spec_version():
    """match[spec_version]: 2.0 and 2.1, commas, nothing for others, 400 for what is none (3.4.1)"""
    t = fresh()
    new, old = sdo(t), {k: v for k, v in sdo(t).items() if k != "spec_version"}
    kept([new, old])
    for value, want in (("2.1", [new]), ("2.0", [old]), ("2.0,2.1", [new, old]), ("3.0", [])):
        assert objects_of(at("rw", "objects/" + q(match_type=t, match_spec_version=value))) == want, value
    for value in ("", "x", "2", "2.1,", "2.1.1x"):
        assert ask("GET", at("rw", "objects/" + q(match_spec_version=value))).status == 400, value
    assert ask("GET", at("rw", f"objects/{new['id']}/versions/" + q(match_spec_version="2.0"))).json == {}


@promise
def both_specifications():
    """an object that is there in 2.0 and in 2.1: the latest specification unless asked for, first and last among those asked for (3.4.1)"""
    for order in ((0, 1, 2, 3), (3, 1, 0, 2)):
        t = fresh()
        id = f"{t}--{uuid.uuid4()}"
        vs = [sdo(t, id=id, modified=f"2026-01-0{n}T00:00:00.000Z") for n in range(1, 5)]
        for old in (0, 1, 3):
            del vs[old]["spec_version"]
        for n in order:
            kept([vs[n]])
        rows = [({}, [2]), ({"match_version": "all"}, [2]), ({"match_version": "first"}, [2]), ({"match_spec_version": "2.1"}, [2]),
                ({"match_spec_version": "2.0"}, [3]), ({"match_spec_version": "2.0", "match_version": "first"}, [0]),
                ({"match_spec_version": "2.0", "match_version": "all"}, [0, 1, 3]), ({"match_spec_version": "2.0,2.1", "match_version": "all"}, [0, 1, 2, 3]),
                ({"match_spec_version": "2.0,2.1"}, [3]), ({"match_version": "2026-01-01T00:00:00.000000Z"}, []),
                ({"match_version": "2026-01-01T00:00:00.000000Z", "match_spec_version": "2.0"}, [0])]
        for fields, want in rows:
            want = [vs[n] for n in order if n in want]
            when = [v["modified"] for v in want]
            for path in (f"objects/{id}/" + q(**fields), "objects/" + q(match_id=id, **fields), "objects/" + q(match_type=t, **fields)):
                assert objects_of(at("rw", path)) == want, (order, path, want)
            assert [e["version"] for e in objects_of(at("rw", "manifest/" + q(match_type=t, **fields)))] == when, fields
        versions = at("rw", f"objects/{id}/versions/")
        assert ask("GET", versions).json["versions"] == ["2026-01-03T00:00:00.000Z"]
        assert len(ask("GET", versions + "?match[spec_version]=2.0").json["versions"]) == 3
        assert ask("DELETE", at("rw", f"objects/{id}/")).status == 200
        assert ask("GET", at("rw", f"objects/{id}/?match[spec_version]=2.0")).status == 404, "DELETE takes them all"


@promise
def added_after():
    """added_after is strictly after, by date added, and comes once (3.4)"""
    t = fresh()
    for i in range(3):
        kept([sdo(t, n=i)])
    entries = objects_of(at("rw", "manifest/" + q(match_type=t)))
    when = [e["date_added"] for e in entries]
    for i in range(3):
        assert [o["n"] for o in objects_of(at("rw", "objects/" + q(match_type=t, added_after=when[i])))] == list(range(i + 1, 3))
    before = when[0][:-2] + chr(ord(when[0][-2]) - 1) + "Z" if when[0][-2] != "0" else None
    if before:
        assert len(objects_of(at("rw", "objects/" + q(match_type=t, added_after=before)))) == 3
    for value in ("1970-01-01T00:00:00.000000Z", "0001-01-01T00:00:00.000000Z"):
        assert len(objects_of(at("rw", "objects/" + q(match_type=t, added_after=value)))) == 3, value
    assert objects_of(at("rw", "objects/" + q(match_type=t, added_after="9999-12-31T23:59:59.999999Z"))) == []
    for value in ("", "yesterday", "2026-01-01", "2026-01-01T00:00:00", "2026-01-01T00:00:00.000000", "2026-01-01T00:00:00.000000+08:00",
                  "2026-02-30T00:00:00.000000Z", "2026-01-01T24:00:01.000000Z", "2026-01-01t00:00:00.000000z", "1767225600", "2026-01-01T00:00:00.Z",
                  "20260101T000000Z", " 2026-01-01T00:00:00.000000Z"):
        for rest in ("objects/", "manifest/"):
            assert ask("GET", at("rw", rest + q(added_after=value))).status == 400, value
    twice = f"?added_after={when[0]}&added_after={when[1]}"
    assert ask("GET", at("rw", "objects/" + twice)).status == 400


@promise
def limit():
    """limit is a whole number above 0; a large one is the server's most (3.4)"""
    t = fresh()
    kept([sdo(t) for _ in range(5)])
    for value, n in (("1", 1), ("4", 4), ("5", 5), ("6", 5), ("1000000", 5), (str(2**53 - 1), 5)):
        a = ask("GET", at("rw", "objects/" + q(match_type=t, limit=value)))
        assert a.status == 200 and len(a.json["objects"]) == n and a.json.get("more", False) == (n < 5), value
    for value in ("0", "-1", "", "x", "1.5", "1e3", "+5", " 5", "0x10", "00", str(2**53), "9" * 30, "NaN"):
        for rest in ("objects/", "manifest/"):
            assert ask("GET", at("rw", rest + q(limit=value))).status == 400, value
    assert ask("GET", at("rw", "objects/?limit=1&limit=1")).status == 400


@promise
def repeated():
    """a field that is repeated, is empty or is none of the four is 400; other parameters are passed over"""
    t = fresh()
    o, = kept([sdo(t)])
    for query in (f"match[type]={t}&match[type]=x", f"match[id]={o['id']}&match[id]={o['id']}", "match[version]=all&match[version]=all",
                  "match[spec_version]=2.1&match[spec_version]=2.0", "match[type]=", "match[id]=", "match[type]=,", f"match[type]={t},", "match[id]=x",
                  "match[name]=x", "match[]=x", "match[type=x", "next=", "next=x", "next=x&next=y", "added_after=%zz", "match[type]=%ff"):
        for rest in ("objects/", "manifest/"):
            assert ask("GET", at("rw", f"{rest}?{query}")).status == 400, (rest, query)
    assert objects_of(at("rw", f"objects/?match[type]={t}&unknown=1&Limit=0&_=&")) == [o]


def page_through(path, by, more=None):
    """All entries of a list, page by page; `more` is called between pages."""
    got, query, pages = [], "", 0
    while True:
        a = ask("GET", path + query)
        assert a.status == 200, a.body
        got += a.json.get("objects", a.json.get("versions", []))
        pages += 1
        assert a.json.get("more", False) == ("next" in a.json), a.body[:100]
        if not a.json.get("more"):
            return got, pages
        if by == "next":
            query = "&next=" + urllib.parse.quote(a.json["next"])
            b = ask("GET", path + query)
            if not more:
                c = ask("GET", path + query)
                assert b.json == c.json, "a retried next gives the same page"
        else:
            query = "&added_after=" + a.headers["X-TAXII-Date-Added-Last"]
        if more:
            more()


@promise
def pages():
    """both ways of paging give all, each once, in order, on objects, manifest, one object and versions (3.5)"""
    t = fresh()
    mine = kept([sdo(t, n=i) for i in range(23)])
    for by in ("next", "added_after"):
        got, n = page_through(at("rw", f"objects/?match[type]={t}&limit=5"), by)
        assert [o["n"] for o in got] == list(range(23)) and n == 5, (by, n)
        got, n = page_through(at("rw", f"manifest/?match[type]={t}&limit=23"), by)
        assert [e["id"] for e in got] == [o["id"] for o in mine] and n == 1, "a full last page has no more"
        got, n = page_through(at("rw", f"manifest/?match[type]={t}&limit=22"), by)
        assert len(got) == 23 and n == 2
        ids = ",".join(o["id"] for o in mine)
        got, n = page_through(at("rw", f"objects/?match[id]={ids}&limit=10"), by)
        assert got == mine and n == 3
    vs = kept(versions(7))
    for by in ("next", "added_after"):
        got, n = page_through(at("rw", f"objects/{vs[0]['id']}/?match[version]=all&limit=3"), by)
        assert got == vs and n == 3
        got, n = page_through(at("rw", f"objects/{vs[0]['id']}/versions/?limit=2"), by)
        assert got == [v["modified"] for v in vs] and n == 4


@promise
def pages_while_written():
    """neither way of paging loses or repeats an object while others write new ones, new versions and delete"""
    t = fresh()
    mine = kept([sdo(t, n=i) for i in range(40)])
    want = {o["id"] for o in mine}
    victim = kept(versions(1))[0]

    def disturb():
        kept([sdo(t, later=True)])
        kept([{**victim, "modified": f"2026-02-{1 + len(seen) % 28:02}T00:00:00.{len(seen):03}Z"}])
        seen.append(1)
        gone, = kept([sdo(t, doomed=True)])
        assert ask("DELETE", at("rw", f"objects/{gone['id']}/")).status == 200

    seen = []
    for by in ("next", "added_after"):
        got, _ = page_through(at("rw", f"objects/?match[type]={t}&limit=7"), by, lambda: disturb() if len(seen) < 12 else None)
        ids = [o["id"] for o in got]
        assert len(ids) == len(set(ids)) and want <= set(ids), by


@promise
def cursors():
    """next is checked: another query, address, collection, account, or one letter changed is 400 (3.5)"""
    t = fresh()
    mine = kept([sdo(t) for _ in range(6)])
    path = at("rw", f"objects/?match[type]={t}&limit=2")
    next = urllib.parse.quote(ask("GET", path).json["next"])
    assert ask("GET", f"{path}&next={next}").json["objects"] == mine[2:4]
    assert ask("GET", at("rw", f"objects/?match[type]={t}&limit=4&next={next}")).json["objects"] == mine[2:], "the limit may change"
    for bad in (at("rw", f"objects/?limit=2&next={next}"), at("rw", f"objects/?match[type]={fresh()}&limit=2&next={next}"),
                at("rw", f"manifest/?match[type]={t}&limit=2&next={next}"), at("ro", f"objects/?match[type]={t}&limit=2&next={next}"),
                at("rw", f"objects/?match[type]={t}&match[version]=all&limit=2&next={next}"),
                at("rw", f"objects/?match[type]={t}&added_after=2020-01-01T00:00:00.000000Z&limit=2&next={next}"),
                at("rw", f"objects/{mine[0]['id']}/?match[type]={t}&next={next}"), f"{path}&next={next}&next={next}",
                f"{path}&next={next}A", f"{path}&next={next[:-1]}", f"{path}&next={'B' if next[0] == 'A' else 'A'}{next[1:]}", f"{path}&next={'A' * 5000}"):
        assert ask("GET", bad).status == 400, bad
    for i in range(0, len(next), 5):
        other = next[:i] + ("x" if next[i] != "x" else "y") + next[i + 1:]
        assert ask("GET", f"{path}&next={other}").status == 400, i
    assert ask("GET", f"{path}&next={next}", headers={"Authorization": "Basic " + account("thief", "share")}).status == 400
    assert ask("GET", at("none", f"objects/?match[type]={t}&limit=2&next={next}")).status == 404, "rights come first"


@promise
def one_object():
    """an unknown object is 404, a filter that takes nothing of a known one is an empty envelope (5.6, 5.8)"""
    o, = kept([sdo()])
    for id in (f"campaign--{uuid.uuid4()}", "nonsense", "campaign--x", o["id"] + "x", "%20"):
        for rest in (f"objects/{id}/", f"objects/{id}/versions/"):
            assert ask("GET", at("rw", rest)).status == 404, rest
        assert ask("DELETE", at("rw", f"objects/{id}/")).status == 404, id
    for f in (q(match_version="2001-01-01T00:00:00.000000Z"), q(match_spec_version="2.0"), q(added_after="9999-01-01T00:00:00.000000Z"), q(match_type="tool")):
        a = ask("GET", at("rw", f"objects/{o['id']}/{f}"))
        assert a.status == 200 and a.json == {}, (f, a.body)


# ---- 5.5 writing ----

@promise
def lossless():
    """what was posted comes back value by value: numbers keep their text, unknown properties stay (4.4)"""
    text = ('{"type":"%s","spec_version":"2.1","id":"%s","created":"2026-01-01T00:00:00.000Z","modified":"2026-01-01T00:00:00.123456Z",'
            '"big":123456789012345678901234567890,"one":1.0,"exp":1E400,"tiny":-0.10e-7,"zero":-0,"text":"\\u0000 \\ud83d\\ude00 \\/ 聯防",'
            '"nothing":null,"deep":[[[{"a":[]}]]],"empty":{},"":"no name","x_extra":true}')
    type = fresh()
    id = f"{type}--{uuid.uuid4()}"
    assert ask("POST", at("rw", "objects/"), ('{"objects":[%s]}' % (text % (type, id))).encode()).json["success_count"] == 1
    body = ask("GET", at("rw", f"objects/{id}/")).body.decode()
    keep = dict(parse_int=lambda x: ("number", x), parse_float=lambda x: ("number", x))
    assert json.loads(body, **keep)["objects"] == [json.loads(text % (type, id), **keep)], body
    for number in ("123456789012345678901234567890", "1.0", "1E400", "-0.10e-7"):
        assert number in body, number


@promise
def duplicates():
    """the same again is no error and changes nothing (5.5)"""
    o, = kept([sdo()])
    before = ask("GET", at("rw", "manifest/" + q(match_id=o["id"]))).json
    kept([o]), kept([o, o, o])
    assert ask("GET", at("rw", "manifest/" + q(match_id=o["id"]))).json == before


@promise
def broken_bodies():
    """what is no JSON is 400, JSON that is no envelope 422 (5.5)"""
    good = json.dumps(sdo()).encode()
    for body in (b"", b"{", b"{\"objects\":[", b"\xff\xfe{}", b"not json", b"{'objects':[]}", b"{\"objects\":[" + good + b",]}", b"{\"objects\":[" + good + b"]}x",
                 b"{\"objects\":[" + good + b"]", b"\x00", b"[" * 100000, b"{\"objects\":[\"\xc3\x28\"]}", b"{\"objects\":[NaN]}",
                 b"{\"objects\":[" + good + b"],\"objects\":[" + good + b"]}"):
        assert ask("POST", at("rw", "objects/"), body).status == 400, body[:60]
    for body in (b"[]", b"1", b"null", b"\"x\"", b"{}", b"{\"objects\":{}}", b"{\"objects\":null}", b"{\"objects\":\"x\"}", b"{\"objects\":[]}",
                 b"{\"objects\":[1]}", b"{\"objects\":[null,[]]}", b"{\"objects\":[{}]}", good, json.dumps({"type": "bundle", "id": f"bundle--{uuid.uuid4()}", "objects": [sdo()]}).encode()):
        assert ask("POST", at("rw", "objects/"), body).status == 422, body[:60]


NOT_STIX = [("no type", {"id": "campaign--" + NOBODY}), ("no id", {"type": "campaign"}), ("a number", 5), ("null", None), ("a list", []),
            ("id of another type", {"id": f"tool--{uuid.uuid4()}"}), ("id without UUID", {"id": "campaign--1"}), ("nil UUID", {"id": "campaign--00000000-0000-0000-0000-000000000000"}),
            ("type in capitals", {"type": "Campaign", "id": f"Campaign--{uuid.uuid4()}"}), ("type too short", {"type": "x", "id": f"x--{uuid.uuid4()}"}),
            ("bad created", {"created": "2026-01-01"}), ("bad modified", {"modified": "2026-99-01T00:00:00.000Z"}), ("created a number", {"created": 5}),
            ("zone", {"created": "2026-01-01T00:00:00.000+08:00"}), ("modified before created", {"modified": "2025-01-01T00:00:00.000Z"}),
            ("no created", {"created": None}), ("no modified", {"modified": None}), ("unknown spec_version", {"spec_version": "9.9"}),
            ("spec_version a number", {"spec_version": 2.1}), ("revoked a text", {"revoked": "yes"}), ("created_by_ref no id", {"created_by_ref": "me"}),
            ("id a list", {"id": ["campaign--" + NOBODY]}), ("a bundle", {"type": "bundle", "id": f"bundle--{uuid.uuid4()}", "objects": []})]


@promise
def bad_objects():
    """each kind of object that is no STIX fails alone: 422 by itself, a failure beside good ones, and reads go on (5.5)"""
    for name, change in NOT_STIX:
        bad = {**sdo(), **change} if isinstance(change, dict) else change
        if isinstance(bad, dict):
            for k in ("created", "modified"):
                if k in change and change[k] is None:
                    del bad[k]
            if "no " in name and name.split()[1] in ("type", "id"):
                del bad[name.split()[1]]
        assert post([bad]).status == 422, (name, bad)
        one, two = sdo(), sdo()
        a = post([one, bad, two])
        assert a.status == 202 and (a.json["success_count"], a.json["failure_count"]) == (2, 1), (name, a.body)
        assert [x["id"] for x in a.json["successes"]] == [one["id"], two["id"]] and a.json["failures"][0]["message"], name
        assert objects_of(at("rw", "objects/" + q(match_id=[one["id"], two["id"]]))) == [one, two]


@promise
def by_type():
    """objects of one envelope, which lie by type in the store, are read in the order they came, whatever is asked for"""
    mark = {"type": "marking-definition", "spec_version": "2.1", "id": f"marking-definition--{uuid.uuid4()}", "created": "2026-01-01T00:00:00.000Z",
            "definition_type": "statement", "definition": {"statement": "x"}}
    sent = [sdo("campaign"), sdo("tool"), sdo("campaign"), mark, sdo("tool"), sdo("campaign")]
    a = post(sent)
    assert a.status == 202 and a.json["success_count"] == 6, a.body
    ids = [o["id"] for o in sent]
    assert objects_of(at("rw", "objects/" + q(match_id=ids))) == sent
    assert [e["id"] for e in objects_of(at("rw", "manifest/" + q(match_id=ids)))] == ids
    e = objects_of(at("rw", "manifest/" + q(match_id=ids[0])))[0]
    assert objects_of(at("rw", "objects/" + q(added_after=e["date_added"], limit=5))) == sent[1:]
    assert objects_of(at("rw", "objects/" + q(added_after=e["date_added"], match_type=["tool", "campaign"], limit=4))) == [sent[i] for i in (1, 2, 4, 5)]


POISON = [("lone surrogates", b'"name":"\\ud800"'), ("a lone low surrogate", b'"name":"\\udc00x"'), ("a lone surrogate in a key", b'"\\ud800":1'),
          ("a key twice", b'"name":"a","name":"b"'), ("a key twice inside", b'"x":{"a":1,"a":2}'), ("400 deep", b'"x":' + b"[" * 400 + b"]" * 400),
          ("400 deep objects", b'"x":' + b'{"a":' * 400 + b"1" + b"}" * 400), ("10 MB of text", b'"x":"' + b"y" * (10 << 20) + b'"'),
          ("id twice", b'"id":"campaign--' + NOBODY.encode() + b'"')]


@promise
def poison():
    """poisoned objects fail by themselves and harm neither those beside them nor later reads"""
    for name, what in POISON:
        one, two, id = sdo(), sdo(), f"campaign--{uuid.uuid4()}"
        bad = (f'{{"type":"campaign","spec_version":"2.1","id":"{id}","created":"2026-01-01T00:00:00.000Z","modified":"2026-01-01T00:00:00.000Z",').encode() + what + b"}"
        body = b'{"objects":[' + json.dumps(one).encode() + b"," + bad + b"," + json.dumps(two).encode() + b"]}"
        a = ask("POST", at("rw", "objects/"), body)
        assert a.status == 202 and (a.json["success_count"], a.json["failure_count"]) == (2, 1), (name, a.status, a.body[:300])
        assert ask("POST", at("rw", "objects/"), b'{"objects":[' + bad + b"]}").status == 422, name
        assert objects_of(at("rw", "objects/" + q(match_id=[one["id"], two["id"]]))) == [one, two], name
        assert ask("GET", at("rw", f"objects/{id}/")).status == 404, name
    for path in ("objects/", "manifest/"):
        assert ask("GET", at("rw", path)).status == 200
    for body in (b'{"objects":[' + b"[" * 1000 + b"]" * 1000 + b"]}", b'{"objects":[' + b'{"a":' * 100000):
        assert ask("POST", at("rw", "objects/"), body).status == 400


@promise
def strange_but_stix():
    """what is odd and yet STIX is taken: custom types, old and far times, all digits of a second, emptiness, UUIDs of no version"""
    t = fresh()
    observable = {"type": t, "spec_version": "2.1", "id": f"{t}--{uuid.uuid4()}", "x": 1,
                  "extensions": {f"extension-definition--{uuid.uuid4()}": {"extension_type": "new-sco"}}}
    long = "x-" + "a" * 200
    kept([sdo(id=f"campaign--{x}") for x in ("11111111-1111-1111-1111-111111111111", "a932fcc6-e032-176c-126f-cb970a5a1ade")])
    kept([sdo(t, created="1970-01-01T00:00:00Z", modified="2199-12-31T23:59:59.999999Z"), sdo(t, modified="2026-01-01T00:00:00.123456789Z"),
          sdo(long), observable, sdo(t, id=f"{t}--{uuid.uuid5(uuid.NAMESPACE_DNS, 'x')}"), sdo(t, id=f"{t}--{uuid.uuid1()}"),
          sdo(t, created="0001-01-01T00:00:00.000Z"), sdo(t, modified="9999-12-31T23:59:59.999Z"), sdo(t, name="", x=[], y={})])
    got = objects_of(at("rw", "objects/" + q(match_id=observable["id"])))
    assert got == [observable], got


@promise
def envelopes():
    """what an envelope has besides its objects is passed over, and never kept (3.7, 7.1)"""
    for more in ({"more": False}, {"more": True, "next": "x"}, {"x_example_com_score": {"impact": "high"}}, {"x_note": None}):
        o = sdo(fresh())
        a = ask("POST", at("rw", "objects/"), {**more, "objects": [o]})
        assert a.status == 202 and a.json["success_count"] == 1, (more, a.body)
        a = ask("GET", at("rw", "objects/" + q(match_type=o["type"])))
        assert a.json["objects"] == [o] and set(a.json) <= {"more", "objects"}, a.body
    id = o["id"].replace("-", "%2D")
    assert objects_of(at("rw", f"objects/{id}/")) == [o], "an address may be escaped"


@promise
def sizes():
    """a body up to max_content_length is never 413, one above is (5.5)"""
    most = ask("GET", ROOT_PATH).json["max_content_length"]
    body = json.dumps({"objects": [sdo()]}).encode()
    assert ask("POST", at("rw", "objects/"), body + b" " * (most - len(body))).status == 202
    for over in (1, 1000, most):
        assert ask("POST", at("rw", "objects/"), body + b" " * (most - len(body) + over)).status == 413, over


@promise
def chunked():
    """a body in chunks is taken as one with a length"""
    o = sdo()
    body = json.dumps({"objects": [o]}).encode()
    parts = b"".join(b"%x\r\n%s\r\n" % (len(body[i:i + 50]), body[i:i + 50]) for i in range(0, len(body), 50)) + b"0\r\n\r\n"
    a = ask("POST", at("rw", "objects/"), parts, headers={"Transfer-Encoding": "chunked"})
    assert a.status == 202, a.body
    assert objects_of(at("rw", f"objects/{o['id']}/")) == [o]


@promise
def new_versions():
    """only the creator makes a new version, and nothing follows a revocation (STIX 3.6)"""
    me, you = f"identity--{uuid.uuid4()}", f"identity--{uuid.uuid4()}"
    first = sdo(created_by_ref=me)
    kept([first])
    for change, word in (({"created_by_ref": you}, "creator"), ({"created_by_ref": None}, "creator")):
        new = {k: v for k, v in {**first, "modified": "2026-05-01T00:00:00.000Z", **change}.items() if v is not None}
        a = post([new, sdo()])
        assert a.status == 202 and a.json["failure_count"] == 1 and word in a.json["failures"][0]["message"], (change, a.body)
    second = {**first, "modified": "2026-05-01T00:00:00.000Z"}
    revoked = {**first, "modified": "2026-06-01T00:00:00.000Z", "revoked": True}
    kept([second]), kept([revoked])
    a = post([{**first, "modified": "2026-07-01T00:00:00.000Z"}, sdo()])
    assert a.json["failure_count"] == 1 and "revoked" in a.json["failures"][0]["message"], a.body
    kept([{**first, "modified": "2026-03-01T00:00:00.000Z"}])
    assert objects_of(at("rw", f"objects/{first['id']}/")) == [revoked]


@promise
def deletion():
    """DELETE takes all versions or those matched, from objects, manifest and versions (5.7)"""
    vs = kept(versions(3))
    one = at("rw", f"objects/{vs[0]['id']}/")
    a = ask("DELETE", one + q(match_version="2026-01-02T00:00:00.000000Z"))
    assert a.status == 200, a.body
    assert objects_of(one + q(match_version="all")) == [vs[0], vs[2]]
    assert ask("DELETE", one + q(match_version="last")).status == 200 and objects_of(one) == [vs[0]], "the next is the last"
    for bad in ("x", "all,last", ""):
        assert ask("DELETE", one + q(match_version=bad)).status == 400, bad
    assert ask("DELETE", one).status == 200
    for path in (one, one + "versions/"):
        assert ask("GET", path).status == 404
    assert ask("DELETE", one).status == 404
    assert objects_of(at("rw", "manifest/" + q(match_id=vs[0]["id"]))) == [] == objects_of(at("rw", "objects/" + q(match_id=vs[0]["id"])))
    kept(vs)
    assert ask("DELETE", one + q(match_spec_version="2.0")).status == 404 and len(objects_of(one + q(match_version="all"))) == 3
    assert ask("DELETE", one + q(match_version="last", match_spec_version="2.1")).status == 200 and objects_of(one) == [vs[1]]
    kept([vs[2]])
    assert ask("DELETE", one).status == 200 and ask("GET", one).status == 404, "all versions by default"
    kept([vs[1]])
    assert objects_of(one) == [vs[1]], "it may come again"


@promise
def date_added_grows():
    """date added grows strictly, from many writers at once"""
    t = fresh()
    threads = [threading.Thread(target=lambda: [kept([sdo(t) for _ in range(5)]) for _ in range(4)]) for _ in range(4)]
    [x.start() for x in threads], [x.join() for x in threads]
    added = [e["date_added"] for e in objects_of(at("rw", "manifest/" + q(match_type=t)))]
    assert len(added) == 80 and added == sorted(set(added)), len(added)


@promise
def many_filters():
    """hundreds of values in a filter are served or refused with a sentence, never by a page of HTML"""
    mine = kept([sdo() for _ in range(100)])
    assert len(objects_of(at("rw", "objects/" + q(match_id=[o["id"] for o in mine])))) == 100
    assert ask("GET", at("rw", "objects/" + q(match_type=[f"x-{i}" for i in range(1000)]))).status in (200, 400)


node.close()
done()
