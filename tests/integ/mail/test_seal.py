#!/usr/bin/env python3
"""Mail that goes out signed and encrypted, read by gpg and openssl as its receivers read it; and what never goes in the clear."""
import email
import email.policy
import json
import pathlib
import signal
import subprocess
import sys
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "lib"))
from lf import *
from mailserver import MailServer, certificate
from sealer import Gpg, run, smime

home = scratch()
context, pin = certificate(home)
mail = MailServer(context)
gpg = Gpg()
NODE = "node@cert.example"
own_pgp = gpg.make(NODE, algo="rsa3072", name="測試節點")
(home / "node.asc").write_text(gpg.secret(NODE))
own_pem, own_cert, own_print = smime(home, NODE)
(home / "node.pem").write_text(own_pem)
(home / "node.crt").write_text(own_cert)


def settings(sign="prefer", encrypt="prefer", pgp=True, cms=True, frm=NODE):
    return (f"[mail]\nserver = smtps://127.0.0.1:{mail.port}\nfrom = {frm}\npin = {pin}\nsign = {sign}\nencrypt = {encrypt}\n"
            + (f"openpgp_key = {home}/node.asc\n" if pgp else "") + (f"smime_key = {home}/node.pem\n" if cms else ""))


def call(node, method, path, body=None, status=(200, 201, 202, 204)):
    a = node.local(method, path, body)
    assert a.status in ((status,) if isinstance(status, int) else status), (path, a.status, a.body)
    return a.json if a.body else None


def node_with(**how):
    n = Node.serve(scratch(), settings(**how), tier="sector")
    n.unit = call(n, "POST", "/api/v1/units", {"name": "水利署", "tenant": "self"})["id"]
    return n


def contact(n, name, address, key=None, **more):
    id = call(n, "POST", f"/api/v1/units/{n.unit}/contacts", {"name": name, "email": address, **more})["id"]
    if key:
        call(n, "POST", f"/api/v1/contacts/{id}/keys", {"key": key}, 201)
    return id


def told(n, title):
    """The deliveries of a notice to try, once all are over; the first contact alone is called."""
    id = call(n, "POST", "/api/v1/notices/test", {"title": title})["id"]

    def over():
        x = call(n, "GET", f"/api/v1/notices/{id}")
        d = [d for c in x["calls"] for d in c["deliveries"]]
        return d if d and all(x["state"] != "waiting" for x in d) else None
    return until("sent", over)


def letter_about(title, n):
    was = len(mail.raws)
    d = told(n, title)
    return (mail.raws[was] if len(mail.raws) > was else None), d


def split(raw):
    """The parts of a multipart as RFC 2046 has them: the line end before a delimiter is the delimiter's."""
    m = email.message_from_bytes(raw, policy=email.policy.default)
    b = b"\r\n--" + m.get_boundary().encode()
    body = b"\r\n" + raw.split(b"\r\n\r\n", 1)[1]
    return m, [p[2:] for p in body.split(b)[1:-1]]


def pgp_open(raw):
    """What gpg makes of a PGP/MIME message: its content, and what it says."""
    m, p = split(raw)
    assert m.get_content_type() == "multipart/encrypted" and m.get_param("protocol") == "application/pgp-encrypted", m.get_content_type()
    assert p[0].split(b"\r\n\r\n", 1)[1].strip() == b"Version: 1", p[0]
    r = gpg("--status-fd", "2", "--decrypt", input=p[1].split(b"\r\n\r\n", 1)[1])
    return m, r.stdout, r.stderr.decode(errors="replace")


def cms_open(raw, who):
    """What openssl makes of an enveloped message."""
    (home / "in.eml").write_bytes(raw)
    return run("openssl", "cms", "-decrypt", "-in", home / "in.eml", "-inkey", home / f"{who}.key", "-recip", home / f"{who}.crt").stdout


def cms_check(entity, cert):
    (home / "signed.eml").write_bytes(entity)
    return run("openssl", "cms", "-verify", "-in", home / "signed.eml", "-CAfile", cert, "-purpose", "any", "-no_check_time", ok=False)


node = node_with()


@promise
def pgp_signed_and_encrypted():
    """gpg decrypts a notice and finds the node's signature good; outside nothing but addresses is said, and the delivery names both keys"""
    gpg.make("ann@water.example", name="安")
    id = contact(node, "安", "ann@water.example", gpg.public("ann@water.example"))
    raw, d = letter_about("水壓 secret-title", node)
    m, plain, said = pgp_open(raw)
    assert "GOODSIG" in said and own_pgp.upper() in said, said
    assert m["Subject"] == "[...]" and b"secret-title" not in raw and "水壓".encode() not in raw
    inner = email.message_from_bytes(plain, policy=email.policy.default)
    assert "水壓 secret-title" in inner["Subject"] and inner["To"] == "ann@water.example" and inner.get_content_type() == "text/plain", plain
    assert inner.get_param("hp") == "cipher" and "Subject: [...]" in inner.get_all("HP-Outer"), plain
    assert inner.get_content().startswith("Subject: ") and "secret-title" in inner.get_content()
    assert b"=E6" not in raw and m["Message-ID"] == inner["Message-ID"]
    assert d[0]["sealed_by"] == "openpgp" and d[0]["signed_by"] == own_pgp and d[0]["encrypted_to"] == gpg.fingerprint("ann@water.example"), d
    call(node, "DELETE", f"/api/v1/contacts/{id}")


@promise
def rsa_keys_too():
    """the same to an RSA key of gpg's usual make"""
    gpg.make("rsa@water.example", algo="rsa3072")
    gpg("--quick-add-key", gpg.fingerprint("rsa@water.example"), "rsa3072", "encr", "never")
    id = contact(node, "R", "rsa@water.example", gpg.public("rsa@water.example"))
    raw, _ = letter_about("to rsa", node)
    m, plain, said = pgp_open(raw)
    assert "GOODSIG" in said and b"to rsa" in email.message_from_bytes(plain, policy=email.policy.default)["Subject"].encode()
    call(node, "DELETE", f"/api/v1/contacts/{id}")


@promise
def smime_signed_and_encrypted():
    """openssl decrypts the same and verifies the signature, for RSA and for elliptic curves"""
    for algo in ("rsa", "ec"):
        _, cert, fingerprint = smime(home, f"bob{algo}@water.example", algo=algo)
        id = contact(node, "Bob", f"bob{algo}@water.example", cert)
        raw, d = letter_about("envelope " + algo, node)
        m = email.message_from_bytes(raw, policy=email.policy.default)
        assert m.get_content_type() == "application/pkcs7-mime" and m.get_param("smime-type") == "enveloped-data" and m["Subject"] == "[...]"
        inner = cms_open(raw, f"bob{algo}-{algo}-30")
        r = cms_check(inner, home / "node.crt")
        assert r.returncode == 0, r.stderr
        got = email.message_from_bytes(r.stdout, policy=email.policy.default)
        assert "envelope " + algo in got["Subject"] and got.get_param("hp") == "cipher", r.stdout
        assert d[0]["sealed_by"] == "smime" and d[0]["signed_by"] == own_print and d[0]["encrypted_to"] == fingerprint, d
        call(node, "DELETE", f"/api/v1/contacts/{id}")


@promise
def signed_alone():
    """without a key of the receiver mail is signed alone: by the certificate, or where there is none by OpenPGP; a changed byte is found"""
    id = contact(node, "Cy", "cy@water.example")
    raw, d = letter_about("clear words", node)
    r = cms_check(raw, home / "node.crt")
    assert r.returncode == 0 and d[0]["sealed_by"] == "smime" and "encrypted_to" not in d[0], (r.stderr, d)
    m = email.message_from_bytes(raw, policy=email.policy.default)
    assert m.get_content_type() == "multipart/signed" and "clear words" in m["Subject"]
    body = split(raw)[1][0]
    spot = raw.index(body) + len(body) - 20
    assert cms_check(raw[:spot] + bytes([raw[spot] ^ 1]) + raw[spot + 1:], home / "node.crt").returncode != 0
    call(node, "DELETE", f"/api/v1/contacts/{id}")
    other = node_with(cms=False)
    contact(other, "Cy", "cy@water.example")
    raw, d = letter_about("clear words", other)
    m, (body, signature) = split(raw)
    assert m.get_content_type() == "multipart/signed" and m.get_param("micalg") == "pgp-sha256" and d[0]["signed_by"] == own_pgp, d
    (home / "sig.asc").write_bytes(signature.split(b"\r\n\r\n", 1)[1])
    assert b"GOODSIG" in gpg("--status-fd", "2", "--verify", home / "sig.asc", "-", input=body).stderr
    assert b"BADSIG" in gpg("--status-fd", "2", "--verify", home / "sig.asc", "-", input=body.replace(b"hp=", b"hq="), ok=False).stderr
    other.close()


@promise
def keys_are_looked_at():
    """a key that has ended, was revoked, is another address's, is secret, is none, or is too large is refused with one sentence"""
    id = contact(node, "Dee", "dee@water.example")
    gpg.make("late@water.example", until="seconds=60", at="20250101T000000")
    gpg.make("gone@water.example")
    revoked = gpg.fingerprint("gone@water.example")
    gpg.revoke(revoked)
    gpg.make("dee@water.example")
    wrong = smime(home, "other@water.example")[1]
    for address, key, says in (("late@water.example", gpg.public("late@water.example"), "ended"), ("gone@water.example", gpg.public(revoked), "revoked"),
                               ("dee@water.example", gpg.public("ann@water.example"), "not of dee@water.example"), ("dee@water.example", wrong, "not of dee@water.example"),
                               ("dee@water.example", gpg.secret("dee@water.example"), "secret"), ("dee@water.example", "hello", "no OpenPGP key"),
                               ("dee@water.example", gpg.public("dee@water.example") + gpg.public("ann@water.example"), "one at a time"),
                               ("dee@water.example", "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n", "no certificate"),
                               ("dee@water.example", "x" * (65 << 10), "64 KiB"), ("dee@water.example", "", "empty")):
        call(node, "PUT", f"/api/v1/contacts/{id}", {"email": address})
        a = node.local("POST", f"/api/v1/contacts/{id}/keys", {"key": key})
        assert a.status in (400, 413) and says in a.json["detail"], (says, a.status, a.body)
    assert call(node, "GET", f"/api/v1/contacts/{id}/keys")["items"] == []
    # What ended after it was entered, and what moved, is shown and not used.
    call(node, "PUT", f"/api/v1/contacts/{id}", {"email": "dee@water.example"})
    k = call(node, "POST", f"/api/v1/contacts/{id}/keys", {"key": gpg.public("dee@water.example")}, 201)
    assert k["fingerprint"] == gpg.fingerprint("dee@water.example") and k["addresses"] == ["dee@water.example"]
    again = call(node, "POST", f"/api/v1/contacts/{id}/keys", {"key": gpg.public("dee@water.example")}, 201)
    items = call(node, "GET", f"/api/v1/contacts/{id}/keys")["items"]
    assert [x["id"] for x in items] == [again["id"]] and items[0]["state"] == "good", items
    call(node, "PUT", f"/api/v1/contacts/{id}", {"email": "moved@water.example"})
    assert call(node, "GET", f"/api/v1/contacts/{id}/keys")["items"][0]["state"] == "elsewhere"
    raw, d = letter_about("moved", node)
    assert "encrypted_to" not in d[0], d
    out = subprocess.run([BIN, "contact", "keys", "--data", node.directory / "data", id], capture_output=True, text=True)
    assert out.returncode == 0 and again["id"] in out.stdout, out
    call(node, "POST", "/api/v1/users", {"name": "ann", "roles": "analyst,reviewer,reader", "password": "correct horse battery"})
    token = call(node, "POST", "/api/v1/tokens", {"account": "ann", "label": "ann's", "roles": "analyst,reviewer,reader"})["token"]
    for lang in ("zh-TW", "en"):
        for path, has in ((f"/contacts/{id}/keys", again["fingerprint"][:4]), ("/mail-seal", "BEGIN PGP PUBLIC KEY"), (f"/contacts/{node.unit}", f"/contacts/{id}/keys")):
            page = node.get(path + "?lang=" + lang, headers={"Authorization": "Bearer " + token, "Accept": "text/html"})
            assert page.status == 200 and has in page.body.decode(), (path, page.status)
    page = node.local("GET", f"/api/v1/mail-seal").json
    assert {k["kind"] for k in page["keys"]} == {"openpgp", "smime"} and page["sign"] == "prefer" and page["mail"]["signed"] > 0, page
    assert "BEGIN PGP PUBLIC KEY" in page["keys"][0]["public"] and "PRIVATE" not in str(page)
    call(node, "POST", f"/api/v1/contacts/{id}/keys/remove", {"key": again["id"]})
    call(node, "DELETE", f"/api/v1/contacts/{id}")


@promise
def required_never_in_the_clear():
    """where encryption is required, who has no key gets a notice without content that is signed and counted; a letter by a person stays here"""
    strict = node_with(encrypt="require", sign="require")
    id = contact(strict, "Eve", "eve@water.example")
    raw, d = letter_about("verysecret 機密", strict)
    m = email.message_from_bytes(raw, policy=email.policy.default)
    text = m.get_body(("plain",)).get_content() if not m.is_multipart() else next(p for p in m.walk() if p.get_content_type() == "text/plain").get_content()
    assert b"verysecret" not in raw and "機密" not in text and "機密" not in m["Subject"] and "登入" in text, text
    assert d[0]["state"] == "sent" and d[0]["without_content"] is True and cms_check(raw, home / "node.crt").returncode == 0, d
    assert call(strict, "GET", "/api/v1/mail-seal")["mail"]["without_content"] == 1
    incident = call(strict, "POST", "/api/v1/incidents", {"title": "網站遭入侵", "level": 2, "observables": [{"type": "ipv4-addr", "value": "192.0.2.1"}]})["id"]
    ref = call(strict, "POST", f"/api/v1/incidents/{incident}/referrals", {"kind": "operator", "recipient": "小網公司", "text": "請協助處理。", "source": "192.0.2.1",
                                                                        "port": "4444", "seen": "2026-03-01T01:00:00Z", "mail": "abuse@small.example"})["id"]
    seen = call(strict, "GET", f"/api/v1/referrals/{ref}/letter")
    was = len(mail.raws)
    a = strict.local("POST", f"/api/v1/referrals/{ref}/letter", {"seal": seen["seal"]})
    assert a.status == 409 and "no key of abuse@small.example" in a.json["detail"], a.body
    gpg.make("abuse@small.example")
    contact(strict, "abuse desk", "abuse@small.example", gpg.public("abuse@small.example"))
    a = strict.local("POST", f"/api/v1/referrals/{ref}/letter", {"seal": seen["seal"]})
    assert a.status in (200, 201, 202), a.body
    raw = until("the letter", lambda: next((x for x in mail.raws[was:] if b"abuse@small" in x), None))
    _, plain, said = pgp_open(raw)
    inner = email.message_from_bytes(plain, policy=email.policy.default)
    assert "GOODSIG" in said and inner.get_content_type() == "multipart/mixed" and b"192.0.2.1" not in raw
    sent = call(strict, "GET", f"/api/v1/referrals/{ref}/letters")["items"][0]
    assert sent["encrypted_to"] == gpg.fingerprint("abuse@small.example"), sent
    strict.close()


@promise
def every_door():
    """a digest and an invitation to a meeting go the same way: encrypted to whom they are for, the calendar file within, and each says how it went"""
    gpg.make("hal@water.example")
    id = contact(node, "Hal", "hal@water.example", gpg.public("hal@water.example"))
    call(node, "POST", "/api/v1/users", {"name": "hal", "roles": "analyst,share", "password": "correct horse battery"})
    digest = call(node, "POST", "/api/v1/digests", {"account": "hal", "address": "hal@water.example", "language": "en"})["id"]
    token = call(node, "POST", "/api/v1/tokens", {"account": "hal", "label": "h", "roles": "analyst,share"})["token"]
    at = "2026-11-20T00:00:00.000Z"
    take = {"Accept": "application/taxii+json;version=2.1", "Content-Type": "application/taxii+json;version=2.1", "Authorization": "Bearer " + token}
    where = node.get("/taxii2/", headers=take).json["default"]
    where = "/" + where.split("/", 3)[3] if where.startswith("http") else where
    library = next(c for c in node.get(where + "collections/", headers=take).json["collections"] if c.get("alias") == "library")["id"]
    one = {"type": "vulnerability", "spec_version": "2.1", "id": "vulnerability--5b1f7c6e-0a4d-4f3b-9a57-1d2c8e6f4b91", "created": at, "modified": at, "name": "CVE-2026-7777"}
    assert node.post(f"{where}collections/{library}/objects/", json.dumps({"objects": [one]}).encode(), headers=take).status == 202
    was = len(mail.raws)
    call(node, "POST", f"/api/v1/digests/{digest}/now")
    raw = until("the digest", lambda: next((x for x in mail.raws[was:] if b"To: hal@" in x), None))
    _, plain, said = pgp_open(raw)
    inner = email.message_from_bytes(plain, policy=email.policy.default)
    assert "GOODSIG" in said and b"7777" not in raw and "7777" in inner.get_content() and "digest" in inner["Subject"], plain
    sent = until("it is said", lambda: (x := call(node, "GET", f"/api/v1/digests/{digest}")["sent"]) and x[0]["state"] == "sent" and x[0])
    assert sent["encrypted_to"] == gpg.fingerprint("hal@water.example") and sent["signed_by"] == own_pgp, sent
    was = len(mail.raws)
    day = time.strftime("%Y-%m-%d", time.gmtime(time.time() + 2 * 86400))
    call(node, "POST", "/api/v1/meetings", {"title": "secret meeting", "begins": f"{day}T14:00", "ends": f"{day}T15:00", "place": "room", "convener": "Hal", "guests": "Hal"})
    raw = until("the invitation", lambda: next((x for x in mail.raws[was:] if b"To: hal@" in x), None))
    _, plain, said = pgp_open(raw)
    inner = email.message_from_bytes(plain, policy=email.policy.default)
    assert "GOODSIG" in said and any(p.get_content_type() == "text/calendar" for p in inner.walk()) and b"secret meeting" not in raw and b"VCALENDAR" not in raw
    call(node, "DELETE", f"/api/v1/contacts/{id}")


@promise
def stricter_settings_hold_what_waits():
    """mail that was made before the settings asked for encryption does not leave after"""
    mail.replies["MAIL"] = "451 later"
    n = node_with(sign="off", encrypt="off")
    contact(n, "Fay", "fay@water.example")
    id = call(n, "POST", "/api/v1/notices/test", {"title": "waits in the clear"})["id"]
    until("tried", lambda: any(d["tries"] for c in call(n, "GET", f"/api/v1/notices/{id}")["calls"] for d in c["deliveries"]))
    n.close()
    del mail.replies["MAIL"]
    was = len(mail.raws)
    ini = n.directory / "lianfang.ini"
    ini.write_text(ini.read_text().replace("encrypt = off", "encrypt = require").replace("sign = off", "sign = prefer"))
    n = Node.serve(n.directory)
    d = until("it fails", lambda: [d for c in call(n, "GET", f"/api/v1/notices/{id}")["calls"] for d in c["deliveries"] if d["state"] == "failed"], limit=30)
    assert "before the settings asked for encryption" in d[0]["told"] and len(mail.raws) == was, d
    n.close()


@promise
def killed_between():
    """kill -9 between sealing and sending: the same sealed message goes out afterwards, once"""
    mail.replies["MAIL"] = "451 later"
    n = node_with(encrypt="require")
    gpg.make("gil@water.example")
    contact(n, "Gil", "gil@water.example", gpg.public("gil@water.example"))
    id = call(n, "POST", "/api/v1/notices/test", {"title": "killed"})["id"]
    until("tried", lambda: any(d["tries"] for c in call(n, "GET", f"/api/v1/notices/{id}")["calls"] for d in c["deliveries"]))
    os.kill(n.process.pid, signal.SIGKILL)
    n.process.wait()
    was = len(mail.raws)
    del mail.replies["MAIL"]
    n = until("it is back", lambda: Node.serve(n.directory))
    d = until("sent", lambda: [d for c in call(n, "GET", f"/api/v1/notices/{id}")["calls"] for d in c["deliveries"] if d["state"] == "sent"], limit=60)
    _, plain, said = pgp_open(mail.raws[was])
    assert "GOODSIG" in said and b"killed" not in mail.raws[was] and "killed" in email.message_from_bytes(plain, policy=email.policy.default)["Subject"]
    assert len(mail.raws) == was + 1 and d[0]["encrypted_to"] == gpg.fingerprint("gil@water.example")
    n.close()


@promise
def settings_that_cannot_be():
    """a node does not start with a key of another address, with a passphrase, of the other kind, or with signing required and no key"""
    gpg.make("else@cert.example")
    (home / "else.asc").write_text(gpg.secret("else@cert.example"))
    run("openssl", "pkey", "-in", home / "node.pem", "-aes256", "-passout", "pass:x", "-out", home / "locked.key")
    (home / "locked.pem").write_text((home / "locked.key").read_text() + own_cert)
    for text, says in ((settings(pgp=False, cms=False, sign="require"), "sign is require"), (settings(cms=False).replace("node.asc", "else.asc"), "no key of node@cert.example"),
                       (settings(pgp=False).replace("node.pem", "locked.pem"), "without a passphrase"), (settings(cms=False).replace("node.asc", "node.pem"), "other kind"),
                       (settings(cms=False).replace("node.asc", "missing.asc"), "missing.asc")):
        try:
            Node.serve(scratch(), text)
            raise SystemError("it started: " + says)
        except AssertionError as e:
            assert says in str(e), (says, str(e))


done()
