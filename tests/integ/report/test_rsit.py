#!/usr/bin/env python3
"""Incidents by the international reference taxonomy (ENISA RSIT): by their class, or as somebody chose."""
import datetime
import json
import pathlib
import re
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


done()
