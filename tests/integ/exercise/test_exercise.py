#!/usr/bin/env python3
"""Exercises: planned, run and reported on; their incidents are marked, run fast, count nowhere and stay among those who take part."""
import csv
import datetime
import html
import io
import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "lib"))
from lf import *

nation, sector = Node.serve(scratch(), tier="nation"), Node.serve(scratch(), tier="sector")
member, alone = Node.serve(scratch()), Node.serve(scratch())
for child, parent in ((sector, nation), (member, sector), (alone, nation)):
    token = parent.local("POST", "/api/v1/peers/invitations", {}).json["token"]
    assert child.local("POST", "/api/v1/parent", {"token": token}).status == 202
    until("the link is up", lambda: child.local("GET", "/api/v1/parent").json["state"] == "active")
desk = Node.serve(scratch(), tier="sector")  # of nobody: its ports may change
BASE = "/api/v1/exercises"


def at(seconds):
    return (datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(seconds=seconds)).strftime("%Y-%m-%dT%H:%M:%SZ")


def when(text):
    return datetime.datetime.fromisoformat(text.replace("Z", "+00:00")).timestamp()


def call(node, method, path, body=None, status=(200, 201, 204)):
    r = node.local(method, path, body)
    assert r.status in ((status,) if isinstance(status, int) else status), (method, path, r.status, r.body.decode())
    return r.json if r.body else None


def plan(**more):
    return {"name": "水資源領域通報演練", "kind": "reporting", "begins": at(-7200), "ends": at(7200), **more}


def reported(node, title="演練：監控系統異常", **more):
    return call(node, "POST", "/api/v1/incidents", {"title": title, "level": 3, **more})["id"]


def clock(node, incident, name):
    r = node.local("GET", f"/api/v1/incidents/{incident}")
    rows = [c for c in r.json["clocks"]["clocks"] if c["clock"] == name and c["due_at"]] if r.status == 200 else []
    return rows[0] if rows else None


def there(node, incident):
    return node.local("GET", f"/api/v1/incidents/{incident}").status == 200


def page(node, path, lang):
    r = node.local("GET", path + ("&" if "?" in path else "?") + "lang=" + lang)
    assert r.status == 200, (path, r.status, r.body)
    return html.unescape(r.body.decode())


@promise
def planned():
    """an exercise is planned, started, ended and reported on, each once and in that order, by who takes part, over a kill -9"""
    global desk
    unit = call(desk, "POST", "/api/v1/units", {"name": "水利署", "oid": "2.16.886.101.20003", "attribute": "enterprise-1"})["id"]
    x = call(desk, "POST", BASE, plan(speed=6, aim="驗證一小時內通報", participants=["2.16.886.101.20003"]))["id"]
    call(desk, "POST", f"{BASE}/{x}", plan(speed=12, aim="驗證一小時內通報", participants=["水利署"]))
    call(desk, "POST", f"{BASE}/{x}/report", {"text": "早了"}, 409)
    call(desk, "POST", f"{BASE}/{x}/state", {"state": "ended"}, 409)
    call(desk, "POST", f"{BASE}/{x}/state", {"state": "running"})
    call(desk, "POST", f"{BASE}/{x}/state", {"state": "running"}, 409)
    call(desk, "POST", f"{BASE}/{x}", plan(speed=1), 409)
    os.kill(desk.process.pid, signal.SIGKILL)
    desk.process.wait()
    desk = until("it is back", lambda: Node.serve(desk.directory))
    got = call(desk, "GET", f"{BASE}/{x}")
    assert (got["state"], got["speed"], got["reach"], got["aim"]) == ("running", 12, "sector", "驗證一小時內通報"), got
    assert [(p["unit"], p["name"], p["by"], p["answer"]) for p in got["participants"]] == [(unit, "水利署", "call", "asked")] and "began" in got and "ended" not in got, got
    call(desk, "POST", f"{BASE}/{x}/state", {"state": "ended"})
    got = call(desk, "GET", f"{BASE}/{x}")
    month = (when(got["report_due"]) - when(got["ended"])) / 86400
    assert 28 <= month <= 31 and not got["report_late"], got
    call(desk, "POST", f"{BASE}/{x}/report", {"text": "全部機關於時限內通報。"})
    call(desk, "POST", f"{BASE}/{x}/state", {"state": "cancelled"}, 409)
    got = call(desk, "GET", f"{BASE}/{x}")
    assert got["report"] == "全部機關於時限內通報。" and got["reported"], got
    acts = [a["action"] for a in call(desk, "GET", "/api/v1/audit")["items"] if a["subject"] == x]
    assert sorted(acts) == sorted(["exercise.add", "exercise.change", "exercise.running", "exercise.ended", "exercise.report"]), acts


@promise
def every_kind():
    """each of the six kinds is planned; the list has what is overdue, as pages, JSON and CSV alike"""
    kinds = ["reporting", "cross-sector", "attack-defence", "public-service", "social-engineering", "telecom"]
    made = [call(desk, "POST", BASE, plan(name=f"演練 {k}", kind=k, report_due=at(-60 if k == "telecom" else 86400)))["id"] for k in kinds]
    items = call(desk, "GET", f"{BASE}?state=planned")["items"]
    assert [(i["id"], i["kind"]) for i in items] == list(reversed(list(zip(made, kinds)))), items
    assert [i["id"] for i in call(desk, "GET", f"{BASE}?late=1")["items"]] == [made[-1]]
    first = call(desk, "GET", f"{BASE}?limit=4")
    assert [i["id"] for i in first["items"] + call(desk, "GET", f"{BASE}?limit=4&after={first['next']}")["items"]] == [i["id"] for i in call(desk, "GET", BASE)["items"]]
    r = desk.local("GET", f"{BASE}?format=csv")
    rows = list(csv.DictReader(io.StringIO(r.body.decode("utf-8-sig"))))
    assert [(x["id"], x["late"]) for x in rows if x["state"] == "planned"] == [(i["id"], "1" if i["report_late"] else "0") for i in items], rows
    assert [x["participants"] for x in rows][-1] == "水利署"
    for lang, late in (("zh", "成果報告逾期 1 件"), ("en", "Result reports overdue: 1")):
        text = page(desk, "/exercises", lang)
        assert late in text and all(f"演練 {k}" in text for k in kinds)
    for x in made:
        call(desk, "POST", f"{BASE}/{x}/state", {"state": "cancelled"})
    assert not call(desk, "GET", f"{BASE}?late=1")["items"]


@promise
def bad_input():
    """what is wrong with an exercise is said in one sentence, and nothing of it is kept"""
    before = len(call(desk, "GET", BASE)["items"])
    for wrong, says in (({"name": " "}, "name"), ({"kind": "party"}, "kind is"), ({"speed": 0}, "1 to 60"), ({"speed": 61}, "1 to 60"), ({"speed": "fast"}, "1 to 60"),
                        ({"reach": "provider"}, "reach"), ({"reach": "nation"}, "conducts what reaches it"), ({"branches": ["水利署"]}, "no node of its own"), ({"reach": "moon"}, "reach"), ({"ends": at(-8000)}, "ends after"), ({"begins": "tomorrow"}, "begins"),
                        ({"report_due": at(-9000)}, "result report"), ({"participants": ["沒有這個機關"]}, "沒有這個機關"), ({"participants": ["水利署", "2.16.886.101.20003"]}, "twice"),
                        ({"name": "長" * 67}, "name")):
        r = desk.local("POST", BASE, plan(**wrong))
        assert r.status in (400, 422) and says in r.json["detail"], (wrong, r.status, r.body.decode())
    assert len(call(desk, "GET", BASE)["items"]) == before


@promise
def named_at_birth():
    """an incident names a running exercise when it is made, and for good; it has numbers of its own and is merged with nothing real"""
    for wrong in (True, "nothing", call(member, "POST", BASE, plan())["id"]):
        r = member.local("POST", "/api/v1/incidents", {"title": "x", "exercise": wrong})
        assert r.status == 422 and "exercise" in r.json["detail"], (wrong, r.body)
    x = member.exercise(name="內部演練")
    drill, real = reported(member, exercise=x), reported(member, "真實事件")
    call(member, "POST", f"/api/v1/incidents/{drill}/events", {"kind": "followed_up", "body": {"exercise": False, "description": "想改為真實"}}, (200, 201, 204, 422))
    full = call(member, "GET", f"/api/v1/incidents/{drill}")
    assert full["incident"]["exercise"] is True and full["exercise_of"] == {"id": x, "name": "內部演練", "speed": 1, "reach": "provider"}, full
    numbers = [e["body"]["number"] for i in (drill, real) for e in call(member, "GET", f"/api/v1/incidents/{i}")["events"] if e["kind"] == "reported"]
    assert numbers[0].startswith("EX-") and not numbers[1].startswith("EX-"), numbers
    for one, other in ((drill, real), (real, drill)):
        r = member.local("POST", f"/api/v1/incidents/{one}/events", {"kind": "merged", "body": {"into": other, "reason": "同一事件"}})
        assert r.status == 409 and "rule exercise" in r.json["detail"], r.body
    assert [i["id"] for i in call(member, "GET", f"/api/v1/incidents?exercise={x}")["items"]] == [drill]
    assert member.local("GET", f"/api/v1/incidents?exercise={x}&level=3").status == 400
    call(member, "POST", f"{BASE}/{x}/state", {"state": "ended"})
    assert member.local("POST", "/api/v1/incidents", {"title": "too late", "exercise": x}).status == 422


@promise
def clocks_run_fast():
    """clocks of an exercise run N times as fast, by the same signed word at the member and at its reviewer; warnings and lateness with them"""
    x = sector.exercise_with(member, speed=60, name="快時鐘演練")
    i = reported(member, exercise=x, aware_at=at(-30), level=1)
    assert when(clock(member, i, "C1")["due_at"]) - when(clock(member, i, "C1")["started_at"]) == 60, clock(member, i, "C1")
    assert clock(member, i, "C1")["state"] == "met"
    assert when(clock(member, i, "C4")["due_at"]) - when(clock(member, i, "C4")["started_at"]) == 72 * 60
    until("the reviewer has it", lambda: clock(sector, i, "C2"))
    here, there_ = clock(sector, i, "C1"), clock(member, i, "C1")
    assert (here["started_at"], here["due_at"], here["state"]) == (there_["started_at"], there_["due_at"], "met"), (here, there_)
    assert when(clock(sector, i, "C2")["due_at"]) - when(clock(sector, i, "C2")["started_at"]) == 8 * 60
    late = reported(member, exercise=x, aware_at=at(-90), level=1)
    assert clock(member, late, "C1")["state"] == "breached" and clock(member, late, "C1")["late_by_s"] >= 29
    real = reported(member, "真實事件", aware_at=at(-90), level=1)
    assert clock(member, real, "C1")["state"] == "met" and when(clock(member, real, "C1")["due_at"]) - when(clock(member, real, "C1")["started_at"]) == 3600
    half = reported(member, exercise=x, aware_at=at(-45), draft=True)
    until("half of it is told", lambda: [a["percent"] for a in call(member, "GET", f"/api/v1/incidents/{half}")["announced"] if a["clock"] == "C1#1"])
    board = {c["incident"]: c for c in call(member, "GET", "/api/v1/clocks?exercise=1&clock=C1")["items"]}
    assert half in board and board[half]["left_s"] <= 15, board
    call(sector, "POST", f"{BASE}/{x}/state", {"state": "ended"})


@promise
def no_higher_than_it_reaches():
    """nothing of an exercise reaches a node above who conducts it"""
    inner, middle, whole = member.exercise(), sector.exercise_with(member), nation.exercise_with(sector, member)
    kept, to_sector, to_nation = (reported(member, exercise=x, level=4) for x in (inner, middle, whole))
    skipped = reported(alone, exercise=alone.exercise(), level=4)
    after = reported(member, "真實事件", level=4), reported(alone, "真實事件", level=4)
    until("what was reported later is at the nation", lambda: all(there(nation, i) for i in (*after, to_nation)))
    assert there(sector, to_sector) and there(sector, to_nation) and not there(sector, kept)
    call(sector, "POST", f"/api/v1/incidents/{to_sector}/events", {"kind": "reviewed", "body": {"level": 4}})
    call(sector, "POST", f"/api/v1/incidents/{to_nation}/events", {"kind": "reviewed", "body": {"level": 4}})
    until("the review is at the nation", lambda: call(nation, "GET", f"/api/v1/incidents/{to_nation}")["incident"]["review"] in ("confirmed", "forwarded"))
    until("and at the member", lambda: call(member, "GET", f"/api/v1/incidents/{to_sector}")["incident"]["review"] == "confirmed")
    last = reported(member, "最後一件", level=4)
    until("all before it was carried", lambda: there(nation, last))
    assert not any(there(nation, i) for i in (kept, to_sector, skipped))
    assert call(nation, "GET", f"/api/v1/incidents/{to_nation}")["exercise_of"]["id"] == whole
    for node in (sector, nation):
        raw = node.local("GET", "/metrics").body.decode() + node.local("GET", "/api/v1/audit?limit=1000").body.decode()
        assert kept not in raw and (node is sector or to_sector not in raw)


@promise
def a_banner_everywhere():
    """an exercise says that it is one on every page, printed form, export and notice of its incidents, in both languages"""
    x = member.exercise(name="旗幟演練", speed=4)
    i = reported(member, exercise=x)
    r = call(member, "POST", f"/api/v1/incidents/{i}/referrals", {"kind": "police", "recipient": "地方警察局", "text": "演練通知"})["id"]
    task = call(member, "POST", f"/api/v1/incidents/{i}/tasks", {"title": "演練任務"})["id"]
    paths = [f"/incidents/{i}/tasks", f"/tasks/{task}", f"/incidents/{i}", f"/incidents/{i}/print", f"/incidents/{i}/report?stage=edit", f"/incidents/{i}/report?stage=follow", f"/incidents/{i}/referrals", f"/referrals/{r}"]
    for path in paths:
        assert "【演練】旗幟演練：這不是真實事件。" in page(member, path, "zh") and "時鐘以 4 倍速進行。" in page(member, path, "zh"), path
        assert "[Exercise] 旗幟演練: this is not a real incident." in page(member, path, "en"), path
    for path in ("/incidents", "/clocks?exercise=1", "/notices", f"/exercises/{x}"):
        assert "演練" in page(member, path, "zh")
    real = reported(member, "真的")
    assert "這不是真實事件" not in page(member, f"/incidents/{real}", "zh")
    get = lambda f: member.local("GET", f"/api/v1/incidents/{i}/export?format={f}").body.decode()
    row = next(csv.DictReader(io.StringIO(get("csv").lstrip("\ufeff"))))
    assert (row["exercise"], row["exercise_name"], row["clock_speed"]) == ("1", "旗幟演練", "4"), row
    made = next(o for o in json.loads(get("stix"))["objects"] if o["type"] == "incident")
    assert "exercise" in made["labels"] and "exercise-name:旗幟演練" in made["labels"] and "EXERCISE" in made["name"], made
    assert "演練 EXERCISE" in get("iodef") and json.loads(get("json"))["items" if "items" in json.loads(get("json")) else "incidents"][0]["exercise_of"]["name"] == "旗幟演練"
    told = [n for n in call(member, "GET", "/api/v1/notices?limit=1000")["items"] if n["subject"] == i]
    assert told and all(n["exercise"] for n in told), told


@promise
def counted_nowhere():
    """an exercise counts in no statistic, no count of clocks and no count of incidents"""
    counts = lambda: (call(desk, "GET", "/api/v1/statistics?time=%d" % time.gmtime().tm_year)["items"], {k: call(desk, "GET", "/api/v1/clocks")[k] for k in ("running", "overdue", "missed")},
                      [line for line in desk.local("GET", "/metrics").body.decode().splitlines() if line.startswith("lianfang_incident")])
    x = desk.exercise(speed=60)
    reported(desk, "真的", level=2)
    before = counts()
    for k in range(5):
        i = reported(desk, exercise=x, level=1 + k % 4, aware_at=at(-3000), category="web")
        call(desk, "POST", f"/api/v1/incidents/{i}/events", {"kind": "controlled"})
    after = counts()
    assert after == before, [(x, y) for x, y in zip(before, after) if x != y]


@promise
def a_sheet_against_the_clocks():
    """the sheet has, for each that reported and each clock, the cases in time, late and running; every number opens just those, on the page too"""
    x = sector.exercise_with(member, speed=60, name="成績演練")
    real = reported(member, "真實事件", aware_at=at(-3000), level=1)
    made = {k: reported(member, exercise=x, aware_at=at(-k), level=1) for k in (5, 10, 90, 100, 110)}
    own = reported(sector, exercise=x, aware_at=at(-90), level=1)
    until("all are here", lambda: all(clock(sector, i, "C2") for i in made.values()) and there(sector, real))
    rows = call(sector, "GET", f"{BASE}/{x}/sheet")["items"]
    peers = {p["name"]: p["id"] for p in call(sector, "GET", "/api/v1/peers")["items"]}
    first = {r.get("by", "-"): r for r in rows if r["clock"] == "C1"}
    assert len(first) == 2 and set(first) == {"-", *peers.values()}, (rows, peers)
    theirs = first[next(iter(peers.values()))]
    assert (theirs["in_time"], theirs["late"], theirs["running"]) == (2, 3, 0) and (first["-"]["in_time"], first["-"]["late"]) == (0, 1), rows
    assert {i["id"] for i in call(sector, "GET", theirs["lists"]["in_time"])["items"]} == {made[5], made[10]}
    assert {i["id"] for i in call(sector, "GET", first["-"]["lists"]["late"])["items"]} == {own}
    text = page(sector, f"/exercises/{x}", "zh")
    for r in rows:
        for k in ("in_time", "late", "running"):
            got = call(sector, "GET", r["lists"][k] + "&limit=1000")["items"]
            link = r["lists"][k].removeprefix("/api/v1")
            assert len(got) == r[k] and f'href="{link}">{r[k]}</a>' in text, (r, k, got)
            assert page(sector, link, "en").count("incident--") >= r[k]
    lines = list(csv.DictReader(io.StringIO(sector.local("GET", f"{BASE}/{x}/sheet?format=csv").body.decode("utf-8-sig"))))
    assert [(c["clock"], int(c["in_time"]), int(c["late"]), int(c["running"])) for c in lines] == [(r["clock"], r["in_time"], r["late"], r["running"]) for r in rows]
    for wrong in (f"/api/v1/incidents?exercise={x}&stands=late", f"/api/v1/incidents?exercise={x}&which=C1", f"/api/v1/incidents?exercise={x}&stands=odd&which=C1",
                  "/api/v1/incidents?by=-", f"{BASE}/{x}/sheet?format=pdf"):
        assert sector.local("GET", wrong).status == 400, wrong


@promise
def reported_on_the_form():
    """the report form offers the exercises that run, and asks nothing when none does"""
    fresh = Node.serve(scratch())
    assert "name=\"exercise\"" not in fresh.local("GET", "/incidents/new").body.decode()
    x = fresh.exercise(name="表單演練")
    assert f'value="{x}"' in fresh.local("GET", "/incidents/new").body.decode()
    values = {"aware_at": at(-60), "category": "web_defaced", "description": "演練內容", "affects": "no", "asset": "core", "leak": "none", "tamper": "minor",
              "outage_min": 0, "contact_phone": "02-2345-6789", "exercise": x}
    i = call(fresh, "POST", "/api/v1/reports", {"stage": "first", "values": values})["id"]
    assert call(fresh, "GET", f"/api/v1/incidents/{i}")["exercise_of"]["name"] == "表單演練"
    assert fresh.local("POST", "/api/v1/reports", {"stage": "first", "values": dict(values, exercise="other")}).status == 422
    assert "表單演練" in page(fresh, f"/incidents/{i}/print", "zh") and "本" in page(fresh, "/report-form/print", "zh")


done()
