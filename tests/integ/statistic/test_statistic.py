#!/usr/bin/env python3
"""Statistics of incidents: every number opens its cases, exercises are never counted, what is published tells nobody."""
import collections
import csv
import datetime
import html
import io
import pathlib
import random
import re
import subprocess
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "lib"))
from lf import *
import sheet

TAIPEI = datetime.timezone(datetime.timedelta(hours=8))
d = scratch()
node = Node.serve(d)
rng = random.Random(20261122)
now = datetime.datetime.now(TAIPEI)
made = []


def call(method, path, body=None, status=(200, 201)):
    a = node.local(method, path, body)
    assert a.status in status, (method, path, a.status, a.body)
    return a.json if a.body else None


def count(query):
    """How many the list of incidents has, page by page."""
    n, after, seen = 0, "", set()
    while True:
        page = call("GET", f"/api/v1/incidents?{query}&limit=50" + (f"&after={after}" if after else ""))
        ids = [i["id"] for i in page["items"]]
        assert not seen & set(ids), "one came twice"
        seen |= set(ids)
        n += len(ids)
        after = page.get("next")
        if not after:
            assert not any(i["exercise"] for i in page["items"])
            return n


drill = node.exercise()


def fill():
    """Reports over three years, of all kinds, some never reported, some late, some controlled, some exercises."""
    for i in range(140):
        aware = now - datetime.timedelta(seconds=rng.choice([60, 1800, 7200, 86400 * 2, 86400 * rng.randrange(3, 700)]) + rng.randrange(600))
        body = {"title": f"案件 {i}", "aware_at": aware.strftime("%Y-%m-%dT%H:%M:%S+08:00"), "exercise": drill if i % 9 == 0 else None}
        if rng.random() < 0.9:
            body["level"] = rng.choice([1, 1, 1, 2, 2, 3, 4])
        if rng.random() < 0.8:
            body["category"] = rng.choice(["web", "intrusion", "web_phishing", "web_defaced", "intrusion_system", "R&D 50% = ?", "final"])
        if rng.random() < 0.5 and not body.get("exercise"):
            body["form"] = {"vital_functions": rng.sample(["finance", "rescue", "necessities:water", "government"], rng.choice([1, 1, 2, 3]))}
        if rng.random() < 0.2:
            body["draft"] = True
        id = call("POST", "/api/v1/incidents", body)["id"]
        if rng.random() < 0.4:
            call("POST", f"/api/v1/incidents/{id}/events", {"kind": "controlled", "body": {}})
        made.append((aware, body))


fill()
years = sorted({a.year for a, _ in made})
week = now.date().isocalendar()
times = [str(y) for y in years] + [f"{now.year - 1911}-{now.month:02d}", f"{week[0]}-W{week[1]:02d}"]


@promise
def numbers():
    """every number of the statistics opens a list of just so many cases, in the API and on the page, and none is an exercise"""
    checked = 0
    for time in times:
        s = call("GET", f"/api/v1/statistics?time={time}")
        for row in s["items"]:
            for name, path in row["lists"].items():
                assert count(path.split("?", 1)[1]) == row[name], (time, row, name, path)
                checked += 1
        for other in s["compared"]:
            for name, path in other["lists"].items():
                assert count(path.split("?", 1)[1]) == other[name], (time, other, name, path)
                checked += 1
        page = node.local("GET", f"/statistics?time={time}").body.decode()
        assert not re.search(r"[{][a-z0-9]+[}]", page), "a sentence with a hole"
        links = re.findall(r'<a href="/incidents\?([^"]*)">(\d+)</a>', page)
        assert len(links) >= 5 * (1 + 1 + len(s["compared"]) + 4), page[:3000]
        in_tables = re.findall(r'<td class="num"[^>]*><span>(.*?)</span>', page)
        assert len(in_tables) == len(links) and all("<a href=" in x for x in in_tables), "a number without its cases"
        for query, n in links:
            assert count(html.unescape(query)) == int(n), (time, query, n)
            checked += 1
        query, n = next((q, n) for q, n in links if int(n))
        first = node.local("GET", "/incidents?" + html.unescape(query)).body.decode()
        assert first.count('href="/incidents/incident--') == min(int(n), 50), (query, n)
    return f"{checked} numbers"


@promise
def counted():
    """cases are counted by the year and month of Taipei in which they became known, by level and class, and exercises never"""
    real = [(a, b) for a, b in made if not b["exercise"]]
    for year in years:
        rows = {(r["by"], r["key"]): r for r in call("GET", f"/api/v1/statistics?time={year}")["items"]}
        mine = [(a, b) for a, b in real if a.year == year]
        assert rows[("all", "")]["cases"] == len(mine)
        assert rows[("all", "")]["reported"] == sum(not b.get("draft") for _, b in mine)
        for m in range(1, 13):
            assert rows[("month", f"{year}-{m:02d}")]["cases"] == sum(a.month == m for a, _ in mine)
        for level in range(1, 5):
            assert rows[("level", str(level))]["cases"] == sum(b.get("level") == level for _, b in mine)
        for name, n in collections.Counter(b.get("category", "") for _, b in mine).items():
            assert rows[("class", name)]["cases"] == n, (name, n, rows)
        # an hour from awareness: who reported later, or has not yet, is late; the rules are those of 2026-01-05
        since = datetime.datetime(2026, 1, 5, tzinfo=TAIPEI)
        late = [1 for a, b in mine if a >= since and (now - a).total_seconds() > 3700]
        assert rows.get(("clock", "C1"), {"late": 0})["late"] == len(late), (year, rows, len(late))
    same = [call("GET", f"/api/v1/statistics?time={t}")["items"] for t in (str(now.year), str(now.year - 1911))]
    assert same[0] == same[1]
    assert "民國115年" in node.local("GET", "/statistics?time=115").body.decode()
    bad = node.local("GET", "/api/v1/statistics?time=tomorrow")
    assert bad.status == 400 and "say one of them" in bad.body.decode(), bad.body


def facts():
    """Of every case that counts: its day, level and the three times, from its list and its history alone."""
    got, after = [], ""
    while True:
        page = call("GET", "/api/v1/incidents?counted=1&limit=50" + (f"&after={after}" if after else ""))
        for i in page["items"]:
            x = call("GET", f"/api/v1/incidents/{i['id']}")
            at = lambda t: datetime.datetime.fromisoformat(t.replace("Z", "+00:00"))
            aware = at(x["incident"]["aware_at"])
            reported = next((at(e["recorded_at"]) for e in x["events"] if e["kind"] == "reported"), None)
            controlled = next((at(e["occurred_at"]) for e in x["events"] if e["kind"] == "controlled"), None)
            took = lambda t: int((t - aware).total_seconds()) if t else None
            got.append((aware.astimezone(TAIPEI).date(), took(reported), took(controlled)))
        after = page.get("next")
        if not after:
            return got


def ranked(values, percent):
    """Nearest rank, from its definition: the least of them that so many of a hundred do not exceed."""
    return min(v for v in values if 100 * sum(w <= v for w in values) >= percent * len(values)) if values else None


@promise
def percentiles():
    """median and ninth tenth are the values below which half and nine of ten lie, in years, months and weeks"""
    mine = facts()
    for time in times:
        s = call("GET", f"/api/v1/statistics?time={time}")
        begin, end = (datetime.datetime.fromisoformat(s[k].replace("Z", "+00:00")).astimezone(TAIPEI).date() for k in ("begin", "end"))
        rows = [r for r in s["items"] if r["by"] in ("all", "week", "month")]
        assert not time.count("W") or [r["by"] for r in rows] == ["all"]
        weeks = [r for r in rows if r["by"] == "week"]
        assert sum(r["cases"] for r in weeks) in (rows[0]["cases"], 0) and bool(weeks) == ("W" not in time)
        for r in rows:
            of = [f for f in mine if begin <= f[0] < end and (
                r["by"] == "all" or (r["by"] == "month" and f"{f[0]:%Y-%m}" == r["key"]) or
                (r["by"] == "week" and "%04d-W%02d" % f[0].isocalendar()[:2] == r["key"]))]
            assert r["cases"] == len(of), (r, len(of))
            for k, name in ((1, "report"), (2, "control")):
                values = [f[k] for f in of if f[k] is not None]
                for percent, what in ((50, "median"), (90, "p90")):
                    want, got = ranked(values, percent), r.get(f"{name}_{what}_s")
                    # parts of a second are cut at either end
                    assert (want is None) == (got is None) and (want is None or abs(want - got) <= 1), (time, r, name, what, want)


@promise
def compared():
    """a time is beside the one before and the same a year before, of an unfinished one only as many days"""
    for time in times:
        s = call("GET", f"/api/v1/statistics?time={time}")
        at = lambda t: datetime.datetime.fromisoformat(t.replace("Z", "+00:00")).astimezone(TAIPEI)
        begin, end = at(s["begin"]), at(s["end"])
        others = {o["with"]: o for o in s["compared"]}
        assert set(others) == ({"before"} if time.isdigit() else {"before", "year-before"})
        tomorrow = (now + datetime.timedelta(days=1)).replace(hour=0, minute=0, second=0, microsecond=0)
        for name, o in others.items():
            b, e = at(o["begin"]), at(o["end"])
            if name == "before":
                assert e == begin if not o["part"] else e < begin and e - b == tomorrow - begin, (time, o)
            else:
                assert begin.year - b.year == 1 or "W" in time
                assert "W" not in time or (begin - b).days in (364, 371)
            assert o["part"] <= (begin <= now < end)


@promise
def weeks():
    """a week is that of ISO 8601, by either calendar; one that a year does not have is refused"""
    assert call("GET", "/api/v1/statistics?time=2026-W01")["begin"].startswith("2025-12-28T16:00")
    same = [call("GET", f"/api/v1/statistics?time={t}")["items"] for t in ("2026-W47", "115-W47")]
    assert same[0] == same[1]
    for bad in ("2025-W53", "2026-W00", "2026-W", "2026-W60", "W47", "2026-W4x"):
        a = node.local("GET", f"/api/v1/statistics?time={bad}")
        assert a.status == 400 and "week" in a.json["detail"], (bad, a.body)
    page = node.local("GET", f"/statistics?time={times[-1]}").body.decode()
    assert f"第{week[1]}週" in page and "前一週" in page and "前一年同期" in page


@promise
def workbook():
    """statistics and open data are workbooks too: the same numbers, times as spans, what is withheld is no number"""
    for time in times:
        s = call("GET", f"/api/v1/statistics?time={time}")
        book = sheet.read(node.local("GET", f"/api/v1/statistics?time={time}&format=xlsx").body)
        rows, beside = book.values()
        assert len(rows) == 1 + len(s["items"]) and len(beside) == 2 + len(s["compared"]), (len(rows), beside)
        for row, item in zip(rows[1:], s["items"]):
            x = dict(zip(rows[0][2:], row[2:]))
            for head, name in (("件數", "cases"), ("已通報", "reported"), ("逾時", "late")):
                assert x[head] == item.get(name), (x, item)
            for head, name in (("通報時間平均", "report_mean_s"), ("通報時間中位數", "report_median_s"), ("九成控制時間", "control_p90_s")):
                (span,) = [v for h, v in x.items() if h.startswith(head)]
                assert (span.total_seconds() if span is not None else None) == item.get(name), (head, span, item)
        open_ = call("GET", f"/api/v1/statistics/open?time={time}")["items"]
        book = sheet.read(node.local("GET", f"/api/v1/statistics/open?time={time}&format=xlsx").body)
        assert [row[2] for row in book["開放資料"][1:]] == ["*" if i["cases"] is None else i["cases"] for i in open_]
        assert "少於 5 件" in book["公布規則"][2][0], book["公布規則"]


@promise
def joined():
    """organisations that joined the platform are counted by year with a list: nodes enrolled below, each once; one without an account here is none of them"""
    nation, child = Node.serve(scratch(), tier="nation"), Node.serve(scratch())
    before = nation.local("GET", "/api/v1/statistics/joined").json
    year = datetime.datetime.now(datetime.timezone(datetime.timedelta(hours=8))).year
    none = {"seminars": 0, "seminar_organisations": 0, "seminar_people": 0}
    assert before == {"years": [{"year": year, "joined": 0, "all": 0, **none}], "items": []}, before
    token = nation.local("POST", "/api/v1/peers/invitations", {}).json["token"]
    assert child.local("POST", "/api/v1/parent", {"token": token}).status == 202
    until("the link is up", lambda: child.local("GET", "/api/v1/parent").json["state"] == "active")
    (peer,) = [p for p in nation.local("GET", "/api/v1/peers").json["items"] if p["kind"] == "child"]
    assert nation.local("POST", "/api/v1/units", {"name": "綠水電力", "attribute": "enterprise-2", "peer": peer["id"]}).status == 201
    assert nation.local("POST", "/api/v1/units", {"name": "還沒加入的機關", "attribute": "enterprise-2"}).status == 201
    x = nation.local("GET", "/api/v1/statistics/joined").json
    assert [(i["name"], i["node"], i["left"]) for i in x["items"]] == [("綠水電力", True, False)], x
    assert x["years"] == [{"year": year, "joined": 1, "all": 1, **none}], x
    page = nation.local("GET", "/statistics").body.decode()
    assert "納入平台家數" in page and "綠水電力" in page and "還沒加入的機關" not in page
    assert f'href="#joined-{year}"' in page and f'id="joined-{year}"' in page, page
    child.close(), nation.close()


def every(query):
    after = ""
    while True:
        page = call("GET", f"/api/v1/incidents?{query}&limit=50" + (f"&after={after}" if after else ""))
        yield from page["items"]
        after = page.get("next")
        if not after:
            return


@promise
def types():
    """cases are counted by class and type of the reference taxonomy and by each vital function that they affect, and follow what is corrected"""
    def check():
        for year in years:
            mine = list(every(f"counted=1&from={year}-01-01&to={year}-12-31"))
            rows = collections.defaultdict(dict)
            for r in call("GET", f"/api/v1/statistics?time={year}")["items"]:
                rows[r["by"]][r["key"]] = r.get("cases")
            assert rows["rsit-type"] == collections.Counter(i.get("rsit") or "" for i in mine), rows
            assert rows["rsit"] == collections.Counter((i.get("rsit") or "").split(":")[0] for i in mine), rows
            assert rows["vital"] == collections.Counter(v for i in mine for v in i.get("vital_functions") or [""]), rows

    check()
    i = next(i for i in every("counted=1") if i.get("rsit") == "intrusions:system-compromise" and len(i.get("vital_functions", [])) > 1)
    call("POST", f"/api/v1/incidents/{i['id']}/events", {"kind": "vital_corrected", "body": {"vital_functions": ["commerce"], "reason": "查證後更正"}})
    call("POST", f"/api/v1/incidents/{i['id']}/events", {"kind": "classified", "body": {"rsit": "data-leak", "reason": "查證後更正"}})
    check()
    year = i["aware_at"][:4]
    assert any(r["by"] == "vital" and r["key"] == "commerce" for y in years for r in call("GET", f"/api/v1/statistics?time={y}")["items"])
    for bad in ("rsit=-", "vital=-"):
        a = node.local("GET", f"/api/v1/incidents?{bad}")
        assert a.status == 400 and "counted=1" in a.body.decode(), a.body
    page = node.local("GET", f"/statistics?time={years[-1]}").body.decode()
    assert "國際參考分類（RSIT）大類" in page and "金融" in page and "未影響或未註明" in page
    page = node.local("GET", "/incidents?counted=1&rsit=-&vital=-").body.decode()
    assert re.search(r'<option value="-" selected>', page)
    return len(list(every("counted=1")))


@promise
def sectors():
    """a case is of the sector that the contact network says, also when it says so later"""
    org = call("POST", "/api/v1/units", {"name": "水公司", "attribute": "enterprise-1", "tenant": "self"})["id"]

    def of(name):
        return sum(r["cases"] for y in years for r in call("GET", f"/api/v1/statistics?time={y}")["items"] if r["by"] == "sector" and r["key"] == name)

    total = sum(not b["exercise"] for _, b in made)
    assert of("enterprise-1") == total
    call("PUT", f"/api/v1/units/{org}", {"name": "水公司", "attribute": "enterprise-4", "tenant": "self"}, (200, 204))
    assert of("enterprise-4") == total and of("enterprise-1") == 0
    s = call("GET", f"/api/v1/statistics?time={now.year}")
    row = next(r for r in s["items"] if r["by"] == "sector")
    assert count(row["lists"]["cases"].split("?", 1)[1]) == row["cases"] > 0


@promise
def published():
    """open data holds counts alone; what is below five is withheld so that no total tells it"""
    withheld = 0
    for time in times:
        full = {(r["by"], r["key"]): r.get("cases") for r in call("GET", f"/api/v1/statistics?time={time}")["items"]}
        open_ = call("GET", f"/api/v1/statistics/open?time={time}")
        assert "5" in open_["rule_zh"] and "withheld" in open_["rule_en"]
        assert all(set(r) == {"by", "key", "cases"} for r in open_["items"])
        by = collections.defaultdict(list)
        for r in open_["items"]:
            assert r["cases"] is None or r["cases"] == 0 or r["cases"] >= 5, r
            assert r["cases"] in (None, full[(r["by"], r["key"])])
            by[r["by"]].append((r["cases"], full[(r["by"], r["key"])]))
        for name, cells in by.items():
            hidden = [f for o, f in cells if o is None]
            withheld += len(hidden)
            if name == "rsit-type":  # within their class, below
                continue
            assert not hidden or (len(hidden) >= 2 and sum(hidden) >= 5) or all(o is None or not f for o, f in cells), (name, cells)
        shown = {(r["by"], r["key"]): r["cases"] for r in open_["items"]}
        assert not {"class", "week", "clock"} & set(by)
        for (name, key), cases in shown.items():
            if name != "rsit":
                continue
            of = [(c, full[(n, k)]) for (n, k), c in shown.items() if n == "rsit-type" and k.split(":")[0] == key]
            hidden = [f for c, f in of if c is None]
            if cases is None:
                assert len(hidden) == len(of), (key, of)
            assert not hidden or len(hidden) == len(of) or (len(hidden) >= 2 and sum(hidden) >= 5), (key, of)
        if any(c is None for (n, k), c in shown.items() if n == "vital"):
            assert not shown.get(("vital", "")), shown
        raw = node.local("GET", f"/api/v1/statistics/open?time={time}&format=csv").body.decode("utf-8-sig")
        rows = list(csv.DictReader(io.StringIO(raw)))
        assert [(r["by"], r["key"], r["cases"]) for r in rows] == \
            [(r["by"], r["key"], "*" if r["cases"] is None else str(r["cases"])) for r in open_["items"]]
        table = list(csv.DictReader(io.StringIO(node.local("GET", f"/api/v1/statistics?time={time}&format=csv").body.decode("utf-8-sig"))))
        assert "W" in time or sum(int(r["cases"]) for r in table if r["by"] == "month") == full[("all", "")]
    assert withheld > 3, "the data does not try it"
    return f"{withheld} cells withheld"


@promise
def command():
    """lianfang statistics shows the same numbers"""
    r = subprocess.run([BIN, "statistics", "show", "-c", d / "lianfang.ini", "--json", str(now.year - 1911)], capture_output=True, text=True)
    assert r.returncode == 0, r
    assert json.loads(r.stdout)["items"] == call("GET", f"/api/v1/statistics?time={now.year}")["items"]


done()
