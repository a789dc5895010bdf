#!/usr/bin/env python3
"""A program's certificate opens an account for TAXII: mutual TLS at the port where nodes connect."""
import json
import pathlib
import ssl
import subprocess
import sys
import urllib.error
import urllib.request

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "lib"))
from lf import *

TYPE = "application/taxii+json;version=2.1"
node = Node.throwaway()
DATA = str(pathlib.Path(node.info["local"]).parent)
room = pathlib.Path(scratch())


def certificate(name, days=30):
    subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-subj", "/CN=" + name,
                    "-days", str(days), "-keyout", room / f"{name}.key", "-out", room / f"{name}.crt"], check=True, capture_output=True)
    return (room / f"{name}.crt").read_text()


def ask(name, path, method="GET", body=None, headers=None):
    c = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    c.check_hostname, c.verify_mode = False, ssl.CERT_NONE
    if name:
        c.load_cert_chain(room / f"{name}.crt", room / f"{name}.key")
    r = urllib.request.Request(node.info["peer"] + path, data=body, method=method,
                               headers={"Accept": TYPE, "Content-Type": TYPE, **(headers or {})})
    try:
        with urllib.request.urlopen(r, context=c, timeout=30) as a:
            return Answer(a.status, a.headers, a.read())
    except urllib.error.HTTPError as e:
        return Answer(e.code, e.headers, e.read())


def bind(text, label, roles="share", account="partner", **more):
    return node.local("POST", "/api/v1/tokens", {"account": account, "label": label, "roles": roles, "certificate": text, **more})


for who, roles in (("partner", "share"), ("viewer", "reader")):
    a = node.local("POST", "/api/v1/users", {"name": who, "display": who, "password": "a long password " + who, "roles": roles})
    assert a.status in (200, 201), a.body


@promise
def opens():
    """with its key a client has what the account may have by TAXII, and nothing else is at that door for it"""
    assert ask(None, "/taxii2/").status in (401, 403)
    pem = certificate("gate")
    assert ask("gate", "/taxii2/").status == 401
    a = bind(pem, "gate")
    assert a.status == 201 and "token" not in a.json, a.body
    assert ask("gate", "/taxii2/").json["default"] == "/taxii2/root/"
    rights = {c.get("alias"): (c["can_read"], c["can_write"]) for c in ask("gate", "/taxii2/root/collections/").json["collections"]}
    assert rights["rw"] == (True, True) and rights["ro"] == (True, False) and "none" not in rights, rights
    tool = {"type": "tool", "spec_version": "2.1", "id": "tool--00000000-0000-4000-8000-000000000001", "created": "2026-01-01T00:00:00.000Z",
            "modified": "2026-01-01T00:00:00.000Z", "name": "by certificate"}
    assert ask("gate", "/taxii2/root/collections/rw/objects/", "POST", json.dumps({"objects": [tool]}).encode()).status == 202
    assert ask("gate", "/taxii2/root/collections/rw/objects/?match[id]=" + tool["id"]).json["objects"] == [tool]
    for path in ("/api/v1/incidents", "/", "/misp/events/index"):
        assert ask("gate", path).status == 404, path
    listed, = [t for t in node.local("GET", "/api/v1/tokens?account=partner").json["items"] if t["label"] == "gate"]
    assert len(listed["key"]) == 64 and listed["expires"], listed
    assert node.request("GET", "/taxii2/", auth=False, headers={"Accept": TYPE, "Authorization": "Bearer key:" + listed["key"]}).status == 401
    assert any(e["action"] == "token.create" for e in node.local("GET", "/api/v1/audit?limit=50").json["items"])


@promise
def less():
    """it has the roles it was given and its account has, and no more"""
    assert bind(certificate("reads"), "reads", "reader", "viewer").status == 201
    assert ask("reads", "/taxii2/root/collections/rw/objects/").status == 200
    assert ask("reads", "/taxii2/root/collections/rw/objects/", "POST", b'{"objects":[]}').status == 403
    assert bind(certificate("more"), "more", "admin", "viewer").status == 403


@promise
def by_whom():
    """only an administrator binds one: nobody makes another's programs act for his own account"""
    pem = certificate("stranger")
    for who, status in (("partner", 403), ("boss", 201)):
        if who == "boss":
            made = node.local("POST", "/api/v1/users", {"name": who, "display": who, "password": "a long password " + who, "roles": "admin,share"})
            assert made.status in (200, 201), made.body
        session = node.request("POST", "/api/v1/session", {"user": who, "password": "a long password " + who}, auth=False)
        assert session.status == 201, session.body
        cookie = session.headers["Set-Cookie"].split(";")[0]
        token = session.json["csrf"]
        a = node.request("POST", "/api/v1/tokens", {"label": "of " + who, "roles": "share", "certificate": pem}, auth=False,
                         headers={"Cookie": cookie, "X-CSRF-Token": token})
        assert a.status == status, (who, a.status, a.body)


@promise
def refused():
    """what is no certificate, has ended, sends logs or is in use already is refused with its reason"""
    key = (room / "gate.key").read_text()
    for text, label, roles, status, said in ((key, "k", "share", 400, "not its key"), ("", "e", "share", 400, "no certificate"),
                                             ((room / "gate.crt").read_text(), "again", "share", 409, "already"),
                                             (certificate("logs"), "logs", "sender", 400, "log senders")):
        a = bind(text, label, roles)
        assert a.status == status and said in a.json["detail"], (label, a.status, a.body)
    subprocess.run(["openssl", "req", "-new", "-key", room / "gate.key", "-subj", "/CN=old", "-out", room / "old.csr"], check=True, capture_output=True)
    subprocess.run(["openssl", "x509", "-req", "-in", room / "old.csr", "-signkey", room / "logs.key", "-days", "-1", "-out", room / "old.crt"],
                   check=False, capture_output=True)
    old = (room / "old.crt").read_text() if (room / "old.crt").exists() else ""
    if old:
        a = bind(old, "old")
        assert a.status in (400, 409), a.body


@promise
def ends():
    """it is shut out with its token, and with its account, at once"""
    listed, = [t for t in node.local("GET", "/api/v1/tokens?account=partner").json["items"] if t["label"] == "gate"]
    assert node.local("DELETE", "/api/v1/tokens/" + listed["id"]).status == 204
    assert ask("gate", "/taxii2/").status == 401
    assert bind((room / "gate.crt").read_text(), "gate again").status == 201
    assert ask("gate", "/taxii2/").status == 200


@promise
def by_hand():
    """the command line binds it from a file"""
    certificate("typed")
    r = subprocess.run([BIN, "token", "certificate", "--data", DATA, "partner", "typed", "share", room / "typed.crt"], capture_output=True, text=True)
    assert r.returncode == 0, r.stderr
    assert ask("typed", "/taxii2/").status == 200


node.close()
done()
