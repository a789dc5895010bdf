#!/usr/bin/env python3
"""The report form on paper: an incident's, and a blank one to be filled in by hand."""
import html
import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "lib"))
from lf import *

node = Node.serve(scratch())


def page(path, lang="zh", **kw):
    r = node.local("GET", path + ("&" if "?" in path else "?") + "lang=" + lang)
    assert r.status == 200, (r.status, r.body)
    return html.unescape(r.body.decode())


@promise
def blank():
    """the blank form has every question of a first report, in both languages, its choices as boxes to tick and no answer"""
    fields = [f for f in node.local("GET", "/api/v1/report-form").json["fields"] if {"first", "behalf"} & set(f["stages"])]
    assert len(fields) > 20
    for lang in ("zh", "en"):
        text = page("/report-form/print", lang)
        for f in fields:
            assert f[lang] in text, f
            for c in f.get("choices", []):
                assert "☐ " + c[lang] in text, c


@promise
def filled():
    """an incident's sheet has what was filled in, its number and level, in the words of the form"""
    r = node.local("POST", "/api/v1/reports", {"stage": "first", "values": {
        "aware_at": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()), "category": "web_defaced", "description": "首頁 <b>遭置換</b>",
        "affects": "no", "asset": "core", "leak": "none", "tamper": "minor", "outage_min": 0, "contact_phone": "02-2345-6789"}})
    assert r.status == 201, r.body
    i = r.json["id"]
    raw = node.local("GET", f"/incidents/{i}/print").body.decode()
    text = page(f"/incidents/{i}/print")
    number = [e for e in node.local("GET", f"/api/v1/incidents/{i}").json["events"] if e["kind"] == "reported"][0]["body"]["number"]
    assert "&lt;b&gt;遭置換" in raw and "網頁置換" in text and "02-2345-6789" in text and number in text and "☐" not in text
    assert f"/incidents/{i}/print" in page(f"/incidents/{i}") and "/report-form/print" in page("/incidents/new")


done()
