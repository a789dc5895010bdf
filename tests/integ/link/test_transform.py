#!/usr/bin/env python3
"""Rules of a link (R-135): what one link leaves out, replaces, re-marks or makes coarser, by every door and never more than before."""
import json
import pathlib
import subprocess
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "lib"))
from lf import *

TAXII = "application/taxii+json;version=2.1"
AMBER, RED = "marking-definition--55d920b0-5e8b-4f79-9ee9-91f868d9b421", "marking-definition--e828b379-4e03-4974-9ac4-e53a884c97c1"
NOW = "2026-11-20T08:09:10.000Z"


def named(name, tier):
    d = scratch()
    (d / "lianfang.ini").write_text(
        f"[node]\nname = {name}\ntier = {tier}\ndata = data\n[http]\nlisten = 127.0.0.1:0\npeer = 127.0.0.1:0\n[intake]\n"
        "syslog_udp = 127.0.0.1:0\nsyslog_tcp = 127.0.0.1:0\nsyslog_tls = 127.0.0.1:0\nkeep_mb = 64\n[dns]\nlisten = 127.0.0.1:0\n")
    return Node.serve(d)


sector, one, two = named("sector", "sector"), named("one", "provider"), named("two", "provider")
for child in (one, two):
    token = sector.local("POST", "/api/v1/peers/invitations", {}).json["token"]
    assert child.local("POST", "/api/v1/parent", {"token": token}).status == 202
    until("active", lambda child=child: child.local("GET", "/api/v1/parent").json.get("state") == "active")
peers = {p["name"]: p["id"] for p in sector.local("GET", "/api/v1/peers").json["items"]}
up = one.local("GET", "/api/v1/parent").json["id"]
members = [c["id"] for c in sector.local("GET", "/api/v1/collections").json["items"] if c["alias"] == "members"][0]


def rules(node, peer, *rules, want=200):
    r = node.local("POST", f"/api/v1/peers/{peer}/transform", {"rules": list(rules)})
    assert r.status == want, (r.status, r.body)
    return r.json


def client(node):
    c = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    c.check_hostname, c.verify_mode = False, ssl.CERT_NONE
    c.load_cert_chain(node.directory / "data/tls/client.crt", node.directory / "data/tls/client.key")
    return c


KEYS = {"one": client(one), "two": client(two)}


def taxii(who, path, method="GET", body=None):
    r = urllib.request.Request(sector.info["peer"] + f"/taxii2/root/collections/{members}/{path}", method=method,
                               headers={"Accept": TAXII}, data=body)
    try:
        with urllib.request.urlopen(r, context=KEYS[who], timeout=30) as a:
            return a.status, json.loads(a.read())
    except urllib.error.HTTPError as e:
        return e.code, None


def has(who):
    return {o["id"]: o for o in taxii(who, "objects/?limit=1000")[1].get("objects", [])}




def indicator(value, **more):
    r = sector.local("POST", "/api/v1/indicators", {"value": value, "release": True, **more})
    assert r.status == 201, r.body
    return r.json["id"]


def of_value(node, value):
    return [i for i in node.local("GET", "/api/v1/indicators?limit=1000").json["items"] if i["value"] == value]


def blocked(node, value):
    return any(b["value"] == value for b in node.local("GET", "/api/v1/blocks?limit=1000").json["items"])


@promise
def refused():
    """rules that cannot be are refused with a sentence, and nobody but an administrator sets them"""
    for bad in ([{"do": "shout"}], [{"do": "remove"}], [{"do": "remove", "property": "id"}], [{"do": "replace", "property": "name"}],
                [{"do": "generalise", "property": "valid_from", "to": "week"}], [{"do": "mark", "marking": "blue"}],
                [{"do": "withhold", "types": ["incident-event"]}], [{"do": "replace", "property": "pattern", "value": "x"}],
                [{"do": "withhold", "colour": 1}], [{"do": "withhold"}] * 101):
        r = sector.local("POST", f"/api/v1/peers/{peers['one']}/transform", {"rules": bad})
        assert r.status == 400 and json.loads(r.body)["detail"], (bad, r.status, r.body)
    assert sector.local("GET", f"/api/v1/peers/{peers['one']}/transform").json["rules"] == []
    assert sector.local("POST", "/api/v1/peers/00000000-0000-4000-8000-000000000001/transform", {"rules": []}).status == 404


@promise
def down():
    """what goes down one link is without, replaced and coarser as its rules say, as another object; other links have the original"""
    before = indicator("before.test")
    until("both have it", lambda: of_value(one, "before.test") and of_value(two, "before.test"))
    rules(sector, peers["one"], {"do": "replace", "types": ["indicator"], "property": "indicator_types", "value": "unknown"},
          {"do": "remove", "types": ["indicator"], "property": "valid_until"}, {"do": "remove", "types": ["tool"], "property": "valid_from"},
          {"do": "generalise", "types": ["indicator"], "property": "valid_from", "to": "day"})
    own = indicator("after.test")
    got = until("it is at one", lambda: of_value(one, "after.test"))[0]
    until("it is at two", lambda: of_value(two, "after.test"))
    assert got["id"] != own and of_value(two, "after.test")[0]["id"] == own
    o, plain = has("one")[got["id"]], has("two")[own]
    assert o["indicator_types"] == ["unknown"] and "valid_until" not in o and o["valid_from"].endswith("T00:00:00.000Z"), o
    assert plain["indicator_types"] == ["malicious-activity"] and o["modified"] == plain["modified"] and o["pattern"] == plain["pattern"], (o, plain)
    ours = [v for v in o["extensions"].values() if v.get("redacted")]
    assert ours and ours[0]["derived_from"] == own, o
    assert own not in has("one") and got["id"] not in has("two")
    assert before in has("one"), "what was given before goes on as it was"
    until("both block it", lambda: blocked(one, "after.test") and blocked(two, "after.test"))


@promise
def doors():
    """every door of the link shows the copy and hides the original: pages, manifest, versions, by id, filters, files"""
    own = of_value(two, "after.test")[0]["id"]
    copy = of_value(one, "after.test")[0]["id"]
    for path in ("objects/{}/", "objects/?match[id]={}", "objects/{}/versions/", "manifest/?match[id]={}"):
        status, body = taxii("one", path.format(copy).replace("[", "%5B").replace("]", "%5D"))
        assert status == 200 and body and (body.get("objects") or body.get("versions")), (path, status, body)
        status, body = taxii("one", path.format(own).replace("[", "%5B").replace("]", "%5D"))
        assert status == 404 or not body, (path, status, body)
    assert own not in json.dumps(taxii("one", "manifest/?limit=1000")[1])
    file = sector.local("POST", "/api/v1/transfers/export", {"peer": "one", "since": "2026-01-01T00:00:00Z"}).json["file"]
    given = [json.loads(line)["object"]["id"] for line in file.split("\n") if '"object"' in line and '"in"' in line]
    assert copy in given and own not in given, given


@promise
def withdrawn():
    """a withdrawal reaches what was given before the rules and what was given under them"""
    for value in ("before.test", "after.test"):
        i = of_value(two, value)[0]["id"]
        assert sector.local("POST", f"/api/v1/indicators/{i}/withdraw", {}).status == 204
        for node in (one, two):
            until(f"{value} is unblocked", lambda node=node, value=value: not blocked(node, value))


@promise
def sticks():
    """an object given under rules stays under those when they change; what is new goes by the new ones, and with none it is whole"""
    first = indicator("sticks.test")
    copy = until("at one", lambda: of_value(one, "sticks.test"))[0]["id"]
    was = has("one")[copy]
    rules(sector, peers["one"])
    assert has("one")[copy] == was and first not in has("one")
    plain = indicator("plain.test")
    until("whole", lambda: plain in has("one"))
    assert sector.local("POST", f"/api/v1/indicators/{first}/withdraw", {}).status == 204
    until("withdrawn by its copy", lambda: has("one")[copy].get("revoked"))


@promise
def withheld():
    """what is withheld by type and marking is not there for that link, and pages go on behind it"""
    rules(sector, peers["one"], {"do": "withhold", "types": ["indicator"]})
    time.sleep(1.1)
    since = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())
    hidden = [indicator(f"hidden-{n}.test") for n in range(120)]
    until("two has all", lambda: blocked(two, "hidden-119.test"))
    assert not set(hidden) & set(has("one"))
    r = sector.local("POST", "/api/v1/groups", {"name": "behind"})
    assert r.status in (200, 201), r.body
    page = taxii("one", "objects/?limit=10&match%5Btype%5D=indicator,marking-definition&added_after=" + since)[1]
    assert [o["type"] for o in page["objects"]] == ["marking-definition"] and not page["more"], page
    assert not of_value(one, "hidden-0.test")
    rules(sector, peers["one"])
    indicator("next.test")
    until("the rule has ended", lambda: blocked(one, "next.test"))
    assert not of_value(one, "hidden-0.test"), "what was withheld while its reader went by is not made up for"
    rules(sector, peers["one"], {"do": "mark", "types": ["indicator"], "marking": "TLP:RED"})
    never = indicator("red.test")
    until("two has it", lambda: of_value(two, "red.test"))
    assert never not in has("one") and not of_value(one, "red.test"), "marked RED it goes to no node"
    rules(sector, peers["one"], {"do": "mark", "types": ["indicator"], "marking": "amber"})
    indicator("amber.test")
    got = until("stricter", lambda: of_value(one, "amber.test"))[0]["id"]
    assert AMBER in has("one")[got]["object_marking_refs"], has("one")[got]
    return f"{len(hidden)} made while withheld"


@promise
def upwards():
    """what goes up is shaped by the child's rules for its parent, its withdrawal too, and reports are no matter of rules"""
    rules(one, up, {"do": "remove", "types": ["indicator"], "property": "indicator_types"})
    i = one.local("POST", "/api/v1/indicators", {"value": "up.test", "release": True}).json["id"]
    got = until("the sector has it", lambda: of_value(sector, "up.test"))[0]
    assert got["id"] != i and "indicator_types" not in sector.local("GET", "/api/v1/indicators/" + got["id"]).json["stix"]
    path = "/api/v1/incidents/" + one.local("POST", "/api/v1/incidents", {"title": "報告", "level": 3}).json["id"]
    until("the report is whole", lambda: sector.local("GET", path).status == 200)
    assert sector.local("GET", path).json["incident"]["title"] == "報告"
    assert one.local("POST", f"/api/v1/indicators/{i}/withdraw", {}).status == 204
    until("withdrawn above", lambda: sector.local("GET", "/api/v1/indicators/" + got["id"]).json["stix"].get("revoked"))


@promise
def answers():
    """what the other end says of a copy counts for its source: its sightings reach the object here"""
    rules(sector, peers["one"], {"do": "remove", "types": ["indicator"], "property": "indicator_types"})
    own = indicator("seen.test")
    copy = until("at one", lambda: of_value(one, "seen.test"))[0]["id"]
    assert copy != own
    token = one.local("POST", "/api/v1/tokens", {"account": "admin", "label": "s", "roles": "sender"}).json["token"]
    r = one.post("/api/v1/events", b'{"dns.question.name":"seen.test","host.name":"pc-1"}\n', headers={"Authorization": "Bearer " + token})
    assert r.status == 200, r.body
    until("the sighting is above", lambda: sector.local("GET", f"/api/v1/indicators/{own}").json.get("sightings"), 30)


@promise
def known():
    """rules are shown, in the audit trail, and set from the command line"""
    f = scratch() / "rules.json"
    f.write_text(json.dumps({"rules": [{"do": "remove", "property": "labels"}]}))
    data = sector.directory / "data"
    r = subprocess.run([BIN, "peer", "transform-set", "--data", data, peers["two"], f], capture_output=True, text=True)
    assert r.returncode == 0, r
    r = subprocess.run([BIN, "peer", "transform", "--data", data, "--json", peers["two"]], capture_output=True, text=True)
    shown = json.loads(r.stdout)
    assert shown["rules"] == [{"do": "remove", "property": "labels"}] and shown["number"] == 1 and shown["at"], shown
    assert any(a["action"] == "peer.transform" and a["subject"] == peers["two"] for a in sector.local("GET", "/api/v1/audit").json["items"])


done()
