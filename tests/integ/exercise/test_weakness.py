#!/usr/bin/env python3
"""Weaknesses that exercises found: recorded with the result report, followed to their mending, checked in a later exercise, listed over all."""
import csv
import datetime
import html
import io
import pathlib
import subprocess
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "lib"))
from lf import *

BASE = "/api/v1/exercises"
PASSWORD = "a long enough password"
node = Node.serve(scratch(), tier="sector")


def at(seconds):
    return (datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(seconds=seconds)).strftime("%Y-%m-%dT%H:%M:%SZ")


def call(method, path, body=None, status=(200, 201, 204)):
    r = node.local(method, path, body)
    assert r.status in ((status,) if isinstance(status, int) else status), (method, path, r.status, r.body.decode())
    return r.json if r.body else None


def ended(name, **more):
    x = node.exercise(name=name, kind="public-service", participants=["水廠", "港務"], **more)
    call("POST", f"{BASE}/{x}/state", {"state": "ended"})
    return x


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
    return subprocess.run([BIN, "weakness", argv[0], "--data", str(node.directory / "data"), *argv[1:]], capture_output=True, text=True, timeout=60)


def items(query=""):
    return call("GET", "/api/v1/weaknesses" + query)["items"]


for name in ("水廠", "港務"):
    call("POST", "/api/v1/units", {"name": name, "attribute": "enterprise-1"})
ann, rev, eve = person("ann", "analyst"), person("rev", "reviewer"), person("eve", "reader")
first = ended("去年為民服務系統攻防演練")


@promise
def with_the_report():
    """a result report is handed in with the weaknesses that were found, each a record of its own, all of them or none of it"""
    good = {"title": "後台登入頁可注入 SQL", "kind": "application", "severity": "critical", "unit": "水廠", "method": "以 SQL Injection 取得後台權限，再上傳網頁木馬",
            "measure": "改用參數化查詢", "owner": "ann", "due": at(86400), "detail": "測試帳號可登入"}
    for wrong, says in (({"title": ""}, "title"), ({"title": "x", "kind": "odd"}, "kind is"), ({"title": "x", "severity": "9"}, "severity is"), ({"title": "x", "unit": "沒有這個機關"}, "沒有這個機關"),
                        ({"title": "x", "owner": "nobody"}, "nobody"), ({"title": "x", "due": "tomorrow"}, "due"), ("text", "list of at most")):
        r = node.local("POST", f"{BASE}/{first}/report", {"text": "報告", "weaknesses": [good, wrong]})
        assert r.status in (400, 422) and says in r.json["detail"], (wrong, r.status, r.body.decode())
        assert not items() and "reported" not in call("GET", f"{BASE}/{first}"), wrong
    call("POST", f"{BASE}/{first}/report", {"text": "攻防演練成果", "weaknesses": [good, {"title": "外洩偵測不到", "kind": "monitoring", "unit": "港務", "due": at(-3600)}]})
    got = items()
    assert [(w["title"], w["unit_name"], w["state"]) for w in got] == [("外洩偵測不到", "港務", "open"), ("後台登入頁可注入 SQL", "水廠", "open")] or len(got) == 2, got
    one = next(w for w in got if w["kind"] == "application")
    assert all(one[k] == good[k] for k in ("title", "severity", "method", "measure", "owner", "detail")) and one["exercise"] == first, one
    assert [w["title"] for w in items("?overdue=1")] == ["外洩偵測不到"] and [w["title"] for w in items("?owner=ann")] == ["後台登入頁可注入 SQL"]
    assert call("GET", f"{BASE}/{first}")["report"] == "攻防演練成果"


@promise
def followed_up():
    """who did what to one is its history, over a kill -9; a reviewer alone accepts it, with the reason; who only reads changes nothing"""
    global node
    one = next(w["id"] for w in items() if w["kind"] == "application")
    path = f"/api/v1/weaknesses/{one}"
    assert ask(ann, "POST", path, {"state": "mended", "note": "第 12 版改用參數化查詢"}).status == 204
    assert ask(ann, "POST", path, {"state": "accepted", "note": "不修"}).status == 403
    assert ask(eve, "POST", path, {"note": "x"}).status == 403 and ask(eve, "GET", path).status == 200
    assert ask(rev, "POST", path, {"state": "accepted"}).status == 400
    assert ask(ann, "POST", path, {"state": "open", "note": "x", "base": 1}).status == 409
    assert ask(rev, "POST", path, {"state": "accepted", "note": "年底汰換"}).status == 204
    assert ask(rev, "POST", path, {"state": "open", "note": "汰換延後", "due": at(7200), "owner": "me"}).status == 204
    os.kill(node.process.pid, signal.SIGKILL)
    node.process.wait()
    node = until("it is back", lambda: Node.serve(node.directory))
    got = call("GET", path)
    assert [(h["state"], h.get("note"), h.get("name")) for h in got["history"]][1:] == [("mended", "第 12 版改用參數化查詢", "ann"), ("accepted", "年底汰換", "rev"), ("open", "汰換延後", "rev")], got["history"]
    assert got["owner"] == "rev" and got["state"] == "open" and "reason" not in got
    acts = [a["action"] for a in call("GET", "/api/v1/audit?limit=200")["items"] if a["subject"] == first]
    assert acts.count("weakness.add") == 2 and acts.count("weakness.change") == 3, acts


@promise
def checked_later():
    """a later exercise confirms one mended or shows it again; its page has those of earlier ones that are still open, in both languages"""
    second = ended("今年為民服務系統攻防演練")
    sql, seen = (next(w["id"] for w in items() if w["kind"] == k) for k in ("application", "monitoring"))
    for lang, words in (("zh", ("先前演練尚待改善的弱點", "後台登入頁可注入 SQL", "外洩偵測不到", "逾期未改善", "嚴重")), ("en", ("Weaknesses of earlier exercises that are still open", "Overdue", "Critical"))):
        text = page(f"/exercises/{second}", lang)
        assert all(w in text for w in words), [w for w in words if w not in text]
    assert node.local("POST", f"/api/v1/weaknesses/{sql}/checks", {"exercise": first, "outcome": "confirmed"}).status == 409
    assert node.local("POST", f"/api/v1/weaknesses/{sql}/checks", {"exercise": second, "outcome": "maybe"}).status == 400
    call("POST", f"/api/v1/weaknesses/{sql}/checks", {"exercise": second, "outcome": "recurred", "note": "換一個欄位仍可注入", "due": at(86400 * 7)})
    call("POST", f"/api/v1/weaknesses/{seen}/checks", {"exercise": second, "outcome": "confirmed", "note": "十分鐘內告警"})
    got = call("GET", f"/api/v1/weaknesses/{sql}")
    assert (got["state"], got["checked"], got["checked_in"], got["recurred"]) == ("open", "recurred", second, 1), got
    assert got["history"][-1]["exercise_name"] == "今年為民服務系統攻防演練" and got["history"][-1]["note"] == "換一個欄位仍可注入"
    assert [w["title"] for w in items("?checked=confirmed&state=mended")] == ["外洩偵測不到"]
    assert [w["id"] for w in items(f"?state=open&earlier={second}")] == [sql]
    text = page(f"/weaknesses/{sql}", "zh")
    assert "在「今年為民服務系統攻防演練」再次發現" in text and "以 SQL Injection 取得後台權限" in text, text[:3000]
    assert "Recurred in “今年為民服務系統攻防演練”" in page(f"/weaknesses/{sql}", "en")
    assert "外洩偵測不到" not in page(f"/exercises/{second}", "zh")


@promise
def over_all():
    """the list over all exercises is narrowed and counted by pattern; each number of the page opens just those; JSON and CSV say the same"""
    for q, n in (("?state=open", 1), ("?kind=application", 1), ("?severity=critical", 1), ("?unit=%E6%B8%AF%E5%8B%99", 1), (f"?exercise={first}", 2), ("?q=sql", 1), ("?q=nothing", 0), ("?owner=-", 1), ("?limit=1", 1)):
        assert len(items(q)) == n, (q, items(q))
    for wrong in ("?state=odd", "?kind=odd", "?severity=odd", "?checked=odd", "?earlier=none", "?format=pdf", "?after=odd"):
        assert node.local("GET", "/api/v1/weaknesses" + wrong).status in (400, 404), wrong
    two = call("GET", "/api/v1/weaknesses?limit=1")
    assert [w["id"] for w in two["items"] + call("GET", f"/api/v1/weaknesses?limit=1&after={two['next']}")["items"]] == [w["id"] for w in items()]
    rows = list(csv.DictReader(io.StringIO(node.local("GET", "/api/v1/weaknesses?format=csv").body.decode("utf-8-sig"))))
    assert [(r["id"], r["title"], r["state"], r["recurred"], r["method"]) for r in rows] == [(w["id"], w["title"], w["state"], str(w["recurred"]), w.get("method", "")) for w in items()], rows
    patterns = call("GET", "/api/v1/weakness-patterns")["items"]
    text = page("/weaknesses", "en")
    for p in patterns:
        for key, more in (("all", ""), ("open", "&state=open"), ("overdue", "&overdue=1"), ("mended", "&state=mended"), ("confirmed", "&state=mended&checked=confirmed"), ("accepted", "&state=accepted")):
            assert len(items(f"?limit=1000&kind={p['kind']}{more}")) == p[key], (p, key)
            assert f'href="/weaknesses?kind={p["kind"]}{more}">{p[key]}</a>' in text, (p, key)
    assert "演練發現的弱點" in page("/weaknesses?q=sql&state=open&earlier=" + first, "zh")


@promise
def by_whom_and_when():
    """analysts record one by itself too, while the exercise runs or after its end; who only reads records none, and nothing is changed by nothing"""
    r = ask(ann, "POST", f"{BASE}/{first}/weaknesses", {"title": "無人知道窗口", "kind": "reporting"})
    assert r.status == 201, r.body
    one = r.json["id"]
    assert "無人知道窗口" in page(f"/exercises/{first}", "zh")
    planned = call("POST", BASE, {"name": "規劃中", "kind": "reporting", "begins": at(0), "ends": at(3600)})["id"]
    assert ask(ann, "POST", f"{BASE}/{planned}/weaknesses", {"title": "x"}).status == 409
    assert ask(eve, "POST", f"{BASE}/{first}/weaknesses", {"title": "x"}).status == 403
    assert ask(ann, "POST", f"/api/v1/weaknesses/{one}", {}).status == 400 and ask(ann, "GET", "/api/v1/weaknesses/none").status == 404


@promise
def counted_nowhere():
    """weaknesses of exercises change no number of the statistics"""
    before = call("GET", "/api/v1/statistics?time=%d" % time.gmtime().tm_year)["items"]
    call("POST", f"{BASE}/{first}/weaknesses", {"title": "再一個", "kind": "network"})
    assert call("GET", "/api/v1/statistics?time=%d" % time.gmtime().tm_year)["items"] == before


@promise
def overdue_is_told():
    """one that is past its date is told through the matrix, once"""
    told = lambda: [n for n in call("GET", "/api/v1/notices?limit=1000")["items"] if n["about"] == "weakness"]
    one = call("POST", f"{BASE}/{first}/weaknesses", {"title": "逾期的弱點", "due": at(1)})["id"]
    until("it is told", lambda: [n for n in told() if n["subject"] == one], 100)
    assert len([n for n in told() if n["subject"] == one]) == 1


@promise
def by_command():
    """the command line records, lists, finds, changes, checks and exports them"""
    r = cli("add", first, "備份未離線", "recovery", "high", "港務", "勒索軟體連備份一起加密", "改為離線備份", "ann")
    one = r.stdout.strip()
    assert r.returncode == 0 and one, r.stderr
    for argv, says in ((("list",), one), (("open",), one), (("find", "離線"), one), (("of", first), one), (("overdue",), ""), (("patterns",), "recovery"), (("show", one), "改為離線備份"), (("export",), "備份未離線")):
        r = cli(*argv)
        assert r.returncode == 0 and says in r.stdout, (argv, r.stdout, r.stderr)
    for argv in (("measure", one, "每週離線一份"), ("assign", one, "rev"), ("note", one, "已採購"), ("set", one, "mended", "完成")):
        r = cli(*argv)
        assert r.returncode == 0, (argv, r.stderr)
    later = ended("明年演練")
    assert cli("check", one, later, "confirmed", "還原成功").returncode == 0
    got = call("GET", f"/api/v1/weaknesses/{one}")
    assert (got["state"], got["checked"], got["measure"], got["owner"], len(got["history"])) == ("mended", "confirmed", "每週離線一份", "rev", 6), got
    assert one not in cli("earlier", later).stdout and cli("earlier", later).returncode == 0


done()
