#!/usr/bin/env python3
"""Mail that comes in: taken once and durably, read like others read it, filed where it belongs."""
import datetime
import email
import email.message
import email.policy
import email.utils
import hashlib
import html
import pathlib
import random
import subprocess
import sys
import urllib.parse
import urllib.request

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "lib"))
from lf import *

desk = Node.serve(scratch(), tier="sector")


def call(method, path, body=None, status=(200, 201, 204)):
    r = desk.local(method, path, body)
    assert r.status in ((status,) if isinstance(status, int) else status), (method, path, r.status, r.body.decode())
    return r.json if r.body else None


call("POST", "/api/v1/users", {"name": "mta", "roles": "sender", "password": "correct horse battery"})
token = call("POST", "/api/v1/tokens", {"account": "mta", "label": "mail server", "roles": "sender"})["token"]
MTA = {"Authorization": "Bearer " + token, "Content-Type": "message/rfc822"}


def take(raw, status=201):
    r = desk.post("/api/v1/mail", raw, headers=MTA)
    assert r.status == status, (r.status, r.body.decode())
    return r.json


def message(subject="主旨 subject", body="內文 text\n", sender="王小明 <ming@member.example>", **fields):
    m = email.message.EmailMessage(policy=email.policy.SMTP)
    m["From"], m["To"], m["Subject"] = sender, "cert@desk.example", subject
    m["Date"], m["Message-ID"] = email.utils.localtime(), email.utils.make_msgid(domain="member.example")
    for k, v in fields.items():
        m[k.replace("_", "-")] = v
    m.set_content(body)
    return m


def incident(title="案件"):
    return call("POST", "/api/v1/incidents", {"title": title, "level": 2})["id"]


def files(x):
    return call("GET", f"/api/v1/incidents/{x}/files")["items"]


def lf_line(v):
    """As the node shows a field: one blank between words, at most 500 bytes of it."""
    v = " ".join(v.encode("utf-8", "surrogateescape").decode().split())  # fields may be UTF-8 as they lie
    out = v.encode()
    while len(out) > 500:
        v = v[:-1]
        out = v.encode()
    return v.strip()


class Stay(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *a, **k):
        return None


@promise
def read_as_others_do():
    """300 messages of every usual shape are read as Python's reader reads them: sender, subject, text, and each file's name and sum"""
    rng = random.Random(11)
    words = ["資安", "通報", "login", "café", "Prüfung", "€", "10.1.2.3", "ログ", "😀", "x" * 70]

    def some(n):
        return " ".join(rng.choice(words) for _ in range(n))

    for i in range(300):
        m = email.message.EmailMessage(policy=rng.choice([email.policy.SMTP, email.policy.SMTPUTF8, email.policy.default]))
        name = rng.choice(["", "Ann Lee", "王小明", "café", "Lee, Ann", "A (B) \"C\""])
        m["From"] = email.headerregistry.Address(display_name=name, username="u%d" % i, domain="member.example")
        m["Subject"] = some(rng.randrange(1, 30))
        m["Message-ID"] = "<m%d@member.example>" % i
        m["Date"] = email.utils.format_datetime(email.utils.localtime())
        text = "\n".join(some(rng.randrange(12)) for _ in range(rng.randrange(1, 20)))
        charset = rng.choice(["utf-8", "utf-8", "big5"])
        if charset == "big5":
            text = text.encode("big5", "ignore").decode("big5")
        m.set_content(text, charset=charset, cte=rng.choice(["base64", "quoted-printable"]))
        if rng.random() < 0.4:
            m.add_alternative("<p>" + html.escape(text) + "</p>", subtype="html")
        want = []
        for k in range(rng.randrange(4)):
            data, file = rng.randbytes(rng.randrange(3000)), rng.choice(["記錄%d.log", "a b%d.bin", "x%d" + "長" * 30 + ".pdf", "q\"%d.txt"]) % k
            if rng.random() < 0.3:
                inner = message("inner %d" % k)
                m.add_attachment(inner, filename=file)
                want.append((file, None))
            else:
                m.add_attachment(data, maintype="application", subtype="octet-stream", filename=file)
                want.append((file, hashlib.sha256(data).hexdigest()))
        raw = m.as_bytes()
        got = call("GET", "/api/v1/mail/" + take(raw)["id"])
        peer = email.message_from_bytes(raw, policy=email.policy.default)
        assert got["from"] == "u%d@member.example" % i and got.get("from_name", "") == lf_line(peer["From"].addresses[0].display_name), (i, got["from_name"], peer["From"])
        assert got["subject"] == lf_line(peer["Subject"]), (i, got["subject"], peer["Subject"])
        body = peer.get_body(("plain",)).get_content()
        assert got["text"].split() == body.split(), (i, got["text"], body)
        assert [p["name"] for p in got["parts"]] == [f for f, _ in want], (i, got["parts"], want)
        assert all(p["sha256"] == s for p, (_, s) in zip(got["parts"], want) if s), (i, got["parts"], want)
        assert got["sha256"] == hashlib.sha256(raw).hexdigest() and got["size"] == len(raw)
        call("POST", f"/api/v1/mail/{got['id']}/dismiss", {"reason": "test"})


@promise
def taken_once():
    """the same bytes again are the same mail, also after kill -9 right behind the answer; the account that hands mail in reads none"""
    global desk
    raw = message().as_bytes()
    first = take(raw)
    os.kill(desk.process.pid, signal.SIGKILL)
    desk.process.wait()
    desk = until("it is back", lambda: Node.serve(desk.directory))
    again = take(raw, 200)
    assert first["new"] and again == {"id": first["id"], "new": False}
    source = desk.local("GET", f"/api/v1/mail/{first['id']}/source")
    assert source.status == 200 and source.body == raw
    call("POST", "/api/v1/users", {"name": "chief", "roles": "admin", "password": "correct horse battery"})
    chief = {"Authorization": "Bearer " + call("POST", "/api/v1/tokens", {"account": "chief", "label": "of the chief", "roles": "admin"})["token"]}
    assert desk.get("/incidents", headers=chief).status == 200 and desk.get("/mail", headers=chief).status == 403, "who acts upon no incident reads no mail"
    for path in ("/api/v1/mail", f"/api/v1/mail/{first['id']}", f"/api/v1/mail/{first['id']}/source", "/mail"):
        assert desk.get(path, headers={"Authorization": "Bearer " + token}).status == 403, path
    out = subprocess.run([BIN, "mail", "take", "--data", desk.directory / "data", "-"], input=message("from the command line").as_bytes(), capture_output=True)
    assert out.returncode == 0, out
    assert call("GET", "/api/v1/mail?state=waiting")["items"][0]["subject"] == "from the command line"


@promise
def refused_whole():
    """what is no mail, or too much, is refused with one sentence and nothing is kept"""
    before = call("GET", "/api/v1/mail")["items"]
    for raw, status, says in ((b"", 400, "no From field"), (b"hello", 400, "no From field"), (b"From: a@b\n" + b"X: y\n" * 1001, 413, "fields"),
                              (b"From: a@b\n\n" + b"x" * (8 << 20), 413, "8 MiB")):
        r = desk.post("/api/v1/mail", raw, headers=MTA)
        assert r.status == status and says in r.json["detail"], (r.status, r.body)
    assert desk.post("/api/v1/mail", b"a=b", headers={**MTA, "Content-Type": "application/x-www-form-urlencoded"}).status == 422
    assert call("GET", "/api/v1/mail")["items"] == before


@promise
def filed_by_a_person():
    """a mail that is filed is a file of the incident with an entry that says from whom; it leaves the inbox, once"""
    x, m = incident(), take(message("補充記錄", "附上記錄\n").as_bytes())["id"]
    call("POST", f"/api/v1/mail/{m}/file", {"incident": "none"}, 404)
    call("POST", f"/api/v1/mail/{m}/file", {"incident": x})
    call("POST", f"/api/v1/mail/{m}/file", {"incident": x}, 409)
    call("POST", f"/api/v1/mail/{m}/dismiss", {"reason": "no"}, 409)
    got, file = call("GET", f"/api/v1/mail/{m}"), files(x)
    assert got["state"] == "filed" and got["incident"] == x and got["by"] and got["text"] == "附上記錄", got
    assert len(file) == 1 and file[0]["type"] == "message/rfc822" and "ming@member.example\n補充記錄\n\n附上記錄" in file[0]["note"], file
    other = take(message("無關").as_bytes())["id"]
    call("POST", f"/api/v1/mail/{other}/dismiss", {"reason": ""}, 400)
    call("POST", f"/api/v1/mail/{other}/dismiss", {"reason": "廣告"})
    got = call("GET", f"/api/v1/mail/{other}")
    assert got["state"] == "dismissed" and got["reason"] == "廣告" and "text" not in got, got
    call("GET", f"/api/v1/mail/{other}/source", status=404)
    acts = [a["action"] for a in call("GET", "/api/v1/audit?limit=50")["items"]]
    assert "mail.file" in acts and "mail.dismiss" in acts, acts


@promise
def answers_follow():
    """an answer to mail that was filed, at any place of its references, is filed there by itself; a program's answer and one with a guessed number are not"""
    x, first = incident("follow"), message("問題")
    m = take(first.as_bytes())["id"]
    call("POST", f"/api/v1/mail/{m}/file", {"incident": x})
    one = message("Re: 問題", In_Reply_To=first["Message-ID"])
    assert call("GET", "/api/v1/mail/" + take(one.as_bytes())["id"])["incident"] == x
    two = message("Re: Re: 問題", References="<unknown@x> " + one["Message-ID"] + " <other@y>")
    got = call("GET", "/api/v1/mail/" + take(two.as_bytes())["id"])
    assert got["state"] == "filed" and "by" not in got, got
    assert len(files(x)) == 3
    program = call("GET", "/api/v1/mail/" + take(message("Auto: 問題", In_Reply_To=two["Message-ID"], Auto_Submitted="auto-replied").as_bytes())["id"])
    assert program["state"] == "waiting" and program["incident"] == x and program["automatic"], program
    number = call("GET", "/api/v1/mail/" + take(message(f"Re: {x}").as_bytes())["id"])
    assert number["state"] == "waiting" and "incident" not in number, number
    for i in range(20):
        take(message("many", "text %d\n" % i, In_Reply_To=first["Message-ID"]).as_bytes())
    assert len(files(x)) == 1 + 16, "the rest waits for a person"


@promise
def reported_from():
    """a report is made from a mail in the console: the form is filled from it, and the mail becomes the new incident's file in the same step"""
    m = take(message("官網遭置換", "首頁被換掉了\n").as_bytes())["id"]
    call("POST", "/api/v1/users", {"name": "desk", "roles": "reporter,reviewer", "password": "correct horse battery"})
    bearer = call("POST", "/api/v1/tokens", {"account": "desk", "label": "t", "roles": "reporter,reviewer"})["token"]

    def form(path, fields):
        r = urllib.request.Request(desk.info["https"] + path, urllib.parse.urlencode(fields).encode(), {"Authorization": "Bearer " + bearer}, method="POST")
        try:
            with urllib.request.build_opener(urllib.request.HTTPSHandler(context=desk.context), Stay).open(r, timeout=30) as a:
                return a.status, a.headers, a.read().decode()
        except urllib.error.HTTPError as e:
            return e.code, e.headers, e.read().decode()

    text = html.unescape(desk.local("GET", f"/incidents/new?behalf=1&mail={m}&lang=zh").body.decode())
    assert "官網遭置換" in text and "首頁被換掉了" in text and f'name="mail" value="{m}"' in text, text[:3000]
    for lang, words in (("zh", ("待處理", "據此通報新案件", "寄件者（自稱）")), ("en", ("Waiting", "Report an incident from it", "Sender, as it says"))):
        page = html.unescape(desk.local("GET", f"/mail/{m}?lang={lang}").body.decode())
        assert all(w in page for w in words) and "ming@member.example" in page, page[:2000]
        assert "官網遭置換" in html.unescape(desk.local("GET", f"/mail?state=waiting&lang={lang}").body.decode())
    typed = {"stage": "first", "behalf": "1", "mail": m, "do": "send", "aware_at": time.strftime("%Y-%m-%dT%H:%M", time.gmtime(time.time() + 8 * 3600 - 120)),
             "title": "官網遭置換", "category": "web_defaced", "description": "首頁被換掉了", "affects": "unsure", "asset": "core_ci", "leak": "none", "tamper": "serious",
             "outage_min": "0", "behalf_channel": "mail", "behalf_who": "王小明", "behalf_agency": "某鄉公所",
             "behalf_at": time.strftime("%Y-%m-%dT%H:%M", time.gmtime(time.time() + 8 * 3600 - 60)), "late_reason": "以郵件通報"}
    wrong = form("/incidents/new", {**typed, "behalf_who": ""})
    assert wrong[0] == 422 and f'name="mail" value="{m}"' in wrong[2] and call("GET", f"/api/v1/mail/{m}")["state"] == "waiting", wrong[0]
    right = form("/incidents/new", typed)
    assert right[0] == 303, (right[0], html.unescape(right[2])[:3000])
    x = right[1]["Location"].split("/")[2].split("?")[0]
    got = call("GET", f"/api/v1/mail/{m}")
    assert got["state"] == "filed" and got["incident"] == x and [f["name"] for f in files(x)] == [f"mail-{got['number']}.eml"], got
    assert form("/incidents/new", typed)[0] == 409, "it is an incident already"
    gone = form(f"/mail/{m}/dismiss", {"reason": "late"})
    assert gone[0] == 409 and "此郵件已處理" in gone[2], gone[0]
    other = take(message("other").as_bytes())["id"]
    none = form(f"/mail/{other}/file", {"incident": "incident--none"})
    assert none[0] == 422 and "incident--none" in none[2], none[0]
    assert form(f"/mail/{other}/file", {"incident": x})[0] == 303


@promise
def told():
    """mail that came in is told to the duty desk by mail and in its inbox, a burst once per quarter of an hour, what was filed to its incident's; what a program sent is told to nobody"""
    unit = call("POST", "/api/v1/units", {"name": "應變中心", "tenant": "self"})["id"]
    call("PUT", "/api/v1/posts/desk", {"contacts": call("POST", f"/api/v1/units/{unit}/contacts", {"name": "值班員", "email": "desk@cert.example"})["id"]})
    notices = lambda: [x for x in call("GET", "/api/v1/notices?limit=1000")["items"] if x["about"] == "mail"]
    before = len(notices())
    for i in range(3):
        take(bytes(message(f"自動 {i}", Auto_Submitted="auto-generated")))
    assert len(notices()) == before
    for i in range(8):
        take(bytes(message(f"求助 {i}")))
    x = incident("有來信的案件")
    first = message("回報")
    waiting = take(bytes(first))["id"]
    call("POST", f"/api/v1/mail/{waiting}/file", {"incident": x})
    take(bytes(message("Re: 回報", In_Reply_To=first["Message-ID"])))
    assert any(n["subject"] == x and n["path"] == f"/incidents/{x}" for n in notices()), notices()
    spans = lambda times: {int(datetime.datetime.fromisoformat(t.replace("Z", "+00:00")).timestamp()) // 900 for t in times}
    people = [m["received"] for m in call("GET", "/api/v1/mail?limit=1000")["items"] if not m.get("automatic")]
    waits = [n for n in notices() if n["path"] == "/mail"]
    assert len(waits) <= len(spans(people)) + 1 and spans(n["made"] for n in waits) <= spans(people), (len(waits), spans(people))
    one = until("the desk is called", lambda: [f for f in (call("GET", f"/api/v1/notices/{n['id']}") for n in notices()) if f["calls"] and f["calls"][0].get("name") and f["calls"][0]["deliveries"]])[0]
    assert {d["way"] for d in one["calls"][0]["deliveries"]} == {"mail"} and one["calls"][0]["name"] == "值班員", one


done()
