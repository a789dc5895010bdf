#!/usr/bin/env python3
"""Incidents as files: one or a filtered list, in each format, for who may see them."""
import csv
import datetime
import io
import json
import pathlib
import subprocess
import sys
import xml.etree.ElementTree as tree

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "lib"))
from lf import *
import sheet

node = Node.serve(scratch())
IODEF = "{urn:ietf:params:xml:ns:iodef-2.0}"
EVIL = ["=HYPERLINK(\"http://x.test\")", "+1+1", "-2+3", "@SUM(A1)", "\t=1", "  =cmd|'/c calc'!A0", "正常\"引號,逗號\n第二行"]


def ago(**kw):
    return (datetime.datetime.now(datetime.timezone.utc) - datetime.timedelta(**kw)).strftime("%Y-%m-%dT%H:%M:%SZ")


def reported(title="網站遭入侵", **more):
    r = node.local("POST", "/api/v1/incidents", {"title": title, "level": 2, **more})
    assert r.status == 201, r.body
    return r.json["id"]


def export(format, incident=None, query=""):
    path = f"/api/v1/incidents/{incident}/export?format={format}" if incident else f"/api/v1/incident-export?format={format}{query}"
    return node.local("GET", path)


OBS = [{"type": "domain-name", "value": "c2.example.test"}, {"type": "ipv4-addr", "value": "192.0.2.7"},
       {"type": "sha256", "value": "a" * 64}, {"type": "url", "value": "http://c2.example.test/a?b=<&>"}]
one = reported(description="首頁遭置換 <b>&</b>", impact="無外洩", happened_at=ago(hours=2), category="web_defaced", observables=OBS)
assert node.local("POST", f"/api/v1/incidents/{one}/events", {"kind": "followed_up", "body": {"description": "已隔離主機"}}).status == 201


@promise
def in_json():
    """JSON has the incident as the API shows it, with every signed event"""
    r = export("json", one)
    (x,) = r.json["items"]
    want = node.local("GET", f"/api/v1/incidents/{one}").json
    assert [e["id"] for e in x["events"]] == [e["id"] for e in want["events"]] and x["incident"]["title"] == "網站遭入侵"
    head = r.headers.decode().lower()
    assert r.status == 200 and "content-disposition: attachment" in head and "nosniff" in head, head


@promise
def in_csv():
    """in CSV no cell is a formula, whatever people wrote, and a program reads back what was written"""
    for text in EVIL:
        reported(title=text.strip() or text, description=text, category="spreadsheet")
    r = export("csv", query="&category=spreadsheet")
    rows = list(csv.DictReader(io.StringIO(r.body.decode("utf-8-sig"), newline="")))
    assert len(rows) == len(EVIL), rows
    for row in rows:
        for name, cell in row.items():
            bare = cell.strip()
            assert not bare.startswith(("=", "+", "-", "@")), (name, cell)
    assert any(row["description"] == EVIL[-1] for row in rows), rows
    (row,) = csv.DictReader(io.StringIO(export("csv", one).body.decode("utf-8-sig"), newline=""))
    assert row["id"] == one and row["level"] == "2" and row["category"] == "web_defaced" and row["impact"] == "無外洩"
    assert "domain-name:c2.example.test" in row["observables"] and row["number"].startswith("20"), row
    assert row["rsit"] == "information-content-security:unauthorised-information-modification", row["rsit"]


@promise
def in_xlsx():
    """in XLSX text is text whatever it begins with, times are times of Taipei, and the head is in the reader's language"""
    r = export("xlsx", query="&category=spreadsheet")
    assert r.status == 200 and b"spreadsheetml.sheet" in r.headers.lower() and b"incidents.xlsx" in r.headers, r.headers
    (rows,) = sheet.read(r.body).values()
    assert sorted(row[rows[0].index("事件說明")] for row in rows[1:]) == sorted(EVIL), rows
    (rows,) = sheet.read(export("xlsx", one).body).values()
    row = dict(zip(rows[0], rows[1]))
    (want,) = csv.DictReader(io.StringIO(export("csv", one).body.decode("utf-8-sig"), newline=""))
    assert len(rows) == 2 and row["案件識別碼"] == one and row["等級"] == 2 and row["演練"] == "否", row
    taipei = lambda t: datetime.datetime.strptime(t, "%Y-%m-%dT%H:%M:%S.%fZ") + datetime.timedelta(hours=8)
    for head, name in (("知悉時間", "aware_at"), ("通報時間", "reported_at"), ("發生時間", "happened_at")):
        (got,) = [v for h, v in row.items() if h.startswith(head) and "UTC+8" in h]
        assert abs(got - taipei(want[name])) < datetime.timedelta(milliseconds=2), (head, got, want[name])
    assert row["事件說明"] == "首頁遭置換 <b>&</b>" and "domain-name:c2.example.test" in row["跡象"]
    r = node.local("GET", f"/api/v1/incidents/{one}/export?format=xlsx&lang=en")
    (english,) = sheet.read(r.body).values()
    assert english[0][:3] == ["Incident id", "Report number", "Title"] and len(english[0]) == len(rows[0]), english[0]
    assert export("xlsx", one).body == export("xlsx", one).body, "the same incident is the same bytes"


@promise
def in_stix():
    """the STIX 2.1 bundle passes the strict check: incident, identity, notes and observed data, the same ids each time"""
    text = export("stix", one).body
    r = subprocess.run([BIN, "stix", "check", "-"], input=text, capture_output=True, timeout=60)
    assert r.returncode == 0, r
    objects = json.loads(text)["objects"]
    types = [o["type"] for o in objects]
    assert {"incident", "identity", "note", "observed-data", "domain-name", "ipv4-addr", "file", "url"} <= set(types), types
    (incident,) = [o for o in objects if o["type"] == "incident"]
    assert incident["id"] == one and incident["description"].startswith("首頁遭置換") and "level:2" in incident["labels"]
    (note,) = [o for o in objects if o["type"] == "note"]
    assert note["content"] == "已隔離主機" and note["object_refs"] == [one]
    ids = {o["id"] for o in objects}
    (data,) = [o for o in objects if o["type"] == "observed-data"]
    assert set(data["object_refs"]) <= ids and incident["created_by_ref"] in ids
    again = json.loads(export("stix", one).body)["objects"]
    assert [o["id"] for o in again] == [o["id"] for o in objects]
    r = subprocess.run([BIN, "stix", "check", "-"], input=export("stix").body, capture_output=True, timeout=60)
    assert r.returncode == 0, r


@promise
def in_iodef():
    """IODEF 2.0 is well-formed, its elements in the order of RFC 7970, text escaped and the history in it"""
    doc = tree.fromstring(export("iodef", one).body)
    assert doc.tag == IODEF + "IODEF-Document" and doc.get("version") == "2.00"
    (incident,) = doc.findall(IODEF + "Incident")
    names = [c.tag[len(IODEF):] for c in incident]
    order = ["IncidentID", "DetectTime", "StartTime", "ReportTime", "GenerationTime", "Description", "Assessment", "Contact", "EventData",
             "History", "AdditionalData"]
    assert [n for n in names if n not in order] == [] and names == sorted(names, key=order.index), names
    assert set(incident.attrib) == {"purpose", "restriction", "{http://www.w3.org/XML/1998/namespace}lang"}, incident.attrib
    assert incident.get("purpose") == "reporting" and incident.find(IODEF + "IncidentID").text == one
    assert "首頁遭置換 <b>&</b>" in [d.text for d in incident.findall(IODEF + "Description")]
    assert [a.text for a in incident.iter(IODEF + "Address")] == ["192.0.2.7"]
    assert "已隔離主機" in [d.text for d in incident.find(IODEF + "History").iter(IODEF + "Description")]
    assert "http://c2.example.test/a?b=<&>" in [a.text for a in incident.findall(IODEF + "AdditionalData")]


@promise
def filtered():
    """a list is exported as the filter finds it, and a format that is none is named"""
    got = export("json", query="&category=web_defaced").json["items"]
    assert [x["incident"]["id"] for x in got] == [one]
    assert export("json", query="&q=nothingatall").json["items"] == []
    r = export("xls", one)
    assert r.status == 400 and "csv" in r.json["detail"], r.body


@promise
def by_role():
    """who may not see incidents gets no file of them, and who may gets the same as on the page"""
    for role, status in (("reader", 200), ("share", 403)):
        assert node.local("POST", "/api/v1/users", {"name": role + "1", "roles": role, "password": "a long pass phrase 1"}).status == 201
        t = node.local("POST", "/api/v1/tokens", {"account": role + "1", "label": role, "roles": role}).json["token"]
        h = {"Authorization": "Bearer " + t}
        for format in ("json", "csv", "xlsx", "stix", "iodef"):
            assert node.get(f"/api/v1/incidents/{one}/export?format={format}", headers=h).status == status, (role, format)
            assert node.get(f"/api/v1/incident-export?format={format}&category=web_defaced", headers=h).status == status
    page = node.get(f"/incidents/{one}", headers={"Authorization": "Bearer " + node.local("POST", "/api/v1/tokens", {
        "account": "reader1", "label": "again", "roles": "reader"}).json["token"]}).body.decode()
    assert f"/api/v1/incidents/{one}/export?format=stix" in page
    page = node.local("GET", "/incidents?category=web_defaced").body.decode()
    assert "/api/v1/incident-export?format=iodef&amp;category=web_defaced" in page, page[-2000:]


@promise
def marked():
    """each format says who may have it, by TLP; it is marked anew by an act, and what is RED is there for who handles it alone"""
    ref = {"amber+strict": "marking-definition--939a9414-2ddd-4d32-a0cd-375ea402b003", "green": "marking-definition--bab4a63c-aed9-4cf5-a766-dfca5abac2bb"}
    seen = [{"type": "domain-name", "value": "both.example.test"}]
    a, b = (reported(category="marked", observables=seen, tlp=tlp, description=tlp) for tlp in ref)
    bundle = export("stix", query="&category=marked").body
    assert subprocess.run([BIN, "stix", "check", "-"], input=bundle, capture_output=True, timeout=60).returncode == 0, bundle
    objects = {o["id"]: o for o in json.loads(bundle)["objects"]}
    assert objects[a]["object_marking_refs"] == [ref["amber+strict"]] and objects[b]["object_marking_refs"] == [ref["green"]]
    (name,) = [o for o in objects.values() if o["type"] == "domain-name"]
    assert name["object_marking_refs"] == [ref["amber+strict"]], "one object of two incidents is marked as the stricter"
    for o in objects.values():
        assert o["type"] == "identity" or len(o["object_marking_refs"]) == 1, o
    doc = tree.fromstring(export("iodef", query="&category=marked").body)
    said = {i.find(IODEF + "IncidentID").text: (i.get("restriction"), i.get("ext-restriction")) for i in doc.findall(IODEF + "Incident")}
    assert said == {a: ("ext-value", "amber+strict"), b: ("green", None)}, said
    rows = csv.DictReader(io.StringIO(export("csv", query="&category=marked").body.decode("utf-8-sig"), newline=""))
    assert {r["id"]: r["tlp"] for r in rows} == {a: "amber+strict", b: "green"}
    assert node.local("GET", f"/api/v1/incidents/{one}").json["incident"]["tlp"] == "amber", "where nobody said"
    r = node.local("POST", "/api/v1/incidents", {"title": "x", "level": 1, "tlp": "pink"})
    assert r.status == 422 and "amber+strict" in r.json["detail"], r.body
    r = node.local("POST", f"/api/v1/incidents/{a}/events", {"kind": "marked", "body": {"reason": "why"}})
    assert r.status == 422, r.body
    reader = {"Authorization": "Bearer " + node.local("POST", "/api/v1/tokens", {"account": "reader1", "label": "m", "roles": "reader"}).json["token"]}
    assert node.get(f"/api/v1/incidents/{a}", headers=reader).status == 200
    r = node.local("POST", f"/api/v1/incidents/{a}/events", {"kind": "marked", "body": {"tlp": "red", "reason": "an inquiry"}})
    assert r.status == 201, r.body
    assert node.local("GET", f"/api/v1/incidents/{a}").json["incident"]["tlp"] == "red", "its author has it"
    none = node.get("/api/v1/incidents/incident--00000000-0000-4000-8000-000000000001", headers=reader)
    got = node.get(f"/api/v1/incidents/{a}", headers=reader)
    assert got.status == none.status == 404 and got.body.replace(a.encode(), b"") == none.body.replace(b"incident--00000000-0000-4000-8000-000000000001", b""), got.body
    for path in ("/api/v1/incidents?category=marked", "/api/v1/incident-export?format=stix&category=marked", "/api/v1/clocks?limit=200", "/incidents?category=marked"):
        r = node.get(path, headers=reader)
        assert r.status == 200 and a not in r.body.decode() and ("clocks" in path or b in r.body.decode()), (path, r.body[:500])
    page = node.local("GET", f"/incidents/{a}").body.decode()
    assert "TLP:RED" in page and "marked" in page, page


@promise
def by_command():
    """the command line writes the same files"""
    for argv in (["export", "--data", node.directory / "data", one, "iodef"], ["export-all", "--data", node.directory / "data", "stix", "2100-01-01", ""]):
        r = subprocess.run([BIN, "incident", *map(str, argv)], capture_output=True, timeout=60)
        assert r.returncode == 0 and r.stdout, r
    assert json.loads(r.stdout)["type"] == "bundle"


@promise
def odd_bodies():
    """an event whose observables are no list is exported without them, in every format"""
    odd = reported(category="odd", observables={"type": "ipv4-addr", "value": "192.0.2.9"})
    assert node.local("POST", f"/api/v1/incidents/{odd}/events", {"kind": "followed_up", "body": {"description": "x", "observables": {"a": 1}}}).status == 201
    for format in ("csv", "stix", "iodef", "json"):
        for r in (export(format, odd), export(format, query="&category=odd")):
            assert r.status == 200 and (b"192.0.2.9" in r.body) == (format == "json"), (format, r.status, r.body)


done()
