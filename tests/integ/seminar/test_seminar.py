"""Seminars and training briefings: who is invited, by mail with a calendar file, who took part, what came of it, and what years make of it."""
import datetime
import os
import pathlib
import re
import signal
import subprocess
import sys
import urllib.parse

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "lib"))
from lf import *
from forms import Person
from mailserver import MailServer, certificate

HERE = "/api/v1/seminars"
made = certificate(scratch())
if not made:
    print("ok - seminars # SKIP openssl is not installed")
    sys.exit(0)
context, pin = made
mail = MailServer(context)
node = Node.serve(scratch(), f"[mail]\nserver = smtps://127.0.0.1:{mail.port}\nfrom = node@cert.example\npin = {pin}\n", tier="sector")


def call(method, path, body=None, status=(200, 201, 202, 204)):
    a = node.local(method, path, body)
    assert a.status in status, (path, a.status, a.body)
    return a.json if a.body and a.status < 300 and a.body[:1] == b"{" else a


def refused(word, status, body, path=HERE):
    a = call("POST", path, body, (status,))
    assert word in a.json["detail"], a.body


TAIPEI = datetime.timezone(datetime.timedelta(hours=8))
now = datetime.datetime.now(datetime.timezone.utc).replace(second=0, microsecond=0)
hour = datetime.timedelta(hours=1)
year = now.astimezone(TAIPEI).year


def wall(when):
    return when.astimezone(TAIPEI).strftime("%Y-%m-%dT%H:%M")


def plan(**more):
    return {"title": "通報宣導講習", "kind": "briefing", "begins": wall(now - hour), "ends": wall(now + 3 * hour), "place": "第一會議室", **more}


def letters(to):
    return [m for _, tos, m in mail.mails if any(to in x for x in tos)]


def ics(letter):
    """The calendar file of a letter: its method, and its lines unfolded."""
    part = next(p for p in letter.walk() if p.get_content_type() == "text/calendar")
    return part.get_param("method"), part.get_payload(decode=True).replace(b"\r\n ", b"").decode().split("\r\n")


def value(lines, name):
    return [x for x in lines if x.split(":")[0].split(";")[0] == name]


def quoted(text):
    return urllib.parse.quote(text)


units = {}
own = call("POST", "/api/v1/units", {"name": "本中心", "tenant": "self", "attribute": "academia"})["id"]
for name, attribute, mailbox, lang in (("北大學", "academia", "north", "zh"), ("南大學", "academia", "south", "en"), ("綠水電力", "enterprise-1", "water", "zh"), ("無信箱醫院", "enterprise-4", "", "zh")):
    units[name] = call("POST", "/api/v1/units", {"name": name, "attribute": attribute, "oid": f"2.16.886.{len(units) + 1}"})["id"]
    if mailbox:
        call("POST", f"/api/v1/units/{units[name]}/contacts", {"name": "窗口" + mailbox, "email": f"{mailbox}@member.example", "language": lang})


@promise
def a_year_without():
    """a year in which none was held is told on the page, once, until one was"""
    page = node.local("GET", "/seminars").body.decode()
    assert page.count("本年度尚未辦理任何一場") == 1 and "下列年度沒有" not in page, page
    old = call("POST", HERE, plan(title="前年的", begins=f"{year - 2}-05-01T09:00", ends=f"{year - 2}-05-01T12:00"))["id"]
    page = node.local("GET", "/seminars").body.decode()
    assert f"下列年度沒有辦理任何一場：{year - 2}、{year - 1}。" in page and page.count("沒有辦理任何一場") == page.count("本年度尚未辦理任何一場") == 1, page
    call("POST", f"{HERE}/{old}/hold", {"result": "已辦"})
    page = node.local("GET", "/seminars").body.decode()
    assert f"下列年度沒有辦理任何一場：{year - 1}。" in page, page
    assert not call("GET", f"/api/v1/notices?subject={old}")["items"], "of what is over nobody is told"


@promise
def invited():
    """a sector or organisations by name are invited: their reporting contacts are told by mail in their language with a calendar file, which follows a change and the end; nobody else is told, and who was told is not told again"""
    global seminar
    seminar = call("POST", HERE, plan(sector="academia", units="綠水電力、2.16.886.4", about="新版通報表的填寫", link="https://meet.example/a?b=1"))["id"]
    x = call("GET", f"{HERE}/{seminar}")
    assert [u["name"] for u in x["units"]] == sorted(["北大學", "南大學", "綠水電力", "無信箱醫院"]) and x["invited"] == 4 and x["organisations"] == 0, x
    first = until("the north has its letter", lambda: letters("north@"))[0]
    assert "講習" in first["Subject"] and "通報宣導講習" in first["Subject"], first["Subject"]
    english = until("so has the south", lambda: letters("south@"))[0]
    assert "seminar" in english["Subject"], english["Subject"]
    text = "".join(p.get_payload(decode=True).decode() for p in first.walk() if p.get_content_type() == "text/plain")
    assert (now - hour).astimezone(TAIPEI).strftime("%Y-%m-%d %H:%M – ") in text and "新版通報表的填寫" in text and "/seminars/" not in text, text
    method, lines = ics(first)
    assert (method, value(lines, "SEQUENCE"), value(lines, "LOCATION"), value(lines, "DTSTART")) == ("REQUEST", ["SEQUENCE:0"], ["LOCATION:第一會議室"], [f"DTSTART:{now - hour:%Y%m%dT%H%M%SZ}"]), lines
    assert len(value(lines, "ATTENDEE")) == 1 and "north@member.example" in value(lines, "ATTENDEE")[0] and "node@cert.example" in value(lines, "ORGANIZER")[0], lines
    uid, told = value(lines, "UID"), len(call("GET", f"/api/v1/notices?subject={seminar}&limit=1000")["items"])
    assert told == 4, told
    call("POST", f"{HERE}/{seminar}/invite", {"sector": "all"})
    assert len(call("GET", f"/api/v1/notices?subject={seminar}&limit=1000")["items"]) == told, "who was told is not told again"
    assert own not in [u["unit"] for u in call("GET", f"{HERE}/{seminar}")["units"]], "this node's own organisation is none of all"
    refused("nothing of it changes", 400, {"place": " 第一會議室 "}, f"{HERE}/{seminar}")
    call("POST", f"{HERE}/{seminar}", {"place": "改在線上"})
    method, lines = ics(until("the change is told", lambda: letters("north@")[1:])[0])
    assert (method, value(lines, "UID"), value(lines, "SEQUENCE"), value(lines, "LOCATION")) == ("REQUEST", uid, ["SEQUENCE:1"], ["LOCATION:改在線上"]), lines
    off = call("POST", HERE, plan(title="颱風天的", begins=wall(now + 24 * hour), ends=wall(now + 26 * hour), units="綠水電力"))["id"]
    refused("has not begun", 400, {"result": "x"}, f"{HERE}/{off}/hold")
    refused("has not begun", 400, {"unit": "綠水電力", "people": 1}, f"{HERE}/{off}/attendance")
    call("POST", f"{HERE}/{off}/cancel", {"reason": "颱風停班"})
    letter = until("that it is off is told", lambda: [m for m in letters("water@") if "取消" in m["Subject"]])[0]
    method, lines = ics(letter)
    assert method == "CANCEL" and value(lines, "STATUS") == ["STATUS:CANCELLED"] and "颱風停班" in "".join(p.get_payload(decode=True).decode() for p in letter.walk() if p.get_content_type() == "text/plain"), lines
    assert call("GET", f"{HERE}/{off}")["reason"] == "颱風停班"
    for path, body in (("", {"place": "x"}), ("/invite", {"sector": "all"}), ("/cancel", {"reason": "x"}), ("/hold", {}), ("/attendance", {"unit": "綠水電力", "people": 1})):
        call("POST", f"{HERE}/{off}{path}", body, (409,))


@promise
def took_part():
    """who took part is entered by hand or from CSV, all rows or none, an organisation that was not invited too; a seminar is held with what came of it; all is kept over a kill -9"""
    global node
    call("POST", f"{HERE}/{seminar}/attendance", {"unit": "北大學", "people": 12})
    before = call("GET", f"{HERE}/{seminar}")
    for word, csv in (("line 3", "organisation,people\n南大學,3\n沒有這個機關,2\n"), ("people is a number", "organisation,people\n南大學,-1\n"), ("people is a number", "organisation,people\n南大學,100001\n"),
                      ("is none of", "organisation,phone\n南大學,1\n"), ("at most", "organisation,people\n" + "x" * (1 << 20)), ("more than 2000", "organisation,people\n" + "南大學,1\n" * 2001), ("empty", "\n")):
        a = node.local("POST", f"{HERE}/{seminar}/attendance/import", {"csv": csv})
        assert a.status in (400, 413) and word in a.json["detail"], (word, a.status, a.body)
        assert call("GET", f"{HERE}/{seminar}") == before, word
    sheet = node.local("GET", f"{HERE}/{seminar}/attendance").body.decode("utf-8-sig")
    assert sheet.startswith("organisation,oid,people\r\n") and "北大學,2.16.886.1,12\r\n" in sheet and "南大學,2.16.886.2,0\r\n" in sheet, sheet
    filled = sheet.replace("2.16.886.2,0", "2.16.886.2,3").replace("2.16.886.3,0", "2.16.886.3,20") + "本中心,,2\r\n"
    x = call("POST", f"{HERE}/{seminar}/attendance/import", {"csv": filled})
    assert (x["invited"], x["organisations"], x["people"]) == (4, 4, 37), x
    assert [u["invited"] if "invited" in u else None for u in x["units"] if u["name"] == "本中心"] in ([None], [""]), x
    call("POST", f"{HERE}/{seminar}/attendance", {"unit": "本中心", "people": 0})
    call("POST", f"{HERE}/{seminar}/hold", {"result": "填答滿意度 4.5。\n明年加開南部場。"})
    refused("held or called off", 409, {"place": "x"}, f"{HERE}/{seminar}")
    os.kill(node.process.pid, signal.SIGKILL)
    node.process.wait()
    node = until("it is back", lambda: Node.serve(node.directory))
    x = call("GET", f"{HERE}/{seminar}")
    assert x["state"] == "held" and x["result"].startswith("填答滿意度") and {u["name"]: u["people"] for u in x["units"]} == {"北大學": 12, "南大學": 3, "綠水電力": 20, "無信箱醫院": 0}, x
    acts = {a["action"] for a in call("GET", "/api/v1/audit?limit=1000")["items"]}
    assert {"seminar." + a for a in "add change invite attend hold cancel".split()} <= acts, acts


@promise
def counted():
    """seminars that were held, organisations that took part and people are counted by year beside those that joined, in the API and on the page, and each number opens what it counts"""
    second = call("POST", HERE, plan(title="工作坊", kind="workshop", begins=wall(now - hour)))["id"]
    call("POST", f"{HERE}/{second}/attendance", {"unit": units["北大學"], "people": 5})
    rows = lambda: {y["year"]: y for y in call("GET", "/api/v1/statistics/joined")["years"]}
    assert (rows()[year]["seminars"], rows()[year]["seminar_organisations"], rows()[year]["seminar_people"]) == (1, 3, 35), "what is planned does not count"
    call("POST", f"{HERE}/{second}/hold", {})
    y = rows()
    assert sorted(y) == [year - 2, year - 1, year] and (y[year]["seminars"], y[year]["seminar_organisations"], y[year]["seminar_people"]) == (2, 3, 40), y
    assert (y[year - 2]["seminars"], y[year - 1]["seminars"], y[year - 2]["joined"]) == (1, 0, 0), y
    for at in y:
        held = call("GET", f"{HERE}?state=held&year={at}")["items"]
        parts = call("GET", f"{HERE}/parts?year={at}")["items"]
        assert (len(held), len(parts), sum(p["people"] for p in parts)) == (y[at]["seminars"], y[at]["seminar_organisations"], y[at]["seminar_people"]), (held, parts)
        assert sum(s["people"] for s in held) == y[at]["seminar_people"], held
        assert call("GET", f"{HERE}?state=held&year={at - 1911}")["items"] == held
    (north,) = [p for p in call("GET", f"{HERE}/parts?year={year}")["items"] if p["name"] == "北大學"]
    assert (north["seminars"], north["people"]) == (2, 17), north
    assert {s["title"] for s in call("GET", f"{HERE}?unit={north['unit']}")["items"]} == {"通報宣導講習", "工作坊"}
    assert [s["title"] for s in call("GET", f"{HERE}?kind=workshop")["items"]] == ["工作坊"]
    for bad in ("kind=x", "state=x", "year=x", "year=9", "after=x"):
        call("GET", f"{HERE}?{bad}", status=(400,))
    page = node.local("GET", "/statistics").body.decode()
    links = {link.replace("&amp;", "&") for link in re.findall(r'href="(/seminars[^"]*\d{4})"', page)}
    assert links == {f"/seminars?state=held&year={year - 2}", f"/seminars?state=held&year={year}", f"/seminars/parts?year={year}"}, links
    for link in links:
        assert node.local("GET", link).status == 200, link
    assert "北大學" in node.local("GET", f"/seminars/parts?year={year}").body.decode()
    assert "本年度尚未辦理" not in node.local("GET", "/seminars").body.decode()
    seen, after = [], ""
    while True:
        p = call("GET", f"{HERE}?limit=2" + (f"&after={after}" if after else ""))
        seen += [s["id"] for s in p["items"]]
        after = p.get("next")
        if not after:
            break
    assert len(seen) == len(set(seen)) == 4, seen
    csv = node.local("GET", f"{HERE}?format=csv").body.decode("utf-8-sig").splitlines()
    assert csv[0].startswith("id,kind,title,state,") and any("颱風停班" in line for line in csv), csv
    assert "北大學,2,17" in node.local("GET", f"{HERE}/parts?year={year}&format=csv").body.decode("utf-8-sig")


@promise
def refusals():
    """what is wrong with a seminar is said in one sentence, and nothing of it is kept"""
    before = len(call("GET", HERE)["items"])
    for word, more in (("place or a link", {"place": ""}), ("https://", {"link": "javascript:alert(1)"}), ("zone", {"zone": "Mars"}), ("after it begins", {"ends": wall(now - 2 * hour)}), ("kind is", {"kind": "party"}),
                       ("within 3 days", {"ends": wall(now + 100 * hour)}), ("title", {"title": " "}), ("one line", {"place": "a\nb"}), ("誰", {"units": "誰"}), ("of that sector", {"sector": "defence"}),
                       ("about has", {"about": "長" * 1400}), ("at most 200", {"units": ",".join(f"u{i}" if i else "北大學" for i in [0] * 201)})):
        a = node.local("POST", HERE, plan(**more))
        assert a.status in (400, 409, 429) and word in a.json["detail"], (more, a.status, a.body)
    assert len(call("GET", HERE)["items"]) == before
    call("GET", f"{HERE}/none", status=(404,))


@promise
def rights():
    """who may read incidents reads seminars and changes none; a tenant's people reach none of them, by no door"""
    global tenant
    tenant = call("POST", "/api/v1/tenants", {"name": "小醫院", "attribute": "enterprise-4"})["id"]
    call("POST", "/api/v1/users", {"name": "tom", "password": "a long enough one", "roles": "admin", "tenant": tenant})
    call("POST", "/api/v1/users", {"name": "rae", "password": "a long enough one", "roles": "reader"})
    tom, rae = (Person(node, n, "a long enough one") for n in ("tom", "rae"))
    for path in ("/seminars", f"/seminars/{seminar}", "/seminars/parts"):
        assert rae.get(path).status == 200 and tom.get(path).status == 403, path
    page = rae.get(f"/seminars/{seminar}")
    assert not [f for f in page.forms if "act" in f.fields], page.text
    token = call("POST", "/api/v1/tokens", {"account": "rae", "label": "r", "roles": "reader"})["token"]
    for path in ("", f"/{seminar}/hold", f"/{seminar}/attendance", f"/{seminar}/invite"):
        assert node.request("POST", HERE + path, plan(), {"Authorization": "Bearer " + token}, auth=False).status == 403, path


@promise
def shown():
    """seminars are entered, invited to, attended and closed on the console's pages, a refused form keeps what was typed, and all is there on the command line"""
    call("POST", "/api/v1/users", {"name": "ann", "password": "a long enough one", "roles": "analyst"})
    ann = Person(node, "ann", "a long enough one")
    form = [f for f in ann.get("/seminars").forms if "title" in f.fields][0]
    page = ann.send(form, title="南部場", kind="seminar", begins=wall(now - hour), ends=wall(now + hour), place="", link="", about="長話短說", units="南大學")
    again = [f for f in page.forms if "title" in f.fields][0]
    assert page.status == 400 and "請填寫地點或連結" in page.text and again.fields["about"] == "長話短說" and again.fields["units"] == "南大學", page.text
    page = ann.send(again, place="台南")
    assert page.status == 200 and "南部場" in page.text and "邀請 1 個機關" in page.text, page.text
    ids = re.findall(r' id="([^"]+)"', page.text)
    assert len(ids) == len(set(ids)), sorted(ids)
    act = lambda page, name: [f for f in page.forms if f.fields.get("act") == name][0]
    page = ann.send(act(page, "attend"), unit="沒有", people="3")
    assert page.status == 400 and "聯絡網中沒有「沒有」這個機關" in page.text and act(page, "attend").fields["people"] == "3", page.text
    page = ann.send(act(page, "attend"), unit="南大學", people="3")
    page = ann.send(act(page, "import"), csv="單位全銜,人數\n北大學,x\n")
    assert page.status == 400 and "第 2 行" in page.text, page.text
    page = ann.send(act(page, "import"), csv="單位全銜,人數\n北大學,4\n")
    page = ann.send(act(page, "hold"), result="順利")
    assert "已辦理" in page.text and "參加 2 個機關、7 人" in page.text and "順利" in page.text and not [f for f in page.forms if f.fields.get("act") == "change"], page.text
    assert act(page, "hold").fields["result"] == "順利", "what came of it is corrected, not written anew"
    raw = node.local("GET", f"{HERE}/{seminar}/calendar")
    lines = raw.body.replace(b"\r\n ", b"").decode().split("\r\n")
    assert b"text/calendar" in raw.headers and "METHOD:PUBLISH" in lines and not value(lines, "ATTENDEE"), raw
    run = lambda verb, *w: subprocess.run([BIN, "seminar", verb, "-c", node.directory / "lianfang.ini", *w], capture_output=True, text=True)
    said = run("add", "命令列的", "workshop", wall(now - hour), wall(now + hour), "台中", "academia")
    assert said.returncode == 0, said
    new = re.search(r"[0-9a-f-]{36}", said.stdout)[0]
    path = pathlib.Path(scratch()) / "came.csv"
    path.write_text("oid,organisation,people\n2.16.886.1,,9\n")
    for verb, words in (("invite", ("", "綠水電力")), ("import", (str(path),)), ("attend", ("南大學", "2")), ("hold", ("好",))):
        said = run(verb, new, *words)
        assert said.returncode == 0, (verb, said)
    x = call("GET", f"{HERE}/{new}")
    assert (x["state"], x["result"], x["invited"], x["organisations"], x["people"]) == ("held", "好", 3, 2, 11), x
    assert "命令列的" in run("year", str(year)).stdout and "北大學" in run("parts", str(year)).stdout and "命令列的" in run("export").stdout


done()
