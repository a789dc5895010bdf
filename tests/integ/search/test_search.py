#!/usr/bin/env python3
"""What came in is found again: by the command line, the API and the console."""
import csv
import html
import io
import json
import os
import pathlib
import re
import signal
import subprocess
import sys
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "lib"))
from lf import *


def sender_token(n):
    r = n.local("POST", "/api/v1/tokens", {"label": "shipper", "roles": "sender", "account": "admin"})
    assert r.status == 201, r.body
    return r.json["token"]


def line(i):
    user = ["root", "alice", "bob", "陳小明"][i % 4]
    return {"@timestamp": f"2026-11-{10 + i % 3:02d}T{i % 24:02d}:30:00Z", "host": {"name": f"pc-{i % 5}"},
            "user": {"name": user}, "source": {"ip": f"10.{i % 3}.0.{i % 200}"}, "bytes": i,
            "message": f"login number {i} of {user}" + (" needle-4711" if i == 1234 else "")}


EVENTS = [line(i) for i in range(2000)]
d = scratch()
n = Node.serve(d)
token = sender_token(n)
for at in range(0, len(EVENTS), 500):
    body = "\n".join(json.dumps(e) for e in EVENTS[at:at + 500]).encode()
    r = n.request("POST", "/api/v1/events", body, {"Authorization": "Bearer " + token, "Content-Type": "application/json"})
    assert r.status in (200, 201, 202), (r.status, r.body)


def search(*args, data=None, env=None, stdin=None):
    return subprocess.run([BIN, "search", "--data", str(data or d / "data"), *args], capture_output=True, text=True,
                          timeout=60, env=env)


def rows(*args, **kw):
    r = search("--json", *args, **kw)
    assert r.returncode in (0, 1), (r.returncode, r.stderr)
    out = [json.loads(x) for x in r.stdout.splitlines()]
    assert (r.returncode == 0) == (len(out) > 0), (r.returncode, out[:2])
    return out


@promise
def the_command_finds_what_a_running_node_has_taken():
    hits = rows("needle-4711")
    assert len(hits) == 1 and hits[0]["event"]["bytes"] == 1234, hits
    assert hits[0]["time"] == EVENTS[1234]["@timestamp"].replace("Z", ".000Z"), hits[0]
    assert "needle-4711" in hits[0]["raw"]


@promise
def words_fields_ranges_and_networks_agree_with_a_plain_count():
    """words, fields, ranges and networks agree with a plain count"""
    for query, want in {
        "user.name:root": lambda e: e["user"]["name"] == "root",
        "user.name:陳小明": lambda e: e["user"]["name"] == "陳小明",
        "login NOT root": lambda e: e["user"]["name"] != "root",
        "bytes:[100 TO 199]": lambda e: 100 <= e["bytes"] <= 199,
        "source.ip:10.1.0.0/16 AND bytes<1000": lambda e: e["source"]["ip"].startswith("10.1.") and e["bytes"] < 1000,
        "host.name:/^pc-[12]$/ user.name:(alice OR bob)":
            lambda e: e["host"]["name"] in ("pc-1", "pc-2") and e["user"]["name"] in ("alice", "bob"),
        "\"number 17\"": lambda e: "number 17 " in e["message"],
    }.items():
        got = [h["event"]["bytes"] for h in rows(query)]
        assert sorted(got) == [e["bytes"] for e in EVENTS if want(e)], query
        assert got == sorted(got, reverse=True), "newest first"


@promise
def odd_queries():
    """a day alone is a whole day in Taipei; drives and URLs are words; an empty table is nothing found; - is standard input"""
    day = [e["bytes"] for e in EVENTS if "2026-11-10T16" <= e["@timestamp"] < "2026-11-11T16"]
    for query in ("_time:[2026-11-11 TO 2026-11-11]", "_time:>2026-11-10 _time:<=2026-11-11", "_time:>=2026-11-11 _time:<2026-11-12"):
        assert sorted(h["event"]["bytes"] for h in rows(query)) == day, query
    for query in ("C:\\\\login", "http://login/4711"):
        assert search(query).returncode == 1, query
    r = search("--json", "login | count by nosuch")
    assert r.returncode == 1 and r.stdout == "" and "no such field" in r.stderr, r
    r = subprocess.run([BIN, "search", "--json", "--data", str(d / "data"), "-"], input="needle-4711\n", capture_output=True, text=True)
    assert r.returncode == 0 and json.loads(r.stdout)["event"]["bytes"] == 1234, r
    r = search("x OR " * 5000 + "x")
    assert r.returncode == 2 and "long" in r.stderr and len(r.stderr.splitlines()) == 1, r


@promise
def the_order_the_limit_and_the_time_range_are_as_asked():
    assert [h["event"]["bytes"] for h in rows("--reverse", "--limit", "3", "login")] == [0, 1, 2]
    assert [h["event"]["bytes"] for h in rows("--limit", "2", "login")] == [1999, 1998]
    day = [e["bytes"] for e in EVENTS if e["@timestamp"] < "2026-11-11T16" and e["@timestamp"] >= "2026-11-10T16"]
    for way in (["--from", "2026-11-11", "--to", "2026-11-11"], ["--from", "115-11-11", "--to", "民國115年11月11日"],
                ["--from", "2026-11-10T16:00:00Z", "--to", "2026-11-12T00:00:00+08:00"]):
        assert sorted(h["event"]["bytes"] for h in rows(*way, "*")) == day, way
    assert rows("--to", "2026-11-01", "login") == []


@promise
def tables_are_what_a_plain_count_says():
    got = rows("login | count by user.name")
    assert {r["user.name"]: r["count"] for r in got} == {u: 500 for u in ("root", "alice", "bob", "陳小明")}, got
    got = rows("* | top 1 host.name")
    assert got == [{"host.name": "pc-0", "count": 400}], got
    got = rows("* | timechart span=1d count by user.name | fields count")
    assert sum(r["count"] for r in got) == 2000
    got = rows("* | sum bytes, max(bytes), dc source.ip by user.name | sort user.name | head 1")
    mine = [e for e in EVENTS if e["user"]["name"] == "alice"]
    assert got == [{"user.name": "alice", "sum(bytes)": sum(e["bytes"] for e in mine), "max(bytes)": 1997,
                    "dc(source.ip)": len({e["source"]["ip"] for e in mine})}], got
    got = rows("* | sort -bytes | head 2 | fields bytes, user.name")
    assert [h["event"] for h in got] == [{"bytes": 1999, "user.name": "陳小明"}, {"bytes": 1998, "user.name": "bob"}], got


def sheet(*args):
    r = subprocess.run([BIN, "search", "--data", str(d / "data"), "--csv", *args], capture_output=True, timeout=60)
    return r.returncode, list(csv.reader(io.StringIO(r.stdout.decode(), newline="")))


@promise
def csv_gives_rows_that_a_spreadsheet_reads():
    code, got = sheet("needle-4711")
    assert code == 0 and got[0] == ["position", "time", "recorded", "sender", "host", "raw"] and len(got) == 2, got
    assert json.loads(got[1][5]) == EVENTS[1234] and got[1][1] == EVENTS[1234]["@timestamp"].replace("Z", ".000Z"), got
    code, got = sheet("--reverse", "user.name:bob | head 2 | fields bytes, user.name, nowhere, source")
    assert got == [["bytes", "user.name", "nowhere", "source"], ["2", "bob", "", got[1][3]], ["6", "bob", "", got[2][3]]], got
    code, got = sheet("* | count by user.name | sort user.name | head 2")
    assert got == [["user.name", "count"], ["alice", "500"], ["bob", "500"]], got
    assert sheet("nowhere-to-be-found") == (1, [["position", "time", "recorded", "sender", "host", "raw"]])
    assert sheet("--json", "x")[0] == 2


@promise
def nothing_found_is_1_and_a_bad_query_is_2_with_its_column():
    assert search("nowhere-to-be-found").returncode == 1
    for bad, say in {"(login": "column 1", "login |": "column 8", "x:/(/": "column 3"}.items():
        r = search(bad)
        assert r.returncode == 2 and say in r.stderr and len(r.stderr.splitlines()) == 1, (bad, r.stderr)
    r = search("--from", "gestern", "x")
    assert r.returncode == 2 and "gestern" in r.stderr, r.stderr
    r = search("x", data="/nonexistent/lianfang")
    assert r.returncode == 2 and "/nonexistent/lianfang" in r.stderr, r.stderr


@promise
def an_interrupted_search_gives_what_it_has_and_says_that_it_is_partial():
    # A pipe holds less than the answer: the command is in the midst of it when Ctrl-C comes.
    p = subprocess.Popen([BIN, "search", "--json", "--data", str(d / "data"), "login"], stdout=subprocess.PIPE,
                         stderr=subprocess.PIPE, text=True)
    first = p.stdout.readline()
    p.send_signal(signal.SIGINT)
    out, err = p.stdout.read(), p.stderr.read()
    p.wait(30)
    hits = [json.loads(x)["event"]["bytes"] for x in (first + out).splitlines()]
    assert p.returncode == 0 and "PARTIAL" in err, (p.returncode, err)
    assert 0 < len(hits) < 2000 and hits == list(range(1999, 1999 - len(hits), -1)), len(hits)


@promise
def what_comes_from_outside_cannot_move_the_cursor():
    body = json.dumps({"message": "evil\u001b[2Jline\u009b2J\u0085\nnext ansi-mark"}).encode()
    r = n.request("POST", "/api/v1/events", body, {"Authorization": "Bearer " + token})
    assert r.status < 300, r.body
    r = search("ansi-mark")
    assert r.returncode == 0 and not any(c in r.stdout for c in "\x1b\x9b\x85\ufffd") and len(r.stdout.splitlines()) == 1, r.stdout


def ask(query, **more):
    r = n.local("POST", "/api/v1/searches", dict({"query": query}, **more))
    assert r.status == 201, (r.status, r.body)
    return r.json["id"]


def answer(id, limit=20):
    hits, end = [], time.monotonic() + limit
    while time.monotonic() < end:
        a = n.local("GET", f"/api/v1/searches/{id}?after={len(hits)}&wait=10").json
        hits += a["hits"]
        assert a["next"] == len(hits), (a["next"], len(hits))
        if a["state"] != "running" and not a["hits"]:
            return a, hits
    raise AssertionError(a)


@promise
def the_api_gives_what_the_command_gives():
    a, hits = answer(ask("login user.name:bob", limit=10000))
    assert a["state"] == "done" and a["progress"]["matched"] == 500, a
    assert [h["event"]["bytes"] for h in hits] == [h["event"]["bytes"] for h in rows("login user.name:bob")]
    a, hits = answer(ask("login | count by user.name | sort user.name", **{"from": "2026-11-11", "to": "2026-11-11"}))
    assert a["table"]["rows"] == rows("--from", "2026-11-11", "--to", "2026-11-11", "login | count by user.name | sort user.name")
    a, hits = answer(ask("login", limit=7, oldest_first=True))
    assert [h["event"]["bytes"] for h in hits] == list(range(7)) and a["limited"], a


@promise
def the_command_asks_a_node_over_the_api_too():
    env = dict(os.environ, LIANFANG_TOKEN=n.local("POST", "/api/v1/tokens", {
        "label": "cli", "roles": "analyst", "account": "admin"}).json["token"])
    r = subprocess.run([BIN, "search", "--node", n.info["https"], "--ca", n.info["ca"], "--json", "needle-4711"],
                       capture_output=True, text=True, timeout=60, env=env)
    assert r.returncode == 0 and json.loads(r.stdout)["event"]["bytes"] == 1234, (r.stdout, r.stderr)
    r = subprocess.run([BIN, "search", "--node", n.info["https"], "--ca", n.info["ca"], "x:/(/"],
                       capture_output=True, text=True, timeout=60, env=env)
    assert r.returncode == 2 and "column 3" in r.stderr, r.stderr
    r = subprocess.run([BIN, "search", "--node", n.info["https"], "--ca", n.info["ca"], "x"],
                       capture_output=True, text=True, timeout=60, env=dict(env, LIANFANG_TOKEN="nonsense"))
    assert r.returncode == 2 and "LIANFANG_TOKEN" in r.stderr, r.stderr


@promise
def a_bad_question_is_refused_and_roles_are_asked():
    for body, say in (({"query": "(a"}, "column 1"), ({"query": "a", "from": "x"}, "no time"), ({}, "query"),
                      ({"query": "a", "limit": 0}, "limit"), ({"query": "a", "from": "now", "to": "-1h"}, "before")):
        r = n.local("POST", "/api/v1/searches", body)
        assert r.status == 400 and say in r.json["detail"], (body, r.body)
    for role, want in (("sender", 403), ("reader", 403), ("analyst", 201)):
        t = n.local("POST", "/api/v1/tokens", {"label": role, "roles": role, "account": "admin"})
        if role != "analyst" and t.status != 201:
            continue
        r = n.post("/api/v1/searches", {"query": "login"}, headers={"Authorization": "Bearer " + t.json["token"]})
        assert r.status == want, (role, r.status, r.body)
    assert n.get("/api/v1/searches", auth=False).status == 401
    assert n.local("GET", "/api/v1/searches/00000000-0000-4000-8000-000000000000").status == 404


@promise
def who_searched_what_is_in_the_audit_trail():
    id = ask("login user.name:auditme")
    found = [e for e in n.local("GET", "/api/v1/audit").json["items"] if e["subject"] == id]
    assert found and found[0]["action"] == "search.start" and "auditme" in json.dumps(found[0]), found


@promise
def rules_over_the_archive_match_what_they_match_in_a_file():
    """rules over the archive match what they match in a file"""
    lines = [{"@timestamp": f"2026-11-{day}T23:30:00Z", "process": {"name": "sshd"}, "host": {"name": "db1"},
              "message": f"Accepted password for {user} from 203.0.113.80 port 51234 ssh2"}
             for day, user in ((14, "root"), (14, "root"), (15, "root"), (15, "alice"))]
    body = "\n".join(json.dumps(x) for x in lines)
    r = n.request("POST", "/api/v1/events", body.encode(), {"Authorization": "Bearer " + token})
    assert r.status < 300, r.body
    (d / "ssh.jsonl").write_text(body)

    def detect(*args):
        r = subprocess.run([BIN, "detect", "--rules", ROOT / "rules", *args], capture_output=True, text=True, timeout=60)
        assert r.returncode == 0, r.stderr
        return [json.loads(x) for x in r.stdout.splitlines()]
    in_file = [m["rule"] for m in detect(d / "ssh.jsonl")]
    kept = detect("--data", d / "data", "--from", "2026-11-14", "--to", "2026-11-20", "--summary")
    assert len(in_file) == 3 and [m["rule"] for m in kept if "event" in m] == in_file, (in_file, kept)
    assert [(m["day"], m["hits"]) for m in kept if "hits" in m] == [("2026-11-15", 2), ("2026-11-16", 1)], kept
    assert rows("--limit", "1", "_position:" + str(kept[0]["event"]))[0]["event"]["process"]["name"] == "sshd"
    assert detect("--data", d / "data", "--to", "2026-11-14") == []


@promise
def another_accounts_search_is_not_seen():
    who = {}
    for name in ("anna", "bert"):
        r = n.local("POST", "/api/v1/users", {"name": name, "display": name, "password": "a long password " + name, "roles": "analyst"})
        assert r.status == 201, r.body
        t = n.local("POST", "/api/v1/tokens", {"label": name, "roles": "analyst", "account": r.json["id"]})
        assert t.status == 201, t.body
        who[name] = {"Authorization": "Bearer " + t.json["token"]}
    id = n.post("/api/v1/searches", {"query": "login"}, headers=who["anna"]).json["id"]
    assert n.get(f"/api/v1/searches/{id}", headers=who["anna"]).status == 200
    assert n.get(f"/api/v1/searches/{id}", headers=who["bert"]).status == 404
    assert n.request("DELETE", f"/api/v1/searches/{id}", headers=who["bert"]).status == 404


@promise
def a_worker_killed_with_9_is_started_again_and_the_search_goes_on():
    for first in (True, False):
        until("the worker is there", lambda: "search" in n.workers())
        id = ask("login", limit=10000) if first else None
        os.kill(n.workers()["search"], signal.SIGKILL)
        id = id or ask("login", limit=10000)
        a, hits = answer(id)
        assert a["state"] == "done", a
        assert [h["event"]["bytes"] for h in hits] == list(range(1999, -1, -1)), "each hit once, in order"


@promise
def a_cancelled_search_says_so():
    id = ask("* | count by message")
    assert n.local("DELETE", f"/api/v1/searches/{id}").status == 204
    a = n.local("GET", f"/api/v1/searches/{id}").json
    assert a["state"] in ("cancelled", "done"), a


@promise
def the_page_shows_it_without_script_and_each_number_is_a_question():
    def page(path):
        r = n.local("GET", path)
        return r.status, r.body.decode()
    status, text = page("/search?q=needle-4711")
    assert status == 200 and "needle-4711" in text and "login number 1234" in text
    status, text = page("/search?q=login+%7C+count+by+user.name&from=2026-11-11&to=2026-11-11")
    day = [e for e in EVENTS if "2026-11-10T16" <= e["@timestamp"] < "2026-11-11T16"]
    links = re.findall(r'<td class="num"[^>]*><a href="([^"]+)">(\d+)</a>', text)
    assert status == 200 and len(links) == len({e["user"]["name"] for e in day}), text
    for link, count in links:
        status, text = page(html.unescape(link))
        assert status == 200 and text.count("<li><p><time") == min(int(count), 100), (link, count)
    status, text = page("/search?q=login+%7C+timechart+span%3D1d")
    links = re.findall(r'<td class="num"[^>]*><a href="([^"]+)">(\d+)</a>', text)
    assert sum(int(c) for _, c in links) == 2000, links
    status, text = page(html.unescape(links[-1][0]))
    assert status == 200 and "<li><p><time" in text
    r = n.local("GET", "/search?q=login&top=host.name")
    assert r.status == 303, r.status
    status, text = page("/search?q=%28login")
    assert status == 400 and "column 1" in text and 'role="alert"' in text


@promise
def a_saved_search_is_asked_again_by_people_and_by_a_clock_and_tells_when_a_threshold_says_so():
    """a saved search is asked again by people and by a clock and tells when a threshold says so"""
    api = lambda method, path, body=None: n.local(method, "/api/v1/saved-searches" + path, body)
    keep = {"name": "=針 <b>", "query": "alice bytes>=0", "from": "2026-11-01", "shared": True}
    for bad in ({"query": "("}, {"name": ""}, {"every": "soon"}, {"every": "10s"}, {"more_than": -1, "every": "5m"},
                {"more_than": 3}, {"from": "no time"}, {"level": "loud"}):
        r = api("POST", "", {**keep, **bad})
        assert r.status == 400 and r.json["detail"], (bad, r.status, r.body)
    r = api("POST", "", keep)
    assert r.status == 201 and r.json["shared"] is True and r.json["every_s"] == 0, r.body
    one = r.json["id"]
    r = api("POST", f"/{one}/run", {})
    assert r.status == 201, r.body
    until("it is done", lambda: n.local("GET", f"/api/v1/searches/{r.json['id']}?wait=10").json["state"] == "done")
    found = n.local("GET", f"/api/v1/searches/{r.json['id']}").json
    assert found["query"] == "alice bytes>=0" and found["found"] == 500, found["found"]
    # by a clock: counted, and told when the threshold says so
    more = api("POST", "", {"name": "too many", "query": "alice bytes>=0", "every": "1h", "more_than": 499, "level": "high"}).json["id"]
    few = api("POST", "", {"name": "too few", "query": "bytes>=0 | count by user.name", "every_s": 3600, "fewer_than": 5}).json["id"]
    calm = api("POST", "", {"name": "calm", "query": "alice bytes>=0", "every_s": 3600, "more_than": 500, "fewer_than": 500}).json["id"]
    none = api("POST", "", {"name": "nothing", "query": "no-such-word-at-all", "every": "1h", "more_than": 0}).json["id"]
    last = lambda id: api("GET", f"/{id}").json.get("last", {})
    until("all ran", lambda: all("results" in last(i) for i in (more, few, calm, none)))
    assert [last(i)["results"] for i in (more, few, calm, none)] == [500, 4, 500, 0], [api("GET", f"/{i}").json for i in (more, few, calm, none)]
    told = lambda: {a["rule"]: a for a in n.local("GET", "/api/v1/alerts?state=all&limit=1000").json["items"] if a["rule"] in (one, more, few, calm, none)}
    assert set(told()) == {more, few}, told()
    assert told()[more]["title"] == "too many" and told()[more]["level"] == "high", told()[more]
    event = n.local("GET", "/api/v1/alerts/" + told()[more]["id"]).json["evidence"][0]["event"]
    assert event["results"] == 500 and event["more_than"] == 499 and event["query"] == "alice bytes>=0", event
    assert not [s for s in n.local("GET", "/api/v1/searches").json["items"] if s["query"] == "alice bytes>=0 | count"], "the clock's are in nobody's list"
    # the core is started anew: they are still there, and a changed one is asked at once
    next_at, pid = api("GET", f"/{more}").json["next"], n.workers()["core"]
    os.kill(pid, signal.SIGKILL)
    until("the core is back", lambda: n.workers().get("core") not in (None, pid) and "search" in n.workers())
    until("it answers", lambda: n.local("GET", "/healthz").status == 200)
    assert {s["id"] for s in api("GET", "").json["items"]} >= {one, more, few, calm, none}
    assert api("GET", f"/{more}").json["next"] == next_at and len(told()) == 2
    assert api("PUT", f"/{none}", {"name": "nothing", "query": "no-such-word-at-all", "every": "1h", "fewer_than": 1}).status == 200
    until("it is told", lambda: none in told())
    # whose they are
    r = n.local("POST", "/api/v1/users", {"name": "carl", "display": "carl", "password": "a long password carl", "roles": "analyst"})
    t = n.local("POST", "/api/v1/tokens", {"label": "carl", "roles": "analyst", "account": r.json["id"]}).json["token"]
    carl = lambda method, path, body=None: n.request(method, "/api/v1/saved-searches" + path, body, headers={"Authorization": "Bearer " + t})
    assert [s["id"] for s in carl("GET", "").json["items"]] == [one], "one's own and shared ones"
    assert carl("GET", f"/{more}").status == 404 and carl("DELETE", f"/{one}").status == 403
    mine = carl("POST", "", {"name": "mine", "query": "bob", "every": "1h"}).json["id"]
    assert carl("DELETE", f"/{mine}").status == 204 and api("GET", f"/{mine}").status == 404
    text = n.local("GET", "/search").body.decode()
    assert "=針 &lt;b&gt;" in text and "/search?q=alice%20bytes%3E%3D0&amp;from=2026-11-01" in text, text[:3000]
    assert api("DELETE", f"/{one}").status == 204


@promise
def what_a_search_found_is_exported_as_csv_and_json_and_no_cell_is_a_formula():
    """what a search found is exported as csv and json and no cell is a formula"""
    body = json.dumps({"@timestamp": "2026-11-20T01:02:03Z", "host": {"name": "=cmd|x"}, "message": "formula-77 \x1b[31m"}).encode()
    r = n.request("POST", "/api/v1/events", body, {"Authorization": "Bearer " + token, "Content-Type": "application/json"})
    assert r.status in (200, 201, 202)

    def asked(query):
        id = n.local("POST", "/api/v1/searches", {"query": query}).json["id"]
        until("done", lambda: n.local("GET", f"/api/v1/searches/{id}?wait=10").json["state"] == "done")
        return lambda f: n.local("GET", f"/api/v1/searches/{id}/export?format={f}")

    export = until("it is found", lambda: (lambda x: x if b"formula-77" in x("csv").body else None)(asked("formula-77")))
    r = export("csv")
    table = list(csv.reader(io.StringIO(r.body.decode("utf-8-sig"))))
    assert table[0] == ["position", "time", "recorded", "sender", "host", "raw"], table
    assert len(table) == 2 and table[1][4] == "'=cmd|x" and b"\x1b" not in r.body, table[1]
    lines = export("json").body.decode().splitlines()
    assert len(lines) == 1 and json.loads(lines[0])["event"]["message"].startswith("formula-77"), lines
    assert export("xml").status == 400
    export = asked("alice bytes>=0 | count by host.name")
    table = list(csv.reader(io.StringIO(export("csv").body.decode("utf-8-sig"))))
    assert table[0] == ["host.name", "count"] and sum(int(x[1]) for x in table[1:]) == 500, table
    assert len(export("json").json["rows"]) == len(table) - 1


done()
