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


def lf_uuid(text):
    return str(uuid.UUID(text)) == text


def rw():
    return next(c["id"] for c in node.request("GET", "/taxii2/root/collections/", headers={"Accept": "application/taxii+json;version=2.1"}).json["collections"] if c.get("alias") == "rw")


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
    for bad in ({"sharinggroup": "1"}, {"quickFilter": "find"}, {"excludeDecayed": "1"}, {"returnFormat": "csv"}, {"timestamp": "soon"}):
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
    assert ask("POST", "sightings/add", {"values": ["SEEN-B.example"], "source": "by value"}).status == 200
    assert ask("POST", "sightings/add", {"values": ["nobody-has-it.example"]}).status == 403
    by = ask("POST", "sightings/restSearch/attribute", {"id": b, "source": "by%"}).json["response"]
    assert [x["Sighting"]["attribute_uuid"] for x in by] == [b], by
    assert len(ask("POST", "sightings/listSightings", {"context": "event", "id": e["Event"]["uuid"]}).json) == 4
    assert ask("POST", "sightings/restSearch", {"uuid": e["Event"]["uuid"], "from": "2100-01-01"}).json["response"] == []
    assert ask("POST", f"sightings/add/{a}", {"type": "2"}).status == 400
    assert ask("GET", "shadow_attributes/index/all:1.json").json == []


def account(name, roles, on=None):
    on = on or node
    r = on.local("POST", "/api/v1/users", {"name": name, "roles": roles, "password": "correct horse 9 battery"})
    assert r.status == 201, r.body
    r = on.local("POST", "/api/v1/tokens", {"account": name, "label": name, "roles": roles})
    assert r.status == 201, r.body
    return r.json["token"]


@promise
def filters():
    """searches by tag, organisation, date, title and state; % stands for any text, ! and NOT leave out; of halves of a pair too"""
    e = small("Filter Me well", "filter-a.example", tags=("tlp:green", 'workflow:state="new"'), stamp=1790005000)
    e["Event"]["date"] = "2025-03-04"
    pair = {"uuid": str(uuid.uuid4()), "type": "domain|ip", "category": "Network activity", "to_ids": True, "value": "filter-b.example|192.0.2.200", "timestamp": "1790005000",
            "Tag": [{"name": "seen:once"}]}
    e["Event"]["Attribute"].append(pair)
    assert ask("POST", "events/add", e).status == 200
    u = e["Event"]["uuid"]

    def events(**q):
        r = ask("POST", "events/restSearch", q)
        assert r.status == 200, (q, r.status, r.body)
        return {x["Event"]["uuid"] for x in r.json["response"]}

    day = {"from": "2025-03-04", "to": "2025-03-04"}
    for q in ({"tags": ["seen:once"]}, {"tags": "workflow:%"}, {"tags": {"AND": ["tlp:green", "SEEN:ONCE"], "NOT": ["tlp:red"]}}, {"event_tags": ['workflow:state="new"']},
              {"org": "other cert"}, {"org": "5a1b2c3d-0000-4aaa-8bbb-0000000000cc"}, {"org": ["nobody", "!someone", "Other%"]}, {"eventinfo": "filter me"},
              {"eventinfo": "%ME%"}, {"published": True}, {"threat_level_id": "2"}, {"analysis": ["2", "1"]}, {"value": "192.0.2.200"}, {"value": "filter-%"},
              {"value": ["no.example", "FILTER-A.example"]}, {"timestamp": ["1790005000", "1790005000"]}, {"value": "filter-b.example|192.0.2.200"}):
        assert u in events(**day, **q), q
    for q in ({"tags": ["!seen:once"]}, {"event_tags": "seen:once"}, {"tags": {"NOT": "tlp:green"}}, {"tags": {"AND": ["tlp:green", "tlp:red"]}}, {"org": "nobody"}, {"org": "!Other CERT"},
              {"eventinfo": "other"}, {"published": False}, {"analysis": "0"}, {"value": "ilter-a.exampl"}, {"timestamp": ["1790005001", "1790009999"]}, {"value": "192.0.2"}):
        assert u not in events(**day, **q), q
    assert events(**{"from": "2025-03-05", "to": "2025-03-06"}).isdisjoint({u}) and u in events(**{"from": "2025-03-01"})
    a = ask("POST", "attributes/restSearch", {"tags": "seen:once", "eventinfo": "filter me"}).json["response"]["Attribute"]
    assert [x["uuid"] for x in a] == [pair["uuid"]] and a[0]["deleted"] is False, a
    rows = ask("POST", "events/index", {"datefrom": "2025-03-04", "dateuntil": "2025-03-04", "tags": ["tlp:green"], "desc": False, "minimal": None}).json
    assert [r["uuid"] for r in rows] == [u] and rows[0]["date"] == "2025-03-04" and rows[0]["Orgc"]["name"] == "Other CERT" and rows[0]["analysis"] == "2", rows
    number = rows[0]["id"]
    assert ask("GET", f"events/view/{number}").json["Event"]["uuid"] == u and ask("GET", f"events/{number}").status == 200 and ask("GET", "events/view/7").status == 404
    assert {"seen:once", "tlp:green"} & {t["name"] for t in ask("GET", "tags/index").json["Tag"]} == {"tlp:green"}


@promise
def one_at_a_time():
    """as clients change an event: attributes, objects, tags, reports, publication, each by itself; what is deleted is shown to who asks for it, and nothing else is lost"""
    e = small("piece by piece", "keep.example", "drop.example", published=False)
    for x in (e["Event"], *e["Event"]["Attribute"]):
        del x["timestamp"]  # as a client sends what is new
    assert ask("POST", "events/add", e).status == 200
    u, (keep, drop) = e["Event"]["uuid"], (x["uuid"] for x in e["Event"]["Attribute"])

    def event(path=""):
        return ask("GET", f"events/view/{u}{path}").json["Event"]

    a = ask("POST", f"attributes/add/{u}", {"type": "url", "value": "http://added.example/x", "to_ids": True}).json["Attribute"]
    assert lf_uuid(a["uuid"]) and a["event_uuid"] == u and a["value"] == "http://added.example/x"
    many = ask("POST", f"attributes/add/{u}", [{"type": "domain", "value": "m1.example"}, {"type": "domain", "value": "m2.example"}]).json["Attribute"]
    assert [x["value"] for x in many] == ["m1.example", "m2.example"]
    assert ask("POST", f"attributes/add/{u}", {"uuid": keep, "type": "domain", "value": "again.example"}).status == 403
    twice = str(uuid.uuid4())
    assert ask("POST", f"attributes/add/{u}", [{"uuid": x, "type": "domain", "value": "twice.example"} for x in (twice, twice.upper())]).status == 403
    assert ask("POST", f"attributes/edit/{keep}", {"Attribute": {f"m{n}": n for n in range(101)}}).status == 400
    assert ask("POST", f"attributes/edit/{keep}", {"Attribute": {"comment": "looked at", "uuid": str(uuid.uuid4())}}).json["Attribute"]["comment"] == "looked at"
    assert ask("GET", f"attributes/view/{keep}").json["Attribute"]["uuid"] == keep and ask("HEAD", f"attributes/view/{uuid.uuid4()}").status == 404
    o = ask("POST", f"objects/add/{u}", {"Object": {"name": "domain-ip", "meta-category": "network", "Attribute": [
        {"object_relation": "domain", "type": "domain", "value": "obj.example", "to_ids": True}, {"object_relation": "ip", "type": "ip-dst", "value": "192.0.2.201", "to_ids": True}]}})
    assert o.status == 200 and len(o.json["Object"]["Attribute"]) == 2, o.body
    inner = o.json["Object"]["Attribute"][0]["uuid"]
    for target in (u, keep, inner):
        assert ask("POST", "tags/attachTagToObject", {"uuid": target, "tag": "my:own"}).status == 200
    tagged = event()
    assert "my:own" in [t["name"] for t in tagged["Tag"]]
    assert [k for k, x in attributes(tagged).items() if "my:own" in [t["name"] for t in x.get("Tag", [])]] and "my:own" in [t["name"] for t in attributes(tagged)[inner]["Tag"]]
    assert ask("POST", "tags/removeTagFromObject", {"uuid": u, "tag": "my:own"}).status == 200 and "my:own" not in [t["name"] for t in event()["Tag"]]
    assert ask("POST", f"eventReports/add/{u}", {"name": "what we know", "content": "# much"}).json["EventReport"]["content"] == "# much"
    assert event()["published"] is False and ask("POST", f"events/publish/{u}", {}).json["saved"] is True and event()["published"] is True
    assert u in {r["uuid"] for r in ask("POST", "events/index", {"minimal": 1, "published": 1}).json}
    assert ask("POST", f"attributes/delete/{drop}", {}).json["message"] == "Attribute deleted."
    assert ask("POST", f"objects/delete/{o.json['Object']['uuid']}", {}).status == 200
    now = event()
    assert {x["value"] for x in attributes(now).values()} == {"keep.example", "http://added.example/x", "m1.example", "m2.example"} and now["Object"] == [], now
    assert len(now["EventReport"]) == 1 and attributes(now)[keep]["comment"] == "looked at"
    both = attributes(event("/deleted[]:0/deleted[]:1"))
    assert both[drop]["deleted"] is True and both[keep]["deleted"] is False and both[inner]["deleted"] is True
    assert set(attributes(event("/deleted[]:1"))) == {drop, *(x["uuid"] for x in o.json["Object"]["Attribute"])}
    assert set(attributes(ask("POST", f"events/view/{u}", {"deleted": [0, 1]}).json["Event"])) == both.keys()
    assert ask("POST", "attributes/restSearch", {"value": "drop.example"}).json["response"]["Attribute"] == []
    assert len(ask("POST", "attributes/restSearch", {"value": "drop.example", "deleted": 1}).json["response"]["Attribute"]) == 1
    # The indicator behind it is revoked, so nobody looks for it any more.
    assert node.request("GET", f"/taxii2/root/collections/{rw()}/objects/indicator--{drop}/", headers={"Accept": "application/taxii+json;version=2.1"}).json["objects"][0]["revoked"] is True
    # An edit says a whole event, but takes away only what it calls deleted.
    part = {"Event": {"uuid": u, "info": "renamed", "Attribute": [{"uuid": many[0]["uuid"], "type": "domain", "category": "Network activity", "value": "m1.example", "deleted": True}]}}
    assert ask("POST", f"events/edit/{u}", part).status == 200
    now = event()
    assert now["info"] == "renamed" and {x["value"] for x in attributes(now).values()} == {"keep.example", "http://added.example/x", "m2.example"}, now
    assert ask("POST", f"events/unpublish/{u}", {}).status == 200 and event()["published"] is False
    assert ask("POST", f"events/delete/{u}", {}).json["message"] == "Event deleted."
    assert ask("HEAD", f"events/view/{u}").status == 404 and ask("POST", f"events/delete/{u}", {}).status == 404 and ask("GET", f"attributes/view/{keep}").status == 404
    assert ask("POST", f"attributes/add/{u}", {"type": "domain", "value": "late.example"}).status == 404
    assert ask("POST", f"attributes/add/{uuid.uuid4()}", {"type": "domain", "value": "late.example"}).status == 404


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
    for path, body in ((f"attributes/view/{a}", None), (f"attributes/delete/{a}", {}), (f"attributes/edit/{a}", {"comment": "x"}), (f"events/publish/{u}", {}),
                       (f"events/delete/{u}", {}), (f"attributes/add/{u}", {"type": "domain", "value": "x.example"}),
                       ("tags/attachTagToObject", {"uuid": u, "tag": "x"}), ("tags/attachTagToObject", {"uuid": a, "tag": "x"})):
        x = ask("POST" if body is not None else "GET", path, body, key=key)
        assert x.status == 404 and b"red.example" not in x.body, (path, x.status, x.body)
    assert ask("GET", f"attributes/view/{a}").json["Attribute"]["value"] == "red.example"
    for method, path, body in (("POST", "events/index", {}), ("POST", "events/restSearch", {"uuid": u}), ("POST", "events/restSearch", {"value": "red.example"}),
                               ("POST", "attributes/restSearch", {"value": "red.example"}), ("POST", "sightings/restSearch/event", {"uuid": [u]}),
                               ("POST", f"sightings/add/{a}", {})):
        x = ask(method, path, body, key=key)
        assert b"red.example" not in x.body and u.encode() not in x.body.replace(path.encode(), b""), (path, x.body)
    # Who may not write hands nothing in.
    key = account("rita", "reader")
    assert ask("POST", "events/add", small("no", "no.example"), key=key).status in (403, 404)
    out = small("for all to read", "read-only.example", tags=("tlp:clear",))
    assert ask("POST", "events/add", out).status == 200
    for path in (f"attributes/delete/{out['Event']['Attribute'][0]['uuid']}", f"events/delete/{out['Event']['uuid']}", f"events/unpublish/{out['Event']['uuid']}"):
        assert ask("POST", path, {}, key=key).status in (403, 404), path


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
    # A sighting changes no event and comes all the same; what is deleted there is deleted here.
    a = e["Event"]["Attribute"][0]["uuid"]
    assert ask("POST", f"sightings/add/{a}", {"source": "field", "date_sighting": "1790009500"}).status == 200
    row = next(r for r in ask("POST", "events/index", {"minimal": 1, "published": 1}).json if r["uuid"] == e["Event"]["uuid"])
    assert (row["timestamp"], row["sighting_timestamp"]) == ("1790009000", "1790009500"), row
    run()
    assert [s["source"] for s in attributes(ask("GET", f"events/view/{e['Event']['uuid']}", on=peer).json["Event"])[a]["Sighting"]] == ["field"]
    assert ask("POST", f"attributes/delete/{a}", {}).status == 200
    run()
    assert attributes(ask("GET", f"events/view/{e['Event']['uuid']}", on=peer).json["Event"]) == {}
    assert attributes(ask("GET", f"events/view/{e['Event']['uuid']}/deleted[]:0/deleted[]:1", on=peer).json["Event"])[a]["deleted"] is True
    peer.close()


@promise
def warned():
    """enforceWarninglist leaves out attributes whose value a warning list of the node has, in events and by themselves, and nothing without it"""
    d = scratch()
    (d / "lists/a").mkdir(parents=True)
    (d / "lists/a/list.json").write_text(json.dumps({"name": "big sites", "type": "hostname", "list": ["known.example"]}))
    other = Node.serve(d, settings="[indicators]\nwarninglists = lists")
    key = account("misp", "admin", on=other)
    assert other.local("POST", "/api/v1/collections", {"alias": "rw", "title": "rw", "readers": "share", "writers": "share"}).status == 201
    e = small("A mixture", "known.example", "unknown.example")
    a = ask("POST", "events/add", e, key=key, on=other)
    assert a.status == 200, a.body
    for more, want in (({}, ["known.example", "unknown.example"]), ({"enforceWarninglist": 0}, ["known.example", "unknown.example"]),
                       ({"enforceWarninglist": 1}, ["unknown.example"]), ({"enforceWarninglist": True}, ["unknown.example"])):
        got = ask("POST", "attributes/restSearch", {"uuid": e["Event"]["uuid"], **more}, key=key, on=other).json["response"]["Attribute"]
        assert sorted(x["value"] for x in got) == want, (more, got)
        got = ask("POST", "events/restSearch", {"uuid": e["Event"]["uuid"], **more}, key=key, on=other).json["response"][0]["Event"]["Attribute"]
        assert sorted(x["value"] for x in got) == want, (more, got)
    assert ask("POST", "events/restSearch", {"value": "known.example", "enforceWarninglist": 1}, key=key, on=other).json["response"] == []
    other.close()


done()
