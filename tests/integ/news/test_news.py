#!/usr/bin/env python3
"""News at the desk: what sites give becomes items, items become warnings, and what came of them is counted."""
import csv
import email.utils
import hashlib
import html
import http.server
import io
import json
import pathlib
import subprocess
import sys
import threading
import time
import uuid

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "lib"))
from lf import *


class Site:
    """Paths that answer with bytes, and know their own ETag."""

    def __init__(self):
        site = self
        self.at, self.seen = {}, []

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self):
                site.seen.append((self.path, dict(self.headers)))
                what = site.at.get(self.path, b"")
                tag = '"' + hashlib.sha256(what).hexdigest()[:16] + '"'
                same = self.headers.get("If-None-Match") == tag
                self.send_response(304 if same else 200 if what else 503)
                self.send_header("ETag", tag)
                if not same:
                    self.send_header("Content-Length", str(len(what)))
                self.end_headers()
                if not same:
                    self.wfile.write(what)

            def log_message(self, *_):
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        self.url = f"http://127.0.0.1:{self.server.server_address[1]}"


node = Node.serve(scratch())


def person(name, roles):
    assert node.local("POST", "/api/v1/users", {"name": name, "roles": roles, "password": "a long enough password"}).status == 201
    a = node.local("POST", "/api/v1/tokens", {"account": name, "label": name, "roles": roles})
    assert a.status == 201, a.body
    return a.json["token"]


node.token, eve = person("ann", "analyst"), person("eve", "reader")
site = Site()
NOW = time.time()


def rss(*items):
    return ("<?xml version='1.0' encoding='UTF-8'?><rss version='2.0'><channel><title>漏洞通告</title>"
            + "".join(f"<item><title>{t}</title><link>{l}</link><description>{d}</description><guid>{l}</guid><pubDate>"
                      f"{email.utils.formatdate(NOW - ago)}</pubDate></item>" for t, l, d, ago in items) + "</channel></rss>").encode()


def atom(*items):
    return ("<feed xmlns='http://www.w3.org/2005/Atom'><title>ISAC</title>"
            + "".join(f"<entry><title>{t}</title><id>{l}</id><link href='{l}'/><summary type='html'>{d}</summary><updated>"
                      f"{time.strftime('%Y-%m-%dT%H:%M:%SZ', time.gmtime(NOW - ago))}</updated></entry>" for t, l, d, ago in items) + "</feed>").encode()


def feed(name, path, **more):
    a = node.post("/api/v1/feeds", {"name": name, "url": site.url + path, "every": "0", "private": True, **more})
    assert a.status == 201, (a.status, a.body)
    return a.json["id"]


def run(id):
    was = node.get(f"/api/v1/feeds/{id}").json
    assert node.post(f"/api/v1/feeds/{id}/run").status == 202

    def ended():
        f = node.get(f"/api/v1/feeds/{id}").json
        return f if (f.get("ok"), f["failures"]) != (was.get("ok"), was["failures"]) else None

    return until(f"the run of {was['name']}", ended)


def items(query=""):
    a = node.get("/api/v1/news" + query)
    assert a.status == 200, (a.status, a.body)
    return a.json["items"]


def titled(title):
    found = [x for x in items("?q=" + title.replace(" ", "%20")) if x["title"] == title]
    assert len(found) == 1, (title, found)
    return found[0]


def show(id):
    return node.get("/api/v1/news/" + id).json


def act(id, **what):
    return node.post("/api/v1/news/" + id, what)


FEEDS = {}


@promise
def feeds_of_sites():
    """RSS and Atom become items of plain text; asked again nothing is new, and a broken one is told and rests"""
    site.at["/rss"] = rss(("Pump controller flaw", "https://cert.example/1", "&lt;p&gt;Remote &lt;b&gt;code&lt;/b&gt;&lt;script&gt;x()&lt;/script&gt; CVE-2026-4001&lt;/p&gt;", 7200),
                          ("Long ago", "https://cert.example/0", "old", 90 * 86400))
    site.at["/atom"] = atom(("Controllers exploited", "https://isac.example/a", "cve-2026-4001 is used", 3600),
                            ("Report on trends", "https://isac.example/b", "ransomware", 600))
    FEEDS["rss"] = feed("漏洞通告", "/rss", format="rss")
    FEEDS["atom"] = feed("abroad", "/atom", format="rss")
    f = run(FEEDS["rss"])
    assert f["state"] == "ok" and f["last"]["new"] == 1 and f["last"]["same"] == 1, f
    f = run(FEEDS["atom"])
    assert f["last"]["new"] == 2, f
    x = titled("Pump controller flaw")
    assert x["summary"] == "Remote code CVE-2026-4001" and x["cves"] == ["CVE-2026-4001"] and x["state"] == "new", x
    one = show(x["id"])
    assert [s["name"] for s in one["from"]] == ["漏洞通告", "abroad"] and one["sources"] == 2, one
    assert len(items()) == 2 and len(items("?cve=CVE-2026-4001")) == 1 and len(items("?source=abroad")) == 2
    assert len(items("?source=abroad&first=1")) == 1
    f = run(FEEDS["rss"])
    assert f["last"]["new"] == 0 and len(items()) == 2, f
    site.at["/bad"] = b"<!DOCTYPE rss [<!ENTITY a 'b'>]><rss><channel/></rss>"
    f = run(feed("bad", "/bad", format="rss"))
    assert f["state"] != "ok" and "document type" in f["trouble"], f


@promise
def objects_of_feeds():
    """an advisory in CSAF and an entry of a list of exploited vulnerabilities are items too, which lead to what is stored; of an exercise there is none"""
    day = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(NOW - 5000))
    site.at["/csaf"] = json.dumps({"document": {"category": "csaf_security_advisory", "csaf_version": "2.0", "title": "Valve firmware", "lang": "en",
                                                "publisher": {"category": "vendor", "name": "Valves", "namespace": "https://valves.example"},
                                                "notes": [{"category": "summary", "text": "An attacker opens valves."}],
                                                "references": [{"category": "self", "summary": "page", "url": "https://valves.example/sa-1"}],
                                                "tracking": {"id": "SA-1", "status": "final", "version": "1", "initial_release_date": day, "current_release_date": day,
                                                             "revision_history": [{"date": day, "number": "1", "summary": "first"}]}},
                                   "vulnerabilities": [{"cve": "CVE-2026-5001", "title": "one"}]}).encode()
    kev = {"title": "catalogue", "catalogVersion": "1", "dateReleased": day, "count": 2,
           "vulnerabilities": [{"cveID": "CVE-2026-5001", "vendorProject": "Valves", "product": "V1", "vulnerabilityName": "Valve RCE", "dateAdded": day[:10],
                                "shortDescription": "It is used.", "requiredAction": "Update.", "dueDate": day[:10]},
                               {"cveID": "CVE-2019-0001", "vendorProject": "Old", "product": "O", "vulnerabilityName": "Old", "dateAdded": "2021-11-03",
                                "shortDescription": "Old.", "requiredAction": "Update.", "dueDate": "2021-12-03"}]}
    site.at["/kev"] = json.dumps(kev).encode()
    f = run(feed("vendor", "/csaf", format="csaf"))
    assert f["state"] == "ok", f
    run(feed("exploited", "/kev", format="kev"))
    drill = {"type": "report", "spec_version": "2.1", "id": f"report--{uuid.uuid4()}", "created": day, "modified": day, "published": day, "name": "Drill: valves",
             "labels": ["exercise"], "object_refs": [f"identity--{uuid.uuid4()}"]}
    site.at["/drill"] = json.dumps({"type": "bundle", "id": f"bundle--{uuid.uuid4()}", "objects": [drill]}).encode()
    f = run(feed("drill", "/drill", format="stix"))
    assert f["last"]["new"] == 1 and not items("?q=Drill"), f
    x = titled("Valve firmware")
    one = show(x["id"])
    assert x["cves"] == ["CVE-2026-5001"] and x["exploited"] and [s["name"] for s in one["from"]] == ["vendor", "exploited"], one
    assert one["from"][0]["link"] == "https://valves.example/sa-1"
    for s in one["from"]:
        assert node.get("/api/v1/provenance/" + s["object"]).status == 200, s
    assert len(items()) == 3 and [i["id"] for i in items("?exploited=1")] == [x["id"]]


@promise
def by_hand():
    """a person enters what a paper or a letter says; what is there already gets another source, and a wrong field is refused in a sentence"""
    a = node.post("/api/v1/news", {"title": "水廠遭入侵", "source": "日報", "link": "https://daily.example/x", "summary": "版本 < 2.0 受影響", "country": "TW"})
    assert a.status == 201 and not a.json["joined"], a.body
    again = node.post("/api/v1/news", {"title": "Else", "source": "partner's mail", "link": "http://daily.example/x/"})
    assert again.status == 201 and again.json == {"id": a.json["id"], "joined": True}, again.body
    assert show(a.json["id"])["summary"] == "版本 < 2.0 受影響"
    secret = node.post("/api/v1/news", {"title": "水廠遭入侵", "source": "letter", "link": "https://daily.example/x", "tlp": "amber"})
    assert secret.status == 201 and not secret.json["joined"], secret.body
    for wrong in ({"title": "x", "source": "y"}, {"title": "x", "source": "y", "link": "javascript:alert(1)"}, {"title": "x", "source": "y", "summary": "z", "country": "Japan"}):
        a = node.post("/api/v1/news", wrong)
        assert a.status == 400, (wrong, a.status, a.body)
    assert node.get("/api/v1/news?cve=x").status == 400 and node.get("/api/v1/news?state=x").status == 400


@promise
def triage():
    """an item is assessed by the matrix, dropped, watched and reopened; who has not seen another's work does not undo it"""
    id = titled("Report on trends")["id"]
    assert act(id, act="draft", kind="ANA").status == 409
    judged = dict(act="assess", relevance="indirect", likelihood="medium", impact="high", text="近期勒索軟體增加", sectors="utilities,energy")
    assert act(id, **judged, base=0).status == 204
    assert act(id, **judged, base=0).status == 409
    x = show(id)
    assert x["severity"] == "high" and x["sectors"] == ["energy", "utilities"] and x["state"] == "assessed" and x["entries"] == 1, x
    assert x["history"][0]["detail"]["severity"] == "high"
    assert act(id, act="drop", text="").status == 400
    assert act(id, act="drop", text="與本領域無關").status == 204 and show(id)["state"] == "dropped"
    assert act(id, act="watch", until="2020-01-01T00:00:00Z").status == 400
    soon = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(time.time() + 86400))
    assert act(id, act="watch", until=soon, text="待廠商更新").status == 204 and show(id)["until"][:19] == soon[:19]
    assert id not in [i["id"] for i in items("?state=open")]
    assert act(id, act="reopen", text="更新已出").status == 204 and show(id)["state"] == "assessed"
    assert [h["act"] for h in show(id)["history"]] == ["assess", "drop", "watch", "reopen"]
    site.at["/late"] = atom(("Report on trends", "https://isac.example/b", "more", 60))
    run(feed("late", "/late", format="rss"))
    assert show(id)["grown"] and id in [i["id"] for i in items("?grown=1")]


@promise
def a_warning():
    """an assessed item becomes a draft with its text, ids, links and sectors, and shows when the warning was out and how long that took"""
    id = titled("Valve firmware")["id"]
    assert act(id, act="assess", relevance="direct", likelihood="high", impact="high", text="三座淨水場使用", sectors="utilities").status == 204
    a = act(id, act="draft", kind="EWA", base=1)
    assert a.status == 200, a.body
    advisory = "/api/v1/advisories/" + a.json["advisory"]
    form = node.get(advisory).json["form"]
    assert form["title"] == "Valve firmware" and form["cve"] == ["CVE-2026-5001"] and form["severity"] == "critical" and form["sectors"] == ["utilities"], form
    assert form["references"] == ["https://valves.example/sa-1"] and "三座淨水場使用" in form["description"] and "report--" in form["description"], form
    assert act(id, act="drop", text="x").status == 409 and act(id, act="draft", kind="EWA").status == 409
    assert show(id)["state"] == "drafted"
    form.update(measures="更新韌體", tlp="green")
    assert node.request("PUT", advisory, {"form": form}).status < 300
    assert node.post(advisory + "/submit").status == 204
    a = node.local("POST", advisory + "/publish", {})
    assert a.status == 204, a.body
    x = show(id)
    assert x["state"] == "warned" and x["warned"] and 0 < x["took_s"] < 86400, x
    assert act(id, act="reopen", text="x").status == 409 and act(id, act="note", text="已通知成員").status == 204 and show(id)["state"] == "warned"


@promise
def counts():
    """counts by year, month, source and country are those of the lists they open, and all goes out as CSV"""
    assert node.post("/api/v1/partners", {"name": "Vendor", "country": "US", "kind": "vendor", "feed": "vendor"}).status == 201
    c = node.get("/api/v1/news-counts").json
    assert c["all"]["came"] == len(items()) and c["all"]["warned"] == 1 and c["all"]["assessed"] == 2, c
    assert c["all"]["median_s"] == show(titled("Valve firmware")["id"])["took_s"]
    assert c["foreign"]["came"] == len(items("?country=foreign")) == 1 and c["domestic"]["came"] == len(items("?country=TW")) == 1, c
    for s in c["sources"]:
        assert s["came"] == len(items(f"?source={s['source']}&first=1")), s
        assert s["warned"] == len(items(f"?source={s['source']}&first=1&did=warned")), s
    month = node.get("/api/v1/news-counts?year=" + str(c["periods"][0]["year"])).json["periods"][0]
    assert month["came"] == c["all"]["came"] or len(node.get("/api/v1/news-counts?year=" + str(c["periods"][0]["year"])).json["periods"]) > 1
    rows = list(csv.reader(io.StringIO(node.get("/api/v1/news?format=csv").body.decode("utf-8-sig"))))
    assert len(rows) == len(items()) + 1 and all(len(r) == len(rows[0]) for r in rows)


def page(path, lang):
    a = node.local("GET", path + ("&" if "?" in path else "?") + "lang=" + lang)
    assert a.status == 200, (path, a.status, a.body[:400])
    return html.unescape(a.body.decode())


@promise
def who_may():
    """a reader reads and does nothing, who is not known sees nothing, and pages say the same in Chinese and English"""
    id = titled("Valve firmware")["id"]
    by = {"headers": {"Authorization": "Bearer " + eve}}
    assert node.get("/api/v1/news/" + id, **by).status == 200 and node.get("/api/v1/news/none", **by).status == 404
    assert node.post("/api/v1/news/" + id, {"act": "note", "text": "x"}, **by).status == 403 and node.post("/api/v1/news", {"title": "x", "source": "y", "summary": "z"}, **by).status == 403
    assert node.request("GET", "/api/v1/news", auth=False).status == 401
    for lang, words in (("zh", ("情資研判", "已發布預警", "待處理")), ("en", ("News", "Warned of", "Waits for the desk"))):
        assert all(w in page("/news", lang) for w in words), [w for w in words if w not in page("/news", lang)]
    assert "三座淨水場使用" in page("/news/" + id, "zh") and "From publication to warning" in page("/news/" + id, "en")
    assert "國外" in page("/news-counts", "zh") and "Median" in page("/news-counts?year=" + time.strftime("%Y", time.gmtime(NOW + 8 * 3600)), "en")


@promise
def by_command():
    """the command line lists, enters, assesses, drafts and counts"""
    def cli(*words):
        r = subprocess.run([BIN, "news", words[0], "--data", str(node.directory / "data"), *words[1:]], capture_output=True, text=True, timeout=30)
        assert r.returncode == 0, (words, r.stdout, r.stderr)
        return r.stdout

    id = cli("add", "By command", "mail", "", "CVE-2026-7001").split()[0]
    assert id in cli("cve", "CVE-2026-7001") and id in cli("list")
    cli("assess", id, "direct", "low", "high", "none of ours", "energy", "0")
    assert show(id)["severity"] == "medium"
    cli("drop", id, "nothing")
    assert "By command" in cli("export") and "came" in cli("counts") and id not in cli("list")


node.close()
done()
