#!/usr/bin/env python3
"""The knowledge base: from a closed case to an article that another person put out, and back to a new case."""
import os
import pathlib
import signal
import subprocess
import sys
import urllib.parse

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "lib"))
from lf import *
from forms import Person

place = scratch()
nation, node = Node.serve(scratch(), tier="nation"), Node.serve(place)
token = nation.local("POST", "/api/v1/peers/invitations", {}).json["token"]
assert node.local("POST", "/api/v1/parent", {"token": token}).status == 202
until("the link is up", lambda: node.local("GET", "/api/v1/parent").json["state"] == "active")
people = {}
for name, roles in (("ann", "analyst"), ("rex", "reviewer"), ("rita", "reviewer,analyst"), ("rob", "reader")):
    r = node.local("POST", "/api/v1/users", {"name": name, "password": "a long enough one", "roles": roles})
    assert r.status == 201, r.body
    people[name] = Person(node, name, "a long enough one")
ann, rex, rita, rob = (people[n] for n in ("ann", "rex", "rita", "rob"))
VICTIM = {"agency": "青山鄉公所", "contact_name": "陳大文", "contact_phone": "02-2345-6789", "host_ip": "203.0.113.77"}
TEXT = "青山鄉公所的 203.0.113.77 遭植入後門，陳大文於 10.1.2.3 發現，回報 chen@example.test；連往 c2.evil.test"


def closed(text=TEXT, category="web_defaced", technique="T1566.001", bad="c2.evil.test", observables_too=(), **form):
    """A case from its report to its end, as the people of both tiers do it."""
    r = node.local("POST", "/api/v1/incidents", {"title": "青山鄉公所網站遭入侵", "description": text, "level": 1, "category": category,
                   "techniques": [technique], "observables": [{"type": "domain-name", "value": bad}, {"type": "ipv4-addr", "value": "10.1.2.3"}, *observables_too],
                   "measures": "隔離主機並重建", "form": {**VICTIM, **form}})
    assert r.status == 201, r.body
    i = r.json["id"]
    until("the nation has it", lambda: nation.local("GET", f"/api/v1/incidents/{i}").status == 200)
    act = lambda at, kind, **body: at.local("POST", f"/api/v1/incidents/{i}/events", {"kind": kind, "body": body})
    assert act(nation, "reviewed").status == 201
    for kind in ("controlled", "recovered"):
        assert act(node, kind).status == 201
    assert act(node, "final_submitted", form={"cause": "weak_password", "cause_text": "陳大文的密碼過於簡單", "improve_technical": "全面啟用雙因子"}).status == 201
    until("the final report has come", lambda: nation.local("GET", f"/api/v1/incidents/{i}").json["incident"]["handling"] == "final")
    assert act(nation, "closed").status == 201
    until("it is closed", lambda: node.local("GET", f"/api/v1/incidents/{i}").json["incident"]["handling"] == "closed")
    return i


def open_case(**more):
    r = node.local("POST", "/api/v1/incidents", {"title": "新的案件", "level": 1, **more})
    assert r.status == 201, r.body
    return r.json["id"]


def articles(asked=""):
    r = node.local("GET", "/api/v1/articles" + asked)
    assert r.status == 200, r.body
    return [a["id"] for a in r.json["items"]]


def published(case, **fields):
    """By the API: written by one, put out by another."""
    page = ann.get(f"/incidents/{case}/article")
    page = ann.send(page.form("/article"), **fields)
    assert page.status == 200, page.text[:500]
    a = page.url.split("/")[2].split("?")[0]
    assert ann.send(ann.get(f"/articles/{a}").form("/submit")).status == 200
    assert rex.send(rex.get(f"/articles/{a}").form("/publish")).status == 200
    return a


@promise
def filled_in():
    """a closed case fills an article's form in: class, RSIT, level, technique, what happened, cause, measures, indicators, lessons; the victim, its people and its addresses are not named"""
    global case
    case = closed()
    f = ann.get(f"/incidents/{case}/article").form("/article").fields
    assert f["category"] == "web_defaced" and f["level"] == "1" and f["techniques"] == "T1566.001", f
    assert f["rsit"] == "information-content-security:unauthorised-information-modification", f["rsit"]
    assert f["happened"].startswith("○○的 ○○ 遭植入後門") and "c2.evil.test" in f["happened"], f["happened"]
    assert f["cause"] == "弱密碼\n○○的密碼過於簡單", f["cause"]
    assert "隔離主機並重建" in f["measures"] and f["indicators"] == "domain-name c2.evil.test" and "全面啟用雙因子" in f["lessons"], f
    said = " ".join(f.values())
    for named in [*VICTIM.values(), "10.1.2.3", "chen@example.test"]:
        assert named not in said, (named, said)
    r = node.local("GET", f"/api/v1/incidents/{open_case()}/article")
    assert r.status == 409 and "closed" in r.json["detail"], r.body


@promise
def theirs():
    """the victim's own URL, sub-domains, addresses at a sentence's end, names between full-width signs and either way of writing Tai stand in no draft; words of the URL's path and the scheme stay"""
    own = {"url": "https://www.taipei-hill.test/index.php/portal", "domain": "taipei-hill.test", "agency": "臺北山區公所（資訊室；王小明）", "contact_phone": "02-2345-6789"}
    i = closed("台北山區公所的王小明通報：mail.taipei-hill.test 與 WWW.TAIPEI-HILL.TEST 由 10.1.2.3. 轉址，電話 02-2345-6789-。主機 203.0.113.7 與 203.0.113.77；"
               "https://login.taipei-hill.test/reset 為釣魚頁，portal 遭改", bad="c9.evil.test", observables_too=[{"type": "url", "value": "https://mail.taipei-hill.test/x"},
               {"type": "domain-name", "value": "dns.taipei-hill.test"}, {"type": "url", "value": "https://not-taipei-hill.test/x"}], **own)
    f = ann.get(f"/incidents/{i}/article").form("/article").fields
    for named in ("公所", "王小明", "資訊室", "taipei-hill.test ", "mail.", "TAIPEI", "login.", "10.1.2.3", "2345", "203.0.113.77"):
        assert named not in f["happened"], (named, f["happened"])
    assert "203.0.113.7 " in f["happened"] and "https://○○/reset" in f["happened"] and "portal" in f["happened"], f["happened"]
    assert f["indicators"].split("\n") == ["domain-name c9.evil.test", "url https://not-taipei-hill.test/x"], f["indicators"]


@promise
def long_words():
    """what is long and not Latin neither keeps an incident from being opened nor an article from being put out, and the last word of a long text is found"""
    url = "https://a.test/" + "路徑" * 60 + "x"
    i = open_case(observables=[{"type": "url", "value": url}, {"type": "url", "value": "https://ab.test/" + "路徑" * 60}])
    assert rob.get(f"/incidents/{i}").status == 200
    long = "".join(chr(0x4E00 + k) for k in range(900))
    a = published(case, title="很長的文章", tags="很長的標籤" * 9 + "x", indicators="url " + url, happened=long, cause=long[::-1] + " 甲乙丙丁戊", lessons="最末的鸚鵡", techniques="")
    for word in ("甲乙丙丁戊", "鸚鵡"):
        assert articles("?q=" + urllib.parse.quote(word)) == [a], word
    assert rex.send(rex.get(f"/articles/{a}").form("/withdraw"), note="測試").status == 200


@promise
def two_people():
    """an article is written by one and put out by another: its author does not publish it, a return says why, and readers have nothing of it before"""
    global article
    page = ann.send(ann.get(f"/incidents/{case}/article").form("/article"), title="網頁置換：弱密碼", tags="鄉鎮，後門", lessons="啟用雙因子驗證")
    assert page.status == 200, page.text[:500]
    article = page.url.split("/")[2].split("?")[0]
    assert rob.get(f"/articles/{article}").status == 404 and "網頁置換：弱密碼" not in rob.get("/articles").text
    assert ann.send(ann.get(f"/articles/{article}").form("/submit")).status == 200
    assert not any(f.action.endswith("/publish") for f in ann.get(f"/articles/{article}").forms)
    page = rex.get(f"/articles/{article}")
    form = page.form("/return")
    page = rex.send(form, note="")
    assert page.status == 400 and "請填寫原因" in page.text, page.text[:400]
    assert rex.send(form, note="請補充時間軸").status == 200
    page = ann.get(f"/articles/{article}")
    assert "請補充時間軸" in page.text and "已退回" in page.text
    edit = ann.get(f"/articles/{article}/edit").form("/edit")
    assert ann.send(edit, happened=edit.fields["happened"] + "\n09:00 發現").status == 200
    assert ann.send(ann.get(f"/articles/{article}").form("/submit")).status == 200
    assert rex.send(rex.get(f"/articles/{article}").form("/publish")).status == 200
    page = rob.get(f"/articles/{article}")
    assert page.status == 200 and "09:00 發現" in page.text and f"/incidents/{case}" in page.links
    assert not any("/articles/" in f.action for f in page.forms)
    mine = rita.send(rita.get(f"/articles/{article}/edit").form("/edit"), lessons="啟用雙因子驗證並清查帳號")
    assert mine.status == 200
    assert rita.send(rita.get(f"/articles/{article}").form("/submit")).status == 200
    page = rita.get(f"/articles/{article}")
    assert "另一位審核者" in page.text and not any(f.action.endswith("/publish") for f in page.forms)
    forced = rex.get(f"/articles/{article}").form("/publish")
    forced.fields["csrf"] = page.form("/return").fields["csrf"]
    page = rita.send(forced)
    assert page.status == 403 and "最後撰寫者不能自行發布" in page.text, page.text[:500]


@promise
def marked_meanwhile():
    """an article of a case that was marked TLP:RED before it went out is not put out"""
    i = closed()
    a = ann.send(ann.get(f"/incidents/{i}/article").form("/article")).url.split("/")[2].split("?")[0]
    assert ann.send(ann.get(f"/articles/{a}").form("/submit")).status == 200
    r = node.local("POST", f"/api/v1/incidents/{i}/events", {"kind": "marked", "body": {"tlp": "red", "reason": "檢察官要求"}})
    assert r.status == 201, r.body
    r = rex.send(rex.get(f"/articles/{a}").form("/publish"))
    assert r.status == 409 and "TLP:RED" in r.text, (r.status, r.text[:400])
    assert a not in articles("?state=published")
    assert ann.send(ann.get(f"/articles/{a}").form("/withdraw"), note="不公開").status == 200


@promise
def revised():
    """what is out stays out while a revision is written and reviewed; every text stays in the history, over a kill -9; withdrawn it is found no more"""
    global node
    assert "啟用雙因子驗證並清查帳號" not in rob.get(f"/articles/{article}").text
    assert rex.send(rex.get(f"/articles/{article}").form("/publish")).status == 200
    assert "啟用雙因子驗證並清查帳號" in rob.get(f"/articles/{article}").text
    os.kill(node.process.pid, signal.SIGKILL)
    node.process.wait()
    again = until("it is back", lambda: Node.serve(place))
    node = again
    for p in people.values():
        p.node, p.open = node, Person(node, "rob", "a long enough one").open
    x = node.local("GET", f"/api/v1/articles/{article}").json
    assert x["version"] == 2 and x["state"] == "published", x
    acts = node.local("GET", f"/api/v1/articles/{article}/history").json["items"]
    assert [a["act"] for a in reversed(acts)] == ["write", "submit", "return", "write", "submit", "publish", "write", "submit", "publish"], acts
    assert any(a.get("lessons") == "啟用雙因子驗證" for a in acts) and any(a.get("lessons") == "啟用雙因子驗證並清查帳號" for a in acts)
    other = published(case, title="要下架的文章", tags="下架測試")
    assert articles("?tag=%E4%B8%8B%E6%9E%B6%E6%B8%AC%E8%A9%A6") == [other]
    assert rex.send(rex.get(f"/articles/{other}").form("/withdraw"), note="內容過時").status == 200
    assert articles("?tag=%E4%B8%8B%E6%9E%B6%E6%B8%AC%E8%A9%A6") == [] and rob.get(f"/articles/{other}").status == 404


@promise
def at_once():
    """of two who edit at once the later is told so, with what he wrote kept, and nothing of the other is lost"""
    mine, hers = (w.get(f"/articles/{article}/edit").form("/edit") for w in (ann, rita))
    assert rita.send(hers, cause="她寫的原因").status == 200
    page = ann.send(mine, cause="我寫的原因")
    assert page.status == 409 and "其他人剛修改過" in page.text and page.form("/edit").fields["cause"] == "我寫的原因", page.text[:500]
    assert "目前的內容" in page.text and "她寫的原因" in page.text, page.text[:900]
    assert node.local("GET", f"/api/v1/articles/{article}").json["cause"] == "她寫的原因"
    page = ann.send(page.form("/edit"), techniques="not-one")
    assert page.status == 400 and "不是 ATT&CK 手法編號" in page.text
    assert ann.send(page.form("/edit"), techniques="T1566.001 T1110").status == 200
    assert ann.send(ann.get(f"/articles/{article}").form("/submit")).status == 200
    read = rex.get(f"/articles/{article}").form("/publish")
    assert rex.send(rex.get(f"/articles/{article}").form("/return"), note="再補").status == 200
    assert rita.send(rita.get(f"/articles/{article}/edit").form("/edit"), cause="換過的原因").status == 200
    assert ann.send(ann.get(f"/articles/{article}").form("/submit")).status == 200
    page = rex.send(read)
    assert page.status == 409 and "看過目前的內容" in page.text and "換過的原因" in page.text, page.text[:500]
    assert rex.send(page.form("/publish")).status == 200
    page = ann.send(ann.get(f"/articles/{article}/edit").form("/edit"), cause="因" * 2700)
    assert page.status == 400 and "「根本原因」最多" in page.text and "2600 個中文字" in page.text, page.text[:500]


@promise
def found():
    """articles are found by words, class and its family, technique and its parent, and tag, in the console, the API and on the command line; a draft by none of them"""
    for asked in ("q=弱密碼", "q=c2.evil.test", "category=web_defaced", "category=web", "technique=T1566.001", "technique=t1566", "technique=T1110", "tag=後門",
                  "q=弱密碼&category=web&tag=鄉鎮"):
        assert articles("?" + urllib.parse.quote(asked, safe="=&")) == [article], asked
    for asked in ("q=不存在的詞", "category=dos", "technique=T1059", "tag=學校", "q=弱密碼&tag=學校"):
        assert articles("?" + urllib.parse.quote(asked, safe="=&")) == [], asked
    page = ann.send(ann.get("/articles").form("/articles"), technique="T1566")
    assert "網頁置換：弱密碼" in page.text
    page = ann.send(ann.get(f"/incidents/{case}/article").form("/article"), title="還是草稿的弱密碼")
    assert articles("?" + urllib.parse.quote("q=弱密碼", safe="=&")) == [article]
    done = subprocess.run([BIN, "article", "find", "-c", str(place / "lianfang.ini"), "c2.evil.test"], capture_output=True, text=True, timeout=60)
    assert done.returncode == 0 and article in done.stdout, (done.stdout, done.stderr)


@promise
def suggested():
    """an open incident shows articles of its observables, technique and class, the most alike first, and closed cases of its class; one that shares nothing shows none"""
    far = published(closed("另一起", technique="T1059", bad="other.test"), title="同類別的另一篇", techniques="T1059", indicators="domain-name other.test")
    i = open_case(category="web_defaced", techniques=["T1566.001"], observables=[{"type": "domain-name", "value": "c2.evil.test"}])
    r = node.local("GET", f"/api/v1/incidents/{i}/alike")
    assert r.status == 200 and [a["id"] for a in r.json["articles"]] == [article, far], r.body
    assert case in [c["id"] for c in r.json["cases"]] and i not in [c["id"] for c in r.json["cases"]]
    page = rob.get(f"/incidents/{i}")
    assert page.links.index(f"/articles/{article}") < page.links.index(f"/articles/{far}") and f"/incidents/{case}" in page.links
    assert node.local("GET", f"/api/v1/incidents/{open_case(category='equipment_power')}/alike").json == {"articles": [], "cases": []}


done()
