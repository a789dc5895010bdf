#!/usr/bin/env python3
"""Handovers between shifts: what is open goes to the next, who confirms it, and rosters tell people by themselves."""
import csv
import datetime
import io
import os
import pathlib
import signal
import sys
import threading
import uuid

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "lib"))
from lf import *

TAIPEI = datetime.timezone(datetime.timedelta(hours=8))
PASSWORD = "a long enough one"
HERE = "/api/v1/rosters/desk/handovers"
node = Node.serve(scratch(), tier="sector")


def call(method, path, body=None, status=(200, 201, 202, 204)):
    a = node.local(method, path, body)
    assert a.status in status, (path, a.status, a.body)
    return a.json if a.body and a.status < 300 else a


def person(name):
    call("POST", "/api/v1/users", {"name": name, "roles": "analyst", "password": PASSWORD})
    return call("POST", "/api/v1/tokens", {"account": name, "label": name, "roles": "analyst"})["token"]


def ask(who, method, path, body=None, status=(200, 201)):
    a = node.request(method, path, body, headers={"Authorization": "Bearer " + who}, auth=False)
    assert a.status in status, (path, a.status, a.body)
    return a.json


def wall(when):
    return when.astimezone(TAIPEI).strftime("%Y-%m-%dT%H:%M")


def notices(about):
    return [x for x in call("GET", "/api/v1/notices?limit=1000")["items"] if x["about"] == about]


def called(notice):
    return [x["name"] for x in call("GET", f"/api/v1/notices/{notice['id']}")["calls"]]


ann, bob, cho, eve = (person(x) for x in ("ann", "bob", "cho", "eve"))
ids = {x["name"]: x["id"] for x in call("GET", "/api/v1/users")["items"]}
unit = call("POST", "/api/v1/units", {"name": "應變中心", "tenant": "self"})["id"]
people = {}
for name, account in (("安", "ann"), ("Bob", "bob"), ("趙", "cho"), ("副", "")):
    people[name] = call("POST", f"/api/v1/units/{unit}/contacts", {"name": name, "account": ids.get(account, "")})["id"]
call("PUT", "/api/v1/posts/desk", {"contacts": people["趙"]})
now = datetime.datetime.now(TAIPEI).replace(second=0, microsecond=0)
hour = datetime.timedelta(hours=1)
day = 24 * hour


@promise
def soon():
    """who has a shift that begins within the hour is told once, whoever goes on without a break is not, over a kill -9"""
    global node
    call("POST", "/api/v1/rosters/desk", {"contacts": "安", "begins": wall(now - 8 * hour), "ends": wall(now + hour / 2), "every": 1})
    call("POST", "/api/v1/rosters/desk", {"contacts": "Bob", "begins": wall(now + hour / 2), "ends": wall(now + 16 * hour), "every": 1})
    until("Bob is told", lambda: notices("shift"))
    os.kill(node.process.pid, signal.SIGKILL)
    node.process.wait()
    node = until("it is back", lambda: Node.serve(node.directory))
    call("POST", "/api/v1/rosters/desk/covers", {"contact": "趙", "instead": "安", "begins": wall(now + 18 * hour), "ends": wall(now + 19 * hour)})
    call("POST", "/api/v1/rosters/media", {"contacts": "趙", "begins": wall(now - hour), "ends": wall(now + hour / 2), "every": 1})
    call("POST", "/api/v1/rosters/media", {"contacts": "趙", "begins": wall(now + hour / 2), "ends": wall(now + 23 * hour), "every": 1})
    call("POST", "/api/v1/rosters/police", {"contacts": "Bob", "begins": wall(now + hour / 3), "ends": wall(now + 23 * hour), "every": 1})
    until("the police's too", lambda: len(notices("shift")) == 2)
    told = notices("shift")
    assert sorted((x["subject"], *called(x)) for x in told) == [("desk", "Bob"), ("police", "Bob")], told
    assert wall(now + hour / 2).replace("T", " ") in next(x for x in told if x["subject"] == "desk")["detail"], told


@promise
def empty():
    """those who stand for a post are told once of a time without anybody; if nobody stands for it the notice says so"""
    call("PUT", "/api/v1/posts/disaster", {"contacts": f"{people['趙']},{people['安']}"})
    call("POST", "/api/v1/rosters/disaster", {"contacts": "Bob", "begins": wall(now - hour), "ends": wall(now + 3 * hour)})
    told = until("the gap is told", lambda: [x for x in notices("shift_empty") if x["subject"] == "disaster"])
    assert sorted(called(x)[0] for x in told) == sorted(["趙", "安"]), told
    assert all(wall(now + 3 * hour).replace("T", " ") in x["detail"] for x in told), told
    call("POST", "/api/v1/rosters/disaster", {"contacts": "Bob", "begins": wall(now + 40 * hour), "ends": wall(now + 41 * hour)})
    assert len([x for x in notices("shift_empty") if x["subject"] == "disaster"]) == 2
    police = [x for x in notices("shift_empty") if x["subject"] == "police"]
    assert police and all(not call("GET", f"/api/v1/notices/{x['id']}")["calls"][0].get("name") for x in police), "nobody stands for it, and it says so"


@promise
def handed_over():
    """a handover lists open clocks, calls and tasks by itself; the next one confirms it, not who gave it and not somebody without the shift; once"""
    incident = call("POST", "/api/v1/incidents", {"title": "核心系統停擺", "level": 3, "impact": "x", "measures": "y"})["id"]
    task = call("POST", f"/api/v1/incidents/{incident}/tasks", {"title": "保全日誌", "phase": "contain"})["id"]
    until("somebody is called", lambda: any(x["subject"] == incident for x in notices("reported")))
    ask(eve, "POST", HERE, {"text": "x"}, (403,))
    ask(ann, "POST", HERE, {"text": "x", "minutes": 2000}, (400,))
    handover = ask(ann, "POST", HERE, {"text": "廠商 14 時到場\n請開門"})["id"]
    h = ask(bob, "GET", f"/api/v1/handovers/{handover}")
    assert h["by"] == "安" and h["text"] == "廠商 14 時到場\n請開門" and not h["late"] and h["post"] == "desk", h
    assert [x["task"] for x in h["matters"]["tasks"]] == [task] and h["matters"]["clocks"][0]["incident"] == incident, h["matters"]
    assert any(x["about"] == "reported" for x in h["matters"]["calls"]), h["matters"]
    call("POST", f"/api/v1/tasks/{task}", {"state": "done"})
    ask(ann, "POST", f"/api/v1/handovers/{handover}/confirm", {}, (403,))
    ask(eve, "POST", f"/api/v1/handovers/{handover}/confirm", {}, (403,))
    page = node.local("GET", "/rosters/desk").body.decode()
    assert "1 份交接待確認" in page, page
    done_by = []

    def confirm(who):
        a = node.request("POST", f"/api/v1/handovers/{handover}/confirm", {"remark": "已讀"}, headers={"Authorization": "Bearer " + who}, auth=False)
        done_by.append(a.status)
    call("POST", "/api/v1/rosters/desk", {"contacts": "趙", "begins": wall(now - hour), "ends": wall(now + hour), "seat": 2})
    threads = [threading.Thread(target=confirm, args=(x,)) for x in (bob, cho)]
    for t in threads:
        t.start()
    for t in threads:
        t.join()
    assert sorted(done_by) == [200, 409], done_by
    h = call("GET", f"/api/v1/handovers/{handover}")
    assert h["confirmed_by"] in ("Bob", "趙") and h["remark"] == "已讀" and len(h["matters"]["tasks"]) == 1, h
    assert not call("GET", "/api/v1/matters")["tasks"]
    ask(bob if h["confirmed_by"] == "Bob" else cho, "POST", f"/api/v1/handovers/{handover}/confirm", {})
    page = node.local("GET", f"/handovers/{handover}").body.decode()
    assert "廠商 14 時到場" in page and "保全日誌" in page and "核心系統停擺" in page and "已確認" in page, page


@promise
def late():
    """an unconfirmed handover is told once to those who stand for the post, also when the node was killed meanwhile; saying it again adds none"""
    global node
    key = str(uuid.uuid4())
    first = ask(ann, "POST", HERE, {"text": "逾時", "minutes": 1, "id": key})["id"]
    os.kill(node.process.pid, signal.SIGKILL)
    node.process.wait()
    node = until("it is back", lambda: Node.serve(node.directory))
    assert ask(ann, "POST", HERE, {"text": "逾時", "minutes": 1, "id": key})["id"] == first == key
    ask(ann, "POST", HERE, {"text": "other", "id": key}, (409,))
    told = until("it is told", lambda: notices("handover"), 100)
    h = until("it says so", lambda: (x := call("GET", f"/api/v1/handovers/{key}"))["late"] and x.get("told") and x)
    assert len(told) == 1 and called(told[0])[0] == "趙" and not h.get("confirmed"), (told, h)
    ask(bob, "POST", f"/api/v1/handovers/{key}/confirm", {})
    assert call("GET", f"/api/v1/handovers/{key}")["late"] and len(notices("handover")) == 1
    rows = list(csv.DictReader(io.StringIO(node.local("GET", HERE + "?format=csv").body.decode("utf-8-sig"))))
    assert [x["text"] for x in rows] == ["逾時", "廠商 14 時到場\n請開門"] and rows[0]["late"] == "1" and rows[0]["confirmed_by"] == "Bob", rows
    audit = [x["action"] for x in call("GET", "/api/v1/audit")["items"] if x["action"].startswith("handover")]
    assert sorted(audit) == ["handover.confirm"] * 2 + ["handover.give"] * 2, audit


done()
