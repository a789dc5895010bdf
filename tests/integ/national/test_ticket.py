#!/usr/bin/env python3
"""An alert as a ticket of the national joint monitoring (category 512), and back."""
import json
import pathlib
import subprocess
import sys
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "lib"))
from lf import *

node = Node.serve(scratch())
token = node.local("POST", "/api/v1/tokens", {"label": "t", "roles": "sender", "account": "admin"}).json["token"]


def hit(value):
    """The alert of an indicator of that name."""
    r = node.local("POST", "/api/v1/indicators", {"value": value, "release": True})
    assert r.status == 201, r.body
    time.sleep(0.7)
    line = json.dumps({"QueryName": value, "Computer": "pc"}) + "\n"
    r = node.request("POST", "/api/v1/events", line.encode(), {"Authorization": "Bearer " + token, "Content-Type": "application/x-ndjson"}, auth=False)
    assert r.status in (200, 202), r.body
    until("an alert", lambda: [a for a in node.local("GET", "/api/v1/alerts").json["items"] if value in json.dumps(a)])
    return [a for a in node.local("GET", "/api/v1/alerts").json["items"] if value in json.dumps(a)][0]


alert = hit("evil.example.net")


@promise
def ticket():
    """an alert is a ticket of category 512 with class, number, times, level and what was observed, which is read back as such"""
    r = node.local("GET", f"/api/v1/alerts/{alert['id']}/ticket?class=malware")
    assert r.status == 200 and b"attachment" in r.headers and b"<incident:Category>512</incident:Category>" in r.body, r.body
    x = subprocess.run([BIN, "stix", "convert", "--from", "national", "--to", "stix", "-", "-"], input=r.body, capture_output=True, timeout=60)
    assert x.returncode == 0, x
    objects = json.loads(x.stdout)["objects"]
    (report,) = [o for o in objects if o["type"] == "report"]
    said = report["labels"]
    assert "intelligence-type:INT" in said and 'national:category="512"' in said and 'national:property:Class="惡意程式"' in said, said
    assert 'national:property:Count="1"' in said and any(v.startswith("national:began=") for v in said), said
    assert [o["value"] for o in objects if o["type"] == "domain-name"] == ["evil.example.net"]
    assert node.local("GET", f"/api/v1/alerts/{alert['id']}/ticket?class=malware").body == r.body, "the same alert gives the same ticket"
    assert "尚需調查" in node.local("GET", f"/api/v1/alerts/{alert['id']}/ticket").body.decode()
    x = subprocess.run([BIN, "alert", "ticket", "--data", str(node.directory / "data"), alert["id"], "scan"], capture_output=True, timeout=60)
    assert x.returncode == 0 and "掃描刺探".encode() in x.stdout, x
    assert f"/api/v1/alerts/{alert['id']}/ticket" in node.local("GET", f"/alerts/{alert['id']}").body.decode()


@promise
def refused():
    """a class that is none is named, and what is no alert has no ticket"""
    r = node.local("GET", f"/api/v1/alerts/{alert['id']}/ticket?class=ransom")
    assert r.status == 400 and "malware" in r.json["detail"], r.body
    assert node.local("GET", "/api/v1/alerts/00000000-0000-4000-8000-000000000001/ticket").status == 404


node.close()
done()
