#!/usr/bin/env python3
"""Duty rosters: whose shift it is, who stands in, what is empty, and whom a call reaches first."""
import datetime
import os
import pathlib
import signal
import subprocess
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "lib"))
from lf import *

TAIPEI = datetime.timezone(datetime.timedelta(hours=8))
node = Node.serve(scratch(), tier="sector")


def call(method, path, body=None, status=(200, 201, 202, 204)):
    a = node.local(method, path, body)
    assert a.status in status, (path, a.status, a.body)
    return a.json if a.body and a.status < 300 else a


def refused(method, path, body, word, status=400):
    a = call(method, path, body, (status,))
    assert word in a.json["detail"], a.body


def wall(when):
    return when.astimezone(TAIPEI).strftime("%Y-%m-%dT%H:%M")


def moment(when):
    return when.astimezone(datetime.timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")


unit = call("POST", "/api/v1/units", {"name": "應變中心", "tenant": "self"})["id"]
people = {}
for name in ("安", "Bob", "趙", "Dan"):
    people[name] = call("POST", f"/api/v1/units/{unit}/contacts", {"name": name, "mobile": "0912 345 678"})["id"]
now = datetime.datetime.now(TAIPEI).replace(second=0, microsecond=0)
hour = datetime.timedelta(hours=1)
day = 24 * hour
monday = (now - now.weekday() * day).replace(hour=9, minute=0) + 7 * day


def names(slots):
    return [s["name"] for s in slots]


@promise
def now_and_next():
    """day and night shifts repeat every day; who is on duty now and next is told at any time, by API, command line and page"""
    half = 12 * hour
    call("POST", "/api/v1/rosters/desk", {"contacts": "安", "begins": wall(now - half), "ends": wall(now), "every": 1})
    r = call("POST", "/api/v1/rosters/desk", {"contacts": people["Bob"], "begins": wall(now), "ends": wall(now + half), "every": "1"})
    assert names(r["on_duty"]) == ["Bob"] and names(r["next"]) == ["安"], r
    assert len(r["slots"]) in (28, 29) and not r["gaps"] and not r["overlaps"], r
    for at, who, then in ((now + half, "安", "Bob"), (now + half - datetime.timedelta(seconds=1), "Bob", "安"), (now + 30 * day, "Bob", "安")):
        r = call("GET", f"/api/v1/rosters/desk?at={moment(at)}")
        assert names(r["on_duty"]) == [who] and names(r["next"]) == [then], (at, r["on_duty"], r["next"])
    listed = call("GET", "/api/v1/rosters")["items"]
    assert [(x["post"], names(x["on_duty"]), x["gaps"]) for x in listed] == [("desk", ["Bob"], 0)], listed
    said = subprocess.run([BIN, "roster", "show", "-c", node.directory / "lianfang.ini", "desk"], capture_output=True, text=True)
    assert said.returncode == 0 and '"Bob"' in said.stdout, said
    for path in ("/rosters", "/rosters/desk"):
        page = node.local("GET", path).body.decode()
        assert "現在值班" in page and "Bob" in page, page


@promise
def called_first():
    """a call of the notification matrix goes first to whoever is on duty, then down the post's chain, over a kill -9"""
    global node
    call("PUT", "/api/v1/posts/desk", {"contacts": f"{people['趙']},{people['Bob']}"})
    call("PUT", "/api/v1/posts/deputy-1", {"contacts": people["Dan"]})
    os.kill(node.process.pid, signal.SIGKILL)
    node.process.wait()
    node = until("it is back", lambda: Node.serve(node.directory))
    incident = call("POST", "/api/v1/incidents", {"title": "停水", "level": 3, "impact": "x", "measures": "y"})["id"]

    def desk():
        for x in call("GET", f"/api/v1/notices?subject={incident}")["items"]:
            if x["about"] == "reported" and x["state"] != "raised":
                return call("GET", f"/api/v1/notices/{x['id']}")
    # No gateway is set: nobody is reached by any way, so each is passed over at once and the order shows.
    n = until("all were called", lambda: (x := desk()) and x["state"] == "unanswered" and x)
    assert [c["name"] for c in n["calls"]] == ["Bob", "趙", "Dan"], n["calls"]


@promise
def rotation():
    """several take weekly turns in their order; the last day ends it, and what is empty after it is told"""
    r = call("POST", "/api/v1/rosters/group-3", {"contacts": "安、Bob，趙", "begins": wall(monday), "ends": wall(monday + 7 * day), "last": (monday + 35 * day).strftime("%Y-%m-%d")})
    r = call("GET", f"/api/v1/rosters/group-3?from={moment(monday)}&until={moment(monday + 56 * day)}")
    assert names(r["slots"]) == ["安", "Bob", "趙"] * 2, names(r["slots"])
    assert [(x["from"], x["until"]) for x in r["gaps"]] == [(moment(monday + 42 * day).replace("Z", ".000Z"), moment(monday + 56 * day).replace("Z", ".000Z"))], r["gaps"]
    refused("POST", "/api/v1/rosters/group-3", {"contacts": "誰", "begins": wall(monday), "ends": wall(monday + day)}, "nobody of the contact network")
    refused("POST", "/api/v1/rosters/group-3", {"contacts": "安", "begins": wall(monday), "ends": wall(monday)}, "ends after that")
    refused("POST", "/api/v1/rosters/group-3", {"contacts": "安", "begins": "soon", "ends": wall(monday)}, "no time of a clock")
    refused("POST", "/api/v1/rosters/group-9", {"contacts": "安", "begins": wall(monday), "ends": wall(monday + day)}, "no such post", 404)
    refused("GET", f"/api/v1/rosters/group-3?from={moment(monday)}&until={moment(monday + 93 * day)}", None, "92 days")


@promise
def swap():
    """a swap puts each in the other's shift, a cover takes a part; both are shown, one without a shift is refused, and an overlap is told"""
    week = 7 * day
    call("POST", "/api/v1/rosters/group-3/covers", {"contact": "Bob", "instead": "安", "begins": wall(monday), "ends": wall(monday + week), "back_begins": wall(monday + week), "back_ends": wall(monday + 2 * week), "consent": "given"})
    call("POST", "/api/v1/rosters/group-3/covers", {"contact": "Dan", "instead": "Bob", "begins": wall(monday + day), "ends": wall(monday + 2 * day), "note": "看診", "consent": "given"})
    r = call("GET", f"/api/v1/rosters/group-3?from={moment(monday)}&until={moment(monday + 2 * week)}")
    assert names(r["slots"]) == ["Bob", "Dan", "Bob", "安"] and not r["gaps"], names(r["slots"])
    assert [s.get("instead_name") for s in r["slots"]] == ["安", "Bob", "安", "Bob"], r["slots"]
    refused("POST", "/api/v1/rosters/group-3/covers", {"contact": "Dan", "instead": "趙", "begins": wall(monday), "ends": wall(monday + day)}, "no shift", 409)
    call("POST", "/api/v1/rosters/group-3", {"contacts": "Dan", "begins": wall(monday + 3 * day), "ends": wall(monday + 3 * day + hour)})
    r = call("GET", f"/api/v1/rosters/group-3?from={moment(monday)}&until={moment(monday + week)}")
    assert [(x["a"], x["b"]) for x in r["overlaps"]] in ([("Bob", "Dan")], [("Dan", "Bob")]), r["overlaps"]
    shift = next(x for x in r["shifts"] if x["name"] == "Dan" and "instead" not in x)
    call("DELETE", f"/api/v1/shifts/{shift['id']}")
    r = call("GET", f"/api/v1/rosters/group-3?from={moment(monday)}&until={moment(monday + week)}")
    assert not r["overlaps"]
    audit = {x["action"] for x in call("GET", "/api/v1/audit")["items"]}
    assert {"duty.add", "duty.cover", "duty.remove"} <= audit, audit


@promise
def consent():
    """a swap changes the roster once both people agree, each asked by a notice and answering for himself; declined it changes nothing"""
    token = {}
    for name in ("安", "Bob"):
        account, roles = {"安": ("an", "analyst"), "Bob": ("bob", "reader")}[name]  # who is asked answers, even who only reads
        made = node.local("POST", "/api/v1/users", {"name": account, "roles": roles, "password": "a long enough one"})
        assert made.status == 201, made.body
        made = node.local("POST", "/api/v1/tokens", {"account": account, "label": account, "roles": roles})
        assert made.status == 201, made.body
        token[name] = made.json["token"]
        call("PUT", f"/api/v1/contacts/{people[name]}", {"name": name, "account": next(x["id"] for x in call("GET", "/api/v1/users")["items"] if x["name"] == account)})
    ask = lambda who, method, path, body=None: node.request(method, path, body, headers={"Authorization": "Bearer " + token[who]}, auth=False)
    shift = lambda: names(call("GET", f"/api/v1/rosters/deputy-2?from={moment(monday)}&until={moment(monday + 2 * day)}")["slots"])
    call("POST", "/api/v1/rosters/deputy-2", {"contacts": "安,Bob", "begins": wall(monday), "ends": wall(monday + day), "every": 1, "last": f"{monday + day:%Y-%m-%d}"})
    before = shift()
    swap = {"contact": "Bob", "instead": "安", "begins": wall(monday), "ends": wall(monday + day), "back_begins": wall(monday + day), "back_ends": wall(monday + 2 * day)}
    a = ask("安", "POST", "/api/v1/rosters/deputy-2/covers", swap)
    assert a.status == 202 and shift() == before == ["安", "Bob"], (a.status, a.body, shift())
    assert ask("安", "POST", "/api/v1/rosters/deputy-2/covers", {**swap, "consent": "given"}).status == 403
    again = ask("安", "POST", "/api/v1/rosters/deputy-2/covers", swap)
    assert again.status == 409 and "asked already" in again.json["detail"], again.body
    asked = call("GET", "/api/v1/rosters/deputy-2/covers")["items"]
    assert [(x["id"], x["agreed"], x["instead_agreed"]) for x in asked] == [(a.json["id"], False, True)], asked
    told = [x for x in call("GET", "/api/v1/notices?subject=deputy-2")["items"] if x["about"] == "swap"]
    clock = lambda when: wall(when).replace("T", " ")
    assert len(told) == 1 and f"Bob代安：{clock(monday)} – " in told[0]["detail"] and f"；安代Bob：{clock(monday + day)} – " in told[0]["detail"], told
    assert ask("安", "POST", f"/api/v1/covers/{a.json['id']}/answer", {"answer": "agree", "contact": "Bob"}).status == 403
    page = node.local("GET", "/rosters/deputy-2").body.decode()
    assert "Bob尚未答覆" in page and "安已同意" in page and "代Bob答覆同意" in page, page
    assert ask("Bob", "POST", f"/api/v1/covers/{a.json['id']}/answer", {"answer": "agree"}).status == 200
    assert shift() == ["Bob", "安"], shift()
    assert ask("Bob", "POST", f"/api/v1/covers/{a.json['id']}/answer", {"answer": "decline"}).status == 409
    call("PUT", f"/api/v1/contacts/{people['Bob']}", {"name": "Bob", "language": "en"})
    b = ask("安", "POST", "/api/v1/rosters/deputy-2/covers", {"contact": "安", "instead": "Bob", "begins": wall(monday), "ends": wall(monday + day)})
    assert any(x["detail"].startswith(f"安 for Bob: {clock(monday)} – ") for x in call("GET", "/api/v1/notices?subject=deputy-2")["items"])
    assert b.status == 202 and ask("Bob", "POST", f"/api/v1/covers/{b.json['id']}/answer", {"answer": "decline"}).status == 200 and shift() == ["Bob", "安"]
    assert not call("GET", "/api/v1/rosters/deputy-2/covers")["items"]
    assert ask("安", "POST", "/api/v1/rosters/deputy-2/covers", {"contact": "Dan", "instead": "Bob", "begins": wall(monday), "ends": wall(monday + day)}).status == 403
    acts = {x["action"] for x in call("GET", "/api/v1/audit")["items"]}
    assert {"duty.ask", "duty.agree", "duty.decline"} <= acts, acts


@promise
def calendar():
    """a roster is a calendar file whose lines are folded and escaped, of all or of one person, with who stands in"""
    call("POST", "/api/v1/rosters/police", {"contacts": "安", "begins": wall(monday), "ends": wall(monday + 9 * hour), "every": 7})
    call("POST", "/api/v1/rosters/police/covers", {"contact": "Bob", "instead": "安", "begins": wall(monday), "ends": wall(monday + hour), "consent": "given"})
    raw = node.local("GET", "/api/v1/rosters/police/calendar")
    assert b"text/calendar" in raw.headers and b"police.ics" in raw.headers, raw.headers
    lines = raw.body.split(b"\r\n")
    assert max(map(len, lines)) <= 75 and all(x.decode() is not None for x in lines) and lines[-1] == b"", max(map(len, lines))
    events = raw.body.replace(b"\r\n ", b"").decode().split("BEGIN:VEVENT")[1:]
    start = monday.astimezone(datetime.timezone.utc)
    first, second = events[0], events[1]
    assert f"DTSTART:{start:%Y%m%dT%H%M%SZ}" in first and f"DTEND:{start + hour:%Y%m%dT%H%M%SZ}" in first and "Bob" in first and "安" in first, first
    assert f"DTSTART:{start + hour:%Y%m%dT%H%M%SZ}" in second and "安" in second, second
    uids = [x.split("UID:")[1].splitlines()[0] for x in events]
    assert len(set(uids)) == len(uids) >= 11, uids
    mine = node.local("GET", "/api/v1/rosters/police/calendar?contact=Bob").body.decode()
    assert mine.count("BEGIN:VEVENT") == 1, mine
    refused("GET", "/api/v1/rosters/police/calendar?contact=nobody", None, "nobody of the contact network")


@promise
def from_csv():
    """a roster comes from CSV whole or not at all, with the wrong line named"""
    good = f"post,person,from,until,zone,every,last,seat\nmedia,安,{wall(monday)},{wall(monday + 9 * hour)},Asia/Taipei,7,,\nmedia,Bob,{wall(monday)},{wall(monday + 9 * hour)},,7,,2\n"
    refused("POST", "/api/v1/rosters/import", {"csv": good + f"media,誰,{wall(monday)},{wall(monday + hour)},,,,\n"}, "line 4")
    assert "media" not in [x["post"] for x in call("GET", "/api/v1/rosters")["items"]]
    assert call("POST", "/api/v1/rosters/import", {"csv": good}) == {"rows": 2}
    r = call("GET", f"/api/v1/rosters/media?from={moment(monday)}&until={moment(monday + 9 * hour)}")
    assert names(r["slots"]) == ["安", "Bob"] and not r["overlaps"] and not r["gaps"], r


done()
