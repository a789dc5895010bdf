#!/usr/bin/env python3
"""Two tenants of a sector's node, with a nation above: real processes, each person with a token."""
import json
import pathlib
import re
import subprocess
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "lib"))
from lf import *

PASSWORD = "correct horse battery"
nation, sector = Node.serve(scratch(), tier="nation"), Node.serve(scratch(), tier="sector")
invitation = nation.local("POST", "/api/v1/peers/invitations", {}).json["token"]
assert sector.local("POST", "/api/v1/parent", {"token": invitation}).status == 202
until("the link is up", lambda: sector.local("GET", "/api/v1/parent").json["state"] == "active")
tokens = {}


def local(method, path, body=None, status=(200, 201, 202, 204)):
    a = sector.local(method, path, body)
    assert a.status in status, (method, path, a.status, a.body)
    return a.json if a.body else None


def ask(who, method, path, body=None):
    return sector.request(method, path, body, {"Authorization": "Bearer " + tokens[who]}, auth=False)


def does(who, method, path, body=None):
    a = ask(who, method, path, body)
    assert a.status in (200, 201, 202, 204), (who, method, path, a.status, a.body)
    return a.json if a.body else None


def person(name, roles, tenant=None):
    a = local("POST", "/api/v1/users", {"name": name, "password": PASSWORD, "roles": roles, **({"tenant": tenant} if tenant else {})})
    tokens[name] = local("POST", "/api/v1/tokens", {"account": a["id"], "label": name, "roles": roles})["token"]
    return a["id"]


def command(noun, verb, *words):
    r = subprocess.run([BIN, noun, verb, "--data", str(sector.directory / "data"), *words], capture_output=True, text=True, timeout=60)
    return r.returncode, r.stdout + r.stderr


east = local("POST", "/api/v1/tenants", {"name": "東港國小", "oid": "2.16.886.111.9.1", "attribute": "academia"})["id"]
local("POST", "/api/v1/units", {"name": "西港國小", "attribute": "academia"})
west = local("POST", "/api/v1/tenants", {"name": "西港國小"})["id"]
ids = {"east": person("east", "admin,analyst,reporter,reviewer,reader", east), "west": person("west", "admin,analyst,reporter,reviewer,reader", west),
       "staff": person("staff", "admin,analyst,reporter,reviewer,reader")}


@promise
def taken_in():
    """a tenant is taken in once, by the node's administrators alone, and stands in the contact network: its own entry if it had one"""
    for body, says, status in (({"name": "東港國小"}, "already", 409), ({"name": "x", "oid": "2.16.886.111.9.1"}, "already", 409),
                               ({"name": "x", "oid": "abc"}, "digits", 400), ({}, "name", 400), ({"name": "x", "attribute": "no"}, "attribute", 400)):
        a = sector.local("POST", "/api/v1/tenants", body)
        assert a.status == status and says in a.json["detail"], (a.status, a.body)
    for method, path, body in (("POST", "/api/v1/tenants", {"name": "x"}), ("GET", f"/api/v1/tenants/{west}/incidents", None), ("GET", "/api/v1/tenants", None), ("PUT", "/api/v1/tenants/" + east, {"name": "x"}),
                               ("POST", "/api/v1/users", {"name": "x", "password": PASSWORD, "roles": "reader", "tenant": west}), ("GET", "/api/v1/users?tenant=" + west, None)):
        assert ask("east", method, path, body).status in (403, 404), path
    local("POST", "/api/v1/units", {"name": "y", "tenant": "20000001-0000-4000-8000-000000000000"}, status=(400, 404))
    units = {u["name"]: u for u in local("GET", "/api/v1/units")["items"]}
    assert units["東港國小"]["tenant"] == east and units["西港國小"]["tenant"] == west and len([n for n in units if "港" in n]) == 2
    assert [t["name"] for t in local("GET", "/api/v1/tenants")["items"]] == sorted(["東港國小", "西港國小"])
    assert [x["name"] for x in local("GET", "/api/v1/users?tenant=" + east)["items"]] == ["east"]
    kinds = [x["action"] for x in local("GET", "/api/v1/audit?limit=50")["items"]]
    assert kinds.count("organisation.create") == 2, kinds


@promise
def commands():
    """the command line takes one in, names it anew, makes its account with a password that is shown, and lists them"""
    rc, out = command("tenant", "add", "南港國小", "2.16.886.111.9.3", "academia")
    assert rc == 0, out
    south = next(t["id"] for t in local("GET", "/api/v1/tenants")["items"] if t["name"] == "南港國小")
    rc, out = command("tenant", "user", south, "south", "reporter")
    shown = [w for w in out.split() if len(w) == 27]
    assert rc == 0 and "south" in out and len(shown) == 1, out
    assert sector.request("POST", "/api/v1/session", {"user": "south", "password": shown[0]}, auth=False).status == 201
    rc, out = command("tenant", "rename", south, "南港國民小學")
    assert rc == 0, out
    rc, out = command("tenant", "list")
    assert rc == 0 and "南港國民小學" in out and "2.16.886.111.9.3" in out, out
    rc, out = command("tenant", "users", south)
    assert rc == 0 and "south" in out and "east" not in out, out
    rc, out = command("tenant", "rename", south, "東港國小")
    assert rc != 0 and "already" in out, out


@promise
def own_people():
    """a tenant's administrator makes, shuts out and lists its own accounts, and neither finds nor changes those of others"""
    made = does("east", "POST", "/api/v1/users", {"name": "east-two", "password": PASSWORD, "roles": "reporter"})["id"]
    assert sorted(x["name"] for x in does("east", "GET", "/api/v1/users")["items"]) == ["east", "east-two"]
    does("east", "POST", f"/api/v1/users/{made}/disable", {})
    for other in (ids["west"], ids["staff"]):
        for act, body in (("disable", {}), ("password", {"password": "another long one"}), ("roles", {"roles": "reader"}), ("totp-off", {})):
            a = ask("east", "POST", f"/api/v1/users/{other}/{act}", body)
            assert a.status == 404, (act, a.status, a.body)
        assert ask("east", "POST", "/api/v1/tokens", {"account": other, "label": "x", "roles": "reader"}).status in (403, 404)


def canaries(who, word):
    """What somebody can write, each with the word in it.  Gives the ids."""
    made = {}
    made["incidents"] = does(who, "POST", "/api/v1/incidents", {
        "title": "網頁遭竄改 " + word, "description": word, "impact": word, "measures": word, "level": 1, "happened_at": "2026-11-20T08:00:00+08:00"})["id"]
    made["inquiries"] = does(who, "POST", "/api/v1/inquiries", {"kind": "consultation", "title": word, "text": word, "subject": word, "question": word})["id"]
    return made


theirs = {who: canaries(who, "canary" + who) for who in ("east", "west", "staff")}


def doors():
    """Every GET of the API without a place for an id, from the description that the node gives of itself."""
    api = json.loads(ask("staff", "GET", "/api/v1/openapi.json").body)
    return sorted(p for p, methods in api["paths"].items() if "get" in methods)


@promise
def nothing_of_another():
    """over every GET of the API, with and without ids of others, and every page, a tenant reads not a word of another tenant or of the node, and nothing fails"""
    pages = ["/", "/alerts", "/incidents", "/tasks", "/inquiries", "/exercises", "/notices", "/contacts", "/rosters", "/indicators", "/objects",
             "/advisories", "/bulletins", "/search", "/questions", "/blocks", "/peers", "/policy", "/devices", "/health", "/people", "/tokens", "/audit",
             "/statistics", "/analysis", "/articles", "/news", "/news-counts", "/ops-reviews", "/improvements", "/statements", "/seminars", "/partners", "/stations", "/meetings", "/weaknesses", "/referrals", "/tenants"]
    asked = 0
    cookie = sector.request("POST", "/api/v1/session", {"user": "east", "password": PASSWORD}, auth=False).headers["Set-Cookie"].split(";")[0]
    every = [i for owner in ("west", "staff") for i in theirs[owner].values()] + [west, ids["west"], ids["staff"]]
    for path in doors():
        if "{" not in path:
            tries = [path, path + "?format=csv", path + "?q=canary", path + "?words=canary"]
        else:
            tries = [re.sub(r"\{\w+\}", i, path, count=1) for i in every]
            tries = [re.sub(r"\{\w+\}", every[0], p) for p in tries]
        for p in tries:
            a = ask("east", "GET", p)
            asked += 1
            assert a.status < 500, (p, a.status, a.body[:300])
            for word in (b"canarywest", b"canarystaff"):
                assert word not in a.body.replace(b"\\u0063", b"c"), (p, a.body[:2000])
    for p in pages + [f"/{kind}/{i}" for kind in ("incidents", "inquiries") for i in every] + ["/people?tenant=" + west]:
        a = sector.request("GET", p, headers={"Cookie": cookie}, auth=False)
        asked += 1
        assert a.status < 500, (p, a.status)
        for word in (b"canarywest", b"canarystaff"):
            assert word not in a.body, (p, word)
    assert b"canaryeast" in ask("east", "GET", "/api/v1/incidents").body
    assert b"canarystaff" in ask("staff", "GET", "/api/v1/incidents").body and b"canaryeast" in ask("staff", "GET", "/api/v1/inquiries").body
    assert asked > 900, asked
    return f"{asked} questions"


@promise
def reviewed_here():
    """what a tenant of a sector's node reports is received at once, returned and reviewed by the sector's own people and by nobody else; a draft is the tenant's alone, and the nation hears of it by the rules for a node below, with one receipt a report"""
    for name, roles, tenant in (("rev", "reviewer", None), ("eye", "reader", None), ("tom", "reporter", east)):
        person(name, roles, tenant)
    case = does("tom", "POST", "/api/v1/incidents", {"title": "canaryeast 校務系統遭入侵", "level": 2, "impact": "x", "measures": "y"})["id"]
    draft = does("tom", "POST", "/api/v1/incidents", {"title": "canaryeast 草稿", "level": 2, "impact": "x", "measures": "y", "draft": True})["id"]
    one, events = f"/api/v1/incidents/{case}", f"/api/v1/incidents/{case}/events"

    def kinds(who):
        return [(e["kind"], e["by"]) for e in does(who, "GET", one)["events"]]

    def act(who, kind, **body):
        return ask(who, "POST", events, {"kind": kind, "body": body})

    told = [("aware", "reporter"), ("reported", "reporter"), ("received_by_reviewer", "system")]
    assert kinds("tom") == told and kinds("rev") == told and kinds("eye") == told and does("rev", "GET", one)["incident"]["received_at"]
    assert ask("west", "GET", one).status == 404 and ask("rev", "GET", "/api/v1/incidents/" + draft).status == 404
    assert ask("rev", "POST", f"/api/v1/incidents/{draft}/events", {"kind": "reviewed", "body": {"level": 2}}).status == 404
    mine, waiting = f"/api/v1/tenants/{east}/incidents", f"/api/v1/tenants/{east}/incidents?waiting=1"
    assert case in [i["id"] for i in does("rev", "GET", waiting)["items"]] and draft not in ask("rev", "GET", mine).body.decode()
    counted = next(t["waiting"] for t in does("eye", "GET", "/api/v1/tenants")["items"] if t["id"] == east)
    assert counted == len(does("rev", "GET", waiting)["items"]), counted
    assert ask("rev", "GET", f"/api/v1/tenants/{ids['west']}/incidents").status == 404 and ask("west", "GET", mine).status == 403
    assert act("tom", "reviewed", level=2).status == 403 and act("eye", "reviewed", level=2).status in (403, 404), "a reporter reviews nothing, a reader neither"
    assert act("west", "reviewed", level=2).status == 404
    assert act("rev", "returned", reason="請補充影響範圍").status in (200, 201)
    assert nation.local("GET", one).status == 404, "level 2, not reviewed yet: the nation has no business with it"
    assert act("tom", "reported", title="canaryeast 校務系統遭入侵", level=2, impact="全校").status in (200, 201)
    assert act("rev", "reviewed", level=3).status in (200, 201)
    assert kinds("rev")[-3:] == [("reported", "reporter"), ("received_by_reviewer", "system"), ("reviewed", "reviewer")], kinds("rev")
    there = until("the nation has it", lambda: (lambda a: a.json if a.status == 200 and len(a.json["events"]) >= 7 else None)(nation.local("GET", one)))
    assert [e["by"] for e in there["events"] if e["kind"] == "received_by_reviewer" and e["tier"] != "sector"] == [], there["events"]
    assert there["incident"]["level"] == 3 and there["incident"]["review"] == "confirmed"
    assert case not in [i["id"] for i in does("rev", "GET", waiting)["items"]] and case in [i["id"] for i in does("rev", "GET", mine)["items"]]
    assert any(case in n["path"] for n in local("GET", "/api/v1/notices")["items"]), "the sector's people are told"
    cookie = {"Cookie": sector.request("POST", "/api/v1/session", {"user": "rev", "password": PASSWORD}, auth=False).headers["Set-Cookie"].split(";")[0]}
    page = sector.request("GET", "/incidents/" + case, headers=cookie, auth=False)
    assert page.status == 200 and "校務系統遭入侵" in page.body.decode() and "東港國小" in page.body.decode() and "/blocks" in page.body.decode(), "whose it is, with the menu of his own"
    for path, there in ((f"/tenants/{east}", True), (f"/tenants/{east}?waiting=1", False)):
        page = sector.request("GET", path, headers=cookie, auth=False)
        assert page.status == 200 and ("校務系統遭入侵" in page.body.decode()) == there, (path, page.status)
    name = next(e["account"] for e in does("rev", "GET", one)["events"] if e["kind"] == "reviewed")
    assert name, "who reviewed stands with it"


@promise
def nothing_done_to_another():
    """over every POST, PUT, PATCH and DELETE with an id of the node's or of another tenant's, a tenant does nothing, nothing fails, and what it named is as it was"""
    kinds = ("/api/v1/incidents/", "/api/v1/inquiries/")
    def theirs_now():
        """All of the inquiry; of the incident, whose clocks run and which the nation receives meanwhile, what its own node signed."""
        case = does("staff", "GET", "/api/v1/incidents/" + theirs["staff"]["incidents"])
        return [e for e in case["events"] if e["kind"] != "received_by_reviewer"], does("staff", "GET", "/api/v1/inquiries/" + theirs["staff"]["inquiries"])

    before = theirs_now()
    bodies = ({}, {"text": "x", "reason": "x", "kind": "closed", "body": {}, "title": "x", "name": "x", "answer": "x", "note": "x", "state": "closed"})
    asked = 0
    for path, methods in json.loads(ask("staff", "GET", "/api/v1/openapi.json").body)["paths"].items():
        for method in set(methods) & {"post", "put", "patch", "delete"}:
            for i in (*theirs["staff"].values(), *theirs["west"].values(), ids["staff"]) if "{" in path else ():
                for body in bodies:
                    a = ask("east", method.upper(), re.sub(r"\{\w+\}", i, path), body)
                    asked += 1
                    assert a.status < 500, (method, path, a.status, a.body[:300])
                    if path.startswith(kinds):
                        assert a.status >= 400, (method, path, a.status, a.body[:300])
    assert before == theirs_now() and before[0]
    assert ask("staff", "GET", "/api/v1/users").status == 200, "the staff's account is as it was"
    return f"{asked} questions"


@promise
def shut_doors():
    """what is the node's own is shut to a tenant's administrator: its links, settings, blocks, feeds, archive and the exchange by TAXII and MISP"""
    for method, path, body in (
            ("POST", "/api/v1/transfers/export", {"peer": "parent"}), ("PUT", "/api/v1/lifetimes/indicator", {"days": 1}), ("POST", "/api/v1/allow", {"value": "x.test", "reason": "x"}),
            ("POST", "/api/v1/policies", {"kinds": ["domain-name"], "min_evidence": 1, "max_life_hours": 1}), ("POST", "/api/v1/question-policy", {}), ("POST", "/api/v1/groups", {"name": "x"}),
            ("PUT", "/api/v1/notice-matrix", {"matrix": "x", "rows": []}), ("PUT", "/api/v1/networks", {"csv": "192.0.2.0/24,TW,x,y"}), ("POST", "/api/v1/searches", {"query": "*"}),
            ("GET", "/search?q=*", None), ("GET", "/api/v1/objects", None), ("GET", "/api/v1/peers", None), ("GET", "/metrics", None), ("GET", "/api/v1/devices", None),
            ("PUT", "/api/v1/report-form/additions/x", {}), ("PUT", "/api/v1/tunings/x", {"note": "x", "state": "retired"}), ("POST", "/api/v1/feeds", {"name": "x", "url": "https://127.0.0.1/"})):
        a = ask("east", method, path, body)
        assert a.status == 403 and ("own organisation" in a.body.decode() or "僅供本節點自己機關的人員" in a.body.decode()), (method, path, a.status, a.body[:200])
    share = does("east", "POST", "/api/v1/users", {"name": "east-share", "password": PASSWORD, "roles": "share"})["id"]
    tokens["east-share"] = local("POST", "/api/v1/tokens", {"account": share, "label": "x", "roles": "share"})["token"]
    for path in ("/taxii2/", "/taxii2/root/collections/", "/taxii2/root/collections/library/objects/"):
        a = sector.request("GET", path, headers={"Authorization": "Bearer " + tokens["east-share"], "Accept": "application/taxii+json;version=2.1"}, auth=False)
        assert a.status == 403, (path, a.status, a.body[:200])
    a = sector.request("GET", "/servers/getVersion", headers={"Authorization": tokens["east-share"]}, auth=False)
    assert a.status in (403, 404), (a.status, a.body[:200])


done()
