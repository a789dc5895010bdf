#!/usr/bin/env python3
"""Partners at home and abroad, and the channels to them: kept, tried, overdue and told."""
import csv
import datetime
import html
import io
import pathlib
import subprocess
import sys
from urllib.parse import quote

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "lib"))
from lf import *

BASE = "/api/v1/partners"
PASSWORD = "a long enough password"
node = Node.serve(scratch(), tier="sector")


def at(seconds):
    return (datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(seconds=seconds)).strftime("%Y-%m-%dT%H:%M:%SZ")


def when(text):
    return datetime.datetime.fromisoformat(text.replace("Z", "+00:00"))


def call(method, path, body=None, status=(200, 201, 204)):
    r = node.local(method, path, body)
    assert r.status in ((status,) if isinstance(status, int) else status), (method, path, r.status, r.body.decode())
    return r.json if r.body else None


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
    return subprocess.run([BIN, "partner", argv[0], "--data", str(node.directory / "data"), *argv[1:]], capture_output=True, text=True, timeout=60)


def items(query=""):
    return call("GET", BASE + query)["items"]


ann, eve = person("ann", "analyst"), person("eve", "reader")
first = call("POST", BASE, {"name": "對等應變中心", "country": "JP", "kind": "cert", "agreement": "雙邊交流備忘錄", "since": "2026-01-01", "until": "2026-01-31", "tlp": "green", "owner": "ann"})["id"]
second = call("POST", BASE, {"name": "山丘大學資安研究室", "country": "TW", "kind": "university"})["id"]


@promise
def kept():
    """a partner has its country, kind, agreement and owner; what will not do is refused with what and why; those abroad are found"""
    got = call("GET", f"{BASE}/{first}")
    assert (got["since"], got["until"], got["tlp"], got["owner"], got["foreign"], got["over"]) == ("2026-01-01", "2026-01-31", "green", "ann", True, True), got
    for wrong, says in (({"name": ""}, "name"), ({"country": "jp"}, "country"), ({"country": "JPN"}, "country"), ({"kind": "odd"}, "kind is"), ({"tlp": "odd"}, "tlp is"), ({"owner": "nobody"}, "nobody"),
                        ({"since": "tomorrow"}, "a day"), ({"since": "2026-02-01"}, "before it begins"), ({"feed": "none"}, "no feed"), ({"peer": "none"}, "no peer"), ({"active": "maybe"}, "yes or no"),
                        ({"name": "山丘大學資安研究室"}, "already"), ({"note": "x" * 5000}, "4000")):
        r = node.local("POST", f"{BASE}/{first}", wrong)
        assert r.status in (400, 409) and says in r.json["detail"], (wrong, r.status, r.body.decode())
    call("POST", f"{BASE}/{first}", {"note": "每年互訪"})
    now = call("GET", f"{BASE}/{first}")
    assert now["note"] == "每年互訪" and now["agreement"] == "雙邊交流備忘錄" and now["kind"] == "cert"
    for q, n in (("?country=foreign", 1), ("?country=TW", 1), ("?country=US", 0), ("?kind=university", 1), ("?q=%E4%BA%92%E8%A8%AA", 1), ("?q=none", 0), ("?active=no", 0), ("?limit=1", 1)):
        assert len(items(q)) == n, (q, items(q))
    two = call("GET", BASE + "?limit=1")
    assert [p["id"] for p in two["items"] + call("GET", f"{BASE}?limit=1&after={quote(two['next'])}")["items"]] == [p["id"] for p in items()]
    for wrong in ("?kind=odd", "?country=odd", "?active=odd", "?format=pdf", "?after=odd"):
        assert node.local("GET", BASE + wrong).status == 400, wrong


@promise
def tried():
    """each channel has a date by which it is to be tried again: an answer moves it on by its days, no answer by a week at most, and who tried stays on record"""
    for wrong, says in (({"kind": "mail", "value": "odd"}, "mail address"), ({"kind": "pgp", "value": "12"}, "40 or 64"), ({"kind": "web", "value": "http://x"}, "https://"), ({"kind": "odd", "value": "x"}, "kind is"),
                        ({"kind": "telephone", "value": "1", "days": 5000}, "days"), ({"kind": "telephone", "value": "a\nb"}, "one line")):
        r = node.local("POST", f"{BASE}/{second}/channels", wrong)
        assert r.status == 400 and says in r.json["detail"], (wrong, r.status, r.body.decode())
    mail = call("POST", f"{BASE}/{second}/channels", {"kind": "mail", "value": "desk@example.edu", "days": 90})["channel"]
    key = call("POST", f"{BASE}/{second}/channels", {"kind": "pgp", "value": "0123 4567 89ab cdef 0123 4567 89ab cdef 0123 4567"})["channel"]
    got = {c["channel"]: c for c in call("GET", f"{BASE}/{second}")["list"]}
    assert got[key]["value"] == "0123456789ABCDEF0123456789ABCDEF01234567" and got[key]["days"] == 180, got
    days = lambda c: (when(c["due"]) - datetime.datetime.now(datetime.timezone.utc)).total_seconds() / 86400
    assert 6.9 < days(got[mail]) < 7.1 and "tried" not in got[mail]
    assert ask(ann, "POST", f"{BASE}/{second}/tries", {"channel": mail, "answered": "yes", "note": "值班人員回信"}).status == 204
    assert ask(ann, "POST", f"{BASE}/{second}/tries", {"channel": key, "answered": "no"}).status == 204
    for wrong, status in (({"channel": 99, "answered": "yes"}, 404), ({"channel": mail, "answered": "perhaps"}, 400), ({"channel": mail}, 400)):
        assert ask(ann, "POST", f"{BASE}/{second}/tries", wrong).status == status, wrong
    now = call("GET", f"{BASE}/{second}")
    got = {c["channel"]: c for c in now["list"]}
    assert 89.9 < days(got[mail]) < 90.1 and got[mail]["answered"] and 6.9 < days(got[key]) < 7.1 and not got[key]["answered"], got
    assert [(x["by"], x["answered"], x.get("note")) for x in now["tries"]] == [("ann", False, None), ("ann", True, "值班人員回信")], now["tries"]
    call("POST", f"{BASE}/{second}/channels/remove", {"channel": key})
    now = call("GET", f"{BASE}/{second}")
    assert [c["channel"] for c in now["list"]] == [mail] and len(now["tries"]) == 2
    acts = [a["action"] for a in call("GET", "/api/v1/audit?limit=200")["items"] if a["subject"] == second]
    assert sorted(acts) == ["partner.add", "partner.channel", "partner.channel", "partner.channel_remove", "partner.try", "partner.try"], acts


@promise
def overdue():
    """a channel past its date is shown, found and told once; of a partnership that is over nothing is due"""
    told = lambda: [n for n in call("GET", "/api/v1/notices?limit=1000")["items"] if n["about"] == "partner"]
    call("POST", f"{BASE}/{first}/channels", {"kind": "telephone", "value": "+81 3 0000 0000", "due": at(-5)})
    assert [p["id"] for p in items("?overdue=1")] == [first] and items("?overdue=1")[0]["overdue"] == 1
    assert "逾期未測試" in page(f"/partners/{first}", "zh") and "Overdue" in page(f"/partners/{first}", "en")
    until("it is told", told, 100)
    assert [n["subject"] for n in told()] == [first]
    call("POST", f"{BASE}/{first}", {"active": "no"})
    assert not items("?overdue=1") and "逾期未測試" not in page(f"/partners/{first}", "zh") and "合作已終止" in page("/partners", "zh")
    call("POST", f"{BASE}/{first}", {"active": "yes"})


@promise
def activities():
    """what was done with a partner is kept with day, kind, who took part and outcome; given and received are counted by year, each count opens what it counts, and one withdrawn counts no more"""
    where = f"{BASE}/{first}/activities"
    ok = {"day": "2025-12-31", "kind": "visit", "title": "年度互訪"}
    for wrong, says in (({"day": ""}, "day"), ({"day": "soon"}, "a day"), ({"day": at(3 * 86400)[:10]}, "today at the latest"), ({"kind": "odd"}, "kind is"), ({"direction": "up"}, "direction is"), ({"title": " "}, "title"), ({"outcome": "x" * 4001}, "4000")):
        r = node.local("POST", where, {**ok, **wrong})
        assert r.status == 400 and says in r.json["detail"], (wrong, r.status, r.body.decode())
    made = [call("POST", where, {**ok, **more})["activity"] for more in ({}, {"day": "2026-01-01", "kind": "intelligence", "title": "提供釣魚網域", "direction": "given", "people": "ann", "outcome": "對方已封鎖"},
            {"day": "2026-02-01", "title": "取得惡意程式樣本", "direction": "received"}, {"day": "2026-02-02", "title": "聯合分析", "direction": "both"})]
    assert made == [1, 2, 3, 4] and call("GET", where)["years"] == [{"year": 2026, "all": 3, "given": 2, "received": 2}, {"year": 2025, "all": 1, "given": 0, "received": 0}]
    for q, want in (("", [4, 3, 2, 1]), ("?year=2025", [1]), ("?year=2026&direction=given", [4, 2]), ("?year=2026&direction=received", [4, 3])):
        assert [x["activity"] for x in call("GET", where + q)["items"]] == want, q
    assert node.local("GET", where + "?year=x").status == 400 and node.local("GET", where + "?direction=x").status == 400
    text = page(f"/partners/{first}?year=2026&direction=given", "zh")
    assert "提供釣魚網域" in text and "對方已封鎖" in text and "取得惡意程式樣本" not in text and f"/partners/{first}?year=2026&direction=received#activities" in text
    assert "Exchange of intelligence" in page(f"/partners/{first}", "en")
    call("POST", where + "/withdraw", {"activity": 4})
    assert node.local("POST", where + "/withdraw", {"activity": 4}).status == 409 and node.local("POST", where + "/withdraw", {"activity": 9}).status == 409
    got = call("GET", where)
    assert got["years"][0] == {"year": 2026, "all": 2, "given": 1, "received": 1} and got["items"][0]["withdrawn"] and "誤登，已撤銷" in page(f"/partners/{first}", "zh")
    assert ask(eve, "GET", where).status == 200 and node.request("GET", where, auth=False).status == 401
    assert ask(eve, "POST", where, ok).status == 403 and ask(eve, "POST", where + "/withdraw", {"activity": 1}).status == 403


@promise
def by_whom():
    """who only reads changes nothing, who is not known sees nothing"""
    for method, path, body in (("POST", BASE, {"name": "x", "country": "TW"}), ("POST", f"{BASE}/{first}", {"note": "x"}), ("POST", f"{BASE}/{first}/channels", {"kind": "other", "value": "x"}),
                               ("POST", f"{BASE}/{first}/tries", {"channel": 1, "answered": "yes"}), ("POST", f"{BASE}/{first}/channels/remove", {"channel": 1})):
        assert ask(eve, method, path, body).status == 403, (method, path)
    assert ask(eve, "GET", f"{BASE}/{first}").status == 200 and ask(eve, "GET", f"{BASE}/none").status == 404
    assert node.request("GET", BASE, auth=False).status == 401


@promise
def out():
    """the CSV has a row for each channel and no cell is a formula; the pages say the same in Chinese and English"""
    call("POST", f"{BASE}/{second}/channels", {"kind": "other", "value": "=1+1"})
    rows = list(csv.DictReader(io.StringIO(node.local("GET", BASE + "?format=csv").body.decode("utf-8-sig"))))
    assert sorted((r["name"], r["channel_kind"]) for r in rows) == [("對等應變中心", "telephone"), ("山丘大學資安研究室", "mail"), ("山丘大學資安研究室", "other")] or len(rows) == 3, rows
    assert not [r for r in rows if r["value"].startswith("=")], rows
    for lang, words in (("zh", ("國內外合作單位", "大專校院", "協定已到期")), ("en", ("Partners at home and abroad", "University", "The agreement has ended"))):
        text = page("/partners", lang)
        assert all(w in text for w in words), [w for w in words if w not in text]
    assert "值班人員回信" in page(f"/partners/{second}", "en") and 'href="/partners"' in page("/contacts", "zh")


@promise
def by_command():
    """the command line adds, lists, finds, shows, tries and exports"""
    r = cli("add", "Hill ISAC", "US", "isac", "exchange of indicators", "amber", "ann")
    one = r.stdout.strip()
    assert r.returncode == 0 and one, r.stderr
    r = cli("channel", one, "web", "https://isac.example/", "30")
    assert r.returncode == 0 and r.stdout.strip() == "1", (r.stdout, r.stderr)
    for argv in (("try", one, "1", "yes", "ok"), ("set", one, "all of it", "2026-01-01", "", "green"), ("channel-remove", one, "1"), ("activity", one, "2026-03-01", "meeting", "quarterly call", "both"), ("activity-withdraw", one, "1")):
        r = cli(*argv)
        assert r.returncode == 0, (argv, r.stderr)
    for argv, says in ((("list",), one), (("foreign",), one), (("find", "hill"), one), (("show", one), "all of it"), (("activities", one), "quarterly call"), (("export",), "Hill ISAC"), (("overdue",), first)):
        r = cli(*argv)
        assert r.returncode == 0 and says in r.stdout, (argv, r.stdout, r.stderr)
    assert cli("end", one).returncode == 0 and not call("GET", f"{BASE}/{one}")["active"]


@promise
def agreements():
    """an agreement whose last day is within a month is told once, with its day; one that ends later, has no end or whose partnership is over is not"""
    told = lambda: [(n["subject"], n["due"][:10]) for n in call("GET", "/api/v1/notices?limit=1000")["items"] if n["about"] == "partner" and n["detail"] == "互惠備忘錄"]
    day = lambda days: at(days * 86400)[:10]
    def partner(name, days, **more):
        return call("POST", BASE, {"name": name, "country": "JP", "agreement": "互惠備忘錄", **({"until": day(days)} if days else {}), **more})["id"]
    partner("later", 45), partner("open", 0), partner("over", 10, active="no")
    near, new = partner("near", 10), partner("moved", 45)
    call("POST", f"{BASE}/{new}", {"until": day(20)})
    until("both are told", lambda: len(told()) >= 2, 100)
    assert sorted(s for s, _ in told()) == sorted([near, new]), told()
    call("POST", f"{BASE}/{near}", {"active": "no"})
    call("POST", f"{BASE}/{new}", {"active": "no"})


done()
