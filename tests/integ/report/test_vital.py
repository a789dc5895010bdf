#!/usr/bin/env python3
"""Incidents by the vital functions they affect (必須維持正常運作之體系): ticked in the report, found, exported, corrected."""
import csv
import datetime
import io
import json
import pathlib
import re
import subprocess
import sys
import urllib.parse

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "lib"))
from lf import *

node = Node.throwaway()
NAMES = ["government", "military", "rescue"] + ["necessities:" + x for x in ("telecom", "water", "power", "oil", "gas", "food")] + ["finance", "commerce"]
html = {"Accept": "text/html", "Accept-Language": "zh-TW"}


def values(*functions, **more):
    aware = (datetime.datetime.now(datetime.timezone.utc) - datetime.timedelta(minutes=5)).strftime("%Y-%m-%dT%H:%M:%SZ")
    v = {"aware_at": aware, "category": "web_defaced", "description": "x", "affects": "no", "asset": "core", "leak": "none", "tamper": "minor", "outage_min": 0}
    return {**v, **({"vital_functions": list(functions)} if functions else {}), **more}


def send(stage, v, **more):
    r = node.post("/api/v1/reports", {"stage": stage, "values": v, **more})
    assert r.status in (200, 201), r.body
    return r.json.get("id")


def functions(incident):
    return node.get(f"/api/v1/incidents/{incident}").json["incident"].get("vital_functions")


def found(by):
    return {i["id"] for i in node.get("/api/v1/incidents?limit=200&vital=" + by).json["items"]}


@promise
def asked():
    """the six vital functions, the daily necessities one by one, are asked in one optional question of a first report; one that is none is refused"""
    f = {f["id"]: f for f in node.get("/api/v1/report-form").json["fields"]}["vital_functions"]
    assert [c["id"] for c in f["choices"]] == NAMES and "first" in f["stages"] and not f.get("required"), f
    page = node.get("/incidents/new", headers=html).body.decode()
    assert re.findall(r'type="checkbox" name="vital_functions" value="([a-z:]+)"', page) == NAMES
    for bad in ("necessities", "any", "Finance", "x"):
        r = node.post("/api/v1/reports", {"stage": "first", "values": values(bad)})
        assert r.status == 422, (bad, r.body)


@promise
def implied():
    """ticking one says that a vital function is affected, with the letter that the yes/no gives; the level stays, and so does a report without any harm"""
    body = lambda *f, **more: [e for e in node.get(f"/api/v1/incidents/{send('first', values(*f, **more))}").json["events"] if e["kind"] == "reported"][0]["body"]
    ticked, said, plain = body("finance"), body(vital=True), body()
    assert ticked["form"]["vital"] is True and ticked["form"]["vital_functions"] == ["finance"], ticked
    letter = lambda b: (b["judged"]["letter"], b["judged"]["level"], b["judged"]["vital_function"])
    assert letter(ticked) == letter(said) == ("A", letter(plain)[1], True) and letter(plain)[0] != "A", (ticked, said, plain)
    assert body("finance", tamper="none")["form"]["vital_functions"] == ["finance"]


@promise
def shown():
    """those ticked stand on the incident's page in words, in the API, in history, and in JSON, CSV, XLSX, STIX, IODEF, PDF and the printed form"""
    i = send("first", values("rescue", "necessities:water"))
    assert functions(i) == ["rescue", "necessities:water"]
    words = "救災救護、民生必需：供水"
    assert words in node.get(f"/incidents/{i}", headers=html).body.decode() and words in node.get(f"/incidents/{i}/print?lang=zh", headers=html).body.decode()
    get = lambda kind: node.get(f"/api/v1/incidents/{i}/export?format={kind}").body
    item = json.loads(get("json"))["items"][0]
    assert item["incident"]["vital_functions"] == ["rescue", "necessities:water"], item
    assert next(csv.DictReader(io.StringIO(get("csv").decode("utf-8-sig"))))["vital_functions"] == "rescue,necessities:water"
    labels = next(o for o in json.loads(get("stix"))["objects"] if o["type"] == "incident")["labels"]
    assert {"vital-function:rescue", "vital-function:necessities:water"} <= set(labels), labels
    assert re.findall('meaning="vital-function">(.*?)<', get("iodef").decode()) == ["rescue", "necessities:water"]
    d = scratch()
    (d / "x.xlsx").write_bytes(get("xlsx"))
    sheet = subprocess.run(["unzip", "-p", d / "x.xlsx"], capture_output=True, timeout=30).stdout.decode(errors="replace")
    assert "rescue,necessities:water" in sheet and "必須維持正常運作之體系" in sheet
    (d / "x.pdf").write_bytes(get("pdf"))
    text = subprocess.run(["pdftotext", d / "x.pdf", "-"], capture_output=True, timeout=60).stdout.decode()
    assert words in re.sub(r"\s+", "", text), text
    bare = send("first", values())
    assert functions(bare) is None and b"vital-function" not in node.get(f"/api/v1/incidents/{bare}/export?format=stix").body


@promise
def listed():
    """lists, files, the console and the command line find incidents by one function, by the daily necessities together and by any; an unknown one is refused"""
    a, b, c = send("first", values("necessities:power", "commerce")), send("first", values("necessities:gas")), send("first", values())
    assert {a, b} <= found("necessities") and a in found("necessities:power") and b not in found("necessities:power") and a in found("commerce")
    assert {a, b} <= found("any") and c not in found("any") and not {a, b, c} & found("government")
    for bad in ("necessit", "necessities:", "%25", "any,finance"):
        assert node.get("/api/v1/incidents?vital=" + bad).status == 400, bad
    assert {a, b} <= {i["id"] for i in node.get("/api/v1/incidents?limit=200&counted=1&vital=necessities").json["items"]}
    page = node.get("/incidents?vital=commerce", headers=html).body.decode()
    assert a in page and b not in page and '<option value="commerce" selected>商業</option>' in page
    rows = node.get("/api/v1/incident-export?format=json&vital=necessities:gas").json["items"]
    assert [r["incident"]["id"] for r in rows] == [b], rows
    send("edit", {"vital_functions": []}, incident=b)
    assert functions(b) is None and b not in found("any")


def post(path, *pairs):
    return node.post(path, urllib.parse.urlencode(pairs).encode(), headers={**html, "Content-Type": "application/x-www-form-urlencoded"})


def ticked(page):
    return re.findall(r'name="vital_functions" value="([a-z:]+)" checked', page)


@promise
def pages():
    """what is ticked on a page stays ticked when it is refused, is sent with the rest, and stands ticked in the later report and the correction"""
    typed = [(k, str(v)) for k, v in values().items() if k != "aware_at"] + [("aware_at", time.strftime("%Y-%m-%dT%H:%M", time.gmtime(time.time() + 8 * 3600 - 300))), ("stage", "first")]
    r = post("/incidents/new", *[p for p in typed if p[0] != "description"], ("vital_functions", "rescue"), ("vital_functions", "necessities:food"), ("do", "send"))
    assert r.status == 422 and ticked(r.body.decode()) == ["rescue", "necessities:food"], r.body
    title = "T" + os.urandom(4).hex()
    r = post("/incidents/new", *typed, ("title", title), ("vital_functions", "rescue"), ("vital_functions", "necessities:food"), ("do", "send"))
    i = next(x["id"] for x in node.get("/api/v1/incidents?limit=200").json["items"] if x["title"] == title)
    assert functions(i) == ["rescue", "necessities:food"]
    assert ticked(node.get(f"/incidents/{i}/report?stage=edit", headers=html).body.decode()) == ["rescue", "necessities:food"]
    assert ticked(node.get(f"/incidents/{i}/act?kind=vital_corrected", headers=html).body.decode()) == ["rescue", "necessities:food"]
    r = post(f"/incidents/{i}/act", ("kind", "vital_corrected"), ("vital_functions", "commerce"))
    assert r.status == 400 and ticked(r.body.decode()) == ["commerce"] and functions(i) == ["rescue", "necessities:food"], (r.status, r.body)
    post(f"/incidents/{i}/act", ("kind", "vital_corrected"), ("vital_functions", "commerce"), ("vital_functions", "finance"), ("reason", "看錯了"))
    assert functions(i) == ["finance", "commerce"]
    page = node.get(f"/incidents/{i}", headers=html).body.decode()
    assert "影響的體系更正" in page and "看錯了" in page and "金融、商業" in page


@promise
def corrected():
    """who reviews corrects them with a reason; the reporter's later word does not undo it; no reason, no list and an unknown one are refused; the command line finds it by the new one"""
    sector, provider = Node.serve(scratch(), tier="sector"), Node.serve(scratch())
    token = sector.local("POST", "/api/v1/peers/invitations", {}).json["token"]
    assert provider.local("POST", "/api/v1/parent", {"token": token}).status == 202
    until("the link is up", lambda: provider.local("GET", "/api/v1/parent").json["state"] == "active")
    r = provider.local("POST", "/api/v1/reports", {"stage": "first", "values": values("finance")})
    assert r.status == 201, r.body
    path = "/api/v1/incidents/" + r.json["id"]
    until("it came", lambda: sector.local("GET", path).status == 200)
    both = lambda: [n.local("GET", path).json["incident"].get("vital_functions") for n in (sector, provider)]
    assert both() == [["finance"]] * 2, both()
    say = lambda n, body: n.local("POST", path + "/events", {"kind": "vital_corrected", "body": body})
    for bad in ({"vital_functions": ["rescue"]}, {"reason": "x"}, {"vital_functions": "rescue", "reason": "x"}, {"vital_functions": [7], "reason": "x"}):
        assert say(sector, bad).status == 422, bad
    r = say(sector, {"vital_functions": ["rescue", "necessities"], "reason": "x"})
    assert r.status == 422 and "體系" in r.json["detail"] and "no vital function" in r.json["detail"], r.body
    page = sector.local("GET", "/incidents/" + path.rsplit("/", 1)[1] + "/act?kind=vital_corrected").body.decode()
    assert ticked(page) == ["finance"], page
    assert say(sector, {"vital_functions": ["military", "necessities:oil"], "reason": "油庫"}).status == 201
    until("both have it", lambda: both() == [["military", "necessities:oil"]] * 2)
    assert say(provider, {"vital_functions": ["commerce"], "reason": "x"}).status == 201  # kept, outranked
    until("the sector has it too", lambda: len(sector.local("GET", path).json["events"]) == len(provider.local("GET", path).json["events"]))
    assert both() == [["military", "necessities:oil"]] * 2
    for asked, n in (("necessities", 1), ("finance", 0)):
        cli = subprocess.run([BIN, "incident", "vital", "--data", sector.directory / "data", asked], capture_output=True, text=True, timeout=30)
        assert cli.returncode == 0 and cli.stdout.count("incident--") == n, cli


done()
