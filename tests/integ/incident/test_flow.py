#!/usr/bin/env python3
"""The flow chart of reporting and response (通報應變流程圖): drawn from the rules that the program applies."""
import html
import json
import pathlib
import re
import signal
import sys
import xml.etree.ElementTree

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "lib"))
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "reference"))
import incident_reference as reference
from lf import *

node = Node.serve(scratch())
RULES = json.loads((ROOT / "rules/clock/tw-2026.json").read_text())
ROLES = {"zh": {"reporter": "通報人", "system": "系統自動", "reviewer": "審核者", "national": "國家層級審核者"},
         "en": {"reporter": "reporter", "system": "the system", "reviewer": "reviewer", "national": "national reviewer"}}


def page(path="/flow", lang="zh", n=node):
    r = n.local("GET", path + ("&" if "?" in path else "?") + "lang=" + lang)
    assert r.status == 200, (r.status, r.body)
    return r.body.decode()


def steps(text):
    """{state: {(act, state it leads to): the item's text}} of both tracks"""
    out = {}
    for state, rest in re.findall(r'<li data-state="(\w+)"[^>]*>(.*?)</ul></li>', text, re.S):
        out[state] = {(a, to): html.unescape(say) for a, to, say in re.findall(r'<li data-act="(\w+)" data-to="(\w+)">(.*?)</li>', rest)}
    return out


@promise
def as_the_rules():
    """every act that leads from a state is there with where it leads and who may at which level, as an independent writing-down of the rules has it, and no other"""
    want = {}
    for track in (reference.REVIEW_TRACK, reference.HANDLING_TRACK):
        for kind, states, to, who, major in track:
            for s in states.split():
                want.setdefault(s, {})
                if to:
                    want[s][kind, to] = (who, major)
    for lang in ("zh", "en"):
        have = steps(page(lang=lang))
        assert {s: set(v) for s, v in have.items()} == {s: set(v) for s, v in want.items()}, (have, want)
        sep, say = ("、", "由 ") if lang == "zh" else (", ", "by ")
        for s, acts in want.items():
            for act, (who, major) in acts.items():
                names = lambda roles: sep.join(ROLES[lang][r] for r in ROLES[lang] if r in roles)
                lines = have[s][act].split("<br>")
                by = [line for line in lines[1:] if say in line and not re.match(r"[A-Z]\d", line)]
                assert by[0].endswith(say + names(who)) and len(by) == (1 if who == major else 2) and by[-1].endswith(say + names(major)), (s, act, lines)
        assert ("須審核已達「已轉報上級」" if lang == "zh" else "only when review is: Forwarded") in have["final"]["closed", "closed"] and "only when" not in have["responding"]["controlled", "controlled"]


@promise
def clocks():
    """each act says the legal clocks it stops and their times by level, and the table has every clock of the rule set in force; another law of the node's own makes another chart"""
    text = page()
    have = steps(text)
    assert "C1 初報：1 小時" in have["draft"]["reported", "reported"] and "C2 審核：第 1、2 級 8 小時、第 3、4 級 2 小時" in have["reported"]["reviewed", "confirmed"]
    assert "C4 損害控制或復原：第 1、2 級 72 小時、第 3、4 級 36 小時" in have["responding"]["recovered", "recovered"] and "C5" in have["recovered"]["final_submitted", "final"] and "1 個月" in have["recovered"]["final_submitted", "final"]
    assert re.findall(r'<tr data-clock="(\w+)"', text) == [c["id"] for c in RULES["clocks"]] and RULES["names"]["zh"] in text
    d = scratch()
    (d / "rules").mkdir()
    own = {**RULES, "clocks": [{**c, "limits": [{**x, "seconds": 5400} for x in c["limits"]]} if c["id"] == "C1" else c for c in RULES["clocks"]]}
    (d / "rules" / "own.json").write_text(json.dumps(own))
    other = Node.serve(d, settings="[incidents]\nclock_rules = rules\n")
    until("the other law is in force", lambda: "C1 初報：90 分鐘" in steps(page(n=other))["draft"]["reported", "reported"])
    nis = Node.serve(scratch(), settings="[incidents]\nregime = NIS2\n")
    until("of another regime", lambda: "E1 預警：24 小時" in steps(page(n=nis))["draft"]["reported", "reported"] and 'data-clock="C1"' not in page(n=nis))


@promise
def drawn():
    """the pictures have the same states and acts as the words, in three lanes, whole boxes within them and wires that end at a state; both languages are well-formed SVG of their own"""
    for lang in ("zh", "en"):
        for track, table in (("review", reference.REVIEW_TRACK), ("handling", reference.HANDLING_TRACK)):
            r = node.local("GET", f"/flow.svg?track={track}&lang={lang}")
            assert r.status == 200 and b"image/svg+xml" in r.headers, r.body[:200]
            svg = xml.etree.ElementTree.fromstring(r.body)
            ns = "{http://www.w3.org/2000/svg}"
            of = lambda name: [g for g in svg.iter() if name in g.get("class", "").split()]
            acts = sum(len(states.split()) for _, states, to, *_ in table if to)
            assert len(of("lane")) == 3 and len(of("state")) == 6 and len(of("act")) == acts, (len(of("act")), acts)
            wide, tall = int(svg.get("width")), int(svg.get("height"))
            for g in of("act"):
                box = g.find(ns + "rect")
                x, y, w, h = (int(box.get(k)) for k in ("x", "y", "width", "height"))
                assert x >= 0 and x + w <= wide and y + h <= tall
                for t in g.findall(ns + "text"):
                    units = sum(2 if ord(c) > 0x2000 else 1 for c in t.text or "")
                    assert x < int(t.get("x")) and int(t.get("x")) + 7 * units <= x + w and y < int(t.get("y")) < y + h, t.text
    assert node.local("GET", "/flow.svg?track=x").status == 400


@promise
def marked():
    """an incident's page leads to the chart with the state it is in marked, in the picture and in the words; of one that is not there, or that one may not see, nothing is drawn"""
    i = node.local("POST", "/api/v1/incidents", {"title": "標記 <b>", "level": 2}).json["id"]
    assert f"/flow?incident={i}" in node.local("GET", f"/incidents/{i}").body.decode()
    here = lambda text: re.findall(r'<li data-state="(\w+)" aria-current="step"', text)
    text = page(f"/flow?incident={i}")
    assert here(text) == ["reported", "responding"] and text.count("◆ 本案目前：") == 4 and "標記 &lt;b&gt;" in text, here(text)
    assert node.local("POST", f"/api/v1/incidents/{i}/events", {"kind": "controlled"}).status == 201
    assert here(page(f"/flow?incident={i}")) == ["reported", "controlled"] and here(page()) == []
    r = node.local("GET", f"/flow.svg?track=handling&incident={i}")
    assert r.status == 200 and r.body.count("◆ 本案目前".encode()) + r.body.count(b"This incident now") == 1
    assert node.local("GET", "/flow?incident=incident--00000000-0000-4000-8000-000000000000").status == 404
    assert "/flow" in node.local("GET", "/incidents").body.decode()


done()
