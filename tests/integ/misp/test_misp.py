#!/usr/bin/env python3
"""MISP's API: what another MISP and its programs send to pull from a node and to push to it."""
import copy
import hashlib
import json
import pathlib
import ssl
import subprocess
import sys
import uuid

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "lib"))
from lf import *

ROOT = pathlib.Path(__file__).resolve().parents[3]
EVENT = json.loads((ROOT / "tests/data/exchange/misp-event.json").read_text())["response"][0]
node = Node.throwaway()


def ask(method, path, body=None, key=None, on=None, collection="rw"):
    """As MISP's own client does: the bare key, JSON both ways."""
    on = on or node
    h = {"Authorization": key or on.token, "Accept": "application/json"}
    if body is not None:
        h["Content-Type"] = "application/json"
        body = json.dumps(body).encode()
    return on.request(method, f"/misp/{collection + '/' if collection else ''}{path}", body, headers=h, auth=False)


def attributes(event):
    out = {a["uuid"]: a for a in event.get("Attribute", [])}
    for o in event.get("Object", []):
        out |= {a["uuid"]: a for a in o["Attribute"]}
    return out


def small(info, *values, tags=("tlp:green",), stamp=1790000000, published=True):
    u = str(uuid.uuid4())
    return {"Event": {"uuid": u, "info": info, "date": "2026-11-01", "timestamp": str(stamp), "published": published, "analysis": "2", "threat_level_id": "2",
                      "distribution": "3", "Orgc": {"name": "Other CERT", "uuid": "5a1b2c3d-0000-4aaa-8bbb-0000000000cc"}, "Tag": [{"name": t} for t in tags],
                      "Attribute": [{"uuid": str(uuid.uuid5(uuid.UUID(u), v)), "type": "domain", "category": "Network activity", "to_ids": True, "value": v,
                                     "timestamp": str(stamp)} for v in values]}}


@promise
def greeting():
    """version, user and permissions as clients ask for them first; a wrong key, none, and a browser's session get 403"""
    v = ask("GET", "servers/getVersion")
    assert v.status == 200 and v.json["version"].startswith("2.4.") and v.json["perm_sync"] is True, v.body
    assert ask("GET", "servers/getPyMISPVersion.json").json["version"] == v.json["version"]
    me = ask("GET", "users/view/me.json").json
    assert me["Role"]["perm_sync"] is True and me["User"]["org_id"] == me["Organisation"]["id"] and me["UserSetting"] == []
    for key in ("x" * 40, "nonsense"):
        a = ask("GET", "servers/getVersion", key=key)
        assert a.status == 403 and "Authentication failed" in a.json["message"], a.body
    assert node.request("GET", "/misp/servers/getVersion", auth=False).status == 403
    assert ask("GET", "nothing/here").status == 404 and ask("GET", "servers/getVersion", collection="nowhere").status == 404


@promise
def push():
    """an event that is pushed is there with every attribute as it was sent; again it exists, edited it must be newer"""
    u = EVENT["Event"]["uuid"]
    assert ask("HEAD", f"events/view/{u}").status == 404 and ask("GET", f"events/view/{u}").status == 404
    assert ask("POST", f"events/edit/{u}/metadata:1", EVENT).status == 404
    a = ask("POST", "events/add/metadata:1", EVENT)
    assert a.status == 200, (a.status, a.body[:500])
    assert ask("HEAD", f"events/view/{u}").status == 200
    was, now = attributes(EVENT["Event"]), attributes(a.json["Event"])
    assert was.keys() == now.keys(), was.keys() ^ now.keys()
    for k, x in was.items():
        for key in ("type", "category", "value", "to_ids", "comment", "object_relation", "timestamp"):
            if key in x and x["value"] != "TCP":
                assert now[k].get(key) == x[key], (key, x, now[k])
    full = ask("GET", f"events/view/{u}/deleted[]:0/deleted[]:1/excludeGalaxy:1/includeEventCorrelations:0/includeWarninglistHits:0/excludeLocalTags:1")
    assert full.json == a.json
    again = ask("POST", "events/add", EVENT)
    assert again.status == 404 and again.headers["Location"].endswith(f"/events/edit/{u}"), (again.status, again.headers)
    same = ask("POST", f"events/edit/{u}", EVENT)
    assert same.status == 403 and "not newer" in same.json["message"], same.body
    newer = small("first words", "push-a.example")
    assert ask("POST", "events/add", newer).status == 200
    newer["Event"]["info"], newer["Event"]["timestamp"] = "other words", "1790000500"
    newer["Event"]["Attribute"].append({"uuid": str(uuid.uuid4()), "type": "domain", "category": "Network activity", "to_ids": True, "value": "push-b.example",
                                        "timestamp": "1790000500"})
    e = ask("POST", f"events/edit/{newer['Event']['uuid']}/metadata:1", newer)
    assert e.status == 200 and e.json["Event"]["info"] == "other words", e.body
    assert {x["value"] for x in e.json["Event"]["Attribute"]} == {"push-a.example", "push-b.example"}
    assert ask("POST", f"events/edit/{uuid.uuid4()}", newer).status == 400
    for bad in ({}, [], {"Event": 7}, {"Event": {}}):
        assert ask("POST", "events/add", bad).status == 400, bad


@promise
def index_and_filter():
    """the index names each event with its time, by publication; of a list of events those that are new here are asked for"""
    draft, out = small("not published", "draft.example", published=False), small("published", "out.example")
    for e in (draft, out):
        assert ask("POST", "events/add", e).status == 200
    rows = {r["uuid"]: r for r in ask("POST", "events/index", {"minimal": 1, "published": 1}).json}
    assert out["Event"]["uuid"] in rows and draft["Event"]["uuid"] not in rows
    row = rows[out["Event"]["uuid"]]
    assert row["timestamp"] == "1790000000" and row["published"] is True and row["orgc_uuid"] == "5a1b2c3d-0000-4aaa-8bbb-0000000000cc", row
    assert draft["Event"]["uuid"] in {r["uuid"] for r in ask("GET", "events/index").json}
    stranger = str(uuid.uuid4())
    want = ask("POST", "events/filterEventIdsForPush", [{"Event": {"uuid": out["Event"]["uuid"], "timestamp": "1790000000"}},
                                                        {"Event": {"uuid": draft["Event"]["uuid"], "timestamp": "1790000001"}},
                                                        {"Event": {"uuid": stranger, "timestamp": "1"}}])
    assert want.json == [draft["Event"]["uuid"], stranger], want.body


@promise
def searches():
    """restSearch of events and attributes by UUID, time, value, type and page; a filter that is not known is refused, not passed over"""
    e = small("search me", "find-a.example", "find-b.example", stamp=1790001000)
    assert ask("POST", "events/add", e).status == 200
    u = e["Event"]["uuid"]
    r = ask("POST", "events/restSearch", {"returnFormat": "json", "uuid": u}).json["response"]
    assert [x["Event"]["uuid"] for x in r] == [u] and len(r[0]["Event"]["Attribute"]) == 2
    r = ask("POST", "events/restSearch", {"eventid": [u], "metadata": True}).json["response"]
    assert "Attribute" not in r[0]["Event"] and r[0]["Event"]["info"] == "search me"
    r = ask("POST", "events/restSearch", {"value": "find-a.example"}).json["response"]
    assert [x["Event"]["uuid"] for x in r] == [u]
    r = ask("POST", "events/restSearch", {"timestamp": "1790001000"}).json["response"]
    assert [x["Event"]["uuid"] for x in r] == [u], r
    a = ask("POST", "attributes/restSearch", {"returnFormat": "json", "value": ["find-a.example", "find-b.example"], "type": "domain"}).json["response"]["Attribute"]
    assert {x["value"] for x in a} == {"find-a.example", "find-b.example"} and a[0]["Event"]["uuid"] == u
    one = ask("POST", "attributes/restSearch", {"uuid": u, "limit": 1, "page": 2}).json["response"]["Attribute"]
    assert len(one) == 1 and one[0]["value"] == "find-b.example"
    assert ask("POST", "attributes/restSearch", {"uuid": u, "type": "md5"}).json["response"]["Attribute"] == []
    for bad in ({"tags": ["tlp:red"]}, {"org": "1"}, {"returnFormat": "csv"}):
        a = ask("POST", "events/restSearch", bad)
        assert a.status == 400, (bad, a.status)


@promise
def sightings():
    """sightings and false positives are taken by an attribute's UUID, one or many, and come back with the event"""
    e = small("seen", "seen-a.example", "seen-b.example")
    assert ask("POST", "events/add", e).status == 200
    a, b = (x["uuid"] for x in e["Event"]["Attribute"])
    s = ask("POST", f"sightings/add/{a}", {"source": "sensor 7", "date_sighting": "1790002000"})
    assert s.status == 200 and s.json["Sighting"]["date_sighting"] == "1790002000", s.body
    assert ask("POST", "sightings/add", {"uuid": a, "type": "1"}).status == 200
    mine = str(uuid.uuid4())
    r = ask("POST", f"sightings/bulkSaveSightings/{e['Event']['uuid']}", [
        {"uuid": mine, "attribute_uuid": b, "date_sighting": "1790002100", "source": "", "type": "0", "org_id": "0"},
        {"uuid": str(uuid.uuid4()), "attribute_uuid": str(uuid.uuid4()), "date_sighting": "1790002100", "type": "0"}])
    assert r.status == 200 and "1 sightings added, 1 " in r.json["message"], r.body
    got = [x["Sighting"] for x in ask("POST", "sightings/restSearch/event", {"returnFormat": "json", "last": 0, "includeUuid": True, "uuid": [e["Event"]["uuid"]]}).json["response"]]
    assert sorted((x["attribute_uuid"], x["type"]) for x in got) == sorted([(a, "0"), (a, "1"), (b, "0")]), got
    assert any(x["uuid"] == mine and x["date_sighting"] == "1790002100" for x in got)
    assert ask("POST", f"sightings/add/{uuid.uuid4()}", {}).status == 404
    assert ask("POST", "sightings/add", {"values": ["seen-a.example"]}).status == 400
    assert ask("POST", f"sightings/add/{a}", {"type": "2"}).status == 400
    assert ask("GET", "shadow_attributes/index/all:1.json").json == []


def account(name, roles):
    r = node.local("POST", "/api/v1/users", {"name": name, "roles": roles, "password": "correct horse 9 battery"})
    assert r.status == 201, r.body
    r = node.local("POST", "/api/v1/tokens", {"account": name, "label": name, "roles": roles})
    assert r.status == 201, r.body
    return r.json["token"]


@promise
def rights():
    """what somebody may not see is at no door of this API: not by view, index, search, sightings or a refusal"""
    red = small("only for its author", "red.example", tags=("tlp:red",))
    assert ask("POST", "events/add", red).status == 200
    u, a = red["Event"]["uuid"], red["Event"]["Attribute"][0]["uuid"]
    assert ask("GET", f"events/view/{u}").status == 200
    key = account("otto", "share")
    nothing = ask("GET", f"events/view/{uuid.uuid4()}", key=key)
    assert nothing.status in (403, 404), nothing.body
    a1 = ask("GET", f"events/view/{u}", key=key)
    assert (a1.status, a1.json["message"]) == (nothing.status, nothing.json["message"])
    for method, path, body in (("POST", "events/index", {}), ("POST", "events/restSearch", {"uuid": u}), ("POST", "events/restSearch", {"value": "red.example"}),
                               ("POST", "attributes/restSearch", {"value": "red.example"}), ("POST", "sightings/restSearch/event", {"uuid": [u]}),
                               ("POST", f"sightings/add/{a}", {})):
        x = ask(method, path, body, key=key)
        assert b"red.example" not in x.body and u.encode() not in x.body.replace(path.encode(), b""), (path, x.body)
    # Who may not write hands nothing in.
    key = account("rita", "reader")
    assert ask("POST", "events/add", small("no", "no.example"), key=key).status in (403, 404)


def key_pin(on):
    pem = ssl.get_server_certificate(tuple(on.info["https"].split("://")[1].split(":")))
    spki = subprocess.run(["openssl", "x509", "-noout", "-pubkey"], input=pem.encode(), capture_output=True, check=True).stdout
    return hashlib.sha256(subprocess.run(["openssl", "pkey", "-pubin", "-outform", "DER"], input=spki, capture_output=True, check=True).stdout).hexdigest()


@promise
def pushed():
    """a node pushes published events to a MISP, new ones and edits, and none that is marked more strictly than was said"""
    peer = Node.throwaway()
    mine = {n: small(n, n + ".example", tags=("tlp:" + n,)) for n in ("clear", "green", "amber", "red")}
    mine["draft"] = small("draft", "drafted.example", published=False)
    mixed = small("mixed", "mixed.example", "inner.example")
    mixed["Event"]["Attribute"][1]["Tag"] = [{"name": "tlp:amber"}]
    src = Node.throwaway()
    for e in [*mine.values(), mixed]:
        assert ask("POST", "events/add", e, on=src).status == 200
    a = src.post("/api/v1/feeds", {"name": "to misp", "url": peer.info["https"] + "/misp/rw", "format": "misp-push", "every": "0", "collection": "rw", "private": True,
                                   "auth": "key", "secret": peer.token, "pin": key_pin(peer)})
    assert a.status == 201, a.body

    def run(feed=a.json["id"]):
        was = src.get(f"/api/v1/feeds/{feed}").json
        src.post(f"/api/v1/feeds/{feed}/run")
        return until("the push", lambda: (x := src.get(f"/api/v1/feeds/{feed}").json) and (x.get("ok"), x["failures"]) != (was.get("ok"), was["failures"]) and x, 60)

    f = run()
    assert f["state"] == "ok" and (f["last"]["new"], f["last"]["changed"], f["last"]["refused"]) == (3, 0, 0), f
    there = {r["info"]: r["uuid"] for r in ask("POST", "events/index", {}, on=peer).json}
    assert there.keys() == {"clear", "green", "mixed"}, there
    e = ask("GET", f"events/view/{there['mixed']}", on=peer).json["Event"]
    assert [x["value"] for x in e["Attribute"]] == ["mixed.example"], e["Attribute"]
    f = run()
    assert (f["last"]["new"], f["last"]["changed"], f["last"]["same"]) == (0, 0, 3), f
    g = mine["green"]
    g["Event"]["info"], g["Event"]["timestamp"] = "green again", "1790000900"
    assert ask("POST", f"events/edit/{g['Event']['uuid']}", g, on=src).status == 200
    f = run()
    assert (f["last"]["new"], f["last"]["changed"], f["last"]["same"]) == (0, 1, 2), f
    assert ask("GET", f"events/view/{g['Event']['uuid']}", on=peer).json["Event"]["info"] == "green again"
    assert not any(b"amber.example" in ask("POST", "events/restSearch", {}, on=peer).body for _ in range(1))
    peer.close()
    src.close()


@promise
def pulled():
    """another node pulls as a client: every published event with its attributes, and later only what changed"""
    peer = Node.throwaway()
    a = peer.post("/api/v1/feeds", {"name": "misp", "url": node.info["https"] + "/misp/rw", "format": "misp-server", "every": "0", "collection": "rw", "private": True,
                                    "auth": "key", "secret": node.token, "pin": key_pin(node)})
    assert a.status == 201, a.body
    feed = a.json["id"]

    def run():
        was = peer.get(f"/api/v1/feeds/{feed}").json
        peer.post(f"/api/v1/feeds/{feed}/run")
        f = until("the pull", lambda: (x := peer.get(f"/api/v1/feeds/{feed}").json) and (x.get("ok"), x["failures"]) != (was.get("ok"), was["failures"]) and x, 60)
        assert f["state"] == "ok", f
        return f

    run()
    here = {r["uuid"]: r for r in ask("POST", "events/index", {"minimal": 1, "published": 1}).json}
    there = {r["uuid"]: r for r in ask("POST", "events/index", {"minimal": 1, "published": 1}, on=peer).json}
    assert here.keys() == there.keys() and len(here) > 4, here.keys() ^ there.keys()
    for u in here:
        x, y = (attributes(ask("GET", f"events/view/{u}", on=n).json["Event"]) for n in (node, peer))
        assert {k: (v["type"], v["value"]) for k, v in x.items()} == {k: (v["type"], v["value"]) for k, v in y.items()}, u
    e = small("later", "later.example", stamp=1790009000)
    assert ask("POST", "events/add", e).status == 200
    f = run()
    assert 0 < f["last"]["new"] < 10 and f["last"]["same"] < 5, f
    assert ask("GET", f"events/view/{e['Event']['uuid']}", on=peer).json["Event"]["info"] == "later"
    peer.close()


done()
