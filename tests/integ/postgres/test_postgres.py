#!/usr/bin/env python3
"""PostgreSQL under a node: the rooms' own tests over it, and a whole node on it."""
import concurrent.futures
import http.server
import json
import os
import pathlib
import re
import signal
import subprocess
import sys
import threading

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "lib"))
from lf import *

try:
    pg = Postgres()
except Skip as why:
    print(f"ok - a node runs on PostgreSQL # SKIP {why}")
    done()

UNITS = pathlib.Path(BIN).resolve().parent / "tests/unit"
ROOMS = "store", "ident", "soc", "cert", "isac", "shield"


def room_run(program, info):
    """The limit is there for one that hangs."""
    return subprocess.run([str(program)], env=dict(os.environ, LF_TEST_POSTGRES=info), stdin=subprocess.DEVNULL,
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, errors="replace", timeout=300)


def room_test(name, running):
    def run():
        r = running.result()
        bad = [line for line in r.stdout.splitlines() if line.startswith("not ok")]
        good = [line for line in r.stdout.splitlines() if line.startswith("ok")]
        assert r.returncode == 0 and not bad and good, r.stdout[-3000:]
        return f"{len(good)} promises"

    run.__doc__ = f"{name}: the room's own promises hold on PostgreSQL"
    promise(run)


tests = [p for room in ROOMS for p in sorted((UNITS / room).glob("test_*")) if p.is_file() and os.access(p, os.X_OK)]
# Only those that open a database have anything to say here.
tests = [p for p in tests if b"LF_TEST_POSTGRES" in p.read_bytes()]
if not tests:
    print(f"ok - the rooms' own promises hold on PostgreSQL # SKIP no unit tests were built beside {BIN}")
# Each has its own databases and waits for the server half of the time: two at once.
with concurrent.futures.ThreadPoolExecutor(2) as pool:
    names = [p.name.removeprefix("test_").replace("_", "/", 1) for p in tests]
    infos = [pg.database(name) for name in names]
    for name, running in zip(names, [pool.submit(room_run, p, info) for p, info in zip(tests, infos)]):
        room_test(name, running)


def node(directory, info, tier="provider"):
    ini = directory / "lianfang.ini"
    if not ini.exists():
        ini.write_text(f"[node]\nname = test\ntier = {tier}\ndata = data\ndatabase = {info}\n[http]\nlisten = 127.0.0.1:0\n"
                       "peer = 127.0.0.1:0\n[intake]\nsyslog_udp = 127.0.0.1:0\nsyslog_tcp = 127.0.0.1:0\n"
                       "syslog_tls = 127.0.0.1:0\nkeep_mb = 64\n[dns]\nlisten = 127.0.0.1:0\n")
    return Node.serve(directory, tier=tier)


def titles(n):
    """Titles of all incidents, page by page."""
    out, path = [], "/api/v1/incidents"
    while path:
        page = n.local("GET", path).json
        out += [i["title"] for i in page["items"]]
        path = page.get("next") and f"/api/v1/incidents?after={page['next']}"
    return out


def report_until(n, stop, told):
    """Reports incidents one after the other; `told` gets the titles that were answered with 201."""
    i = 0
    while not stop.is_set():
        i += 1
        title = f"{threading.get_ident()}-{i}"
        with contextlib.suppress(OSError, ValueError, IndexError):
            if n.local("POST", "/api/v1/incidents", {"title": title, "level": 1}, timeout=5).status == 201:
                told.append(title)


def while_reporting(n, disturb):
    stop, told = threading.Event(), []
    threads = [threading.Thread(target=report_until, args=(n, stop, told)) for _ in range(3)]
    for t in threads:
        t.start()
    try:
        until("incidents are reported", lambda: len(told) > 5)
        disturb(told)
    finally:
        stop.set()
        for t in threads:
            t.join(20)
    return told


def again(n, told, more=5):
    have = len(told)
    until("incidents are reported again", lambda: len(told) >= have + more, 30)


@promise
def whole_node():
    """a node on PostgreSQL signs people in, keeps what is reported, and finds it after a restart"""
    d = scratch()
    info = pg.database("whole")
    n = node(d, info)
    password = n.info["password"]
    r = n.post("/api/v1/session", {"user": "admin", "password": password})
    assert r.status in (200, 201, 204) and "Set-Cookie" in r.headers, (r.status, r.body)
    assert n.post("/api/v1/session", {"user": "admin", "password": "no" + password}).status == 401
    r = n.local("POST", "/api/v1/incidents", {"title": "資料庫 \u2460", "level": 2})
    assert r.status == 201, r.body
    key = r.json["id"]
    before = n.local("GET", f"/api/v1/incidents/{key}").json
    assert n.close() == 0
    n = node(d, info)
    assert "password" not in n.info, "the first administrator is made once"
    after = n.local("GET", f"/api/v1/incidents/{key}").json
    for x in (before, after):  # they go with the time at which it was asked
        x["clocks"].pop("at"), x["incident"]["nearest"].pop("left_s")
    assert after["incident"]["title"] == "資料庫 \u2460" and after["events"] and after == before, (before, after)
    assert n.post("/api/v1/session", {"user": "admin", "password": password}).status in (200, 201, 204)
    assert n.close() == 0
    assert not (d / "data/core/node.db").exists(), "there is a SQLite file beside it"


@promise
def exchange():
    """a feed and its history, MISP's API, a digest and a member of the national exchange are kept on PostgreSQL, over a restart too"""
    class Site(http.server.BaseHTTPRequestHandler):
        body = b"pg-a.example\npg-b.example\n"

        def do_GET(self):
            self.send_response(200)
            self.send_header("Content-Length", str(len(Site.body)))
            self.end_headers()
            self.wfile.write(Site.body)

        def log_message(self, *a):
            pass

    site = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Site)
    threading.Thread(target=site.serve_forever, daemon=True).start()
    d, info = scratch(), pg.database("exchange")
    node(d, info).close()
    (d / "lianfang.ini").write_text((d / "lianfang.ini").read_text() + "[mail]\nserver = smtp://127.0.0.1:9\nfrom = node@cert.example\n")
    n = node(d, info)
    feed = n.local("POST", "/api/v1/feeds", {"name": "l", "url": f"http://127.0.0.1:{site.server_port}/l", "format": "list", "every": "0", "private": True, "gone": True})
    assert feed.status == 201, feed.body

    def run(count):
        assert n.local("POST", "/api/v1/feeds/l/run", {}).status == 202
        return until("the run", lambda: (x := n.local("GET", "/api/v1/feeds/l/runs").json["items"]) and x[0]["run"] == count and x, 30)

    assert run(1)[0]["new"] == 2
    Site.body = b"pg-a.example\npg-c.example\n"
    runs = run(2)
    assert [(r["new"], r["same"], r["ended"], r["state"]) for r in runs] == [(1, 1, 1, "ok"), (2, 0, 0, "ok")], runs
    assert n.local("POST", "/api/v1/users", {"name": "legacy", "roles": "share", "password": "correct horse 9 battery"}).status == 201
    token = n.local("POST", "/api/v1/tokens", {"account": "legacy", "label": "t", "roles": "share"}).json["token"]

    def misp(method, path, body=None):
        return n.request(method, "/misp/library/" + path, body and json.dumps(body).encode(), headers={"Authorization": token, "Content-Type": "application/json"}, auth=False)

    u = "5a1b2c3d-0000-4aaa-8bbb-00000000d001"
    assert misp("POST", "events/add", {"Event": {"uuid": u, "info": "on PostgreSQL", "published": True, "Attribute": [
        {"type": "domain", "category": "Network activity", "to_ids": True, "value": "pg-misp.example"}]}}).status == 200
    assert misp("POST", "sightings/add", {"values": ["pg-misp.example"]}).status == 200
    assert misp("POST", "tags/attachTagToObject", {"uuid": u, "tag": "mine"}).status == 200
    found = misp("POST", "events/restSearch", {"value": "PG-misp.example", "tags": "mine"}).json["response"]
    assert [e["Event"]["uuid"] for e in found] == [u] and len(found[0]["Event"]["Attribute"][0]["Sighting"]) == 1, found
    assert n.local("POST", "/api/v1/digests", {"account": "admin", "address": "a@people.example", "every": "day", "hour": 8}).status == 201
    assert n.local("PUT", "/api/v1/national/legacy", {"code": "M-1", "pin": "ab" * 32}).status == 200
    before = [n.local("GET", p).json["items"] for p in ("/api/v1/feeds/l/runs", "/api/v1/digests", "/api/v1/national")]
    assert all(before), before
    assert n.close() == 0
    n = node(d, info)
    assert [n.local("GET", p).json["items"] for p in ("/api/v1/feeds/l/runs", "/api/v1/digests", "/api/v1/national")] == before
    assert n.local("DELETE", "/api/v1/feeds/l").status == 204 and n.local("GET", "/api/v1/feeds/l/runs").status == 404
    assert n.close() == 0
    site.shutdown()


@promise
def tenants():
    """a tenant is taken in on PostgreSQL, its report waits for the node's own people, is counted and found, and counts no more when it is reviewed"""
    d, info = scratch(), pg.database("tenants")
    n = node(d, info, tier="sector")
    one = n.local("POST", "/api/v1/tenants", {"name": "東港國小", "oid": "2.16.886.1"}).json["id"]
    assert n.local("PUT", "/api/v1/tenants/" + one, {"name": "東港國民小學"}).status == 204 and n.local("POST", "/api/v1/tenants", {"name": "東港國民小學"}).status == 409
    tokens = {}
    for name, roles, more in (("tom", "reporter", {"tenant": one}), ("rev", "reviewer", {})):
        who = n.local("POST", "/api/v1/users", {"name": name, "roles": roles, "password": "a long enough one", **more}).json["id"]
        tokens[name] = {"Authorization": "Bearer " + n.local("POST", "/api/v1/tokens", {"account": who, "label": "x", "roles": roles}).json["token"]}
    case = n.request("POST", "/api/v1/incidents", {"title": "校務系統遭入侵", "level": 1, "impact": "x", "measures": "y"}, tokens["tom"], auth=False).json["id"]

    def waits():
        listed = n.request("GET", f"/api/v1/tenants/{one}/incidents?waiting=1", headers=tokens["rev"], auth=False).json["items"]
        return n.local("GET", "/api/v1/tenants").json["items"][0]["waiting"], [i["id"] for i in listed]

    assert waits() == (1, [case])
    a = n.request("POST", f"/api/v1/incidents/{case}/events", {"kind": "reviewed", "body": {"level": 1}}, tokens["rev"], auth=False)
    assert a.status in (200, 201) and waits() == (0, []), (a.status, a.body)
    assert n.local("GET", f"/api/v1/users?tenant={one}").json["items"][0]["name"] == "tom"
    assert n.close() == 0


@promise
def stations():
    """a relay station, its state, a look and what was seen of it are kept on PostgreSQL, over a restart, and counted as listed"""
    d, info = scratch(), pg.database("stations")
    n = node(d, info)
    for value in ("198.51.100.7", "c2.example.net"):
        r = n.local("POST", "/api/v1/stations", {"value": value, "country": "NL", "family": "PlugX", "note": "鑑識所見"})
        assert r.status == 201, r.body
    one = f"/api/v1/stations/{r.json['id']}"
    assert n.local("POST", one, {"look": "moved", "moved_to": "1", "base": 1}).status == 204
    assert n.local("POST", one, {"state": "gone", "note": "已停止解析"}).status == 204
    before = n.local("GET", one).json
    assert (before["number"], before["state"], before["found"], len(before["history"])) == (2, "gone", "moved", 3), before
    for q, want in (("?state=gone&side=foreign&q=plug", [2]), ("?overdue=1", []), ("?back=1", []), ("?seen=1", []), ("?limit=1", [2])):
        assert [x["number"] for x in n.local("GET", "/api/v1/stations" + q).json["items"]] == want, q
    c = n.local("GET", "/api/v1/stations/count").json
    assert c["gone"]["foreign"] == 1 and c["watched"]["foreign"] == 1 and c["back"] == 0, c
    assert n.close() == 0
    n = node(d, info)
    assert n.local("GET", one).json == before and n.local("GET", "/api/v1/stations/2").json == before
    assert n.close() == 0


@promise
def news():
    """an item entered at the desk, its judgement, its watch and its draft are kept on PostgreSQL, over a restart, and counted as listed"""
    d, info = scratch(), pg.database("news")
    n = node(d, info)
    def enter(**more):
        r = n.local("POST", "/api/v1/news", {"title": "淨水場控制器漏洞", "source": "日報", "link": "https://daily.example/1", "cve": "CVE-2026-4001", "country": "TW", **more})
        assert r.status == 201, r.body
        return r.json
    one = enter()
    drafts = "/api/v1/report-drafts"  # of a report, while at it
    kept = n.local("POST", drafts, {"values": {"title": "半夜"}, "alert": "a-1"}).json["id"]
    assert n.local("PUT", f"{drafts}/{kept}", {"values": {"title": "清晨"}}).status == 204 and n.local("GET", f"{drafts}/{kept}").json["alert"] == "a-1"
    assert [x["title"] for x in n.local("GET", drafts).json["items"]] == ["清晨"] and n.local("DELETE", f"{drafts}/{kept}").status == 204
    assert enter(source="mail") == {"id": one["id"], "joined": True} and not enter(title="其他", link="https://a.example/2", cve="", country="JP")["joined"]
    at = "/api/v1/news/" + one["id"]
    for base, body in enumerate(({"act": "assess", "relevance": "direct", "likelihood": "high", "impact": "medium", "text": "三座淨水場", "sectors": "utilities"},
                                 {"act": "watch", "until": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(time.time() + 86400))}, {"act": "reopen", "text": "有更新"})):
        assert n.local("POST", at, {**body, "base": base}).status == 204 and n.local("POST", at, {**body, "base": base}).status == 409
    assert n.local("POST", at, {"act": "draft", "kind": "EWA"}).json["advisory"]
    query = "?state=drafted&severity=high&source=-&first=1&cve=CVE-2026-4001&country=TW&did=assessed&from=2020-01-01&q=%E6%B7%A8%E6%B0%B4"
    assert [x["id"] for x in n.local("GET", "/api/v1/news" + query).json["items"]] == [one["id"]]
    assert not n.local("GET", "/api/v1/news?overdue=1").json["items"] and len(n.local("GET", "/api/v1/news?country=foreign&state=open").json["items"]) == 1
    before, counts = n.local("GET", at).json, n.local("GET", "/api/v1/news-counts").json
    assert before["severity"] == "high" and len(before["history"]) == 4 and len(before["from"]) == 2, before
    assert counts["all"]["came"] == 2 and counts["domestic"]["assessed"] == 1 and counts["foreign"]["came"] == 1, counts
    assert n.close() == 0
    n = node(d, info)
    assert n.local("GET", at).json == before and n.local("GET", "/api/v1/news-counts").json == counts
    assert n.close() == 0


@promise
def statements():
    """a statement, its versions and its history are kept on PostgreSQL, over a restart, and who is not designated releases none"""
    d, info = scratch(), pg.database("statements")
    n = node(d, info)
    r = n.local("POST", "/api/v1/statements", {"title": "本署網站遭入侵之說明", "text": "服務恢復正常。"})
    assert r.status == 201, r.body
    one = f"/api/v1/statements/{r.json['id']}"
    assert n.local("POST", one, {"title": "本署網站遭入侵之說明", "text": "已完成處理，服務恢復正常。"}).status == 204
    assert n.local("POST", one + "/submit").status == 204 and n.local("POST", one + "/release").status in (403, 409)
    assert n.local("POST", one + "/return", {"note": "請補時間"}).status == 204
    before, history = n.local("GET", one).json, n.local("GET", one + "/history").json
    assert before["state"] == "returned" and len(history["items"]) == 4, (before, history)
    assert n.close() == 0
    n = node(d, info)
    assert n.local("GET", one).json == before and n.local("GET", one + "/history").json == history
    assert [x["id"] for x in n.local("GET", "/api/v1/statements?state=returned").json["items"]] == [r.json["id"]]
    assert n.close() == 0


@promise
def partners():
    """a partner, a channel and a try of it are kept on PostgreSQL, over a restart, and what is overdue is found"""
    d, info = scratch(), pg.database("partners")
    n = node(d, info)
    r = n.local("POST", "/api/v1/partners", {"name": "對等應變中心", "country": "JP", "kind": "cert", "until": "2026-12-31"})
    assert r.status == 201, r.body
    one = f"/api/v1/partners/{r.json['id']}"
    assert n.local("POST", one + "/channels", {"kind": "mail", "value": "desk@example.jp", "due": "2026-01-01T00:00:00Z"}).json["channel"] == 1
    assert len(n.local("GET", "/api/v1/partners?overdue=1&country=foreign&kind=cert&q=%E5%B0%8D%E7%AD%89").json["items"]) == 1
    assert n.local("POST", one + "/tries", {"channel": 1, "answered": "yes", "note": "好"}).status == 204
    assert n.local("POST", one, {"note": "每年互訪"}).status == 204
    for i in (1, 2):
        assert n.local("POST", one + "/activities", {"day": "2026-01-01", "kind": "visit", "title": "互訪", "direction": "both"}).json["activity"] == i
    assert n.local("POST", one + "/activities/withdraw", {"activity": 2}).status == 204
    assert n.local("GET", one + "/activities").json["years"] == [{"year": 2026, "all": 1, "given": 1, "received": 1}]
    before = n.local("GET", one).json
    assert before["tries"][0]["note"] == "好" and before["overdue"] == 0 and before["until"] == "2026-12-31", before
    assert n.close() == 0
    n = node(d, info)
    assert n.local("GET", one).json == before and not n.local("GET", "/api/v1/partners?overdue=1").json["items"]
    assert n.local("POST", one + "/channels/remove", {"channel": 1}).status == 204 and n.local("GET", one).json["list"] == []
    assert n.close() == 0


@promise
def recoveries():
    """a recovery procedure is in force on PostgreSQL, rehearsed, called for by an incident and counted, over a restart"""
    d, info = scratch(), pg.database("recoveries")
    n = node(d, info)
    doc = {"format": "lianfang-recovery/1", "recoveries": [{"id": "mail", "zh": "郵件系統", "en": "Mail", "owner": "王小明", "rto": "4h", "every": "1d",
                                                            "steps": [{"id": "a", "zh": "還原", "en": "Restore", "due": "1h"}]}]}
    assert n.local("POST", "/api/v1/recoveries", doc).json["drafts"] == 1 and n.local("POST", "/api/v1/recoveries/mail/publish", {}).status == 204
    assert n.local("POST", "/api/v1/recoveries/mail/trials", {"held": "2026-01-05T08:00:00Z", "result": "passed", "took_minutes": 300}).status == 204
    i = n.local("POST", "/api/v1/incidents", {"title": "郵件系統中斷", "level": 3}).json["id"]
    assert n.local("POST", f"/api/v1/incidents/{i}/recoveries", {"recovery": "mail", "down": "2026-01-05T08:00:00Z"}).json["added"] == 1
    before = n.local("GET", "/api/v1/recoveries?overdue=1").json["items"]
    assert before[0]["counts"] == {"down": 1, "still": 1, "late": 1}, before
    assert n.close() == 0
    n = node(d, info)
    assert n.local("GET", "/api/v1/recoveries?overdue=1").json["items"] == before
    assert n.local("POST", f"/api/v1/incidents/{i}/recovery-times", {"recovery": "mail", "down": "2026-01-05T08:00:00Z", "back": "2026-01-05T09:00:00Z"}).status == 204
    assert n.local("GET", "/api/v1/recoveries").json["items"][0]["counts"] == {"down": 1, "still": 0, "late": 0}
    assert n.local("POST", "/api/v1/recoveries/mail/withdraw", {"number": 1}).status == 204 and not n.local("GET", "/api/v1/recoveries?overdue=1").json["items"]
    assert n.local("POST", "/api/v1/recoveries/mail/retire", {}).status == 204 and n.local("GET", "/api/v1/recoveries").json["items"] == []
    assert n.close() == 0


@promise
def ops_reviews():
    """an operations review, its improvements and its end are kept on PostgreSQL, over a restart, and listed as asked"""
    d, info = scratch(), pg.database("ops_reviews")
    n = node(d, info)
    def put(path, **body):
        r = n.local("POST", "/api/v1/" + path, body)
        assert r.status in (200, 201), (path, r.body)
        return r.json["id"]
    old, new = (put("ops-reviews", title=f"{m} 月", since=f"2026-0{m}-01T00:00:00+08:00", until=f"2026-0{m + 1}-01T00:00:00+08:00") for m in (1, 2))
    late, other = put(f"ops-reviews/{old}/improvements", finding="太慢", area="sharing", due="2026-02-01T00:00:00Z"), put(f"ops-reviews/{old}/improvements", finding="x", area="process")
    put("improvements/" + other, state="dropped", reason="不做了")
    put("ops-reviews/" + old, summary="結論", state="closed")
    lists = [f"overdue=1&area=sharing&review={old}", f"state=open&earlier={new}", "state=open", "limit=1"]
    def seen():
        return [n.local("GET", "/api/v1/improvements?" + q).json for q in lists] + [n.local("GET", "/api/v1/ops-reviews").json, n.local("GET", "/api/v1/improvements/" + other).json]
    before = seen()
    assert [[x["id"] for x in y["items"]] for y in before[:3]] == [[late]] * 3 and before[3]["next"], before
    assert [(x["id"], x["state"], x["improvements"], x["open"], x["overdue"]) for x in before[4]["items"]] == [(new, "draft", 0, 0, 0), (old, "closed", 2, 1, 1)], before[4]
    assert n.close() == 0
    n = node(d, info)
    assert seen() == before
    assert n.close() == 0


@promise
def seminars():
    """a seminar, who is invited to it and took part, and its year are kept on PostgreSQL, over a restart"""
    d, info = scratch(), pg.database("seminars")
    n = node(d, info)
    for i, name in enumerate(("北大學", "南大學")):
        assert n.local("POST", "/api/v1/units", {"name": name, "oid": f"2.16.886.{i + 1}", "attribute": "academia"}).status == 201
    r = n.local("POST", "/api/v1/seminars", {"title": "講習", "kind": "briefing", "begins": "2026-01-05T09:00", "ends": "2026-01-05T12:00", "place": "台北", "sector": "academia"})
    assert r.status == 201, r.body
    one = f"/api/v1/seminars/{r.json['id']}"
    assert n.local("POST", one + "/invite", {"sector": "all", "units": "北大學"}).json["invited"] == 2
    assert n.local("POST", one, {"place": "台中"}).json["sequence"] == 1
    a = n.local("POST", one + "/attendance/import", {"csv": "organisation,oid,people\n北大學,,4\n,2.16.886.2,5\n"})
    assert a.status == 200 and a.json["people"] == 9, a.body
    assert n.local("POST", one + "/attendance", {"unit": "南大學", "people": 0}).json["organisations"] == 1
    before = n.local("POST", one + "/hold", {"result": "好"}).json
    assert before["state"] == "held" and n.local("POST", one + "/cancel", {"reason": "x"}).status == 409
    assert n.close() == 0
    n = node(d, info)
    assert n.local("GET", one).json == before
    assert [s["people"] for s in n.local("GET", "/api/v1/seminars?year=115&kind=briefing&state=held&unit=" + before["units"][0]["unit"]).json["items"]] == [4]
    assert [(p["name"], p["people"]) for p in n.local("GET", "/api/v1/seminars/parts?year=2026").json["items"]] == [("北大學", 4)]
    (year,) = [y for y in n.local("GET", "/api/v1/statistics/joined").json["years"] if y["year"] == 2026]
    assert (year["seminars"], year["seminar_organisations"], year["seminar_people"]) == (1, 1, 4), year
    assert n.close() == 0


@promise
def knowledge():
    """an article is made of an old case, put out by another person and found on PostgreSQL, after a restart too; an analysis report likewise"""
    d, info = scratch(), pg.database("knowledge")
    n = node(d, info)
    made = n.local("POST", "/api/v1/incident-import", {"format": "csv", "file": "id,title,aware_at,category,observables\n1,old,2026-01-05T08:00:00Z,web_defaced,domain-name:old.evil.test\n"})
    assert made.status == 200, made.body
    case = n.local("GET", "/api/v1/incidents").json["items"][0]["id"]
    assert n.local("POST", f"/api/v1/incidents/{case}/events", {"kind": "archived"}).status == 201
    r = n.local("POST", f"/api/v1/incidents/{case}/article", {"title": "舊案的教訓", "happened": "old.evil.test", "lessons": "更新", "techniques": "T1566.001", "tags": "舊案"})
    assert r.status == 201, r.body
    path = "/api/v1/articles/" + r.json["id"]
    assert n.local("POST", path + "/submit").status == 204
    assert n.local("POST", "/api/v1/users", {"name": "rex", "password": "a long enough one", "roles": "reviewer"}).status == 201
    token = n.local("POST", "/api/v1/tokens", {"account": "rex", "label": "t", "roles": "reviewer"}).json["token"]
    assert n.request("POST", path + "/publish", headers={"Authorization": "Bearer " + token}).status == 204
    assert n.close() == 0
    n = node(d, info)
    for asked in ("q=old.evil.test", "technique=T1566", "category=web", "tag=%E8%88%8A%E6%A1%88"):
        assert [x["title"] for x in n.local("GET", "/api/v1/articles?" + asked).json["items"]] == ["舊案的教訓"], asked
    new = n.local("POST", "/api/v1/incidents", {"title": "new", "level": 1, "category": "web_defaced"}).json["id"]
    alike = n.local("GET", f"/api/v1/incidents/{new}/alike").json
    assert [x["title"] for x in alike["articles"]] == ["舊案的教訓"] and [x["id"] for x in alike["cases"]] == [case], alike
    assert len(n.local("GET", path + "/history").json["items"]) == 3
    r = n.local("POST", "/api/v1/analyses", {"title": "分析", "filter": "category=web_defaced"})
    assert r.status == 201, r.body
    path = "/api/v1/analyses/" + r.json["id"]
    assert n.local("POST", path, {"findings": "同因", "evaluation": "未落實", "recommendations": [{"what": "更換", "owner": "資訊室", "due": "2020-01-01"}]}).status == 204
    assert n.local("POST", path + "/refresh").status == 204 and n.local("POST", path + "/submit").status == 204
    assert n.request("POST", path + "/publish", headers={"Authorization": "Bearer " + token}).status == 204
    x = n.local("GET", path).json
    assert {c["id"] for c in x["incidents"]} == {case, new} and x["overdue"] == 1 and x["numbers"][0]["cases"] == 2, x
    assert n.local("POST", path + "/follow", {"advice": x["recommendations"][0]["id"], "state": "done", "note": "已換"}).status == 204
    assert n.local("GET", path).json["recommendations"][0]["state"] == "done" and n.local("GET", "/api/v1/analyses?state=published").json["items"][0]["overdue"] == 0
    assert n.local("POST", "/api/v1/analyses", {"title": "分析", "filter": "q=old&sector=-"}).status == 201
    assert n.close() == 0


@promise
def published():
    """statistics by RSIT and vital function are counted and opened on PostgreSQL, and what is published of them is frozen, corrected, withdrawn and counted, over a restart"""
    d, info = scratch(), pg.database("published")
    n = node(d, info)
    ini = d / "lianfang.ini"
    ini.write_text(ini.read_text() + "[open]\ndata = yes\n")
    assert n.close() == 0
    n = node(d, info)
    year = time.gmtime().tm_year - 1
    for i in range(7):
        body = {"title": "t", "level": 1, "aware_at": f"{year}-06-{i + 1:02d}T10:00:00+08:00", "category": "web_phishing", "form": {"vital_functions": ["finance", "rescue"]}}
        assert n.local("POST", "/api/v1/incidents", body).status == 201
    rows = n.local("GET", f"/api/v1/statistics?time={year}").json["items"]
    kinds = {(r["by"], r["key"]): r for r in rows}
    for key in (("rsit", "fraud"), ("rsit-type", "fraud:phishing"), ("vital", "finance"), ("vital", "rescue")):
        assert kinds[key]["cases"] == 7, (key, list(kinds))
        assert len(n.local("GET", kinds[key]["lists"]["cases"]).json["items"]) == 7
    assert n.local("GET", f"/api/v1/incidents?counted=1&rsit=-&vital=-").json["items"] == []
    put = lambda **more: n.local("POST", "/api/v1/publications", {"time": f"{year}-06", **more})
    assert put().json["version"] == 1
    assert n.local("POST", "/api/v1/incidents", {"title": "t", "level": 1, "aware_at": f"{year}-06-20T10:00:00+08:00", "category": "web_phishing", "form": {"vital_functions": ["finance", "rescue"]}}).status == 201
    assert put().status == 409 and put(reason="補登").json["version"] == 2
    assert n.local("POST", "/api/v1/publications", {"time": str(year)}).status == 409
    assert n.request("GET", f"/open/{year}-06.csv", auth=False).status == 200
    assert n.local("POST", f"/api/v1/publications/{year}-06/withdraw", {"reason": "有誤"}).status == 204
    assert n.local("GET", "/api/v1/publications/counts").json["items"][0]["csv"] == 1
    assert n.close() == 0
    n = node(d, info)
    x = n.request("GET", f"/open/{year}-06.json", auth=False).json
    assert x["withdrawn"] and [v["version"] for v in x["versions"]] == [3, 2, 1], x
    assert n.local("GET", "/api/v1/publications/counts").json["items"][0]["csv"] == 1
    assert n.close() == 0


@promise
def second_node():
    """a second node is kept off a database in use, and says why"""
    info = pg.database("shared")
    n, d = node(scratch(), info), scratch()
    try:
        node(d, info).close()
        raise RuntimeError("the second node started")
    except AssertionError:
        pass
    assert "another node is using this database" in (d / "node.log").read_text(), (d / "node.log").read_text()[-2000:]
    assert n.close() == 0


@promise
def core_killed():
    """kill -9 of the core while it writes loses nothing that was answered"""
    n = node(scratch(), pg.database("killed"))

    def kill(told):
        for _ in range(3):
            before = n.workers()["core"]
            os.kill(before, signal.SIGKILL)
            until("core is back", lambda: n.workers().get("core") not in (None, before), 10)
            again(n, told)

    told = while_reporting(n, kill)
    kept = until("the list", lambda: titles(n))
    assert set(told) <= set(kept), sorted(set(told) - set(kept))[:5]
    assert len(set(kept)) == len(kept), "one report was kept twice"
    assert n.close() == 0
    return f"{len(told)} answered, {len(kept)} kept"


@promise
def server_restarts():
    """PostgreSQL stopped and started again: refused meanwhile, then taken, nothing answered is lost"""
    n = node(scratch(), pg.database("away"))

    def restart(told):
        core = n.workers()["core"]
        pg.stop()
        r = n.local("POST", "/api/v1/incidents", {"title": "away", "level": 1}, timeout=20)
        assert r.status >= 500, r.status
        pg.start()
        again(n, told)
        assert n.workers()["core"] == core, "the core had to be started again"

    told = while_reporting(n, restart)
    kept = titles(n)
    assert set(told) <= set(kept) and "away" not in kept
    assert n.close() == 0
    return f"{len(told)} answered, {len(kept)} kept"


@promise
def full_disk():
    """a full disk under PostgreSQL is 507, nothing of it is kept, and room mends it"""
    small = pg.directory / "small"
    small.mkdir()
    if subprocess.run(["mount", "-t", "tmpfs", "-o", "size=20m", "none", str(small)], stderr=subprocess.DEVNULL).returncode:
        raise Skip("a small file system cannot be mounted here")
    try:
        if pg.who:
            shutil.chown(small, "postgres", "postgres")
        os.chmod(small, 0o700)
        pg.sql(f"CREATE TABLESPACE small LOCATION '{small}'")
        pg.sql("CREATE DATABASE full_disk TABLESPACE small")
        n = node(scratch(), f"host={pg.directory} user=postgres dbname=full_disk")
        room = small / "ballast"
        free = os.statvfs(small)
        with contextlib.suppress(OSError):  # PostgreSQL may have taken of it meanwhile: then it is full already
            room.write_bytes(b"\0" * max(0, free.f_bavail * free.f_frsize - 16384))
        told, full = [], None
        for i in range(400):
            r = n.local("POST", "/api/v1/incidents", {"title": f"f{i}", "level": 1, "description": "x" * 2000})
            if r.status != 201:
                full = r
                break
            told.append(f"f{i}")
        assert full and full.status == 507, full and (full.status, full.body)
        kept = titles(n)
        assert set(kept) == set(told), set(kept) ^ set(told)
        room.unlink()
        until("taken again", lambda: n.local("POST", "/api/v1/incidents", {"title": "room", "level": 1}).status == 201, 20)
        assert n.close() == 0
    finally:
        with contextlib.suppress(AssertionError):
            pg.sql("DROP DATABASE IF EXISTS full_disk WITH (FORCE)")
            pg.sql("DROP TABLESPACE small")
        subprocess.run(["umount", "-l", str(small)])


done()
