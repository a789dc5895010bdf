#!/usr/bin/env python3
"""The second line: what three members see each a part of is one alert at the sector, and no member learns of another."""
import os
import pathlib
import re
import signal
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "lib"))
from lf import *

TAXII = "application/taxii+json;version=2.1"
POLICY = {"kinds": ["domain-name"], "min_evidence": 2, "max_life_hours": 72, "min_level": "high", "auto_report": True,
          "tlp": "amber"}
SOURCE, SAME_MALWARE, SAME_DOMAIN, CAMPAIGN = (f"5d0c3c1e-52a4-4c0f-8f6e-0a4c27b2e{n}" for n in (102, 103, 105, 106))


def join(child, parent):
    token = parent.local("POST", "/api/v1/peers/invitations", {}).json["token"]
    assert child.local("POST", "/api/v1/parent", {"token": token}).status == 202
    until("the link is up", lambda: child.local("GET", "/api/v1/parent").json["state"] == "active")


def named(name, tier="provider"):
    d = scratch()
    (d / "lianfang.ini").write_text(
        f"[node]\nname = {name}\ntier = {tier}\ndata = data\n[http]\nlisten = 127.0.0.1:0\npeer = 127.0.0.1:0\n[intake]\n"
        "syslog_udp = 127.0.0.1:0\nsyslog_tcp = 127.0.0.1:0\nsyslog_tls = 127.0.0.1:0\nkeep_mb = 64\n[dns]\nlisten = 127.0.0.1:0\n")
    return Node.serve(d)


NAMES = {"water-of-wang": "自來水甲", "power-of-li": "電力乙", "hospital-of-chen": "醫院丙"}
nation, sector, other_sector = named("nation", "nation"), named("the-water-sector", "sector"), named("the-health-sector", "sector")
members = [named(n) for n in NAMES]
outside = named("a-hospital")
join(sector, nation)
join(other_sector, nation)
for m in members:
    join(m, sector)
join(outside, other_sector)
for node in (nation, sector, other_sector):
    assert node.local("POST", "/api/v1/policies", POLICY).status in (200, 201)


def report(node, title, **more):
    a = node.local("POST", "/api/v1/incidents", dict({"title": title, "level": 3}, **more))
    assert a.status in (200, 201), a.body
    return a.json["id"]


def seen_by(*values):
    return [{"type": t, "value": v} for t, v in values]


def alerts(node, rule):
    return [a for a in node.local("GET", "/api/v1/alerts?limit=1000").json["items"] if a["rule"] == rule]


def groups(node, alert):
    return [g for e in node.local("GET", "/api/v1/alerts/" + alert["id"]).json["evidence"]
            for g in e["event"]["lianfang.correlation"]]


def arrived(node, n):
    until(f"{n} incidents are there", lambda: len(node.local("GET", "/api/v1/incidents?limit=100").json["items"]) >= n)


@promise
def one_source():
    """the same source at three members within an hour is one alert at the sector, and at two it is none"""
    for m in members[:2]:
        report(m, "有人敲門", observables=seen_by(("ipv4-addr", "203.0.113.7"), ("ipv4-addr", "198.51.100.1")))
    report(members[0], "還是他", observables=seen_by(("ipv4-addr", "203.0.113.7")))
    arrived(sector, 3)
    assert not alerts(sector, SOURCE)
    report(members[2], "這裡也有", observables=seen_by(("ipv4-addr", "203.0.113.7"), ("ipv4-addr", "198.51.100.9")))
    got = until("the alert", lambda: alerts(sector, SOURCE))
    assert len(got) == 1 and got[0]["observable"] == {"type": "ipv4-addr", "value": "203.0.113.7"}, got
    g = groups(sector, got[0])
    assert g[0]["group"] == {"source.ip": "203.0.113.7"} and g[0]["value"] == 3 and len(g[0]["events"]) >= 3, g


@promise
def same_malware():
    """the same malware at two members is one alert, however they write it; exercises do not count"""
    drill = sector.exercise_with(*members[:2])
    report(members[0], "演練", malware="Drill", exercise=drill)
    report(members[1], "演練", malware="Drill", exercise=drill)
    report(members[0], "中毒", malware="WannaRen")
    report(members[1], "中毒了", malware=["other", "wannaren "])
    got = until("the alert", lambda: alerts(sector, SAME_MALWARE))
    assert [g["group"] for a in got for g in groups(sector, a)] == [{"malware": "wannaren"}], got


@promise
def campaign():
    """the nation sees one campaign over two sectors, and each sector only its own part"""
    report(members[0], "連往中繼站", observables=seen_by(("domain-name", "Relay.Evil.Test.")))
    report(outside, "也連往中繼站", observables=seen_by(("domain-name", "relay.evil.test")))
    got = until("the alert at the nation", lambda: alerts(nation, CAMPAIGN))
    assert groups(nation, got[0])[0]["group"] == {"observable": "domain:relay.evil.test"}, got
    assert got[0]["level"] == "critical" and not alerts(sector, CAMPAIGN) and not alerts(other_sector, CAMPAIGN)
    assert until("the alert at the nation by members", lambda: alerts(nation, SAME_DOMAIN))


@promise
def notice_sideways():
    """members get the shared name as an indicator under the policy, and nothing about who else was hit"""
    report(members[0], "釣魚", observables=seen_by(("domain-name", "phish.evil.test")), description="只有水廠知道的事")
    report(members[1], "釣魚", observables=seen_by(("domain-name", "phish.evil.test")))
    until("the alert", lambda: [a for a in alerts(sector, SAME_DOMAIN) if a["observable"]["value"] == "phish.evil.test"])
    third = members[2]
    until("the name is blocked at the third member",
          lambda: any(b["value"] == "phish.evil.test" for b in third.local("GET", "/api/v1/blocks?limit=1000").json["items"]))
    c = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    c.check_hostname, c.verify_mode = False, ssl.CERT_NONE
    c.load_cert_chain(third.directory / "data/tls/client.crt", third.directory / "data/tls/client.key")

    def ask(path):
        r = urllib.request.Request(sector.info["peer"] + path, headers={"Accept": TAXII})
        return urllib.request.urlopen(r, context=c, timeout=30).read()
    seen = [third.local("GET", p).body for p in ("/api/v1/incidents", "/api/v1/alerts", "/api/v1/indicators?limit=1000",
                                                 "/api/v1/audit", "/api/v1/blocks?limit=1000")]
    for col in json.loads(ask("/taxii2/root/collections/"))["collections"]:
        if col["can_read"]:
            seen.append(ask(f"/taxii2/root/collections/{col['id']}/objects/"))
    assert any(b"phish.evil.test" in s for s in seen[5:]), "it reads the members' collection"
    peers = {p["name"]: p["node"] for p in sector.local("GET", "/api/v1/peers").json["items"]}
    secrets = ["water-of-wang", "power-of-li", peers["water-of-wang"], peers["power-of-li"], "只有水廠知道的事", "釣魚"]
    for s in seen:
        for word in secrets:
            assert word.encode() not in s and json.dumps(word).encode()[1:-1] not in s, word


@promise
def killed():
    """a sector that dies in the middle of a window raises the alert all the same, and raises none twice"""
    before = len(alerts(sector, SOURCE))
    for m in members[:2]:
        report(m, "再敲", observables=seen_by(("ipv4-addr", "192.0.2.77")))
    def both():
        return sum("再敲" == i["title"] for i in sector.local("GET", "/api/v1/incidents?limit=100").json["items"]) == 2
    until("both are there", both)
    pid = sector.workers()["core"]
    os.kill(pid, signal.SIGKILL)
    until("the core is started again", lambda: sector.workers().get("core") not in (None, pid), 30)
    report(members[2], "再敲", observables=seen_by(("ipv4-addr", "192.0.2.77")))
    until("the alert", lambda: len(alerts(sector, SOURCE)) == before + 1, 40)
    pid = sector.workers()["core"]
    os.kill(pid, signal.SIGKILL)
    until("the core is started again", lambda: sector.workers().get("core") not in (None, pid), 30)
    until("it answers", lambda: sector.local("GET", "/api/v1/alerts").status == 200, 30)
    now = alerts(sector, SOURCE)
    assert len(now) == before + 1 and all(a["count"] == 1 for a in now), now


@promise
def own_rules():
    """a rule file of the node's own is live with a reload, also for what was handed in before, and replaces a delivered one"""
    d = scratch()
    (d / "rules").mkdir()
    (d / "lianfang.ini").write_text(
        "[node]\nname = second\ntier = sector\ndata = data\n[http]\nlisten = 127.0.0.1:0\npeer = 127.0.0.1:0\n[intake]\n"
        "syslog_udp = 127.0.0.1:0\nsyslog_tcp = 127.0.0.1:0\nsyslog_tls = 127.0.0.1:0\nkeep_mb = 64\n[dns]\nlisten = 127.0.0.1:0\n"
        "[rules]\nsecond_line = rules\n")
    second = Node.serve(d)
    child = named("one-of-ours")
    join(child, second)
    report(child, "odd", observables=[{"type": "ipv4-addr", "value": "192.0.2.77"}])

    def of(rule):
        return [a for a in second.local("GET", "/api/v1/alerts").json["items"] if a["rule"] == rule]

    until("the report", lambda: second.local("GET", "/api/v1/incidents").json["items"])
    mine = "5d0c3c1e-52a4-4c0f-8f6e-0a4c27b2e9aa"
    assert not of(mine)
    (d / "rules/ours.yml").write_text(
        "title: Anything at all\nid: 5d0c3c1e-52a4-4c0f-8f6e-0a4c27b2e9a0\nname: any_report\n"
        "logsource: {product: lianfang, service: second-line}\n"
        "detection:\n  s: {source.ip|exists: true}\n  condition: s\n---\n"
        f"title: One report is enough\nid: {mine}\nlevel: low\n"
        "correlation:\n  type: event_count\n  rules: [any_report]\n  group-by: [source.ip]\n  timespan: 1h\n"
        "  condition: {gte: 1}\n")
    second.process.send_signal(signal.SIGHUP)
    until("an alert of the node's own rule", lambda: of(mine))
    assert of(mine)[0]["count"] == 1
    second.process.send_signal(signal.SIGHUP) # the same files: nothing is told again
    report(child, "odd again", observables=[{"type": "ipv4-addr", "value": "192.0.2.78"}])
    until("the next", lambda: len(of(mine)) == 2)
    assert all(a["count"] == 1 for a in of(mine)), of(mine)
    delivered = (pathlib.Path(__file__).resolve().parents[3] / "rules/second-line/same_source.yml").read_text()
    same = re.search(r"^id: (\S+)", delivered, re.M).group(1)
    assert not of(same)
    (d / "rules/source.yml").write_text(delivered.replace("gte: 3", "gte: 1"))
    second.process.send_signal(signal.SIGHUP)
    until("the replaced rule", lambda: len(of(same)) == 2)
    assert len(of(mine)) == 2 and all(a["count"] == 1 for a in of(mine)), of(mine)


done()
