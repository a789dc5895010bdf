#!/usr/bin/env python3
"""Shift logs: who is on duty writes down what happened, and nothing of it changes."""
import csv
import datetime
import hashlib
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
LOG = "/api/v1/rosters/desk/log"
node = Node.serve(scratch(), tier="sector")


def call(method, path, body=None, status=(200, 201, 202, 204)):
    a = node.local(method, path, body)
    assert a.status in status, (path, a.status, a.body)
    return a.json if a.body and a.status < 300 else a


def person(name, roles):
    call("POST", "/api/v1/users", {"name": name, "roles": roles, "password": PASSWORD})
    return call("POST", "/api/v1/tokens", {"account": name, "label": name, "roles": roles})["token"]


def ask(who, method, path, body=None, status=(200, 201)):
    a = node.request(method, path, body, headers={"Authorization": "Bearer " + who}, auth=False)
    assert a.status in status, (path, a.status, a.body)
    return a.json


def wall(when):
    return when.astimezone(TAIPEI).strftime("%Y-%m-%dT%H:%M")


def moment(when):
    return when.astimezone(datetime.timezone.utc).strftime("%Y-%m-%dT%H:%M:%S.000Z")


def entries(**asked):
    return call("GET", LOG + "?" + "&".join(f"{k}={v}" for k, v in asked.items()))["items"]


ann, bob, eve = person("ann", "analyst"), person("bob", "analyst"), person("eve", "analyst")
ids = {x["name"]: x["id"] for x in call("GET", "/api/v1/users")["items"]}
unit = call("POST", "/api/v1/units", {"name": "應變中心", "tenant": "self"})["id"]
for name, account in (("安", "ann"), ("Bob", "bob")):
    call("POST", f"/api/v1/units/{unit}/contacts", {"name": name, "account": ids[account]})
now = datetime.datetime.now(TAIPEI).replace(second=0, microsecond=0)
hour = datetime.timedelta(hours=1)
call("POST", "/api/v1/rosters/desk", {"contacts": "Bob", "begins": wall(now - 8 * hour), "ends": wall(now - 2 * hour)})
call("POST", "/api/v1/rosters/desk", {"contacts": "安", "begins": wall(now - 2 * hour), "ends": wall(now + 6 * hour)})


@promise
def by_who_is_on_duty():
    """who is on duty writes, also who was about that time, and an administrator as one who is not; nobody else, and nothing to come or long past"""
    incident = call("POST", "/api/v1/incidents", {"title": "入口網站遭置換", "level": 2})["id"]
    ask(ann, "POST", LOG, {"text": "接獲來電\n已轉知", "incident": incident})
    ask(bob, "POST", LOG, {"text": "交班前的告警", "at": moment(now - 3 * hour)})
    call("POST", LOG, {"text": "管理者補記"})
    first, second, third = reversed(call("GET", LOG)["items"])
    assert (first["by"], first["text"], first["number"], first["on_duty"]) == ("Bob", "交班前的告警", 2, True), first
    assert (second["by"], second["on_duty"], second["incident"], second["title"]) == ("安", True, incident, "入口網站遭置換"), second
    assert not third["on_duty"] and third["number"] == 3, third
    for who, body, status in ((bob, {"text": "現在"}, 403), (eve, {"text": "x"}, 403), (ann, {"text": "x", "at": moment(now + hour)}, 400),
                              (ann, {"text": "x", "at": moment(now - 200 * hour)}, 400), (ann, {"text": " "}, 400), (ann, {"text": "x", "incident": "none"}, 404),
                              (ann, {"text": "x" * 4001}, 400), (ann, {"text": "x", "corrects": 99}, 400)):
        ask(who, "POST", LOG, body, (status,))
    assert len(entries()) == 3


@promise
def corrected():
    """a mistake is put right by a further entry; the first stays as it was, says by which, and its hash stands in the audit trail"""
    ask(ann, "POST", LOG, {"text": "來電者為資訊室", "corrects": 1})
    by = {x["number"]: x for x in entries()}
    assert by[4]["corrects"] == 1 and by[1]["corrected_by"] == 4 and by[1]["text"] == "接獲來電\n已轉知", by
    sums = [x["detail"]["sha256"] for x in call("GET", "/api/v1/audit")["items"] if x["action"] == "shift.log" and x["subject"] == "desk"]
    assert hashlib.sha256("接獲來電\n已轉知".encode()).hexdigest() in sums and len(sums) == 4, sums
    for method in ("PUT", "PATCH", "DELETE"):
        assert node.local(method, LOG).status in (404, 405)


@promise
def two_at_once_and_killed():
    """two people who write at once, and one who says it again because the node was killed, leave each entry once, with numbers that have no gaps"""
    global node
    mine = [str(uuid.uuid4()) for _ in range(40)]

    def write(token, some):
        for i in some:
            ask(token, "POST", LOG, {"text": f"條目 {i}", "id": i})
    call("POST", "/api/v1/rosters/desk", {"contacts": "Bob", "begins": wall(now - hour), "ends": wall(now + hour), "seat": 2})
    threads = [threading.Thread(target=write, args=(ann, mine[:20])), threading.Thread(target=write, args=(bob, mine[20:]))]
    for t in threads:
        t.start()
    for t in threads:
        t.join()
    os.kill(node.process.pid, signal.SIGKILL)
    node.process.wait()
    node = until("it is back", lambda: Node.serve(node.directory))
    write(ann, mine[:20])
    write(bob, mine[20:])
    found = entries(limit=1000)
    assert sorted(x["number"] for x in found) == list(range(1, 45)), [x["number"] for x in found]
    assert {x["id"] for x in found} >= set(mine)
    ask(bob, "POST", LOG, {"text": "other", "id": mine[0]}, (409,))


@promise
def exported():
    """the log comes a page at a time by when it was, and whole as CSV; times narrow it"""
    seen, after = [], ""
    while True:
        a = call("GET", LOG + f"?limit=7&after={after}")
        seen += a["items"]
        if not (after := a.get("next", "")):
            break
    assert len(seen) == 44 and [x["at"] for x in seen] == sorted((x["at"] for x in seen), reverse=True)
    raw = node.local("GET", LOG + "?format=csv")
    assert b"text/csv" in raw.headers and b"shift-log-desk.csv" in raw.headers, raw.headers
    rows = list(csv.DictReader(io.StringIO(raw.body.decode("utf-8-sig"))))
    assert [(int(x["number"]), x["text"], x["by"]) for x in rows] == [(x["number"], x["text"], x["by"]) for x in seen], rows[:2]
    assert [x["number"] for x in entries(until=moment(now - 2 * hour))] == [2]
    assert 2 not in [x["number"] for x in entries(**{"from": moment(now - 2 * hour)})]
    page = node.local("GET", "/rosters/desk/log").body.decode()
    assert "已由第 4 則更正" in page and "非值班人員" in page and "入口網站遭置換" in page, page


done()
