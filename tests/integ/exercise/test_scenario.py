#!/usr/bin/env python3
"""Scenarios: read whole or refused, taken once, and each inject told once, by the node's own clock."""
import contextlib
import datetime
import html
import json
import pathlib
import sqlite3
import subprocess
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "lib"))
from lf import *

desk = Node.serve(scratch(), tier="sector")
BASE = "/api/v1/exercises"


def at(seconds):
    return (datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(seconds=seconds)).strftime("%Y-%m-%dT%H:%M:%SZ")


def when(text):
    return datetime.datetime.fromisoformat(text.replace("Z", "+00:00")).timestamp()


def call(method, path, body=None, status=(200, 201, 204)):
    r = desk.local(method, path, body)
    assert r.status in ((status,) if isinstance(status, int) else status), (method, path, r.status, r.body.decode())
    return r.json if r.body else None


def page(path, lang):
    r = desk.local("GET", path + "?lang=" + lang)
    assert r.status == 200, (path, r.status, r.body)
    return html.unescape(r.body.decode())


def inject(id, at="0m", to=("all",), **more):
    return {"id": id, "at": at, "to": list(to), "zh": f"狀況 {id}", "en": f"Inject {id}", "tell_zh": f"內容 {id}", "tell_en": f"Text {id}", **more}


def scenario(*injects, **more):
    return json.dumps({"format": "lianfang-scenario/1", "id": "own", "kind": "reporting", "zh": "自訂腳本", "en": "Own scenario", "about_zh": "說明", "about_en": "About",
                       "groups": [{"id": "hospital", "zh": "醫院", "en": "Hospitals"}], "injects": list(injects), **more}, ensure_ascii=False, indent=1)


def plan(**more):
    return call("POST", BASE, {"name": "腳本演練", "kind": "reporting", "begins": at(-60), "ends": at(7200), "participants": ["甲醫院", "乙醫院", "丙廠商"], **more})["id"]


def take(x, *injects, **more):
    call("POST", f"{BASE}/{x}/scenario", {"document": scenario(*injects, **more)})


def start(x):
    call("POST", f"{BASE}/{x}/state", {"state": "running"})
    return when(call("GET", f"{BASE}/{x}")["began"])


def injects(x):
    return {i["id"]: i for i in call("GET", f"{BASE}/{x}/scenario")["items"]}


def told(x):
    return [n for n in call("GET", "/api/v1/notices?limit=1000")["items"] if n["subject"] == x]


units = {}
for name, oid in (("甲醫院", "2.16.886.101.1"), ("乙醫院", "2.16.886.101.2"), ("丙廠商", "2.16.886.101.3"), ("丁旁觀", "2.16.886.101.4")):
    units[name] = call("POST", "/api/v1/units", {"name": name, "oid": oid, "attribute": "enterprise-4"})["id"]
    call("POST", f"/api/v1/units/{units[name]}/contacts", {"name": f"{name}窗口", "email": "desk@member.example"})


@promise
def delivered_ones():
    """two scenarios are delivered in both languages, and the program says what is in a file or on which line it is wrong"""
    items = call("GET", "/api/v1/scenarios")["items"]
    assert [i["id"] for i in items] == ["hospital-ransomware", "web-compromise"], items
    assert all(i[k] for s in items for i in s["injects"] for k in ("zh", "en", "tell_zh", "tell_en"))
    for s in items:
        r = subprocess.run([BIN, "scenario", ROOT / f"rules/scenario/{s['id']}.json"], capture_output=True, text=True)
        assert r.returncode == 0 and f"{s['id']}: {len(s['injects'])} injects" in r.stdout, r
    wrong = pathlib.Path(scratch()) / "wrong.json"
    wrong.write_text(scenario(inject("one"), inject("two", expect="report", within="soon", points=5)))
    line = 1 + next(n for n, text in enumerate(wrong.read_text().splitlines()) if "soon" in text)
    r = subprocess.run([BIN, "scenario", wrong], capture_output=True, text=True)
    assert r.returncode == 2 and f"{wrong}: scenario: line {line}: \"within\" is minutes, hours or days" in r.stderr, r


@promise
def read_whole():
    """a scenario is taken whole or refused with one sentence that names the line, in the API and on the page; nothing of it is kept"""
    x = plan()
    for wrong, says in ((scenario(inject("one", more=1)), '"more" means nothing'), (scenario(inject("one", at="later")), '"at" is minutes'), (scenario(inject("one", to=[])), '"to" is a list'),
                        (scenario(inject("one"), inject("one")), '"id" is that of an inject above'), (scenario(inject("one", at="2h"), inject("two", at="1h")), '"at" is before'),
                        (scenario(inject("one", points=3)), '"points" goes with'), (scenario(inject("one", expect="dance", within="1h", points=3)), '"expect" is report'),
                        (scenario(inject("one", expect="report", within="1h", points=0)), '"points" is a whole number'),
                        (scenario(inject("one", expect="review", within="1h", points=1, of="none")), '"of" is the id'), (scenario(inject("one", expect="task", within="1h", points=1)), '"task" goes with'),
                        (scenario(inject("one"), kind="party"), '"kind" is'), (scenario(inject("one"), format="x"), '"format" is'), (scenario(), '"injects" is a list'),
                        (scenario(inject("one"), groups=[{"id": "all", "zh": "x", "en": "x"}]), '"id" is "all"'), ("{\n\"format\":", "line 2"), (scenario(inject("one", tell_zh="長" * 201)), '"tell_zh" is text')):
        r = desk.local("POST", f"{BASE}/{x}/scenario", {"document": wrong})
        assert r.status == 400 and says in r.json["detail"] and "line " in r.json["detail"], (says, r.status, r.body.decode())
    call("POST", f"{BASE}/{x}/scenario", {"scenario": "none"}, 400)
    call("POST", f"{BASE}/{x}/scenario", {}, 400)
    call("GET", f"{BASE}/{x}/scenario", status=404)
    assert "選用腳本" in page(f"/exercises/{x}", "zh") and "Ransomware at a hospital" in page(f"/exercises/{x}", "en")


@promise
def taken_once():
    """a planned exercise takes a scenario once, as its own copy; it does not begin while an inject would be told to nobody"""
    x = plan()
    call("POST", f"{BASE}/{x}/scenario", {"scenario": "hospital-ransomware", "language": "en"})
    call("POST", f"{BASE}/{x}/scenario", {"scenario": "web-compromise"}, 409)
    r = desk.local("POST", f"{BASE}/{x}/state", {"state": "running"})
    assert r.status == 409 and "screens" in r.json["detail"] and call("GET", f"{BASE}/{x}")["state"] == "planned", r.body
    for wrong, says in ((["丁旁觀"], "does not take part"), (["甲醫院", "2.16.886.101.1"], "twice"), (["all"], "does not take part")):
        r = desk.local("POST", f"{BASE}/{x}/groups", {"group": "hospital", "participants": wrong})
        assert r.status in (400, 422) and says in r.json["detail"], r.body
    call("POST", f"{BASE}/{x}/groups", {"group": "none", "participants": []}, 400)
    call("POST", f"{BASE}/{x}/groups", {"group": "hospital", "participants": ["甲醫院", "2.16.886.101.2"]})
    call("POST", f"{BASE}/{x}/groups", {"group": "contractor", "participants": "丙廠商\n"})
    got = call("GET", f"{BASE}/{x}/scenario")
    assert got["language"] == "en" and [[p["name"] for p in g["participants"]] for g in got["groups"]] == [["甲醫院", "乙醫院"], ["丙廠商"]], got
    text = page(f"/exercises/{x}", "zh")
    assert "甲醫院\n乙醫院</textarea>" in text and "通報資安事件" in text and "開始後 1 小時 0 分鐘" in text
    start(x)
    call("POST", f"{BASE}/{x}/groups", {"group": "hospital", "participants": []}, 409)
    late = plan()
    start(late)
    call("POST", f"{BASE}/{late}/scenario", {"scenario": "web-compromise"}, 409)
    for each in (x, late):
        call("POST", f"{BASE}/{each}/state", {"state": "cancelled"})


@promise
def told_once():
    """each inject is told at its time by the exercise's pace, once to each whom it is for, marked as an exercise, also when the node is killed and started again around that time"""
    global desk
    x = plan(speed=60)
    take(x, inject("first", to=["hospital", "甲醫院"], expect="answer", within="10m", points=5), inject("second", "4m"), inject("third", "5m", ["2.16.886.101.3"]), inject("far", "2d"))
    call("POST", f"{BASE}/{x}/groups", {"group": "hospital", "participants": ["甲醫院", "乙醫院"]})
    assert not told(x)
    began = start(x)
    until("the first is told", lambda: len(told(x)) == 2)
    first = injects(x)["first"]
    assert [p["name"] for p in first["told"]] == ["甲醫院", "乙醫院"] and when(first["until"]) - when(first["delivered"]) == 10, first
    for n in told(x):
        assert n["exercise"] and n["about"] == "inject" and n["title"] == "狀況 first" and n["detail"] == "內容 first", n
    os.kill(desk.process.pid, signal.SIGKILL)
    desk.process.wait()
    until("its time has passed while nobody was there", lambda: time.time() > began + 5)
    desk = until("it is back", lambda: Node.serve(desk.directory))
    until("all that was due is told", lambda: len(told(x)) == 2 + 3 + 1)
    for _ in range(3):
        os.kill(desk.process.pid, signal.SIGKILL)
        desk.process.wait()
        desk = until("it is back", lambda: Node.serve(desk.directory))
    now = injects(x)
    assert [now[k]["state"] for k in ("first", "second", "third", "far")] == ["delivered"] * 3 + ["waiting"], now
    assert when(now["second"]["due"]) - began == 4 and when(now["far"]["due"]) - began == 2 * 86400 / 60 and now["first"]["delivered"] == first["delivered"], now
    assert sorted((n["title"], n["state"]) for n in told(x)) == sorted([("狀況 first", "done")] * 2 + [("狀況 second", "done")] * 3 + [("狀況 third", "done")]), told(x)
    acts = [a["action"] for a in call("GET", "/api/v1/audit?limit=1000")["items"] if a["subject"] == x]
    assert acts.count("inject.delivered") == 3, acts
    call("POST", f"{BASE}/{x}/state", {"state": "ended"})
    assert injects(x)["far"]["state"] == "dropped"


@promise
def conducted():
    """who conducts an exercise tells an inject early, holds one back, puts it back to its time or drops it, each once; none is told after the end"""
    x = plan()
    take(x, inject("early", "1h"), inject("held", "1h"), inject("dropped", "1h"), inject("left", "1h"))
    act = lambda inject, act, status=204: call("POST", f"{BASE}/{x}/injects", {"inject": inject, "act": act}, status)
    act("early", "release", 409)
    start(x)
    act("early", "release")
    act("early", "release", 409)
    act("held", "hold")
    act("held", "hold", 409)
    act("dropped", "drop")
    act("dropped", "release", 409)
    act("none", "release", 404)
    act("left", "dance", 400)
    assert {k: v["state"] for k, v in injects(x).items()} == {"early": "delivered", "held": "held", "dropped": "dropped", "left": "waiting"}
    for lang, words in (("zh", ("已發布", "保留", "不發布", "等待發布", "內容 early")), ("en", ("Told", "Held back", "Dropped", "Waiting", "Text early"))):
        assert all(w in page(f"/exercises/{x}", lang) for w in words)
    assert len(told(x)) == 3
    act("held", "resume")
    act("held", "hold")
    act("held", "release")
    assert len(told(x)) == 6
    call("POST", f"{BASE}/{x}/state", {"state": "ended"})
    act("left", "release", 409)
    assert injects(x)["left"]["state"] == "dropped" and len(told(x)) == 6


@promise
def nothing_told_before():
    """who does not conduct the exercise sees what was told, and nothing that is still to come"""
    x = plan()
    take(x, inject("now", "1h"), inject("secret", "1h"))
    start(x)
    call("POST", f"{BASE}/{x}/injects", {"inject": "now", "act": "release"})
    made = call("POST", "/api/v1/users", {"name": "reporter", "roles": "reporter", "password": "correct horse battery"})
    reporter = call("POST", "/api/v1/tokens", {"account": "reporter", "label": "t", "roles": "reporter"})["token"]
    got = desk.get(f"{BASE}/{x}/scenario", headers={"Authorization": "Bearer " + reporter})
    assert got.status == 200 and [i["id"] for i in got.json["items"]] == ["now"] and "secret" not in got.body.decode(), got.body
    assert desk.post(f"{BASE}/{x}/injects", {"inject": "secret", "act": "release"}, headers={"Authorization": "Bearer " + reporter}).status == 403


@promise
def calls_go_on():
    """an exercise whose scenario was damaged in the store stops no call and no notice of another kind; the log says why it stands still"""
    global desk
    x = plan()
    take(x, inject("broken", "1h"))
    start(x)
    stop(desk.process)
    with contextlib.closing(sqlite3.connect(desk.directory / "data/core/node.db")) as db, db:
        db.execute("UPDATE exercise_scenario SET json = '{' WHERE id = ?", (x,))
        db.execute("UPDATE exercise_inject SET due = 1 WHERE id = ?", (x,))
    desk = Node.serve(desk.directory)
    until("the log says so", lambda: "LF2052" in (desk.directory / "node.log").read_text(errors="replace"))
    n = call("POST", "/api/v1/notices/test", {"unit": units["甲醫院"]}, 202)["id"]
    until("its one way was tried", lambda: call("GET", f"/api/v1/notices/{n}")["state"] == "unanswered")


done()
