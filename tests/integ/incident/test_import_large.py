#!/usr/bin/env python3
"""Large files of old cases: kept when accepted, taken in slices, no case twice or lost over a kill, others answered meanwhile."""
import csv
import io
import json
import pathlib
import re
import subprocess
import sys
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "lib"))
from lf import *

node = Node.serve(scratch())


def table(n, mark, bad=()):
    rows = "".join(f"{mark}-{i},案件 {i},{'2024-13-01' if i in bad else '2024-01-02'},2,已結案,192.0.2.{i % 250} a{i}.example.test,處理紀錄 {i}\n" for i in range(n))
    return "id,title,aware_at,level,state,observables,note\n" + rows


def give(text, format="csv", dry=False, **more):
    return node.local("POST", "/api/v1/incident-imports" + ("?dry=1" if dry else ""), {"format": format, "file": text, **more})


def show(id):
    return node.local("GET", f"/api/v1/incident-imports/{id}").json


def over(id, limit=120):
    return until("the import is over", lambda: (x := show(id))["state"] in ("done", "failed", "stopped") and x, limit, 0.05)


def report(id):
    return list(csv.DictReader(io.StringIO(node.local("GET", f"/api/v1/incident-imports/{id}/report").body.decode())))


def here():
    """How many incidents there are, by their titles' ends."""
    seen, after = [], ""
    while True:
        page = node.local("GET", f"/api/v1/incidents?limit=1000&after={after}").json
        seen += [i["id"] for i in page["items"]]
        after = page.get("next")
        if not after:
            assert len(seen) == len(set(seen))
            return len(seen)


def amid(id, most):
    """Some of it is taken and some is not."""
    return until("it is under way", lambda: 0 < (x := show(id))["looked_at"] < most and x, 60, 0.005)


@promise
def taken():
    """of 1,000 cases those that will do are taken, and the report says of each other the line, the column and why"""
    r = give(table(1000, "a", bad=(3, 700)) + "a-5,again,2024-01-02,,,,\na-x,level,2024-01-02,9,,,\n", name="old.csv")
    assert r.status == 202, r.body
    x = over(r.json["id"])
    assert (x["state"], x["total"], x["looked_at"], x["made"], x["already"], x["refused"]) == ("done", 998, 998, 998, 0, 4), x
    assert here() == 998 and x["name"] == "old.csv" and x["ended"]
    said = [(n["what"], n["where"], n["why"]) for n in report(r.json["id"])]
    assert [s[:2] for s in said] == [("refused", f"line {n}") for n in (5, 702, 1002, 1003)], said
    assert 'column "aware_at"' in said[0][2] and "comes twice" in said[2][2] and 'column "level"' in said[3][2], said
    y = over(give(table(1000, "a")).json["id"])
    assert (y["made"], y["already"], y["refused"]) == (2, 998, 0) and here() == 1000, y


@promise
def killed():
    """killed with -9 in its midst it goes on by itself: no case twice, none lost"""
    global node
    before = here()
    id = give(table(1500, "k")).json["id"]
    for _ in range(2):
        at = amid(id, 1500)["looked_at"]
        os.kill(node.process.pid, signal.SIGKILL)
        node.process.wait()
        node = until("it is back", lambda: Node.serve(node.directory), 60)
        assert show(id)["looked_at"] >= at
    x = over(id)
    assert (x["made"], x["already"], x["refused"]) == (1500, 0, 0) and here() == before + 1500, x
    assert over(give(table(1500, "k")).json["id"])["already"] == 1500 and here() == before + 1500


@promise
def others():
    """while a file is taken others are answered"""
    id = give(table(12000, "o")).json["id"]  # takes long enough for all that is asked below
    amid(id, 12000)
    took = []
    while len(took) < 60:
        t = time.monotonic()
        assert node.local("GET", "/api/v1/incidents?limit=1").status == 200
        took.append(time.monotonic() - t)
        assert show(id)["state"] == "taking"
    took.sort()
    node.local("POST", f"/api/v1/incident-imports/{id}/stop")
    assert took[30] < 0.1 and took[-1] < 0.5, took[-5:]
    return f"median {took[30] * 1000:.0f} ms, longest {took[-1] * 1000:.0f} ms"


@promise
def stopped():
    """a person stops it: what was taken stays and nothing more comes; the next file has its turn"""
    before = here()
    id, after = give(table(3000, "s")).json["id"], give(table(1, "t")).json["id"]
    amid(id, 3000)
    assert node.local("POST", f"/api/v1/incident-imports/{id}/stop").status == 204
    x = show(id)
    assert x["state"] == "stopped" and 0 < x["made"] < 3000, x
    assert over(after)["made"] == 1 and here() == before + x["made"] + 1 and show(id) == x
    assert node.local("POST", f"/api/v1/incident-imports/{id}/stop").status == 409
    assert node.local("POST", f"/api/v1/incident-imports/{id}/take").status == 409


@promise
def previewed():
    """a preview keeps nothing, says what would be, and is then taken as it was previewed"""
    before = here()
    id = give(table(400, "p", bad=(7,)), dry=True).json["id"]
    x = over(id)
    assert (x["dry"], x["made"], x["refused"]) == (True, 399, 1) and here() == before and len(report(id)) == 1, x
    assert node.local("POST", f"/api/v1/incident-imports/{id}/take").status == 202
    x = over(id)
    assert (x["dry"], x["made"], x["refused"]) == (False, 399, 1) and here() == before + 399 and len(report(id)) == 1, x


@promise
def other_formats():
    """TheHive's and DFIR-IRIS's lists are taken the same way; a case too large for an incident is refused alone"""
    hive = [{"_id": f"h{i}", "title": f"t{i}", "startDate": 1740000000000, "tasks": [{"title": "look", "status": "Completed"}], "severity": 2} for i in range(300)]
    hive[9]["observables"] = [{"dataType": "url", "data": f"http://a.example.test/{i}/" + "x" * 1500} for i in range(200)]
    x = over((id := give(json.dumps(hive), "thehive").json["id"]))
    assert (x["made"], x["refused"], x["lost"]) == (299, 1, 300), x
    assert [(n["where"], "shorten" in n["why"]) for n in report(id) if n["what"] == "refused"] == [("case 10", True)]
    iris = [{"case": {"case_id": i, "case_name": f"#{i}", "open_date": "2025-05-06"}, "iocs": [{"ioc_value": "198.51.100.4", "ioc_type": "ip-dst"}]} for i in range(300)]
    assert over(give(json.dumps({"cases": iris}), "iris").json["id"])["made"] == 300


@promise
def odd_text():
    """text that is cut within a character, and bytes that are no text, are told in the report and end no import"""
    rows = f"u-1,t,2024-01-02,{'界' * 90},x{'網' * 90}\nu-2,t,2024-01-02,1,xx{'網' * 90}\nu-3,t,x{'日' * 40},,\nu-4,{'題' * 300},2024-01-02,,\nu-5{'號' * 80},t,2024-01-02,,\n"
    x = over((id := give("id,title,aware_at,level,observables\n" + rows).json["id"]))
    assert (x["state"], x["made"], x["refused"]) == ("done", 2, 3), (x, report(id))
    assert len(report(id)) == 5, report(id)
    case = {"_id": "k1", "title": "t", "startDate": 1740000000000, "x" + "鍵" * 60: "值" * 200, "observables": [{"dataType": "other", "data": "d", "message": "長" * 2000 + "尾"}]}
    x = over((id := give(json.dumps([case], ensure_ascii=False), "thehive").json["id"]))
    assert (x["state"], x["made"]) == ("done", 1), x
    seen = next(i["id"] for i in node.local("GET", "/api/v1/incidents?limit=1").json["items"])
    events = node.local("GET", f"/api/v1/incidents/{seen}").json["events"]
    assert any("長尾" in e["body"].get("description", "") for e in events), [e["kind"] for e in events]


@promise
def unreadable():
    """a file that cannot be read at all fails with one sentence and adds nothing; more than may be is refused"""
    before = here()
    for text, format, said in (('id,title,aware_at\n"x,a,2024-01-01\n', "csv", "line 2"), ("id,title\n1,a\n", "csv", '"aware_at" is missing'),
                               ("[{", "thehive", "json"), ("id,title,aware_at\n" + "".join(f"{i},t,2024-01-01\n" for i in range(100001)), "csv", "more than 100000"),
                               ("id,title,aware_at\n" + "".join(f"{i},t,x\n" for i in range(100001)), "csv", "more than 100000")):
        x = over(give(text, format).json["id"])
        assert x["state"] == "failed" and said in x["trouble"] and not x["made"], x
    assert here() == before
    assert give("x", "rtir").status == 400 and give("").status == 400
    first = [give(table(1500, f"many{i}")) for i in range(6)]
    assert [r.status for r in first] == [202] * 5 + [429], [r.status for r in first]
    for r in first[:5]:
        node.local("POST", f"/api/v1/incident-imports/{r.json['id']}/stop")


def as_person(role, name):
    assert node.local("POST", "/api/v1/users", {"name": name, "roles": role, "password": "a long pass phrase 1"}).status == 201
    return {"Authorization": "Bearer " + node.local("POST", "/api/v1/tokens", {"account": name, "label": name, "roles": role}).json["token"]}


def form(h, text, do):
    b = "x9"
    body = "".join(f'--{b}\r\nContent-Disposition: form-data; name="{k}"\r\n\r\n{v}\r\n' for k, v in (("format", "csv"), ("mapping", ""), ("do", do)))
    body += f'--{b}\r\nContent-Disposition: form-data; name="file"; filename="舊案.csv"\r\nContent-Type: text/csv\r\n\r\n{text}\r\n--{b}--\r\n'
    return node.post("/incidents/import", body.encode(), headers=dict(h, **{"Content-Type": f"multipart/form-data; boundary={b}"}))


def landed(r):
    """The page of an import that the answer led to."""
    assert r.status == 200, (r.status, r.body)
    return re.search(r"/imports/[0-9a-f-]{36}", r.body.decode())[0]


@promise
def console():
    """the console takes a large file by the same form, shows how far it is, stops it, and takes what was previewed"""
    h = as_person("analyst", "ann")
    assert form(as_person("reader", "rea"), table(300, "c"), "take").status == 403
    r = form(h, table(300, "c", bad=(1,)), "preview")
    where = landed(r)
    id = where.split("/")[-1]
    assert over(id)["dry"] is True and show(id)["name"] == "舊案.csv"
    page = node.get(where, headers=h).body.decode()
    assert "將新增 299 件" in page and "依預覽匯入" in page and "2024-13-01" in page and "舊案.csv" in page, page
    mo = as_person("analyst", "mo")
    assert landed(node.post(where + "/take", b"", headers=mo)) == where and over(id)["made"] == 299
    newest = node.local("GET", "/api/v1/incidents?limit=1").json["items"][0]["id"]
    user = next(u["id"] for u in node.local("GET", "/api/v1/users").json["items"] if u["name"] == "mo")
    assert node.local("GET", f"/api/v1/incidents/{newest}").json["events"][0]["account"] == user
    page = node.get(where, headers=h).body.decode()
    assert "新增 299 件" in page and "依預覽匯入" not in page and "拒收的案件" in page
    where = landed(form(h, table(3000, "d"), "take"))
    amid(where.split("/")[-1], 3000)
    page = node.get(where, headers=h).body.decode()
    assert "<progress" in page and "停止匯入" in page
    assert landed(node.post(where + "/stop", b"", headers=h)) == where and "已停止" in node.get(where, headers=h).body.decode()
    assert where in node.get("/incidents/import", headers=h).body.decode()


@promise
def shut_out():
    """whose account is shut out takes no more: his import fails and says so"""
    h = as_person("analyst", "out")
    account = next(u["id"] for u in node.local("GET", "/api/v1/users").json["items"] if u["name"] == "out")
    id = node.post("/api/v1/incident-imports", json.dumps({"format": "csv", "file": table(3000, "e")}).encode(), headers=dict(h, **{"Content-Type": "application/json"})).json["id"]
    amid(id, 3000)
    assert node.local("POST", f"/api/v1/users/{account}/disable").status == 204
    x = over(id)
    assert x["state"] == "failed" and x["trouble"] and 0 < x["made"] < 3000, x


@promise
def by_command():
    """the command line shows how far it is and ends with the report; 1 when something was refused"""
    d = scratch()
    (d / "c.csv").write_text(table(300, "l", bad=(2,)))
    before = here()
    for more, made in ((["--preview"], 0), ([], 299)):
        r = subprocess.run([BIN, "cases", "import", "--data", node.directory / "data", *more, "csv", d / "c.csv"], capture_output=True, timeout=100)
        assert r.returncode == 1 and b"300 looked at" not in r.stderr and b"299 of 299 looked at" in r.stderr, r
        assert r.stdout.decode().splitlines()[1].startswith("refused,line 4,"), r
        assert here() == before + made
    r = subprocess.run([BIN, "cases", "list", "--data", node.directory / "data"], capture_output=True, timeout=60)
    assert r.returncode == 0 and "\tdone\t299\t299\t" in r.stdout.decode(), r


done()
