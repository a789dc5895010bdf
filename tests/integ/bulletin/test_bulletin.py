#!/usr/bin/env python3
"""Alerts to members (警訊): asked of an audience, answered below, collated above; no member sees another's answer."""
import datetime
import pathlib
import re
import sys
import urllib.parse

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "lib"))
from lf import *

SECRET = {"one": "first of the two answers", "two": "second of the two answers", "school": "what the school did"}


def join(child, parent):
    token = parent.local("POST", "/api/v1/peers/invitations", {}).json["token"]
    assert child.local("POST", "/api/v1/parent", {"token": token}).status == 202
    until("the link is up", lambda: child.local("GET", "/api/v1/parent").json["state"] == "active")


def named(tier, name):
    d = scratch()
    Node.serve(d, tier=tier).process.terminate()
    ini = d / "lianfang.ini"
    # Where those below find it again when it comes back.
    ini.write_text(ini.read_text().replace("name = test", f"name = {name}").replace("peer = 127.0.0.1:0", f"peer = 127.0.0.1:{free_port()}"))
    return until(f"{name} starts", lambda: Node.serve(d, tier=tier))


nation, sector, one, two = (named(*x) for x in (("nation", "Nation"), ("sector", "Energy CERT"), ("provider", "Plant One"), ("provider", "Plant Two")))
join(sector, nation)
join(one, sector)
join(two, sector)
tokens = {}
for node in (nation, sector):
    assert node.local("POST", "/api/v1/users", {"name": "ann", "roles": "analyst", "password": "a long enough one"}).status == 201
    tokens[id(node)] = node.local("POST", "/api/v1/tokens", {"account": "ann", "label": "t", "roles": "analyst"}).json["token"]


def soon(seconds):
    return (datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(seconds=seconds)).strftime("%Y-%m-%dT%H:%M:%SZ")


def drafted(node, **form):
    form = {"title": "請清查 VPN 設備", "description": "設備韌體有已遭利用的弱點。", "severity": "high", "measures": "更新韌體",
            "reply_by": soon(3600), "tlp": "amber", **form}
    r = node.request("POST", "/api/v1/advisories", {"kind": "EWA", "form": form}, headers={"Authorization": "Bearer " + tokens[id(node)]})
    assert r.status == 201, r.body
    return r.json["id"]


def handed_in(node, at):
    assert node.request("POST", f"/api/v1/advisories/{at}/submit", headers={"Authorization": "Bearer " + tokens[id(node)]}).status == 204
    return node.local("POST", f"/api/v1/advisories/{at}/publish", {})


def published(node, audience=None, **form):
    at = drafted(node, **form)
    if audience is not None:
        r = node.local("PUT", f"/api/v1/bulletins/{at}/audience", audience)
        assert r.status == 204, r.body
    r = handed_in(node, at)
    assert r.status == 204, r.body
    return at


def bulletin(node, at):
    r = node.local("GET", f"/api/v1/bulletins/{at}")
    return r.json if r.status == 200 else None


def rows(node, at, query=""):
    r = node.local("GET", f"/api/v1/bulletins/{at}/members{query}")
    assert r.status == 200, r.body
    return {x["name"]: x for x in r.json["items"]}


def text_of(node, path, **kw):
    return node.request("GET", path, auth=False, **kw)


def answer(node, link, **form):
    return node.request("POST", link, urllib.parse.urlencode(form).encode(), auth=False, headers={"Content-Type": "application/x-www-form-urlencoded"})


def link_of(at, member, **more):
    r = sector.local("POST", f"/api/v1/bulletins/{at}/link", {"member": member, **more})
    assert r.status == 201, r.body
    return r.json["path"]


for member, facts in (("Plant One", {"sectors": "energy", "level": "A"}), ("Plant Two", {"sectors": "energy utilities", "level": "B"})):
    at = next(m["id"] for m in sector.local("GET", "/api/v1/members").json["items"] if m["name"] == member)
    assert sector.local("PUT", f"/api/v1/members/{at}", facts).status == 204
school = sector.local("POST", "/api/v1/members", {"name": "Hill School", "sectors": "education", "level": "D", "mail": "office@school.example"}).json["id"]
clinic = sector.local("POST", "/api/v1/members", {"name": "Bay Clinic", "sectors": "healthcare", "level": "C"}).json["id"]


@promise
def audience():
    """an audience is chosen by sector, level, asset and name; who is not in it never has the text, and after review it stays"""
    def asks(audience):
        at = drafted(sector)
        assert sector.local("PUT", f"/api/v1/bulletins/{at}/audience", audience).status == 204
        return sorted(m["name"] for m in sector.local("GET", f"/api/v1/bulletins/{at}/audience").json["members"])
    assert asks({}) == ["Bay Clinic", "Hill School", "Plant One", "Plant Two"]
    assert asks({"sectors": ["energy"]}) == ["Plant One", "Plant Two"]
    assert asks({"sectors": ["energy", "education"], "levels": ["B", "D"]}) == ["Hill School", "Plant Two"]
    assert asks({"sectors": ["utilities"], "members": [clinic]}) == ["Bay Clinic", "Plant Two"]
    assert sector.local("PUT", "/api/v1/assets/vpn-7", {"addresses": "192.0.2.7", "owner": "plant one", "note": "Fortress VPN 7"}).status in (200, 204)
    assert asks({"assets": "fortress vpn"}) == ["Plant One"]
    for bad in ({"sectors": ["mining"]}, {"levels": ["Z"]}, {"members": ["x"]}, {"who": []}, {"sectors": "energy"}):
        r = sector.local("PUT", f"/api/v1/bulletins/{drafted(sector)}/audience", bad)
        assert r.status == 400 and r.json["detail"], r.body
    at = drafted(sector)
    assert sector.local("PUT", f"/api/v1/bulletins/{at}/audience", {"levels": ["E"]}).status == 204
    r = handed_in(sector, at)
    assert r.status == 422 and "nobody" in r.json["detail"], r.body
    assert sector.local("PUT", f"/api/v1/bulletins/{at}/audience", {}).status == 409
    at = published(sector, {"levels": ["A"]}, title="only for A")
    until("it is there", lambda: bulletin(one, at))
    later = published(sector, title="for all")
    until("what came later is there", lambda: bulletin(two, later))
    assert two.local("GET", f"/api/v1/advisories/{at}").status == 404 and bulletin(two, at) is None
    assert sector.local("PUT", f"/api/v1/bulletins/{at}/audience", {}).status == 409
    assert sector.local("POST", f"/api/v1/advisories/{at}/withdraw", {"reason": "done"}).status == 204
    until("it is withdrawn where it was", lambda: one.local("GET", f"/api/v1/advisories/{at}").json["state"] == "withdrawn")
    assert one.local("POST", f"/api/v1/bulletins/{at}/reply", {"verdict": "false-alarm"}).status == 409


@promise
def states():
    """unread, read, overdue, answered and done are reckoned as they happen, over a kill -9 too, and counts open their members"""
    global asked
    asked = published(sector, {"sectors": ["energy", "education", "healthcare"]}, reply_by=soon(8))
    assert {k: v["state"] for k, v in rows(sector, asked).items()} == dict.fromkeys(["Plant One", "Plant Two", "Hill School", "Bay Clinic"], "unread")
    until("it is asked", lambda: bulletin(one, asked))
    until("one has read", lambda: rows(sector, asked)["Plant One"]["state"] == "read")
    until("two has it", lambda: two.local("GET", f"/api/v1/advisories/{asked}").status == 200)
    r = one.local("POST", f"/api/v1/bulletins/{asked}/reply", {"verdict": "confirmed", "measures": SECRET["one"]})
    assert r.status == 400 and "number" in r.json["detail"], r.body
    assert one.local("POST", f"/api/v1/bulletins/{asked}/reply", {"verdict": "maybe"}).status == 400
    assert one.local("POST", f"/api/v1/bulletins/{asked}/reply", {"verdict": "confirmed", "incident": "E-2026-17", "measures": SECRET["one"]}).status == 204
    got = until("it is answered", lambda: (x := rows(sector, asked)["Plant One"])["state"] == "answered" and x)
    assert (got["verdict"], got["incident"], got["measures"], got["late"]) == ("confirmed", "E-2026-17", SECRET["one"], False), got
    os.kill(sector.process.pid, signal.SIGKILL)
    sector.process.wait()
    again = until("the sector is back", lambda: Node.serve(sector.directory, tier="sector"))
    sector.__dict__.update(again.__dict__)
    until("it is overdue", lambda: rows(sector, asked)["Bay Clinic"]["state"] == "overdue")
    assert rows(sector, asked)["Plant One"]["state"] == "answered"
    assert one.local("POST", f"/api/v1/bulletins/{asked}/reply", {"verdict": "confirmed", "incident": "E-2026-17", "measures": SECRET["one"], "done": True}).status == 204
    until("it is done", lambda: rows(sector, asked)["Plant One"]["state"] == "done", limit=75)
    assert two.local("POST", f"/api/v1/bulletins/{asked}/reply", {"verdict": "undetermined", "measures": SECRET["two"]}).status == 204
    until("the late one is there", lambda: rows(sector, asked)["Plant Two"]["late"])
    b = bulletin(sector, asked)
    assert b["states"] == {"unread": 0, "read": 0, "overdue": 2, "answered": 1, "done": 1} and b["late"] >= 1, b
    assert b["verdicts"] == {"false-alarm": 0, "confirmed": 1, "undetermined": 1}, b
    for state, n in b["states"].items():
        assert len(rows(sector, asked, f"?state={state}")) == n, state
    for verdict, n in b["verdicts"].items():
        assert len(rows(sector, asked, f"?verdict={verdict}")) == n, verdict
    assert sector.local("GET", f"/api/v1/bulletins/{asked}/members?state=lost").status == 400


@promise
def by_link():
    """a signed link opens one page without sign-in and takes one answer; forged, used, old and withdrawn ones get one sentence"""
    link = link_of(asked, school)
    page = text_of(sector, link)
    assert page.status == 200 and "Hill School" in page.body.decode() and page.body.decode().count("<form") == 2, page.body  # preferences, and the answer
    assert "<script" not in page.body.decode() and SECRET["one"] not in page.body.decode()
    assert rows(sector, asked)["Hill School"]["read"]
    r = answer(sector, link, verdict="confirmed", measures=SECRET["school"])
    assert r.status == 400 and SECRET["school"] in r.body.decode() and "編號" in r.body.decode(), r.body
    for at in range(len("/answer/"), len(link)):
        other = link[:at] + ("A" if link[at] != "A" else "B") + link[at + 1:]
        r = text_of(sector, other)
        assert r.status == 403 and "Hill School" not in r.body.decode(), other
    for bad in ("/answer/x", link + "A", link[:-1], "/answer/" + "A" * 64, "/answer/" + "%2B" * 64):
        assert text_of(sector, bad).status in (403, 404), bad
    r = answer(sector, link, verdict="false-alarm", measures=SECRET["school"], done="1")
    assert r.status == 200, r.body
    got = rows(sector, asked)["Hill School"]
    assert (got["state"], got["verdict"], got["answerer"], got["measures"]) == ("done", "false-alarm", "link", SECRET["school"]), got
    for r in (text_of(sector, link), answer(sector, link, verdict="confirmed", incident="1")):
        assert r.status == 403 and "已用來回覆" in r.body.decode(), r.body
    second = link_of(asked, school)
    assert text_of(sector, second).status == 200 and text_of(sector, link).status == 403
    assert sector.local("POST", f"/api/v1/bulletins/{asked}/link", {"member": "self"}).status in (404, 409)
    assert sector.local("POST", f"/api/v1/bulletins/{asked}/link", {"member": school, "hours": 99999}).status == 400
    gone = published(sector)
    link = link_of(gone, clinic)
    assert sector.local("POST", f"/api/v1/advisories/{gone}/withdraw", {"reason": "mistake"}).status == 204
    r = text_of(sector, link)
    assert r.status == 403 and "撤回" in r.body.decode(), r.body


@promise
def upward():
    """what the nation asks is asked of the sector and its members; each answer reaches the nation through the sector, by name"""
    global national
    national = published(nation, title="全國清查", reply_by=soon(7200))
    for node in (sector, one):
        until("it is asked", lambda node=node: bulletin(node, national))
    assert set(rows(sector, national)) == {"Plant One", "Plant Two", "Hill School", "Bay Clinic"}
    until("the sector's own", lambda: "self" in bulletin(sector, national))
    assert one.local("POST", f"/api/v1/bulletins/{national}/reply", {"verdict": "undetermined", "measures": SECRET["one"]}).status == 204
    assert answer(sector, link_of(national, school), verdict="false-alarm", measures=SECRET["school"]).status == 200
    assert sector.local("POST", f"/api/v1/bulletins/{national}/reply", {"verdict": "false-alarm"}).status == 204
    got = until("all three are there", lambda: (x := rows(nation, national)) and sum("verdict" in y for y in x.values()) == 3 and x)
    assert {(k, v["verdict"], v["below"]) for k, v in got.items()} == {("Energy CERT", "false-alarm", False), ("Plant One", "undetermined", True), ("Hill School", "false-alarm", True)}, got
    assert one.local("POST", f"/api/v1/bulletins/{national}/reply", {"verdict": "false-alarm", "done": True}).status == 204
    until("its second thought, too", lambda: (x := rows(nation, national)["Plant One"])["state"] == "done" and x["verdict"] == "false-alarm")
    assert len(rows(nation, national)) == 3 and rows(nation, national)["Plant One"]["answers"] == 2


@promise
def reminded():
    """who owes an answer is reminded, at most once an hour, and is told so at its own node"""
    at = published(sector, {"sectors": ["energy"]})
    for node in (one, two):
        until("it is asked", lambda node=node: bulletin(node, at))
    assert one.local("POST", f"/api/v1/bulletins/{at}/reply", {"verdict": "false-alarm"}).status == 204
    until("one answered", lambda: rows(sector, at)["Plant One"]["state"] == "answered")
    r = sector.local("POST", f"/api/v1/bulletins/{at}/remind", {})
    assert r.status == 200 and r.json == {"reminded": 1}, r.body
    assert sector.local("POST", f"/api/v1/bulletins/{at}/remind", {}).json == {"reminded": 0}
    assert rows(sector, at)["Plant Two"]["reminders"] == 1 and "reminded" not in rows(sector, at)["Plant One"]
    until("two is told", lambda: bulletin(two, at)["self"].get("reminded"))


@promise
def apart():
    """no member sees another's answer, at any door of any node: API, console, TAXII, link"""
    def everything(node):
        for path in ("/api/v1/bulletins", "/api/v1/advisories?limit=1000", "/bulletins", "/advisories", "/api/v1/objects?limit=1000", "/api/v1/audit?limit=1000"):
            yield path, node.local("GET", path).body.decode()
        for a in node.local("GET", "/api/v1/advisories?limit=1000").json["items"]:
            for path in ("/api/v1/advisories/", "/advisories/"):
                yield path, node.local("GET", path + a["id"]).body.decode()
        for x in node.local("GET", "/api/v1/bulletins?limit=1000").json["items"]:
            for path in ("/api/v1/bulletins/", "/bulletins/"):
                yield path, node.local("GET", path + x["id"]).body.decode()
            yield "members", node.local("GET", f"/api/v1/bulletins/{x['id']}/members").body.decode()
        for c in node.local("GET", "/taxii2/root/collections/").json.get("collections", []):
            yield c["title"], node.local("GET", f"/taxii2/root/collections/{c['id']}/objects/?limit=10000").body.decode()
    looked = 0
    for node, own in ((one, "one"), (two, "two")):
        for path, text in everything(node):
            looked += 1
            assert not any(s in text for k, s in SECRET.items() if k != own), (own, path)
    for link in (link_of(asked, clinic), link_of(national, clinic)):
        looked += 1
        assert not any(s in text_of(sector, link).body.decode() for s in SECRET.values()), link
    return f"{looked} answers looked through"


@promise
def by_command():
    """the command line chooses an audience, answers, and shows who stands how"""
    def run(node, *words, stdin=b""):
        return subprocess.run([BIN, words[0], words[1], "-c", str(node.directory / "lianfang.ini"), "--json", *words[2:]], input=stdin, capture_output=True, timeout=60)
    at = drafted(sector, title="by command")
    assert run(sector, "bulletin", "audience", at, "-", stdin=b'{"sectors":["energy"]}').returncode == 0
    assert handed_in(sector, at).status == 204
    until("it is asked", lambda: bulletin(two, at))
    assert run(two, "bulletin", "reply", at, "confirmed").returncode == 2
    r = run(two, "bulletin", "reply", at, "confirmed", "E-9", "isolated")
    assert r.returncode == 0, r
    until("it is there", lambda: [x["incident"] for x in json.loads(run(sector, "bulletin", "find", at, "answered").stdout)["items"]] == ["E-9"])
    assert len(json.loads(run(sector, "bulletin", "members", at).stdout)["items"]) == 2
    r = run(sector, "member", "add", "Dam Three", "energy", "Q")
    assert r.returncode == 2 and r.stderr.count(b"\n") == 1, r
    assert run(sector, "member", "add", "Dam Three", "energy utilities", "B").returncode == 0
    assert b"Dam Three" in run(sector, "member", "list").stdout


done()
