#!/usr/bin/env python3
"""The national gateway: TAXII 1.1 over mutual TLS, as a centre that legacy parties come to and as a node that goes to one."""
import base64
import hashlib
import http.client
import pathlib
import re
import ssl
import subprocess
import sys
import urllib.parse
import xml.etree.ElementTree as ET

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "lib"))
from lf import *

NS = "http://taxii.mitre.org/messages/taxii_xml_binding-1.1"
T = "{" + NS + "}"
URN = "urn:taxii.mitre.org:message:xml:1.1"
STIX12 = "urn:stix.mitre.org:xml:1.2"
PACKAGE = (ROOT / "tests/data/national/int.xml").read_text().split("\n", 1)[1]
PASSWORD = "correct-horse-9-battery"
SCHEMA = os.environ.get("LF_TAXII11_XSD")  # TAXII_XMLMessageBinding_Schema_11.xsd
work = scratch()
centre, node = Node.serve(scratch(), tier="nation"), Node.serve(scratch(), tier="sector")


def certificate(name):
    r = subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-keyout", work / (name + ".key"),
                        "-out", work / (name + ".pem"), "-days", "2", "-subj", "/CN=" + name], capture_output=True)
    if r.returncode:
        print("ok - the national gateway # SKIP openssl is not installed")
        done()
    return pin_of((work / (name + ".pem")).read_bytes())


def pin_of(pem):
    spki = subprocess.run(["openssl", "x509", "-noout", "-pubkey"], input=pem, capture_output=True, check=True).stdout
    der = subprocess.run(["openssl", "pkey", "-pubin", "-outform", "DER"], input=spki, capture_output=True, check=True).stdout
    return hashlib.sha256(der).hexdigest()


def address(of):
    return of.info["peer"].split("//")[-1].rstrip("/")


def own_pin(of):
    host, port = of.info["https"].split("//")[1].split(":")
    return pin_of(ssl.get_server_certificate((host, int(port))).encode())


def client_pin(of):
    """Of the certificate it shows when it calls others."""
    return pin_of((of.directory / "data/tls/client.crt").read_bytes())


def call(service, body, user="legacy", cert="legacy", headers=None, to=centre, method="POST"):
    context = ssl.create_default_context(cafile=to.info["ca"])
    context.check_hostname = False
    if cert:
        context.load_cert_chain(work / (cert + ".pem"), work / (cert + ".key"))
    h = {"Content-Type": "application/xml", "Accept": "application/xml", "X-TAXII-Content-Type": URN, "X-TAXII-Accept": URN,
         "X-TAXII-Protocol": "urn:taxii.mitre.org:protocol:https:1.0", "X-TAXII-Services": "urn:taxii.mitre.org:services:1.1"}
    if user:
        h["Authorization"] = "Basic " + base64.b64encode(f"{user}:{PASSWORD}".encode()).decode()
    h.update(headers or {})
    c = http.client.HTTPSConnection(address(to), context=context, timeout=30)
    c.request(method, f"/taxii1/{service}/", body.encode() if isinstance(body, str) else body, {k: v for k, v in h.items() if v is not None})
    a = c.getresponse()
    text = a.read()
    out = Answer(a.status, a.headers, text)
    if a.headers.get("Content-Type") == "application/xml":
        assert a.headers["X-TAXII-Content-Type"] == URN and a.headers["X-TAXII-Services"] == "urn:taxii.mitre.org:services:1.1", a.headers
        out.xml = ET.fromstring(text)
        if SCHEMA:  # its licence keeps it out of the repository
            r = subprocess.run(["xmllint", "--nonet", "--noout", "--schema", SCHEMA, "-"], input=text, capture_output=True)
            assert r.returncode == 0, (r.stderr, text)
    c.close()
    return out


def message(name, inside="", **attributes):
    extra = "".join(f' {k}="{v}"' for k, v in attributes.items())
    return f'<t:{name} xmlns:t="{NS}" message_id="17"{extra}>{inside}</t:{name}>'


def block(package=PACKAGE, binding=STIX12):
    return f'<t:Content_Block><t:Content_Binding binding_id="{binding}"/><t:Content>{package}</t:Content></t:Content_Block>'


def inbox(*packages, **how):
    return call("inbox", message("Inbox_Message", "".join(block(p) for p in packages)), **how)


def poll(collection="members", begin=None, end=None, parameters="", **how):
    inside = (f"<t:Exclusive_Begin_Timestamp>{begin}</t:Exclusive_Begin_Timestamp>" if begin else "") + \
        (f"<t:Inclusive_End_Timestamp>{end}</t:Inclusive_End_Timestamp>" if end else "") + f"<t:Poll_Parameters>{parameters}</t:Poll_Parameters>"
    return call("poll", message("Poll_Request", inside, collection_name=collection), **how)


def said(a):
    """(status_type, result code, about) of a status message."""
    assert a.xml.tag == T + "Status_Message" and a.xml.get("in_response_to") is not None, a.body
    details = {d.get("name"): d.text for d in a.xml.iter(T + "Detail")}
    return a.xml.get("status_type"), details.get("RESULT_CODE", ""), details.get("ITEM", "")


def another(number, **changes):
    text = PACKAGE.replace("NISAC-INT-202611-0042", f"NISAC-INT-202611-{number:04}")
    for old, new in changes.pop("pairs", ()):
        assert old in text, old
        text = text.replace(old, new)
    return text


def account(name, cert, to=centre, **member):
    r = to.local("POST", "/api/v1/users", {"name": name, "password": PASSWORD, "roles": "share"})
    assert r.status == 201, r.body
    r = to.local("PUT", f"/api/v1/national/{name}", {"code": "DCN-" + name, "pin": cert, **member})
    assert r.status == 200, r.body


account("legacy", certificate("legacy"))
certificate("stranger")


def advisory(at, title, kind="INT", **more):
    """Written by one person, published by another."""
    if at not in writers:
        assert at.local("POST", "/api/v1/users", {"name": "ann", "roles": "analyst", "password": PASSWORD}).status == 201
        writers[at] = at.local("POST", "/api/v1/tokens", {"account": "ann", "label": "t", "roles": "analyst"}).json["token"]
    h = {"Authorization": "Bearer " + writers[at]}
    form = {"title": title, "description": "說明", "severity": "high", "tlp": "green", **more}
    if kind == "INT":
        form = {"happened_at": "2026-11-19T10:00:00Z", "values": ["198.51.100.7"], **form}
    r = at.request("POST", "/api/v1/advisories", {"kind": kind, "form": form}, headers=h)
    assert r.status == 201, r.body
    assert at.request("POST", f"/api/v1/advisories/{r.json['id']}/submit", headers=h).status == 204
    a = at.local("POST", f"/api/v1/advisories/{r.json['id']}/publish", {})
    assert a.status == 204, a.body
    return r.json["id"]


writers = {}


@promise
def discovery():
    """discovery names the services, their addresses and bindings, in answer to the message that asked"""
    a = call("discovery", message("Discovery_Request"))
    assert a.status == 200 and a.xml.tag == T + "Discovery_Response" and a.xml.get("in_response_to") == "17"
    found = {s.get("service_type"): s.find(T + "Address").text for s in a.xml.iter(T + "Service_Instance")}
    assert set(found) == {"DISCOVERY", "COLLECTION_MANAGEMENT", "INBOX", "POLL"} and found["POLL"].endswith("/taxii1/poll/"), found
    assert {b.text for b in a.xml.iter(T + "Message_Binding")} == {URN}
    a = call("collections", message("Collection_Information_Request"))
    found = {c.get("collection_name"): c.get("collection_type") for c in a.xml.iter(T + "Collection")}
    assert found == {"members": "DATA_FEED", "unread:members": "DATA_SET", "library": "DATA_FEED"}, found


@promise
def who():
    """without an account 401; with another's certificate, none, from elsewhere, or as no member each its result code"""
    a = call("poll", message("Discovery_Request"), user=None)
    assert a.status == 401 and "Basic" in a.headers["WWW-Authenticate"] and said(a)[:2] == ("UNAUTHORIZED", "0201"), a.body
    assert said(poll(cert="stranger"))[:2] == ("UNAUTHORIZED", "0202")
    centre.local("POST", "/api/v1/users", {"name": "nobody", "password": PASSWORD, "roles": "share"})
    assert said(poll(user="nobody"))[:2] == ("UNAUTHORIZED", "0201")
    assert centre.local("PUT", "/api/v1/national/legacy", {"code": "DCN-legacy", "pin": certificate("legacy"), "addresses": "10.0.0.0/8 2001:db8::/32"}).status == 200
    assert said(poll())[:2] == ("DENIED", "0205")
    assert centre.local("PUT", "/api/v1/national/legacy", {"code": "DCN-legacy", "pin": pin_of((work / "legacy.pem").read_bytes()), "addresses": "10.0.0.0/8 127.0.0.0/8"}).status == 200
    assert poll().xml.tag == T + "Poll_Response"
    a = centre.request("POST", "/taxii1/poll/", message("Discovery_Request").encode(),
                       headers={"Content-Type": "application/xml", "X-TAXII-Content-Type": URN,
                                "Authorization": "Basic " + base64.b64encode(f"legacy:{PASSWORD}".encode()).decode()}, auth=False)
    assert b"0202" in a.body, "the browsers' address has no client certificate"


@promise
def sent():
    """a package is taken with its id, lies in the library as STIX 2.1 of that account, and its relay is looked for at once"""
    a = inbox(PACKAGE)
    kind, code, item = said(a)
    assert a.status == 200 and (kind, code) == ("SUCCESS", "0101") and item.startswith("report--"), a.body
    r = centre.local("GET", f"/api/v1/objects/{item}")
    assert r.status == 200, r.body
    m = centre.local("GET", "/api/v1/national").json["items"][0]
    assert m["taken"] == 1 and m["code"] == "DCN-legacy" and m["met_at"], m


@promise
def refused():
    """the same again, another type, category, format, count, size, an answer to nothing: each has its code and leaves nothing"""
    assert said(inbox(PACKAGE))[:2] == ("FAILURE", "0306")
    assert said(inbox(another(1, pairs=[(">302<", ">201<")])))[1] == "0303"
    assert said(inbox(another(1, pairs=[(">302<", ">abc<")])))[1] == "0303"
    assert said(inbox(another(1, pairs=[("<stix:Title>INT<", "<stix:Title><")])))[1] == "0302"
    assert said(inbox("<x/>"))[1] == "0301"
    assert said(inbox(another(1, pairs=[("http://stix.mitre.org/stix-1", "urn:other")])))[1] == "0301"
    one = re.search(r"<stix:Incident .*</stix:Incident>", PACKAGE, re.S).group(0)
    assert said(inbox(PACKAGE.replace(one, one + one)))[1] == "0307"
    assert said(call("inbox", message("Inbox_Message")))[1] == "0204"
    assert said(call("inbox", message("Inbox_Message", "<t:Record_Count>2</t:Record_Count>" + block(another(1)))))[1] == "0307"
    assert said(inbox(another(1, pairs=[("<stix:Title>INT<", "<stix:Title>FBI<"), (">302<", ">502<")])))[1] == "0304"
    assert said(call("inbox", message("Inbox_Message", block(another(1), "urn:stix.mitre.org:xml:1.1"))))[1] == "0301"
    a = call("inbox", message("Inbox_Message", "<t:Destination_Collection_Name>elsewhere</t:Destination_Collection_Name>" + block(another(1))))
    assert a.xml.get("status_type") == "DESTINATION_COLLECTION_ERROR", a.body
    assert said(call("inbox", message("Inbox_Message", block("x" * (15 << 20)))))[1] == "0305"
    assert said(call("inbox", message("Inbox_Message", block("x" * (17 << 20)))))[1] == "0305"
    assert said(inbox(another(1)))[:2] == ("SUCCESS", "0101"), "nothing of what was refused had been kept"
    later = another(1, pairs=[('timestamp="2026-11-20T09:30:00+08:00" xsi', 'timestamp="2026-11-20T10:30:00+08:00" xsi'), ("主機對外連線", "已結案，主機對外連線")])
    assert said(inbox(later))[:2] == ("SUCCESS", "0101"), "a later version is no repetition"
    a = inbox(another(2), PACKAGE)
    assert [d.text for d in a.xml.iter(T + "Detail") if d.get("name") == "RESULT_CODE"] == ["0101", "0306"] and a.xml.get("status_type") == "FAILURE"


@promise
def answered():
    """an FBI that answers what is known is taken"""
    reply = another(77, pairs=[("<stix:Title>INT<", "<stix:Title>FBI<"), (">302<", ">502<"), ("nisac:NISAC-INT-202611-0001", "nisac:NISAC-INT-202611-0042")])
    reply = reply.replace('id="nisac:NISAC-INT-202611-0077"', 'id="nisac:NISAC-FBI-1"')
    kind, code, item = said(inbox(reply))
    assert (kind, code) == ("SUCCESS", "0101"), (kind, code)


@promise
def nonsense():
    """no XML, a document type, another binding or message, GET: a status message says which, and nothing is expanded"""
    assert said(call("inbox", "nonsense"))[:2] == ("BAD_MESSAGE", "0301")
    bomb = '<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;">]>' + message("Inbox_Message", block("&b;"))
    assert said(call("inbox", bomb))[0] == "BAD_MESSAGE"
    assert said(call("inbox", message("Poll_Fulfillment", collection_name="members", result_id="x")))[0] == "BAD_MESSAGE"
    old = message("Discovery_Request").replace("binding-1.1", "binding-1")
    a = call("discovery", old)
    assert said(a)[0] == "UNSUPPORTED_MESSAGE" and URN in a.body.decode()
    assert said(call("discovery", message("Discovery_Request"), headers={"X-TAXII-Content-Type": "urn:taxii.mitre.org:message:xml:1.0"}))[0] == "UNSUPPORTED_MESSAGE"
    assert said(call("discovery", message("Discovery_Request"), headers={"X-TAXII-Content-Type": None}))[0] == "BAD_MESSAGE"
    assert call("poll", None, method="GET").status == 405
    assert said(call("poll", f'<t:Poll_Request xmlns:t="{NS}" collection_name="members"><t:Poll_Parameters/></t:Poll_Request>'))[0] == "BAD_MESSAGE"


@promise
def polled():
    """what was published is polled as STIX 1.2, by range of time and as unread; a range gone wrong is 0308"""
    first = advisory(centre, "第一份 <&>")
    a = poll()
    blocks = list(a.xml.iter(T + "Content_Block"))
    assert len(blocks) == 1 and blocks[0].find(T + "Content_Binding").get("binding_id") == STIX12, a.body
    package = blocks[0].find(T + "Content")[0]
    assert package.tag == "{http://stix.mitre.org/stix-1}STIX_Package" and package.get("version") == "1.2"
    assert package.find("{http://stix.mitre.org/stix-1}STIX_Header/{http://stix.mitre.org/stix-1}Description").text == "第一份 <&>"
    assert first.split("--")[1] in ET.tostring(package).decode()
    end = a.xml.find(T + "Inclusive_End_Timestamp").text
    assert blocks[0].find(T + "Timestamp_Label").text <= end
    assert not list(poll(begin=end).xml.iter(T + "Content_Block"))
    assert len(list(poll("unread:members").xml.iter(T + "Content_Block"))) == 1
    assert not list(poll("unread:members").xml.iter(T + "Content_Block"))
    advisory(centre, "第二份")
    again = poll("unread:members")
    assert "第二份" in again.body.decode() and "第一份" not in again.body.decode()
    later = poll(begin=end)
    assert "第二份" in later.body.decode() and "第一份" not in later.body.decode()
    assert poll(parameters="<t:Response_Type>COUNT_ONLY</t:Response_Type>").xml.find(T + "Record_Count").text == "2"
    assert said(poll(begin="2026-11-20T00:00:00Z", end="2026-11-19T00:00:00Z"))[:2] == ("FAILURE", "0308")
    assert said(poll(begin="2199-01-01T00:00:00Z"))[1] == "0308"
    assert said(poll("unread:members", begin=end))[1] == "0308"
    assert said(poll("nowhere"))[:2] == ("NOT_FOUND", "0203")
    assert said(poll("library"))[1] == "0203", "a member fetches from its outbox alone"
    a = poll(parameters='<t:Content_Binding binding_id="urn:other"/>')
    assert a.xml.get("status_type") == "UNSUPPORTED_CONTENT"
    assert said(poll(begin="2026-11-20 00:00:00"))[0] == "BAD_MESSAGE"


@promise
def secret():
    """what the account may not have is not polled: RED stays here"""
    advisory(centre, "紅色", tlp="red")
    assert "紅色" not in poll().body.decode() and "紅色" not in poll("unread:members").body.decode()


@promise
def parts():
    """many items come in parts, each once, whether the client keeps the first result's id or takes the newest"""
    for i in range(60):
        advisory(centre, f"多份 {i:03}")
    for keep in (False, True):
        a, titles, part, first = poll(), [], 1, None
        while True:
            titles += re.findall(r"<stix:Description>([^<]*)<", a.body.decode())
            assert a.xml.get("result_part_number") == str(part)
            if a.xml.get("more") != "true":
                break
            first = first or a.xml.get("result_id")
            part += 1
            a = call("poll", message("Poll_Fulfillment", collection_name="members", result_id=first if keep else a.xml.get("result_id"), result_part_number=part))
            assert a.xml.tag == T + "Poll_Response", a.body
        assert part == 2 and len(titles) == len(set(titles)) == 62, (part, len(titles))
    assert said(call("poll", message("Poll_Fulfillment", collection_name="members", result_id="urn:x", result_part_number=2)))[0] == "NOT_FOUND"
    assert said(call("poll", message("Poll_Fulfillment", collection_name="members", result_id=first, result_part_number=9)))[0] == "INVALID_RESPONSE_PART"
    a = call("poll", message("Poll_Fulfillment", collection_name="members", result_id=first, result_part_number=3))
    assert a.xml.tag == T + "Poll_Response" and not list(a.xml.iter(T + "Content_Block")), "the part behind the last one is empty"


def feed(name, service, format, **more):
    body = {"name": name, "url": f"https://{address(centre)}/taxii1/{service}/", "format": format, "private": True, "every": "0", "auth": "basic",
            "login": "sector", "secret": PASSWORD, "pin": own_pin(centre), **more}
    r = node.local("POST", "/api/v1/feeds", body)
    assert r.status == 201, r.body
    return r.json["id"]


def run(id):
    before = node.local("GET", f"/api/v1/feeds/{id}").json
    assert node.local("POST", f"/api/v1/feeds/{id}/run", {}).status in (200, 202, 204)

    def over():
        f = node.local("GET", f"/api/v1/feeds/{id}").json
        return (f.get("ok"), f["failures"]) != (before.get("ok"), before["failures"]) and f
    return until("the run is over", over, 30)


@promise
def two_nodes():
    """a node polls a centre by discovery over mutual TLS, with its own certificate, and has all that is there once"""
    account("sector", client_pin(node))
    id = feed("centre", "discovery", "taxii1", collection="library", mapping="collection = members")
    f = run(id)
    assert f["state"] == "ok" and f["last"]["refused"] == 0, f
    found = node.local("GET", "/api/v1/objects?type=report&limit=200").json["items"]
    assert len(found) == 62, len(found)
    f = run(id)
    assert f["state"] == "ok", f
    assert len(node.local("GET", "/api/v1/objects?type=report&limit=200").json["items"]) == 62
    advisory(centre, "之後的一份")
    f = run(id)
    assert f["last"]["new"] >= 1, f
    assert len(node.local("GET", "/api/v1/objects?type=report&limit=200").json["items"]) == 63


@promise
def pushed():
    """a node sends what it published to the centre's inbox, once, and never what came from a centre"""
    mine = advisory(node, "地方的入侵")
    id = feed("up", "discovery", "taxii1-push", collection="members", tlp="green", mapping="collection = library")
    f = run(id)
    assert f["state"] == "ok" and f["last"]["new"] == 1, f
    r = centre.local("GET", f"/api/v1/objects/{mine}")
    assert r.status == 200 and "地方的入侵" in r.body.decode(), r.body
    run(id)
    assert centre.local("GET", "/api/v1/national").json["items"][-1]["taken"] == 1


@promise
def five():
    """the exchange of the five types: each goes from a node to the centre and from the centre to a node as STIX 1.2 over TAXII 1.1, and is there as its type with what was written"""
    forms = {"ANA": {"category": "statistics", "values": ["198.51.100.21"]}, "DEF": {"page": ["https://www.victim.example/"], "happened_at": "2026-11-18T02:00:00Z"},
             "INT": {"values": ["198.51.100.23"]}, "EWA": {"measures": "更新並封鎖", "values": ["198.51.100.24"]}}
    asked = advisory(centre, "請回覆的預警", "EWA", measures="更新")
    down = next(f["id"] for f in node.local("GET", "/api/v1/feeds").json["items"] if f["name"] == "centre")
    up = next(f["id"] for f in node.local("GET", "/api/v1/feeds").json["items"] if f["name"] == "up")
    assert run(down)["state"] == "ok"
    forms["FBI"] = {"reply_to": asked, "verdict": "confirmed", "measures": "已封鎖"}
    for frm, to, feed_of in ((node, centre, up), (centre, node, down)):
        sent = {kind: advisory(frm, f"{kind} 測試", kind, **form) for kind, form in forms.items() if not (kind == "FBI" and frm is centre)}
        f = run(feed_of)
        assert f["state"] == "ok", f
        for kind, id in sent.items():
            r = to.local("GET", f"/api/v1/objects/{id}")
            assert r.status == 200, (kind, r.status, f)
            body = r.body.decode()
            assert f"{kind} 測試" in body and f"intelligence-type:{kind}" in body, (kind, body[:600])
            for value in forms[kind].get("values", []) + forms[kind].get("page", []):
                assert to.local("GET", f"/api/v1/objects?value={urllib.parse.quote(value, safe='')}").json["items"], (kind, value)
    f = run(up)
    assert f["state"] == "ok" and f["last"]["new"] == 0 and f["last"]["refused"] == 0, f


@promise
def ill():
    """a centre that refuses makes the feed ill with its result code and sentence"""
    assert centre.local("PUT", "/api/v1/national/sector", {"code": "DCN-sector", "pin": "00" * 32}).status == 200
    f = run(feed("wrong", "poll", "taxii1", collection="library"))
    assert f["state"] == "failing" and "0202" in f["trouble"], f
    assert centre.local("DELETE", "/api/v1/national/sector").status == 204
    assert centre.local("DELETE", "/api/v1/national/sector").status == 404


done()
