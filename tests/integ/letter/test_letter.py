#!/usr/bin/env python3
"""The letter of a referral: ARF and X-ARF to who runs the network an attack came from, looked at before it is sent."""
import base64
import datetime
import email.parser
import email.policy
import email.utils
import json
import pathlib
import re
import socket
import sys
import urllib.parse
import uuid

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "lib"))
from lf import *
from mailserver import MailServer, certificate

home = scratch()
made = certificate(home)
if not made:
    print("ok - letters # SKIP openssl is not installed")
    sys.exit(0)
context, pin = made
mail = MailServer(context)
SETTINGS = f"[mail]\nserver = smtps://127.0.0.1:{mail.port}\nfrom = soc@cert.example\npin = {pin}"
node = Node.serve(scratch(), SETTINGS)
node.local("PUT", "/api/v1/networks", {"csv": "network,country,operator,abuse\n192.0.2.0/24,TW,小網公司,abuse@small.example\n198.51.100.0/24,JP,Nippon Net,abuse@nippon.example\n"})
CORE = {"xarf_version", "report_id", "timestamp", "reporter", "sender", "source_identifier", "category", "type"}
TYPES = {"compromised_server": ("infrastructure", {"compromise_method"}), "login_attack": ("connection", {"protocol", "first_seen", "source_port"}),
         "port_scan": ("connection", {"protocol", "first_seen", "source_port"}), "vulnerability_scan": ("connection", {"scan_type", "protocol", "first_seen"}),
         "sql_injection": ("connection", {"protocol", "first_seen"}), "ddos": ("connection", {"protocol", "first_seen", "source_port"}),
         "botnet": ("infrastructure", {"compromise_evidence"}), "phishing": ("content", {"url"}), "malware": ("content", {"url"})}


def reported(on=None, **more):
    r = (on or node).local("POST", "/api/v1/incidents", {"title": "網站遭入侵", "level": 2, "form": {"agency": "某縣政府"},
                                                         "observables": [{"type": "ipv4-addr", "value": "192.0.2.1"}], **more})
    assert r.status == 201, r.body
    return r.json["id"]


def referred(incident, address="192.0.2.1", port="4444", on=None, **more):
    r = (on or node).local("POST", f"/api/v1/incidents/{incident}/sources", {"address": address, "port": port, "at": "2026-03-01T09:00:00+08:00", **more})
    assert r.status == 201, r.body
    return r.json["id"]


def told(incident, **more):
    return node.local("POST", f"/api/v1/incidents/{incident}/referrals", {"kind": "operator", "recipient": "小網公司", "text": "請協助處理。", "source": "192.0.2.1",
                                                                          "port": "4444", "seen": "2026-03-01T01:00:00Z", "mail": "abuse@small.example", **more})


def letter(of, on=None, **said):
    return (on or node).local("GET", f"/api/v1/referrals/{of}/letter?" + urllib.parse.urlencode(said))


def is_xarf(text):
    """The rules of X-ARF 4.2.0 that a document must keep; the document."""
    x = json.loads(text)
    category, wants = TYPES[x["type"]]
    assert CORE | wants <= set(x) and x["category"] == category, x
    assert re.fullmatch(r"4\.[0-9]+\.[0-9]+", x["xarf_version"]) and uuid.UUID(x["report_id"]).version == 4
    for key in ("timestamp", "first_seen"):
        assert key not in x or datetime.datetime.strptime(x[key], "%Y-%m-%dT%H:%M:%SZ")
    for who in ("reporter", "sender"):
        assert set(x[who]) == {"org", "contact", "domain"} and 0 < len(x[who]["org"]) <= 200 and x[who]["contact"].endswith("@" + x[who]["domain"]), x
    assert "source_port" not in x or 1 <= x["source_port"] <= 65535
    assert x.get("protocol", "tcp") in ("tcp", "udp") and len(x.get("description", "")) <= 1000
    assert all(re.fullmatch(r"[a-z0-9][a-z0-9_+-]*:[a-z0-9][a-z0-9_+-]*", t) for t in x.get("tags", [])), x
    return x


def is_arf(text):
    """The machine-readable part by RFC 5965; its fields."""
    m = email.parser.Parser().parsestr(text)
    assert not m.defects and m["Feedback-Type"] == "abuse" and m["Version"] == "1" and re.match(r"\S+/\S+$", m["User-Agent"]), text
    assert all(len(m.get_all(k)) == 1 for k in set(m.keys())), text
    return m


@promise
def looked_at():
    """the letter of a source of attack is shown as it would go out: to whom, subject, text, an ARF part and an X-ARF document that keep their rules; nothing is sent"""
    at = referred(reported())
    r = letter(at)
    assert r.status == 200, r.body
    got = r.json
    assert got["to"] == "abuse@small.example" and got["from"] == "soc@cert.example" and got["reference"] in got["subject"] and "TLP:AMBER" in got["subject"], got
    assert re.fullmatch(r"REF-[0-9]+-[0-9a-f]{8}", got["reference"])
    for word in ("192.0.2.1", "4444", "2026-03-01 09:00:00 (UTC+8)", "2026-03-01T01:00:00Z", got["reference"], "TLP:AMBER"):
        assert word in got["text"], (word, got["text"])
    arf = is_arf(got["parts"][0]["text"])
    assert arf["Source-IP"] == "192.0.2.1" and arf["Source-Port"] == "4444" and arf["Incidents"] == "1", arf
    assert email.utils.parsedate_to_datetime(arf["Arrival-Date"]).isoformat() == "2026-03-01T01:00:00+00:00"
    x = is_xarf(got["parts"][1]["text"])
    assert x["source_identifier"] == "192.0.2.1" and x["source_port"] == 4444 and x["report_id"] == at and x["tags"] == ["tlp:amber"], x
    assert letter(at).json == got and letter(at, tlp="green").json["seal"] != got["seal"]
    assert not mail.mails


@promise
def every_type():
    """each type of X-ARF has the fields its schema asks for; one that wants a port or a URL is refused without"""
    i = reported()
    address, url = referred(i), told(i, source="http://evil.example/login?x=1", mail="abuse@host.example").json["id"]
    bare = referred(i, port="")
    for kind, (_, wants) in TYPES.items():
        r = letter(url if "url" in wants else address, type=kind, protocol="udp")
        assert r.status == 200, (kind, r.body)
        x = is_xarf(r.json["parts"][1]["text"])
        assert x["type"] == kind and x.get("protocol", "udp") == "udp", x
        r = letter(bare, type=kind)
        assert r.status == (400 if wants & {"url", "source_port"} else 200), (kind, r.body)
    got = letter(url, language="en").json
    arf = is_arf(got["parts"][0]["text"])
    assert arf["Reported-URI"] == "http://evil.example/login?x=1" and arf["Reported-Domain"] == "evil.example" and arf["Source-IP"] is None, arf
    assert is_xarf(got["parts"][1]["text"])["type"] == "phishing" and "Abuse report" in got["subject"] and "Source:" in got["text"], got


@promise
def nobody_is_named():
    """who was attacked is in no part of the letter unless it is said; a text that tells it is found"""
    i = reported()
    got = letter(referred(i)).json
    assert "某縣政府" not in json.dumps(got, ensure_ascii=False) and "網站遭入侵" not in got["text"] and "names" not in got, got
    got = letter(referred(i), named="1").json
    assert "受害單位：某縣政府" in got["text"] and is_xarf(got["parts"][1]["text"])["reporter"]["org"] == "某縣政府", got
    assert is_xarf(got["parts"][1]["text"])["sender"]["org"] != "某縣政府"
    r = told(i, text="某縣政府的網站遭到攻擊")
    assert letter(r.json["id"]).json["names"] == "某縣政府" and "names" not in letter(r.json["id"], named="1").json


@promise
def no_milder_than_its_incident():
    """a letter carries at least the marking of its incident, and one of an incident that is RED is not written"""
    for said, want, milder in (("amber+strict", "amber+strict", "amber"), ("green", "amber", "clear")):
        at = referred(reported(tlp=said))
        assert letter(at).json["tlp"] == want, letter(at).body
        r = letter(at, tlp=milder)
        assert r.status == 409 and "TLP:" + said.upper() in r.json["detail"], r.body
    assert letter(at, tlp="green").json["tlp"] == "green", "its reporter said so"
    r = letter(referred(reported(tlp="red")))
    assert r.status == 409 and "TLP:RED" in r.json["detail"], r.body


@promise
def refused():
    """what can be in no letter is refused in one sentence: TLP:RED, no source, no time, no mail address, no server"""
    i = reported()
    at = referred(i)
    for said, status, word in (({"tlp": "red"}, 400, "RED"), ({"tlp": "pink"}, 400, "tlp"), ({"type": "ransom"}, 400, "type"), ({"to": "nobody"}, 400, "mail address"),
                               ({"language": "fr"}, 400, "language"), ({"protocol": "icmp"}, 400, "protocol")):
        r = letter(at, **said)
        assert r.status == status and word in r.json["detail"], (said, r.body)
    for more, status, word in (({"source": ""}, 409, "no source"), ({"seen": ""}, 409, "when"), ({"mail": ""}, 400, "mail address")):
        r = letter(told(i, **more).json["id"])
        assert r.status == status and word in r.json["detail"], (more, r.body)
    for more in ({"source": "not a host"}, {"port": "0"}, {"port": "x"}, {"mail": "a b@c"}, {"seen": "2199-01-01T00:00:00Z"}):
        assert told(i, **more).status == 400, more
    assert letter(str(uuid.uuid4())).status == 404
    other = Node.serve(scratch())
    i = reported(on=other)
    r = other.local("POST", f"/api/v1/incidents/{i}/referrals", {"kind": "operator", "recipient": "x", "text": "y", "source": "192.0.2.1", "seen": "2026-03-01T01:00:00Z", "mail": "a@b.example"})
    r = letter(r.json["id"], on=other)
    assert r.status == 409 and "mail server" in r.json["detail"], r.body


RED, GREEN, STRICT = ("marking-definition--" + x for x in ("e828b379-4e03-4974-9ac4-e53a884c97c1", "bab4a63c-aed9-4cf5-a766-dfca5abac2bb", "939a9414-2ddd-4d32-a0cd-375ea402b003"))


@promise
def marked():
    """a source that the writer knows only by a marked object goes into no letter that says less: RED and AMBER+STRICT into none, what was seen here into any"""
    a = node.local("POST", "/api/v1/users", {"name": "ana", "password": "correct horse battery ana", "roles": "analyst,share,reporter"})
    assert a.status == 201, a.body
    t = node.local("POST", "/api/v1/tokens", {"account": a.json["id"], "label": "ana", "roles": "analyst,share,reporter"})
    assert t.status == 201, t.body
    taxii = "application/taxii+json;version=2.1"

    def ana(method, path, body=None):
        return node.request(method, path, body, {"Authorization": "Bearer " + t.json["token"], **({"Accept": taxii, "Content-Type": taxii} if "/taxii2/" in path else {})}, auth=False)

    def known(address, *marks):
        o = {"type": "indicator", "spec_version": "2.1", "id": f"indicator--{uuid.uuid4()}", "created": "2026-01-01T00:00:00.000Z", "modified": "2026-01-01T00:00:00.000Z",
             "pattern": f"[ipv4-addr:value = '{address}']", "pattern_type": "stix", "valid_from": "2026-01-01T00:00:00Z", "object_marking_refs": list(marks)}
        r = ana("POST", "/taxii2/root/collections/library/objects/", json.dumps({"objects": [o if marks else {k: v for k, v in o.items() if k != "object_marking_refs"}]}).encode())
        assert r.status == 202 and r.json["success_count"] == 1, r.body

    def looked(of, **said):
        return ana("GET", f"/api/v1/referrals/{of}/letter?" + urllib.parse.urlencode(said))

    i = reported()
    for n, (marks, clear, amber, strict) in enumerate((((RED,), 409, 409, 409), ((STRICT,), 409, 409, 409), ((GREEN,), 409, 200, 200), ((RED, GREEN), 409, 409, 409), ((), 200, 200, 200))):
        address = f"192.0.2.{20 + n}"
        of = referred(i, address)
        assert looked(of, tlp="clear").status == 200, "nobody said anything of it"
        known(address, *marks)
        for said, status in (("clear", clear), ("amber", amber), ("amber+strict", strict)):
            r = looked(of, tlp=said)
            assert r.status == status, (marks, said, r.body)
            assert status == 200 or (address in r.json["detail"] and "known here only by" in r.json["detail"]), r.body
    of = referred(i, "192.0.2.20")
    seal = letter(of).json["seal"]  # the machine's own door is no individual recipient: it does not know
    assert ana("POST", f"/api/v1/referrals/{of}/letter", {"seal": seal}).status == 409
    for name in ("reporter", "reviewer"):  # who may not have it knows it by himself; and who handles intelligence may
        a = node.local("POST", "/api/v1/users", {"name": name, "password": "correct horse battery " + name, "roles": name})
        him = node.local("POST", "/api/v1/tokens", {"account": a.json["id"], "label": name, "roles": name}).json["token"]
        r = node.request("GET", f"/api/v1/referrals/{of}/letter", None, {"Authorization": "Bearer " + him}, auth=False)
        assert r.status == (200 if name == "reporter" else 409), (name, r.body)
    url = told(i, source="http://192.0.2.20/login", mail="abuse@host.example").json["id"]
    assert looked(url).status == 409, "the host of a URL counts"
    known("192.0.2.20")
    assert looked(of, tlp="clear").status == 200, "another says it to everybody"
    own = ana("POST", "/api/v1/indicators", {"value": "192.0.2.21"})
    assert own.status == 201, own.body
    assert looked(referred(i, "192.0.2.21"), tlp="clear").status == 200, "this node saw it itself, as one of its people says"
    assert node.local("POST", f"/api/v1/indicators/{own.json['id']}/withdraw", {}).status == 204
    assert looked(referred(i, "192.0.2.21"), tlp="clear").status == 409, "what was withdrawn is no word for it"


@promise
def by_page():
    """the console shows the letter from the referral's page, in both languages"""
    at = referred(reported())
    assert f"/referrals/{at}/letter" in node.local("GET", f"/referrals/{at}").body.decode()
    abroad = letter(referred(reported(), "198.51.100.7"), to="cert@partner.example").json
    assert "Abuse report" in abroad["subject"] and "Source: 198.51.100.7" in abroad["text"], abroad
    page = node.local("GET", f"/referrals/{at}/letter").body.decode()
    assert "攻擊來源通報" in page and "xarf_version" in page and "Feedback-Type" in page and "abuse@small.example" in page, page[-3000:]
    page = node.local("GET", f"/referrals/{at}/letter?lang=en&language=en&type=port_scan")
    assert page.status == 200 and "Abuse report" in page.body.decode() and "Letter" in page.body.decode()
    assert node.local("GET", f"/referrals/{at}/letter?type=phishing").status == 400


def send(of, on=None, **said):
    """As a person does: looks, and sends what was looked at."""
    seal = letter(of, on=on, **said).json["seal"]
    return (on or node).local("POST", f"/api/v1/referrals/{of}/letter", {"seal": seal, **said})


def letters(of, on=None):
    return (on or node).local("GET", f"/api/v1/referrals/{of}/letters").json["items"]


@promise
def sent():
    """what was looked at is sent once, by the queue, as one mail: a multipart/report with text, ARF part and header block, and the X-ARF document beside it; an answer by mail to it is filed in its incident"""
    at = referred(reported())
    got, was = letter(at).json, len(mail.mails)
    assert send(at).status == 202
    until("the mail", lambda: len(mail.mails) > was)
    sender, to, m = mail.mails[was]
    assert sender.startswith("<soc@cert.example>") and to == ["<abuse@small.example>"], (sender, to)
    m = email.parser.BytesParser(policy=email.policy.default).parsebytes(m.as_bytes())
    assert not any(p.defects for p in m.walk()) and m["Subject"] == got["subject"] and m["Auto-Submitted"] == "no", m
    assert m.get_content_type() == "multipart/mixed" and [p.get_content_type() for p in m.iter_parts()] == ["multipart/report", "application/json"]
    report, document = m.iter_parts()
    assert report["Content-Type"].params["report-type"] == "feedback-report"
    assert [p.get_content_type() for p in report.iter_parts()] == ["text/plain", "message/feedback-report", "text/rfc822-headers"]
    text, arf, headers = report.iter_parts()
    assert text.get_content().splitlines() == got["text"].splitlines() and not headers.get_content().strip()
    assert is_arf(str(arf.get_payload(0)))["Source-IP"] == "192.0.2.1"
    assert document.get_filename() == "xarf.json" and document.get_payload(decode=True).decode() == got["parts"][1]["text"] and is_xarf(document.get_payload(decode=True))
    s = until("it is said to be sent", lambda: (x := letters(at)) and x[0]["state"] == "sent" and x[0])
    assert s["to"] == "abuse@small.example" and "queued" in s["told"] and s["named"] is False and s["tlp"] == "amber", s
    assert node.local("GET", f"/api/v1/referrals/{at}").json["state"] == "sent"
    assert [x["id"] for x in node.local("GET", "/api/v1/referrals?state=sent").json["items"]] == [at]
    r = send(at)
    assert r.status == 409 and "already" in r.json["detail"], r.body
    assert len(mail.mails) == was + 1
    kept = node.local("GET", f"/referrals/{at}/message?letter={s['id']}")
    assert kept.status == 200 and email.message_from_bytes(kept.body)["Message-ID"] == m["Message-ID"], kept.body[:300]
    came = f"From: Abuse Desk <abuse@small.example>\r\nSubject: Re: {got['reference']}\r\nMessage-ID: <a1@small.example>\r\nIn-Reply-To: {m['Message-ID']}\r\n\r\nWe shut it off.\r\n"
    came = node.local("POST", "/api/v1/mail", {"data": base64.b64encode(came.encode()).decode()}).json["id"]
    came = node.local("GET", f"/api/v1/mail/{came}").json
    assert came["state"] == "filed" and came["incident"] == node.local("GET", f"/api/v1/referrals/{at}").json["incident"], came
    trail = [x for x in node.local("GET", "/api/v1/audit").json["items"] if x["action"] == "referral.letter"]
    assert len(trail) == 1 and trail[0]["subject"] == at and "abuse@small.example" in json.dumps(trail[0]), trail


@promise
def only_what_was_seen():
    """what is not the letter that was looked at, of an exercise, closed, or tells who was attacked is not sent, and neither by whom may not"""
    i, was = reported(), len(mail.mails)
    at = referred(i)
    r = node.local("POST", f"/api/v1/referrals/{at}/letter", {"seal": letter(at).json["seal"], "tlp": "green"})
    assert r.status == 409 and "looked at" in r.json["detail"], r.body
    assert node.local("POST", f"/api/v1/referrals/{at}/letter", {}).status == 400
    r = send(told(i, text="某縣政府的網站遭到攻擊").json["id"])
    assert r.status == 409 and "names" in r.json["detail"], r.body
    shut = referred(i)
    node.local("POST", f"/api/v1/referrals/{shut}/answer", {"text": "x", "close": True})
    assert send(shut).status == 409
    drill = referred(reported(exercise=node.exercise()))
    assert "演練" in letter(drill).json["subject"] and send(drill).status == 409
    node.local("POST", "/api/v1/users", {"name": "rita", "roles": "reader", "password": "a long enough one"})
    key = node.local("POST", "/api/v1/tokens", {"account": "rita", "label": "t", "roles": "reader"}).json["token"]
    r = node.request("POST", f"/api/v1/referrals/{at}/letter", {"seal": letter(at).json["seal"]}, headers={"Authorization": "Bearer " + key})
    assert r.status == 403, r.body
    assert len(mail.mails) == was and letters(at) == []
    page = node.local("POST", f"/referrals/{at}/letter", {"seal": "0"})
    assert page.status in (403, 409), page.status


@promise
def over_a_kill():
    """a letter that was taken before kill -9 goes out once after it, and says so"""
    silent = socket.create_server(("127.0.0.1", 0))
    other = Node.serve(scratch(), SETTINGS.replace(str(mail.port), str(silent.getsockname()[1])))
    i = reported(on=other)
    at = other.local("POST", f"/api/v1/incidents/{i}/referrals", {"kind": "operator", "recipient": "x", "text": "y", "source": "192.0.2.1", "seen": "2026-03-01T01:00:00Z", "mail": "a@b.example"}).json["id"]
    was = len(mail.mails)
    assert send(at, on=other).status == 202
    held = silent.accept()
    os.kill(other.process.pid, signal.SIGKILL)
    other.process.wait()
    held[0].close()
    ini = other.directory / "lianfang.ini"
    ini.write_text(ini.read_text().replace(str(silent.getsockname()[1]), str(mail.port)))
    other = until("it is back", lambda: Node.serve(other.directory))
    until("it is said to be sent", lambda: (x := letters(at, on=other)) and x[0]["state"] == "sent")
    assert len(mail.mails) == was + 1 and len(letters(at, on=other)) == 1 and send(at, on=other).status == 409


@promise
def again():
    """a letter that the mail server refuses for good is said to have failed, and can be sent again"""
    at = referred(reported())
    mail.replies["RCPT"] = "550 no such user"
    assert send(at).status == 202
    until("it failed", lambda: letters(at)[0]["state"] == "failed")
    assert "550" in letters(at)[0]["told"], letters(at)
    page = node.local("GET", f"/referrals/{at}").body.decode()
    assert "未能寄出" in page and "550" in page
    del mail.replies["RCPT"]
    assert send(at, to="noc@small.example").status == 202
    until("it is sent", lambda: [x["state"] for x in letters(at)] == ["sent", "failed"])


done()
