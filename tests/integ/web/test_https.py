#!/usr/bin/env python3
"""What any client of the HTTPS door may rely on, and what no client can do."""
import json
import pathlib
import ssl
import sys
import time
import urllib.parse
import warnings

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "lib"))
from lf import *

warnings.simplefilter("ignore", DeprecationWarning)  # TLS 1.1 is asked for on purpose
node = Node.throwaway()
host, port = urllib.parse.urlsplit(node.info["https"]).netloc.rsplit(":", 1)


def connect(least=None, most=None):
    c = ssl.create_default_context(cafile=node.info["ca"])
    if most:
        c.minimum_version = ssl.TLSVersion.TLSv1
        c.maximum_version = most
        c.set_ciphers("DEFAULT@SECLEVEL=0")
    if least:
        c.minimum_version = least
    return c.wrap_socket(socket.create_connection((host, int(port)), 10), server_hostname="127.0.0.1")


def raw(data, limit=20):
    """What the server says to these bytes: (status, headers, body); status 0 when it only hangs up."""
    s = connect()
    s.settimeout(limit)
    got = b""
    try:
        s.sendall(data)
        while True:
            more = s.recv(65536)
            if not more:
                break
            got += more
            head, mark, body = got.partition(b"\r\n\r\n")
            length = [int(h.split(b":")[1]) for h in head.split(b"\r\n") if h.lower().startswith(b"content-length:")]
            if mark and (head.startswith(b"HTTP/1.1 100") or length and len(body) >= length[0]):
                break
    except (ssl.SSLError, ConnectionError):
        pass
    finally:
        s.close()
    if not got:
        return 0, {}, b""
    head, _, body = got.partition(b"\r\n\r\n")
    lines = head.decode("latin-1").split("\r\n")
    return int(lines[0].split()[1]), {k.lower(): v.strip() for k, v in (h.split(":", 1) for h in lines[1:])}, body


def form(path, fields, cookie=None, **headers):
    body = urllib.parse.urlencode(fields).encode()
    lines = {"Host": f"{host}:{port}", "Content-Type": "application/x-www-form-urlencoded", "Content-Length": len(body),
             "Connection": "close", **headers}
    if cookie:
        lines["Cookie"] = cookie
    return raw(f"POST {path} HTTP/1.1\r\n".encode() + "".join(f"{k}: {v}\r\n" for k, v in lines.items()).encode() + b"\r\n" + body)


def problem(status, headers, body, want):
    assert status == want, (status, body[:200])
    assert headers["content-type"] == "application/problem+json", headers
    p = json.loads(body)
    assert p["status"] == want and p["title"] and p["detail"], p


@promise
def tls():
    """TLS 1.2 and 1.3 are spoken, TLS 1.1 is refused"""
    for version in (ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3):
        c = ssl.create_default_context(cafile=node.info["ca"])
        c.minimum_version = c.maximum_version = version
        with c.wrap_socket(socket.create_connection((host, int(port))), server_hostname="127.0.0.1") as s:
            assert s.version() == {"TLSv1_2": "TLSv1.2", "TLSv1_3": "TLSv1.3"}[version.name], s.version()
    for version in (ssl.TLSVersion.TLSv1_1, ssl.TLSVersion.TLSv1):
        try:
            connect(most=version).close()
        except (ssl.SSLError, ConnectionError) as e:
            # Refused by the server, not by our own library before it asked.
            assert "NO_PROTOCOLS_AVAILABLE" not in str(e) and "INTERNAL" not in str(e).upper(), e
        else:
            raise AssertionError(f"{version.name} was taken")


@promise
def headers():
    """every answer carries the security headers, whatever its status"""
    for path, status in (("/login", 200), ("/healthz", 200), ("/nowhere", 404), ("/api/v1/alerts", 401), ("/", 303)):
        got, h, _ = raw(f"GET {path} HTTP/1.1\r\nHost: {host}:{port}\r\nConnection: close\r\n\r\n".encode())
        assert got == status, (path, got)
        csp = h["content-security-policy"]
        assert "default-src 'none'" in csp and "unsafe" not in csp and "frame-ancestors 'none'" in csp, csp
        assert h["strict-transport-security"].startswith("max-age="), h
        assert h["x-content-type-options"] == "nosniff" and h["x-frame-options"] == "DENY", h
        assert h["referrer-policy"] and h["cache-control"], h
        assert "server" not in h, h


@promise
def cookies():
    """the session cookie is host-bound, secure, hidden from script and never sent across sites"""
    status, h, _ = form("/login", {"user": node.info["user"], "password": node.info["password"]})
    assert status == 303, status
    cookie = h["set-cookie"]
    assert cookie.startswith("__Host-lf="), cookie
    parts = [p.strip().lower() for p in cookie.split(";")[1:]]
    assert {"path=/", "secure", "httponly", "samesite=strict"} <= set(parts) and not any(p.startswith("domain") for p in parts), cookie


def signed_in():
    r = node.post("/api/v1/session", {"user": node.info["user"], "password": node.info["password"]}, auth=False)
    assert r.status == 201, r.body
    return r.headers["Set-Cookie"].split(";")[0], r.json["csrf"]


@promise
def csrf():
    """a form without the session's token is refused and changes nothing; with it, it works"""
    cookie, token = signed_in()
    for fields in ({"value": "a.example"}, {"value": "a.example", "csrf": "x" * len(token)}):
        status, _, _ = form("/allow", fields, cookie)
        assert status == 403, status
    r = node.post("/api/v1/allow", {"value": "a.example"}, auth=False, headers={"Cookie": cookie})
    assert r.status == 403, r.status
    status, _, _ = form("/login", {"user": "x", "password": "y"}, **{"Sec-Fetch-Site": "cross-site"})
    assert status == 403, status
    assert node.get("/api/v1/allow").json["items"] == []
    status, _, _ = form("/allow", {"value": "a.example", "reason": "ours", "csrf": token}, cookie)
    assert status == 303, status
    assert [i["value"] for i in node.get("/api/v1/allow").json["items"]] == ["a.example"]


@promise
def factor():
    """an API token cannot enrol a second factor or change a password: it must not take the account over"""
    for path, body in (("/api/v1/me/totp", {}), ("/api/v1/me/totp-off", {"code": "0"}), ("/api/v1/me/recovery-codes", {"code": "0"}), ("/api/v1/me/password", {"old": node.info["password"], "new": "another long one"})):
        r = node.post(path, body)
        problem(r.status, {"content-type": r.headers["Content-Type"]}, r.body, 403)


@promise
def errors():
    """errors are problem+json: unknown path, no credentials, bad JSON, wrong type, wrong method"""
    cases = [("GET", "/api/v1/nothing", None, {}, 404), ("GET", "/nowhere", None, {}, 404),
             ("POST", "/api/v1/alerts", b"{}", {}, 405),
             ("POST", "/api/v1/incidents", b"{", {"Content-Type": "application/json"}, 400),
             ("POST", "/api/v1/incidents", b"<a/>", {"Content-Type": "application/xml"}, 422),
             ("GET", "/api/v1/alerts?limit=0", None, {}, 400)]
    for method, path, body, extra, want in cases:
        r = node.request(method, path, body, headers=extra)
        problem(r.status, {"content-type": r.headers["Content-Type"]}, r.body, want)
    r = node.get("/api/v1/alerts", auth=False)
    problem(r.status, {"content-type": r.headers["Content-Type"]}, r.body, 401)
    assert r.headers["WWW-Authenticate"], r.headers


@promise
def methods():
    """a wrong method gets 405 and the right ones; HEAD is GET without the body"""
    r = node.request("DELETE", "/api/v1/alerts")
    assert r.status == 405 and r.headers["Allow"] == "GET", (r.status, r.headers.get("Allow"))
    r = node.request("PUT", "/api/v1/allow")
    assert r.status == 405 and set(r.headers["Allow"].replace(" ", "").split(",")) == {"GET", "POST"}, r.headers.get("Allow")
    status, h, body = raw(f"HEAD /login HTTP/1.1\r\nHost: {host}:{port}\r\nConnection: close\r\n\r\n".encode(), 3)
    full = node.get("/login", auth=False)
    assert status == 200 and body == b"" and int(h["content-length"]) == len(full.body), (status, h, body[:50])


@promise
def too_big():
    """a body over the limit is refused with 413, one of four times the limit or more before it is read, and the connection stays sound"""
    for length in (64 << 20, 1 << 40):
        status, h, body = raw(f"POST /api/v1/incidents HTTP/1.1\r\nHost: {host}:{port}\r\nContent-Length: {length}\r\n\r\n".encode())
        problem(status, h, body, 413)
    r = node.post("/exchange", b'{"title":"' + b"a" * (17 << 20) + b'"}', headers={"Content-Type": "application/json"})
    assert r.status == 413, r.status
    r = node.post("/api/v1/incidents", b'{"title":"' + b"a" * (2 << 20) + b'"}', headers={"Content-Type": "application/json"})
    problem(r.status, {"content-type": r.headers["Content-Type"]}, r.body, 413)
    assert node.get("/healthz").status == 200


@promise
def strangers():
    """who shows no credentials may send 1 MiB at the most, to any address; 16 MiB are for addresses that take files"""
    def told(path, length, extra=""):
        return raw(f"POST {path} HTTP/1.1\r\nHost: {host}:{port}\r\nExpect: 100-continue\r\n{extra}"
                   f"Content-Type: multipart/form-data; boundary=x\r\nContent-Length: {length}\r\n\r\n".encode(), 3)[0]
    for path in ("/exchange", "/transfers", "/advisories/x/files", "/taxii2/", "/misp/events/add", "/login", "/api/v1/session", "/nowhere"):
        assert told(path, (1 << 20) + 1) == 413, path
    cookie = "Cookie: __Host-lf=nobody\r\n"
    for path in ("/login", "/api/v1/incidents", "/advisories/x/files/remove", "/nowhere"):
        assert told(path, (1 << 20) + 1, cookie) == 413, path
    for path in ("/exchange", "/transfers", "/advisories/x/files"):
        assert told(path, 16 << 20, cookie) == 100 and told(path, (16 << 20) + 1, cookie) == 413, path
    r = node.request("POST", "/api/v1/incidents", b"{", headers={"Content-Type": "application/json"}, auth=False)
    assert r.status == 401, r.status  # what a stranger sent is not looked at


@promise
def malformed():
    """what is not HTTP, or has too long a line or header, is told so or cut; the node goes on"""
    seen = []
    for data in (b"GET\r\n\r\n", b"\x00\x01\x02\r\n\r\n", b"GET / HTTP/1.1\r\n\r\n",
                 f"GET /{'a' * 20000} HTTP/1.1\r\nHost: x\r\n\r\n".encode(),
                 f"GET / HTTP/1.1\r\nHost: x\r\nX-Long: {'a' * 20000}\r\n\r\n".encode(),
                 b"GET / HTTP/1.1\r\nHost: x\r\n" + b"".join(f"X-{i}: 1\r\n".encode() for i in range(100)) + b"\r\n",
                 b"GET /%2e%2e/%2e%2e/etc/passwd HTTP/1.1\r\nHost: x\r\n\r\n", b"GET /%00 HTTP/1.1\r\nHost: x\r\n\r\n"):
        status, h, body = raw(data, 15)
        seen.append(status)
        assert status in (0, 303) or 400 <= status < 500, (data[:40], status)
    assert node.get("/healthz").status == 200
    return "answers " + " ".join(map(str, seen))


@promise
def trickle():
    """a header that trickles in is cut after about ten seconds, and others are served meanwhile"""
    s = connect()
    s.sendall(b"GET / HTTP/1.1\r\n")
    began = time.monotonic()
    s.settimeout(0.5)
    while time.monotonic() - began < 20:
        try:
            s.sendall(b"X-A: b\r\n")
            if s.recv(100) == b"":
                break
        except TimeoutError:
            continue
        except (OSError, ssl.SSLError):
            break
    took = time.monotonic() - began
    s.close()
    assert 8 < took < 15, took
    assert node.get("/healthz").status == 200


node.close()
done()
