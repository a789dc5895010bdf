#!/usr/bin/env python3
"""Report forms through the real node: filled in, checked, signed, followed up, finished."""
import datetime
import html
import pathlib
import re
import sys
import urllib.parse

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "lib"))
from lf import *

node = Node.throwaway()


def ago(**kw):
    return (datetime.datetime.now(datetime.timezone.utc) - datetime.timedelta(**kw)).strftime("%Y-%m-%dT%H:%M:%SZ")


def local(**kw):
    """As a browser sends a time of Taipei."""
    return (datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(hours=8) - datetime.timedelta(**kw)).strftime("%Y-%m-%dT%H:%M")


def first(**more):
    return {"aware_at": ago(minutes=10), "category": "web_defaced", "description": "首頁遭置換", "affects": "no",
            "asset": "core", "leak": "none", "tamper": "minor", "outage_min": 0, **more}


def send(values, stage="first", **more):
    return node.post("/api/v1/reports", {"stage": stage, "values": values, **more})


def full(incident):
    return node.get(f"/api/v1/incidents/{incident}").json


def kinds(incident):
    return [e["kind"] for e in full(incident)["events"]]


def form(path, fields):
    return node.post(path, urllib.parse.urlencode(fields).encode(), headers={"Content-Type": "application/x-www-form-urlencoded"})


@promise
def a_first_report_is_signed_with_all_that_was_filled_in_and_its_level():
    """a first report is recorded with every answer, and its level follows from them"""
    r = send(first(host_ip="192.0.2.10", contact_phone="02-2345-6789", mtpd_min=60))
    assert r.status == 201, r.body
    x = full(r.json["id"])
    assert x["incident"]["level"] == 2 and x["incident"]["title"] == "網頁置換" and x["incident"]["category"] == "web_defaced"
    reported = [e for e in x["events"] if e["kind"] == "reported"][0]
    assert reported["body"]["form"]["contact_phone"] == "02-2345-6789" and reported["body"]["judged"]["letter"] == "C"
    values = node.get(f"/api/v1/incidents/{r.json['id']}/report").json["values"]
    assert values["description"] == "首頁遭置換" and values["host_ip"] == "192.0.2.10" and values["mtpd_min"] == 60


@promise
def a_report_that_lacks_something_is_refused_with_the_field_and_nothing_is_kept():
    """what is wrong is said in both languages, with the field, and nothing is kept"""
    before = len(node.get("/api/v1/incidents").json["items"])
    v = first()
    del v["affects"]
    r = send(v)
    assert r.status == 422 and "affects" in r.json["detail"] and "是否影響其他機關" in r.json["detail"], r.body
    assert send(first(outage_min="many")).status == 422
    assert send(first(nonsense=1)).status == 422
    assert send(first(override="3")).status == 422  # without grounds
    r = send(first(aware_at=ago(hours=3)))
    assert r.status == 422 and "late_reason" in r.json["detail"], r.body
    assert len(node.get("/api/v1/incidents").json["items"]) == before


@promise
def a_late_report_says_why_and_one_s_own_judgement_its_grounds():
    """a late report carries its reason, a level by one's own judgement its grounds"""
    r = send(first(aware_at=ago(hours=3), late_reason="機房斷線", override="3", grounds="影響全縣"))
    assert r.status == 201, r.body
    x = full(r.json["id"])
    body = x["events"][-1]["body"]
    assert body["reason"] == "機房斷線" and body["channel"] == "platform"
    assert x["incident"]["level"] == 3 and body["judged"]["override"]["grounds"] == "影響全縣"
    assert body["judged"]["computed_level"] == 2


@promise
def a_report_by_telephone_fax_mail_or_paper_ends_in_the_same_record():
    """what comes by telephone, fax, mail or on paper ends in the same record, with who, how and why (R-065)"""
    for channel in ("telephone", "fax", "mail", "paper"):
        more = {"behalf_channel": channel, "behalf_who": "王小明 技士", "behalf_agency": "某鄉公所", "behalf_at": ago(minutes=5)}
        assert send(first(**more), behalf=True).status == 422  # why not on the platform
        r = send(first(late_reason="網路中斷", **more), behalf=True)
        assert r.status == 201, r.body
        body = full(r.json["id"])["events"][-1]["body"]
        assert body["channel"] == "other" and body["reason"] == "網路中斷"
        assert body["form"]["behalf_channel"] == channel and body["form"]["behalf_who"] == "王小明 技士"


@promise
def the_page_works_without_script_and_keeps_what_was_typed():
    """the first report is sent from one page without script; a refusal keeps what was typed"""
    page = node.get("/incidents/new").body.decode()
    form_ = page[page.index('<form class="stack report"'):]
    form_ = form_[:form_.index("</form>")]
    names = set(re.findall(r'name="([a-z_0-9]+)"', form_)) - {"csrf", "stage", "do", "draft"}
    required = {n for n in names if re.search(rf'name="{n}"[^>]*\brequired\b', page)}
    assert len(names) <= 25 and len(required) <= 8, (len(names), required)
    typed = {"stage": "first", "aware_at": local(minutes=3), "category": "intrusion_system", "description": "遠端登入 <b>異常</b>",
             "affects": "unsure", "asset": "core_ci", "leak": "none", "tamper": "serious", "outage_min": "十分", "mtpd_min": "",
             "do": "send"}
    r = form("/incidents/new", typed)
    text = r.body.decode()
    assert r.status == 422 and "&lt;b&gt;異常&lt;/b&gt;" in text and 'value="十分"' in text and 'id="outage_min-wrong"' in text, text
    typed["outage_min"] = "0"
    r = form("/incidents/new", dict(typed, do="level"))
    assert r.status == 200 and "第 4 級" in r.body.decode()
    before = len(node.get("/api/v1/incidents").json["items"])
    r = form("/incidents/new", typed)
    assert r.status == 200 or r.status == 303, r.body
    items = node.get("/api/v1/incidents").json["items"]
    assert len(items) == before + 1 and items[0]["level"] == 4 and items[0]["title"] == "系統遭入侵"


@promise
def the_later_reports_of_an_incident_are_forms_of_the_same_record():
    """a first report is edited, followed up and finished by forms; control and recovery are recorded with them (R-087, R-088, R-071)"""
    i = send(first()).json["id"]
    assert send({"agency": "某機關", "affects_sectors": ["water", "energy"], "tamper": "serious", "asset": "core", "leak": "none", "outage_min": 0}, "edit", incident=i).status == 201
    assert full(i)["incident"]["level"] == 3 and kinds(i)[-1] == "supplemented"
    r = send({"status": "controlled", "status_at": ago(minutes=1), "containment": ["isolated"], "description": "已隔離"}, "follow", incident=i)
    assert r.status == 201, r.body
    assert kinds(i)[-2:] == ["followed_up", "controlled"] and full(i)["incident"]["handling"] == "controlled"
    short = {"impact": "無外洩", "status_at": ago(minutes=1), "cause": "app_hole", "solution": "更新"}
    r = send(short, "final", incident=i)
    assert r.status == 422 and "結報" in r.json["detail"], r.body  # level 3 wants the long one
    assert send(short, "final_major", incident=i).status == 422
    long = dict(short, investigation="…", cause_text="…", improve_management="…", improve_technical="…", improve_schedule="…")
    assert send(long, "final_major", incident=i).status == 201
    assert full(i)["incident"]["handling"] == "final"
    values = node.get(f"/api/v1/incidents/{i}/report").json["values"]
    assert values["agency"] == "某機關" and values["containment"] == ["isolated"] and values["cause"] == "app_hole"
    assert values["description"] == "首頁遭置換"  # a follow-up's text is an entry of its own


@promise
def a_short_final_report_ends_what_was_not_yet_said_to_be_recovered():
    """a final report of level 1-2 is short, and says the recovery if nobody had"""
    i = send(first()).json["id"]
    assert send({"impact": "無", "status_at": ago(minutes=1), "cause": "human", "solution": "重設"}, "final", incident=i).status == 201
    assert kinds(i)[-2:] == ["recovered", "final_submitted"]


@promise
def the_form_is_the_same_data_everywhere():
    """the form in force is data that programs can ask for: every field with its place on both paper forms"""
    f = node.get("/api/v1/report-form").json
    ids = {x["id"] for x in f["fields"]}
    assert {"behalf_channel", "cause", "system_grade", "letter"} <= ids and f["id"] == "tw-2026"
    assert sum("2001" in x["papers"] for x in f["fields"]) >= 20 and sum("six-step" in x["papers"] for x in f["fields"]) >= 40



@promise
def every_report_has_a_number_of_its_year_and_exercises_count_by_themselves():
    """every report has a serial number of its year, signed with it; exercises count by themselves (R-039)"""
    def number(**more):
        i = send(first(**more)).json["id"]
        body = [e for e in full(i)["events"] if e["kind"] == "reported"][0]["body"]
        assert node.get(f"/api/v1/incidents/{i}/report").json["number"] == body["number"]
        return body["number"]
    drill = node.exercise()
    a, b, x, y, c = number(), number(), number(exercise=drill), number(exercise=drill), number(exercise="none")
    split = [n.rsplit("-", 1) for n in (a, b, c)]
    assert len({year for year, _ in split}) == 1 and re.fullmatch(r"20\d\d-\d{6}", a), a
    assert [int(n) - int(split[0][1]) for _, n in split] == [0, 1, 2], (a, b, c)
    assert x.startswith("EX-20") and int(y.rsplit("-", 1)[1]) == int(x.rsplit("-", 1)[1]) + 1, (x, y)


@promise
def a_sector_adds_its_fields_as_data():
    """a sector's fields are added as data, asked for and checked like any other; what does not fit is refused whole"""
    add = {"format": "lianfang-form/1", "steps": [{"id": "water", "zh": "水資源領域", "en": "Water sector"}],
           "fields": [{"id": "water_plant", "step": "water", "type": "line", "zh": "淨水場", "en": "Water works",
                       "stages": ["first"], "required": ["first"]}]}
    put = lambda body: node.request("PUT", "/api/v1/report-form/additions/water", body)
    assert put(dict(add, fields=[dict(add["fields"][0], id="title")])).status == 409
    assert put(dict(add, fields=[dict(add["fields"][0], type="file")])).status == 400
    r = put(add)
    assert r.status == 204, r.body
    assert "淨水場" in node.get("/incidents/new").body.decode()
    assert send(first()).status == 422
    i = send(first(water_plant="直潭")).json["id"]
    assert node.get(f"/api/v1/incidents/{i}/report").json["values"]["water_plant"] == "直潭"
    assert node.request("DELETE", "/api/v1/report-form/additions/water").status == 204
    assert send(first()).status == 201


@promise
def found_by_number():
    """an incident is found by the number of its report, in the API, the console's list and on the command line, and no other with it"""
    a, b = send(first()).json["id"], send(first()).json["id"]
    number = node.get(f"/api/v1/incidents/{a}/report").json["number"]
    assert number and number != node.get(f"/api/v1/incidents/{b}/report").json["number"]
    assert [i["id"] for i in node.get(f"/api/v1/incidents?q={number}").json["items"]] == [a]
    page = node.get(f"/incidents?q={number}").body.decode()
    assert f'/incidents/{a}"' in page and f'/incidents/{b}"' not in page
    assert [i["id"] for i in node.get(f"/api/v1/incidents?q={number}&level=4").json["items"]] == []
    assert node.get("/api/v1/incidents?q=2099-000001").json["items"] == []


@promise
def a_draft_is_found_again_after_a_crash_by_its_author_alone():
    """a draft kept as typed, right or wrong, is found again after kill -9 by its author alone, and goes when it is sent"""
    where = scratch()
    n = Node.serve(where)
    def token(name, roles="reporter"):
        assert n.local("POST", "/api/v1/users", {"name": name, "roles": roles, "password": "a long enough one"}).status == 201
        r = n.local("POST", "/api/v1/tokens", {"account": name, "label": name, "roles": roles})
        assert r.status == 201, r.body
        return {"Authorization": "Bearer " + r.json["token"]}
    ann, bob = token("ann"), token("bob")
    kind = {"Content-Type": "application/x-www-form-urlencoded"}
    draft = "0f0e0d0c-1111-4222-8333-444455556666"
    typed = {"stage": "first", "draft": draft, "title": "半夜的草稿", "description": "還沒寫完", "outage_min": "約十分"}
    body = urllib.parse.urlencode(typed).encode()
    r = n.post("/reports/drafts", body, headers={**ann, **kind})
    assert r.status == 204, r.body
    assert n.post("/reports/drafts", body, headers={**bob, **kind}).status == 404
    for pid in [*children(n.process.pid), n.process.pid]:
        os.kill(pid, signal.SIGKILL)
    n.process.wait(10)
    n = Node.serve(where)
    assert [d["title"] for d in n.get("/api/v1/report-drafts", headers=ann).json["items"]] == ["半夜的草稿"]
    assert n.get("/api/v1/report-drafts", headers=bob).json["items"] == []
    assert "半夜的草稿" in n.get("/incidents/new", headers=ann).body.decode()
    page = n.get(f"/incidents/new?draft={draft}", headers=ann).body.decode()
    assert "還沒寫完" in page and 'value="約十分"' in page and draft in page
    assert n.get(f"/incidents/new?draft={draft}", headers=bob).status == 404
    whole = {"stage": "first", "draft": draft, "aware_at": local(minutes=3), "category": "other", "description": "寫完了",
             "affects": "no", "asset": "noncore", "leak": "none", "tamper": "none", "outage_min": "0", "do": "send"}
    r = n.post("/incidents/new", urllib.parse.urlencode(whole).encode(), headers={**ann, **kind})
    assert r.status in (200, 303), r.body
    assert n.get("/api/v1/report-drafts", headers=ann).json["items"] == []


@promise
def drafts_of_later_reports():
    """a later report saved or kept while it is typed is found again with what was typed and what its author saw; over the API drafts are made, written anew, read and thrown away"""
    n = Node.serve(scratch())
    whole = first(description="網站異常")
    r = n.local("POST", "/api/v1/reports", {"values": whole})
    assert r.status == 201, r.body
    made = r.json["id"]
    def token(name, roles="reporter,analyst"):
        assert n.local("POST", "/api/v1/users", {"name": name, "roles": roles, "password": "a long enough one"}).status == 201
        r = n.local("POST", "/api/v1/tokens", {"account": name, "label": name, "roles": roles})
        assert r.status == 201, r.body
        return {"Authorization": "Bearer " + r.json["token"]}
    ann, bob = token("ann"), token("bob")
    kind = {"Content-Type": "application/x-www-form-urlencoded"}
    at = f"/incidents/{made}/report"
    hidden = lambda page: {k: html.unescape(v) for k, v in re.findall(r'type="hidden" name="([a-z]+)" value="([^"]*)"', page)}
    post = lambda to, fields, who=ann: n.post(to, urllib.parse.urlencode(fields).encode(), headers={**who, **kind})

    # by the page's button, without script
    own = hidden(n.get(f"{at}?stage=follow", headers=ann).body.decode())
    assert own["draft"] and own["base"], own
    assert post(at, {**own, "do": "save", "measures": "還在查第三台主機"}).status in (200, 303)
    # what somebody else adds meanwhile does not become what the author saw
    assert n.local("POST", "/api/v1/reports", {"stage": "edit", "incident": made, "values": {**whole, "description": "網站異常，已下線"}}).status == 201
    page = n.get(f"{at}?stage=follow&draft={own['draft']}", headers=ann).body.decode()
    assert "還在查第三台主機" in page and ">null<" not in page and 'value="null"' not in page, page
    assert hidden(page)["base"] == own["base"] and hidden(page)["draft"] == own["draft"]
    assert hidden(n.get(f"{at}?stage=follow", headers=ann).body.decode())["base"] != own["base"]
    # by its script
    assert post("/reports/drafts", {**own, "measures": "第三台也查完了"}).status == 204
    assert "第三台也查完了" in n.get(f"{at}?stage=follow&draft={own['draft']}", headers=ann).body.decode()
    assert n.get(f"/incidents/new?draft={own['draft']}", headers=ann).status == 404
    assert n.get(f"{at}?stage=follow&draft={own['draft']}", headers=bob).status == 404

    # over the API
    drafts = "/api/v1/report-drafts"
    got = n.get(f"{drafts}/{own['draft']}", headers=ann).json
    assert (got["stage"], got["incident"], got["values"]["measures"], " ".join(got["base"])) == ("follow", made, "第三台也查完了", own["base"]), got
    r = n.post(drafts, {"values": {"title": "半夜", "outage_min": "約十分"}, "behalf": True, "alert": "a-1"}, headers=bob)
    assert r.status == 201, r.body
    one = f"{drafts}/{r.json['id']}"
    got = n.get(one, headers=bob).json
    assert (got["title"], got["stage"], got["behalf"], got["alert"], got["values"]["outage_min"]) == ("半夜", "first", True, "a-1", "約十分"), got
    page = n.get(f"/incidents/new?behalf=1&draft={r.json['id']}", headers=bob).body.decode()
    assert hidden(page)["alert"] == "a-1" and 'value="約十分"' in page, hidden(page)
    assert n.get(one, headers=ann).status == 404 and n.request("PUT", one, {"values": {}}, headers=ann).status == 404
    assert n.request("PUT", one, {"values": {"title": "清晨"}, "behalf": True}, headers=bob).status == 204
    got = n.get(one, headers=bob).json
    assert got["title"] == "清晨" and got["alert"] == "a-1", got
    for wrong in ({"values": {}, "stage": "follow"}, {"values": {}, "incident": made}, {"values": []}, {}, {"values": {}, "base": ["a b"]},
                  {"values": {}, "stage": "behalf"}, {"values": {"description": "長" * 40000}}):
        assert n.post(drafts, wrong, headers=bob).status in (400, 413, 422), wrong
    assert n.request("DELETE", one, headers=ann).status == 204 and n.get(one, headers=bob).status == 200
    assert n.request("DELETE", one, headers=bob).status == 204 and n.get(one, headers=bob).status == 404
    n.close()


done()
