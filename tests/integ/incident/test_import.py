#!/usr/bin/env python3
"""Old cases of other systems become incidents: previewed, whole or not at all, once however often the file is given."""
import json
import pathlib
import subprocess
import sys
import urllib.parse

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "lib"))
from lf import *

sector = Node.serve(scratch(), tier="sector")
node = Node.serve(scratch())
token = sector.local("POST", "/api/v1/peers/invitations", {}).json["token"]
assert node.local("POST", "/api/v1/parent", {"token": token}).status == 202
until("the link is up", lambda: node.local("GET", "/api/v1/parent").json["state"] == "active")
CORPUS = ROOT / "tests/fuzz/corpus/old_case"


def of(name):
    format, mapping, text = (CORPUS / name).read_text().split("\n", 2)
    return {"format": format, "mapping": mapping, "file": text}


def give(body, dry=False):
    return node.local("POST", "/api/v1/incident-import" + ("?dry=1" if dry else ""), body)


def count():
    return len(node.local("GET", "/api/v1/incidents?limit=1000").json["items"])


def whole(incident):
    return node.local("GET", f"/api/v1/incidents/{incident}").json


@promise
def previewed():
    """a preview says how many and what would be lost, with line and column, and keeps nothing"""
    r = give(of("csv"), dry=True)
    assert r.status == 200 and r.json["made"] == 2 and r.json["dry"] and count() == 0, r.body
    places = {(x["where"], x["value"]) for x in r.json["losses"]}
    assert ("line 1, the first row", "風險") in places and ("line 2, column observables", "x") in places, places


@promise
def from_csv():
    """a CSV with a mapping becomes incidents with their class, level, times and observables; a closed one is archived"""
    r = give(of("csv"))
    assert r.status == 200 and r.json["made"] == 2 and count() == 2, r.body
    x = whole(r.json["incidents"][0])
    assert x["incident"]["title"] == "網頁, 置換" and x["incident"]["level"] == 2 and x["incident"]["handling"] == "closed"
    assert x["incident"]["aware_at"] == "2025-03-01T01:30:00.000Z" and "clocks" not in x
    body = x["events"][0]["body"]
    assert body["imported"] == {"source": "csv", "id": "A-1", "state": "已結案"} and {o["value"] for o in body["observables"]} == {"192.0.2.1", "a.example.test"}
    assert whole(r.json["incidents"][1])["incident"]["handling"] == "responding"


@promise
def from_thehive():
    """TheHive's cases come with observables, tasks and logs; what has no place is named"""
    r = give(of("thehive"))
    assert r.status == 200 and r.json["made"] == 1, r.body
    x = whole(r.json["incidents"][0])
    notes = " ".join(e["body"].get("description", "") for e in x["events"] if e["kind"] == "followed_up")
    assert x["incident"]["title"] == "Phishing" and "done" in notes and "t (Completed)" in notes and "#a" in notes and "c2" in notes, notes
    assert x["events"][0]["body"]["observables"] == [{"type": "domain-name", "value": "bad.example.test"}]
    assert {x["where"] for x in r.json["losses"]} == {"case 1, severity", "case 1, customFields", "case 1, observables[1]"}, r.json["losses"]


@promise
def from_iris():
    """DFIR-IRIS's reports come with iocs, timeline and evidence"""
    r = give(of("iris"))
    assert r.status == 200 and r.json["made"] == 1, r.body
    x = whole(r.json["incidents"][0])
    notes = " ".join(e["body"].get("description", "") for e in x["events"] if e["kind"] == "followed_up")
    assert x["incident"]["title"] == "#3 - x" and "[2025-05-06T01:02:03Z] t: c" in notes and "f: h" in notes, notes
    assert x["events"][0]["body"]["observables"] == [{"type": "ipv4-addr", "value": "198.51.100.4"}]
    assert [x["where"] for x in r.json["losses"]] == ["case 1, classification"]


@promise
def twice():
    """the same file again adds nothing, over a kill -9 too"""
    global node
    before = count()
    os.kill(node.process.pid, signal.SIGKILL)
    node.process.wait()
    node = until("it is back", lambda: Node.serve(node.directory))
    for name in ("csv", "thehive", "iris"):
        r = give(of(name))
        assert r.status == 200 and r.json["made"] == 0 and r.json["already"] == len(r.json["incidents"]), r.body
    assert count() == before


@promise
def whole_or_nothing():
    """one bad row is told with line, column and how to mend it, and nothing of the file is kept"""
    before = count()
    for text, said in (("id,title,aware_at\n1,a,2024-01-01\n2,b,2024-13-01\n", 'line 3, column "aware_at"'),
                       ("id,title,aware_at,level\n1,a,2024-01-01,9\n", 'line 2, column "level"'),
                       ("id,title\n1,a\n", '"aware_at" is missing'), ("id,title,aware_at\n1,a,2024-01-01\n1,b,2024-01-01\n", "comes twice"),
                       ("id,title,aware_at\n1,a,2099-01-01\n", "future"), ("id,title,aware_at\n1,a,b,c,2024-01-01\n", "line 2: 5 cells"),
                       ("id,title,aware_at\n" + "".join(f"{i},t,2024-01-01\n" for i in range(201)), "more than 200")):
        r = give({"format": "csv", "file": text})
        assert r.status in (400, 413) and said in r.json["detail"], (r.status, r.body, said)
    r = give({"format": "thehive", "file": '[{"_id":"x","title":"t","startDate":1740000000000},{"_id":"y","startDate":1740000000000}]'})
    assert r.status == 400 and "case 2" in r.json["detail"], r.body
    assert give({"format": "rtir", "file": "x"}).status == 400
    assert count() == before


@promise
def preview_refuses():
    """what taking would refuse the preview refuses: a case with more observables than an event holds"""
    case = {"_id": "long", "title": "t", "startDate": 1740000000000,
            "observables": [{"dataType": "url", "data": f"http://a.example.test/{i}/" + "x" * 1500} for i in range(200)]}
    for dry in (True, False):
        r = give({"format": "thehive", "file": json.dumps(case)}, dry=dry)
        assert r.status == 413 and "long" in r.json["detail"], (dry, r.body)


@promise
def no_lists():
    """objects where lists belong are told as lost, and the node goes on"""
    for name in ("thehive-no-lists", "thehive-no-logs", "iris-no-lists"):
        r = give(of(name), dry=True)
        assert r.status == 200 and any("no list" in x["text"] for x in r.json["losses"]), r.body


@promise
def stays():
    """an imported case starts no clock, goes to no other node and counts as open only when it was; reported by a person it is an incident like any other"""
    assert node.local("GET", "/api/v1/clocks").json["items"] == []
    assert len(node.local("GET", "/api/v1/incidents?open=1&limit=1000").json["items"]) == 2
    r = give({"format": "csv", "file": "id,title,aware_at\nnew,仍在處理,2026-11-20\n"})
    incident = r.json["incidents"][0]
    marker = node.local("POST", "/api/v1/incidents", {"title": "marker", "level": 3}).json["id"]
    until("what was reported is at the sector", lambda: sector.local("GET", f"/api/v1/incidents/{marker}").status == 200)
    assert [i["id"] for i in sector.local("GET", "/api/v1/incidents").json["items"]] == [marker]
    assert node.local("POST", f"/api/v1/incidents/{incident}/events", {"kind": "reported", "body": {"level": 2}}).status == 201
    assert "clocks" in whole(incident)
    until("it is at the sector", lambda: sector.local("GET", f"/api/v1/incidents/{incident}").status == 200)
    r = node.local("POST", f"/api/v1/incidents/{marker}/events", {"kind": "archived", "body": {}})
    assert r.status == 409, r.body  # that is for imported cases alone


@promise
def by_form_and_role():
    """the console previews and takes a file by a form; a reader may not"""
    for role, status in (("analyst", 200), ("reader", 403)):
        assert node.local("POST", "/api/v1/users", {"name": role + "1", "roles": role, "password": "a long pass phrase 1"}).status == 201
        t = node.local("POST", "/api/v1/tokens", {"account": role + "1", "label": role, "roles": role}).json["token"]
        h = {"Authorization": "Bearer " + t}
        assert node.get("/incidents/import", headers=h).status == status
        for do, word in (("preview", "未儲存"), ("take", "已匯入")):
            b = "x9"
            body = "".join(f'--{b}\r\nContent-Disposition: form-data; name="{k}"\r\n\r\n{v}\r\n' for k, v in (("format", "csv"), ("mapping", ""), ("do", do)))
            body += f'--{b}\r\nContent-Disposition: form-data; name="file"; filename="c.csv"\r\nContent-Type: text/csv\r\n\r\nid,title,aware_at,odd\nf1,表單 <b>,2024-01-01,?\n\r\n--{b}--\r\n'
            r = node.post("/incidents/import", body.encode(), headers=dict(h, **{"Content-Type": f"multipart/form-data; boundary={b}"}))
            assert r.status == status and (status == 403 or word in r.body.decode() and "odd" in r.body.decode()), (role, do, r.status, r.body)


@promise
def by_command():
    """the command line previews and imports"""
    d = scratch()
    (d / "c.csv").write_text("編號,主旨,日期\nz1,t,2024-01-01\n")
    before = count()
    for verb, more in (("import-check", 0), ("import", 1)):
        r = subprocess.run([BIN, "incident", verb, "--data", node.directory / "data", "csv", d / "c.csv", "title=主旨,aware_at=日期"],
                           capture_output=True, timeout=60)
        assert r.returncode == 0 and r.stdout.decode().split("\t")[0] == "1" and count() == before + more, r


done()
