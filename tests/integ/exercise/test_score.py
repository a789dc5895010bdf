#!/usr/bin/env python3
"""Points of an exercise: reckoned from what was reported, done and answered in time; what only a person sees, a person judges."""
import csv
import datetime
import html
import io
import json
import pathlib
import sys
import urllib.parse

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "lib"))
from lf import *

sector, member = Node.serve(scratch(), tier="sector"), Node.serve(scratch())
token = sector.local("POST", "/api/v1/peers/invitations", {}).json["token"]
assert member.local("POST", "/api/v1/parent", {"token": token}).status == 202
until("the link is up", lambda: member.local("GET", "/api/v1/parent").json["state"] == "active")
BASE = "/api/v1/exercises"
at = lambda s: (datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(seconds=s)).strftime("%Y-%m-%dT%H:%M:%SZ")


def call(node, method, path, body=None, status=(200, 201, 204)):
    r = node.local(method, path, body)
    assert r.status in ((status,) if isinstance(status, int) else status), (method, path, r.status, r.body.decode())
    return r.json if r.body else None


def inject(id, to, expect=None, within="3h", points=10, at="0m", **more):
    return {"id": id, "at": at, "to": list(to), "zh": f"狀況 {id}", "en": f"Inject {id}", "tell_zh": f"內容 {id}", "tell_en": f"Text {id}",
            **({"expect": expect, "within": within, "points": points} if expect else {}), **more}


def plan(*injects, speed=60):
    x = call(sector, "POST", BASE, {"name": "得分演練", "kind": "reporting", "begins": at(-60), "ends": at(7200), "speed": speed, "participants": ["會員", "本中心", "電話機關"]})["id"]
    call(sector, "POST", f"{BASE}/{x}/scenario", {"document": json.dumps({
        "format": "lianfang-scenario/1", "id": "own", "kind": "reporting", "zh": "自訂", "en": "Own", "about_zh": "說明", "about_en": "About", "groups": [], "injects": list(injects)}, ensure_ascii=False)})
    return x


def start(x):
    call(sector, "POST", f"{BASE}/{x}/state", {"state": "running"})
    until("what is due at the start is told", lambda: all(i["state"] == "delivered" for i in call(sector, "GET", f"{BASE}/{x}/scenario")["items"] if i["at"] == "0m"))


def scores(x):
    return {s["name"]: s for s in call(sector, "GET", f"{BASE}/{x}/score")["items"]}


def of(x, name):
    return {i["inject"]: i for i in scores(x)[name]["injects"]}


def reported(node, x, title="演練案件"):
    return call(node, "POST", "/api/v1/incidents", {"title": title, "level": 2, "exercise": x})["id"]


peer = call(sector, "GET", "/api/v1/peers")["items"][0]["id"]
units = {name: call(sector, "POST", "/api/v1/units", {"name": name, "attribute": "enterprise-4", **more})["id"]
         for name, more in (("會員", {"peer": peer}), ("本中心", {"tenant": "self"}), ("電話機關", {}))}
call(sector, "POST", f"/api/v1/units/{units['電話機關']}/contacts", {"name": "窗口", "email": "desk@member.example"})


@promise
def reckoned():
    """each report counts for one inject, in time with all its points, late with half, not done with none; control is looked at by the report it is of, an answer by the notice"""
    x = plan(inject("first", ["會員", "本中心"], "report", "3h", 31), inject("second", ["會員"], "report", "1m", 15), inject("told", ["all"]),
             inject("control", ["會員", "本中心"], "control", "4h", 20, of="first"), inject("review", ["本中心"], "review", "4h", 11, of="second"), inject("answer", ["電話機關"], "answer", "3h", 7), inject("phone", ["電話機關"], "report", "3h", 9))
    call(sector, "GET", f"{BASE}/{x}/score")
    start(x)
    until("it runs at the member", lambda: member.local("GET", f"{BASE}/{x}").status == 200 and call(member, "GET", f"{BASE}/{x}")["state"] == "running")
    assert {k: v["mark"] for k, v in of(x, "本中心").items()} == {"first": "running", "control": "running", "review": "running"}, of(x, "本中心")
    one = reported(member, x)
    until("the report is there, and counts", lambda: of(x, "會員")["first"]["mark"] == "in_time")
    until("the time of the second is over", lambda: of(x, "會員")["second"]["mark"] == "missed")
    other = reported(member, x, "第二件")
    until("the second came late", lambda: of(x, "會員")["second"]["mark"] == "late")
    got = of(x, "會員")
    assert (got["first"]["points"], got["first"]["incident"]) == (31, one) and (got["second"]["points"], got["second"]["incident"]) == (7, other), got
    assert got["control"]["mark"] == "running" and "told" not in got, got
    call(member, "POST", f"/api/v1/incidents/{one}/events", {"kind": "controlled", "body": {"at": at(0)}})
    until("it is under control", lambda: of(x, "會員")["control"]["mark"] == "in_time")
    assert of(x, "本中心")["review"]["mark"] == "running"
    call(sector, "POST", f"/api/v1/incidents/{other}/events", {"kind": "reviewed", "body": {"level": 2}})
    until("the member's second report is reviewed", lambda: of(x, "本中心")["review"]["mark"] == "in_time")
    phone = of(x, "電話機關")
    assert phone["phone"]["mark"] == "to_judge" and phone["answer"]["mark"] == "running", phone
    notice = next(n for n in call(sector, "GET", "/api/v1/notices?limit=1000")["items"] if n["subject"] == x and n["title"] == "狀況 answer")
    calls = call(sector, "GET", f"/api/v1/notices/{notice['id']}")["calls"]
    call(sector, "POST", f"/api/v1/calls/{calls[0]['id']}/acknowledge")
    assert of(x, "電話機關")["answer"]["points"] == 7 and scores(x)["會員"] | {"injects": 0, "unit": 0} == {
        "name": "會員", "unit": 0, "points": 31 + 7 + 20, "most": 31 + 15 + 20, "to_judge": 0, "injects": 0}, scores(x)
    call(sector, "POST", f"{BASE}/{x}/state", {"state": "ended"})
    assert {k: v["mark"] for k, v in of(x, "本中心").items()} == {"first": "missed", "control": "missed", "review": "in_time"}
    rows = list(csv.DictReader(io.StringIO(sector.local("GET", f"{BASE}/{x}/score?format=csv").body.decode("utf-8-sig"))))
    assert [(r["name"], r["inject"], r["points"], r["mark"]) for r in rows] == [(s["name"], i["inject"], str(i["points"]), i["mark"]) for s in scores(x).values() for i in s["injects"]], rows


@promise
def judged():
    """a person gives points with a reason for what only a person sees, or instead of what is reckoned, and takes them back; kept over kill -9, audited, and standing with the result report"""
    global sector
    x = plan(inject("share", ["電話機關", "本中心"], "share", "1h", 20), inject("report", ["本中心"], "report", "1m", 10), inject("later", ["本中心"], "other", "1h", 5, at="2d"))
    give = lambda status=204, **body: call(sector, "POST", f"{BASE}/{x}/score", body, status)
    give(409, inject="share", unit="本中心", points=3, why="早了")
    start(x)
    for wrong, status in (({"inject": "none"}, 404), ({"inject": "later"}, 409), ({"unit": "會員"}, 422), ({"points": 21}, 400), ({"points": -1}, 400), ({"points": "many"}, 400), ({"why": " "}, 400)):
        give(status, **({"inject": "share", "unit": "本中心", "points": 3, "why": "理由"} | wrong))
    assert scores(x)["本中心"]["to_judge"] == 1 and scores(x)["電話機關"]["to_judge"] == 1
    give(inject="share", unit="本中心", points=15, why="分享完整但略遲")
    give(inject="share", unit=units["電話機關"], points=0, why="未分享")
    until("the time is over", lambda: of(x, "本中心")["report"]["mark"] == "missed")
    give(inject="report", unit="本中心", points="4", why="以電話通報")
    os.kill(sector.process.pid, signal.SIGKILL)
    sector.process.wait()
    sector = until("it is back", lambda: Node.serve(sector.directory))
    got = of(x, "本中心")
    assert [(got[k]["points"], got[k]["mark"], got[k]["why"]) for k in ("share", "report")] == [(15, "judged", "分享完整但略遲"), (4, "judged", "以電話通報")] and scores(x)["電話機關"]["points"] == 0, got
    give(inject="report", unit="本中心")
    give(409, inject="report", unit="本中心")
    assert of(x, "本中心")["report"]["mark"] == "missed"
    whys = [json.loads(a["detail"]) if isinstance(a["detail"], str) else a["detail"] for a in call(sector, "GET", "/api/v1/audit?limit=1000")["items"] if a["action"] == "inject.judged"]
    assert sorted(w.get("why", "") for w in whys) == sorted(["", "分享完整但略遲", "未分享", "以電話通報"]), whys
    call(sector, "POST", f"{BASE}/{x}/state", {"state": "ended"})
    give(inject="report", unit="本中心", points=1, why="補評")
    call(sector, "POST", f"{BASE}/{x}/report", {"text": "結果"})
    give(409, inject="report", unit="本中心", points=2, why="再補")
    assert scores(x)["本中心"]["points"] == 16


@promise
def on_the_page():
    """the console shows the points of each with its cases, takes a person's points with the reason, keeps what was typed when it refuses, in both languages; who conducts no exercises is shown none"""
    x = plan(inject("share", ["本中心"], "share", "1h", 20), inject("report", ["本中心"], "report", "3h", 10))
    start(x)
    case = reported(sector, x)
    path = f"/exercises/{x}/score"
    page = lambda lang: html.unescape(sector.local("GET", f"{path}?lang={lang}").body.decode())
    form = lambda **fields: sector.local("POST", path, urllib.parse.urlencode(fields).encode(), kind="application/x-www-form-urlencoded")
    for lang, words in (("zh", ("演練得分", "待評", "10 / 30", "時限內完成")), ("en", ("To be judged", "10 of 30", "In time"))):
        text = page(lang)
        assert all(w in text for w in words) and f"/incidents/{case}" in text, (lang, [w for w in words if w not in text])
    r = form(inject="share", unit=units["本中心"], points="99", why="打好的理由")
    text = html.unescape(r.body.decode())
    assert r.status == 400 and "打好的理由" in text and 'value="99"' in text, (r.status, text[-3000:])
    assert form(inject="share", unit=units["本中心"], points="12", why="好").status == 303
    user = call(sector, "POST", "/api/v1/users", {"name": "viewer", "password": "correct horse battery", "roles": "reader"})["id"]
    bearer = {"Authorization": "Bearer " + call(sector, "POST", "/api/v1/tokens", {"account": user, "label": "viewer", "roles": "reader"})["token"]}
    assert sector.request("GET", f"{BASE}/{x}", headers=bearer).status == 200 and sector.request("GET", f"{BASE}/{x}/score", headers=bearer).status == 403
    assert "22 / 30" in page("zh") and scores(x)["本中心"]["points"] == 22


done()
