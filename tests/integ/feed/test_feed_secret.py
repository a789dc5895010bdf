#!/usr/bin/env python3
"""Secrets of feeds lie sealed in the database; the key lies beside it."""
import hashlib
import http.server
import os
import pathlib
import sqlite3
import ssl
import subprocess
import sys
import threading

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "lib"))
from lf import *

SECRET = "s3cret-of-ours-41c7"
work, home = scratch(), scratch()
cert, key = work / "cert.pem", work / "key.pem"
subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-keyout", key, "-out", cert,
                "-days", "2", "-subj", "/CN=127.0.0.1", "-addext", "subjectAltName=IP:127.0.0.1"], capture_output=True, check=True)
spki = subprocess.run(["openssl", "x509", "-in", cert, "-noout", "-pubkey"], capture_output=True, check=True).stdout
der = subprocess.run(["openssl", "pkey", "-pubin", "-outform", "DER"], input=spki, capture_output=True, check=True).stdout


class Paid(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        ok = self.headers.get("Authorization") == "Bearer " + SECRET
        body = b"paid.example\n" if ok else b""
        self.send_response(200 if ok else 401)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


site = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Paid)
context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
context.load_cert_chain(cert, key)
site.socket = context.wrap_socket(site.socket, server_side=True)
threading.Thread(target=site.serve_forever, daemon=True).start()
node = Node.serve(home)
FEED = {"name": "paid", "url": f"https://127.0.0.1:{site.server_address[1]}/list", "format": "list", "collection": "library", "auth": "bearer",
        "private": True, "pin": hashlib.sha256(der).hexdigest(), "every": "0"}


def get():
    return node.local("GET", f"/api/v1/feeds/{feed}").json


def run():
    before = len(node.local("GET", f"/api/v1/feeds/{feed}/runs").json["items"])
    assert node.local("POST", f"/api/v1/feeds/{feed}/run", {}).status in (200, 202, 204)
    until("it ran", lambda: len(node.local("GET", f"/api/v1/feeds/{feed}/runs").json["items"]) > before)
    return get()


def kept():
    db = sqlite3.connect(home / "data/core/node.db")
    row = db.execute("SELECT secret FROM feed").fetchone()[0]
    db.close()
    return row


def restart(between=None):
    global node
    assert node.close() == 0
    if between:
        between()
    node = Node.serve(home)


@promise
def sealed():
    """what is entered works, is shown nowhere, and is not in the files of the database; the key is the owner's alone"""
    global feed
    r = node.local("POST", "/api/v1/feeds", dict(FEED, secret=SECRET))
    assert r.status == 201, r.body
    feed = r.json["id"]
    f = run()
    assert f["state"] == "ok", f
    for path in ("/api/v1/feeds", f"/api/v1/feeds/{feed}", "/api/v1/audit"):
        assert SECRET.encode() not in node.local("GET", path).body, path
    assert kept().startswith("lianfang-sealed-1:"), kept()[:20]
    for name in os.listdir(home / "data/core"):
        assert SECRET.encode() not in (home / "data/core" / name).read_bytes(), name
    assert (home / "data/secrets.key").stat().st_mode & 0o777 == 0o600
    r = node.local("PUT", f"/api/v1/feeds/{feed}", dict(FEED, name="still paid"))
    assert r.status in (200, 204), r.body
    f = run()
    assert f["state"] == "ok" and f["name"] == "still paid", f


@promise
def older():
    """what a release before kept as it was is sealed at the next start, and works"""
    def plain():
        db = sqlite3.connect(home / "data/core/node.db")
        db.execute("UPDATE feed SET secret = ?", (SECRET,))
        db.commit()
        db.close()
    restart(plain)
    assert kept().startswith("lianfang-sealed-1:"), kept()[:20]
    assert run()["state"] == "ok", get()
    was = kept()
    restart()
    assert kept() == was, "sealed once"


@promise
def lost():
    """with another key nothing is sent and the feed says why; the kept one, or the secret entered again, mends it"""
    path = home / "data/secrets.key"
    own = path.read_bytes()
    restart(path.unlink)
    f = run()
    assert f["state"] == "failing" and "secrets.key" in f["trouble"], f
    restart(lambda: path.write_bytes(own))
    assert run()["state"] == "ok", get()
    restart(path.unlink)
    r = node.local("PUT", f"/api/v1/feeds/{feed}", dict(FEED, secret=SECRET))
    assert r.status in (200, 204), r.body
    assert run()["state"] == "ok", get()


@promise
def broken():
    """a key file that is none is refused at the start with a sentence"""
    assert node.close() == 0
    path = home / "data/secrets.key"
    path.write_bytes(b"no key\n")
    try:
        Node.serve(home)
        raise SystemExit("it started")
    except AssertionError as e:
        assert "secrets.key" in str(e), e


site.shutdown()
done()
