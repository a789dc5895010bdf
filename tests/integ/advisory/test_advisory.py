#!/usr/bin/env python3
"""Intelligence that people write travels over three tiers: warned at the top, answered from below, blocked where wished,
withdrawn everywhere."""
import base64
import hashlib
import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "lib"))
from lf import *

EWA = {"title": "郵件系統弱點遭利用", "description": "多個單位收到帶有惡意附件的郵件。\n請儘速更新。", "severity": "high",
       "values": ["hxxp://dropper[.]example/a", "c2-ewa.example", "203.0.113.77"], "cve": ["CVE-2026-12345"],
       "measures": "更新至 7.2；封鎖清單所列網域。", "sectors": ["energy", "utilities"],
       "reply_by": "2026-12-01T00:00:00+08:00", "tlp": "amber", "references": ["https://cert.example/1"]}


def join(child, parent):
    token = parent.local("POST", "/api/v1/peers/invitations", {}).json["token"]
    assert child.local("POST", "/api/v1/parent", {"token": token}).status == 202
    until("the link is up", lambda: child.local("GET", "/api/v1/parent").json["state"] == "active")


def writer(node):
    """An analyst who writes; the operator at the machine reviews."""
    assert node.local("POST", "/api/v1/users", {"name": "ann", "roles": "analyst", "password": "a long enough one"}).status == 201
    return node.local("POST", "/api/v1/tokens", {"account": "ann", "label": "t", "roles": "analyst"}).json["token"]


nation, sector, one = (Node.serve(scratch(), tier=tier) for tier in ("nation", "sector", "provider"))
join(sector, nation)
join(one, sector)
tokens = {id(node): writer(node) for node in (nation, one)}


def ask(node, method, path, body=None):
    return node.request(method, path, body, headers={"Authorization": "Bearer " + tokens[id(node)]})


def drafted(node, kind, form, **more):
    r = ask(node, "POST", "/api/v1/advisories", {"kind": kind, "form": form, **more})
    assert r.status == 201, r.body
    return r.json["id"]


def published(node, kind, form, **how):
    at = drafted(node, kind, form)
    assert ask(node, "POST", f"/api/v1/advisories/{at}/submit").status == 204
    r = node.local("POST", f"/api/v1/advisories/{at}/publish", how)
    assert r.status == 204, r.body
    return at


def seen(node, at, state="published"):
    def look():
        r = node.local("GET", f"/api/v1/advisories/{at}")
        return r.status == 200 and r.json["state"] == state and r.json
    return until(f"{at} is {state}", look)


@promise
def warned():
    """an early warning of the nation is read at the provider as it was written, and its values are blocked there"""
    at = published(nation, "EWA", EWA, look_for=True)
    for node in (sector, one):
        got = seen(node, at)
        assert got["form"] == {**EWA, "values": ["http://dropper.example/a", "c2-ewa.example", "203.0.113.77"]}, got["form"]
        assert got["origin"] and got["kind"] == "EWA" and got["stix"]["type"] == "report", got
        until("the name is blocked", lambda node=node: any(b["value"] == "c2-ewa.example" for b in node.local("GET", "/api/v1/blocks").json["items"]))
    r = one.local("POST", f"/api/v1/advisories/{at}/withdraw", {"reason": "not mine"})
    assert r.status == 403, r.body
    global warning
    warning = at


@promise
def standard():
    """a TAXII client that knows no extension finds the warning's observables, vulnerability and measures in members"""
    assert nation.local("POST", "/api/v1/users", {"name": "tool", "roles": "share", "password": "a long enough one"}).status == 201
    token = nation.local("POST", "/api/v1/tokens", {"account": "tool", "label": "tool", "roles": "share"}).json["token"]
    h = {"Authorization": "Bearer " + token, "Accept": "application/taxii+json;version=2.1"}
    root = nation.get("/taxii2/", headers=h).json["default"]
    root = root if root.startswith("http") else nation.info["https"] + root
    members = next(c["id"] for c in nation.get(root + "collections/", headers=h).json["collections"] if c.get("alias") == "members")
    objects = nation.get(f"{root}collections/{members}/objects/?limit=1000", headers=h).json["objects"]
    report = next(o for o in objects if o["id"] == warning)
    have = {o["id"]: o for o in objects}
    types = [have[ref]["type"] for ref in report["object_refs"]]
    assert types.count("indicator") == 3 and {"vulnerability", "course-of-action", "domain-name", "url", "ipv4-addr"} <= set(types), types
    assert all(have[ref].get("object_marking_refs") for ref in report["object_refs"] if not ref.startswith("indicator")), types


@promise
def answered():
    """a provider's answer reaches who warned it, and no member"""
    at = published(one, "FBI", {"title": "回覆預警", "reply_to": warning, "verdict": "confirmed", "measures": "已封鎖並更新", "tlp": "amber"})
    got = seen(sector, at)
    assert got["form"]["verdict"] == "confirmed" and got["form"]["reply_to"] == warning, got
    members = [o for o in sector.local("GET", "/api/v1/advisories?kind=FBI").json["items"] if o["id"] == at]
    assert len(members) == 1, members


@promise
def attached():
    """a file goes with it, is bounded, and comes back as it was"""
    data = bytes(range(256)) * 100
    at = drafted(one, "ANA", {"title": "附件", "category": "news", "description": "x", "tlp": "green"})
    body = {"name": "截圖 1.png", "type": "image/png", "data": base64.b64encode(data).decode()}
    assert ask(one, "POST", f"/api/v1/advisories/{at}/files", body).status == 204
    assert ask(one, "POST", f"/api/v1/advisories/{at}/files", {**body, "name": "../x"}).status == 400
    big = {**body, "data": base64.b64encode(b"x" * (512 * 1024 + 1)).decode()}
    assert ask(one, "POST", f"/api/v1/advisories/{at}/files", big).status == 413
    listed = ask(one, "GET", f"/api/v1/advisories/{at}").json["files"]
    assert [(f["name"], f["size"], f["sha256"]) for f in listed] == [("截圖 1.png", len(data), hashlib.sha256(data).hexdigest())], listed
    got = ask(one, "GET", f"/api/v1/advisories/{at}/files?n=1")
    assert got.body == data and "attachment" in got.headers["Content-Disposition"], got.headers


@promise
def found():
    """the list finds by words anywhere in what is written, all of them, and only what its reader may have"""
    form = {"title": "Heron 通報", "category": "news", "description": "the pump house of Ilha Verde", "tlp": "green", "values": ["heron.example"]}
    at = drafted(one, "ANA", form)
    red = drafted(one, "ANA", {**form, "tlp": "red", "description": "the pump house, in confidence"})

    def find(words, more=""):
        r = ask(one, "GET", "/api/v1/advisories?words=" + urllib.parse.quote(words) + more)
        assert r.status == 200, r.body
        return {x["id"] for x in r.json["items"]}
    assert find("heron PUMP") == {at, red} and find("通報 ilha") == {at} and find("heron.example confidence") == {red}
    assert find("heron", "&kind=EWA") == set() and find("description") == set() and find("heron absent") == set() and find(at) == {at}
    assert ask(one, "GET", "/api/v1/advisories?words=" + "+".join("abcdefghi")).status == 400
    seen_by = one.local("POST", "/api/v1/users", {"name": "vera", "display": "vera", "password": "a long password vera", "roles": "reader"})
    assert seen_by.status == 201, seen_by.body
    vera = base64.b64encode(b"vera:a long password vera").decode()
    r = one.request("GET", "/api/v1/advisories?words=heron", headers={"Authorization": "Basic " + vera})
    assert r.status == 200 and {x["id"] for x in r.json["items"]} == {at}, r.body


@promise
def by_command():
    """a draft is written, changed, given a file, and handed in on the command line"""
    def run(*words, stdin=b""):
        return subprocess.run([BIN, "advisory", words[0], "-c", str(one.directory / "lianfang.ini"), "--json", *words[1:]], input=stdin, capture_output=True, timeout=60)
    form = {"title": "命令列", "category": "news", "description": "x", "tlp": "green"}
    r = run("add", "-", stdin=json.dumps({"kind": "ANA", "form": form}).encode())
    assert r.returncode == 0, r
    at = json.loads(r.stdout)["id"]
    r = run("edit", at, "-", stdin=json.dumps({"form": {**form, "title": "命令列（改）"}}).encode())
    assert r.returncode == 0, r
    data = bytes(range(256))
    r = run("attach", at, "a.bin", "application/octet-stream", "-", stdin=data)
    assert r.returncode == 0, r
    r = run("attach", at, "b.bin", "application/octet-stream", "-", stdin=b"b")
    assert r.returncode == 0 and run("detach", at, "2").returncode == 0, r
    got = json.loads(run("show", at).stdout)
    assert got["title"] == "命令列（改）" and [f["sha256"] for f in got["files"]] == [hashlib.sha256(data).hexdigest()], got
    assert "title" in [f["key"] for f in json.loads(run("forms").stdout)["EWA"]]
    r = run("add", "-", stdin=b'{"kind":"BULLETIN","form":{}}')
    assert r.returncode == 2 and r.stderr.count(b"\n") == 1, r
    assert run("submit", at).returncode == 0 and json.loads(run("show", at).stdout)["state"] == "review"


@promise
def reviewed():
    """nothing goes out unseen: incomplete, by its writer, or while it is changed"""
    at = drafted(one, "INT", {"title": "只有標題"})
    r = ask(one, "POST", f"/api/v1/advisories/{at}/submit")
    assert r.status == 422 and "description" in r.json["detail"], r.body
    own = one.local("POST", "/api/v1/advisories", {"kind": "ANA", "form": {"title": "t", "category": "news", "description": "x", "tlp": "clear"}}).json["id"]
    assert one.local("POST", f"/api/v1/advisories/{own}/submit").status == 204
    assert one.local("POST", f"/api/v1/advisories/{own}/publish", {}).status == 403
    assert ask(one, "PUT", f"/api/v1/advisories/{own}", {"form": {"title": "u"}}).status == 409
    assert ask(one, "POST", f"/api/v1/advisories/{own}/publish", {}).status == 403
    assert one.local("POST", f"/api/v1/advisories/{own}/return", {"reason": "哪來的？"}).status == 204
    got = ask(one, "GET", f"/api/v1/advisories/{own}").json
    assert got["state"] == "returned" and got["reason"] == "哪來的？", got


@promise
def gone():
    """what the nation withdraws is withdrawn at the provider, and no longer blocked"""
    assert nation.local("POST", f"/api/v1/advisories/{warning}/withdraw", {"reason": "誤植"}).status == 204
    for node in (sector, one):
        seen(node, warning, "withdrawn")
        until("the name is free", lambda node=node: not any(b["value"] == "c2-ewa.example" for b in node.local("GET", "/api/v1/blocks").json["items"]))


done()
