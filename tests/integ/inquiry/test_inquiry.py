#!/usr/bin/env python3
"""Inquiries: asked of the centre, told to its staff at once, taken, referred for technical advice, answered, made into a report, closed."""
import csv
import datetime
import html
import io
import pathlib
import re
import subprocess
import sys
import time
from urllib.parse import quote, urlencode

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "lib"))
from lf import *

BASE = "/api/v1/inquiries"
PASSWORD = "a long enough password"
node = Node.serve(scratch(), tier="sector")


def at(seconds):
    return (datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(seconds=seconds)).strftime("%Y-%m-%dT%H:%M:%SZ")


def call(method, path, body=None, status=(200, 201, 204)):
    r = node.local(method, path, body)
    assert r.status in status, (method, path, r.status, r.body.decode())
    return r.json if r.body else None


def person(name, roles):
    call("POST", "/api/v1/users", {"name": name, "roles": roles, "password": PASSWORD})
    return call("POST", "/api/v1/tokens", {"account": name, "label": name, "roles": roles})["token"]


def ask(who, method, path, body=None):
    return node.request(method, path, body, headers={"Authorization": "Bearer " + who}, auth=False)


def did(who, method, path, body=None):
    r = ask(who, method, path, body)
    assert r.status in (200, 201, 204), (method, path, r.status, r.body.decode())
    return r.json if r.body else None


def refused(who, path, body, status, word):
    r = ask(who, "POST", path, body)
    assert r.status == status and word in r.json["detail"], (body, r.status, r.body.decode())


def cli(*argv):
    return subprocess.run([BIN, "inquiry", argv[0], "--data", str(node.directory / "data"), *argv[1:]], capture_output=True, text=True, timeout=60)


def items(who, query=""):
    return did(who, "GET", BASE + query)["items"]


unit = call("POST", "/api/v1/units", {"name": "技服中心", "attribute": "enterprise-1"})["id"]
desk = call("POST", "/api/v1/units", {"name": "應變中心", "tenant": "self"})["id"]
ann, bob, rep, rob, eve = person("ann", "analyst"), person("bob", "analyst,reporter"), person("rep", "reporter"), person("rob", "reporter"), person("eve", "reader")
ids = {x["name"]: x["id"] for x in call("GET", "/api/v1/users")["items"]}
contact = call("POST", f"/api/v1/units/{desk}/contacts", {"name": "安", "account": ids["ann"]})["id"]
call("POST", f"/api/v1/units/{desk}/contacts", {"name": "報", "account": ids["rep"]})
call("PUT", "/api/v1/posts/desk", {"contacts": contact})
first = {}


@promise
def asked_and_told():
    """what somebody asks is told to the desk at once, by its number; what is wrong with it is said, and nothing of it is kept"""
    good = {"subject": "伺服器對外連線異常", "text": "每十分鐘連到 198.51.100.7", "kind": "advice", "tlp": "amber", "contact": "02-0000-0000"}
    for wrong, says in (({"subject": ""}, "subject"), ({"text": ""}, "text"), ({"kind": "odd"}, "kind is"), ({"tlp": "pink"}, "tlp is"), ({"incident": "incident--x"}, "incident"), ({"subject": "一\n二"}, "one line")):
        r = ask(rep, "POST", BASE, {**good, **wrong})
        assert r.status in (400, 422) and says in r.json["detail"], (wrong, r.status, r.body.decode())
    refused(rep, BASE, {**good, "name": "王小明"}, 403, "staff alone")
    assert not items(ann)
    first["id"] = did(rep, "POST", BASE, good)["id"]
    one = items(ann)[0]
    assert all(one[k] == good[k] for k in good) and one["number"] == 1 and one["state"] == "asked" and one["name"] == "rep", one
    told = until("the desk is told", lambda: [n for n in call("GET", "/api/v1/notices")["items"] if n["about"] == "inquiry"])
    assert len(told) == 1 and told[0]["title"] == "#1", told
    until("ann has it in her inbox", lambda: "#1" in ask(ann, "GET", "/api/v1/inbox").body.decode())


@promise
def worked_on():
    """it is taken with a date, referred twice, advised and answered, over a kill -9; who asked reads the answer and nothing that is staff's"""
    global node
    path = f"{BASE}/{first['id']}"
    did(ann, "POST", path, {"act": "take", "due": at(86400), "base": 1})
    refused(bob, path, {"act": "answer", "text": "我也在寫", "base": 1}, 409, "somebody acted meanwhile")
    refused(ann, path, {"act": "refer", "to": "unit", "whom": "沒有這個機關", "text": "x"}, 422, "沒有這個機關")
    did(ann, "POST", path, {"act": "refer", "to": "unit", "whom": unit, "text": "請鑑識記憶體", "due": at(3600)})
    did(ann, "POST", path, {"act": "refer", "to": "operator", "whom": "某網路業者", "text": "請查來源"})
    refused(ann, path, {"act": "advise", "text": "x"}, 400, "several referrals")
    did(bob, "POST", path, {"act": "note", "text": "此單位常有誤報"})
    os.kill(node.process.pid, signal.SIGKILL)
    node.process.wait()
    node = until("it is back", lambda: Node.serve(node.directory))
    got = did(ann, "GET", path)
    assert (got["state"], got["referred"], got["owner"]) == ("referred", 2, "ann") and [h["waits"] for h in got["history"] if h["act"] == "refer"] == [True, True], got
    did(ann, "POST", path, {"act": "advise", "text": "是更新程式", "of": got["history"][2]["seq"]})
    did(ann, "POST", path, {"act": "advise", "text": "業者：查無異常"})
    did(ann, "POST", path, {"act": "answer", "text": "那是原廠更新程式，無須處理"})
    got = did(rep, "GET", path)
    assert got["guest"] and [h["centre"] for h in got["history"]] == [False, True] and [h["act"] for h in got["history"]] == ["ask", "answer"] and got["history"][1]["text"] == "那是原廠更新程式，無須處理", got
    seen = ask(rep, "GET", path).body.decode() + html.unescape(ask(rep, "GET", f"/inquiries/{first['id']}").body.decode()) + ask(rep, "GET", BASE + "?format=csv").body.decode()
    assert not [w for w in ("ann", "bob", "誤報", "業者", "技服中心", "鑑識") if w in seen], seen
    until("who asked is told", lambda: "inquiry_news" in ask(rep, "GET", "/api/v1/inbox").body.decode())
    for act in ("take", "refer", "advise", "answer", "note", "reopen", "draft"):
        assert ask(rep, "POST", path, {"act": act, "text": "x", "whom": "x"}).status in (403, 409), act
    did(rep, "POST", path, {"act": "again", "text": "它又來了", "base": 2})
    assert did(ann, "GET", path)["state"] == "taken"
    acts = [a["action"] for a in call("GET", "/api/v1/audit?limit=200")["items"] if a["subject"] == first["id"]]
    assert sorted(set(acts)) == ["inquiry.advise", "inquiry.again", "inquiry.answer", "inquiry.ask", "inquiry.note", "inquiry.refer", "inquiry.take"] and len(acts) == 9, acts


@promise
def rights():
    """who is no staff has what he asked himself and no more, in lists, counts, files, pages and acts; who reads for the centre has all and does nothing"""
    other = did(rob, "POST", BASE, {"subject": "別人的機密問題", "text": "x"})["id"]
    red = did(rob, "POST", BASE, {"subject": "內部人員涉案", "text": "x", "tlp": "red"})["id"]
    for x in (other, red):
        assert ask(rep, "GET", f"{BASE}/{x}").status == ask(rep, "GET", f"/inquiries/{x}").status == ask(rep, "POST", f"{BASE}/{x}", {"act": "close"}).status == 404
    for door in (BASE, BASE + "?format=csv", BASE + "?q=" + quote("機密"), "/inquiries", "/api/v1/notices", "/api/v1/matters", "/notices"):
        assert "機密問題" not in html.unescape(ask(rep, "GET", door).body.decode()), door
    assert did(rep, "GET", "/api/v1/inquiry-counts")["open"] == len(items(rep)) == 1
    assert did(eve, "GET", "/api/v1/inquiry-counts")["open"] == len(items(eve)) == 2 and ask(eve, "GET", f"{BASE}/{red}").status == 404
    assert did(ann, "GET", "/api/v1/inquiry-counts")["open"] == len(items(ann)) == 3
    assert ask(eve, "POST", BASE, {"subject": "x", "text": "x"}).status == ask(eve, "POST", f"{BASE}/{other}", {"act": "note", "text": "x"}).status == 403
    refused(ann, f"{BASE}/{red}", {"act": "change", "tlp": "green"}, 403, "less strict")
    assert [m["number"] for m in call("GET", "/api/v1/matters")["inquiries"]] == [2, 1]


@promise
def forms():
    """by forms alone, without script: asked for who telephoned, a conflict keeps what was typed, and each refusal is said in Chinese"""
    path = f"/inquiries/{first['id']}"
    r = ask(ann, "GET", "/inquiries/new")
    assert r.status == 200 and "<script" not in r.body.decode()
    form = lambda who, to, **f: node.request("POST", to, urlencode(f).encode(), headers={"Authorization": "Bearer " + who, "Content-Type": "application/x-www-form-urlencoded", "Accept-Language": "zh-TW"}, auth=False)
    r = form(ann, "/inquiries", subject="電話諮詢", text="郵件被退", kind="consultation", name="王小明", organisation="港務", way="telephone", came="2099-01-01T00:00")
    said = html.unescape(r.body.decode())
    assert r.status == 400 and "收到時間不能晚於現在" in said and "郵件被退" in said and "王小明" in said, (r.status, said)
    r = form(ann, "/inquiries", subject="電話諮詢", text="郵件被退", kind="consultation", name="王小明", organisation="港務", way="telephone", came="2026-01-01T00:00")
    first["phoned"] = re.search(r'action="/inquiries/([0-9a-f-]{36})"', r.body.decode())[1]
    r = form(bob, path, act="answer", text="同時寫的長篇答覆", base="1")
    said = html.unescape(r.body.decode())
    assert r.status == 409 and "其他人剛處理過這則諮詢" in said and "同時寫的長篇答覆" in said, (r.status, said[:3000])
    base = re.search(r'name="base" value="(\d+)"', said)[1]
    assert form(bob, path, act="answer", text="同時寫的長篇答覆", base=base).status == 200
    for lang, words in (("zh", ("轉介技術諮詢", "意見已到", "答覆內容（提問者看得到）", "登錄提問者的再次提問")), ("en", ("Referred for technical advice", "Advice came", "Answer (who asked reads it)"))):
        said = html.unescape(node.local("GET", f"{path}?lang={lang}").body.decode())
        assert all(w in said for w in words), [w for w in words if w not in said]
    for lang, words in (("zh", ("待受理", "我承辦的", "電話諮詢", "王小明")), ("en", ("Asked", "Being worked on", "Not closed"))):
        said = html.unescape(ask(ann, "GET", f"/inquiries?lang={lang}").body.decode())
        assert all(w in said for w in words), [w for w in words if w not in said]


@promise
def made_a_report():
    """one becomes the draft of a report, which is found again, and once sent the incident and the inquiry name each other"""
    x = first["phoned"]
    draft = did(bob, "POST", f"{BASE}/{x}", {"act": "draft"})["draft"]
    assert did(ann, "GET", f"{BASE}/{x}")["draft"] == draft
    page = html.unescape(ask(bob, "GET", f"/incidents/new?behalf=1&draft={draft}").body.decode())
    assert "電話諮詢" in page and "王小明" in page and "郵件被退" in page
    minutes = lambda n: time.strftime("%Y-%m-%dT%H:%M", time.gmtime(time.time() + 8 * 3600 - 60 * n))
    fields = {"stage": "first", "behalf": "1", "draft": draft, "aware_at": minutes(2), "title": "電話諮詢", "category": "web_defaced", "description": "郵件被退", "affects": "unsure", "asset": "core_ci",
              "leak": "none", "tamper": "serious", "outage_min": "0", "behalf_channel": "telephone", "behalf_who": "王小明", "behalf_agency": "港務", "behalf_at": minutes(1), "late_reason": "以電話通報"}
    send = lambda **f: node.request("POST", "/incidents/new", urlencode({**fields, **f}).encode(), headers={"Authorization": "Bearer " + bob, "Content-Type": "application/x-www-form-urlencoded"}, auth=False)
    assert send(do="save").status == 200 and "incident" not in did(ann, "GET", f"{BASE}/{x}")
    assert send(do="send", behalf_who="").status == 422 and did(ann, "GET", f"{BASE}/{x}")["draft"] == draft
    assert send(do="send").status == 200
    got = did(ann, "GET", f"{BASE}/{x}")
    made = got["incident"]
    assert "draft" not in got and [h["act"] for h in got["history"]] == ["ask", "draft", "incident"] and got["history"][-1]["whom"] == made, got
    assert [i["id"] for i in items(ann, f"?incident={made}")] == [x]
    page = html.unescape(ask(ann, "GET", f"/incidents/{made}").body.decode())
    assert f"/inquiries/{x}" in page and f"/inquiries/new?incident={made}" in page
    refused(ann, f"{BASE}/{x}", {"act": "incident", "incident": made}, 409, "already")
    refused(ann, f"{BASE}/{first['id']}", {"act": "incident", "incident": "incident--00000000-0000-4000-8000-000000000000"}, 422, "that you may see")
    did(ann, "POST", f"{BASE}/{first['id']}", {"act": "incident", "incident": made})
    assert len(items(ann, f"?incident={made}")) == 2


@promise
def listed():
    """each count opens the list that it counts, words and times narrow it, and the CSV has what the list has"""
    c = did(ann, "GET", "/api/v1/inquiry-counts")
    for query, n in [("?state=" + s, c[s]) for s in ("open", "asked", "taken", "referred", "answered", "closed")] + [("?overdue=1", c["overdue"]), ("?state=open&owner=-", c["nobodys"]), ("?state=open&owner=me", c["mine"])]:
        assert len(items(ann, query)) == n, (query, n)
    page = ask(ann, "GET", "/inquiries").body.decode()
    assert all(f"/inquiries?{q}" in page for q in ("state=asked", "overdue=1", "state=open&amp;owner=me")), page[:2000]
    assert len(items(ann, "?q=" + quote("王小明 電話"))) == 1 and len(items(ann, "?q=%231")) == 1 and not items(ann, "?to=2025-12-31")
    assert [i["number"] for i in items(ann, "?to=2026-01-01")] == [4]
    rows = list(csv.DictReader(io.StringIO(ask(ann, "GET", BASE + "?format=csv&state=open").body.decode("utf-8-sig"))))
    assert [r["number"] for r in rows] == [str(i["number"]) for i in items(ann, "?state=open")] and rows[0]["subject"], rows
    assert ask(ann, "GET", BASE + "?state=odd").status == 400


@promise
def closed():
    """what is closed takes no more but a note, and is opened again by staff with the reason; the command line does all of it"""
    x = first["id"]
    did(rep, "POST", f"{BASE}/{x}", {"act": "close", "text": "謝謝"})
    refused(rep, f"{BASE}/{x}", {"act": "again", "text": "x"}, 409, "it is closed")
    refused(rep, f"{BASE}/{x}", {"act": "reopen", "text": "x"}, 403, "who asked")
    refused(ann, f"{BASE}/{x}", {"act": "reopen"}, 400, "text")
    assert cli("note", x, "結案後的註記").returncode == 0
    assert cli("reopen", x, "又來電").returncode == 0 and did(ann, "GET", f"{BASE}/{x}")["state"] == "taken"
    made = cli("ask", "命令列的諮詢", "如何設定", "other").stdout.strip()
    assert re.fullmatch("[0-9a-f-]{36}", made), made
    for argv in (("take", made, "ann", at(3600)), ("refer", made, "support", "原廠", "查版本"), ("advise", made, "已修補"), ("answer", made, "請更新"), ("again", made, "已更新"), ("mark", made, "green"), ("close", made)):
        r = cli(*argv)
        assert r.returncode == 0, (argv, r.stderr)
    got = did(ann, "GET", f"{BASE}/{made}")
    assert got["state"] == "closed" and got["tlp"] == "green" and [h["act"] for h in got["history"]] == ["ask", "take", "refer", "advise", "answer", "again", "change", "close"], got
    assert made in cli("list").stdout and cli("export").stdout.count("\n") >= 4 and "open" in cli("counts").stdout
    assert cli("answer", made, "x").returncode != 0


done()
