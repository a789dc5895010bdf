#!/usr/bin/env python3
"""Four real nodes: who finds what at which door, when objects are marked. Each secret is one word."""
import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "lib"))
from lf import *

TAXII = "application/taxii+json;version=2.1"
TLP = {"clear": "94868c89-83c2-464b-929b-a1a8aa3c8487", "green": "bab4a63c-aed9-4cf5-a766-dfca5abac2bb",
       "amber": "55d920b0-5e8b-4f79-9ee9-91f868d9b421", "strict": "939a9414-2ddd-4d32-a0cd-375ea402b003",
       "red": "e828b379-4e03-4974-9ac4-e53a884c97c1", "unknown": "00000000-0000-4000-8000-00000000dead"}
TLP = {k: "marking-definition--" + v for k, v in TLP.items()}
POLICY = {"kinds": ["domain-name"], "min_evidence": 2, "max_life_hours": 72, "min_level": "high", "tlp": "amber"}


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

ROLES = {"author": "share", "other": "share", "view": "reader", "boss": "admin", "ana": "analyst", "rev": "reviewer"}
tokens = {}
for name, roles in ROLES.items():
    a = sector.local("POST", "/api/v1/users", {"name": name, "password": "correct horse battery " + name, "roles": roles})
    assert a.status == 201, a.body
    a = sector.local("POST", "/api/v1/tokens", {"account": a.json["id"], "label": name, "roles": roles})
    assert a.status == 201, a.body
    tokens[name] = a.json["token"]


def ask(who, method, path, body=None, headers=None):
    """As an account of the sector, or as nobody."""
    h = {"Authorization": "Bearer " + tokens[who]} if who in tokens else {}
    if path.startswith("/taxii2/"):
        h.update({"Accept": TAXII, "Content-Type": TAXII})
    return sector.request(method, path, body, dict(h, **(headers or {})), auth=False)


def as_node(child, method, path, body=None):
    """With a node's own key at the sector's (or the nation's) peer door."""
    parent = nation if child is sector else sector
    c = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    c.check_hostname, c.verify_mode = False, ssl.CERT_NONE
    tls = child.directory / "data/tls"
    c.load_cert_chain(tls / "client.crt", tls / "client.key")
    r = urllib.request.Request(parent.info["peer"] + path, data=body, method=method, headers={"Accept": TAXII, "Content-Type": TAXII})
    try:
        with urllib.request.urlopen(r, context=c, timeout=30) as a:
            return Answer(a.status, a.headers, a.read())
    except urllib.error.HTTPError as e:
        return Answer(e.code, e.headers, e.read())


cookies = {}


def cookie(who):
    if who in cookies:
        return cookies[who]
    a = sector.request("POST", "/api/v1/session", {"user": who, "password": "correct horse battery " + who}, auth=False)
    assert a.status == 201, a.body
    cookies[who] = {"Cookie": a.headers["Set-Cookie"].split(";")[0]}
    return cookies[who]


LIBRARY = "/taxii2/root/collections/library/"
PLACES = ["/api/v1/indicators?limit=1000", "/api/v1/alerts", "/api/v1/blocks?limit=1000", "/api/v1/incidents", "/api/v1/audit", "/metrics",
          "/api/v1/groups", "/api/v1/peers", "/api/v1/openapi.json", "/api/v1/searches"]
PAGES = ["/", "/indicators", "/blocks", "/alerts", "/incidents", "/peers", "/audit"]


def taxii(get, ids=()):
    """All that a reader finds by TAXII, whatever way he pages and filters."""
    out = [get("/taxii2/"), get("/taxii2/root/"), get("/taxii2/root/collections/")]
    for c in (out[-1].json.get("collections", []) if out[-1].status == 200 else []):
        base = f"/taxii2/root/collections/{c['id']}/"
        for kind in ("objects/", "manifest/"):
            for q in ("", "?match%5Bversion%5D=all", "?match%5Btype%5D=tool,indicator", "?match%5Bversion%5D=first"):
                out.append(get(base + kind + q))
            page, q = None, "?limit=2"
            while q:
                page = get(base + kind + q)
                out.append(page)
                if page.status != 200 or not page.json.get("more"):
                    break
                q = "?limit=2&next=" + page.json["next"]
        for i in ids:
            out += [get(f"{base}objects/{i}/"), get(f"{base}objects/{i}/versions/"), get(f"{base}manifest/?match%5Bid%5D={i}")]
    return out


def found(answers):
    return b"\n".join(a.body + str(dict(a.headers)).encode() for a in answers)


def seen(who, ids=()):
    """Everything that an account of the sector finds at any door; `nobody` is not signed in, `export` is a file."""
    if who == "export":
        out = [subprocess.run([BIN, "stix", "export", "--collection", c, "--data", sector.directory / "data", *more], capture_output=True)
               for c in ("library", "members") for more in ((), ("--last",), ("--type", "tool"))]
        assert out[0].returncode == 0, out[0].stderr
        return b"".join(p.stdout + p.stderr for p in out)
    if who in ("one", "two", "nation's door"):
        return found(taxii(lambda p: as_node({"one": one, "two": two, "nation's door": sector}[who], "GET", p), ids))
    out = taxii(lambda p: ask(who, "GET", p), ids)
    out += [ask(who, "GET", p) for p in PLACES]
    for q in ["limit=1000", "type=tool", "type=indicator", *("q=" + w for w in MARKED), *("marking=" + m for m in TLP.values())]:
        out.append(ask(who, "GET", "/api/v1/objects?" + q))
    out += [ask(who, "GET", f"/api/v1/objects/{i}{more}") for i in ids for more in ("", "/graph?depth=2")]
    if who in ("view", "ana", "boss", "rev"):
        c = cookie(who)
        out += [sector.request("GET", p, None, dict(c, Accept="text/html"), auth=False) for p in PAGES]
        assert out[-3].status == 200, out[-3].body
    return found(out)


def tool(n, word, **more):
    return dict({"type": "tool", "spec_version": "2.1", "id": f"tool--00000000-0000-4000-8000-{n:012}", "name": word,
                 "created_by_ref": "identity--00000000-0000-4000-8000-00000000abcd",
                 "created": "2026-01-01T00:00:00.000Z", "modified": "2026-01-01T00:00:00.000Z"}, **more)


def indicator(n, value, *marks, **more):
    return dict({"type": "indicator", "spec_version": "2.1", "id": f"indicator--00000000-0000-4000-8000-{n:012}",
                 "created_by_ref": "identity--00000000-0000-4000-8000-00000000abcd",
                 "created": "2026-01-01T00:00:00.000Z", "modified": "2026-01-01T00:00:00.000Z", "valid_from": "2026-01-01T00:00:00.000Z",
                 "pattern_type": "stix", "pattern": f"[domain-name:value = '{value}']", "object_marking_refs": list(marks)}, **more)


def put(who, *objects, place=LIBRARY):
    a = ask(who, "POST", place + "objects/", json.dumps({"objects": objects}).encode())
    assert a.status == 202 and a.json["success_count"] == len(objects), a.body
    return a


group = sector.local("POST", "/api/v1/groups", {"name": "水"}).json
MARKED = {  # word: marks of the object; who finds it
    "openword": ((), "author other view boss ana rev export"),
    "clearword": (("clear",), "author other view boss ana rev export"),
    "greenword": (("green",), "author other view boss ana rev export"),
    "amberword": (("amber",), "author other view boss ana rev export"),
    "strictword": (("strict",), "author view boss ana rev export"),
    "redword": (("red",), "author ana rev"),
    "bothword": (("green", "red"), "author ana rev"),
    "unknownword": (("unknown",), "author ana rev"),
    "groupword": (("group",), "author"),
}
READERS = "author other view boss ana rev nobody export one two".split() + ["nation's door"]
ids = {}


@promise
def marked():
    """each marking leaves for whom it is and for nobody else, at TAXII, API, console, metrics and export"""
    for n, (word, (marks, _)) in enumerate(MARKED.items()):
        refs = [TLP.get(m, group["marking"]) for m in marks]
        o = tool(n, word, **({"object_marking_refs": refs} if refs else {}))
        ids[word] = o["id"]
        put("author", o)
    wrong = []
    for who in READERS:
        text = seen(who, ids.values())
        for word, (_, readers) in MARKED.items():
            should = who in readers.split()
            if (word.encode() in text) != should:
                wrong.append(f"{who} {'misses' if should else 'finds'} {word}")
            if not should and ids[word].encode() in text:
                wrong.append(f"{who} finds the id of {word}")
    assert not wrong, "; ".join(wrong)
    return f"{len(READERS)} readers, {len(MARKED)} markings"


@promise
def not_there():
    """what may not be seen and what is not there give the same bytes"""
    never = "tool--00000000-0000-4000-8000-00000000ffff"
    for who in ("other", "view"):
        for path in ("objects/%s/", "objects/%s/versions/", "objects/?match%%5Bid%%5D=%s", "manifest/?match%%5Bid%%5D=%s",
                     "objects/%s/?match%%5Bversion%%5D=all"):
            a, b = ask(who, "GET", LIBRARY + path % ids["redword"]), ask(who, "GET", LIBRARY + path % never)
            strip = lambda x: {k: v for k, v in x.headers.items() if k.lower() != "date"}
            assert (a.status, a.body, strip(a)) == (b.status, b.body, strip(b)), (who, path, a.status, a.body, b.status, b.body)
        a, b = (ask(who, "GET", f"/api/v1/indicators/indicator--{i[6:]}") for i in (ids["redword"], never))
        assert a.status == b.status
    a, b = (ask("other", "DELETE", LIBRARY + f"objects/{i}/") for i in (ids["redword"], never))
    assert (a.status, a.body) == (b.status, b.body) == (404, b.body), (a.body, b.body)
    assert b"redword" in seen("author")


@promise
def counted():
    """manifest, objects and pages of every size count what the reader has, and no more"""
    for who in ("other", "view", "ana"):
        want = {i for w, i in ids.items() if who in MARKED[w][1].split()}
        for limit in (1, 2, 3, 100):
            for kind in ("objects", "manifest"):
                got, q = [], f"?limit={limit}"
                while q:
                    p = ask(who, "GET", LIBRARY + kind + "/" + q).json
                    got += [o["id"] for o in p.get("objects", [])]
                    assert not p.get("more") or len(p["objects"]) == limit, p
                    q = f"?limit={limit}&next={p['next']}" if p.get("more") else ""
                got = [i for i in got if i in ids.values()]
                assert len(got) == len(set(got)) and set(got) == want, (who, kind, limit, set(got) ^ want)


@promise
def parts():
    """a marked property leaves in no copy but for whom it is, and a copy is a new object of this node"""
    o = tool(50, "partword", description="hushhush", aliases=["aliasfree", "aliasstrict"],
             granular_markings=[{"selectors": ["description"], "marking_ref": TLP["red"]},
                                {"selectors": ["aliases.[1]"], "marking_ref": TLP["strict"]},
                                {"selectors": ["name"], "lang": "en"}])
    put("author", o)
    put("author", tool(51, "namehush", granular_markings=[{"selectors": ["name"], "marking_ref": TLP["red"]}]))
    put("author", tool(52, "wronghush", granular_markings=[{"selectors": ["nmae"], "marking_ref": TLP["red"]}]))
    rows = {"author": "partword hushhush aliasfree aliasstrict namehush wronghush", "ana": "partword hushhush aliasfree aliasstrict namehush wronghush",
            "view": "partword aliasfree aliasstrict", "boss": "partword aliasfree aliasstrict", "other": "partword aliasfree",
            "export": "partword aliasfree aliasstrict", "nobody": "", "one": "", "two": ""}
    for who, words in rows.items():
        text = seen(who, [o["id"]])
        for word in "partword hushhush aliasfree aliasstrict namehush wronghush".split():
            assert (word.encode() in text) == (word in words.split()), f"{who}: {word}"
    mine = [x for x in ask("other", "GET", LIBRARY + "objects/").json["objects"] if x.get("name") == "partword"]
    assert len(mine) == 1 and mine[0]["id"] != o["id"], mine
    node = ask("author", "GET", "/taxii2/").json["contact"]
    assert mine[0]["created_by_ref"] == node and mine[0]["modified"] == o["modified"], mine
    assert [e for e in mine[0]["extensions"].values() if e.get("derived_from") == o["id"]], mine
    assert ask("other", "GET", LIBRARY + f"objects/{o['id']}/").status == 404
    assert ask("other", "GET", LIBRARY + f"objects/{mine[0]['id']}/").status == 200
    assert ask("ana", "GET", LIBRARY + f"objects/{mine[0]['id']}/").status == 404, "who has all of it has no copy"
    put("author", dict(o, modified="2026-01-02T00:00:00.000Z", revoked=True))
    again = [x for x in ask("other", "GET", LIBRARY + "objects/").json["objects"] if x["id"] == mine[0]["id"]]
    assert len(again) == 1 and again[0]["revoked"] is True and "hushhush" not in json.dumps(again)
    assert ask("author", "DELETE", LIBRARY + f"objects/{o['id']}/").status == 200
    assert b"partword" not in seen("other"), "the copies go with it"


@promise
def same_id():
    """an object posted where another's is hidden under the same id is taken, and read back by who wrote it"""
    other = tool(list(MARKED).index("redword"), "mineword")
    put("other", other)
    a = ask("other", "GET", LIBRARY + f"objects/{other['id']}/")
    assert a.status == 200 and [x["name"] for x in a.json["objects"]] == ["mineword"], a.body
    assert [x["name"] for x in ask("author", "GET", LIBRARY + f"objects/{other['id']}/").json["objects"]] == ["redword"]
    assert ask("other", "DELETE", LIBRARY + f"objects/{other['id']}/").status == 200
    assert [x["name"] for x in ask("author", "GET", LIBRARY + f"objects/{other['id']}/").json["objects"]] == ["redword"]


def waits_for(word):
    """A poll that waits, and how it ended."""
    began = time.monotonic()
    asked = stamp()
    a = ask("other", "GET", LIBRARY + "objects/?added_after=" + asked, headers={"Prefer": "wait=2"})
    return a, time.monotonic() - began, asked


def stamp():
    return ask("author", "GET", LIBRARY + "manifest/?limit=1000").headers["X-TAXII-Date-Added-Last"]


@promise
def waiting():
    """a waiting poll is not woken by what its reader may not have"""
    import threading
    got = []
    t = threading.Thread(target=lambda: got.append(waits_for("red")))
    t.start()
    time.sleep(0.5)
    put("author", tool(60, "redwait", object_marking_refs=[TLP["red"]]))
    t.join(20)
    a, took, asked = got[0]
    assert a.status == 200 and not a.json.get("objects") and took > 1.5 and a.headers["X-TAXII-Date-Added-Last"] == asked, (a.body, took)


@promise
def grouped():
    """a group's members have what is marked for it, at once when they come and no more when they leave"""
    who = {"other": False, "view": False, "ana": False}
    for inside in (True, False):
        path = f"/api/v1/groups/{group['id']}/members" + ("" if inside else "/remove")
        assert sector.local("POST", path, {"member": "self"}).status == 204
        for w in who:
            assert (b"groupword" in seen(w)) == inside, (w, inside)
    assert "group.add" in sector.local("GET", "/api/v1/audit").body.decode()
    assert ask("view", "POST", "/api/v1/groups", {"name": "x"}).status == 403
    p = subprocess.run([BIN, "group", "list", "--data", sector.directory / "data"], capture_output=True, text=True)
    assert p.returncode == 0 and group["marking"] in p.stdout, p


def blocked(node, name):
    return any(b["value"] == name for b in node.local("GET", "/api/v1/blocks?limit=1000").json["items"])


def nodes_with(name):
    """Which nodes have an indicator for the name, in any state."""
    return {who for who, node in everyone.items() if name.encode() in node.local("GET", "/api/v1/indicators?limit=1000").body}


def up_of(child):
    c = json.loads(as_node(child, "GET", "/taxii2/root/collections/").body)["collections"]
    return [x["id"] for x in c if x["can_write"]][0]


@promise
def from_a_member():
    """what a member hands up goes on as it was marked: AMBER without its name, AMBER+STRICT and RED not at all"""
    g2 = sector.local("POST", "/api/v1/groups", {"name": "two"}).json
    member = as_node(one, "POST", f"/taxii2/root/collections/{up_of(one)}/objects/", json.dumps({"objects": [
        indicator(70, "up-green.test", TLP["green"]), indicator(71, "up-amber.test", TLP["amber"]),
        indicator(72, "up-strict.test", TLP["strict"]), indicator(73, "up-red.test", TLP["red"]),
        indicator(74, "up-unknown.test", TLP["unknown"]), indicator(75, "up-group.test", g2["marking"]),
        indicator(76, "up-part.test", granular_markings=[{"selectors": ["pattern"], "marking_ref": TLP["red"]}])]}).encode())
    assert member.status == 202 and member.json["success_count"] == 7, member.body
    names = ["up-green.test", "up-amber.test", "up-strict.test", "up-red.test", "up-unknown.test", "up-group.test", "up-part.test"]
    everything = {i["value"]: i for i in sector.request("GET", "/api/v1/indicators?limit=1000", None,
                                                       {"Authorization": "Bearer " + tokens["ana"]}, auth=False).json["items"]}
    assert {"up-green.test", "up-amber.test", "up-strict.test", "up-red.test"} <= set(everything), everything.keys()
    for name in names:  # an analyst lets out all that he can
        if name in everything:
            a = ask("ana", "POST", f"/api/v1/indicators/{everything[name]['id']}/release", {})
            assert a.status == 204, (name, a.body)
    for name in names[:2]:
        until(name, lambda name=name: nodes_with(name) >= {"nation", "sector", "two"})
    for name in names[2:]:
        assert not nodes_with(name) & {"nation", "two", "one"}, (name, nodes_with(name))
    member = [p["node"] for p in sector.local("GET", "/api/v1/peers").json["items"] if p["id"] == everything["up-red.test"]["origin"]][0]
    text = seen("two") + seen("nation's door") + nation.local("GET", "/api/v1/indicators?limit=1000").body
    for name in names[2:]:
        assert name.encode() not in text, name
    for secret in ("00000000abcd", member):
        assert secret.encode() not in text, "who reported"
    i = sector.local("POST", "/api/v1/incidents", {"title": "x", "level": 1, "form": {"agency": "y"}}).json["id"]
    of = sector.local("POST", f"/api/v1/incidents/{i}/referrals", {"kind": "operator", "recipient": "x", "text": "y", "source": "http://up-green.test/", "seen": "2026-03-01T01:00:00Z", "mail": "a@b.example"}).json["id"]
    told = {tlp: ask("ana", "GET", f"/api/v1/referrals/{of}/letter?tlp={tlp}") for tlp in ("clear", "green", "amber")}
    assert told["clear"].status == 409 and "known here only by" in told["clear"].json["detail"], "our copy of a member's is no word of our own"
    for tlp in ("green", "amber"):  # the marking holds them back no more; this node has no mail server
        assert "no mail server" in told[tlp].json["detail"], told[tlp].body
    assert b"up-red.test" in seen("ana")
    for who in ("view", "author", "other", "export"):  # the audit trail, which the others read, says what was acted on
        assert b"up-red.test" not in seen(who), who


@promise
def released():
    """a RED indicator that an analyst released is blocked; alerts and the audit trail name it to those who may have it alone"""
    made = sector.local("POST", "/api/v1/tokens", {"label": "resolver", "roles": "sender", "account": "admin"})
    assert made.status == 201, made.body
    line = json.dumps({"QueryName": "www.up-red.test", "Computer": "pc7"}).encode() + b"\n"
    assert blocked(sector, "up-green.test") and not blocked(sector, "up-red.test"), "the machine's door is no individual"
    until("a hit", lambda: (sector.request("POST", "/api/v1/events", line, {
        "Authorization": "Bearer " + made.json["token"], "Content-Type": "application/x-ndjson"}, auth=False),
        b"up-red.test" in ask("ana", "GET", "/api/v1/alerts").body)[1], step=0.2)
    whole = [a for a in ask("ana", "GET", "/api/v1/alerts").json["items"] if "up-red.test" in a["title"]][0]
    assert ask("ana", "POST", f"/api/v1/alerts/{whole['id']}/comments", {"note": "up-red.test is what they wrote of"}).status in (201, 204)
    assert b"up-red.test" in ask("ana", "GET", f"/api/v1/alerts/{whole['id']}").body
    for who in ("view", "boss"):
        one_of = ask(who, "GET", f"/api/v1/alerts/{whole['id']}")
        assert one_of.status == 200 and one_of.json["alert"]["withheld"] and one_of.json["evidence"] == [], one_of.body
        assert one_of.json["alert"]["host"] == whole["host"] and one_of.json["alert"]["level"] == whole["level"]
        assert one_of.json["alert"]["first"].endswith(":00:00.000000Z"), one_of.body
        text = one_of.body + b"".join(sector.request("GET", p, None, cookie(who), auth=False).body for p in (
            "/alerts", "/", f"/alerts/{whole['id']}", "/tunings", "/audit")) + b"".join(ask(who, "GET", p).body for p in (
                "/api/v1/alerts", f"/api/v1/alerts/{whole['id']}/history", "/api/v1/audit", "/api/v1/tunings", "/api/v1/blocks"))
        assert b"up-red" not in text and whole["rule"].encode() not in text, who
        assert "依標記不顯示".encode() in text or b"withheld by its marking" in text
        for q in ("q=up-red.test", f"rule={whole['rule']}", f"from={whole['last']}"):
            assert ask(who, "GET", "/api/v1/alerts?" + q).json["items"] == [], q
            assert [a["id"] for a in ask("ana", "GET", "/api/v1/alerts?" + q).json["items"]] == [whole["id"]], q
    acts = {who: ask(who, "GET", "/api/v1/audit?limit=1000").json["items"] for who in ("boss", "rev")}
    assert [x["seq"] for x in acts["boss"]] == [x["seq"] for x in acts["rev"]]
    assert any(x["action"] == "block.add" and x.get("withheld") and "subject" not in x and "detail" not in x for x in acts["boss"])
    assert any(x["action"] == "block.add" and x["subject"] == "up-red.test" for x in acts["rev"])
    assert not any(x.get("withheld") for x in acts["rev"])


@promise
def from_above():
    """the nation's AMBER reaches the providers, its AMBER+STRICT stays at the sector"""
    for tlp, name, far in (("amber", "down-amber.test", True), ("amber+strict", "down-strict.test", False), ("red", "down-red.test", False)):
        assert nation.local("POST", "/api/v1/policies", dict(POLICY, tlp=tlp)).status in (200, 201)
        assert nation.local("POST", "/api/v1/indicators", {"value": name, "release": True}).status == 201
        if far:
            until(name, lambda: blocked(one, name) and blocked(two, name))
    assert nation.local("POST", "/api/v1/policies", POLICY).status in (200, 201)
    assert nation.local("POST", "/api/v1/indicators", {"value": "down-last.test", "release": True}).status == 201
    until("what came after them", lambda: blocked(one, "down-last.test") and blocked(two, "down-last.test"))
    assert not nodes_with("down-strict.test") - {"nation"} and not nodes_with("down-red.test") - {"nation"}
    assert b"down-strict" not in as_node(sector, "GET", "/taxii2/root/collections/").body


@promise
def at_a_member():
    """what a member keeps in its own library is found by no other node, whatever its marking"""
    for n, word in enumerate(("memberred", "memberstrict", "membergroup", "memberopen")):
        marks = [[TLP["red"]], [TLP["strict"]], [group["marking"]], []][n]
        o = tool(80 + n, word, **({"object_marking_refs": marks} if marks else {}))
        f = one.directory / f"{word}.json"
        f.write_text(json.dumps(o))
        p = subprocess.run([BIN, "stix", "import", "--data", one.directory / "data", f], capture_output=True, text=True)
        assert p.returncode == 0, p.stderr
    back = subprocess.run([BIN, "stix", "export", "--data", one.directory / "data"], capture_output=True).stdout
    assert all(w in back for w in (b"memberred", b"memberstrict", b"membergroup", b"memberopen")), "who wrote it reads it back"
    text = b"".join(seen(w) for w in ("ana", "author", "export", "two", "nation's door", "nobody"))
    for node in (nation, sector, two):
        text += node.local("GET", "/api/v1/indicators?limit=1000").body + b"".join(node.local("GET", p).body for p in PLACES)
    for word in (b"memberred", b"memberstrict", b"membergroup", b"memberopen"):
        assert word not in text, word


done()
