#!/usr/bin/env python3
"""Manning of the response centre: who came for which post, when, and when he left."""
import csv
import datetime
import io
import json
import os
import pathlib
import re
import signal
import subprocess
import sys
import threading

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "lib"))
from lf import *

HERE = "/api/v1/manning"
node = Node.serve(scratch(), tier="sector")


def call(method, path, body=None, status=(200, 201, 202, 204)):
    a = node.local(method, path, body)
    assert a.status in status, (path, a.status, a.body)
    return a.json if a.body and a.status < 300 else a


def refused(body, word, status, path=HERE):
    a = call("POST", path, body, (status,))
    assert word in a.json["detail"], a.body


def moment(when):
    return when.astimezone(datetime.timezone.utc).strftime("%Y-%m-%dT%H:%M:%S.000Z")


unit = call("POST", "/api/v1/units", {"name": "應變中心", "tenant": "self"})["id"]
people = {name: call("POST", f"/api/v1/units/{unit}/contacts", {"name": name})["id"] for name in ("安", "Bob", "趙")}
for place, name in enumerate(people, 1):
    call("PUT", f"/api/v1/posts/group-{place}", {"contacts": people[name]})
now = datetime.datetime.now(datetime.timezone.utc).replace(microsecond=0)
hour = datetime.timedelta(hours=1)
incident = call("POST", "/api/v1/incidents", {"title": "全國停電", "level": 4, "impact": "x", "measures": "y"})["id"]


@promise
def came_and_left():
    """for the incident that convened the centre it is kept who was called, when, who answered, who arrived for which group and who left"""
    convened = until("the centre is convened", lambda: [x for x in call("GET", f"/api/v1/notices?subject={incident}")["items"] if x["about"] == "convene" and x["state"] != "raised"])[0]
    calls = {c.get("name"): c for c in call("GET", f"/api/v1/notices/{convened['id']}")["calls"]}
    call("POST", f"/api/v1/calls/{calls['安']['id']}/acknowledge")
    first = call("POST", HERE, {"post": "group-1", "contact": "安", "incident": incident, "at": moment(now - 2 * hour)})["id"]
    second = call("POST", HERE, {"post": "group-2", "contact": people["Bob"], "incident": incident, "note": "帶手冊"})["id"]
    assert [(x["post"], x["name"]) for x in call("GET", HERE + "/there")["items"]] == [("group-1", "安"), ("group-2", "Bob")]
    call("POST", f"{HERE}/{first}/leave", {"at": moment(now - hour)})
    calls = {c.get("name"): c for c in call("GET", f"/api/v1/notices/{convened['id']}")["calls"]}
    assert calls["安"]["state"] == "acknowledged" and calls["安"]["made"] and "趙" in calls and calls["趙"]["state"] != "acknowledged", calls
    kept = {x["id"]: x for x in call("GET", f"{HERE}?incident={incident}")["items"]}
    assert (kept[first]["arrived"], kept[first]["left"], kept[first]["title"]) == (moment(now - 2 * hour), moment(now - hour), "全國停電"), kept
    assert "left" not in kept[second] and kept[second]["note"] == "帶手冊", kept
    page = node.local("GET", f"/manning?incident={incident}").body.decode()
    assert "進駐中" in page and "帶手冊" in page and "本事件的進駐紀錄" in page, page
    assert f"/manning?incident={incident}" in node.local("GET", f"/incidents/{incident}").body.decode()


@promise
def refusals():
    """nobody comes twice at once, leaves twice or before he came, comes in the future, or is unknown"""
    there = {x["name"]: x["id"] for x in call("GET", HERE + "/there")["items"]}
    refused({"post": "group-2", "contact": "Bob"}, "there already", 409)
    refused({"post": "group-9", "contact": "Bob"}, "no such post", 404)
    refused({"post": "group-3", "contact": "誰"}, "nobody of the contact network", 400)
    refused({"post": "group-3", "contact": "趙", "at": moment(now + hour)}, "past", 400)
    refused({"post": "group-3", "contact": "趙", "at": moment(now - 200 * hour)}, "within", 400)
    refused({"post": "group-3", "contact": "趙", "incident": "none"}, "", 404)
    refused({"at": moment(now - hour)}, "before he came", 400, f"{HERE}/{there['Bob']}/leave")
    left = next(x["id"] for x in call("GET", HERE)["items"] if x["name"] == "安")
    refused({}, "left already", 409, f"{HERE}/{left}/leave")


@promise
def at_once_and_killed():
    """of two who enter the same person at once one is told that he is there, and a kill -9 loses nothing that was answered"""
    global node
    got = []
    threads = [threading.Thread(target=lambda: got.append(node.local("POST", HERE, {"post": "media", "contact": "趙"}).status)) for _ in range(6)]
    for t in threads:
        t.start()
    for t in threads:
        t.join()
    os.kill(node.process.pid, signal.SIGKILL)
    node.process.wait()
    node = until("it is back", lambda: Node.serve(node.directory))
    assert sorted(got) == [201] + [409] * 5, got
    assert [x["name"] for x in call("GET", HERE + "/there")["items"]] == ["Bob", "趙"]
    audit = [x["action"] for x in call("GET", "/api/v1/audit")["items"] if x["action"].startswith("manning")]
    assert sorted(audit) == ["manning.arrive"] * 3 + ["manning.leave"], audit


@promise
def corrected():
    """a wrong time of coming or leaving is corrected by a further entry with its reason, and what stood before is kept"""
    kept = {x["name"]: x for x in call("GET", HERE)["items"]}
    one, there = kept["安"]["id"], kept["Bob"]["id"]
    refused({"arrived": moment(now - hour)}, "reason", 400, f"{HERE}/{one}/correct")
    refused({"reason": "x"}, "stands there already", 400, f"{HERE}/{one}/correct")
    refused({"reason": "x", "arrived": moment(now)}, "before he came", 400, f"{HERE}/{one}/correct")
    refused({"reason": "x", "left": moment(now)}, "there still", 400, f"{HERE}/{there}/correct")
    refused({"reason": "x", "arrived": moment(now - 200 * hour)}, "within", 400, f"{HERE}/{one}/correct")
    call("POST", f"{HERE}/{one}/correct", {"reason": "看錯時鐘", "arrived": moment(now - 3 * hour)})
    call("POST", f"{HERE}/{one}/correct", {"reason": "交班後才走", "left": moment(now - hour / 2)})
    got = next(x for x in call("GET", f"{HERE}?incident={incident}")["items"] if x["id"] == one)
    assert (got["arrived"], got["left"], got["corrections"]) == (moment(now - 3 * hour), moment(now - hour / 2), 2), got
    log = call("GET", f"{HERE}/{one}/corrections")["items"]
    assert [(x["arrived"], x["left"], x.get("reason")) for x in log] == [(moment(now - 2 * hour), moment(now - hour), None), (moment(now - 3 * hour), moment(now - hour), "看錯時鐘"),
                                                                        (moment(now - 3 * hour), moment(now - hour / 2), "交班後才走")], log
    call("POST", f"{HERE}/{there}/correct", {"reason": "早到", "arrived": moment(now - hour)})
    assert next(x for x in call("GET", HERE + "/there")["items"] if x["id"] == there)["arrived"] == moment(now - hour)
    page = node.local("GET", f"/manning/{one}").body.decode()
    assert "看錯時鐘" in page and "最初登記" in page and "已更正 2 次" in node.local("GET", "/manning").body.decode(), page


@promise
def offered():
    """when the centre is convened for an incident, each who was called is offered to be entered as come, until he is"""
    other = call("POST", "/api/v1/incidents", {"title": "又一件", "level": 4, "impact": "x", "measures": "y"})["id"]
    until("all are called", lambda: len(call("GET", f"{HERE}/called?incident={other}")["items"]) == 3)
    assert {(x["post"], x["name"]) for x in call("GET", f"{HERE}/called?incident={other}")["items"]} == {("group-1", "安"), ("group-2", "Bob"), ("group-3", "趙")}
    page = node.local("GET", f"/incidents/{other}").body.decode()
    assert "3 人尚未登記到達" in page, page
    call("POST", HERE, {"post": "group-1", "contact": "安", "incident": other})
    assert {x["name"] for x in call("GET", f"{HERE}/called?incident={other}")["items"]} == {"Bob", "趙"}
    page = node.local("GET", f"/manning?incident={other}").body.decode()
    assert "已召集、尚未登記到達" in page and page.count(">已到達<") == 2, page
    refused = node.local("GET", f"{HERE}/called")
    assert refused.status == 400, refused.body
    call("POST", f"{HERE}/{next(x['id'] for x in call('GET', HERE)['items'] if x['incident'] == other)}/leave")


@promise
def groups():
    """a deputy convener calls the groups he needs at level 3, to man the centre or to a meeting: those alone are called, once while nobody answered; who is none calls nobody"""
    third = call("POST", "/api/v1/incidents", {"title": "只要兩組", "level": 3, "impact": "x", "measures": "y"})["id"]
    for who in ("dep", "other"):
        call("POST", "/api/v1/users", {"name": who, "roles": "analyst", "password": "a long password " + who})
    ids = {x["name"]: x["id"] for x in call("GET", "/api/v1/users")["items"]}
    call("POST", f"/api/v1/units/{unit}/contacts", {"name": "副召", "account": ids["dep"]})
    for name in ("安", "趙"):  # who can be reached is waited for
        call("PUT", f"/api/v1/contacts/{people[name]}", {"name": name, "account": ids["other"]})
    contact = next(c["id"] for c in call("GET", f"/api/v1/units/{unit}")["contacts"] if c["name"] == "副召")
    call("PUT", "/api/v1/posts/deputy-2", {"contacts": contact})
    as_who = {who: {"Authorization": "Bearer " + call("POST", "/api/v1/tokens", {"account": who, "label": "of " + who, "roles": "analyst"})["token"]} for who in ("dep", "other")}
    body = {"incident": third, "groups": "group-1, group-3", "for": "manning", "why": "十四時前進駐 A 會議室"}

    def by(who, what, **change):
        return node.request("POST", HERE + "/convene", {**body, **change}, headers=as_who[who], auth=False)

    assert by("other", "not a deputy").status == 403
    for change, word in (({"groups": "group-9"}, "group-8"), ({"groups": ""}, "which groups"), ({"for": "tea"}, "meeting"), ({"why": " "}, "why")):
        a = by("dep", change, **change)
        assert a.status == 400 and word in a.json["detail"], (change, a.body)
    assert not call("GET", f"{HERE}/called?incident={third}")["items"]
    made = by("dep", "called")
    assert made.status == 200, made.body
    assert by("dep", "again").status == 409 and by("dep", "one of them", groups="groups").status == 409
    until("both are called", lambda: len(call("GET", f"{HERE}/called?incident={third}")["items"]) == 2)
    assert {(x["post"], x["name"]) for x in call("GET", f"{HERE}/called?incident={third}")["items"]} == {("group-1", "安"), ("group-3", "趙")}
    told = [x for x in call("GET", f"/api/v1/notices?subject={third}")["items"] if x["about"] == "group_called"]
    full = [call("GET", f"/api/v1/notices/{x['id']}") for x in told]
    assert len(told) == 2 and all(x["detail"] == body["why"] and len(x["calls"]) == 1 for x in full), full
    call("POST", f"/api/v1/calls/{next(x for x in full if x['calls'][0]['name'] == '安')['calls'][0]['id']}/acknowledge")
    meets = by("dep", "a meeting of who answered", groups="group-1", **{"for": "meeting"})
    assert meets.status == 200, meets.body
    until("told of the meeting", lambda: [x for x in call("GET", f"/api/v1/notices?subject={third}")["items"] if x["about"] == "group_meets" and x["state"] != "raised"])
    assert len(call("GET", f"{HERE}/called?incident={third}")["items"]) == 2, "a meeting mans nothing"
    audit = [x for x in call("GET", "/api/v1/audit?limit=50")["items"] if x["action"] == "convene"]
    assert len(audit) == 2 and "group-1,group-3" in json.dumps(audit), audit
    page = node.local("GET", f"/manning?incident={third}").body.decode()
    assert "呼叫勾選的分組" in page and "應變中心第三分組（行政）" in page, page


@promise
def exported():
    """manning comes as CSV, and as a calendar file of which each stay is one event"""
    rows = list(csv.DictReader(io.StringIO(node.local("GET", HERE + "?format=csv").body.decode("utf-8-sig"))))
    assert [(x["post"], x["name"], bool(x["left"])) for x in rows] == [("group-1", "安", True), ("media", "趙", False), ("group-2", "Bob", False), ("group-1", "安", True)], rows
    raw = node.local("GET", f"{HERE}/calendar?incident={incident}")
    assert b"text/calendar" in raw.headers and b"manning.ics" in raw.headers, raw.headers
    events = raw.body.replace(b"\r\n ", b"").decode().split("BEGIN:VEVENT")[1:]
    mine = next(x for x in events if "安" in x)
    assert len(events) == 2 and f"DTSTART:{now - 3 * hour:%Y%m%dT%H%M%SZ}" in mine and f"DTEND:{now - hour / 2:%Y%m%dT%H%M%SZ}" in mine and "全國停電" in mine, events
    whole = node.local("GET", f"{HERE}/calendar").body.decode()
    assert all(x < y for x, y in zip(re.findall(r"DTSTART:(\S+)", whole), re.findall(r"DTEND:(\S+)", whole))) and whole.count("DTEND") == 4, whole
    said = subprocess.run([BIN, "manning", "there", "-c", node.directory / "lianfang.ini"], capture_output=True, text=True)
    assert said.returncode == 0 and "Bob" in said.stdout, said


done()
