#!/usr/bin/env python3
"""Relay stations (C2) at home and abroad: entered, looked for everywhere, controlled, monitored, tracked until gone."""
import csv
import html
import io
import json
import pathlib
import subprocess
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "lib"))
from lf import *

BASE = "/api/v1/stations"
PASSWORD = "a long enough password"
node = Node.serve(scratch(), tier="sector")


def call(method, path, body=None, status=(200, 201, 204)):
    r = node.local(method, path, body)
    assert r.status in ((status,) if isinstance(status, int) else status), (method, path, r.status, r.body.decode())
    return r.json if r.body else None


def refused(method, path, body, status, says):
    r = node.local(method, path, body)
    assert r.status == status and says in r.json["detail"], (method, path, body, r.status, r.body.decode())


def page(path, lang):
    r = node.local("GET", path + ("&" if "?" in path else "?") + "lang=" + lang)
    assert r.status == 200, (path, r.status, r.body)
    return html.unescape(r.body.decode())


def person(name, roles):
    call("POST", "/api/v1/users", {"name": name, "roles": roles, "password": PASSWORD})
    return call("POST", "/api/v1/tokens", {"account": name, "label": name, "roles": roles})["token"]


def ask(who, method, path, body=None):
    return node.request(method, path, body, headers={"Authorization": "Bearer " + who}, auth=False)


def cli(*argv):
    return subprocess.run([BIN, "station", argv[0], "--data", str(node.directory / "data"), *argv[1:]], capture_output=True, text=True, timeout=60)


def numbers(query=""):
    return [x["number"] for x in call("GET", BASE + query)["items"]]


def one(number):
    return call("GET", f"{BASE}/{number}")


sender = call("POST", "/api/v1/tokens", {"label": "resolver", "roles": "sender", "account": "admin"})["token"]


def hit(name):
    line = json.dumps({"QueryName": name, "Computer": "pc1"}) + "\n"
    r = node.request("POST", "/api/v1/events", line.encode(), {"Authorization": "Bearer " + sender, "Content-Type": "application/x-ndjson"}, auth=False)
    assert r.status in (200, 202), (r.status, r.body)


ann, eve = person("ann", "analyst"), person("eve", "reader")
call("PUT", "/api/v1/networks", {"csv": "network,country,operator,abuse\n198.51.100.0/24,TW,山丘電信,abuse@hill.example\n203.0.113.0/24,NL,Far Net,abuse@far.example\n", "home": "TW"})


@promise
def entered():
    """a station is an address, a name or a URL; whose network an address is in is filled in, and it is domestic, foreign or unknown; what will not do is refused with what and why, and nothing is left of it"""
    for wrong, status, says in (({"value": ""}, 400, "value"), ({"value": "odd"}, 422, "top-level"), ({"value": "1.2.3.4/24"}, 400, "address"), ({"value": "d41d8cd98f00b204e9800998ecf8427e"}, 400, "address"), ({"value": "c2.example.net", "port": 70000}, 400, "port"),
                                ({"value": "c2.example.net", "country": "tw"}, 400, "country"), ({"value": "c2.example.net", "days": 400}, 400, "days"), ({"value": "c2.example.net", "family": "a\nb"}, 400, "one line"), ({"value": "c2.example.net", "incident": "none"}, 404, "none")):
        refused("POST", BASE, wrong, status, says)
    assert not numbers() and not call("GET", "/api/v1/indicators")["items"]
    for body in ({"value": "198.51.100.7", "port": 4443, "family": "PlugX", "note": "事件鑑識所見"}, {"value": "203.0.113.9"}, {"value": "C2.Example.NET.", "days": 3}, {"value": "http://203.0.113.10:8080/gate.php", "country": "US"}):
        call("POST", BASE, body)
    assert numbers() == [4, 3, 2, 1]
    first = one(1)
    assert (first["side"], first["country"], first["operator"], first["port"], first["state"], first["days"]) == ("domestic", "TW", "山丘電信", 4443, "watched", 7), first
    assert [(one(n)["side"], one(n)["value"]) for n in (2, 3, 4)] == [("foreign", "203.0.113.9"), ("unknown", "c2.example.net"), ("foreign", "http://203.0.113.10:8080/gate.php")]
    assert one(4)["operator"] == "Far Net" and one(4)["country"] == "US", "what a person gave stands"
    refused("POST", BASE, {"value": "c2.example.net"}, 409, "station 3 already")
    assert one(first["id"])["history"][0]["note"] == "事件鑑識所見"


@promise
def looked_for():
    """entering one makes an indicator that stands released: a name is blocked at once, and its sightings are counted at the station"""
    third = one(3)
    i = call("GET", f"/api/v1/indicators/{third['indicator']}")
    assert (i["state"], i["value"]) == ("active", "c2.example.net"), i
    until("it is blocked", lambda: [b for b in call("GET", "/api/v1/blocks")["items"] if b["value"] == "c2.example.net"])
    assert third["sightings"] == 0 and "seen" not in third
    until("it is seen", lambda: (hit("www.c2.example.net"), one(3)["sightings"])[1], step=0.1)
    assert one(3)["seen"] and numbers("?seen=1") == [3]
    assert call("GET", BASE + "/count")["seen_in_30_days"] == 1


@promise
def tracked():
    """a look says whether it answers, is silent or moved to which; it moves the day on by the station's days, and one past its day is found"""
    call("POST", BASE, {"value": "c2b.example.net"})
    for wrong, status, says in (({"look": "odd"}, 400, "look is"), ({"look": "moved", "moved_to": "99"}, 404, "no station"), ({"look": "moved", "moved_to": "3"}, 400, "itself"), ({"look": "silent", "base": 9}, 409, "meanwhile")):
        refused("POST", f"{BASE}/3", wrong, status, says)
    before = one(3)
    r = ask(ann, "POST", f"{BASE}/3", {"look": "moved", "moved_to": "5", "note": "改用新網域", "base": before["entries"]})
    assert r.status == 204, r.body
    after = one(3)
    assert (after["found"], after["moved_to"], after["entries"]) == ("moved", one(5)["id"], before["entries"] + 1) and after["due"] > before["due"], after
    assert (after["history"][0]["look"], after["history"][0]["note"], after["history"][0]["by"]) == ("moved", "改用新網域", "ann"), after["history"]
    assert "c2b.example.net" in page(f"/stations/{after['id']}", "zh") and not numbers("?overdue=1")


@promise
def controlled():
    """each change of state needs its grounds; one that is gone is looked at no more, and seen again it is found as back; one that was none is looked for nowhere, until it is opened again"""
    refused("POST", f"{BASE}/1", {"state": "controlled"}, 400, "grounds")
    refused("POST", f"{BASE}/1", {"state": "odd", "note": "x"}, 400, "state is")
    call("POST", f"{BASE}/1", {"state": "controlled", "note": "業者已限制其對外連線"})
    assert one(1)["state"] == "controlled" and numbers("?state=controlled&side=domestic") == [1] and not numbers("?state=controlled&side=foreign")
    call("POST", f"{BASE}/3", {"state": "gone", "note": "網域已停止解析"})
    gone = one(3)
    assert gone["state"] == "gone" and "due" not in gone and not gone["back"] and not numbers("?back=1")
    seen = gone["sightings"]
    until("it is seen again", lambda: (hit("again.c2.example.net"), one(3)["sightings"])[1] > seen, step=0.1)
    until("it is back", lambda: one(3)["back"])
    assert numbers("?back=1") == [3] and call("GET", BASE + "/count")["back"] == 1 and "停用後又出現" in page("/stations?back=1", "zh")
    call("POST", f"{BASE}/3", {"state": "watched", "note": "又有連線"})
    assert not one(3)["back"] and one(3)["due"]
    was = one(5)["indicator"]
    call("POST", f"{BASE}/5", {"state": "mistaken", "note": "是研究單位的掃描主機"})
    assert call("GET", f"/api/v1/indicators/{was}")["state"] == "revoked"
    call("POST", f"{BASE}/5", {"state": "watched", "note": "再次確認"})
    again = one(5)["indicator"]
    assert again != was and call("GET", f"/api/v1/indicators/{again}")["state"] == "active"
    acts = [a["action"] for a in call("GET", "/api/v1/audit?limit=200")["items"] if a["subject"] == one(5)["id"]]
    assert sorted(acts) == ["station.add", "station.change", "station.change"], acts


@promise
def counted():
    """the counts by state and side are those of the lists they open, and words, side, state and pages find what they say"""
    c = call("GET", BASE + "/count")
    for state in ("watched", "controlled", "gone", "mistaken"):
        for side in ("domestic", "foreign", "unknown"):
            assert c[state][side] == len(numbers(f"?state={state}&side={side}")), (state, side, c)
    assert numbers("?q=plugx") == [1] and numbers("?q=far") == [4, 2] and not numbers("?q=none")
    two = call("GET", BASE + "?limit=2")
    assert [x["number"] for x in two["items"]] == [5, 4] and numbers(f"?limit=2&after={two['next']}") == [3, 2]
    for wrong in ("?state=odd", "?side=odd", "?after=odd", "?format=pdf", "?incident=none"):
        assert node.local("GET", BASE + wrong).status in (400, 404), wrong
    rows = list(csv.DictReader(io.StringIO(node.local("GET", BASE + "?format=csv").body.decode("utf-8-sig"))))
    assert [(r["number"], r["value"], r["side"]) for r in rows][-1] == ("1", "198.51.100.7", "domestic") and len(rows) == 5


@promise
def of_a_case():
    """a station of an incident leads to it and to whom it was referred; an exercise has none, and who may not see the incident is not told of it"""
    case = call("POST", "/api/v1/incidents", {"title": "木馬連線中繼站", "description": "x", "level": 2, "category": "intrusion_malware"})["id"]
    call("POST", BASE, {"value": "203.0.113.77", "incident": case})
    call("POST", f"/api/v1/incidents/{case}/referrals", {"kind": "partner", "recipient": "對等應變中心", "text": "請協助停用", "source": "203.0.113.77"})
    assert one(6)["incident"] == case and numbers(f"?incident={case}") == [6]
    text = page(f"/stations/{one(6)['id']}", "zh")
    assert "木馬連線中繼站" in text and "對等應變中心" in text and f"/incidents/{case}" in text
    x = node.exercise(days=1)
    drill = call("POST", "/api/v1/incidents", {"title": "演練木馬", "description": "x", "level": 2, "category": "intrusion_malware", "exercise": x})["id"]
    refused("POST", BASE, {"value": "203.0.113.78", "incident": drill}, 409, "exercise")


@promise
def by_whom():
    """who only reads changes nothing, who is not known sees nothing; the pages say the same in Chinese and English"""
    for path, body in ((BASE, {"value": "203.0.113.99"}), (f"{BASE}/1", {"look": "silent"})):
        assert ask(eve, "POST", path, body).status == 403, path
    assert ask(ann, "POST", f"{BASE}/1", {"look": "answers"}).status == 204 and one(1)["history"][0]["by"] == "ann"
    assert ask(eve, "GET", f"{BASE}/1").status == 200 and ask(eve, "GET", f"{BASE}/99").status == 404
    assert node.request("GET", BASE, auth=False).status == 401
    for lang, words in (("zh", ("中繼站", "監視中", "管制中", "境內外")), ("en", ("Relay stations", "Watched", "Controlled", "Domestic"))):
        text = page("/stations", lang)
        assert all(w in text for w in words), [w for w in words if w not in text]
    assert 'href="/stations"' in page("/indicators", "zh")


@promise
def by_command():
    """the command line enters, finds, looks, changes and exports"""
    r = cli("add", "c2c.example.net", "Cobalt Strike", "JP", "Island Net", "partner's report")
    assert r.returncode == 0 and r.stdout.strip(), r.stderr
    n = str(numbers()[0])
    for argv in (("look", n, "silent", "no answer for a week"), ("state", n, "gone", "taken down")):
        r = cli(*argv)
        assert r.returncode == 0, (argv, r.stderr)
    for argv, says in ((("list",), "c2c.example.net"), (("foreign",), "c2c.example.net"), (("find", "island"), "c2c.example.net"), (("show", n), "taken down"), (("count",), "watched"), (("export",), "Island Net"), (("overdue",), ""), (("back",), "")):
        r = cli(*argv)
        assert r.returncode == 0 and says in r.stdout, (argv, r.stdout, r.stderr)


done()
