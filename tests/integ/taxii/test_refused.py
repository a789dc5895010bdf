#!/usr/bin/env python3
"""What the HTTP library refuses before the program sees it: told in TAXII's or problem+json's words, never in HTML."""
import json
import os
import socket
import ssl
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "lib"))
from lf import Node, done, promise, scratch

TYPE = "application/taxii+json;version=2.1"
node = Node.serve(scratch())
PORT = int(node.info["https"].rsplit(":", 1)[1].strip("/"))


def raw(data):
    """Status, headers and body of the answer to some bytes."""
    c = ssl.create_default_context()
    c.check_hostname, c.verify_mode = False, ssl.CERT_NONE
    with socket.create_connection(("127.0.0.1", PORT), timeout=20) as plain, c.wrap_socket(plain) as s:
        try:
            s.sendall(data)
        except OSError:
            pass  # the answer may be there before all was sent
        got = b""
        while b"\r\n\r\n" not in got or len(got.split(b"\r\n\r\n", 1)[1]) < size(got):
            piece = s.recv(65536)
            if not piece:
                break
            got += piece
    head, _, body = got.partition(b"\r\n\r\n")
    lines = head.decode().split("\r\n")
    return int(lines[0].split()[1]), {k.lower(): v.strip() for k, _, v in (x.partition(":") for x in lines[1:])}, body


def size(got):
    for line in got.split(b"\r\n\r\n")[0].lower().split(b"\r\n"):
        if line.startswith(b"content-length:"):
            return int(line.split(b":")[1])
    return 0


def request(target, *headers):
    return ("\r\n".join([f"GET {target} HTTP/1.1", "Host: localhost", *headers]) + "\r\n\r\n").encode()


def taxii(got, *statuses):
    status, headers, body = got
    said = json.loads(body)
    assert status in statuses and headers["content-type"] == TYPE, got
    assert said["http_status"] == str(status) and said["title"] and said["description"], said
    return said


@promise
def long_lines():
    """a request line that does not fit is refused in TAXII's words, with what to do"""
    ids = ",".join(f"indicator--00000000-0000-4000-8000-{i:012}" for i in range(600))
    said = taxii(raw(request("/taxii2/root/collections/x/objects/?match[id]=" + ids)), 414)
    assert "fewer" in said["description"], said
    taxii(raw(request("/taxii2/" + "x" * 200000)), 414)


@promise
def long_headers():
    """header fields that do not fit are refused in the words of what was asked for"""
    taxii(raw(request("/taxii2/", "X-Long: " + "y" * 20000)), 431)
    status, headers, body = raw(request("/api/v1/incidents", "X-Long: " + "y" * 20000))
    assert status == 431 and headers["content-type"] == "application/problem+json" and json.loads(body)["status"] == 431, body
    status, headers, body = raw(request("/api/v1/incidents", *(f"X-{i}: y" for i in range(3000))))
    assert status == 431 and json.loads(body)["status"] == 431, body


@promise
def no_http():
    """lines that are no HTTP get a sentence as well, and the next connection is served"""
    for data in (b"good morning\r\n\r\n", b"GET / HTTP/7.1\r\nHost: a\r\n\r\n",
                 b"POST /api/v1/incidents HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n\r\n"):
        status, headers, body = raw(data)
        assert 400 <= status < 600 and b"<html" not in body and headers["content-type"].endswith("json"), (data, status, headers, body)
        assert json.loads(body)["title"], (data, status, headers, body)
    assert raw(request("/healthz"))[0] == 200
    assert node.local("GET", "/healthz").status == 200


node.close()
done()
