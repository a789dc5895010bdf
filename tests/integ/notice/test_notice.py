#!/usr/bin/env python3
"""Notices: whom an incident reaches, by mail, web hook and short message, and who is next."""
import base64
import http.server
import json
import os
import pathlib
import re
import signal
import sys
import threading
import urllib.parse

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "lib"))
from lf import *
from mailserver import MailServer, certificate


class Web:
    """Takes what is posted; what it answers can be set."""

    def __init__(self):
        outer = self
        self.posts, self.status = [], 200

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_POST(self):
                body = self.rfile.read(int(self.headers["Content-Length"]))
                outer.posts.append((self.path, dict(self.headers), body))
                self.send_response(outer.status)
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, *_):
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        self.port = self.server.server_address[1]


made = certificate(scratch())
if not made:
    print("ok - notices # SKIP openssl is not installed")
    sys.exit(0)
context, pin = made
mail, hook, gateway = MailServer(context), Web(), Web()
SETTINGS = (f"[mail]\nserver = smtps://127.0.0.1:{mail.port}\nfrom = node@cert.example\npin = {pin}\n"
            f"[sms]\nurl = http://127.0.0.1:{gateway.port}/send\nbody = to={{to}}&text={{text}}\nauthorization = Key abc\n[notice]\nprivate_webhooks = yes")
node = Node.serve(scratch(), SETTINGS, tier="sector")


def call(method, path, body=None, status=(200, 201, 202, 204)):
    a = node.local(method, path, body)
    assert a.status in status, (path, a.status, a.body)
    return a.json if a.body else None


unit = call("POST", "/api/v1/units", {"name": "水利署", "oid": "2.16.886.101.20003", "attribute": "enterprise-1", "grade": "A", "tenant": "self"})["id"]


def contact(name, **more):
    return call("POST", f"/api/v1/units/{unit}/contacts", {"name": name, **more})["id"]


ann = contact("安", email="ann@water.example", webhook=f"http://127.0.0.1:{hook.port}/in?x=1", mobile="0912 345 678")
bob = contact("Bob", email="bob@water.example", language="en")


def notice(id):
    return call("GET", f"/api/v1/notices/{id}")


def sent(id):
    n = notice(id)
    return n if n["calls"] and all(d["state"] != "waiting" for c in n["calls"] for d in c["deliveries"]) else None


def link(text):
    return re.search(r"https://\S+(/called/\S+)", text).group(1)


@promise
def every_way():
    """a call goes by mail over TLS, to a signed web hook and by the gateway's template, and each delivery is told"""
    id = call("POST", "/api/v1/notices/test", {"title": "水壓 & 流量"})["id"]
    n = until("sent", lambda: sent(id))
    assert [c["name"] for c in n["calls"]] == ["安"] and n["state"] == "open", n
    assert {(d["way"], d["state"]) for d in n["calls"][0]["deliveries"]} == {("mail", "sent"), ("webhook", "sent"), ("sms", "sent")}, n
    sender, to, letter = mail.mails[-1]
    text = letter.get_content()
    assert "ann@water.example" in to[0] and "【演練】" in letter["subject"] and "水壓 & 流量" in letter["subject"], letter["subject"]
    assert "這是演練" in text and "15 分鐘" in text, text
    path, headers, body = hook.posts[-1]
    said = json.loads(body)
    assert path == "/in?x=1" and said["title"] == "水壓 & 流量" and said["exercise"] is True and said["answer_wanted"] is True, said
    assert len(base64.b64decode(headers["Lianfang-Signature"])) == 64
    path, headers, body = gateway.posts[-1]
    form = dict(urllib.parse.parse_qsl(body.decode(), strict_parsing=True))
    assert path == "/send" and form["to"] == "0912 345 678" and headers["Authorization"] == "Key abc" and link(form["text"]) == link(text), form
    return f"{len(form['text'])} characters by short message"


@promise
def one_link():
    """the link in a mail answers once, by its button alone; a forged one is none, and nobody need be signed in"""
    id = call("POST", "/api/v1/notices/test", {})["id"]
    until("sent", lambda: sent(id))
    at = link(mail.mails[-1][2].get_content())
    page = node.get(at, auth=False)
    assert page.status == 200 and b"<form" in page.body and notice(id)["calls"][0]["state"] == "calling", page.body
    forged = at[:-3] + ("AAA" if at[-3:] != "AAA" else "BBB")
    assert node.get(forged, auth=False).status == 404
    form = {"Content-Type": "application/x-www-form-urlencoded"}
    assert node.request("POST", forged, b"", headers=form, auth=False).status == 404 and notice(id)["state"] == "open"
    node.request("POST", at, b"", headers=form, auth=False)
    n = notice(id)
    assert n["state"] == "done" and n["calls"][0]["state"] == "acknowledged" and n["calls"][0]["ended_by"] == "link:安", n
    assert node.request("POST", at, b"", headers=form, auth=False).status == 409
    assert any(x["action"] == "notice.acknowledge" and x["subject"] == id for x in call("GET", "/api/v1/audit")["items"])


@promise
def passed_over():
    """whom no way reaches is passed over at once, why is told, and the next is called in his language"""
    mail.replies["RCPT"], hook.status, gateway.status = "550 5.1.1 no such user", 410, 403
    id = call("POST", "/api/v1/notices/test", {})["id"]
    n = until("the next is called", lambda: (x := notice(id)) and len(x["calls"]) == 2 and x)
    assert n["calls"][0]["state"] == "escalated" and n["calls"][1]["name"] == "Bob", n
    told = {d["way"]: d for d in n["calls"][0]["deliveries"]}
    assert told["mail"]["state"] == "failed" and "no such user" in told["mail"]["told"], told
    assert told["webhook"]["state"] == told["sms"]["state"] == "failed", told
    n = until("nobody is left", lambda: (x := notice(id))["state"] == "unanswered" and x)
    mail.replies.clear()
    hook.status = gateway.status = 200
    call("POST", f"/api/v1/calls/{n['calls'][1]['id']}/acknowledge")
    assert notice(id)["state"] == "done"


@promise
def through_kill():
    """a letter that waits for its server and a call that waits for an answer outlive kill -9, each once"""
    mail.replies["MAIL"] = "421 4.3.2 shutting down"
    before = len(mail.mails)
    id = call("POST", "/api/v1/notices/test", {"title": "killed"})["id"]
    until("tried", lambda: any(d["tries"] for c in notice(id)["calls"] for d in c["deliveries"] if d["way"] == "mail"))
    next_at = notice(id)["calls"][0]["next_at"]
    core = node.workers()["core"]
    os.kill(core, signal.SIGKILL)
    until("the core is back", lambda: node.workers().get("core", core) != core)
    mail.replies.clear()
    n = until("sent", lambda: sent(id), limit=40)
    assert len(n["calls"]) == 1 and n["calls"][0]["next_at"] == next_at and n["calls"][0]["state"] == "calling", n
    assert len(mail.mails) == before + 1 and "killed" in mail.mails[-1][2]["subject"], mail.mails[before:]


@promise
def by_itself():
    """a report at level 3 calls the duty desk at once and informs each deputy convener; level 4 convenes the centre"""
    call("PUT", "/api/v1/posts/desk", {"contacts": f"{bob},{ann}"})
    call("PUT", "/api/v1/posts/deputy-2", {"contacts": ann})
    call("PUT", "/api/v1/posts/convener", {"contacts": bob})
    call("PUT", "/api/v1/posts/group-8", {"contacts": ann})
    for level, other in ((3, "inform"), (4, "convene")):
        incident = call("POST", "/api/v1/incidents", {"title": f"停水 {level}", "level": level, "impact": "x", "measures": "y"})["id"]
        found = until("notices", lambda: {x["about"]: x for x in call("GET", f"/api/v1/notices?subject={incident}")["items"] if x["state"] != "raised"} if
                      len(call("GET", f"/api/v1/notices?subject={incident}")["items"]) == 2 else None)
        assert set(found) == {"reported", other}, found
        desk = notice(found["reported"]["id"])
        assert desk["calls"][0]["name"] == "Bob" and desk["calls"][0]["who"] == "desk", desk
        centre = notice(until("worked out", lambda: notice(found[other]["id"])["calls"] and found[other]["id"]))
        called = {(c["who"], c["place"]): c.get("name") for c in centre["calls"]}
        assert called[("deputy", 2)] == "安" and len([k for k in called if k[0] == "deputy"]) == 3, called
        assert (called.get(("convener", 1)), called.get(("group", 8))) == (("Bob", "安") if level == 4 else (None, None)), called


@promise
def from_csv():
    """a contact network comes from CSV whole or not at all, the wrong line is named, and again changes nothing"""
    good = ("單位全銜,OID,單位屬性,單位等級,姓名,職稱,電話,傳真電話,行動電話,電子信箱,職務,呼叫順序\r\n"
            "交通部,2.16.886.1,事業二,B,王大明,科長,02-2349-2000 #1,02-2349-2001,0912-345-678,wang@motc.example,通報窗口,1\r\n"
            "交通部,2.16.886.1,,,李小華,科員,02-2349-2002,,,lee@motc.example,,2\r\n")
    bad = good + "氣象署,2.16.886.2,事業九,,張三,,,,,,,\r\n"
    a = node.local("POST", "/api/v1/units/import", {"csv": bad})
    assert a.status == 400 and "line 4" in a.json["detail"], a.body
    assert not call("GET", "/api/v1/units?q=2.16.886.1")["items"] or all(u["name"] == "水利署" for u in call("GET", "/api/v1/units?q=2.16.886.1")["items"])
    for _ in range(2):
        assert call("POST", "/api/v1/units/import", {"csv": good}) == {"rows": 2}
    motc = [u for u in call("GET", "/api/v1/units?q=" + urllib.parse.quote("交通"))["items"]]
    assert len(motc) == 1 and motc[0]["attribute"] == "enterprise-2" and motc[0]["grade"] == "B", motc
    people = call("GET", f"/api/v1/units/{motc[0]['id']}")["contacts"]
    assert [(c["seat"], c["name"], c.get("title")) for c in people] == [(1, "王大明", "科長"), (2, "李小華", "科員")], people
    assert people[0]["fax"] == "02-2349-2001" and people[0]["mobile"] == "0912-345-678" and people[0]["email"] == "wang@motc.example", people


@promise
def handed_on():
    """what ministries filled in is handed on as a file, superiors first, and the convening unit and the nation take it whole: the same network, the same file"""
    top = call("POST", "/api/v1/units", {"name": "行政院", "oid": "2.16.886.101"})["id"]
    mid = call("POST", "/api/v1/units", {"name": "內政部", "superior": top, "grade": "A", "attribute": "administration"})["id"]
    low = call("POST", "/api/v1/units", {"name": "一縣", "superior": mid})["id"]
    call("POST", f"/api/v1/units/{low}/contacts", {"name": "=陳\"大\"", "telephone": "+886-2-1234", "email": "c@county.example", "part": "ciso", "language": "en"})
    a = node.local("GET", "/api/v1/units?format=csv")
    assert a.status == 200 and b"text/csv" in a.headers and b"contacts.csv" in a.headers, a.headers
    text = a.body.decode("utf-8-sig")
    lines = text.splitlines()
    at = {name: next(i for i, x in enumerate(lines) if x.startswith(name)) for name in ("行政院", "內政部", "一縣")}
    assert at["行政院"] < at["內政部"] < at["一縣"], lines
    other = Node.serve(scratch(), tier="nation")
    assert other.local("POST", "/api/v1/units/import", {"csv": text}).json == {"rows": len(lines) - 1}
    back = other.local("GET", "/api/v1/units?format=csv").body.decode("utf-8-sig")
    assert sorted(back.splitlines()) == sorted(lines), (back, text)
    county = other.local("GET", "/api/v1/units?q=" + urllib.parse.quote("一縣")).json["items"][0]
    person, = other.local("GET", f"/api/v1/units/{county['id']}").json["contacts"]
    assert (person["name"], person["telephone"], person["part"], person["language"]) == ("=陳\"大\"", "+886-2-1234", "ciso", "en"), person


done()
