#!/usr/bin/env python3
"""Mail that comes in signed or encrypted by gpg and openssl: verified against contacts' keys, opened by the node's, whatever else is in it bounded."""
import base64
import email
import email.message
import email.mime.application
import email.mime.multipart
import email.mime.text
import email.policy
import email.utils
import hashlib
import pathlib
import sys
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "lib"))
from lf import *
from sealer import Gpg, run, smime

home = scratch()
gpg = Gpg()
NODE = "cert@desk.example"
gpg.make(NODE)
(home / "node.asc").write_text(gpg.secret(NODE))
own_pem, own_cert, _ = smime(home, NODE)
(home / "node.pem").write_text(own_pem)
(home / "node.crt").write_text(own_cert)
desk = Node.serve(scratch(), f"[mail]\nfrom = {NODE}\nopenpgp_key = {home}/node.asc\nsmime_key = {home}/node.pem\n", tier="sector")


def call(method, path, body=None, status=(200, 201, 204)):
    r = desk.local(method, path, body)
    assert r.status in ((status,) if isinstance(status, int) else status), (method, path, r.status, r.body.decode())
    return r.json if r.body else None


def take(raw):
    r = desk.local("POST", "/api/v1/mail", raw, kind="message/rfc822")
    assert r.status in (200, 201), r.body
    return call("GET", "/api/v1/mail/" + r.json["id"])


unit = call("POST", "/api/v1/units", {"name": "水利署", "tenant": "self"})["id"]


def contact(name, address, *keys):
    id = call("POST", f"/api/v1/units/{unit}/contacts", {"name": name, "email": address})["id"]
    for key in keys:
        call("POST", f"/api/v1/contacts/{id}/keys", {"key": key}, 201)
    return id


gpg.make("ann@water.example", name="安")
gpg.make("eve@water.example")
ann_pem, ann_cert, ann_print = smime(home, "ann@water.example")
ann = contact("安", "ann@water.example", gpg.public("ann@water.example"), ann_cert)
serial = 0


def entity(text="水壓異常 pressure\n", **fields):
    m = email.message.EmailMessage(policy=email.policy.SMTP)
    m.set_content(text, cte="base64")
    for k, v in fields.items():
        m[k.replace("_", "-")] = v
    return bytes(m).replace(b"MIME-Version: 1.0\r\n", b"")


def outer(sender, kind, body, subject="outside"):
    global serial
    serial += 1
    return (f"From: {sender}\r\nTo: {NODE}\r\nSubject: {subject}\r\nDate: {email.utils.formatdate()}\r\nMessage-ID: <s{serial}@water.example>\r\nMIME-Version: 1.0\r\n"
            f"Content-Type: {kind}\r\n").encode() + body


def pgp_signed(body, who="ann@water.example", sender="安 <ann@water.example>", at=None, subject="outside"):
    sig = gpg("--armor", "--local-user", who, "--digest-algo", "SHA256", "--detach-sign", input=body, at=at).stdout
    return outer(sender, 'multipart/signed; micalg="pgp-sha256"; protocol="application/pgp-signature"; boundary="bb"',
                 b"\r\n--bb\r\n" + body + b"\r\n--bb\r\nContent-Type: application/pgp-signature; name=signature.asc\r\n\r\n" + sig.replace(b"\n", b"\r\n") + b"\r\n--bb--\r\n", subject)


def pgp_sealed(body, *how, to=NODE, sender="ann@water.example"):
    return pgp_packed(gpg("--armor", "--recipient", to, *how, "--encrypt", input=body).stdout, sender)


def pgp_packed(armour, sender="ann@water.example"):
    return outer(sender, 'multipart/encrypted; protocol="application/pgp-encrypted"; boundary="ee"',
                 b"\r\n--ee\r\nContent-Type: application/pgp-encrypted\r\n\r\nVersion: 1\r\n\r\n--ee\r\nContent-Type: application/octet-stream\r\n\r\n" + armour + b"\r\n--ee--\r\n", "...")


def cms(*argv, input):
    (home / "cms.in").write_bytes(input)
    return run("openssl", "cms", "-in", home / "cms.in", "-binary", *argv).stdout


def pkcs7(der, kind, sender="ann@water.example"):
    return outer(sender, f"application/pkcs7-mime; smime-type={kind}; name=smime.p7m", b"Content-Transfer-Encoding: base64\r\n\r\n" + base64.encodebytes(der))


@promise
def pgp_signatures():
    """an OpenPGP signature is valid by its contact, also as a mail server hands it over with LF alone; changed, or of other text, it is broken"""
    body = entity()
    raw = pgp_signed(body)
    for form in (raw, raw.replace(b"\r\n", b"\n")):
        got = take(form)
        assert got["seal"] == {"kind": "openpgp", "encrypted": False, "signature": "good", "contact": ann, "name": "安", "fingerprint": gpg.fingerprint("ann@water.example"),
                               "signed": got["seal"]["signed"]}, got["seal"]
        assert got["text"].strip() == "水壓異常 pressure" and not got["parts"], got
    spot = raw.index(b"\r\n\r\n", raw.index(b"--bb")) + 10
    assert take(raw[:spot] + bytes([raw[spot] ^ 1]) + raw[spot + 1:])["seal"]["signature"] == "broken"
    other = pgp_signed(entity("something else\n"))
    a, b = raw.index(b"-----BEGIN PGP SIG"), other.index(b"-----BEGIN PGP SIG")
    assert take(raw[:a] + other[b:])["seal"]["signature"] == "broken"
    assert take(raw[:a] + b"no signature\r\n--bb--\r\n")["seal"]["signature"] == "broken"
    page = desk.local("GET", f"/api/v1/mail/{got['id']}/source")
    assert page.body == raw.replace(b"\r\n", b"\n")


@promise
def whose_signature():
    """another's key proves nobody, also when it is a contact's and the sender's name is forged; a revoked key has ended"""
    body = entity()
    contact("夏娃", "eve@water.example", gpg.public("eve@water.example"))
    assert take(pgp_signed(body, "eve@water.example", "eve@water.example"))["seal"]["name"] == "夏娃"
    assert take(pgp_signed(body, "eve@water.example"))["seal"]["signature"] == "unknown"
    # Fields within the seal are what is shown, and whose key counts.
    inner = entity(From="eve@water.example", Subject="=?utf-8?B?5YWn?=")
    got = take(pgp_signed(inner, "eve@water.example"))
    assert (got["from"], got["subject"], got["seal"]["signature"], got["seal"]["name"]) == ("eve@water.example", "內", "good", "夏娃"), got
    # Who signs what he cannot read does not lend his name to whoever is named in it, nor vouch for it.
    sealed = pgp_sealed(entity("lent\n", From="ann@water.example"))
    sealed = sealed[sealed.index(b"Content-Type"):].replace(b"\r\n", b"\n").replace(b"\n", b"\r\n")
    got = take(pgp_signed(sealed, "eve@water.example", "eve@water.example"))
    assert (got["from"], got["text"].strip(), got["seal"]["signature"]) == ("ann@water.example", "lent", "unsigned"), got
    gpg.make("gone@water.example")
    id = contact("走", "gone@water.example", gpg.public("gone@water.example"))
    good = pgp_signed(body, "gone@water.example", "gone@water.example")
    assert take(good)["seal"]["signature"] == "good"
    f = gpg.fingerprint("gone@water.example")
    gpg.revoke(f)
    # The contact's owner is asked for the new key; the old one is removed, and what it signed proves nobody.
    k = call("GET", f"/api/v1/contacts/{id}/keys")["items"][0]["id"]
    call("POST", f"/api/v1/contacts/{id}/keys/remove", {"key": k})
    assert take(good.replace(b"Subject: outside", b"Subject: again"))["seal"]["signature"] == "unknown"
    # A key of one day: what it signed in its time stands, what it signed after is not good.
    gpg.make("day@water.example", until="2d")
    contact("日", "day@water.example", gpg.public("day@water.example"))
    later = time.strftime("%Y%m%dT%H%M%S", time.gmtime(time.time() + 3 * 86400))
    late = gpg("--armor", "--local-user", "day@water.example", "--detach-sign", input=body, ok=False, at=later)
    assert late.returncode != 0 or take(pgp_signed(body, "day@water.example", "day@water.example", at=later))["seal"]["signature"] in ("ended", "broken")


@promise
def pgp_encrypted():
    """what is encrypted to the node is opened for reading with what it says of itself; the message stays as it came; to another key it stays closed"""
    inner = entity("機密 secret words\n", Subject="inside words")
    raw = pgp_sealed(inner, "--local-user", "ann@water.example", "--sign")
    got = take(raw)
    assert got["seal"]["encrypted"] and got["seal"]["signature"] == "good" and got["seal"]["name"] == "安" and got["subject"] == "inside words", got
    assert got["text"].strip() == "機密 secret words" and got["sha256"] == hashlib.sha256(raw).hexdigest()
    assert desk.local("GET", f"/api/v1/mail/{got['id']}/source").body == raw
    incident = call("POST", "/api/v1/incidents", {"title": "案件", "level": 2})["id"]
    call("POST", f"/api/v1/mail/{got['id']}/file", {"incident": incident})
    file = call("GET", f"/api/v1/incidents/{incident}/files")["items"][0]
    assert file["sha256"] == hashlib.sha256(raw).hexdigest(), file
    history = str(call("GET", f"/api/v1/incidents/{incident}"))
    assert "secret words" in history and gpg.fingerprint("ann@water.example") in history
    unsigned = take(pgp_sealed(inner))
    assert unsigned["seal"]["encrypted"] and unsigned["seal"]["signature"] == "unsigned"
    within = pgp_signed(entity("both ways\n"))
    nested = take(pgp_sealed(within[within.index(b"Content-Type"):]))
    assert nested["seal"]["signature"] == "good" and nested["text"].strip() == "both ways", nested
    closed = take(pgp_sealed(inner, to="eve@water.example"))
    assert closed["seal"]["encrypted"] and closed["seal"]["closed"] and "secret words" not in str(closed), closed
    seen = desk.local("GET", f"/api/v1/mail-seal").json
    assert {k["kind"] for k in seen["keys"]} == {"openpgp", "smime"}


@promise
def cms_in():
    """the same by S/MIME: signed beside and within, enveloped in CBC and in an authenticated mode, by another's certificate, changed"""
    body = entity("憑證 certificate words\n", Subject="inside")
    ann_key = ["-signer", home / "ann-rsa-30.crt", "-inkey", home / "ann-rsa-30.key"]
    sig = cms("-sign", "-outform", "DER", "-md", "sha256", *ann_key, input=body)
    signed = outer("ann@water.example", 'multipart/signed; micalg=sha-256; protocol="application/pkcs7-signature"; boundary="bb"',
                   b"\r\n--bb\r\n" + body + b"\r\n--bb\r\nContent-Type: application/pkcs7-signature; name=smime.p7s\r\nContent-Transfer-Encoding: base64\r\n\r\n"
                   + base64.encodebytes(sig) + b"--bb--\r\n")
    got = take(signed)
    assert got["seal"]["signature"] == "good" and got["seal"]["fingerprint"] == ann_print and got["seal"]["kind"] == "smime", got
    spot = signed.index(b"\r\n\r\n", signed.index(b"--bb")) + 10
    assert take(signed[:spot] + bytes([signed[spot] ^ 1]) + signed[spot + 1:])["seal"]["signature"] == "broken"
    opaque = cms("-sign", "-nodetach", "-outform", "DER", *ann_key, input=body)
    got = take(pkcs7(opaque, "signed-data"))
    assert got["seal"]["signature"] == "good" and got["subject"] == "inside" and got["text"].strip() == "憑證 certificate words", got
    assert take(pkcs7(cms("-sign", "-nodetach", "-outform", "DER", "-md", "sha1", *ann_key, input=body), "signed-data"))["seal"]["signature"] == "broken"
    _, other, _ = smime(home, "mallory@water.example")
    forged = cms("-sign", "-nodetach", "-outform", "DER", "-signer", home / "mallory-rsa-30.crt", "-inkey", home / "mallory-rsa-30.key", input=body)
    assert take(pkcs7(forged, "signed-data"))["seal"]["signature"] == "unknown"
    inner = signed[signed.index(b"Content-Type: multipart"):]
    for cipher in ("-aes-256-cbc", "-aes-128-cbc", "-aes-256-gcm"):
        der = cms("-encrypt", cipher, "-outform", "DER", home / "node.crt", input=inner)
        got = take(pkcs7(der, "enveloped-data"))
        assert got["seal"]["encrypted"] and got["seal"]["signature"] == "good" and got["text"].strip() == "憑證 certificate words", (cipher, got)
    got = take(pkcs7(cms("-encrypt", "-aes-256-cbc", "-outform", "DER", home / "mallory-rsa-30.crt", input=inner), "enveloped-data"))
    assert got["seal"]["closed"] and "certificate words" not in str(got)


@promise
def hostile():
    """bombs, thousands of recipients or signatures, seals within seals and cut messages are taken at once, told apart and cost the node little"""
    quick = lambda raw, limit=3.0: (t := time.monotonic(), got := take(raw), time.monotonic() - t)[1:]
    rss = lambda: int(next(l for l in open(f"/proc/{desk.workers()['core']}/status") if l.startswith("VmHWM")).split()[1]) >> 10
    before = rss()
    bomb = gpg("--armor", "--recipient", NODE, "--compress-algo", "bzip2", "-z", "9", "--encrypt", input=b"\0" * (200 << 20)).stdout
    took = []
    got, s = quick(pgp_packed(bomb))
    took.append(("bomb", s))
    assert got["seal"]["closed"] and s < 3, (got["seal"], s)
    one = gpg("--recipient", NODE, "--encrypt", input=b"x").stdout
    tag, head = one[0], 3 if one[0] & 3 == 1 else 2
    size = int.from_bytes(one[1:head], "big") if one[0] & 0x40 == 0 else one[1]
    esk = one[:head + size]
    many = esk[:-4] + b"\0\0\0\0"
    got, s = quick(pgp_packed(b"-----BEGIN PGP MESSAGE-----\n\n" + base64.encodebytes(many * 8000 + one[len(esk):]) + b"-----END PGP MESSAGE-----\n"))
    took.append(("8,000 recipients", s))
    assert got["seal"]["closed"] and s < 3, (got["seal"], s)
    sig = gpg("--local-user", "ann@water.example", "--detach-sign", input=entity()).stdout
    raw = pgp_signed(entity())
    a = raw.index(b"-----BEGIN PGP SIG")
    got, s = quick(raw[:a] + b"-----BEGIN PGP SIGNATURE-----\n\n" + base64.encodebytes(sig * 20000) + b"-----END PGP SIGNATURE-----\n\r\n--bb--\r\n")
    took.append(("20,000 signatures", s))
    assert got["seal"]["signature"] == "broken" and s < 3, (got["seal"], s)
    got, s = quick(raw[:a] + b"-----BEGIN PGP SIGNATURE-----\n\n" + base64.encodebytes(sig * 300) + b"-----END PGP SIGNATURE-----\n\r\n--bb--\r\n")
    took.append(("300 signatures", s))
    assert got["seal"]["signature"] == "broken" and s < 3, (got["seal"], s)
    inner = entity("deep\n")
    for _ in range(6):
        inner = (lambda r: r[r.index(b"Content-Type"):])(pgp_sealed(inner))
    got, s = quick(outer("ann@water.example", "x", b"").replace(b"Content-Type: x\r\n", b"") + inner)
    took.append(("six deep", s))
    assert "deep" not in got["text"] and s < 3, (got, took)
    sealed = pgp_sealed(entity("cut\n"))
    for n in range(400, len(sealed), 97):
        take(sealed[:n])
    assert rss() - before < 200, (before, rss())
    return ", ".join(f"{what} {s * 1000:.0f} ms" for what, s in took) + f", core's memory {before} -> {rss()} MiB at most"


done()
