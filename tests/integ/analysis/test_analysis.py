#!/usr/bin/env python3
"""Analysis reports: a set of incidents becomes numbers, findings and recommendations that another person put out."""
import os
import pathlib
import re
import signal
import sys
import urllib.parse

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "lib"))
from lf import *
from forms import Person

place = scratch()
node = Node.serve(place)
people = {}
for name, roles in (("ann", "analyst"), ("rex", "reviewer"), ("rita", "reviewer,analyst"), ("rob", "reader")):
    r = node.local("POST", "/api/v1/users", {"name": name, "password": "a long enough one", "roles": roles})
    assert r.status == 201, r.body
    people[name] = Person(node, name, "a long enough one")
ann, rex, rita, rob = (people[n] for n in ("ann", "rex", "rita", "rob"))
FILTER = "q=&level=&category=web_defaced"


def report(title, category="web_defaced", level=1, agency="青山鄉公所", bad="c2.evil.test", **more):
    r = node.local("POST", "/api/v1/incidents", {"title": title, "description": title, "level": level, "category": category, "measures": "隔離主機並重建",
                   "observables": [{"type": "domain-name", "value": bad}], "form": {"agency": agency, "contact_name": "陳大文", "contact_phone": "02-2345-6789"}, **more})
    assert r.status == 201, r.body
    return r.json["id"]


def finished(i):
    for kind in ("controlled", "recovered"):
        assert node.local("POST", f"/api/v1/incidents/{i}/events", {"kind": kind, "body": {}}).status == 201
    r = node.local("POST", f"/api/v1/incidents/{i}/events", {"kind": "final_submitted", "body": {"form": {"cause": "weak_password", "cause_text": "陳大文的密碼過於簡單"}}})
    assert r.status == 201, r.body


def draft(title="第三季分析", filter="category=web_defaced"):
    r = node.local("POST", "/api/v1/analyses", {"title": title, "filter": filter})
    assert r.status == 201, r.body
    return r.json["id"]


def shown(i):
    r = node.local("GET", f"/api/v1/analyses/{i}")
    assert r.status == 200, r.body
    return r.json


def total(x):
    return next(n for n in x["numbers"] if n["by"] == "all")


@promise
def gathered():
    """a set that the list's filters chose is gathered: the statistics' own numbers, each incident by number with cause and measures, what repeats; no exercise and nothing TLP:RED, whoever asks"""
    global one, two, other, red
    one, two = report("甲網站遭置換"), report("乙網站遭置換", level=2)
    other = report("勒索軟體", category="malicious_software", agency="綠水國中", bad="other.evil.test")
    red = report("zq紅色案件", tlp="red")
    report("演練案件", exercise=node.exercise())
    finished(one), finished(two)
    for filter, want in (("category=web_defaced", {one, two}), ("", {one, two, other}), ("q=" + urllib.parse.quote("網站"), {one, two}), ("level=2", {two}),
                         ("q=" + urllib.parse.quote("網站") + "&sector=-", {one, two}), ("q=" + urllib.parse.quote("網站") + "&sector=school", set())):
        r = node.local("POST", "/api/v1/analyses", {"title": "分析", "filter": filter})
        if not want:
            assert r.status in (400, 409), (filter, r.status, r.body)
            continue
        assert r.status == 201, (filter, r.body)
        x = shown(r.json["id"])
        assert {c["id"] for c in x["incidents"]} == want and total(x)["cases"] == len(want), (filter, x)
    x = shown(draft())
    stat = node.local("GET", "/api/v1/statistics").json
    assert total(x)["report_s"]["cases"] == 2 and all(c["number"] and c["cause"] == "weak_password" and "隔離主機並重建" in c["measures"] and "密碼過於簡單" in c["cause_text"] for c in x["incidents"]), x
    assert {n["number"]: n["cases"] for n in x["numbers"] if n["by"] == "level"} == {1: 1, 2: 1, 3: 0, 4: 0}, x["numbers"]
    repeats = {(p["what"], p["value"]): set(p["incidents"]) for p in x["repeats"]}
    assert repeats == {("cause", "weak_password"): {one, two}, ("agency", "青山鄉公所"): {one, two}, ("observable", "c2.evil.test"): {one, two}}, repeats
    assert "zq紅色" not in node.local("GET", f"/api/v1/analyses/{draft(filter='')}").body.decode()
    r = node.local("POST", "/api/v1/analyses", {"title": "分析", "filter": "q=nowhere-at-all"})
    assert r.status == 409 and "no incident fits" in r.json["detail"], r.body
    r = node.local("POST", "/api/v1/analyses", {"title": "分析", "filter": "exercise=x"})
    assert r.status == 400, r.body


@promise
def by_forms():
    """from the list of incidents a person begins a report, writes findings, evaluation and recommendations, each with owner and date, and another puts it out, by forms without script; readers have nothing of it before"""
    global analysis
    page = ann.get("/incidents?category=web_defaced")
    link = next(l for l in page.links if l.startswith("/analyses/new"))
    page = ann.get(link)
    page = ann.send(page.form("/analyses/new"), title="網頁置換分析")
    assert page.status == 200, page.text[:600]
    analysis = re.match(r"/analyses/([0-9a-f-]+)", page.url).group(1)
    assert "青山鄉公所" in page.text and "陳大文的密碼過於簡單" in page.text and "弱密碼" in page.text and "甲網站遭置換" in page.text
    assert rob.get(f"/analyses/{analysis}").status == 404 and "網頁置換分析" not in rob.get("/analyses").text
    refused = ann.send(ann.get(f"/analyses/{analysis}").form("/submit"))
    assert refused.status == 400 and "送審前請填寫" in refused.text, refused.text[:500]
    edit = ann.get(f"/analyses/{analysis}/edit").form("/edit")
    refused = ann.send(edit, findings="青山鄉公所兩案同因", evaluation="密碼政策未落實", what_0="全面更換弱密碼", owner_0="", due_0="2026-12-31")
    assert refused.status == 400 and "負責人與完成期限" in refused.text and refused.form("/edit").fields["what_0"] == "全面更換弱密碼", refused.text[:500]
    page = ann.send(refused.form("/edit"), owner_0="資訊室", what_1="修訂密碼政策", owner_1="法制組", due_1="2020-01-01")
    assert page.status == 200 and "法制組" in page.text and "逾期" in page.text, page.text[:800]
    assert ann.send(ann.get(f"/analyses/{analysis}").form("/submit")).status == 200
    assert not any(f.action.endswith("/publish") for f in ann.get(f"/analyses/{analysis}").forms)
    page = rex.get(f"/analyses/{analysis}")
    publish = page.form("/publish")
    assert rex.send(page.form("/return"), note="請補充評估").status == 200
    assert "請補充評估" in ann.get(f"/analyses/{analysis}").text
    edit = ann.get(f"/analyses/{analysis}/edit").form("/edit")
    assert ann.send(edit, evaluation="密碼政策未落實，應納入稽核").status == 200
    assert ann.send(ann.get(f"/analyses/{analysis}").form("/submit")).status == 200
    assert rex.send(publish).status == 409
    assert rex.send(rex.get(f"/analyses/{analysis}").form("/publish")).status == 200
    page = rob.get(f"/analyses/{analysis}")
    assert page.status == 200 and "應納入稽核" in page.text and not any("/analyses/" in f.action for f in page.forms)
    assert "網頁置換分析" in rob.get("/analyses").text
    mine = rita.send(rita.get(f"/analyses/{analysis}/edit").form("/edit"), findings="改寫中的發現")
    assert mine.status == 200 and "改寫中的發現" not in rob.get(f"/analyses/{analysis}").text
    assert rita.send(rita.get(f"/analyses/{analysis}").form("/submit")).status == 200
    assert "另一位審核者" in rita.get(f"/analyses/{analysis}").text
    assert rex.send(rex.get(f"/analyses/{analysis}").form("/publish")).status == 200 and "改寫中的發現" in rob.get(f"/analyses/{analysis}").text
    ann.language("en")
    assert "Recommendations" in ann.get(f"/analyses/{analysis}").text and "What repeats" in ann.get(f"/analyses/{analysis}").text
    ann.language("zh")


@promise
def followed():
    """a recommendation is overdue, reported done, opened again, verified by another reviewer than who reported it, and is not changed after that, over a kill -9"""
    global node
    def advice():
        return {a["what"]: a for a in shown(analysis)["recommendations"]}
    assert [x["overdue"] for x in node.local("GET", "/api/v1/analyses").json["items"] if x["id"] == analysis] == [1]
    def follow(person, state, note):
        page = person.get(f"/analyses/{analysis}")
        forms = [f for f in page.forms if f.action.endswith("/follow") and f.fields["state"] == state and f.fields["advice"] == str(advice()["修訂密碼政策"]["id"])]
        return person.send(forms[0], note=note) if forms else None
    assert follow(rita, "done", "已修訂").status == 200
    assert advice()["修訂密碼政策"]["state"] == "done" and not advice()["修訂密碼政策"]["overdue"]
    assert follow(rita, "verified", "") is None and follow(ann, "verified", "") is None
    assert follow(rex, "open", "未公告").status == 200 and advice()["修訂密碼政策"]["overdue"]
    assert follow(ann, "done", "已公告").status == 200 and follow(rex, "verified", "").status == 200
    os.kill(node.process.pid, signal.SIGKILL)
    node.process.wait()
    node = until("it is back", lambda: Node.serve(place))
    for p in people.values():
        p.node, p.open = node, Person(node, "rob", "a long enough one").open
    assert advice()["修訂密碼政策"]["state"] == "verified" and advice()["全面更換弱密碼"]["state"] == "open"
    now = shown(analysis)
    for bad in ({}, "none", 0, None):
        r = node.local("POST", f"/api/v1/analyses/{analysis}", {"recommendations": bad})
        assert r.status == 400 and "recommendations is a list" in r.json["detail"], (bad, r.status, r.body)
    assert shown(analysis) == now
    edit = ann.get(f"/analyses/{analysis}/edit").form("/edit")
    k = next(k for k in range(2) if edit.fields[f"what_{k}"] == "修訂密碼政策")
    page = ann.send(edit, **{f"owner_{k}": "別人"})
    assert page.status == 409 and "已查核的改善建議不能再修改" in page.text, page.text[:500]


@promise
def red_later():
    """an incident that is marked TLP:RED later is in no report any more, at any door, and its numbers stay"""
    r = node.local("POST", f"/api/v1/incidents/{two}/events", {"kind": "marked", "body": {"tlp": "red"}})
    assert r.status == 201, r.body
    for person in (ann, rex, rob):
        page = person.get(f"/analyses/{analysis}")
        assert page.status == 200 and "乙網站遭置換" not in page.text and two not in page.body and "另有 1 件" in page.text, page.text[:800]
    x = shown(analysis)
    assert {c["id"] for c in x["incidents"]} == {one} and x["hidden"] == 1 and x["repeats"] == [] and total(x)["cases"] == 2, x


@promise
def printed():
    """a report is made a PDF in Chinese with its findings, recommendations and cases"""
    r = node.local("GET", f"/api/v1/analyses/{analysis}?format=pdf")
    if r.status == 503:
        assert "no font" in r.json["detail"], r.body
        return
    assert r.status == 200 and r.body.startswith(b"%PDF-"), r.body[:200]
    try:
        import subprocess
        path = place / "analysis.pdf"
        path.write_bytes(r.body)
        said = subprocess.run(["pdftotext", "-layout", str(path), "-"], capture_output=True, text=True, check=True).stdout
    except FileNotFoundError:
        return
    for word in ("網頁置換分析", "改寫中的發現", "全面更換弱密碼", "資訊室", "甲網站遭置換"):
        assert word in said, (word, said[:1500])
    assert "乙網站遭置換" not in said


@promise
def advised():
    """what is out becomes a draft of an advisory (ANA) in which no victim is named and no number points at one"""
    edit = ann.get(f"/analyses/{analysis}/edit").form("/edit")
    assert ann.send(edit, findings="青山鄉公所的陳大文（02-2345-6789）密碼過於簡單").status == 200
    assert ann.send(ann.get(f"/analyses/{analysis}").form("/submit")).status == 200
    assert rex.send(rex.get(f"/analyses/{analysis}").form("/publish")).status == 200
    page = ann.send(ann.get(f"/analyses/{analysis}").form("/advisory"))
    assert page.status == 200 and page.url.startswith("/advisories/"), (page.url, page.text[:500])
    x = node.local("GET", "/api/v1/advisories/" + page.url.split("/")[2].split("?")[0]).json
    said = str(x)
    assert x["kind"] == "ANA" and x["state"] == "draft" and x["form"]["tlp"] == "amber" and x["form"]["category"] == "statistics", x
    assert "密碼過於簡單" in x["form"]["description"] and "全面更換弱密碼" in x["form"]["measures"], x
    for named in ("青山鄉公所", "陳大文", "2345-6789", "資訊室"):
        assert named not in said, (named, said)
    assert node.local("POST", f"/api/v1/analyses/{draft()}/advisory").status == 409


done()
