#!/usr/bin/env python3
"""Statements to the public: written by people, released by the designated deputy convener and nobody else."""
import concurrent.futures
import datetime
import os
import pathlib
import signal
import sqlite3
import subprocess
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "lib"))
from lf import *
from forms import Person
from mailserver import MailServer, certificate

API = "/api/v1/statements"
SECRET = "a long enough one"
place = scratch()
made = certificate(scratch())
mail = MailServer(made[0]) if made else None
SETTINGS = "[open]\ndata = yes\n" + (f"[mail]\nserver = smtps://127.0.0.1:{mail.port}\nfrom = node@cert.example\npin = {made[1]}\n" if mail else "")
node = Node.serve(place, SETTINGS, tier="nation")
VICTIM = {"agency": "臺中自來水廠", "contact_name": "陳大文", "contact_phone": "02-2345-6789", "contact_email": "chen@water.example", "domain": "water.example"}


def call(method, path, body=None, status=(200, 201, 202, 204)):
    a = node.local(method, path, body)
    assert a.status in status, (method, path, a.status, a.body)
    return a.json if a.body else None


def as_(who, method, path, body=None):
    return node.request(method, path, body, headers={"Authorization": "Bearer " + tokens[who]})


def refused(a, *words, status=409):
    assert a.status == status and all(w in a.json["detail"] for w in words), (a.status, a.body)


def stranger(path, **headers):
    return node.request("GET", path, headers=headers, auth=False)


def feed():
    a = stranger("/open/statements.json")
    assert a.status == 200 and a.headers["Content-Type"] == "application/feed+json", (a.status, a.headers)
    return a.json


def begin(title="本署網站遭入侵之說明", text="本署已完成處理，服務恢復正常。", who="ann", **more):
    a = as_(who, "POST", API, {"title": title, "text": text, **more})
    assert a.status == 201, a.body
    return f"{API}/{a.json['id']}"


def do(who, path, act, **body):
    a = as_(who, "POST", f"{path}/{act}", body)
    assert a.status == 204, (who, act, a.body)


def released(**more):
    s = begin(**more)
    do("ann", s, "submit")
    do("dora", s, "release")
    return s, call("GET", s)["number"]


ids, tokens = {}, {}
for name, roles in (("ann", "analyst"), ("rex", "reviewer"), ("adam", "admin,reviewer,analyst"), ("dora", "reader"), ("dave", "reviewer"), ("rob", "reader")):
    ids[name] = call("POST", "/api/v1/users", {"name": name, "password": SECRET, "roles": roles})["id"]
    tokens[name] = call("POST", "/api/v1/tokens", {"account": name, "label": name, "roles": roles})["token"]
unit = call("POST", "/api/v1/units", {"name": "應變中心", "tenant": "self"})["id"]
other = call("POST", "/api/v1/units", {"name": "水利署", "attribute": "enterprise-1"})["id"]
call("POST", f"/api/v1/units/{other}/contacts", {"name": "外單位", "email": "press@water.example"})
people = {n: call("POST", f"/api/v1/units/{unit}/contacts", {"name": zh, "account": ids[n]})["id"] for n, zh in (("dora", "副召集人朵拉"), ("dave", "副召集人戴夫"), ("rob", "羅伯"))}
case = call("POST", "/api/v1/incidents", {"title": "網站遭入侵", "level": 2, "category": "web_defaced", "form": VICTIM})["id"]


@promise
def nobody():
    """with nobody designated, or one who is no deputy convener, nothing is released, and the refusal names the rule"""
    s = begin()
    do("ann", s, "submit")
    refused(as_("dora", "POST", s + "/release", {}), "there is no statement", status=404)
    for who in ("rex", "adam"):
        refused(as_(who, "POST", s + "/release", {}), "nobody is designated", status=403)
    call("PUT", "/api/v1/posts/media", {"contacts": people["rob"]})
    assert as_("rob", "POST", s + "/release", {}).status == 204, "a node without deputy conveners has its media officer alone"
    s = begin()
    do("ann", s, "submit")
    call("PUT", "/api/v1/posts/deputy-1", {"contacts": people["dora"]})
    call("PUT", "/api/v1/posts/deputy-2", {"contacts": people["dave"]})
    refused(as_("rex", "POST", s + "/release", {}), "羅伯 stands for the post of media and is no deputy convener", status=403)
    assert "不是副召集人" in Person(node, "rex", SECRET).get(s.removeprefix("/api/v1")).text


@promise
def designated():
    """only who is designated at that moment releases, also by the roster; every other role and the node's own console are refused"""
    call("PUT", "/api/v1/posts/media", {"contacts": people["dora"]})
    s = begin()
    do("ann", s, "submit")
    for who in ("ann", "rex", "adam", "dave"):
        refused(as_(who, "POST", s + "/release", {}), "002, 8.(6)", "now that is 副召集人朵拉", status=403)
    refused(node.local("POST", s + "/release", {}), "designated deputy convener", status=403)
    assert as_("rob", "POST", s + "/release", {}).status == 404, "a reader has no drafts"
    now = datetime.datetime.now(datetime.timezone(datetime.timedelta(hours=8)))
    wall = lambda h: (now + datetime.timedelta(hours=h)).strftime("%Y-%m-%dT%H:%M")
    call("POST", "/api/v1/rosters/media", {"contacts": people["dave"], "begins": wall(-1), "ends": wall(2)})
    refused(as_("dora", "POST", s + "/release", {}), "there is no statement", status=404)
    do("dave", s, "release")
    (shift,) = call("GET", "/api/v1/rosters/media")["shifts"]
    call("DELETE", f"/api/v1/shifts/{shift['id']}")
    mine = begin(who="adam")
    call("PUT", f"/api/v1/contacts/{people['dora']}", {"name": "副召集人朵拉", "account": ids["adam"]})
    do("adam", mine, "submit")
    do("adam", mine, "release")
    call("PUT", f"/api/v1/contacts/{people['dora']}", {"name": "副召集人朵拉", "account": ids["dora"]})
    assert call("GET", API)["speaker"] == {"name": "副召集人朵拉", "deputy": True, "self": False}


@promise
def by_forms():
    """a statement is written, handed in, returned, mended and released by forms without script, and each who takes part sees what he may do"""
    global first
    ann, dora, rob = (Person(node, n, SECRET) for n in ("ann", "dora", "rob"))
    page = ann.send(ann.get(f"/statements/new?incident={case}").form("/statements"), title="網站遭置換之說明", text="第一段\n第二段")
    assert page.status == 200 and "網站遭置換之說明" in page.text, page.text[:300]
    path = page.url.split("?")[0]
    page = ann.send(page.form("/submit"))
    assert not [f for f in page.forms if f.action.endswith("/release")] and rob.get(path).status == 404
    page = dora.get(path)
    again = dora.send(page.form("/return"), note=" ")
    assert again.status == 400 and "請填寫原因" in again.text, again.text[:300]
    assert dora.send(page.form("/return"), note="請補上聯絡窗口").status == 200
    page = ann.get(path)
    assert "請補上聯絡窗口" in page.text
    page = ann.send(ann.get(path + "/edit").form("/edit"), text="第一段\n第二段\n聯絡窗口：公關室")
    assert ann.send(page.form("/submit")).status == 200
    page = dora.send(dora.get(path).form("/release"))
    assert page.status == 200 and "已發布" in page.text, page.text[:400]
    first = call("GET", "/api/v1" + path)["number"]
    assert "網站遭置換之說明" in rob.get(path).text and "網站遭置換之說明" in ann.get(f"/incidents/{case}").text
    assert "請補上聯絡窗口" not in rob.get(path).text
    acts = [e["act"] for e in call("GET", f"/api/v1{path}/history")["items"]]
    assert acts == ["publish", "submit", "write", "return", "submit", "write"], acts


@promise
def public():
    """what is released is shown without an account as a page and a JSON Feed, in both languages, with an ETag; drafts are not, and without the setting nothing is"""
    page = stranger(f"/open/statements/{first}").body.decode()
    assert "網站遭置換之說明" in page and "聯絡窗口：公關室" in page and case not in page
    assert "Statements to the public" in stranger("/open/statements", **{"Accept-Language": "en"}).body.decode()
    a = stranger("/open/statements.json")
    assert stranger("/open/statements.json", **{"If-None-Match": a.headers["ETag"]}).status == 304 and a.headers["Access-Control-Allow-Origin"] == "*"
    x = feed()
    assert x["version"] == "https://jsonfeed.org/version/1.1" and x["home_page_url"].startswith("https://") and x["language"] == "zh-TW", x
    item = x["items"][0]
    assert item["title"] == "網站遭置換之說明" and item["content_text"].endswith("公關室") and item["url"].endswith(f"/open/statements/{first}") and item["id"].startswith("urn:uuid:"), item
    assert item["date_published"] == item["date_modified"] and item["_lianfang"] == {"number": first, "version": 1, "withdrawn": False}, item
    begin(title="尚未發布的草稿")
    assert "尚未發布的草稿" not in stranger("/open/statements").body.decode() + str(feed())
    for bad in ("0", "999999", "x", "-1", "1.json"):
        assert stranger(f"/open/statements/{bad}").status == 404, bad
    assert stranger("/open/statements?before=x").status == 400
    shut = Node.serve(scratch())
    for path in ("/open/statements", "/open/statements.json", "/open/statements/1"):
        assert shut.request("GET", path, auth=False).status == 404, path
    shut.close()


@promise
def pushed():
    """who is to release is told that one waits; other organisations get what is released, corrected and withdrawn by the contact network"""
    s, n = released(title="推送之說明", text="內容即時送達")
    id = s.rsplit("/", 1)[1]
    told = lambda kind: [x for x in call("GET", f"/api/v1/notices?subject={id}")["items"] if x["about"] == kind and x["state"] != "raised"]
    waits = until("it was told that one waits", lambda: told("statement"))[0]
    assert [c["name"] for c in call("GET", f"/api/v1/notices/{waits['id']}")["calls"]] == ["副召集人朵拉"]
    out = until("it was told that it is out", lambda: told("statement_out"))[0]
    calls = call("GET", f"/api/v1/notices/{out['id']}")["calls"]
    assert "外單位" in [c["name"] for c in calls], calls
    if not mail:
        raise Skip("no openssl: mail was not looked at")
    text = lambda word: next((m[2].get_content() for m in mail.mails if "press@water.example" in m[1][0] and word in str(m[2]["subject"])), None)
    body = until("the mail came", lambda: text("對外說明發布或更正：推送之說明"))
    assert "內容即時送達" in body and f"/open/statements/{n}" in body, body
    do("dora", s, "withdraw", note="內容有誤")
    body = until("the mail came", lambda: text("對外說明撤回：推送之說明"))
    assert "內容有誤" in body, body


@promise
def corrected():
    """a correction is a new version with its reason, released like the first, and what is out stays out until then"""
    s, n = released(title="更正前", text="三個網站受影響")
    a = as_("ann", "POST", s, {"title": "更正後", "text": "兩個網站受影響"})
    assert a.status == 204, a.body
    refused(as_("ann", "POST", s + "/submit", {}), "say why it is corrected", status=400)
    assert as_("ann", "POST", s, {"reason": "數量誤植"}).status == 204
    do("ann", s, "submit")
    assert "更正前" in stranger(f"/open/statements/{n}").body.decode() and "數量誤植" not in str(feed())
    assert as_("rob", "GET", s).json["title"] == "更正前" and call("GET", s)["out"]["title"] == "更正前"
    for who in ("rex", "adam", "ann"):
        assert as_(who, "POST", s + "/release", {}).status == 403
    do("dora", s, "release")
    page = stranger(f"/open/statements/{n}").body.decode()
    assert "更正後" in page and "更正前" not in page and "數量誤植" in page and "已更正（第 2 版）" in page, page
    item = [i for i in feed()["items"] if i["_lianfang"]["number"] == n][0]
    assert item["_lianfang"] == {"number": n, "version": 2, "withdrawn": False, "reason": "數量誤植"} and item["date_modified"] > item["date_published"], item
    assert as_("ann", "POST", s, {"text": "又一版"}).status == 204
    refused(as_("ann", "POST", s + "/submit", {}), "say why it is corrected", status=400)
    assert len([e for e in call("GET", s + "/history")["items"] if e.get("text") == "三個網站受影響"]) == 1, "every text stays"


@promise
def withdrawn():
    """what is out is withdrawn by the designated alone, with a reason that everyone reads; its number stays and its words are gone from the public"""
    s, n = released(title="待撤回標題", text="待撤回內容")
    for who in ("ann", "rex", "adam"):
        refused(as_(who, "POST", s + "/withdraw", {"note": "有誤"}), "designated deputy convener", status=403)
    refused(as_("dora", "POST", s + "/withdraw", {"note": "  "}), "say why", status=400)
    do("dora", s, "withdraw", note="消息來源有誤")
    page = stranger(f"/open/statements/{n}").body.decode()
    assert "消息來源有誤" in page and f"對外說明第 {n} 號" in page and "待撤回" not in page + stranger("/open/statements").body.decode() + str(feed())
    item = [i for i in feed()["items"] if i["_lianfang"]["number"] == n][0]
    assert item["_lianfang"]["withdrawn"] and item["content_text"] == "消息來源有誤", item
    for act, body in (("release", {}), ("submit", {}), ("withdraw", {"note": "x"})):
        assert as_("dora" if act != "submit" else "ann", "POST", f"{s}/{act}", body).status == 409, act
    assert "待撤回內容" in [e.get("text") for e in call("GET", s + "/history")["items"]]
    draft = begin(title="放棄的草稿")
    do("ann", draft, "withdraw", note="不需要了")
    assert call("GET", draft)["number"] == 0


@promise
def victim():
    """a text that tells who was attacked is refused when it is handed in and, as the report may have grown, when it is released, unless they agree; either way to write Tai is one"""
    for word in ("臺中自來水廠", "台中自來水廠", "CHEN@water.example", "WWW.Water.Example", "陳大文", "02-2345-6789"):
        s = begin(text=f"經查{word}受影響", incident=case)
        refused(as_("ann", "POST", s + "/submit", {}), "tells who was attacked")
    s = begin(title="臺中自來水廠事件", incident=case)
    refused(as_("ann", "POST", s + "/submit", {}), "臺中自來水廠")
    assert as_("ann", "POST", s, {"named": True}).status == 204
    do("ann", s, "submit")
    later = call("POST", "/api/v1/incidents", {"title": "另案", "level": 1, "category": "web_defaced"})["id"]
    s = begin(text="北區電廠已復原", incident=later)
    do("ann", s, "submit")
    call("POST", f"/api/v1/incidents/{later}/events", {"kind": "supplemented", "body": {"form": {"agency": "北區電廠"}}})
    refused(as_("dora", "POST", s + "/release", {}), "北區電廠")
    assert call("GET", s)["state"] == "review"


@promise
def red():
    """of what is marked TLP:RED no statement is begun, handed in or released, and a draft about it is hidden from who may not see it"""
    red = call("POST", "/api/v1/incidents", {"title": "紅", "level": 1, "category": "web_defaced", "tlp": "red"})["id"]
    refused(node.local("POST", API, {"title": "t", "incident": red}), "TLP:RED")
    assert as_("ann", "POST", API, {"title": "t", "incident": red}).status in (404, 409)
    i = call("POST", "/api/v1/incidents", {"title": "後來的紅", "level": 1, "category": "web_defaced"})["id"]
    s, other = begin(incident=i, title="後來的紅之說明"), begin(incident=i, title="後來的紅之草稿")
    do("ann", s, "submit")
    call("POST", f"/api/v1/incidents/{i}/events", {"kind": "marked", "body": {"tlp": "red", "reason": "機敏"}})
    assert as_("dora", "GET", f"/api/v1/incidents/{i}").status == 404
    for who in ("dora", "rob"):
        assert as_(who, "GET", s).status == 404 and "後來的紅" not in as_(who, "GET", API).body.decode(), who
        assert as_(who, "POST", s + "/release", {}).status == 404
    refused(node.local("POST", other + "/submit", {}), "TLP:RED")


@promise
def exercise():
    """a statement about an exercise is marked from the start, is released by the same rule, gets no number, is not public and is told to no other organisation"""
    x = node.exercise()
    i = call("POST", "/api/v1/incidents", {"title": "演練案件", "level": 1, "category": "web_defaced", "exercise": x})["id"]
    s = begin(title="演練說明稿", incident=i)
    assert call("GET", s)["exercise"] is True and call("GET", begin(title="演練新聞稿", exercise=True))["exercise"] is True
    do("ann", s, "submit")
    refused(as_("rex", "POST", s + "/release", {}), "designated deputy convener", status=403)
    do("dora", s, "release")
    now = call("GET", s)
    assert now["state"] == "published" and now["number"] == 0 and "演練說明稿" not in stranger("/open/statements").body.decode() + str(feed())
    assert stranger("/open/statements/0").status == 404
    kinds = until("who releases is told", lambda: [n for n in call("GET", f"/api/v1/notices?subject={s.rsplit('/', 1)[1]}")["items"]])
    assert [(n["about"], n["exercise"]) for n in kinds] == [("statement", True)], kinds


@promise
def at_once():
    """two who write at once, or release while one is mended, lose nothing: the second is told, and keeps what he typed beside it"""
    s = begin(text="原文")
    seen = call("GET", s)["entries"]
    with concurrent.futures.ThreadPoolExecutor(8) as pool:
        got = list(pool.map(lambda k: as_("ann" if k % 2 else "rex", "POST", s, {"text": f"第 {k} 人", "entries": seen}).status, range(8)))
    assert sorted(got) == [204] + [409] * 7, got
    ann, rex = Person(node, "ann", SECRET), Person(node, "rex", SECRET)
    path = s.removeprefix("/api/v1")
    mine, theirs = ann.get(path + "/edit").form("/edit"), rex.get(path + "/edit").form("/edit")
    assert rex.send(theirs, text="先存的內容").status == 200
    page = ann.send(mine, text="我打的內容")
    assert page.status == 409 and "先存的內容" in page.text and page.form("/edit").fields["text"] == "我打的內容", page.text[:400]
    do("ann", s, "submit")
    page = Person(node, "dora", SECRET).get(path)
    do("rex", s, "return", note="再看")
    assert as_("ann", "POST", s, {"text": "偷偷改過"}).status == 204
    do("ann", s, "submit")
    assert as_("dora", "POST", s + "/release", {"entries": int(page.form("/release").fields["entries"])}).status == 409


@promise
def tenants():
    """a tenant's people find none of it, also its administrator"""
    t = call("POST", "/api/v1/tenants", {"name": "小鎮公所", "oid": "2.16.886.101.90001", "attribute": "enterprise-1"})
    call("POST", "/api/v1/users", {"name": "tess", "password": SECRET, "roles": "admin,analyst,reviewer,reporter", "tenant": t["id"]})
    tess = Person(node, "tess", SECRET)
    for path in ("/statements", "/statements/new", f"/statements/{call('GET', API)['items'][0]['id']}"):
        assert tess.get(path).status == 403, path
    assert "對外說明" not in tess.get("/incidents").text


@promise
def kept():
    """kill -9 between two acts loses nothing, and numbers go on; the command line begins, corrects and hands in, and cannot release"""
    global node
    s, n = released(title="斷電前發布")
    half = begin(title="斷電前的草稿")
    do("ann", half, "submit")
    os.kill(node.process.pid, signal.SIGKILL)
    node.process.wait()
    node = Node.serve(place)
    assert call("GET", half)["state"] == "review" and [i["_lianfang"]["number"] for i in feed()["items"]][0] == n
    do("dora", half, "release")
    assert call("GET", half)["number"] == n + 1
    cli = lambda verb, *argv: subprocess.run([BIN, "statement", verb, "-c", str(place / "lianfang.ini"), *argv], capture_output=True, text=True, timeout=60)
    r = cli("add", "命令列的說明", "內容", case)
    assert r.returncode == 0, r.stderr
    id = r.stdout.strip().split()[-1]
    assert cli("submit", id).returncode == 0 and "命令列的說明" in cli("list").stdout and cli("return", id, "再修").returncode == 0
    assert cli("edit", id, "新標題").returncode == 0 and cli("withdraw", id, "不發了").returncode == 0
    assert cli("correct", half.rsplit("/", 1)[1], "補充", "新內容").returncode == 0 and call("GET", half)["reason"] == "補充"
    assert "publish" in cli("history", half.rsplit("/", 1)[1]).stdout and "新標題" in cli("show", id).stdout
    assert cli("release", id).returncode == 2


@promise
def paged():
    """the public list goes on below its oldest number, in page and feed"""
    db = sqlite3.connect(next((place / "data").rglob("*.db")), timeout=30)
    db.execute("INSERT INTO statement SELECT org, id || '-' || k, seq + 1000 * k, state, form, shown, version, author, reviewer, note, entries, created, changed, published, incident, exercise, number + 1000 + k, first"
               " FROM statement, (WITH RECURSIVE x(k) AS (SELECT 1 UNION ALL SELECT k + 1 FROM x WHERE k < 60) SELECT k FROM x) WHERE number = ?", (first,))
    db.commit()
    db.close()
    x = feed()
    assert len(x["items"]) == 50 and x["next_url"].endswith(f"before={first + 1011}"), x.get("next_url")
    rest = node.request("GET", x["next_url"].split("/", 3)[3].join(["/", ""]), auth=False).json
    numbers = [i["_lianfang"]["number"] for i in x["items"] + rest["items"]]
    assert numbers == sorted(set(numbers), reverse=True) and first in numbers and "next_url" not in rest, numbers
    assert "before=" in stranger("/open/statements").body.decode()


done()
