#!/usr/bin/env python3
"""The interface specification (R-105): what docs/manual/interfaces.md says of each interface is what a node does."""
import pathlib
import re
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "lib"))
from lf import *

PAGE = pathlib.Path(os.environ["LF_ROOT"]) / "docs/manual/interfaces.md"
TEXT = PAGE.read_text()
ROWS = re.findall(r"^\| (8443|8444) \| (GET|POST) (\S+) \| (TOKEN)? ?\| (\d{3}) \| (\S+) \|$", TEXT, re.M)
node = Node.serve(scratch(), tier="sector")
assert node.local("POST", "/api/v1/users", {"name": "tool", "roles": "share", "password": "a long enough one"}).status == 201
TOKEN = node.local("POST", "/api/v1/tokens", {"account": "tool", "label": "tool", "roles": "share"}).json["token"]
ANYONE = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
ANYONE.check_hostname, ANYONE.verify_mode = False, ssl.CERT_NONE


def ask(port, method, path, token):
    base = node.info["https" if port == "8443" else "peer"]
    r = urllib.request.Request(base + path, data=b"{}" if method == "POST" else None, method=method)
    if path.startswith("/taxii2/"):
        r.add_header("Accept", "application/taxii+json;version=2.1")
    if token:
        r.add_header("Authorization", "Bearer " + TOKEN)
    try:
        with urllib.request.urlopen(r, context=ANYONE, timeout=30) as a:
            return str(a.status), a.headers["Content-Type"]
    except urllib.error.HTTPError as e:
        return str(e.code), e.headers["Content-Type"]


@promise
def rows():
    """each row of the interface specification is answered as it says, by status and media type"""
    assert len(ROWS) == 14 and len(ROWS) == len(re.findall(r"^\| 844[34] \|", TEXT, re.M)), len(ROWS)
    wrong = [(row, got) for row in ROWS if (got := ask(*row[:4])) != row[4:]]
    assert not wrong, wrong


@promise
def pages():
    """every interface in it has a page or an address that is there, for nodes above and below, other centres, the nation, MISP, own systems, mail, files and everyone"""
    table = TEXT.split("## 介面")[1].split("## 共同")[0]
    lines = [l for l in table.splitlines() if l.startswith("| ") and "---" not in l][1:]
    assert len(lines) == 9, len(lines)
    for line in lines:
        linked = re.findall(r"\]\(([^)#]+)", line)
        assert linked or "/api/v1/openapi.json" in line, line
        for page in linked:
            assert (PAGE.parent / page).exists(), page
    assert "[介接介面規格 Interfaces](interfaces.md)" in (PAGE.parent / "index.md").read_text()


node.close()
done()
