#!/usr/bin/env python3
"""One record, reported upward in full and told sideways without the victim, over the tiers of two sectors (R-003)."""
import pathlib
import re
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "lib"))
from lf import *
from forms import Person

nation = Node.serve(scratch(), tier="nation")
energy, water = Node.serve(scratch(), tier="sector"), Node.serve(scratch(), tier="sector")
power, works = Node.serve(scratch()), Node.serve(scratch())
for child, parent in ((energy, nation), (water, nation), (power, energy), (works, water)):
    token = parent.local("POST", "/api/v1/peers/invitations", {}).json["token"]
    assert child.local("POST", "/api/v1/parent", {"token": token}).status == 202
    until("the link is up", lambda: child.local("GET", "/api/v1/parent").json["state"] == "active")
people = {}
for name in ("wu", "lin"):
    assert nation.local("POST", "/api/v1/users", {"name": name, "password": "a long enough one", "roles": "reviewer,analyst"}).status == 201
    people[name] = Person(nation, name, "a long enough one")
wu, lin = people["wu"], people["lin"]
VICTIM = {"agency": "大潭電廠", "contact_name": "陳大文", "contact_phone": "02-2345-6789", "host_ip": "203.0.113.77"}
WHOSE = ("大潭電廠", "陳大文", "2345-6789", "203.0.113.77", "10.1.2.3", "chen@example.test")
TEXT = "大潭電廠的 203.0.113.77 遭植入後門，陳大文於 10.1.2.3 發現，回報 chen@example.test；連往 c2-side.evil.test"


def reported(at=power, **more):
    r = at.local("POST", "/api/v1/incidents", {"title": "大潭電廠遭入侵", "description": TEXT, "level": 3, "category": "intrusion_malware", "techniques": ["T1059.001"],
                 "observables": [{"type": "domain-name", "value": "c2-side.evil.test"}, {"type": "ipv4-addr", "value": "10.1.2.3"}],
                 "measures": "隔離主機並重建，更換陳大文的密碼", "form": VICTIM, **more})
    assert r.status == 201, r.body
    return r.json["id"]


@promise
def both_ways():
    """a level 3 case of one sector is with sector and nation in full; a person of the nation warns from it, another publishes, and a provider of another sector reads and blocks it without a word of the victim"""
    case = reported()
    for node in (energy, nation):
        until("the record is above", lambda node=node: node.local("GET", f"/api/v1/incidents/{case}").status == 200)
        assert TEXT in node.local("GET", f"/api/v1/incidents/{case}").body.decode()
    page = wu.get(f"/incidents/{case}")
    page = wu.send(page.form("/advisory"))
    at = re.match(r"/advisories/(report--[0-9a-f-]+)/edit", page.url).group(1)
    draft = nation.local("GET", f"/api/v1/advisories/{at}").json
    form = draft["form"]
    assert draft["kind"] == "EWA" and form["severity"] == "high" and form["tlp"] == "amber" and form["values"] == ["c2-side.evil.test"], draft
    assert "T1059.001" in form["method"] and "遭植入後門" in form["description"] and "隔離主機並重建" in form["measures"], form
    assert not [w for w in WHOSE + (case,) if w in json.dumps(draft, ensure_ascii=False)], draft
    assert wu.send(wu.get(f"/advisories/{at}").form("/submit")).status == 200
    assert nation.local("GET", f"/api/v1/advisories/{at}").json["state"] == "review"
    assert not [f for f in wu.get(f"/advisories/{at}").forms if f.action.endswith("/publish")] or wu.send(wu.get(f"/advisories/{at}").form("/publish")).status == 403
    assert lin.send(lin.get(f"/advisories/{at}").form("/publish"), look_for="1").status == 200
    for node in (water, works):
        until("the warning has come", lambda node=node: node.local("GET", f"/api/v1/advisories/{at}").status == 200)
        got = node.local("GET", f"/api/v1/advisories/{at}")
        assert got.json["form"]["values"] == ["c2-side.evil.test"] and not [w for w in WHOSE + (case,) if w in got.body.decode()], got.body
        until("its value is blocked", lambda node=node: any(b["value"] == "c2-side.evil.test" for b in node.local("GET", "/api/v1/blocks").json["items"]))
        assert node.local("GET", f"/api/v1/incidents/{case}").status == 404 and node.local("GET", "/api/v1/incidents").json["items"] == []


@promise
def refused():
    """what is marked TLP:RED warns nobody, a drill's warning is a drill's, a stricter marking stays, and only who may write begins one"""
    red = reported(tlp="red")
    r = power.local("POST", f"/api/v1/incidents/{red}/advisory", {})
    assert r.status == 409 and "TLP:RED" in r.json["detail"], r.body
    strict = power.local("POST", f"/api/v1/incidents/{reported(tlp='amber+strict')}/advisory", {"language": "en"}).json["id"]
    x = power.local("GET", f"/api/v1/advisories/{strict}").json
    assert x["form"]["tlp"] == "amber+strict" and x["form"]["title"] == "Malware planted" and not x["exercise"], x
    drill = power.local("POST", f"/api/v1/incidents/{reported(exercise=power.exercise())}/advisory", {}).json["id"]
    assert power.local("GET", f"/api/v1/advisories/{drill}").json["exercise"]
    assert power.local("POST", "/api/v1/users", {"name": "rob", "password": "a long enough one", "roles": "reader"}).status == 201
    rob, case = Person(power, "rob", "a long enough one"), reported()
    page = rob.get(f"/incidents/{case}")
    assert page.status == 200 and not [f for f in page.forms if f.action.endswith("/advisory")]
    count = len(power.local("GET", "/api/v1/advisories").json["items"])
    assert power.local("POST", f"/api/v1/incidents/{'0' * 8}-0000-4000-8000-{'0' * 12}/advisory", {}).status == 404
    assert len(power.local("GET", "/api/v1/advisories").json["items"]) == count


@promise
def bare():
    """an incident of a word alone makes a draft all the same: what it lacks is asked for before it goes to review"""
    r = power.local("POST", "/api/v1/incidents", {"title": "大潭電廠：不明"})
    assert r.status == 201, r.body
    at = power.local("POST", f"/api/v1/incidents/{r.json['id']}/advisory", {}).json["id"]
    x = power.local("GET", f"/api/v1/advisories/{at}").json
    assert x["form"]["severity"] == "medium" and "大潭" not in json.dumps(x, ensure_ascii=False), x
    r = power.local("POST", f"/api/v1/advisories/{at}/submit", {})
    assert r.status in (400, 422), r.body


for node in (works, power, water, energy, nation):
    node.close()
done()
