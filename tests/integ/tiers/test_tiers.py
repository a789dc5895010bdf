#!/usr/bin/env python3
"""A nation, a sector and two providers as real processes: what goes up, comes down, and what must not."""
import calendar
import os
import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "lib"))
from lf import *

TAXII = "application/taxii+json;version=2.1"
POLICY = {"kinds": ["domain-name"], "min_evidence": 2, "max_life_hours": 72, "allow": ["benign.test"], "min_level": "high",
          "auto_report": True, "tlp": "amber"}
NAME, SECRET = "王小明的水廠", "只有收件人可見的細節"


def join(child, parent):
    token = parent.local("POST", "/api/v1/peers/invitations", {}).json["token"]
    assert child.local("POST", "/api/v1/parent", {"token": token}).status == 202
    until("the link is up", lambda: child.local("GET", "/api/v1/parent").json["state"] == "active")


nation, sector = Node.serve(scratch(), tier="nation"), Node.serve(scratch(), tier="sector")
one, two = Node.serve(scratch()), Node.serve(scratch())
everyone = {"nation": nation, "sector": sector, "one": one, "two": two}
for child, parent in ((sector, nation), (one, sector), (two, sector)):
    join(child, parent)
for node in everyone.values():
    assert node.local("POST", "/api/v1/policies", POLICY).status in (200, 201)


def blocked(node, name):
    return any(b["value"] == name for b in node.local("GET", "/api/v1/blocks?limit=1000").json["items"])


def indicators(node, name):
    return [i for i in node.local("GET", "/api/v1/indicators?limit=1000").json["items"] if i["value"] == name]


def through(node, name):
    """A person at a node lets out what waits there as a draft."""
    got = until(f"{name} waits", lambda: indicators(node, name))
    assert node.local("POST", f"/api/v1/indicators/{got[0]['id']}/release", {}).status == 204, got


def everywhere(name):
    own = one.local("POST", "/api/v1/indicators", {"value": name, "release": True}).json["id"]
    through(sector, name)
    through(nation, name)
    for who, node in everyone.items():
        until(f"{name} is blocked at {who}", lambda node=node: blocked(node, name))
    return own


def gone(name, limit=2.0):
    began = time.monotonic()
    for who, node in everyone.items():
        until(f"{name} is unblocked at {who}", lambda node=node: not blocked(node, name), limit + 13)
    took = time.monotonic() - began
    assert took < limit, f"{took:.2f} s"
    return f"{took * 1000:.0f} ms"


def client(node):
    """TLS with a node's own key, as its relay speaks to the parent's peer door."""
    c = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    c.check_hostname, c.verify_mode = False, ssl.CERT_NONE
    tls = node.directory / "data/tls"
    c.load_cert_chain(tls / "client.crt", tls / "client.key")
    return c


def ask(context, parent, method, path, body=None):
    r = urllib.request.Request(parent.info["peer"] + path, data=body, method=method,
                               headers={"Accept": TAXII, **({"Content-Type": TAXII} if body is not None else {})})
    try:
        with urllib.request.urlopen(r, context=context, timeout=30) as a:
            return a.status, a.read()
    except urllib.error.HTTPError as e:
        return e.code, e.read()


@promise
def withdrawal():
    """a person's withdrawal at the provider that gave it unblocks at every node within 2 s"""
    own = everywhere("bad.test")
    assert one.local("POST", f"/api/v1/indicators/{own}/withdraw", {}).status == 204
    return gone("bad.test")


@promise
def review():
    """a person's report goes up with a receipt, and the sector's review comes down"""
    path = "/api/v1/incidents/" + one.local("POST", "/api/v1/incidents", {"title": NAME, "description": SECRET, "level": 3}).json["id"]
    until("the receipt", lambda: one.local("GET", path + "/receipt").status == 200)
    assert sector.local("GET", path).json["incident"]["title"] == NAME
    a = sector.local("POST", path + "/events", {"kind": "reviewed", "body": {"note": "已審"}})
    assert a.status in (200, 201), a.body
    until("the review", lambda: "reviewed" in [e["kind"] for e in one.local("GET", path).json["events"]])


@promise
def nothing_sideways():
    """the other provider's API and TAXII show nothing of the incident or of who reported it"""
    incident = one.local("GET", "/api/v1/incidents").json["items"][0]["id"]
    words = [NAME.encode(), SECRET.encode(), json.dumps(NAME).encode()[1:-1], incident.encode(), b"the-alert"]
    assert two.local("GET", "/api/v1/incidents/" + incident).status == 404
    key = client(two)
    seen = [two.local("GET", p).body for p in ("/api/v1/incidents", "/api/v1/alerts", "/api/v1/indicators", "/api/v1/audit")]
    seen += [ask(key, sector, "GET", f"/taxii2/root/collections/{c['id']}/objects/")[1]
             for c in json.loads(ask(key, sector, "GET", "/taxii2/root/collections/")[1])["collections"] if c["can_read"]]
    assert any(b"indicator--" in s for s in seen[4:]), "it reads the members' collection"
    for s in seen:
        for word in words:
            assert word not in s, word


def stix(number, creator, value, **more):
    return dict({"type": "indicator", "spec_version": "2.1", "id": f"indicator--40000000-0000-4000-8000-{number:012}",
                 "created_by_ref": creator, "created": "2026-01-01T00:00:00.000Z", "modified": "2026-01-01T00:00:00.000Z",
                 "valid_from": "2026-01-01T00:00:00.000Z", "pattern_type": "stix",
                 "pattern": f"[domain-name:value = '{value}']"}, **more)


@promise
def hostile():
    """a provider's broken or hostile push is refused object by object and nothing else suffers"""
    nations = nation.local("POST", "/api/v1/indicators", {"value": "nations.test", "release": True}).json["id"]
    until("the nation's block is at the provider", lambda: blocked(two, "nations.test"))
    key = client(one)
    up = [c["id"] for c in json.loads(ask(key, sector, "GET", "/taxii2/root/collections/")[1])["collections"] if c["can_write"]][0]
    path = f"/taxii2/root/collections/{up}/objects/"
    stolen = sector.local("GET", "/api/v1/indicators/" + nations).json["stix"]
    me = "identity--50000000-0000-4000-8000-000000000001"
    revoked = dict(stolen, revoked=True, modified="2030-01-01T00:00:00.000Z")
    good = [json.dumps(stix(n, me, f"good{n}.test")) for n in (1, 2)]
    bad = [json.dumps(stix(3, me, "x" * (10 << 20) + ".test")),
           '{"type":"indicator","type":"tool",' + json.dumps(stix(4, me, "twice.test"))[1:],
           json.dumps(stix(5, me, "lone.test")).replace('"pattern_type"', '"name":"\\ud800","pattern_type"'),
           '{"type":"indicator","id":7}', "[]", "null"]
    for text in (b"{", b"", b"\xff\xfe", b"[" * 100000, b'{"objects":' + b'[{"a":' * 5000, b'{"objects":[' + bad[2].encode() + b"]}"):
        status, body = ask(key, sector, "POST", path, text)
        assert status in (202, 400, 422), (status, text[:20], body[:200])
    # One after the other with good ones around it, so that what spoils one spoils no other.
    for i, text in enumerate(b for b in bad if "\\ud800" not in b):
        status, body = ask(key, sector, "POST", path, f'{{"objects":[{good[0]},{text},{good[1]}]}}'.encode())
        assert status == 202, (status, text[:60], body[:300])
        told = json.loads(body)
        assert told["success_count"] == 2 and told["failure_count"] == 1, (text[:60], body[:600])
    status, body = ask(key, sector, "POST", path, json.dumps({"objects": [
        revoked, stix(6, sector.local("GET", "/api/v1/parent").json["node"], "foreign.test")]}).encode())
    assert status == 202, body[:300]
    until("the good ones are kept", lambda: indicators(sector, "good1.test") and indicators(sector, "good2.test"))
    foreign = until("the foreign one is bound to its sender", lambda: indicators(sector, "foreign.test"))
    child = {p["id"] for p in sector.local("GET", "/api/v1/peers").json["items"] if p["kind"] == "child"}
    assert foreign[0]["origin"] in child and foreign[0]["state"] == "draft", foreign
    for who, node in everyone.items():
        assert blocked(node, "nations.test"), f"the nation's block is gone at {who}"
        assert node.local("GET", "/api/v1/health").status == 200, who
    assert not indicators(sector, "twice.test")


def cut(name, sig, back):
    made = []
    pids = list(sector.workers().values())
    if sig == signal.SIGKILL:
        sector.process.kill()
        sector.process.wait()
        until("its workers die", lambda: not any(pathlib.Path(f"/proc/{p}").exists() for p in pids))
    else:
        for p in [sector.process.pid, *pids]:
            os.kill(p, sig)
    try:
        for i in range(5):
            made.append(one.local("POST", "/api/v1/incidents", {"title": f"{name} {i}", "level": 2}).json["id"])
    finally:
        back(pids)
    until("all arrive", lambda: all(sector.local("GET", "/api/v1/incidents/" + i).status == 200 for i in made), 90, 0.1)
    until("nothing waits", lambda: one.local("GET", "/api/v1/parent").json["outbox"] == 0, 90, 0.1)
    for i in made:
        ids = [e["id"] for e in sector.local("GET", "/api/v1/incidents/" + i).json["events"]]
        assert len(ids) == len(set(ids)), ids
    titles = [i["title"] for i in sector.local("GET", "/api/v1/incidents?limit=1000").json["items"]]
    assert all(titles.count(f"{name} {i}") == 1 for i in range(5)), titles


@promise
def stopped():
    """while the sector stands still the provider records, and afterwards everything arrives once"""
    def back(pids):
        for p in [*pids, sector.process.pid]:
            os.kill(p, signal.SIGCONT)
    cut("停", signal.SIGSTOP, back)


@promise
def killed():
    """after kill -9 of the sector and a new start everything recorded meanwhile arrives once"""
    global sector
    ini = sector.directory / "lianfang.ini"
    ini.write_text(ini.read_text().replace("peer = 127.0.0.1:0", "peer = " + sector.info["peer"].split("//")[1]))

    def back(_):
        global sector
        sector = everyone["sector"] = Node.serve(sector.directory, tier="sector")
    cut("斷", signal.SIGKILL, back)


def rows(incident):
    return [(c["clock"], c["started_at"], c["due_at"], c["stopped_at"], c["state"]) for c in incident["clocks"]["clocks"] if c["started_at"]]


def a_life(title, aware, during):
    """One incident from report to release over three tiers; `during` happens around the report's way up."""
    def act(node, kind, body, sees):
        until(f"{kind} can be done", lambda: node.local("GET", path).status == 200 and
              sees in [e["kind"] for e in node.local("GET", path).json["events"]], 90, 0.1)
        a = node.local("POST", path + "/events", {"kind": kind, "body": body})
        assert a.status == 201, (kind, a.body)
        time.sleep(2.1)  # clocks count whole seconds
    back = during()
    path = "/api/v1/incidents/" + one.local("POST", "/api/v1/incidents", {"title": title, "level": 3, "aware_at": aware}).json["id"]
    act(one, "controlled", {"reason": "x", "occurred_at": one.local("GET", path).json["incident"]["aware_at"]}, "reported")
    resumed = back()
    act(sector, "reviewed", {"level": 2}, "received_by_reviewer")
    act(one, "level_changed", {"level": 4, "reason": "x"}, "reviewed")
    act(nation, "level_changed", {"level": 3, "reason": "x"}, "level_changed")
    act(one, "final_submitted", {}, "controlled")
    act(nation, "closed", {"reason": "x"}, "final_submitted")
    seen = {}

    def same():
        seen.update({who: n.local("GET", path).json for who, n in everyone.items() if who != "two"})
        return len({tuple(e["id"] for e in i["events"]) for i in seen.values()}) == 1 and \
            seen["one"]["incident"]["handling"] == "closed"
    until("all hold the same events", same, 90, 0.1)
    first = seen["one"]
    for who, i in seen.items():
        for key in ("review", "handling", "level", "aware_at", "reported_at", "title"):
            assert i["incident"][key] == first["incident"][key], (who, key)
        # What is reckoned from the record alone; each tier counts its own clocks from what came to itself.
        assert [r for r in rows(i) if r[0] in ("C1", "C2", "C3")] == [r for r in rows(first) if r[0] in ("C1", "C2", "C3")], (who, rows(i), rows(first))
    return {r[0]: r for r in reversed(rows(seen["sector"]))}, resumed


@promise
def same_judgement():
    """with the sector stopped, or killed, over a report three processes end with one history and one judgement: what runs from awareness is as in peace, what runs from the receipt begins when it was back"""
    global sector
    aware = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(time.time() - 600))

    def peace():
        return lambda: time.time()

    def stop():
        pids = [sector.process.pid, *sector.workers().values()]
        for p in pids:
            os.kill(p, signal.SIGSTOP)

        def back():
            time.sleep(3)
            for p in reversed(pids):
                os.kill(p, signal.SIGCONT)
            return time.time()
        return back

    def kill():
        global sector
        pids = list(sector.workers().values())
        sector.process.kill()
        sector.process.wait()
        until("its workers die", lambda: not any(pathlib.Path(f"/proc/{p}").exists() for p in pids))

        def back():
            global sector
            time.sleep(1)
            sector = everyone["sector"] = Node.serve(sector.directory, tier="sector")
            return time.time()
        return back

    ini = sector.directory / "lianfang.ini"
    ini.write_text(ini.read_text().replace("peer = 127.0.0.1:0", "peer = " + sector.info["peer"].split("//")[1]))
    calm, _ = a_life("平時", aware, peace)
    for name, how in (("停頓", stop), ("斷電", kill)):
        cut, resumed = a_life(name, aware, how)
        assert cut["C1"][1:3] == calm["C1"][1:3] and cut["C1"][4] == calm["C1"][4] == "met", (calm, cut)
        assert cut["C4"][1] == calm["C4"][1] and cut["C4"][3] == calm["C4"][3], (calm, cut)
        began = calendar.timegm(time.strptime(cut["C2"][1], "%Y-%m-%dT%H:%M:%SZ"))
        assert resumed - 1.5 <= began <= resumed + 90, (resumed, cut["C2"])


done()
