#!/usr/bin/env python3
"""Operations reviews: what was seen in a period, what is to be better and what that came from, until it is done."""
import csv
import io
import os
import pathlib
import signal
import subprocess
import sys
import urllib.parse

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "lib"))
from lf import *
from forms import Person

HERE, IMPS, PASSWORD = "/api/v1/ops-reviews", "/api/v1/improvements", "a long enough one"
node = Node.serve(scratch(), tier="sector")


def call(method, path, body=None, status=(200, 201, 204)):
    a = node.local(method, path, body)
    assert a.status in status, (path, a.status, a.body)
    return a.json if a.body[:1] == b"{" else a


def refused(word, status, path, body):
    a = call("POST", path, body, (status,))
    assert word in a["detail"], a


def begin(month, **more):
    return call("POST", HERE, {"title": f"{month} 月檢視", "since": f"2026-{month:02}-01T00:00:00+08:00", "until": f"2026-{month + 1:02}-01T00:00:00+08:00", **more})["id"]


def improve(review, **more):
    return call("POST", f"{HERE}/{review}/improvements", {"finding": "情資轉發太慢", "area": "sharing", **more})["id"]


def ids(query):
    return [x["id"] for x in call("GET", f"{IMPS}?{query}")["items"]]


for name, roles in (("ann", "analyst"), ("rev", "reviewer"), ("rae", "reader")):
    call("POST", "/api/v1/users", {"name": name, "password": PASSWORD, "roles": roles})
ann, rev, rae = (Person(node, n, PASSWORD) for n in ("ann", "rev", "rae"))


@promise
def named():
    """an improvement names the item of news, the incident, the exercise or the earlier review that it came from, the page opens that, and what is not there is refused"""
    global first, second, late
    first, second = begin(1), begin(2)
    news = call("POST", "/api/v1/news", {"title": "國際趨勢：供應鏈攻擊增加", "source": "日報", "link": "https://daily.example/1"})["id"]
    incident = call("POST", "/api/v1/incidents", {"title": "網頁遭竄改", "description": "x", "impact": "x", "measures": "x", "level": 1, "happened_at": "2026-01-20T08:00:00+08:00"})["id"]
    drill = call("POST", "/api/v1/exercises", {"name": "年度演練", "kind": "reporting", "begins": "2026-01-10T01:00:00Z", "ends": "2026-01-10T04:00:00Z"})["id"]
    late = improve(first, source="news", ref=news, owner="ann", due="2026-02-01T00:00:00Z", measure="平臺增加轉發規則")
    others = {k: improve(second, source=k, ref=v, area="platform") for k, v in (("incident", incident), ("exercise", drill), ("review", first))}
    x = call("GET", f"{IMPS}/{late}")
    assert (x["source"], x["ref"], x["owner"], x["overdue"], x["state"]) == ("news", news, "ann", True, "open"), x
    for id, path in ((late, f"/news/{news}"), (others["incident"], f"/incidents/{incident}"), (others["exercise"], f"/exercises/{drill}"), (others["review"], f"/ops-reviews/{first}")):
        page = ann.get(f"/improvements/{id}").body
        assert f'href="{path}"' in page and ann.get(path).status == 200, path
    at = f"{HERE}/{second}/improvements"
    for kind in ("news", "incident", "exercise", "review"):
        refused("is not there", 400, at, {"finding": "x", "area": "process", "source": kind, "ref": "00000000-0000-4000-8000-000000000000"})
    refused("together with its ref", 400, at, {"finding": "x", "area": "process", "source": "news"})
    refused("together with its ref", 400, at, {"finding": "x", "area": "process", "ref": news})
    refused("another review", 400, at, {"finding": "x", "area": "process", "source": "review", "ref": second})
    refused("there is no account", 400, at, {"finding": "x", "area": "process", "owner": "nobody-here"})
    refused("period ends after", 400, HERE, {"title": "x", "since": "2026-02-01T00:00:00Z", "until": "2026-02-01T00:00:00Z"})


@promise
def followed():
    """what is still open of earlier reviews stands on the next one; overdue, open and all are counted as their lists have them; dropped and opened again need the reason"""
    free = improve(first, area="process", finding="交班漏記")
    assert set(ids(f"state=open&earlier={second}")) == {late, free} and not ids(f"earlier={first}")
    page = ann.get(f"/ops-reviews/{second}").body
    assert "先前檢視尚未完成的改善事項" in page and f"/improvements/{late}" in page and "逾期" in page, page
    refused("say why", 400, f"{IMPS}/{free}", {"state": "dropped"})
    call("POST", f"{IMPS}/{free}", {"state": "dropped", "reason": "併入新制度"})
    refused("say why", 400, f"{IMPS}/{free}", {"state": "open"})
    assert ids(f"state=open&earlier={second}") == [late]
    for x in call("GET", HERE)["items"]:
        assert (x["improvements"], x["open"], x["overdue"]) == tuple(len(ids(f"review={x['id']}{q}")) for q in ("", "&state=open", "&overdue=1")), x
    done = call("POST", f"{IMPS}/{late}", {"state": "done"})
    assert done["state"] == "done" and done["ended"] and not done["overdue"] and not ids("overdue=1"), done
    again = call("POST", f"{IMPS}/{late}", {"state": "open", "reason": "又變慢了", "due": ""})
    assert again["reason"] == "又變慢了" and not again.get("ended") and not again.get("due") and not ids("overdue=1"), again


@promise
def closed():
    """a reviewer closes a review that is over and has a summary; then nothing is added to it, its improvements go on, and all is kept over a kill -9"""
    global node, ann, rev, rae
    page = ann.get(f"/ops-reviews/{first}")
    assert "結案後不能再加" not in page.body, "an analyst closes none"
    form = next(f for f in page.forms if "summary" in f.names)
    page = ann._ask("POST", form.action, urllib.parse.urlencode({**form.fields, "summary": "x", "state": "closed"}).encode())
    assert page.status == 403 and "維運檢視須由審核人員或管理者結案。" in page.body, page.status
    x = call("GET", f"{HERE}/{first}")
    assert x["state"] == "draft" and not x.get("summary"), x
    refused("write the summary", 409, f"{HERE}/{first}", {"state": "closed"})
    coming = call("POST", HERE, {"title": "未到", "since": "2026-01-01T00:00:00Z", "until": "2199-01-01T00:00:00Z", "summary": "x"})["id"]
    refused("not over yet", 409, f"{HERE}/{coming}", {"state": "closed"})
    page = rev.get(f"/ops-reviews/{first}")
    page = rev.send(next(f for f in page.forms if "summary" in f.names), summary="一月平順，分享要加快。")
    page = rev.send(next(f for f in page.forms if "state" in f.names))
    x = call("GET", f"{HERE}/{first}")
    assert (x["state"], x["summary"]) == ("closed", "一月平順，分享要加快。") and x["closed"], x
    refused("it is closed", 409, f"{HERE}/{first}/improvements", {"finding": "x", "area": "process"})
    refused("it is closed", 409, f"{HERE}/{first}", {"summary": "x"})
    call("POST", f"{IMPS}/{late}", {"measure": "改用串流"})
    was = call("GET", f"{IMPS}?limit=1000"), call("GET", HERE)
    os.kill(node.process.pid, signal.SIGKILL)
    node.process.wait()
    node = until("it is back", lambda: Node.serve(node.directory))
    assert (call("GET", f"{IMPS}?limit=1000"), call("GET", HERE)) == was
    acts = {a["action"] for a in call("GET", "/api/v1/audit?limit=1000")["items"]}
    assert {"ops_review.add", "ops_review.change", "ops_review.close", "improvement.add", "improvement.change"} <= acts, acts


@promise
def who():
    """a reader sees reviews and has no form; a tenant sees none; all improvements go out as CSV and every act is on the command line"""
    rae = Person(node, "rae", PASSWORD)
    for path in ("/ops-reviews", f"/ops-reviews/{second}", "/improvements", f"/improvements/{late}"):
        page = rae.get(path)
        assert page.status == 200 and 'action="/ops-reviews' not in page.body and 'action="/improvements/' not in page.body, path
    tenant = call("POST", "/api/v1/tenants", {"name": "東醫院"})["id"]
    call("POST", "/api/v1/users", {"name": "tom", "password": PASSWORD, "roles": "admin", "tenant": tenant})
    tom = Person(node, "tom", PASSWORD)
    for path in ("/ops-reviews", f"/ops-reviews/{second}", "/improvements", f"/improvements/{late}", HERE, IMPS, f"{IMPS}/{late}"):
        assert tom.get(path).status in (403, 404), path
    rows = list(csv.DictReader(io.StringIO(call("GET", f"{IMPS}?format=csv").body.decode("utf-8-sig"))))
    assert {r["id"] for r in rows} == set(ids("limit=1000")) and next(r for r in rows if r["id"] == late)["source"] == "news", rows

    def cli(*words):
        r = subprocess.run([BIN, "ops-review", words[0], "--data", str(node.directory / "data"), *words[1:]], capture_output=True, text=True, timeout=30)
        assert r.returncode == 0, (words, r.stdout, r.stderr)
        return r.stdout

    id = cli("add", "By command", "2026-03-01T00:00:00Z", "2026-04-01T00:00:00Z").split()[0]
    imp = cli("improve", id, "tracking", "Slow", "", "", "", "review", first).split()[0]
    assert imp in cli("improvements", id) and imp in cli("open") and late in cli("earlier", id) and id in cli("list")
    cli("assign", imp, "ann", "2026-04-02T00:00:00Z")
    assert imp in cli("overdue") and "ann" in cli("overdue")
    cli("set", imp, "dropped", "nothing")
    cli("summary", id, "Calm")
    cli("close", id)
    assert "closed" in cli("show", id) and imp not in cli("open") and imp in cli("export")


node.close()
done()
