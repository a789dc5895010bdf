#!/usr/bin/env python3
"""What is accepted as an indicator is looked for in every event from then on, on a running
node; STIX patterns by the command line."""
import json
import os
import pathlib
import signal
import subprocess
import sys
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "lib"))
from lf import *

node = Node.serve(scratch())
made = node.local("POST", "/api/v1/tokens", {"label": "resolver", "roles": "sender", "account": "admin"})
assert made.status == 201, made.body
token = made.json["token"]
asked = 0


def send(*names):
    global asked
    lines = "".join(json.dumps({"QueryName": n, "Computer": f"pc{asked % 3}", "n": asked}) + "\n" for n in names)
    asked += len(names)
    r = node.request("POST", "/api/v1/events", lines.encode(), {"Authorization": "Bearer " + token,
                                                              "Content-Type": "application/x-ndjson"}, auth=False)
    assert r.status in (200, 202), (r.status, r.body)


def worker():
    return node.local("GET", "/api/v1/health").json["workers"].get("intake", {})


def add(name):
    r = node.local("POST", "/api/v1/indicators", {"value": name, "release": True})
    assert r.status == 201, r.body
    return r.json["id"]


def shown(i):
    r = node.local("GET", f"/api/v1/indicators/{i}")
    assert r.status == 200, r.body
    return r.json["sightings"]


def alerts():
    return [a for a in node.local("GET", "/api/v1/alerts").json["items"] if a["rule"].startswith("indicator--")]


@promise
def live():
    """an indicator added is looked for at once: an alert, and each hit a counted sighting"""
    first = add("evil.example.net")
    assert shown(first) == {"count": 0}, shown(first)
    began = time.monotonic()
    until("a hit", lambda: (send("www.evil.example.net"), shown(first)["count"])[1], step=0.1)
    took = time.monotonic() - began
    before = shown(first)["count"]
    until("hits settle", lambda: shown(first)["count"] == asked, limit=5)
    send(*["a.evil.example.net"] * 50 + ["benign.example.net"] * 50)
    until("fifty more", lambda: shown(first)["count"] == asked - 50, limit=5)
    s = shown(first)
    assert s["last_value"] == "a.evil.example.net" and s["first_seen"] <= s["last_seen"], s
    until("an alert", alerts)
    a = alerts()[0]
    assert a["rule"] == first and a["level"] == "high" and "evil.example.net" in a["title"], a
    return f"{took * 1000:.0f} ms and {before} events to the first sighting, which is told every second"


@promise
def gone():
    """an indicator withdrawn is looked for no more"""
    i = add("passing.example.net")
    until("known", lambda: worker().get("indicators", 0) >= 2, limit=5)
    send("passing.example.net")
    until("sighted", lambda: shown(i)["count"] == 1, limit=5)
    assert node.local("POST", f"/api/v1/indicators/{i}/withdraw", {}).status in (200, 204)
    time.sleep(1)  # the promise is a second
    send("passing.example.net")
    other = add("later.example.net")
    until("a later one is sighted",
          lambda: (send("later.example.net"), shown(other)["count"])[1], step=0.2, limit=8)
    assert shown(i)["count"] == 1, shown(i)


@promise
def restart():
    """after the intake, or the core, was killed the indicators are looked for again"""
    i = add("steady.example.net")
    for name in ("intake", "core"):
        before = shown(i)["count"]
        os.kill(node.workers()[name], signal.SIGKILL)

        def again():
            try:
                send("steady.example.net")
                return shown(i)["count"] > before
            except Exception:
                return False

        until(f"sighted after the {name} was killed", again, step=0.3, limit=30)


MD5, SHA1, SHA256, SHA512 = "d41d8cd98f00b204e9800998ecf8427e", "da39a3ee5e6b4b0d3255bfef95601890afd80709", "ab" * 32, "cd" * 64
JA3, JA4 = "e7d705a3286e19ea42f587b344ee6865", "t13d1516h2_8daaf6152771_02713d6af862"
KINDS = [  # what is asked for, its kind and pattern, an event with it and one without
    ({"value": "Evil-2.example.NET."}, "domain-name", "[domain-name:value = 'evil-2.example.net']",
     {"QueryName": "www.EVIL-2.example.net"}, {"QueryName": "notevil-2.example.net"}),
    ({"value": "192.0.2.77"}, "ipv4-addr", "[ipv4-addr:value = '192.0.2.77']",
     {"DestinationIp": "192.0.2.77"}, {"DestinationIp": "192.0.2.7"}),
    ({"value": "2001:DB8:0::77"}, "ipv6-addr", "[ipv6-addr:value = '2001:db8::77']",
     {"SourceIp": "2001:db8:0:0:0:0:0:77"}, {"SourceIp": "2001:db8::7"}),
    ({"value": "203.0.113.200/26"}, "ipv4-net", "[ipv4-addr:value ISSUBSET '203.0.113.192/26']",
     {"src_ip": "203.0.113.255"}, {"src_ip": "203.0.113.191"}),
    ({"pattern": "[ipv6-addr:value = '2001:db8:77::/48']"}, "ipv6-net", "[ipv6-addr:value ISSUBSET '2001:db8:77::/48']",
     {"id.resp_h": "2001:db8:77:1::1"}, {"id.resp_h": "2001:db8:78::1"}),
    ({"value": "HTTP://C2.example:80/Gate?a=1#x"}, "url", "[url:value = 'http://c2.example/Gate?a=1']",
     {"url": {"full": "http://c2.example/Gate?a=1"}}, {"url": {"full": "http://c2.example/gate?a=1"}}),
    ({"value": MD5.upper()}, "file-md5", f"[file:hashes.MD5 = '{MD5}']",
     {"Hashes": f"SHA1={'0' * 40},MD5={MD5.upper()}"}, {"Hashes": f"IMPHASH={MD5}"}),
    ({"value": SHA1}, "file-sha1", f"[file:hashes.'SHA-1' = '{SHA1}']", {"sha1": SHA1}, {"sha1": SHA1[:-1] + "0"}),
    ({"value": SHA256}, "file-sha256", f"[file:hashes.'SHA-256' = '{SHA256}']", {"sha256": SHA256}, {"sha256": "ac" * 32}),
    ({"pattern": f"[file:hashes.'SHA-512' = '{SHA512}']"}, "file-sha512", f"[file:hashes.'SHA-512' = '{SHA512}']",
     {"sha512": SHA512}, {"sha512": "ce" * 64}),
    ({"value": "Boss@c2.example"}, "email-addr", "[email-addr:value = 'boss@c2.example']",
     {"mailfrom": "\"B\" <boss@C2.example>"}, {"mailfrom": "boss@c3.example"}),
    ({"value": JA3, "kind": "ja3"}, "ja3", f"[network-traffic:extensions.'tls-ext'.ja3 = '{JA3}']",
     {"tls": {"ja3": {"hash": JA3}}}, {"tls": {"ja3": {"hash": JA3[:-1] + "0"}}}),
    ({"pattern": f"[network-traffic:extensions.'tls-ext'.ja4 = '{JA4}']"}, "ja4",
     f"[network-traffic:extensions.'tls-ext'.ja4 = '{JA4}']", {"ja4": JA4}, {"ja4": JA4[:-1] + "0"}),
]


def post(*events):
    r = node.request("POST", "/api/v1/events", "".join(json.dumps(e) + "\n" for e in events).encode(),
                     {"Authorization": "Bearer " + token, "Content-Type": "application/x-ndjson"}, auth=False)
    assert r.status in (200, 202), (r.status, r.body)


@promise
def every_kind():
    """each kind of indicator is taken by value or pattern, kept in one form, found live, and told apart from its like"""
    made = []
    for body, kind, pattern, _, _ in KINDS:
        r = node.local("POST", "/api/v1/indicators", dict(body, release=True))
        assert r.status == 201 and r.json["kind"] == kind, (body, r.status, r.body)
        assert r.json["blockable"] == (kind == "domain-name") == ("block_note" not in r.json), r.json
        one = node.local("GET", f"/api/v1/indicators/{r.json['id']}").json
        assert one["stix"]["pattern"] == pattern and one["state"] == "active" and one["kind"] == kind, one
        made.append(r.json["id"])
    until("all known", lambda: worker().get("indicators", 0) >= len(KINDS), limit=5)
    post(*[e for *_, e in KINDS])
    for i, (_, kind, _, yes, no) in zip(made, KINDS):
        post(yes)
        until(f"{kind} sighted", lambda: shown(i)["count"], limit=8)
    time.sleep(1.2)  # what is told is told each second
    assert [shown(i)["count"] for i in made] == [1] * len(made), [shown(i) for i in made]
    until("alerts", lambda: set(made) <= {a["rule"] for a in node.local("GET", "/api/v1/alerts?limit=1000").json["items"]}, limit=5)


@promise
def only_names_are_blocked():
    """what is no name is never queued as a block, and the list says so"""
    blocked = [b["value"] for b in node.local("GET", "/api/v1/blocks").json["items"]]
    assert "evil-2.example.net" in blocked and all(b.endswith(".net") for b in blocked), blocked


@promise
def refused():
    """what is no value is refused with a sentence that says why"""
    for body, word in (({"value": "no such thing"}, "domain"), ({"value": "10.0.0.0/4"}, "8 bits"),
                       ({"value": "x", "kind": "ja9"}, "ja4"), ({"value": MD5, "kind": "ja4"}, "ja4"),
                       ({"pattern": "[file:name"}, "column"),
                       ({}, "value"), ({"value": "a.example", "pattern": "[domain-name:value = 'a.example']"}, "both")):
        r = node.local("POST", "/api/v1/indicators", body)
        assert r.status in (400, 422) and word in r.json["detail"], (body, r.status, r.body)


@promise
def by_command():
    """the command line adds, lists, shows, releases and withdraws them"""
    def run(*args):
        return subprocess.run([BIN, "indicator", args[0], "--data", str(node.directory / "data"), *args[1:]], capture_output=True, text=True, timeout=30)
    r = run("add", "198.18.0.0/15")
    assert r.returncode == 0 and "ipv4-net" in r.stdout and "not blocked" in r.stdout, r
    i = r.stdout.split()[0]
    assert run("release", i).returncode == 0
    r = run("show", i)
    assert json.loads(r.stdout)["state"] == "active", r
    assert run("withdraw", i).returncode == 0
    r = run("list")
    assert any(l.split()[:3] == [i, "revoked", "ipv4-net"] for l in r.stdout.splitlines()), r.stdout
    assert run("add", "nothing at all").returncode == 2


@promise
def hit_makes_no_indicator():
    """what an indicator found makes no further indicator"""
    names = [x["value"] for x in node.local("GET", "/api/v1/indicators").json["items"]]
    assert len(names) == len(set(names)), names
    assert not any(n.startswith(("www.", "a.")) for n in names), names


BUNDLE = {"type": "bundle", "id": "bundle--276d1378-9999-478d-9d95-890923b83afe", "objects": [
    {"type": "observed-data", "id": "observed-data--0d79fc02-e24c-427e-bdcb-e82960f80ac3", "spec_version": "2.1",
     "number_observed": 2, "first_observed": "2026-01-01T00:00:00Z", "last_observed": "2026-01-01T00:00:00Z",
     "object_refs": ["ipv4-addr--ff26c055-6336-5bc5-b98d-13d6226742dd"]},
    {"type": "observed-data", "id": "observed-data--cce88c5f-dd5b-4260-837d-ed3545d14d8f", "spec_version": "2.1",
     "number_observed": 1, "first_observed": "2026-01-01T00:00:05Z", "last_observed": "2026-01-01T00:00:05Z",
     "objects": {"0": {"type": "domain-name", "value": "evil.example"}}},
    {"type": "ipv4-addr", "id": "ipv4-addr--ff26c055-6336-5bc5-b98d-13d6226742dd", "value": "198.51.100.3"}]}


def pattern(*args, data=BUNDLE):
    return subprocess.run([BIN, "pattern", *args], input=json.dumps(data), capture_output=True, text=True, timeout=30)


@promise
def patterns():
    """pattern match exits 0, 1 or 2 and names the observed data that matched"""
    both = "[ipv4-addr:value ISSUBSET '198.51.100.0/24'] FOLLOWEDBY [domain-name:value = 'evil.example']"
    r = pattern("match", "--json", both, "-")
    assert r.returncode == 0 and json.loads(r.stdout)["observed_data"] == [
        "observed-data--0d79fc02-e24c-427e-bdcb-e82960f80ac3",
        "observed-data--cce88c5f-dd5b-4260-837d-ed3545d14d8f"], (r.stdout, r.stderr)
    assert pattern("match", f"({both}) WITHIN 5 SECONDS", "-").returncode == 1
    assert pattern("match", f"({both}) WITHIN 5.1 SECONDS", "-").returncode == 0
    assert pattern("match", "[ipv4-addr:value LIKE '198.%'] REPEATS 2 TIMES", "-").returncode == 0
    assert pattern("match", "[ipv4-addr:value LIKE '198.%'] REPEATS 3 TIMES", "-").returncode == 1
    for bad in (["match", "[x", "-"], ["match", both, "/nowhere"], ["match", both], ["what"], []):
        r = pattern(*bad)
        assert r.returncode == 2 and r.stderr, (bad, r)
    assert pattern("match", both, "-", data={"type": "observed-data", "id": "observed-data--1"}).returncode == 2


@promise
def checks():
    """pattern check says yes, or no with the column and the reason"""
    r = pattern("check", "[file:name='a' AND file:size>=10]")
    assert r.returncode == 0 and r.stdout == "[file:name = 'a' AND file:size >= 10]\n", r
    r = pattern("check", "--json", "[file:name = 'a'")
    assert r.returncode == 1 and json.loads(r.stdout)["valid"] is False, r
    for bad, word in (("[file:name = 'a' AND url:value = 'b']", "object types"),
                      ("[file:name MATCHES '(a']", "MATCHES"),
                      ("[file:hashes.'SHA-256' = 'f00']", "SHA-256")):
        r = pattern("check", bad)
        assert r.returncode == 1 and word in r.stderr and "column" in r.stderr, r
    # PCRE that cannot be served here is the standard's all the same: said, and no reason to refuse.
    r = pattern("check", "--json", "[file:name MATCHES '(?<=a)b']")
    assert r.returncode == 0 and json.loads(r.stdout)["valid"] and "MATCHES" in json.loads(r.stdout)["note"], r
    assert pattern("match", "[file:name MATCHES '(?<=a)b']", "-").returncode == 1, "asked of a file, which has no such name"


@promise
def by_file():
    """detect asks every event of a file's values and of STIX indicators, and marks what a warning list has"""
    d = scratch()
    (d / "events").write_text(json.dumps({"DestinationIp": "198.51.100.7"}) + "\n" +
                              json.dumps({"QueryName": "x.evil.example"}) + "\n" + json.dumps({"QueryName": "ok.example"}) + "\n")
    (d / "values").write_text("# ours\n198.51.100.0/24\nno value\n")
    one = "indicator--4527e5de-8572-446a-a57a-706f15467461"
    (d / "stix").write_text(json.dumps([
        {"type": "indicator", "id": one, "pattern_type": "stix", "confidence": 40,
         "pattern": "[domain-name:value IN ('evil.example', 'b.example')] OR [file:hashes.MD5 = '" + "0" * 32 + "']"},
        {"type": "indicator", "id": one[:-1] + "2", "pattern_type": "stix", "pattern": "[file:name = 'x']"}]))
    (d / "lists/a").mkdir(parents=True)
    (d / "lists/a/list.json").write_text(json.dumps({"name": "big sites", "type": "hostname", "list": ["evil.example"]}))
    r = subprocess.run([BIN, "detect", "--indicators", d / "values", "--indicators", d / "stix", "--warninglists",
                        d / "lists", d / "events"], capture_output=True, text=True, timeout=30)
    hits = [json.loads(x) for x in r.stdout.splitlines()]
    assert r.returncode == 0 and [h["event"] for h in hits] == [0, 1], r
    assert hits[0]["indicator"] == "ipv4-addr" and hits[0]["level"] == "high" and "warning_list" not in hits[0], hits
    assert hits[1]["rule"] == one and hits[1]["level"] == "low" and hits[1]["warning_list"] == "big sites", hits
    assert r.stderr.count("taken") == 2, r.stderr
    r = subprocess.run([BIN, "detect", "--indicators", d / "none", d / "events"], capture_output=True, text=True, timeout=30)
    assert r.returncode == 2 and "none" in r.stderr, r


@promise
def warned():
    """what a warning list of the node has is a sighting and no alert, goes out with a person's reason only, and lists are read again on SIGHUP"""
    d = scratch()
    put = lambda *names: (d / "lists/a/list.json").write_text(json.dumps({"name": "big sites", "type": "hostname", "list": names}))
    (d / "lists/a").mkdir(parents=True)
    put("known.example")
    other = Node.serve(d, settings="[indicators]\nwarninglists = lists")
    made = other.local("POST", "/api/v1/tokens", {"label": "resolver", "roles": "sender", "account": "admin"})
    ids = {}
    refused = other.local("POST", "/api/v1/indicators", {"value": "known.example", "release": True})
    assert refused.status in (409, 422) and "big sites" in refused.json["detail"], refused.body
    assert not other.local("GET", "/api/v1/indicators").json["items"], "a refused release leaves nothing"
    draft = other.local("POST", "/api/v1/indicators", {"value": "known.example"}).json["id"]
    assert other.local("GET", f"/api/v1/indicators/{draft}").json["kept_back_by"] == "big sites"
    refused = other.local("POST", f"/api/v1/indicators/{draft}/release", {})
    assert refused.status in (409, 422) and "big sites" in refused.json["detail"], refused.body
    reason = "its account was taken over"
    r = other.local("POST", f"/api/v1/indicators/{draft}/release", {"reason": reason})
    assert r.status == 204, r.body
    assert [b["value"] for b in other.local("GET", "/api/v1/blocks").json["items"]] == ["known.example"]
    told = [a for a in other.local("GET", "/api/v1/audit").json["items"] if a["action"] == "warning.override"]
    assert len(told) == 1 and reason in json.dumps(told) and "big sites" in json.dumps(told), told
    ids["known.example"] = draft
    r = other.local("POST", "/api/v1/indicators", {"value": "unknown.example", "release": True})
    assert r.status == 201, r.body
    ids["unknown.example"] = r.json["id"]

    def sent(name, host):
        r = other.request("POST", "/api/v1/events", json.dumps({"QueryName": name, "Computer": host}).encode() + b"\n",
                          {"Authorization": "Bearer " + made.json["token"], "Content-Type": "application/x-ndjson"}, auth=False)
        assert r.status in (200, 202), r.body

    def seen(name):
        return other.local("GET", f"/api/v1/indicators/{ids[name]}").json["sightings"]

    def alerted(name):
        return [a for a in other.local("GET", "/api/v1/alerts?state=all").json["items"] if a["rule"] == ids[name]]

    until("both are seen", lambda: ([sent(n, "pc1") for n in ids], all(seen(n)["count"] for n in ids))[1], step=0.1)
    until("the alert", lambda: alerted("unknown.example"))
    assert seen("known.example")["warning_list"] == "big sites" and "warning_list" not in seen("unknown.example"), seen("known.example")
    assert not alerted("known.example")
    (d / "lists/a/list.json").write_text("{")
    os.kill(other.process.pid, signal.SIGHUP)
    log = lambda: (d / "node.log").read_text(errors="replace")
    until("the refusal", lambda: "LF3098" in log())
    count = seen("known.example")["count"]
    sent("known.example", "pc2")
    until("it is seen again", lambda: seen("known.example")["count"] > count)
    assert not alerted("known.example"), "the former lists are in force"
    put("unknown.example")
    os.kill(other.process.pid, signal.SIGHUP)
    until("the alert of what is listed no more", lambda: (sent("known.example", "pc3"), alerted("known.example"))[1], step=0.1)
    other.close()


node.close()
done()
