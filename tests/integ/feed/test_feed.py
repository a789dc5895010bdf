#!/usr/bin/env python3
"""Feeds: a node fetches what others publish, from servers that behave and servers that do not."""
import calendar
import contextlib
import gzip
import hashlib
import http.server
import json
import os
import pathlib
import re
import shutil
import signal
import socket
import sqlite3
import ssl
import subprocess
import sys
import threading
import time
import urllib.parse
import uuid

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "lib"))
from lf import *
from sealer import Gpg

ROOT = pathlib.Path(__file__).resolve().parents[3]


class Site:
    """A server whose paths answer as they are told: self.at[path] = fn(handler) or bytes."""

    def __init__(self, tls=None):
        site = self
        self.at, self.seen = {}, []

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self):
                site.seen.append((self.command, self.path, dict(self.headers)))
                what = site.at.get(self.path.split("?")[0])
                if what is None:
                    return self.say(404, b"nothing here")
                if callable(what):
                    return what(self)
                tag = '"' + hashlib.sha256(what).hexdigest()[:16] + '"'
                if self.headers.get("If-None-Match") == tag:
                    return self.say(304, b"", {"ETag": tag})
                self.say(200, what, {"ETag": tag})

            def do_POST(self):
                self.body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
                self.do_GET()

            def say(self, status, body=b"", headers=None):
                self.send_response(status)
                for k, v in (headers or {}).items():
                    self.send_header(k, v)
                if status != 304:
                    self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_):
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        self.server.handle_error = lambda *_: None  # who was asked goes away in the midst, on purpose
        self.scheme = "http"
        if tls:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(*tls)
            self.server.socket = context.wrap_socket(self.server.socket, server_side=True)
            self.scheme = "https"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        self.url = f"{self.scheme}://127.0.0.1:{self.server.server_address[1]}"

    def asked(self, path):
        return [x for x in self.seen if x[1].split("?")[0] == path]


work = scratch()
node = Node.throwaway()
site, other = Site(), Site()


def add(name, path, base=None, on=None, **more):
    on = on or node
    a = on.post("/api/v1/feeds", {"name": name, "url": (base or site.url) + path, "every": "0", "collection": "rw", "private": True, **more})
    assert a.status == 201, (a.status, a.body)
    return a.json["id"]


def get(feed, on=None):
    a = (on or node).get(f"/api/v1/feeds/{feed}")
    assert a.status == 200, (a.status, a.body)
    return a.json


def run(feed, on=None, limit=30):
    """Run now; how it stands when it has ended, well or not."""
    on = on or node
    was = get(feed, on)
    a = on.post(f"/api/v1/feeds/{feed}/run")
    assert a.status == 202, (a.status, a.body)

    def ended():
        f = get(feed, on)
        return f if (f.get("ok"), f["failures"]) != (was.get("ok"), was["failures"]) else None

    return until(f"the run of {was['name']}", ended, limit)


def objects(on=None, **match):
    """All that is in the collection, last versions."""
    out, page = [], ""
    q = "".join(f"&match[{k}]={v}" for k, v in match.items())
    while True:
        a = (on or node).get(f"{TAXII[id(on or node)]}objects/?limit=500{q}{page}", headers={"Accept": "application/taxii+json;version=2.1"})
        assert a.status == 200, (a.status, a.body)
        out += a.json.get("objects", [])
        if not a.json.get("more"):
            return out
        page = "&next=" + a.json["next"]


def collection_url(on):
    accept = {"Accept": "application/taxii+json;version=2.1"}
    root = on.get("/taxii2/", headers=accept).json["default"]
    root = "/" + root.split("/", 3)[3] if root.startswith("http") else root
    for c in on.get(root + "collections/", headers=accept).json["collections"]:
        if c.get("alias") == "rw":
            return f"{root}collections/{c['id']}/"
    raise AssertionError("no collection rw")


def stamp(text):
    return calendar.timegm(time.strptime(text[:19], "%Y-%m-%dT%H:%M:%S"))


TAXII = {id(node): collection_url(node)}


def patterns(on=None):
    return {o["pattern"]: o for o in objects(on) if o["type"] == "indicator"}


@promise
def a_list():
    """a plain list becomes marked indicators with the feed, time and hash they came with; unchanged, nothing is asked twice"""
    body = b"# of today\nhxxp://evil[.]example/a\n198.51.100.7\nbad.example\n"
    site.at["/list"] = body
    feed = add("list", "/list", format="list", tlp="amber", grade="B2", gone=True)
    f = run(feed)
    assert f["state"] == "ok" and f["last"] == {"new": 3, "changed": 0, "same": 0, "refused": 0, "lost": 0, "ended": 0}, f
    o = patterns()["[domain-name:value = 'bad.example']"]
    assert o["object_marking_refs"] == ["marking-definition--55d920b0-5e8b-4f79-9ee9-91f868d9b421"], o
    p = node.get("/api/v1/provenance/" + o["id"])
    assert p.status == 200 and p.json["items"][0]["name"] == "list", p.body
    assert p.json["items"][0]["sha256"] == hashlib.sha256(body).hexdigest() and p.json["items"][0]["grade"] == "B2"
    assert node.get("/api/v1/provenance/indicator--" + str(uuid.uuid4())).status == 404
    # Asked again, whole: each line is the same object, not a new version.
    f = run(feed)
    assert f["last"]["same"] == 3 and f["last"]["new"] == f["last"]["changed"] == 0, f
    assert patterns()["[domain-name:value = 'bad.example']"] == o


@promise
def what_left():
    """what left the list expires and what comes back stands again; a list that lost most of it ends nothing by itself"""
    site.at["/list"] = b"198.51.100.7\nbad.example\nnew.example\n"
    feed = next(f["id"] for f in node.get("/api/v1/feeds").json["items"] if f["name"] == "list")
    f = run(feed)
    assert (f["last"]["new"], f["last"]["same"], f["last"]["ended"]) == (1, 2, 1), f
    url = next(o for p, o in patterns().items() if "evil" in p)
    assert url["valid_until"] and url["valid_until"] <= time.strftime("%Y-%m-%dT%H:%M:%S.999999Z", time.gmtime()), url
    site.at["/list"] = b"hxxp://evil[.]example/a\n198.51.100.7\nbad.example\nnew.example\n"
    f = run(feed)
    assert (f["last"]["changed"], f["last"]["ended"]) == (1, 0), f
    assert "valid_until" not in next(o for p, o in patterns().items() if "evil" in p)
    site.at["/list"] = b""
    f = run(feed)
    assert f["state"] == "ok" and f["last"]["ended"] == 0 and all("valid_until" not in o for o in patterns().values()), f


@promise
def conditional():
    """the clock asks with ETag and Last-Modified, and 304 is a success that changes nothing"""
    date = "Sat, 21 Nov 2026 08:00:00 GMT"

    def answer(h):
        if h.headers.get("If-None-Match") == '"v1"' and h.headers.get("If-Modified-Since") == date:
            return h.say(304)
        h.say(200, b"etag.example\n", {"ETag": '"v1"', "Last-Modified": date})

    site.at["/etag"] = answer
    a = node.post("/api/v1/feeds", {"name": "etag", "url": site.url + "/etag", "format": "list", "every": "1m", "collection": "rw", "private": True})
    feed = a.json["id"]
    f = until("the first fetch by the clock", lambda: (x := get(feed)).get("ok") and x)
    assert f["last"]["new"] == 1 and 50 <= f["every_s"] * 0.9 - 1 and f["next"] > f["ok"], f
    # Set anew, it is due at once; what it had is known.
    node.local("PUT", f"/api/v1/feeds/{feed}", {"name": "etag", "url": site.url + "/etag", "format": "list", "every": "1m", "collection": "rw", "private": True})
    f2 = until("the second fetch", lambda: (x := get(feed)).get("ok") != f["ok"] and x)
    assert f2["last"]["same"] == 1 and len(site.asked("/etag")) == 2, f2
    node.request("DELETE", f"/api/v1/feeds/{feed}")
    assert node.get(f"/api/v1/feeds/{feed}").status == 404


@promise
def bad_servers():
    """429 with Retry-After, a broken transfer, a huge and a slow answer, and none: each a sentence, a rest, and nothing kept"""
    site.at["/busy"] = lambda h: h.say(429, b"", {"Retry-After": "7200"})

    def broken(h):
        h.send_response(200)
        h.send_header("Content-Length", "1000000")
        h.end_headers()
        h.wfile.write(b"half.example\n")
        h.close_connection = True

    def slow(h):
        h.send_response(200)
        h.send_header("Content-Length", "100")
        h.end_headers()
        for _ in range(50):
            h.wfile.write(b"a")
            h.wfile.flush()
            time.sleep(0.2)

    def bomb(h):
        h.say(200, gzip.compress(b"a.example\n" * 2000000), {"Content-Encoding": "gzip"})

    site.at.update({"/broken": broken, "/slow": slow, "/bomb": bomb, "/html": b"<html>sign in</html>"})
    before = len(objects())
    for name, path, words, more in (("busy", "/busy", "429", {}), ("broken", "/broken", "", {}), ("slow", "/slow", "", {"timeout_s": 1}),
                                    ("bomb", "/bomb", "larger than 1048576", {"most_bytes": 1 << 20}), ("none", "/none", "404 Not Found", {}),
                                    ("html", "/html", "", {"format": "stix"})):
        feed = add(name, path, **({"format": "list", "every": "1h"} | more))
        f = until(name, lambda: (x := get(feed))["failures"] and x, 20)
        assert f["state"] == "failing" and words in f["trouble"] and f["trouble"], f
        rest = stamp(f["next"]) - time.time()
        assert (7100 < rest < 8000) if name == "busy" else (10 < rest < 61), (name, rest)
        node.request("DELETE", f"/api/v1/feeds/{feed}")
    assert len(objects()) == before


@promise
def where_it_may_go():
    """a feed goes to no private address unless allowed, nor does a redirect lead there, nor its secret to another host"""
    site.at["/here"] = lambda h: h.say(302, b"", {"Location": "/list2"})
    site.at["/list2"] = b"redirected.example\n"
    site.at["/there"] = lambda h: h.say(302, b"", {"Location": other.url + "/secret"})
    site.at["/round"] = lambda h: h.say(302, b"", {"Location": "/round"})
    site.at["/file"] = lambda h: h.say(302, b"", {"Location": "file:///etc/passwd"})
    other.at["/secret"] = b"internal.example\n"
    f = run(add("own redirect", "/here", format="list"))
    assert f["state"] == "ok" and f["last"]["new"] == 1, f
    f = run(add("other redirect", "/there", format="list"))
    assert f["state"] == "failing" and "not a public one" in f["trouble"] and not other.seen, (f, other.seen)
    f = run(add("no private", "/list2", format="list", private=False))
    assert f["state"] == "failing" and "not a public one" in f["trouble"], f
    f = run(add("localhost", "/list2", base=site.url.replace("127.0.0.1", "localhost"), format="list", private=False))
    assert f["state"] == "failing" and "not a public one" in f["trouble"], f
    assert "redirects" in run(add("round", "/round", format="list"))["trouble"]
    assert "no address" in run(add("file", "/file", format="list"))["trouble"]
    for bad in ({"url": "ftp://x.example/"}, {"url": "https://user@x.example/"}, {"format": "nothing"}, {"tlp": "puce"}, {"grade": "Z9"},
                {"every": "10s"}, {"auth": "bearer", "secret": "s"}, {"collection": "nowhere"}, {"name": ""},
                {"url": "https://127.0.0.1:1/x", "auth": "basic", "secret": "s"}):
        a = node.post("/api/v1/feeds", {"name": "bad", "url": site.url + "/x", "private": True, **bad})
        assert a.status in (400, 404), (bad, a.status, a.body)


@promise
def over_tls():
    """TLS is checked: a server of no known authority is refused, its pinned key is taken, a secret goes only there and is never shown"""
    cert, key = work / "cert.pem", work / "key.pem"
    r = subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-keyout", key, "-out", cert,
                        "-days", "2", "-subj", "/CN=127.0.0.1", "-addext", "subjectAltName=IP:127.0.0.1"], capture_output=True)
    if r.returncode:
        raise Skip("openssl is not installed")
    spki = subprocess.run(["openssl", "x509", "-in", cert, "-noout", "-pubkey"], capture_output=True, check=True).stdout
    der = subprocess.run(["openssl", "pkey", "-pubin", "-outform", "DER"], input=spki, capture_output=True, check=True).stdout
    tls = Site((cert, key))

    def guarded(h):
        ok = h.headers.get("Authorization") == "Bearer s3cret-of-ours"
        h.say(200 if ok else 401, b"paid.example\n" if ok else b"")

    tls.at["/paid"] = guarded
    tls.at["/down"] = lambda h: h.say(302, b"", {"Location": site.url + "/list2"})
    f = run(add("unknown authority", "/paid", base=tls.url, format="list", auth="bearer", secret="s3cret-of-ours"))
    assert f["state"] == "failing" and "certificate" in f["trouble"].lower() and not tls.seen, f
    feed = add("pinned", "/paid", base=tls.url, format="list", auth="bearer", secret="s3cret-of-ours", pin=hashlib.sha256(der).hexdigest())
    f = run(feed)
    assert f["state"] == "ok" and f["last"]["new"] == 1, f
    f = run(add("wrong pin", "/paid", base=tls.url, format="list", pin="00" * 32))
    assert f["state"] == "failing" and "pinned" in f["trouble"], f
    f = run(add("downgrade", "/down", base=tls.url, format="list", pin=hashlib.sha256(der).hexdigest()))
    assert "https to http" in f["trouble"], f
    for path in ("/api/v1/feeds", f"/api/v1/feeds/{feed}", "/api/v1/audit"):
        assert b"s3cret" not in node.get(path).body, path
    # Another server does not get a secret that was given for this one.
    a = node.request("PUT", f"/api/v1/feeds/{feed}", {"name": "pinned", "url": "https://127.0.0.1:1/x", "auth": "bearer", "collection": "rw", "private": True})
    assert a.status == 400 and b"given again" in a.body, a.body


def indicator(value, n=0, at="2026-11-01T00:00:00.000Z", who="identity--5a1b2c3d-0000-4aaa-8bbb-00000000aaaa", **more):
    return {"type": "indicator", "spec_version": "2.1", "id": f"indicator--{uuid.uuid5(uuid.NAMESPACE_URL, value)}", "created": "2026-11-01T00:00:00.000Z",
            "modified": at, "created_by_ref": who, "name": value, "pattern": f"[domain-name:value = '{value}']", "pattern_type": "stix",
            "valid_from": "2026-11-01T00:00:00Z", **more}


def bundle(*objects):
    return json.dumps({"type": "bundle", "id": f"bundle--{uuid.uuid4()}", "objects": objects}).encode()


@promise
def a_bundle():
    """a STIX bundle is taken as it is, a new version follows; another feed makes no version of it, whoever it says it is"""
    site.at["/stix"] = bundle(indicator("stix-a.example"), indicator("stix-b.example"), {"type": "indicator", "id": "nonsense"})
    feed = add("stix", "/stix", format="stix", gone=True)
    f = run(feed)
    assert (f["last"]["new"], f["last"]["refused"]) == (2, 1) and len(f["notes"]) == 1, f
    mine = indicator("stix-a.example", at="2026-11-02T00:00:00.000Z", description="more")
    site.at["/stix"] = bundle(mine)
    f = run(feed)
    assert (f["last"]["changed"], f["last"]["ended"]) == (1, 1), f
    assert patterns()[mine["pattern"]] == mine and not any("stix-b" in p for p in patterns())
    site.at["/thief"] = bundle(indicator("stix-a.example", at="2026-11-03T00:00:00.000Z", revoked=True), indicator("thief.example"))
    f = run(add("thief", "/thief", format="stix"))
    assert (f["last"]["new"], f["last"]["refused"]) == (1, 1) and "another source" in f["notes"][0]["why"], f
    assert patterns()[mine["pattern"]] == mine


@promise
def marked():
    """what has no TLP of its own gets the feed's, STIX objects too, and else stays as it is; one that has keeps it"""
    red = "marking-definition--e828b379-4e03-4974-9ac4-e53a884c97c1"
    plain, own = indicator("tlp-none.example", description="聯防"), indicator("tlp-own.example", object_marking_refs=[red])
    site.at["/tlp"] = bundle(plain, own)
    feed = add("tlp", "/tlp", format="stix", tlp="amber")
    assert run(feed)["last"]["new"] == 2
    assert patterns()[plain["pattern"]] == dict(plain, object_marking_refs=["marking-definition--55d920b0-5e8b-4f79-9ee9-91f868d9b421"])
    assert patterns()[own["pattern"]] == own
    assert run(feed)["last"]["same"] == 2


@promise
def history():
    """the last 50 runs of a feed are kept with what each brought or why it failed; who may not see the feed sees none"""
    site.at["/history"] = b"history-a.example\n"
    feed = add("history", "/history", format="list")
    run(feed)
    site.at["/history"] = b"history-a.example\nhistory-b.example\n"
    run(feed)
    del site.at["/history"]
    run(feed)
    runs = node.get(f"/api/v1/feeds/{feed}/runs").json["items"]
    assert [(r["run"], r["state"], r["new"]) for r in runs] == [(3, "failed", 0), (2, "ok", 1), (1, "ok", 1)], runs
    assert "404" in runs[0]["trouble"] and "trouble" not in runs[1] and runs[1]["same"] == 1 and runs[1]["over"] >= runs[1]["began"], runs
    for _ in range(52):
        run(feed)
    runs = node.get("/api/v1/feeds/history/runs").json["items"]
    assert [r["run"] for r in runs] == list(range(55, 5, -1)), [r["run"] for r in runs]
    assert node.request("DELETE", f"/api/v1/feeds/{feed}").status == 204 and node.get(f"/api/v1/feeds/{feed}/runs").status == 404


@promise
def looked_for():
    """an indicator of a feed is looked for in events within seconds, and stops when the feed has it no more"""
    site.at["/watch"] = b"feedhit.example\nstill.example\n"
    feed = add("watch", "/watch", format="list", gone=True)
    run(feed)
    found = [i for i in node.get("/api/v1/indicators?limit=100").json["items"]]
    ind = patterns()["[domain-name:value = 'feedhit.example']"]
    a = node.get("/api/v1/indicators/" + ind["id"])
    assert a.status == 200 and a.json["state"] == "watched", (a.status, a.body)
    assert not any(i["value"] == "feedhit.example" and i["state"] in ("active", "provisional") for i in found)
    site.at["/watch"] = b"still.example\n"
    run(feed)
    assert node.get("/api/v1/indicators/" + ind["id"]).json["state"] == "over"


@promise
def csv_and_kev():
    """CSV by its mapping, the catalogue of exploited vulnerabilities, OpenIOC and STIX 1.x come by a feed as by a file"""
    site.at["/csv"] = b"ioc;kind\n203.0.113.9;ip\ncsv.example;domain\n"
    f = run(add("csv", "/csv", format="csv", mapping="delimiter = ;\nvalue = ioc\nkind = kind\n"))
    assert f["state"] == "ok" and f["last"]["new"] == 2, f
    data = ROOT / "tests/data/exchange"
    for name in sorted(p.name for p in data.iterdir()):
        kind = next((k for k in ("kev", "openioc", "stix1", "csaf") if k in name.lower()), None)
        if not kind:
            continue
        site.at["/" + name] = (data / name).read_bytes()
        f = run(add(name, "/" + name, format=kind))
        assert f["state"] == "ok" and f["last"]["new"] > 0, (name, f)


EVENT = json.loads((ROOT / "tests/data/exchange/misp-event.json").read_text())["response"][0]


def events_of(uuids, stamp="1790000000"):
    out = {}
    for n, u in enumerate(uuids):
        out[u] = {"Event": {"uuid": u, "info": f"event {n}", "date": "2026-11-01", "timestamp": stamp, "published": True, "analysis": "2", "threat_level_id": "2",
                            "Orgc": {"name": "Other CERT", "uuid": "5a1b2c3d-0000-4aaa-8bbb-0000000000cc"}, "Tag": [{"name": "tlp:green"}],
                            "Attribute": [{"uuid": str(uuid.uuid5(uuid.UUID(u), "a")), "type": "domain", "category": "Network activity", "to_ids": True,
                                           "value": f"m{n}-{u[:8]}.example", "timestamp": stamp}]}}
    return out


@promise
def misp_feed():
    """a MISP feed: the manifest says which events are new, only those are fetched; a broken one does not keep the others"""
    uuids = [str(uuid.uuid4()) for _ in range(5)]
    events = events_of(uuids)
    manifest = {u: {"info": "x", "timestamp": "1790000000"} for u in uuids}
    for u in uuids:
        site.at[f"/misp/{u}.json"] = json.dumps(events[u]).encode()
    site.at[f"/misp/{uuids[2]}.json"] = b'{"Event": '
    site.at["/misp/manifest.json"] = json.dumps(manifest).encode()
    feed = add("misp", "/misp/", format="misp-feed", gone=True)
    f = run(feed)
    assert f["state"] == "ok" and f["last"]["refused"] == 1 and uuids[2] in json.dumps(f["notes"]), f
    assert sum(f"-{u[:8]}.example" in p for p in patterns() for u in uuids) == 4
    site.seen.clear()
    manifest[uuids[0]]["timestamp"] = "1790000100"
    changed = events_of(uuids[:1], "1790000100")[uuids[0]]
    changed["Event"]["Attribute"][0]["comment"] = "seen again"
    site.at[f"/misp/{uuids[0]}.json"] = json.dumps(changed).encode()
    del manifest[uuids[4]]
    site.at["/misp/manifest.json"] = json.dumps(manifest).encode()
    f = run(feed)
    assert [x[1] for x in site.seen] == ["/misp/manifest.json", f"/misp/{uuids[0]}.json"], site.seen
    assert f["last"]["changed"] >= 1 and f["last"]["ended"] >= 1, f
    assert not any(uuids[4][:8] in p for p in patterns())


@promise
def csaf_provider():
    """a CSAF provider: metadata, its directory's changes, then each advisory that changed"""
    advisory = next(p for p in sorted((ROOT / "tests/data/exchange").iterdir()) if "csaf" in p.name.lower())
    site.at["/.well-known/csaf/provider-metadata.json"] = json.dumps({"distributions": [{"directory_url": site.url + "/csaf/"}]}).encode()
    site.at["/csaf/changes.csv"] = b'"2026/one.json","2026-11-01T00:00:00Z"\r\n"2026/gone.json","2026-11-01T00:00:00Z"\r\n'
    site.at["/csaf/2026/one.json"] = advisory.read_bytes()
    feed = add("csaf", "/.well-known/csaf/provider-metadata.json", format="csaf-provider")
    f = run(feed)
    assert f["state"] == "ok" and f["last"]["refused"] == 1, f
    assert f["last"]["new"] + f["last"]["same"] > 0, f
    site.seen.clear()
    run(feed)
    assert [x[1] for x in site.seen if "/one.json" in x[1]] == [], site.seen


@promise
def csaf_hashes():
    """an advisory that is not what the SHA-512 or SHA-256 beside it says is not taken and told, and asked for again; one with none is told"""
    base = json.loads(next(p for p in sorted((ROOT / "tests/data/exchange").iterdir()) if "csaf" in p.name.lower()).read_bytes())
    names = ("right512", "right256", "wrong", "none")
    for n in names:
        base["document"]["tracking"]["id"], base["document"]["title"] = "hash-" + n, "hash " + n
        site.at[f"/hashed/{n}.json"] = json.dumps(base).encode()
    site.at["/hashed.json"] = json.dumps({"distributions": [{"directory_url": site.url + "/hashed/"}]}).encode()
    site.at["/hashed/changes.csv"] = "".join(f'"{n}.json","2026-11-01T00:00:00Z"\r\n' for n in names).encode()
    said = lambda n, kind: hashlib.new(kind, site.at[f"/hashed/{n}.json"]).hexdigest()
    site.at["/hashed/right512.json.sha512"] = f"{said('right512', 'sha512')}  right512.json\n".encode()
    site.at["/hashed/right256.json.sha256"] = said("right256", "sha256").upper().encode()
    site.at["/hashed/wrong.json.sha256"] = f"{said('right512', 'sha256')}  wrong.json\n".encode()
    feed = add("csaf hashes", "/hashed.json", format="csaf-provider")
    f = run(feed)
    titles = lambda: {o["name"] for o in objects(type="report") if o["name"].startswith("hash ")}
    assert f["state"] == "ok" and f["last"]["refused"] == 1, f
    assert titles() == {"hash right512", "hash right256", "hash none"}, titles()
    told = {n["what"].rsplit("/", 1)[-1]: n["why"] for n in f["notes"]}
    assert "not what the hash" in told["wrong.json"] and "unchecked" in told["none.json"], told
    site.at["/hashed/wrong.json.sha256"] = said("wrong", "sha256").encode()  # it was a copy under way
    run(feed)
    assert "hash wrong" in titles()


@promise
def csaf_signatures():
    """an advisory's OpenPGP signature is checked by the key that the provider's metadata names; one that is broken, by another key or (where wanted) missing refuses it, with a sentence and counted"""
    if not shutil.which("gpg"):
        raise Skip("gpg is not installed")
    gpg = Gpg()
    key, other = gpg.make("psirt@pumps.example"), gpg.make("mallory@pumps.example")
    base = json.loads((ROOT / "tests/data/exchange/csaf.json").read_bytes())
    sign = lambda raw, who="psirt@pumps.example": gpg("--armor", "--local-user", who, "--detach-sign", input=raw).stdout
    site.at["/key.asc"] = gpg.public("psirt@pumps.example").encode()

    def provider(name, role="csaf_provider", fingerprint=key, hashes=True):
        names = ("good", "changed", "others", "none")
        for n in names:
            base["document"]["tracking"]["id"], base["document"]["title"] = f"{name}-{n}", f"{name} {n}"
            raw = site.at[f"/{name}/{n}.json"] = json.dumps(base).encode()
            if hashes or n != "good":
                site.at[f"/{name}/{n}.json.sha512"] = hashlib.sha512(raw).hexdigest().encode()
        site.at[f"/{name}.json"] = json.dumps({"role": role, "distributions": [{"directory_url": f"{site.url}/{name}/"}],
                                               "public_openpgp_keys": [{"fingerprint": fingerprint.upper(), "url": site.url + "/key.asc"}]}).encode()
        site.at[f"/{name}/changes.csv"] = "".join(f'"{n}.json","2026-11-01T00:00:00Z"\r\n' for n in names).encode()
        site.at[f"/{name}/good.json.asc"] = sign(site.at[f"/{name}/good.json"])
        site.at[f"/{name}/changed.json.asc"] = sign(site.at[f"/{name}/good.json"])
        site.at[f"/{name}/others.json.asc"] = sign(site.at[f"/{name}/others.json"], "mallory@pumps.example")
        return f"/{name}.json"

    titles = lambda name: {o["name"].split()[1] for o in objects(type="report") if o["name"].startswith(name + " ")}
    told = lambda f: {n["what"].rsplit("/", 1)[-1]: n["why"] for n in f["notes"]}
    f = run(add("signed", provider("signed"), format="csaf-provider"))
    assert f["state"] == "ok" and f["last"]["refused"] == 2 and titles("signed") == {"good", "none"}, (f, titles("signed"))
    assert "not what the signature" in told(f)["changed.json"] and "none of the provider's keys" in told(f)["others.json"] and "without one" in told(f)["none.json"], told(f)
    f = run(add("strict", provider("strict"), format="csaf-provider", mapping="signature = required"))
    assert f["last"]["refused"] == 3 and titles("strict") == {"good"} and "no signature lies" in told(f)["none.json"], f
    f = run(add("loose", provider("loose"), format="csaf-provider", mapping="signature = off"))
    assert f["last"]["refused"] == 0 and len(titles("loose")) == 4 and not any(".asc" in x[1] for x in site.seen if "/loose/" in x[1]), f
    # A trusted provider promises hashes and signatures; what lacks one is not taken.
    f = run(add("trusted", provider("trusted", role="csaf_trusted_provider", hashes=False), format="csaf-provider"))
    assert f["last"]["refused"] == 4 and titles("trusted") == set() and "no hash lies" in told(f)["good.json"] and "no signature lies" in told(f)["none.json"], f
    # One that promises signatures and names no key, or none that can be asked for, is not believed without them.
    for name, role, named in (("keyless", "csaf_trusted_provider", []), ("badkey", "csaf_provider", [{"url": "https://pumps.example/" + "k" * 9000}])):
        path = provider(name, role=role)
        site.at[path] = json.dumps(json.loads(site.at[path]) | {"public_openpgp_keys": named}).encode()
        f = run(add(name, path, format="csaf-provider"))
        assert f["last"]["refused"] == 4 and titles(name) == set() and "no key of the provider" in told(f)["good.json"], (name, f)
    # Nor does another document that it leads to say otherwise, or name keys.
    path = provider("misled", role="csaf_trusted_provider")
    site.at["/mallory.asc"] = gpg.public("mallory@pumps.example").encode()
    said = json.loads(site.at[path])
    site.at["/misled-feed.json"] = json.dumps({"role": "csaf_provider", "distributions": said["distributions"], "public_openpgp_keys": [{"fingerprint": other, "url": site.url + "/mallory.asc"}]}).encode()
    site.at[path] = json.dumps(said | {"distributions": [{"rolie": {"feeds": [{"url": site.url + "/misled-feed.json"}]}}]}).encode()
    f = run(add("misled", path, format="csaf-provider"))
    assert titles("misled") == {"good"} and not any("mallory.asc" in x[1] for x in site.seen), (f, titles("misled"))
    # A key that is not the one the metadata names, or that people said counts, proves nothing.
    f = run(add("wrong key", provider("wrongkey", fingerprint=other), format="csaf-provider"))
    assert f["last"]["refused"] == 4 and "not the one whose fingerprint" in told(f)["key.asc"], f
    f = run(add("pinned other", provider("pinnedother"), format="csaf-provider", mapping=f"signature = required\nfingerprint = {other}"))
    assert f["last"]["refused"] == 4 and titles("pinnedother") == set(), f
    f = run(add("pinned alone", provider("pinnedalone"), format="csaf-provider", mapping=f"fingerprint = {other}"))
    assert f["last"]["refused"] == 4 and titles("pinnedalone") == set(), f
    f = run(add("pinned right", provider("pinnedright"), format="csaf-provider", mapping=f"fingerprint = {key}"))
    assert titles("pinnedright") == {"good", "none"}, f
    r = node.post("/api/v1/feeds", {"name": "odd wish", "url": site.url + "/x.json", "format": "csaf-provider", "mapping": "signature = maybe", "every": "1d", "private": True})
    assert r.status == 400 and "off, there or required" in r.json["detail"], r.body
    # What was mended at the provider is taken the next time.
    site.at["/signed/changed.json.asc"] = sign(site.at["/signed/changed.json"])
    run(next(x for x in node.get("/api/v1/feeds").json["items"] if x["name"] == "signed")["id"])
    assert titles("signed") == {"good", "none", "changed"}, titles("signed")


@promise
def foreign_taxii():
    """a TAXII collection of another node is followed page by page, and from where it was left"""
    peer = Node.throwaway()
    TAXII[id(peer)] = collection_url(peer)
    post = lambda objs: peer.post(TAXII[id(peer)] + "objects/", json.dumps({"objects": objs}).encode(), headers={
        "Content-Type": "application/taxii+json;version=2.1", "Accept": "application/taxii+json;version=2.1"})
    made = [indicator(f"taxii{i}.example") for i in range(1200)]
    for i in range(0, 1200, 400):
        assert post(made[i:i + 400]).status == 202
    until("1200 there", lambda: len(objects(peer)) == 1200)
    der = ssl.PEM_cert_to_DER_cert(ssl.get_server_certificate(tuple(peer.info["https"].split("://")[1].split(":"))))
    pem = ssl.DER_cert_to_PEM_cert(der)
    spki = subprocess.run(["openssl", "x509", "-noout", "-pubkey"], input=pem.encode(), capture_output=True, check=True).stdout
    pub = subprocess.run(["openssl", "pkey", "-pubin", "-outform", "DER"], input=spki, capture_output=True, check=True).stdout
    feed = add("taxii", TAXII[id(peer)], base=peer.info["https"], format="taxii", auth="bearer", secret=peer.token, pin=hashlib.sha256(pub).hexdigest())
    f = run(feed)
    assert f["state"] == "ok" and f["last"]["new"] == 1200 and f["position"], f
    assert sum("taxii" in p for p in patterns()) == 1200
    assert post([indicator("taxii-later.example")]).status == 202
    f = run(feed)
    assert (f["last"]["new"], f["last"]["same"]) == (1, 0), f
    assert patterns()["[domain-name:value = 'taxii-later.example']"] == indicator("taxii-later.example")
    peer.close()


@promise
def odd_taxii():
    """a TAXII server that forgets its `next`, says `more` without a place, or has no object at all"""
    pages = {"first": True}

    def forgets(h):
        if "next=" in h.path and pages.pop("first", None):
            return h.say(404, b"{}", {"Content-Type": "application/taxii+json;version=2.1"})
        if "next=" in h.path:
            return h.say(200, json.dumps({"objects": [indicator("odd-b.example")]}).encode(), {"X-TAXII-Date-Added-Last": "2026-11-02T00:00:00.000000Z"})
        h.say(200, json.dumps({"more": True, "next": "tok/en", "objects": [indicator("odd-a.example")]}).encode(),
              {"X-TAXII-Date-Added-Last": "2026-11-01T00:00:00.000000Z"})

    site.at["/odd/objects/"] = forgets
    f = run(add("odd", "/odd/", format="taxii"))
    assert f["state"] == "ok" and f["position"] == "2026-11-02T00:00:00.000000Z", f
    assert any("odd-a" in p for p in patterns()) and any("odd-b" in p for p in patterns())
    assert any("next=tok%2Fen" in x[1] for x in site.asked("/odd/objects/"))
    site.at["/nowhere/objects/"] = lambda h: h.say(200, json.dumps({"more": True, "objects": [indicator("odd-c.example")]}).encode())
    f = run(add("nowhere", "/nowhere/", format="taxii"))
    assert f["state"] == "failing" and "from where" in f["trouble"], f
    site.at["/empty/objects/"] = lambda h: h.say(200, b"{}", {"Content-Type": "application/taxii+json;version=2.1"})
    assert run(add("empty", "/empty/", format="taxii"))["state"] == "ok"


@promise
def taxii_requests():
    """each TAXII request says who asks and what is spoken, and with `next` goes all that went with the first"""
    def answer(h):
        at = "3" if "next=" in h.path else "2" if "added_after=" in h.path else "1"
        body = {"objects": [indicator(f"asks{at}.example")], **({"more": True, "next": "n"} if at == "2" else {})}
        h.say(200, json.dumps(body).encode(), {"Content-Type": "application/taxii+json;version=2.1", "X-TAXII-Date-Added-Last": f"2026-11-0{at}T00:00:00.000000Z"})

    site.at["/asks/objects/"] = answer
    feed = add("asks", "/asks/", format="taxii")
    assert run(feed)["state"] == "ok" and run(feed)["position"] == "2026-11-03T00:00:00.000000Z"
    asked = site.asked("/asks/objects/")
    assert len(asked) == 3, [x[1] for x in asked]
    for _, _, headers in asked:
        assert headers["User-Agent"].startswith("lianfang/") and "application/taxii+json;version=2.1" in headers["Accept"], headers
    first, more = (dict(urllib.parse.parse_qsl(x[1].partition("?")[2])) for x in asked[1:])
    assert first["added_after"] == "2026-11-01T00:00:00.000000Z" and more == {**first, "next": "n"}, (first, more)


def kept(home):
    path = home / "data/core/node.db"
    with contextlib.closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as db:
        return db.execute("SELECT count(*) FROM feed_object").fetchone()[0]


@promise
def killed():
    """kill -9 in the midst of a run: it goes on by itself, and no object is there twice"""
    home = scratch()
    victim = Node.serve(home)
    site.at["/many"] = b"".join(b"kill%d.example\n" % i for i in range(20000))
    a = victim.local("POST", "/api/v1/feeds", {"name": "many", "url": site.url + "/many", "format": "list", "every": "1d", "private": True})
    assert a.status == 201, a.body
    # In the midst: some objects are kept, the run has not ended.
    until("some of it is kept", lambda: kept(home) > 1000)
    os.kill(victim.process.pid, signal.SIGKILL)
    for pid in children(victim.process.pid):
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
    victim.process.wait()
    again = Node.serve(home)
    f = until("the run ends", lambda: (x := again.local("GET", "/api/v1/feeds/many").json).get("ok") and x, 60)
    assert f["last"]["new"] + f["last"]["same"] == 20000 and f["last"]["changed"] == 0, f
    assert f["last"]["same"] > 1000, f
    note = f"{f['last']['same']} were kept before"
    export = subprocess.run([BIN, "stix", "export", "--data", str(pathlib.Path(again.info["local"]).parent), "--collection", "library", "-"], capture_output=True, timeout=120)
    ids = re.findall(rb'"id":\s*"(indicator--[0-9a-f-]+)"', export.stdout)
    assert len(ids) == len(set(ids)) == 20000, (len(ids), len(set(ids)), export.stderr[:300])
    again.close()
    return note


@promise
def discovered():
    """a TAXII collection is found from the server's address by its title, alias or id, over all API roots; one that is not there is told"""
    taxii = {"Content-Type": "application/taxii+json;version=2.1"}
    site.at["/taxii2/"] = lambda h: h.say(200, json.dumps({"title": "x", "default": site.url + "/empty/", "api_roots": ["/empty/", site.url + "/full/"]}).encode(), taxii)
    site.at["/empty/collections/"] = lambda h: h.say(200, b"{}", taxii)
    site.at["/full/collections/"] = lambda h: h.say(200, json.dumps({"collections": [{"id": "one", "title": "other"}, {"id": "two", "alias": "al", "title": "\u60c5\u8cc7"}]}).encode(), taxii)
    site.at["/full/collections/two/objects/"] = lambda h: h.say(200, json.dumps({"objects": [indicator("discovered.example")]}).encode(), taxii)
    for n, name in enumerate(("\u60c5\u8cc7", "al", "two")):
        f = run(add(f"discovered {n}", "/taxii2/", format="taxii", mapping=f"collection = {name}"))
        assert f["state"] == "ok" and f["last"]["new"] + f["last"]["same"] == 1, f
    f = run(add("discovered root", "/taxii2/", format="taxii", mapping="collection = nothing"))
    assert f["state"] == "failing" and "no API root" in f["trouble"], f


@promise
def deleted_there():
    """what a TAXII server deleted leaves the collection when its manifest was walked through, and what a shifting page left out stays"""
    taxii = {"Content-Type": "application/taxii+json;version=2.1"}
    there = [indicator(f"gone{i}.example") for i in range(30)]
    hidden = set()  # what a page of the manifest leaves out, as others write meanwhile

    def some_objects(h):
        new = [] if "added_after=" in h.path else there
        h.say(200, json.dumps({"objects": new} if new else {}).encode(), {**taxii, "X-TAXII-Date-Added-Last": "2026-11-02T00:00:00.000000Z"})

    def manifest(h):
        q = urllib.parse.parse_qs(urllib.parse.urlsplit(h.path).query)
        if "match[id]" in q:
            ids = q["match[id]"][0].split(",")
            assert len(ids) <= 20, ids
            return h.say(200, json.dumps({"objects": [{"id": o["id"]} for o in there if o["id"] in ids]}).encode(), taxii)
        at = int(q.get("next", ["0"])[0])
        rows = [{"id": o["id"], "version": o["modified"]} for o in there[at:at + 10] if o["id"] not in hidden]
        body = {"objects": rows, "more": True, "next": str(at + 10)} if at + 10 < len(there) else {"objects": rows}
        h.say(200, json.dumps(body).encode(), taxii)

    site.at["/gone/objects/"], site.at["/gone/manifest/"] = some_objects, manifest
    feed = add("gone", "/gone/", format="taxii", gone=True)
    kept_here = lambda: sorted(o["pattern"] for o in objects() if o["type"] == "indicator" and ".example'" in o["pattern"] and "'gone" in o["pattern"])
    f = run(feed)
    assert (f["state"], f["last"]["new"], f["last"]["ended"]) == ("ok", 30, 0) and len(kept_here()) == 30, f
    hidden.add(there[7]["id"])
    del there[25:28]
    f = run(feed)
    assert f["last"]["ended"] == 3 and len(kept_here()) == 27, (f, kept_here())
    assert any("gone7." in p for p in kept_here()) and not any("gone26." in p for p in kept_here())
    # Unasked only once a day: the next run of the clock asks for no manifest.
    asked = len(site.asked("/gone/manifest/"))
    a = node.request("PUT", f"/api/v1/feeds/{feed}", {"name": "gone", "url": site.url + "/gone/", "format": "taxii", "gone": True, "every": "1h", "collection": "rw", "private": True})
    assert a.status == 200, a.body
    until("a run of the clock", lambda: len(node.get(f"/api/v1/feeds/{feed}/runs").json["items"]) >= 3)
    assert len(site.asked("/gone/manifest/")) == asked
    # A server without a manifest is told of, and nothing is ended.
    site.at["/gone/manifest/"] = lambda h: h.say(404, b"{}", taxii)
    f = run(feed)
    assert f["state"] == "ok" and len(kept_here()) == 27 and any("not noticed" in n["why"] for n in f["notes"]), f


class Resolver:
    """Answers SRV questions: self.at[name] = [(priority, weight, port, target)]; another question first gets a forged answer."""

    def __init__(self):
        self.at, self.asked = {}, []
        self.socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.socket.bind(("127.0.0.1", 0))
        self.address = "127.0.0.1:%d" % self.socket.getsockname()[1]
        threading.Thread(target=self.serve, daemon=True).start()

    @staticmethod
    def name(text):
        return b"".join(bytes([len(x)]) + x.encode() for x in text.split(".") if x) + b"\0"

    def serve(self):
        while True:
            q, who = self.socket.recvfrom(4096)
            at, labels = 12, []
            while q[at]:
                labels.append(q[at + 1:at + 1 + q[at]].decode())
                at += 1 + q[at]
            name = ".".join(labels)
            self.asked.append((name, int.from_bytes(q[at + 1:at + 3], "big")))
            question, rows = q[12:at + 5], self.at.get(name)
            forged = bytes([q[0] ^ 1]) + q[1:2] + b"\x81\x83\0\1\0\0\0\0\0\0" + question
            self.socket.sendto(forged, who)
            out = q[:2] + (b"\x81\x80" if rows else b"\x81\x83") + b"\0\1" + len(rows or []).to_bytes(2, "big") + b"\0\0\0\0" + question
            for priority, weight, port, target in rows or []:
                data = b"".join(x.to_bytes(2, "big") for x in (priority, weight, port)) + self.name(target)
                out += b"\xc0\x0c\0\x21\0\1\0\0\0\x3c" + len(data).to_bytes(2, "big") + data
            self.socket.sendto(out, who)


@promise
def by_srv():
    """a TAXII server is found by its domain's SRV record in the order of priorities, a dead one passed over; a record that leads out of the domain is not followed"""
    resolver = Resolver()
    on = Node.serve(scratch(), f"[feeds]\nresolver = {resolver.address}")
    taxii = {"Content-Type": "application/taxii+json;version=2.1"}
    hub, port = Site(), None
    port = int(hub.url.rsplit(":", 1)[1])
    dead = socket.socket()
    dead.bind(("127.0.0.1", 0))
    hub.at["/taxii2/"] = lambda h: h.say(200, json.dumps({"title": "x", "default": "/root/"}).encode().replace(b'}', b', "api_roots": ["/root/"]}'), taxii)
    hub.at["/root/collections/"] = lambda h: h.say(200, json.dumps({"collections": [{"id": "one", "title": "feed"}]}).encode(), taxii)
    hub.at["/root/collections/one/objects/"] = lambda h: h.say(200, json.dumps({"objects": [indicator("by-srv.example")]}).encode(), taxii)

    def fetched(name, domain):
        a = on.local("POST", "/api/v1/feeds", {"name": name, "url": f"http://_taxii2._tcp.{domain}/taxii2/", "format": "taxii", "mapping": "collection = feed", "every": "0", "private": True})
        assert a.status == 201, a.body
        assert on.local("POST", f"/api/v1/feeds/{name}/run").status == 202
        return until("the run of " + name, lambda: (f := on.local("GET", f"/api/v1/feeds/{name}").json) and (f.get("ok") or f["failures"]) and f, 40)

    resolver.at["_taxii2._tcp.ti.localhost"] = [(20, 0, 1, "ti.localhost"), (10, 5, port, "hub.ti.localhost"), (1, 0, dead.getsockname()[1], "old.ti.localhost")]
    f = fetched("srv", "ti.localhost")
    assert f["state"] == "ok" and f["last"]["new"] == 1, f
    assert resolver.asked[0] == ("_taxii2._tcp.ti.localhost", 33), resolver.asked
    assert hub.seen[0][2]["Host"] == f"hub.ti.localhost:{port}", hub.seen[0]
    seen = len(hub.seen)
    resolver.at["_taxii2._tcp.other.localhost"] = [(1, 0, port, "hub.ti.localhost")]
    f = fetched("led away", "other.localhost")
    assert f["state"] == "failing" and "no server within its domain" in f["trouble"] and len(hub.seen) == seen, f
    resolver.at["_taxii2._tcp.none.localhost"] = [(0, 0, 0, ".")]
    assert "no server within" in fetched("none", "none.localhost")["trouble"]
    on.close()


@promise
def in_the_midst():
    """a feed changed while it is fetched is fetched anew as it is now, one asked for again runs again, one removed brings nothing more"""
    gate = threading.Event()

    def slow(h):
        gate.wait(20)
        h.say(200, h.path[1:].encode() + b".example\n")

    for path in ("/midst-a", "/midst-b", "/midst-c"):
        site.at[path] = slow
    site.at["/midst-new"] = b"midst-new.example\n"
    changed, again, removed = (add(name, "/" + name, format="list", every="1h") for name in ("midst-a", "midst-b", "midst-c"))
    until("all are asked for", lambda: all(site.asked("/midst-" + x) for x in "abc"))
    a = node.request("PUT", f"/api/v1/feeds/{changed}", {"name": "midst-a", "url": site.url + "/midst-new", "format": "list", "every": "1h", "collection": "rw", "private": True})
    assert a.status == 200, a.body
    assert node.post(f"/api/v1/feeds/{again}/run").status == 202
    assert node.request("DELETE", f"/api/v1/feeds/{removed}").status == 204
    gate.set()
    until("it ran again", lambda: len(site.asked("/midst-b")) == 2)
    until("it ran as it is now", lambda: get(changed).get("ok"))
    run(again)
    names = {o["name"] for o in objects() if o["type"] == "indicator" and "midst" in o.get("name", "")}
    assert names == {"midst-new.example", "midst-b.example"}, names


@promise
def elsewhere():
    """a feed that gets another collection brings there what it brought elsewhere"""
    site.at["/moved"] = b"moved-1.example\nmoved-2.example\n"
    feed = add("moved", "/moved", format="list")
    assert run(feed)["last"]["new"] == 2
    a = node.request("PUT", f"/api/v1/feeds/{feed}", {"name": "moved", "url": site.url + "/moved", "format": "list", "every": "0", "collection": "library", "private": True})
    assert a.status == 200, a.body
    f = run(feed)
    assert (f["last"]["new"] + f["last"]["changed"], f["last"]["refused"]) == (2, 0), f
    assert (run(feed)["last"]["same"], get(feed)["last"]["changed"]) == (2, 0)


@promise
def not_there_yet():
    """what a MISP feed's index names and its server does not have yet is asked for again though the index stays the same"""
    u = str(uuid.uuid4())
    site.at["/yet/manifest.json"] = json.dumps({u: {"info": "x", "timestamp": "1790000000"}}).encode()
    feed = add("yet", "/yet/manifest.json", format="misp-feed")
    f = run(feed)
    assert f["last"]["refused"] == 1 and "404" in f["notes"][0]["why"], f
    assert not f.get("sha256"), "nothing is kept that would let the index count as known"


@promise
def many_indexes():
    """indexes of a CSAF provider past those that are read are told"""
    site.at["/many.json"] = json.dumps({"distributions": [{"directory_url": f"{site.url}/none-{i}/"} for i in range(300)]}).encode()
    for i in range(300):
        site.at[f"/none-{i}/changes.csv"] = b""
    f = run(add("many indexes", "/many.json", format="csaf-provider"))
    assert f["state"] == "ok" and any("256 indexes" in n["why"] for n in f["notes"]), f


def large(name, size=12 << 20):
    """A document of about so many bytes, most of which makes objects."""
    def many(one):
        out, n, i = [], 0, 0
        while n < size and i < 190_000:
            out.append(one(i))
            n += len(out[-1]) + 1
            i += 1
        return out

    u = lambda i: str(uuid.UUID(int=i + (hash(name) & 0xFFFF) * 2**64, version=4))
    if name == "csv":
        text = "value,type,description,tags\n" + "\n".join(many(lambda i: f'big-{i}.example.com,domain,"of row {i}, or so",c2;bot'))
    elif name == "list":
        text = "\n".join(many(lambda i: f"list-{i}.example.com"))
    elif name == "stix":
        text = bundle().decode()[:-2] + ",".join(many(lambda i: json.dumps(indicator(f"stix-{i}.example.com", i)))) + "]}"
    elif name == "stix20":
        one = {"type": "indicator", "created": "2026-11-01T00:00:00.000Z", "modified": "2026-11-01T00:00:00.000Z", "labels": ["malicious-activity"], "valid_from": "2026-11-01T00:00:00Z"}
        text = '{"type":"bundle","spec_version":"2.0","id":"bundle--' + u(0) + '","objects":[' + ",".join(many(lambda i: json.dumps({**one, "id": "indicator--" + u(i), "pattern": f"[domain-name:value = 'old-{i}.example.com']"}))) + "]}"
    elif name == "misp":
        text = json.dumps({"Event": {"uuid": u(0), "info": "large", "date": "2026-11-01", "timestamp": "1790000000", "published": True}})[:-2] + ',"Attribute":[' + ",".join(many(lambda i: json.dumps({"uuid": u(i), "type": "domain", "category": "Network activity", "to_ids": True, "timestamp": "1790000000", "value": f"misp-{i}.example.com"}))) + "]}}"
    elif name == "kev":
        text = '{"title":"t","catalogVersion":"2026.11.01","dateReleased":"2026-11-01T00:00:00.0000Z","count":1,"vulnerabilities":[' + ",".join(many(lambda i: json.dumps({"cveID": f"CVE-2024-{10000 + i}", "vendorProject": "v", "product": "p", "vulnerabilityName": "n", "dateAdded": "2026-11-01", "shortDescription": "x" * 100, "requiredAction": "do", "dueDate": "2026-12-01", "notes": ""}))) + "]}"
    elif name == "openioc":
        text = f'<ioc xmlns="http://schemas.mandiant.com/2010/ioc" id="{u(0)}" last-modified="2026-11-01T00:00:00"><short_description>large</short_description><definition><Indicator operator="OR">' + "".join(many(lambda i: f'<IndicatorItem id="{u(i)}" condition="is"><Context document="Network" search="Network/DNS" type="mir"/><Content type="string">ioc-{i}.example.com</Content></IndicatorItem>')) + "</Indicator></definition></ioc>"
    else:
        text = '<stix:STIX_Package xmlns:stix="http://stix.mitre.org/stix-1" xmlns:i="http://stix.mitre.org/Indicator-2" xmlns:c="http://cybox.mitre.org/cybox-2" xmlns:D="http://cybox.mitre.org/objects#DomainNameObject-1" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" id="x:p-1" version="1.2"><stix:Indicators>' + "".join(many(lambda i: f'<stix:Indicator xsi:type="i:IndicatorType" id="x:indicator-{u(i)}" timestamp="2026-11-01T00:00:00Z"><i:Observable id="x:o-{i}"><c:Object id="x:b-{i}"><c:Properties xsi:type="D:DomainNameObjectType"><D:Value>one-{i}.example.com</D:Value></c:Properties></c:Object></i:Observable></stix:Indicator>')) + "</stix:Indicators></stix:STIX_Package>"
    return text.encode()


@promise
def others_are_answered():
    """while documents of 12 MiB of every format are read and taken, another client is answered within 250 ms; what is broken at its end brings nothing"""
    home = scratch()
    busy = Node.serve(home)
    names, slowest, middle = ("csv", "list", "stix", "stix20", "misp", "kev", "openioc", "stix1"), {}, {}

    def answers(until_true):
        took = []
        while not until_true():
            began = time.monotonic()
            assert busy.local("GET", "/api/v1/feeds/nobody").status == 404
            took.append(time.monotonic() - began)
        return took

    for name in names:
        body = large(name)
        site.at["/large"] = body
        a = busy.local("POST", "/api/v1/feeds", {"name": name, "url": site.url + "/large", "format": name, "every": "1d", "private": True})
        assert a.status == 201, a.body
        had, end = kept(home), time.monotonic() + 60
        took = answers(lambda: kept(home) > had + 500 or time.monotonic() > end)
        f = busy.local("GET", "/api/v1/feeds/" + name).json
        assert kept(home) > had + 500, f
        assert busy.local("DELETE", "/api/v1/feeds/" + name).status == 204
        slowest[name], middle[name] = max(took), sorted(took)[len(took) // 2]
        # Nothing of it although all but its last bytes are sound.
        if name in ("stix", "openioc"):
            had = kept(home)
            site.at["/large"] = body[:-20]
            a = busy.local("POST", "/api/v1/feeds", {"name": name, "url": site.url + "/large", "format": name, "every": "1d", "private": True})
            f = until("it fails", lambda: (x := busy.local("GET", "/api/v1/feeds/" + name).json)["failures"] and x, 60)
            assert kept(home) <= had, (name, f)
            assert busy.local("DELETE", "/api/v1/feeds/" + name).status == 204
    note = "slowest answers: " + ", ".join(f"{n} {1000 * v:.0f} ms (middle {1000 * middle[n]:.1f})" for n, v in slowest.items())
    assert max(slowest.values()) < 0.25, note
    busy.close()
    return note


def large_index(name):
    """Some 12 MiB of an index that leads nowhere: what is timed is the reading of it."""
    filler, row = "x" * 200, 0
    if name == "csaf changes":
        return b"".join(b'"2026/%d.txt","2026-11-01T00:00:00Z"\r\n' % i for i in range(12 * 30000))
    rows = range(12 * 4200)
    if name == "misp-feed":
        return ("{" + ",".join(f'"no uuid {i}":{{"timestamp":"1","info":"{filler}"}}' for i in rows) + "}").encode()
    if name == "misp-server":
        return ("[" + ",".join(f'{{"uuid":"no uuid {i}","timestamp":"1","info":"{filler}"}}' for i in rows) + "]").encode()
    if name == "csaf rolie":
        return ('{"feed":{"entry":[' + ",".join(f'{{"id":"{i}","updated":"2026-11-01T00:00:00Z","content":{{"src":"none.json"}},"title":"{filler * 3}"}}' for i in rows[:17500]) + "]}}").encode()
    return ('{"collections":[' + ",".join(f'{{"id":"{uuid.uuid5(uuid.NAMESPACE_OID, str(i))}","title":"{filler}"}}' for i in rows) + "]}").encode()


@promise
def others_are_answered_by_indexes():
    """while indexes of 12 MiB (MISP manifests and lists, CSAF changes and ROLIE, TAXII collections) are read, another client is answered within 250 ms"""
    busy = Node.serve(scratch())
    taxii = {"Content-Type": "application/taxii+json;version=2.1"}
    slowest = {}
    for name in ("misp-feed", "misp-server", "csaf changes", "csaf rolie", "taxii"):
        body = large_index(name)
        assert 10 << 20 < len(body) < 16 << 20, (name, len(body))
        provider = {"directory_url": site.url + "/idx/"} if name == "csaf changes" else {"rolie": {"feeds": [{"url": site.url + "/idx/rolie.json"}]}}
        site.at["/idx/provider-metadata.json"] = json.dumps({"distributions": [provider]}).encode()
        site.at["/idx/"] = lambda h: h.say(200, json.dumps({"title": "x", "default": site.url + "/idx/root/", "api_roots": [site.url + "/idx/root/"]}).encode(), taxii)
        for path in ("/idx/manifest.json", "/idx/events/index", "/idx/changes.csv", "/idx/rolie.json", "/idx/root/collections/"):
            site.at[path] = lambda h, body=body: h.say(200, body, taxii if name == "taxii" else {})
        a = busy.local("POST", "/api/v1/feeds", {
            "name": "f", "every": "1d", "private": True, "format": "csaf-provider" if name.startswith("csaf") else name,
            "url": site.url + ("/idx/provider-metadata.json" if name.startswith("csaf") else "/idx/" if name == "taxii" else "/idx"),
            **({"mapping": "collection = none"} if name == "taxii" else {})})
        assert a.status == 201, a.body
        took, end, before, done = [], time.monotonic() + 60, len(site.seen), False
        while not done and time.monotonic() < end:
            began = time.monotonic()
            f = busy.local("GET", "/api/v1/feeds/f").json
            took.append(time.monotonic() - began)
            done = bool(f["failures"] or f.get("ok") or any(x[1] == "/idx/none.json" for x in site.seen[before:]))
        assert done and ("no API root" in f["trouble"] if name == "taxii" else not f["failures"]), (name, f, site.seen[before:])
        slowest[name] = max(took)
        assert busy.local("DELETE", "/api/v1/feeds/f").status == 204
    busy.close()
    note = "slowest answers: " + ", ".join(f"{n} {1000 * v:.0f} ms" for n, v in slowest.items())
    assert max(slowest.values()) < 0.25, note
    return note


@promise
def who_may():
    """who only reads or shares sets up no feed and is told nothing of one; the command line lists and runs them, a page shows them"""
    a = node.post("/api/v1/users", {"name": "rita", "roles": "reader", "password": "correct horse 9 battery"})
    if a.status != 201:
        a = node.local("POST", "/api/v1/users", {"name": "rita", "roles": "reader", "password": "correct horse 9 battery"})
    tok = node.local("POST", "/api/v1/tokens", {"account": "rita", "label": "t", "roles": "reader"}).json["token"]
    h = {"Authorization": "Bearer " + tok}
    for method, path in (("GET", "/api/v1/feeds"), ("POST", "/api/v1/feeds"), ("DELETE", "/api/v1/feeds/list"), ("GET", "/api/v1/feeds/list/runs"), ("POST", "/api/v1/feeds/list/run")):
        assert node.request(method, path, {"name": "x", "url": "https://x.example/"} if method == "POST" else None, headers=h).status == 403, path
    data = str(pathlib.Path(node.info["local"]).parent)
    p = subprocess.run([BIN, "feed", "list", "--data", data], capture_output=True, timeout=30)
    assert p.returncode == 0 and b"watch\tok\tlist" in p.stdout, (p.stdout, p.stderr)
    assert subprocess.run([BIN, "feed", "run", "--data", data, "watch"], capture_output=True, timeout=30).returncode == 0
    page = node.get("/feeds?lang=en", headers={"Accept": "text/html"})
    assert page.status == 200 and b"watch" in page.body and b"TLP:AMBER" in page.body and b"Last run" in page.body, (page.status, page.body[:300])
    assert subprocess.run([BIN, "feed", "show", "--data", data, "nobody"], capture_output=True, timeout=30).returncode == 1


done()
