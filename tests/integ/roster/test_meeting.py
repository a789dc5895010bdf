#!/usr/bin/env python3
"""Meetings of the response centre: who is invited, by mail with a calendar file, who came, minutes, decisions."""
import datetime
import os
import pathlib
import re
import signal
import subprocess
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "lib"))
from lf import *
from forms import Person
from mailserver import MailServer, certificate

HERE = "/api/v1/meetings"
made = certificate(scratch())
if not made:
    print("ok - meetings # SKIP openssl is not installed")
    sys.exit(0)
context, pin = made
mail = MailServer(context)
SETTINGS = f"[mail]\nserver = smtps://127.0.0.1:{mail.port}\nfrom = node@cert.example\npin = {pin}\n"
node = Node.serve(scratch(), SETTINGS, tier="sector")


def call(method, path, body=None, status=(200, 201, 202, 204)):
    a = node.local(method, path, body)
    assert a.status in status, (path, a.status, a.body)
    return a.json if a.body and a.status < 300 else a


def refused(word, status, body, path=HERE):
    a = call("POST", path, body, (status,))
    assert word in a.json["detail"], a.body


TAIPEI = datetime.timezone(datetime.timedelta(hours=8))
now = datetime.datetime.now(datetime.timezone.utc).replace(second=0, microsecond=0)
hour = datetime.timedelta(hours=1)


def wall(when):
    return when.astimezone(TAIPEI).strftime("%Y-%m-%dT%H:%M")


def plan(**more):
    return {"title": "緊急應變會議", "begins": wall(now - hour), "ends": wall(now + 3 * hour), "place": "應變中心 3 樓", "convener": "安", **more}


def letters(to):
    return [m for _, tos, m in mail.mails if any(to in x for x in tos)]


def ics(letter):
    """The calendar file of a letter: its method, and its lines unfolded."""
    part = next(p for p in letter.walk() if p.get_content_type() == "text/calendar")
    raw = part.get_payload(decode=True)
    assert all(len(line) <= 75 for line in raw.split(b"\r\n")) and b"\n" not in raw.replace(b"\r\n", b""), raw
    lines = raw.replace(b"\r\n ", b"").decode().split("\r\n")
    assert part.get_param("method") == next(x for x in lines if x.startswith("METHOD:"))[7:], part["Content-Type"]
    return part.get_param("method"), lines


def value(lines, name):
    return [x for x in lines if x.split(":")[0].split(";")[0] == name]


unit = call("POST", "/api/v1/units", {"name": "應變中心", "tenant": "self"})["id"]
people = {}
for name, mailbox, lang in (("安", "ann", "zh"), ("Bob", "bob", "en"), ("趙;\"小\"", "chao", "zh"), ("無信箱", "", "zh")):
    more = {"email": f"{mailbox}@water.example"} if mailbox else {}
    people[name] = call("POST", f"/api/v1/units/{unit}/contacts", {"name": name, "language": lang, **more})["id"]
call("PUT", "/api/v1/posts/group-1", {"contacts": people["趙;\"小\""]})
call("PUT", "/api/v1/posts/group-5", {"contacts": people["無信箱"]})
assert node.local("POST", "/api/v1/users", {"name": "ann", "roles": "analyst", "password": "a long enough one"}).status == 201
incident = call("POST", "/api/v1/incidents", {"title": "淨水場監控異常", "level": 3, "impact": "x", "measures": "y"})["id"]


@promise
def invited():
    """who is invited to a meeting is told by mail in his language with the meeting as a calendar file, which follows each change and its end"""
    global meeting
    meeting = call("POST", HERE, plan(link="https://meet.example/a?b=1", guests="Bob、groups", agenda="損害管制\n\n對外說明", incident=incident))["id"]
    x = call("GET", f"{HERE}/{meeting}")
    assert {(g["name"], g.get("post")) for g in x["guests"]} == {("Bob", None), ("趙;\"小\"", "group-1"), ("無信箱", "group-5")}, x
    assert [i["title"] for i in x["agenda"]] == ["損害管制", "對外說明"] and (x["zone"], x["sequence"]) == ("Asia/Taipei", 0), x
    first = until("Bob has his letter", lambda: letters("bob@"))[0]
    until("so has the other", lambda: letters("chao@"))
    assert "Meeting" in first["Subject"] or "meeting" in first["Subject"], first["Subject"]
    method, lines = ics(first)
    assert method == "REQUEST" and value(lines, "SEQUENCE") == ["SEQUENCE:0"], lines
    assert value(lines, "DTSTART") == [f"DTSTART:{now - hour:%Y%m%dT%H%M%SZ}"] and value(lines, "LOCATION") == ["LOCATION:應變中心 3 樓"], lines
    assert value(lines, "ORGANIZER") == ['ORGANIZER;CN="安";SENT-BY="mailto:node@cert.example":mailto:ann@water.example'], lines
    guests = value(lines, "ATTENDEE")
    assert len(guests) == 3 and any(':mailto:bob@water.example' in g and "RSVP=TRUE" in g for g in guests) and any('CN="趙; 小 "' in g for g in guests), guests
    assert any(g.endswith(f":urn:uuid:{people['無信箱']}") for g in guests), guests
    uid = value(lines, "UID")
    text = "".join(p.get_payload(decode=True).decode() for p in first.walk() if p.get_content_type() == "text/plain")
    assert (now - hour).astimezone(TAIPEI).strftime("%Y-%m-%d %H:%M – ") in text, text
    refused("nothing of it changes", 400, {"place": " 應變中心 3 樓", "zone": "Asia/Taipei", "convener": "安"}, f"{HERE}/{meeting}")
    call("POST", f"{HERE}/{meeting}", {"place": "改在 5 樓"})
    second = until("the change is told", lambda: letters("bob@")[1:])[0]
    method, lines = ics(second)
    assert (method, value(lines, "UID"), value(lines, "SEQUENCE"), value(lines, "LOCATION")) == ("REQUEST", uid, ["SEQUENCE:1"], ["LOCATION:改在 5 樓"]), lines
    call("POST", f"{HERE}/{meeting}/uninvite", {"contact": "Bob"})
    third = until("he is told that he is left out", lambda: letters("bob@")[2:])[0]
    method, lines = ics(third)
    assert method == "CANCEL" and not value(lines, "STATUS") and value(lines, "SEQUENCE") == ["SEQUENCE:2"] and len(value(lines, "ATTENDEE")) == 1, lines
    call("POST", f"{HERE}/{meeting}/invite", {"guests": "Bob"})
    method, lines = ics(until("and that he is asked again", lambda: letters("bob@")[3:])[0])
    assert method == "REQUEST" and value(lines, "SEQUENCE") == ["SEQUENCE:3"], lines
    told = len(call("GET", f"/api/v1/notices?subject={meeting}&limit=1000")["items"])
    call("POST", f"{HERE}/{meeting}/invite", {"guests": "groups," * 1000 + "Bob，" * 50})
    assert len(call("GET", f"/api/v1/notices?subject={meeting}&limit=1000")["items"]) == told, "who is invited is not told again"
    for words in ("groups," * 2000, ",".join(f"p{i}" for i in range(201))):
        refused("at most 200 people or posts", 400, {"guests": words}, f"{HERE}/{meeting}/invite")


@promise
def kept():
    """attendance with who stood in, minutes of each item and decisions are kept; a decision is a task of the incident with its owner and date, over a kill -9"""
    global node
    due = (now + 48 * hour).strftime("%Y-%m-%dT%H:%M:%S.000Z")
    call("POST", f"{HERE}/{meeting}/attendance", {"contact": "Bob", "attendance": "present"})
    call("POST", f"{HERE}/{meeting}/attendance", {"contact": people["無信箱"], "attendance": "stand_in", "stand_in": "林代理"})
    call("POST", f"{HERE}/{meeting}/attendance", {"contact": people["趙;\"小\""], "attendance": "absent"})
    call("POST", f"{HERE}/{meeting}/minutes", {"item": 2, "minutes": "由發言人統一說明。\n不公布位址。"})
    call("POST", f"{HERE}/{meeting}/decisions", {"decision": "隔離監控網段", "owner": "ann", "due": due, "item": 1})
    refused("no account", 400, {"decision": "無此人", "owner": "nobody", "due": due}, f"{HERE}/{meeting}/decisions")
    refused("an owner and a date", 400, {"decision": "無期限", "owner": "ann"}, f"{HERE}/{meeting}/decisions")
    os.kill(node.process.pid, signal.SIGKILL)
    node.process.wait()
    node = until("it is back", lambda: Node.serve(node.directory))
    x = call("GET", f"{HERE}/{meeting}")
    assert {g["name"]: (g["attendance"], g.get("stand_in")) for g in x["guests"]} == {"Bob": ("present", None), "無信箱": ("stand_in", "林代理"), "趙;\"小\"": ("absent", None)}, x
    assert [i.get("minutes") for i in x["agenda"]] == [None, "由發言人統一說明。\n不公布位址。"], x
    assert [(d["decision"], d["owner"], d["due"], d["item"]) for d in x["decisions"]] == [("隔離監控網段", "ann", due, 1)], x
    tasks = call("GET", f"/api/v1/incidents/{incident}/tasks")["items"]
    assert [(k["id"], k["title"], k["assignee"], k["due"]) for k in tasks] == [(x["decisions"][0]["task"], "隔離監控網段", "ann", due)], tasks


@promise
def at_once():
    """two people who write the minutes of one item: the second is shown the other's text beside his own, none is lost, and what is refused is still in the form"""
    for name in ("eve", "joe"):
        call("POST", "/api/v1/users", {"name": name, "password": "a long enough one", "roles": "analyst"})
    eve, joe = (Person(node, n, "a long enough one") for n in ("eve", "joe"))
    of_item = lambda page, n: [f for f in page.forms if f.fields.get("act") == "minutes" and f.fields["item"] == str(n)][0]
    a, b = (of_item(p.get(f"/meetings/{meeting}"), 1) for p in (eve, joe))
    assert eve.send(a, minutes="夏娃寫的").status == 200
    page = joe.send(b, minutes="喬寫的")
    assert page.status == 409 and "夏娃寫的" in page.text and of_item(page, 1).fields["minutes"] == "喬寫的", page.text[:400]
    assert of_item(page, 2).fields["minutes"].startswith("由發言人")
    assert joe.send(of_item(page, 1), minutes="夏娃寫的\n喬寫的").status == 200
    long = "長" * 3000
    page = joe.send(of_item(joe.get(f"/meetings/{meeting}"), 1), minutes=long)
    assert page.status == 400 and of_item(page, 1).fields["minutes"] == long
    mark = call("GET", f"{HERE}/{meeting}")["agenda"][0]["mark"]
    call("POST", f"{HERE}/{meeting}/minutes", {"item": 1, "minutes": "由介面", "seen": mark})
    refused("meanwhile", 409, {"item": 1, "minutes": "又一份", "seen": mark}, f"{HERE}/{meeting}/minutes")


@promise
def ended():
    """a meeting whose minutes are closed changes no more, one that is called off is told, and each act is in the audit trail"""
    call("POST", f"{HERE}/{meeting}/close")
    for path, body in (("", {"place": "x"}), ("/minutes", {"item": 1, "minutes": "x"}), ("/cancel", {}), ("/invite", {"guests": "安"}), ("/close", {})):
        refused("minutes are closed", 409, body, f"{HERE}/{meeting}{path}")
    soon = call("POST", HERE, plan(title="每季檢討", begins=wall(now + 24 * hour), ends=wall(now + 25 * hour), guests="Bob"))["id"]
    refused("has not begun", 400, {}, f"{HERE}/{soon}/close")
    refused("has not begun", 400, {"contact": "Bob", "attendance": "present"}, f"{HERE}/{soon}/attendance")
    call("POST", f"{HERE}/{soon}/cancel")
    off = until("Bob knows that it is off", lambda: [m for m in letters("bob@") if "cancelled" in m["Subject"] and "每季檢討" in m["Subject"]])[0]
    method, lines = ics(off)
    assert method == "CANCEL" and value(lines, "SEQUENCE") == ["SEQUENCE:1"] and value(lines, "STATUS") == ["STATUS:CANCELLED"], lines
    old = call("POST", HERE, plan(title="上週的", begins=wall(now - 100 * hour), ends=wall(now - 99 * hour), guests="Bob"))["id"]
    assert not call("GET", f"/api/v1/notices?subject={old}")["items"] and not [m for m in letters("bob@") if "上週的" in m["Subject"]]
    acts = {x["action"] for x in call("GET", "/api/v1/audit")["items"]}
    assert {"meeting." + a for a in "add change invite uninvite attend minutes decide close cancel".split()} <= acts, acts


@promise
def left():
    """a meeting whose convener or guest left the contact network is changed, and the guest noted and left out, by name as before"""
    for name in ("丙", "丁"):
        people[name] = call("POST", f"/api/v1/units/{unit}/contacts", {"name": name})["id"]
    m = call("POST", HERE, plan(title="有人離職", convener="丙", guests="丙,丁"))["id"]
    for name in ("丙", "丁"):
        call("DELETE", f"/api/v1/contacts/{people[name]}")
    assert call("POST", f"{HERE}/{m}", {"place": "5 樓", "convener": "丙"})["convener_name"] == "丙"
    call("POST", f"{HERE}/{m}/attendance", {"contact": "丙", "attendance": "present"})
    call("POST", f"{HERE}/{m}/uninvite", {"contact": "丁"})
    assert [(g["name"], g["attendance"]) for g in call("GET", f"{HERE}/{m}")["guests"]] == [("丙", "present")]
    refused("nobody of the contact network", 400, {"contact": "丁"}, f"{HERE}/{m}/uninvite")
    page = node.local("GET", f"/meetings/{m}").body.decode()
    ids = re.findall(r' id="([^"]+)"', page)
    assert len(ids) == len(set(ids)) and {"guests", "agenda"} <= set(ids), sorted(ids)


@promise
def refusals():
    """what is wrong with a meeting is said in one sentence, and nothing of it is kept"""
    before = len(call("GET", HERE)["items"])
    for word, more in (("place or a link", {"place": ""}), ("https://", {"link": "javascript:alert(1)"}), ("zone", {"zone": "Mars"}), ("after it begins", {"ends": wall(now - 2 * hour)}),
                       ("within 3 days", {"ends": wall(now + 100 * hour)}), ("title", {"title": " "}), ("one line", {"place": "a\nb"}), ("nobody stands", {"guests": "group-8"}),
                       ("誰", {"guests": "誰"}), ("誰", {"convener": "誰"}), ("at most 50", {"agenda": "x\n" * 51})):
        a = node.local("POST", HERE, plan(**more))
        assert a.status in (400, 409, 400, 429) and word in a.json["detail"], (more, a.status, a.body)
    assert call("POST", HERE, plan(incident="none"), (404,)).status == 404
    assert len(call("GET", HERE)["items"]) == before


@promise
def of_an_exercise():
    """a meeting of an exercise's incident carries its mark in the list, the letter, the calendar file and on the page"""
    drill = call("POST", "/api/v1/incidents", {"title": "演練事件", "level": 3, "exercise": node.exercise()})["id"]
    m = call("POST", HERE, plan(title="桌上推演", incident=drill, guests="趙;\"小\""))["id"]
    assert [x["exercise"] for x in call("GET", f"{HERE}?incident={drill}")["items"]] == [True]
    letter = until("it is sent", lambda: [x for x in letters("chao@") if "桌上推演" in x["Subject"]])[0]
    assert "【演練】" in letter["Subject"] and value(ics(letter)[1], "SUMMARY") == ["SUMMARY:【演練】桌上推演"], letter["Subject"]
    assert "演練" in node.local("GET", f"/meetings/{m}").body.decode()


@promise
def shown():
    """meetings are on the console's pages, come as a calendar file, and are kept from the command line"""
    page = node.local("GET", f"/meetings/{meeting}").body.decode()
    assert all(w in page for w in ("由發言人統一說明。", "林代理", "隔離監控網段", "已定稿", "改在 5 樓")) and "name=\"act\"" not in page, page
    assert f"/meetings?incident={incident}" in node.local("GET", f"/incidents/{incident}").body.decode()
    raw = node.local("GET", f"{HERE}/{meeting}/calendar")
    lines = raw.body.replace(b"\r\n ", b"").decode().split("\r\n")
    assert b"text/calendar" in raw.headers and b"meeting.ics" in raw.headers and "METHOD:PUBLISH" in lines and not value(lines, "ATTENDEE"), raw
    run = lambda verb, *w: subprocess.run([BIN, "meeting", verb, "-c", node.directory / "lianfang.ini", *w], capture_output=True, text=True)
    said = run("add", "晨會", wall(now + hour), wall(now + 2 * hour), "3 樓", "安", "Bob", incident, "現況")
    assert said.returncode == 0, said
    new = re.search(r"[0-9a-f-]{36}", said.stdout)[0]
    assert run("item", new, "其他").returncode == 0
    said = run("of", incident)
    assert "晨會" in said.stdout and "緊急應變會議" in said.stdout and "上週的" not in said.stdout, said
    assert [i["title"] for i in call("GET", f"{HERE}/{new}")["agenda"]] == ["現況", "其他"]


done()
