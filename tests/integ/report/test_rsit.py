#!/usr/bin/env python3
"""Incidents by the international reference taxonomy (ENISA RSIT): by their class, or as somebody chose."""
import datetime
import json
import pathlib
import re
import subprocess
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "lib"))
from lf import *

node = Node.throwaway()
CLASSES = {"abusive-content", "malicious-code", "information-gathering", "intrusion-attempts", "intrusions", "availability", "information-content-security", "fraud", "vulnerable", "other", "test"}


def fields():
    return {f["id"]: f for f in node.get("/api/v1/report-form").json["fields"]}


def send(stage, values, **more):
    r = node.post("/api/v1/reports", {"stage": stage, "values": values, **more})
    assert r.status in (200, 201), r.body
    return r.json["id"] if "id" in r.json else None


def first(category):
    aware = (datetime.datetime.now(datetime.timezone.utc) - datetime.timedelta(minutes=5)).strftime("%Y-%m-%dT%H:%M:%SZ")
    return send("first", {"aware_at": aware, "category": category, "description": "x", "affects": "no", "asset": "core", "leak": "none", "tamper": "minor", "outage_min": 0})


def rsit(incident):
    return node.get(f"/api/v1/incidents/{incident}").json.get("rsit")


@promise
def mapped():
    """each class of the form has a type of the taxonomy, and each type one of its eleven classes"""
    f = fields()
    types = {c["id"]: c["rsit"] for c in f["rsit"]["choices"]}
    assert set(types.values()) == CLASSES and len(types) == len(f["rsit"]["choices"]) >= 38, types
    assert all(c["rsit"] in types for c in f["category"]["choices"]), [c for c in f["category"]["choices"] if c.get("rsit") not in types]
    assert "first" not in f["rsit"]["stages"]


@promise
def exported():
    """an incident's RSIT is on its page, in the API and in STIX, IODEF and JSON; one without a class has none"""
    i = first("web_defaced")
    name = "information-content-security:unauthorised-information-modification"
    assert rsit(i) == name and name in node.get(f"/incidents/{i}", headers={"Accept": "text/html"}).body.decode()
    get = lambda kind: node.get(f"/api/v1/incidents/{i}/export?format={kind}").body.decode()
    bundle = json.loads(get("stix"))
    assert "rsit:" + name in next(o for o in bundle["objects"] if o["type"] == "incident")["labels"]
    assert json.loads(get("json"))["items"][0]["rsit"] == name
    assert re.findall("<IncidentCategory>(.*?)</IncidentCategory>", get("iodef")) == ["web_defaced", "rsit:" + name]
    bare = node.post("/api/v1/incidents", {"title": "x", "level": 1}).json["id"]
    assert rsit(bare) is None and "rsit" not in node.get(f"/api/v1/incidents/{bare}/export?format=iodef").body.decode()


@promise
def chosen():
    """what the reporter chooses stands before the class's, signed with the report; what is no type is refused"""
    i = first("intrusion_system")
    assert rsit(i) == "intrusions:system-compromise"
    send("edit", {"rsit": "ddos-amplifier"}, incident=i)
    assert rsit(i) == "vulnerable:ddos-amplifier"
    assert any(e.get("body", {}).get("form", {}).get("rsit") == "ddos-amplifier" for e in node.get(f"/api/v1/incidents/{i}").json["events"])
    r = node.post("/api/v1/reports", {"stage": "edit", "incident": i, "values": {"rsit": "ransom"}})
    assert r.status in (400, 422) and rsit(i) == "vulnerable:ddos-amplifier", r.body


def found(by):
    return {i["id"]: i["rsit"] for i in node.get("/api/v1/incidents?limit=200&rsit=" + by).json["items"]}


@promise
def listed():
    """incidents are found by a class of the taxonomy and by a type, in the API, the console with its column and files, and by no beginning of either"""
    a, b = first("web_phishing"), first("intrusion_system")
    assert found("fraud")[a] == "fraud:phishing" and b not in found("fraud") and a in found("fraud:phishing")
    assert found("intrusions")[b] == "intrusions:system-compromise" and a not in found("intrusions:burglary")
    assert not found("frau") and not found("fraud:phish") and not found("%25") and not found("fraud_phishing")
    page = node.get("/incidents?rsit=fraud", headers={"Accept": "text/html", "Accept-Language": "zh-TW"}).body.decode()
    assert a in page and b not in page and "釣魚" in page and '<th scope="col">RSIT</th>' in page
    assert '<option value="fraud" selected>詐欺</option>' in page
    rows = node.get("/api/v1/incident-export?format=json&rsit=fraud").json["items"]
    assert {r["rsit"].split(":")[0] for r in rows} == {"fraud"} and len(rows) == len(found("fraud")), rows
    send("edit", {"rsit": "data-leak"}, incident=a)  # the row follows the choice
    assert a not in found("fraud") and found("information-content-security:data-leak")[a]


def both_types(a, b, path):
    return [n.local("GET", path).json["incident"].get("rsit") for n in (a, b)]


@promise
def corrected():
    """who reviews corrects the type with a reason; the reporter's later choice does not undo it; a type the form has not and one without a reason are refused; nobody below the reviewer outranks him, and the command line corrects it and finds it by the new one"""
    sector, provider = Node.serve(scratch(), tier="sector"), Node.serve(scratch())
    token = sector.local("POST", "/api/v1/peers/invitations", {}).json["token"]
    assert provider.local("POST", "/api/v1/parent", {"token": token}).status == 202
    until("the link is up", lambda: provider.local("GET", "/api/v1/parent").json["state"] == "active")
    path = "/api/v1/incidents/" + provider.local("POST", "/api/v1/incidents", {"title": "x", "level": 2, "category": "web_phishing"}).json["id"]
    until("it came", lambda: sector.local("GET", path).status == 200)
    assert sector.local("GET", path).json["incident"]["rsit"] == "fraud:phishing"
    say = lambda n, body: n.local("POST", path + "/events", {"kind": "classified", "body": body})
    assert say(sector, {"rsit": "data-leak"}).status == 422
    r = say(sector, {"rsit": "ransom", "reason": "x"})
    assert r.status == 422 and "規則 分類" in r.json["detail"] and "rule class" in r.json["detail"], r.body
    assert say(provider, {"rsit": "masquerade", "reason": "我看錯了"}).status == 201
    command = lambda *words: subprocess.run([BIN, "incident", "classify", "--data", sector.directory / "data", path.rsplit("/", 1)[1], *words], capture_output=True, text=True, timeout=30)
    assert command("data-leak").returncode == 2 and command("ransom", "x").returncode == 2 and both_types(sector, provider, path)[0] != "information-content-security:data-leak"
    done_ = command("data-leak", "名單外洩")
    assert done_.returncode == 0 and "incident-event--" in done_.stdout, done_
    both = lambda: both_types(sector, provider, path)
    until("both have it", lambda: both() == ["information-content-security:data-leak"] * 2)
    assert say(provider, {"rsit": "spam", "reason": "x"}).status == 201  # kept, outranked
    until("the sector has it too", lambda: len(sector.local("GET", path).json["events"]) == len(provider.local("GET", path).json["events"]))
    assert both() == ["information-content-security:data-leak"] * 2
    for asked, n in (("information-content-security", 1), ("fraud", 0)):
        cli = subprocess.run([BIN, "incident", "rsit", "--data", sector.directory / "data", asked], capture_output=True, text=True, timeout=30)
        assert cli.returncode == 0 and cli.stdout.count("incident--") == n, cli
    page = sector.local("GET", "/incidents/" + path.rsplit("/", 1)[1] + "/act?kind=classified").body.decode()
    assert 'name="rsit"' in page and '<optgroup label="' in page, page[:500]


done()
