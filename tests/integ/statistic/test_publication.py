#!/usr/bin/env python3
"""Published statistics: frozen, corrected by versions, withdrawn with a word, read without an account, counted."""
import collections
import contextlib
import csv
import datetime
import http.client
import io
import os
import pathlib
import re
import signal
import sqlite3
import subprocess
import sys
import threading
import urllib.parse

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "lib"))
from lf import *
from forms import Person

TAIPEI = datetime.timezone(datetime.timedelta(hours=8))
now = datetime.datetime.now(TAIPEI)
place = scratch()
OPEN = "[open]\ndata = yes\nlicence = 政府資料開放授權條款－第1版\n"
node = Node.serve(place, OPEN)
year, month, other = str(now.year - 1), f"{now.year - 1}-06", f"{now.year - 1}-08"


def call(method, path, body=None, status=(200, 201, 204), on=None):
    a = (on or node).local(method, path, body)
    assert a.status in status, (method, path, a.status, a.body)
    return a.json if a.body else None


def stranger(path, method="GET", on=None, **headers):
    return (on or node).request(method, path, headers=headers, auth=False)


def cases(n, category, level, at=month, day=10, **more):
    for i in range(n):
        aware = f"{at}-{day + i % 15:02d}T10:{i % 60:02d}:00+08:00"
        call("POST", "/api/v1/incidents", {"title": f"機密標題 {category}", "aware_at": aware, "category": category, "level": level, **more})


def table(text):
    return [(r["by"], r["key"], None if r["cases"] == "*" else int(r["cases"])) for r in csv.DictReader(io.StringIO(text))]


def items(x):
    return [(r["by"], r["key"], r["cases"]) for r in x["items"]]


def restart():
    global node
    assert node.close() == 0
    node = Node.serve(place)


cases(20, "web_phishing", 1)
cases(9, "web_defaced", 2)
cases(7, "intrusion_system", 1)
cases(3, "web_xss", 3)
cases(4, "web_phishing", 4, exercise=node.exercise())
cases(6, "web_phishing", 1, at=other)


@promise
def shut():
    """without the setting nothing is there for who has no account, whatever was published"""
    closed = Node.serve(scratch())
    call("POST", "/api/v1/publications", {"time": month}, on=closed)
    for path in ("/open", "/open/index.json", f"/open/{month}", f"/open/{month}.csv", f"/open/{month}.json"):
        assert stranger(path, on=closed).status == 404, path
    assert "[open] data" in closed.local("GET", "/publications").body.decode()
    closed.close()
    assert stranger("/api/v1/publications").status == 401 and stranger("/api/v1/publications/counts").status == 401


@promise
def frozen():
    """what is published holds the numbers of its day in page, CSV and JSON alike, whatever is reported later, and tells what open data needs"""
    x = call("POST", "/api/v1/publications", {"time": month})
    assert x["version"] == 1 and x["records"] == len(x["items"]), x
    before = {k: stranger(f"/open/{month}{k}") for k in ("", ".csv", ".json")}
    assert all(a.status == 200 for a in before.values()), before
    doc, rows = before[".json"].json, table(before[".csv"].body.decode("utf-8-sig"))
    assert rows == items(doc) == items(x) and doc["records"] == len(rows)
    assert dict((k[:2], k[2]) for k in rows)[("all", "")] == 39, "exercises are none of them"
    for name in ("title_zh", "title_en", "begin", "end", "published_at", "version", "fields", "licence", "update_frequency", "publisher", "rule_zh", "files"):
        assert doc[name], name
    assert doc["update_frequency"] == "P1M" and doc["licence"].startswith("政府資料開放授權") and [f["name"] for f in doc["fields"]] == ["by", "key", "cases"]
    page = before[""].body.decode()
    assert "資安事件統計" in page and "不公布" in page and "政府資料開放授權" in page and "機密標題" not in page
    english = stranger(f"/open/{month}", **{"Accept-Language": "en"}).body.decode()
    assert "Incident statistics" in english and "withheld" in english and "資安事件統計" not in english
    shown = [r for r in rows if r[2] is not None]
    numbers = re.findall(r'<td class="num"[^>]*><span>(.*?)</span>', page)
    assert sum(n.isdigit() for n in numbers) == len(shown) and numbers.count("不公布") == len(rows) - len(shown)
    cases(2, "web_phishing", 1)
    after = {k: stranger(f"/open/{month}{k}").body for k in (".csv", ".json")}
    assert all(after[k] == before[k].body for k in after)
    (listed,) = stranger("/open/index.json").json["items"]
    assert listed["id"] == month and listed["files"]["csv"] == f"/open/{month}.csv" and f'href="/open/{month}"' in stranger("/open").body.decode()


@promise
def corrected():
    """a correction is a new version with its reason; a table that would withhold other cells than the one before is withheld whole"""
    v1 = dict((k[:2], k[2]) for k in items(stranger(f"/open/{month}.json").json))
    a = node.local("POST", "/api/v1/publications", {"time": month})
    assert a.status == 409 and "reason" in a.json["detail"], a.body
    x = call("POST", "/api/v1/publications", {"time": month, "reason": "補登兩件"})
    doc = stranger(f"/open/{month}.json").json
    v2 = dict((k[:2], k[2]) for k in items(doc))
    assert doc["version"] == 2 and v2[("all", "")] == 41 and doc["versions"][0]["reason"] == "補登兩件" and len(doc["versions"]) == 2
    assert {k for k, v in v1.items() if v is None} == {k for k, v in v2.items() if v is None}, "the same cells"
    assert "補登兩件" in stranger(f"/open/{month}").body.decode()
    same = node.local("POST", "/api/v1/publications", {"time": month, "reason": "再一次"})
    assert same.status == 409 and "are those that are published" in same.json["detail"], same.body
    # level 2 falls, level 3 rises: other cells would be withheld than before
    assert v2[("level", "3")] is None
    cases(9, "web_xss", 3)
    call("POST", "/api/v1/publications", {"time": month, "reason": "補登九件"})
    v3 = dict((k[:2], k[2]) for k in items(stranger(f"/open/{month}.json").json))
    assert all(v is None for (by, _), v in v3.items() if by == "level"), v3
    assert v3[("all", "")] == 50
    cases(1, "web_xss", 3)
    call("POST", "/api/v1/publications", {"time": month, "reason": "補登一件"})
    v4 = dict((k[:2], k[2]) for k in items(stranger(f"/open/{month}.json").json))
    assert all(v is None for (by, _), v in v4.items() if by == "level"), "and stays so"


@promise
def not_beside():
    """a period that overlaps a published one of another kind is refused with the rule, also once that is withdrawn; one that has not ended is refused"""
    for time in (year, f"{now.year - 1}-W24"):
        a = node.local("POST", "/api/v1/publications", {"time": time})
        assert a.status == 409 and month in a.json["detail"] and "only one kind" in a.json["detail"], a.body
    call("POST", "/api/v1/publications", {"time": other})
    running = node.local("POST", "/api/v1/publications", {"time": str(now.year)})
    assert running.status == 409 and "has not ended" in running.json["detail"], running.body
    assert node.local("POST", "/api/v1/publications", {"time": "tomorrow"}).status == 400


@promise
def withdrawn():
    """what is withdrawn leaves a word with the reason in its place, no numbers, and may be published anew as a further version"""
    a = node.local("POST", f"/api/v1/publications/{other}/withdraw", {"reason": " "})
    assert a.status == 400, a.body
    call("POST", f"/api/v1/publications/{other}/withdraw", {"reason": "資料來源有誤"})
    assert node.local("POST", f"/api/v1/publications/{other}/withdraw", {"reason": "x"}).status == 409
    doc, page, file = stranger(f"/open/{other}.json").json, stranger(f"/open/{other}").body.decode(), stranger(f"/open/{other}.csv")
    assert doc["withdrawn"] and not doc["items"] and doc["reason"] == "資料來源有誤" and "csv" not in doc["files"], doc
    assert "已撤回" in page and "資料來源有誤" in page and '<td class="num"' not in page
    assert file.status == 410 and "資料來源有誤" in file.body.decode()
    assert node.local("POST", "/api/v1/publications", {"time": f"{now.year - 1}-W33"}).status == 409, "it may have been kept"
    x = call("POST", "/api/v1/publications", {"time": other, "reason": "已更正來源"})
    assert x["version"] == 3 and stranger(f"/open/{other}.csv").status == 200
    assert [v["withdrawn"] for v in stranger(f"/open/{other}.json").json["versions"]] == [False, True, False]


@promise
def conditional():
    """who has it already is told so: an ETag that changes with the version alone, 304 without a body, files for other sites' pages"""
    a = stranger(f"/open/{month}.csv")
    tag = a.headers["ETag"]
    assert re.fullmatch(r'"[0-9a-f]{32}"', tag) and a.headers["Access-Control-Allow-Origin"] == "*" and "max-age" in a.headers["Cache-Control"]
    for asked in (tag, "W/" + tag, f'"x", {tag}', "*"):
        b = stranger(f"/open/{month}.csv", **{"If-None-Match": asked})
        assert b.status == 304 and not b.body and b.headers["ETag"] == tag, (asked, b.status)
    assert stranger(f"/open/{month}.csv", **{"If-None-Match": '"x"'}).status == 200
    assert stranger(f"/open/{month}.csv", method="HEAD").status == 200
    for bad in ("2026-13", "%00", "a" * 5000, "..%2f", "2026.csv.csv", "%ff.csv"):
        assert stranger("/open/" + bad).status in (400, 404, 414, 431), bad
    assert stranger("/open", method="POST").status == 405


@promise
def counted():
    """views and downloads are counted by item and day, over a restart, with how many records an item has; nothing of who read is kept"""
    count = lambda: {(c["item"], c.get("day")): c for c in call("GET", "/api/v1/publications/counts")["items"]}
    before = count()[(month, None)]
    for path, n in ((f"/open/{month}", 3), (f"/open/{month}.csv", 4), (f"/open/{month}.json", 5)):
        for _ in range(n):
            assert stranger(path, **{"User-Agent": "names-nobody-4711"}).status == 200
    stranger(f"/open/{month}.csv", **{"If-None-Match": "*"})  # nothing was given
    after = count()
    c, day = after[(month, None)], after[(month, f"{datetime.datetime.now(TAIPEI):%Y-%m-%d}")]
    assert [c[k] - before[k] for k in ("page", "csv", "json")] == [3, 4, 5], (before, c)
    assert c["records"] == len(stranger(f"/open/{month}.json").json["items"]) and day["csv"] <= c["csv"]
    assert after[("", None)]["records"] == 2, "items of the list"
    text = node.local("GET", "/api/v1/publications/counts?format=csv").body.decode("utf-8-sig")
    assert {(r["item"], r["day"] or None): int(r["csv"]) for r in csv.DictReader(io.StringIO(text))} == {k: v["csv"] for k, v in count().items()}
    page = node.local("GET", "/publications").body.decode()
    assert "瀏覽與下載次數" in page and month in page
    restart()
    again = count()
    assert again[(month, None)]["json"] >= c["json"] + 1
    kept = b"".join(p.read_bytes() for p in (place / "data/core").glob("*") if p.is_file())
    assert b"names-nobody-4711" not in kept
    return f"{len(again)} counts"


@promise
def rights():
    """a reviewer publishes, corrects and withdraws by forms without script, and reads why something is refused; a reader and an analyst may only look"""
    for name, roles in (("rex", "reviewer"), ("rob", "reader"), ("ann", "analyst")):
        assert node.local("POST", "/api/v1/users", {"name": name, "password": "a long enough one", "roles": roles}).status == 201
    rex, rob, ann = (Person(node, n, "a long enough one") for n in ("rex", "rob", "ann"))
    later = f"{now.year - 1}-10"
    page = rex.send(rex.get("/publications").form("/publications"), time=later)
    assert page.status == 200 and later in page.body
    page = rex.send(rex.get("/publications").form("/publications"), time=year)
    assert page.status == 409 and "只公布一種期間" in page.text and year in page.body, page.text[:500]
    page = rex.send(rex.get(f"/publications/{later}").form("/withdraw"), reason="試作")
    assert page.status == 200 and "已撤回" in page.text
    for who in (rob, ann):
        page = who.get("/publications")
        assert page.status == 200 and not [f for f in page.forms if f.action.endswith("/publications")]
        assert not [f for f in who.get(f"/publications/{month}").forms if f.action.endswith("/withdraw")]
    token = call("POST", "/api/v1/tokens", {"account": "rob", "label": "ro", "roles": "reader"})["token"]
    a = node.request("POST", "/api/v1/publications", {"time": f"{now.year - 1}-11"}, headers={"Authorization": "Bearer " + token})
    assert a.status == 403, a.body
    assert any(e["action"] == "publication.withdraw" for e in call("GET", "/api/v1/audit")["items"])


@promise
def by_itself():
    """weeks are published by themselves when the setting says so, each once, over kill -9; those that ended while the node was down too"""
    d = scratch()
    weekly = Node.serve(d, OPEN + "publish = week\nafter_days = 0\n")
    last = (now - datetime.timedelta(days=7)).date().isocalendar()
    name = f"{last[0]}-W{last[1]:02d}"
    listed = lambda: [(i["id"], i["version"]) for i in call("GET", "/api/v1/publications", on=weekly)["items"]]
    until("the week is published", lambda: listed() == [(name, 1)], limit=90)
    os.kill(weekly.workers()["core"], signal.SIGKILL)
    until("it is back", lambda: weekly.local("GET", "/healthz").status == 200)
    weekly.close()
    weekly = Node.serve(d)
    assert stranger(f"/open/{name}.json", on=weekly).json["versions"] == [{"version": 1, "published_at": stranger(f"/open/{name}.json", on=weekly).json["published_at"], "withdrawn": False}]
    weekly.close()
    # As if it had been down for three weeks: the first that was published ended then.
    ago = lambda weeks: "%04d-W%02d" % (now - datetime.timedelta(weeks=weeks)).date().isocalendar()[:2]
    with contextlib.closing(sqlite3.connect(next((d / "data/core").glob("*.db")))) as c:
        assert c.execute("UPDATE publication SET period = ?, begin_at = begin_at - 3 * (end_at - begin_at), end_at = end_at - 3 * (end_at - begin_at)", (ago(4),)).rowcount == 1
        c.commit()
    weekly = Node.serve(d)
    until("the oldest of the weeks between comes first", lambda: listed() == [(ago(3), 1), (ago(4), 1)], limit=90, step=0.2)
    weekly.close()


@promise
def bounded():
    """who asks far too often is told to come later, and everybody else of the node is served"""
    got, begun = collections.Counter(), time.monotonic()

    def ask():
        at = urllib.parse.urlsplit(node.info["https"])
        with contextlib.closing(http.client.HTTPSConnection(at.hostname, at.port, context=node.context, timeout=30)) as c:
            for _ in range(300):  # over one connection: what a stranger can do fastest
                c.request("GET", "/open/index.json")
                a = c.getresponse()
                a.read()
                got[a.status] += 1

    threads = [threading.Thread(target=ask) for _ in range(4)]
    [t.start() for t in threads]
    assert node.local("GET", "/healthz").status == 200 and call("GET", "/api/v1/publications")["open"]
    [t.join() for t in threads]
    took = time.monotonic() - begun
    assert set(got) <= {200, 429} and 100 <= got[200] <= 400 + 100 * (took + 1) and sum(got.values()) == 1200, (got, took)
    return dict(got)


@promise
def command():
    """lianfang publication shows, publishes, withdraws and counts"""
    def run(*words):
        r = subprocess.run([BIN, "publication", words[0], "-c", place / "lianfang.ini", "--json", *words[1:]], capture_output=True, text=True)
        assert r.returncode == 0, (words, r)
        return json.loads(r.stdout) if r.stdout.strip() else None

    assert run("publish", f"{now.year - 1}-12")["version"] == 1
    assert run("show", month)["items"] == stranger(f"/open/{month}.json").json["items"]
    run("withdraw", f"{now.year - 1}-12", "試作")
    assert run("list")["items"][0]["withdrawn"] and run("counts")["items"]


done()
