#!/usr/bin/env python3
"""Digests by mail: what is new for whom, labelled by TLP, through a mail server over TLS."""
import base64
import email
import email.policy
import hashlib
import datetime
import json
import os
import pathlib
import signal
import socketserver
import sqlite3
import ssl
import subprocess
import sys
import threading
import uuid

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "lib"))
from lf import *
from mailserver import MailServer, certificate

TLP = {"clear": "marking-definition--94868c89-83c2-464b-929b-a1a8aa3c8487", "green": "marking-definition--bab4a63c-aed9-4cf5-a766-dfca5abac2bb",
       "amber": "marking-definition--55d920b0-5e8b-4f79-9ee9-91f868d9b421", "red": "marking-definition--e828b379-4e03-4974-9ac4-e53a884c97c1"}


home = scratch()
made = certificate(home)
if not made:
    print("ok - digests # SKIP openssl is not installed")
    sys.exit(0)
context, pin = made
mail = MailServer(context)


def node_with(settings):
    n = Node.serve(scratch(), settings)
    for name, roles in (("ana", "analyst,share"), ("rita", "reader")):
        a = n.local("POST", "/api/v1/users", {"name": name, "roles": roles, "password": "correct horse 9 battery"})
        assert a.status == 201, a.body
        a = n.local("POST", "/api/v1/tokens", {"account": name, "label": name, "roles": roles})
        assert a.status == 201, a.body
        n.keys = getattr(n, "keys", {}) | {name: {"Authorization": "Bearer " + a.json["token"]}}
    n.token = n.keys["ana"]["Authorization"][7:]
    return n


node = node_with(f"[mail]\nserver = smtps://127.0.0.1:{mail.port}\nfrom = node@cert.example\nlogin = node\nsecret = mailsecret\npin = {pin}")
ACCEPT = "application/taxii+json;version=2.1"


def post(*objects, on=None):
    on = on or node
    root = on.get("/taxii2/", headers={"Accept": ACCEPT}).json["default"]
    root = "/" + root.split("/", 3)[3] if root.startswith("http") else root
    c = next(c for c in on.get(root + "collections/", headers={"Accept": ACCEPT}).json["collections"] if c.get("alias") == "library")
    a = on.post(f"{root}collections/{c['id']}/objects/", json.dumps({"objects": objects}).encode(), headers={"Content-Type": ACCEPT, "Accept": ACCEPT})
    assert a.status == 202 and a.json["failure_count"] == 0, a.body


def thing(kind, name, tlp=None, **more):
    at = "2026-11-20T00:00:00.000Z"
    o = {"type": kind, "spec_version": "2.1", "id": f"{kind}--{uuid.uuid4()}", "created": at, "modified": at, "name": name}
    if kind == "indicator":
        o |= {"pattern": f"[domain-name:value = '{name}']", "pattern_type": "stix", "valid_from": at}
    if kind == "report":
        o |= {"published": at, "object_refs": [f"malware--{uuid.uuid4()}"]}
    if tlp:
        o["object_marking_refs"] = [TLP[tlp]]
    return o | more


def subscribe(who="ana", on=None, **more):
    on = on or node
    a = on.post("/api/v1/digests", {"address": f"{who}@people.example", **more}, headers=on.keys[who])
    assert a.status == 201, (a.status, a.body)
    return a.json["id"]


def send(digest, who="ana", on=None, server=None, n=1):
    on, server = on or node, server or mail
    was = len(server.mails)
    assert on.post(f"/api/v1/digests/{digest}/now", headers=on.keys[who]).status == 202
    until("the mail", lambda: len(server.mails) >= was + n)
    return server.mails[was]


def state(digest, who="ana", on=None):
    on = on or node
    return on.get(f"/api/v1/digests/{digest}", headers=on.keys[who]).json


@promise
def labelled():
    """the strictest label stands in the subject and before the text, each part under its own; values are made harmless"""
    d = subscribe(language="en")
    post(thing("report", "Phishing wave"), thing("indicator", "evil.example", "green"), thing("vulnerability", "CVE-2026-0001", "clear"),
         thing("report", "國家級威脅\r\nBcc: x@y.example", "amber"))
    sender, to, m = send(d)
    assert sender.startswith("<node@cert.example>") and to == ["<ana@people.example>"] and mail.logins[-1] == ["node", "mailsecret"], (sender, to, mail.logins)
    assert all(tls for tls, _ in mail.lines)
    assert m["Subject"].startswith("[TLP:AMBER] ") and "intelligence digest (4)" in m["Subject"], m["Subject"]
    assert m["To"] == "ana@people.example" and m["Message-ID"].endswith("@cert.example>") and m["Auto-Submitted"] == "auto-generated" and m["Bcc"] is None
    text = m.get_content()
    assert text.splitlines()[0] == "TLP:AMBER", text
    parts = text.split("== ")
    assert [p.split(" ==")[0] for p in parts[1:]] == ["TLP:CLEAR", "TLP:GREEN", "TLP:AMBER"], text
    assert "CVE-2026-0001" in parts[1] and "evil[.]example" in parts[2] and "evil.example" not in text
    assert "Phishing wave" in parts[3] and "國家級威脅" in parts[3] and "not marked" in parts[3]
    assert not any(line.startswith("Bcc") for line in text.splitlines())
    s = until("it is said to be sent", lambda: (x := state(d)["sent"]) and x[0]["state"] == "sent" and x[0])
    page = node.get("/digests?lang=en", headers=node.keys["ana"] | {"Accept": "text/html"})
    assert page.status == 200 and b"queued as 42" in page.body and b"ana@people.example" in page.body, (page.status, page.body[:300])
    assert "queued as 42" in s["told"] and s["tries"] == 1, s


@promise
def each_once():
    """what was told is not told again, and when nothing is new nothing is sent; in Chinese for who asked so"""
    d = subscribe(language="zh-TW", every="week", hour=9)
    post(thing("indicator", "once.example", "clear"))
    _, _, m = send(d)
    assert "情資摘要" in m["Subject"] and m["Subject"].startswith("[TLP:CLEAR]"), m["Subject"]
    assert "once[.]example" in m.get_content() and "evil[.]" not in m.get_content() and m["Content-Language"] == "zh-Hant-TW"
    was = len(mail.mails)
    assert node.post(f"/api/v1/digests/{d}/now", headers=node.keys["ana"]).status == 202
    up = state(d)["told_up_to"]
    until("it was looked at", lambda: state(d)["told_up_to"] > up or state(d)["next"][11:13] == "01")
    post(thing("indicator", "twice.example", "clear"))
    _, _, m = send(d)
    assert "twice[.]" in m.get_content() and "once[.]" not in m.get_content()
    assert len(mail.mails) == was + 1 and len(state(d)["sent"]) == 2
    # Mondays at nine of Taipei.
    at = datetime.datetime.fromisoformat(state(d)["next"].replace("Z", "+00:00"))
    assert at.weekday() == 0 and (at.hour, at.minute) == (1, 0), at


@promise
def by_what_each_may_see():
    """what an account may not see is neither told nor counted; what is stricter than mail may carry is counted and not told"""
    mine, hers = subscribe(language="en"), subscribe("rita", language="en")
    post(thing("indicator", "secret.example", "red"), thing("indicator", "open.example", "green"))
    _, _, m = send(mine)
    assert "secret" not in m.get_content() and "not mailed: 1" in m.get_content() and m["Subject"].startswith("[TLP:GREEN]"), m.get_content()
    _, _, m = send(hers, "rita")
    assert "open[.]example" in m.get_content() and "secret" not in m.get_content() and "not mailed" not in m.get_content(), m.get_content()
    red = subscribe(language="en", tlp="red")
    post(thing("indicator", "secret2.example", "red"))
    _, _, m = send(red)
    assert m["Subject"].startswith("[TLP:RED]") and "secret2[.]example" in m.get_content()
    # Nobody looks after another's, or subscribes another.
    assert node.get(f"/api/v1/digests/{mine}", headers=node.keys["rita"]).status == 404
    assert node.request("DELETE", f"/api/v1/digests/{mine}", headers=node.keys["rita"]).status == 404
    assert {x["id"] for x in node.get("/api/v1/digests", headers=node.keys["rita"]).json["items"]} == {hers}
    assert node.post("/api/v1/digests", {"address": "x@y.example", "account": "ana"}, headers=node.keys["rita"]).status == 403
    assert node.local("POST", "/api/v1/digests", {"address": "org@y.example", "account": "rita"}).status == 201
    for bad in ({"address": "nobody"}, {"address": "a@b.example\r\nRCPT TO:<c@d.example>"}, {"address": "a b@c.example"}, {"hour": 24}, {"every": "year"}, {"tlp": "puce"},
                {"collection": "nowhere"}, {"language": "fr"}):
        a = node.post("/api/v1/digests", {"address": "a@b.example", **bad}, headers=node.keys["ana"])
        assert a.status in (400, 404), (bad, a.status)


@promise
def not_all():
    """an account holds twenty digests and no more, and others may still have theirs"""
    a = node.local("POST", "/api/v1/users", {"name": "greedy", "roles": "reader", "password": "correct horse 9 battery"})
    assert a.status == 201, a.body
    said = [node.local("POST", "/api/v1/digests", {"address": "g@y.example", "account": "greedy"}).status for _ in range(21)]
    assert said == [201] * 20 + [429], said
    assert node.local("POST", "/api/v1/digests", {"address": "r@y.example", "account": "rita"}).status == 201


@promise
def refused():
    """a server that is busy is tried again later, one that refuses for good is not; both are told with its words"""
    d = subscribe(language="en")
    mail.replies["RCPT"] = "451 4.7.1 come back later"
    post(thing("indicator", "later.example", "clear"))
    was = len(mail.mails)
    assert node.post(f"/api/v1/digests/{d}/now", headers=node.keys["ana"]).status == 202
    s = until("tried once", lambda: (x := state(d)["sent"]) and x[0]["tries"] == 1 and x[0])
    assert s["state"] == "waiting" and "come back later" in s["told"] and s["next"] > s["made"], s
    def waiting():
        with sqlite3.connect(f"file:{node.directory}/data/core/node.db?mode=ro", uri=True) as db:
            return db.execute("SELECT count(*) FROM mail WHERE digest = ? AND state = 0", (d,)).fetchone()[0]

    assert waiting() == 1
    assert node.request("DELETE", f"/api/v1/digests/{d}", headers=node.keys["ana"]).status == 204
    until("a removed digest's mails go with it", lambda: waiting() == 0)
    mail.replies["RCPT"] = "550 5.1.1 no such user"
    e = subscribe("rita", language="en")
    post(thing("indicator", "gone.example", "clear"))
    assert node.post(f"/api/v1/digests/{e}/now", headers=node.keys["rita"]).status == 202
    s = until("refused", lambda: (x := state(e, "rita")["sent"]) and x[0]["state"] == "failed" and x[0])
    assert "no such user" in s["told"] and len(mail.mails) == was, s
    mail.replies.clear()


@promise
def tls_always():
    """STARTTLS is asked for and nothing is said without it; a server of another key gets nothing"""
    plain, start = MailServer(context, implicit=False, starttls=False), MailServer(context, implicit=False)
    for server, key, words in ((plain, pin, ""), (start, "00" * 32, "pin")):
        n = node_with(f"[mail]\nserver = smtp://127.0.0.1:{server.port}\nfrom = node@cert.example\nlogin = node\nsecret = s\npin = {key}")
        d = subscribe(on=n)
        post(thing("indicator", "tls.example", "clear"), on=n)
        assert n.post(f"/api/v1/digests/{d}/now", headers=n.keys["ana"]).status == 202
        s = until("it was tried", lambda: (x := state(d, on=n)["sent"]) and x[0]["tries"] and x[0])
        assert s["state"] == "waiting" and s["told"] and words in s["told"], s
        assert not server.mails and not server.logins and not any(w.startswith(("MAIL", "AUTH")) for _, w in server.lines), server.lines
        n.close()
    n = node_with(f"[mail]\nserver = smtp://127.0.0.1:{start.port}\nfrom = node@cert.example\npin = {pin}")
    d = subscribe(on=n)
    post(thing("indicator", "tls.example", "clear"), on=n)
    send(d, on=n, server=start)
    assert all(tls for tls, w in start.lines if w.startswith(("MAIL", "RCPT", "DATA")))
    show = subprocess.run([BIN, "config", "show", "-c", node.directory / "lianfang.ini"], capture_output=True)
    assert b"mailsecret" not in show.stdout, show.stdout
    n.close()


@promise
def survives():
    """a mail that waits is kept through kill -9 of the core, and is there once"""
    d = subscribe(language="en")
    mail.replies["MAIL"] = "421 4.3.2 shutting down"
    post(thing("indicator", "killed.example", "clear"))
    assert node.post(f"/api/v1/digests/{d}/now", headers=node.keys["ana"]).status == 202
    until("tried", lambda: (x := state(d)["sent"]) and x[0]["tries"])
    core = node.workers()["core"]
    os.kill(core, signal.SIGKILL)
    mail.replies.clear()
    until("the core is back", lambda: node.workers().get("core", core) != core)
    s = until("it waits still", lambda: state(d)["sent"])
    assert s[0]["state"] == "waiting" and len(s) == 1, s


done()
