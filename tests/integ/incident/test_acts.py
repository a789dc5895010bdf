#!/usr/bin/env python3
"""Every act upon an incident in the console: forms alone, without script, by the people of three tiers."""
import datetime
import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "lib"))
from lf import *
from forms import Person

nation, sector = Node.serve(scratch(), tier="nation"), Node.serve(scratch(), tier="sector")
node = Node.serve(scratch())
for child, parent in ((sector, nation), (node, sector)):
    token = parent.local("POST", "/api/v1/peers/invitations", {}).json["token"]
    assert child.local("POST", "/api/v1/parent", {"token": token}).status == 202
    until("the link is up", lambda child=child: child.local("GET", "/api/v1/parent").json["state"] == "active")


def person(at, name, roles, **kw):
    r = at.local("POST", "/api/v1/users", {"name": name, "password": "a long enough one", "roles": roles})
    assert r.status == 201, r.body
    return Person(at, name, "a long enough one", **kw)


ann, rex = person(node, "ann", "reporter"), person(sector, "rex", "reviewer")
rita, nat = person(sector, "rita", "reviewer"), person(nation, "nat", "reviewer")
EVENTS = "/api/v1/incidents/{}"


def local(**ago):
    t = datetime.datetime.now(datetime.timezone(datetime.timedelta(hours=8))) - datetime.timedelta(**ago)
    return t.strftime("%Y-%m-%dT%H:%M:%S")


def full(at, incident):
    r = at.local("GET", EVENTS.format(incident))
    return r.json if r.status == 200 else {"events": [], "incident": {}}


def counted(x):
    return [e["kind"] for e, o in zip(x["events"], x["outcomes"]) if o == "applied"]


def reaches(at, incident, kind):
    return until(f"{kind} has come", lambda: kind in [e["kind"] for e in full(at, incident)["events"]] and full(at, incident))


def usual(who, incident, kind, note=""):
    """One of the acts beside the history."""
    f = who.get(f"/incidents/{incident}").form("/events")
    assert kind in f.choices["kind"], (kind, f.choices)
    page = who.send(f, kind=kind, reason=note)
    assert page.status == 200, page.text[:500]
    return page


def offers(who, incident):
    """What the page of an incident links to."""
    page = who.get(f"/incidents/{incident}")
    return [x.partition("kind=")[2] for x in page.links if f"/incidents/{incident}/act?kind=" in x]


def act(who, incident, kind, status=200, **values):
    """An act on a page of its own, reached by its link on the page of the incident."""
    assert kind in offers(who, incident), (kind, offers(who, incident))
    f = who.get(f"/incidents/{incident}/act?kind={kind}").form("/act")
    page = who.send(f, **values)
    assert page.status == status, (page.status, page.text[:600])
    return page


def report(title_note="網站首頁遭竄改", **more):
    """From a draft to a sent first report, by the form."""
    f = ann.get("/incidents/new").form("/incidents/new")
    typed = {"aware_at": local(minutes=20)[:16], "category": "intrusion_system", "description": title_note, "affects": "no", "asset": "noncore",
             "leak": "none", "tamper": "none", "secret": "none", "outage_min": "5", "mtpd_min": "60", **more}
    page = ann.send(f, **typed, do="save")
    assert page.status == 200, page.text[:400]
    draft = [x for x in ann.get("/incidents/new").links if "draft=" in x]
    f = ann.get(draft[0]).form("/incidents/new")
    assert f.fields["description"] == title_note, f.fields
    page = ann.send(f, do="send")
    assert page.status == 200 and page.url.startswith("/incidents/incident--"), page.text[:600]
    incident = page.url.split("/")[2].split("?")[0]
    until("the sector has it", lambda: full(sector, incident)["events"])
    return incident


@promise
def from_draft_to_release():
    """an incident goes from a draft to its release and to verified measures by forms alone, without script: report, return, supplement, level with grounds, awareness corrected, review, control, extension, final report, close"""
    i = report()
    page = act(ann, i, "level_changed", level="2", reason="影響全校網路 & <b>資料庫</b>")
    assert "影響全校網路 & <b>資料庫</b>" in page.text and full(node, i)["incident"]["level"] == 2
    reaches(sector, i, "level_changed")
    usual(rex, i, "returned", "請補充影響範圍")
    reaches(node, i, "returned")
    usual(ann, i, "supplemented", "影響範圍為校務系統")
    when = local(minutes=45)
    act(ann, i, "aware_corrected", occurred_at=when, reason="值班人員較早接到電話")
    x = full(node, i)
    assert x["incident"]["aware_at"] == (datetime.datetime.fromisoformat(when) - datetime.timedelta(hours=8)).strftime("%Y-%m-%dT%H:%M:%S.000Z"), x["incident"]
    act(ann, i, "measure_planned", measure="弱點修補", what="更新網站套件")
    reaches(sector, i, "measure_planned")
    act(rex, i, "reviewed", level="1", reason="未影響核心業務")
    reaches(node, i, "reviewed")
    x = reaches(node, i, "forwarded")
    assert x["incident"]["review"] == "forwarded" and x["incident"]["level"] == 1, x["incident"]
    usual(ann, i, "followed_up", "已隔離主機")
    usual(ann, i, "controlled")
    reaches(sector, i, "controlled")
    clock = [c for c in rex.get(f"/incidents/{i}/act?kind=extended").form("/act").choices["clock"]]
    assert clock == ["C5"], clock
    until_ = (datetime.date.today() + datetime.timedelta(days=60)).isoformat() + "T12:00"
    page = act(rex, i, "extended", status=409, until=until_, consent_reviewer="1", reason="待原廠報告")
    assert "展延" in page.text and "規則" in page.text and "待原廠報告" in page.body and until_ in page.body, page.text[:700]
    assert "缺 國家級" in page.text and "needs the consent" not in page.text, page.text[:700]
    page = rex.send(page.form("/act"), clock="C1", consent_national="1")
    assert page.status == 409 and "時限 C1 現在不能展延" in page.text and "cannot be extended" not in page.text, page.text[:700]
    began = full(sector, i)["events"][-1]["recorded_at"][:19]
    until("it is a second later: clocks count whole ones", lambda: time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime()) > began)
    act(rex, i, "extended", until=until_, consent_reviewer="1", consent_national="1", reason="待原廠報告")
    x = reaches(node, i, "extended")
    (c5,) = [c for c in x["clocks"]["clocks"] if c["clock"] == "C5"]
    assert c5["due_at"] == until_.replace("T12:00", "T04:00:00Z"), c5
    usual(ann, i, "recovered")
    usual(ann, i, "final_submitted", "根因為未更新之套件")
    reaches(sector, i, "final_submitted")
    act(rex, i, "final_returned", reason="缺根因佐證", until=until_)
    reaches(node, i, "final_returned")
    usual(ann, i, "final_submitted", "補上根因佐證")
    until("the final report has come", lambda: full(sector, i)["incident"]["handling"] == "final")
    f = rex.get(f"/incidents/{i}").form("/events")
    page = rex.send(f, kind="closed", reason="同意結案，請追蹤改善")
    assert page.status == 409 and "弱點修補" in page.text and "H4 + R4 → H5" in page.text and "同意結案，請追蹤改善" in page.body, page.text[:600]
    assert "has no owner" not in page.text  # a Chinese reader is told in Chinese
    change = [x for x in ann.get(f"/incidents/{i}").links if "kind=measure_planned" in x and "measure=" in x]
    f = ann.get(change[0]).form("/act")
    assert f.fields["what"] == "更新網站套件" and f.fields["measure"] == "弱點修補", f.fields
    assert ann.send(f, owner="資訊組 林組長", due="2026-12-31").status == 200
    until("the owner has come", lambda: full(sector, i)["measures"][0].get("owner"))
    usual(rex, i, "closed", "解除列管")
    reaches(node, i, "closed")
    assert full(node, i)["incident"]["handling"] == "closed"
    act(ann, i, "measure_done", measure="弱點修補", description="12 月 5 日完成")
    reaches(sector, i, "measure_done")
    act(rex, i, "measure_verified", measure="弱點修補", description="抽測無誤")
    act(rex, i, "follow_up_done")
    reaches(node, i, "follow_up_done")
    page = ann.get(f"/incidents/{i}")
    assert "已查核" in page.text and "資訊組 林組長" in page.text
    assert full(node, i)["incident"]["handling"] == "follow_up_done"
    act(ann, i, "reopened", reason="同一主機再度連線")
    assert full(node, i)["incident"]["handling"] == "responding"


@promise
def obstacle_and_support():
    """an obstacle to reporting begins and ends by forms, offered in turn; support is asked for, given and answered with its time"""
    i = report("服務中斷")
    assert "obstacle_begins" in offers(ann, i) and "obstacle_ends" not in offers(ann, i)
    act(ann, i, "obstacle_begins", description="通報平台無法連線，改以電話", occurred_at=local(minutes=10))
    assert "obstacle_ends" in offers(ann, i) and "obstacle_begins" not in offers(ann, i)
    act(ann, i, "obstacle_ends", occurred_at=local(minutes=1))
    act(ann, i, "support_requested", description="請派員協助鑑識")
    reaches(sector, i, "support_requested")
    act(rex, i, "support_given", description="已派員", occurred_at=local(seconds=5))
    act(rex, i, "answered", description="預計下午抵達")
    got = reaches(node, i, "answered")
    assert {"obstacle_begins", "obstacle_ends", "support_requested", "support_given", "answered"} <= set(counted(got))
    page = act(ann, i, "obstacle_begins", status=422, description="明天的障礙", occurred_at=local(days=-1))
    assert "明天的障礙" in page.body and "時間不能晚於現在" in page.text, page.text[:500]


@promise
def false_alarm():
    """a false alarm is dropped with its grounds and reopened with what is new; without grounds it is refused and nothing is kept"""
    i = report("疑似入侵")
    f = rex.get(f"/incidents/{i}/act?kind=not_incident").form("/act")
    page = rex.send(f, reason="")
    assert page.status == 400 and "欄位「reason」沒有填寫" in page.text, page.text[:500]
    assert full(sector, i)["incident"]["review"] == "reported"
    act(rex, i, "not_incident", reason="為內部弱點掃描")
    reaches(node, i, "not_incident")
    page = ann.get(f"/incidents/{i}/act?kind=level_changed")
    assert page.status == 409 and "重啟列管" in page.text and "X1 → H1" in page.text, page.text[:500]
    ann.language("en")
    page = ann.get(f"/incidents/{i}/act?kind=level_changed")
    assert page.status == 409 and "reopen it first (rule H5, H6, X1 → H1)" in page.text and "請先重啟列管" not in page.text, page.text[:500]
    ann.language("zh")
    act(ann, i, "reopened", reason="掃描紀錄不符")
    assert full(node, i)["incident"]["review"] == "reported"


@promise
def merged():
    """two incidents are merged and parted again by forms: the other is offered by its title, and both are as before"""
    a, b = report("甲案：釣魚郵件"), report("乙案：釣魚郵件")
    act(rex, b, "level_changed", level="2", reason="影響二校")
    page = rex.get(f"/incidents/{b}/act?kind=merged")
    assert f'<option value="{a}"' in page.body and f'<option value="{b}"' not in page.body
    page = rex.send(page.form("/act"), into=b, reason="同一波")
    assert page.status == 409 and "不能併入自己" in page.text and "同一波" in page.body, page.text[:500]
    c = report("丙案：誤報")
    act(rex, c, "not_incident", reason="為內部弱點掃描")
    before = full(sector, b)
    page = rex.send(page.form("/act"), into=c, reason="同一波")
    assert page.status == 409 and "unmerged" not in [x.partition("kind=")[2] for x in page.links], page.text[:500]
    assert full(sector, b)["events"] == before["events"] and "merged" in offers(rex, b), offers(rex, b)
    assert page.form("/act").fields["reason"] == "同一波"
    assert rex.send(page.form("/act"), into=a, reason="同一波").status == 200
    assert full(sector, b)["merged_into"] == a and full(sector, a)["incident"]["level"] == 2
    assert "level_changed" not in offers(rex, b) and "unmerged" in offers(rex, b)
    act(rex, b, "unmerged", reason="手法不同")
    assert not full(sector, b).get("merged_into") and full(sector, a)["incident"]["level"] == 1


@promise
def two_at_once():
    """of two reviewers at once the later is told what came between, with what both wrote kept, and decides again"""
    i = report("帳號遭盜用")
    mine, hers = (w.get(f"/incidents/{i}/act?kind=reviewed").form("/act") for w in (rex, rita))
    assert rita.send(hers, level="2", reason="核定為二級").status == 200
    page = rex.send(mine, level="1", reason="我認為是一級，理由如下")
    assert page.status == 409 and "同時操作" in page.text, page.text[:500]
    assert "我認為是一級，理由如下" in page.body and "核定為二級" in page.text  # his own and hers
    assert page.form("/act").fields["level"] == "1"
    kinds = [e["kind"] for e in full(sector, i)["events"]]
    assert kinds.count("reviewed") == 1, kinds
    f = rex.get(f"/incidents/{i}/act?kind=level_changed").form("/act")
    assert rex.send(f, level="1", reason="我認為是一級，理由如下").status == 200
    assert full(sector, i)["incident"]["level"] == 1


@promise
def offered_by_role():
    """each person is offered what the rules let that role do now, and nothing else: at level 3 the nation closes, not the sector"""
    i = report("機敏資料外洩", leak="serious")
    level = full(node, i)["incident"]["level"]
    if level < 3:
        act(ann, i, "level_changed", level="3", reason="核心業務")
        reaches(sector, i, "level_changed")
    until("the nation has it", lambda: full(nation, i)["events"])
    assert "not_incident" not in offers(rex, i) and "not_incident" in offers(nat, i)
    assert not {"merged", "reviewed", "not_incident", "extended", "measure_verified"} & set(offers(ann, i)), offers(ann, i)
    assert "obstacle_begins" in offers(ann, i) and "obstacle_begins" not in offers(rex, i)
    usual(nat, i, "reviewed", "逕行審核")
    reaches(node, i, "forwarded")
    usual(ann, i, "controlled")
    usual(ann, i, "final_submitted", "結報")
    until("it is at the nation", lambda: full(nation, i)["incident"]["handling"] == "final")
    assert not any("closed" in f.choices.get("kind", []) for f in rex.get(f"/incidents/{i}").forms)
    usual(nat, i, "closed", "解除列管")
    x = reaches(node, i, "closed")
    assert x["incident"]["handling"] == "closed"
    reader = person(node, "rob", "reader")
    page = reader.get(f"/incidents/{i}")
    assert page.status == 200 and not offers(reader, i) and not any(f.action.endswith("/events") for f in page.forms)
    assert reader.get(f"/incidents/{i}/act?kind=reopened").status == 403


@promise
def long_history():
    """the page of an incident with a long history lays out its newest 200 entries, and the older ones behind a link"""
    i = report()
    for n in range(201):
        r = node.local("POST", EVENTS.format(i) + "/events", {"kind": "followed_up", "body": {"description": f"entry {n}."}})
        assert r.status == 201, r.body
    line = lambda page: str(page.body).partition('<ol class="line">')[2].partition("</ol>")[0]
    events = len(full(node, i)["events"])
    first = ann.get(f"/incidents/{i}")
    older = [x for x in first.links if x.startswith("?after=")]
    assert line(first).count("<li>") == 200 and "entry 200." in line(first) and older == [f"?after={events - 200}"], older
    page = ann.get(f"/incidents/{i}{older[0]}")
    assert page.status == 200 and line(page).count("<li>") == events - 200 and "entry 200." not in line(page)
    assert not [x for x in page.links if x.startswith("?after=")]
    assert ann.get(f"/incidents/{i}?after={events + 1}").status == 400


done()
