#!/usr/bin/env python3
"""Whose network an attack came from, and whom to tell of it."""
import ipaddress
import pathlib
import random
import re
import subprocess
import sys
import urllib.parse

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "lib"))
from lf import *

node = Node.serve(scratch())
HEAD = "network,country,operator,abuse\n"
TABLE = HEAD + """192.0.0.0/16,TW,大網公司,abuse@big.example
192.0.2.0/24,TW,小網公司,abuse@small.example
192.0.2.66,US,Hosted Inc,
198.51.100.0/24,JP,Nippon Net,abuse@nippon.example
2001:db8::/32,TW,大網公司,abuse@big.example
2001:db8:1::/48,DE,Netz GmbH,abuse@netz.example
"""


def give(csv, **more):
    return node.local("PUT", "/api/v1/networks", {"csv": csv, **more})


def find(address):
    r = node.local("GET", "/api/v1/networks?address=" + urllib.parse.quote(address))
    return r.json if r.status == 200 else r.status


def said(address):
    got = find(address)
    return got["side"], got.get("country"), got.get("operator")


@promise
def longest():
    """an address is the longest network's that holds it, IPv4 and IPv6; it is domestic, foreign or unknown by the table's country, also after kill -9"""
    global node
    assert said("192.0.2.1")[0] == "unknown"
    r = give(TABLE)
    assert r.status == 200 and r.json["rows"] == 6, r.body
    os.kill(node.process.pid, signal.SIGKILL)
    node.process.wait()
    node = until("it is back", lambda: Node.serve(node.directory))
    for address, want in (("192.0.2.1", ("domestic", "TW", "小網公司")), ("192.0.3.1", ("domestic", "TW", "大網公司")), ("192.0.2.66", ("foreign", "US", "Hosted Inc")),
                          ("198.51.100.255", ("foreign", "JP", "Nippon Net")), ("203.0.113.1", ("unknown", None, None)), ("2001:db8:1:0::1", ("foreign", "DE", "Netz GmbH")),
                          ("2001:DB8:2::1", ("domestic", "TW", "大網公司")), ("2001:db9::1", ("unknown", None, None)), ("193.0.2.1", ("unknown", None, None))):
        assert said(address) == want, (address, said(address))
    assert find("192.0.2.300") == 400 and find("evil.example") == 400


@promise
def whole():
    """a table with one line that will not do is refused with that line, and the one before stays"""
    for csv, line in ((TABLE + "10.0.0.0/33,TW,x,\n", "8"), (TABLE + "192.0.2.9/24,TW,x,\n", "192.0.2.0/24"), (TABLE + "192.0.2.0/24,TW,twice,\n", "before"),
                      (TABLE + "10.0.0.0/8,Taiwan,x,\n", "country"), (TABLE + "10.0.0.0/8,TW,,\n", "operator"), (TABLE + "10.0.0.0/8,TW,x,nobody\n", "abuse"),
                      (TABLE + '10.0.0.0/8,TW,x,"a@x.example\nBcc: b@y.example"\n', "abuse"), (TABLE + '10.0.0.0/8,TW,"two\nlines",\n', "operator"),
                      ("network,land\n", "land"), (TABLE + "0.0.0.0/0,TW,x,\n", "8"), (TABLE + "example.org,TW,x,\n", "8")):
        r = give(csv)
        assert r.status == 400 and line in r.json["detail"], (csv[-40:], r.status, r.body)
    assert give(HEAD + "10.0.0.0/8,TW,x,\n", home="Taiwan").status == 400
    assert node.local("GET", "/api/v1/networks").json["networks"] == 6 and said("192.0.2.1")[2] == "小網公司"


@promise
def like_a_slow_search():
    """of a thousand random networks within each other every address is found as a plain search finds it"""
    r = random.Random(42)
    nets = {}
    while len(nets) < 1000:
        six = r.random() < 0.4
        base = (0x20010db8 << 96) + r.randrange(16) * (1 << r.choice((80, 60, 3))) if six else (10 << 24) + r.randrange(1 << r.choice((8, 16, 24)))
        net = ipaddress.ip_network((base, r.randrange(1, 129) if six else r.randrange(1, 33)), strict=False)
        nets[net] = r.choice(("TW", "JP"))
    assert give(HEAD + "".join(f"{n},{c},o {n},\n" for n, c in nets.items())).status == 200
    for _ in range(300):
        n = r.choice(list(nets))
        a = n[r.randrange(min(n.num_addresses, 1 << 60))]
        best = max((x for x in nets if x.version == a.version and a in x), key=lambda x: x.prefixlen)
        assert said(str(a)) == ("domestic" if nets[best] == "TW" else "foreign", nets[best], f"o {best}"), (a, best)
    assert give(TABLE).status == 200


def reported():
    r = node.local("POST", "/api/v1/incidents", {"title": "網站遭入侵", "level": 2, "observables": [
        {"type": "ipv4-addr", "value": "192.0.2.1"}, {"type": "ipv4-addr", "value": "198.51.100.7"}, {"type": "domain-name", "value": "evil.example"}]})
    assert r.status == 201, r.body
    return r.json["id"]


@promise
def referred():
    """an address of an incident becomes in one step a referral: domestic to its operator, foreign upward for the partner abroad, unknown is refused"""
    i = reported()
    assert [(s["address"], s["side"]) for s in node.local("GET", f"/api/v1/incidents/{i}/sources").json["items"]] == [("192.0.2.1", "domestic"), ("198.51.100.7", "foreign")]
    r = node.local("POST", f"/api/v1/incidents/{i}/sources", {"address": "192.0.2.1", "port": "4444", "at": "2026-03-01T09:00:00+08:00", "due": "2099-01-01T00:00:00Z"})
    assert r.status == 201, r.body
    x = node.local("GET", f"/api/v1/referrals/{r.json['id']}").json
    assert x["kind"] == "operator" and x["recipient"] == "小網公司" and "abuse@small.example" in x["way"] and x["state"] == "open", x
    for word in ("192.0.2.1", "192.0.2.0/24", "4444", "2026-03-01T09:00:00"):
        assert word in x["text"], (word, x)
    r = node.local("POST", f"/api/v1/incidents/{i}/sources", {"address": "198.51.100.7"})
    x = node.local("GET", f"/api/v1/referrals/{r.json['id']}").json
    assert x["kind"] == "partner" and "JP" in x["recipient"] and "Nippon Net" in x["text"], x
    for fields, status in (({"address": "203.0.113.1"}, 409), ({"address": "x"}, 400), ({"address": "192.0.2.1", "port": "70000"}, 400), ({}, 400)):
        assert node.local("POST", f"/api/v1/incidents/{i}/sources", fields).status == status, fields
    assert len(node.local("GET", f"/api/v1/incidents/{i}/referrals").json["items"]) == 2


@promise
def by_form():
    """the console looks the incident's addresses up and opens the referral's form filled in, to be read and changed before it is kept"""
    i = reported()
    node.local("POST", "/api/v1/users", {"name": "desk", "roles": "analyst", "password": "a long pass phrase 1"})
    node.token = node.local("POST", "/api/v1/tokens", {"account": "desk", "label": "t", "roles": "analyst"}).json["token"]
    page = node.get(f"/incidents/{i}/sources").body.decode()
    assert "國內" in page and "國外" in page and "小網公司" in page and "Nippon Net" in page, page[-2000:]
    page = node.get(f"/incidents/{i}/sources?address=192.0.2.1&port=4444&at=2026-03-01T09:00").body.decode()
    form = node.get(re.search(r'href="(/incidents/[^"]*referrals\?address=[^"#]*)', page)[1].replace("&amp;", "&")).body.decode()
    assert 'value="小網公司"' in form and "4444" in form and "2026-03-01T09:00:00" in form and 'value="operator" selected' in form, form[-3000:]
    assert node.get(f"/incidents/{i}/sources?address=nothing").status == 400
    assert node.local("GET", f"/api/v1/incidents/{i}/referrals").json["items"] == []


@promise
def by_table():
    """the console lists the table, finds an address in it, gives it as the file it takes, and takes another whole or says which line is wrong"""
    boundary = "b0undary"

    def upload(csv, home="TW"):
        parts = f'--{boundary}\r\nContent-Disposition: form-data; name="home"\r\n\r\n{home}\r\n--{boundary}\r\nContent-Disposition: form-data; name="file"; filename="n.csv"\r\nContent-Type: text/csv\r\n\r\n{csv}\r\n--{boundary}--\r\n'
        return node.local("POST", "/networks", parts.encode(), kind=f"multipart/form-data; boundary={boundary}")
    assert give(TABLE).status == 200
    page = node.local("GET", "/networks").body.decode()
    assert "共 6 個網段" in page and "小網公司" in page and "2001:db8:1::/48" in page, page[-3000:]
    page = node.local("GET", "/networks?address=192.0.2.1").body.decode()
    assert "192.0.2.0/24" in page and "Nippon" not in page
    assert node.local("GET", "/networks?address=evil").status == 400
    seen, after = [], ""
    while True:
        p = node.local("GET", f"/api/v1/network-list?limit=2{after}").json
        seen += [x["network"] for x in p["items"]]
        if "next" not in p:
            break
        after = "&after=" + urllib.parse.quote(p["next"])
    assert len(seen) == 6 == len(set(seen)), seen
    file = node.local("GET", "/networks/file").body.decode()
    r = upload(file.replace("小網公司", "新網公司"))
    assert r.status in (200, 303) and said("192.0.2.1")[2] == "新網公司" and node.local("GET", "/api/v1/networks").json["networks"] == 6, r.body[-500:]
    r = upload(TABLE + "10.0.0.0/8,TW,,\n")
    assert r.status == 400 and "operator" in r.body.decode(), r.status
    assert upload(TABLE, home="Taiwan").status == 400 and said("192.0.2.1")[2] == "新網公司"
    assert give(TABLE).status == 200


@promise
def by_role():
    """only an administrator gives the table; who may not see incidents looks nothing up"""
    for role, see, act in (("reader", 200, 403), ("share", 403, 403)):
        node.local("POST", "/api/v1/users", {"name": role + "1", "roles": role, "password": "a long pass phrase 1"})
        h = {"Authorization": "Bearer " + node.local("POST", "/api/v1/tokens", {"account": role + "1", "label": role, "roles": role}).json["token"]}
        assert node.get("/api/v1/networks?address=192.0.2.1", headers=h).status == see
        assert node.request("PUT", "/api/v1/networks", {"csv": TABLE}, headers=h).status == act
    assert node.request("PUT", "/api/v1/networks", {"csv": TABLE}).status == 403


@promise
def by_command():
    """the command line gives the table, finds, and refers"""
    i, d = reported(), scratch()
    (d / "n.csv").write_text("\ufeff網段,國別,業者,濫用通報信箱\n192.0.2.0/24,TW,新業者,abuse@new.example\n")

    def cli(*argv):
        r = subprocess.run([BIN, "network", argv[0], "--data", node.directory / "data", *argv[1:]], capture_output=True, timeout=60, text=True)
        assert r.returncode == 0, r
        return r.stdout.strip().split("\t")
    assert cli("set", d / "n.csv") == ["1"] and cli("count") == ["1"]
    assert cli("find", "192.0.2.1") == ["domestic", "TW", "192.0.2.0/24", "新業者", "abuse@new.example"]
    assert cli("refer", i, "192.0.2.1", "22")[0]


done()
