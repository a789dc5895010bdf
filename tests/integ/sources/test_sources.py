#!/usr/bin/env python3
"""Each log source of the public rules: a raw record as the product writes it fires a rule of that source,
a near miss does not, and the archive gives back the bytes that came (rules: where $LF_SHARED has them)."""
import base64
import json
import os
import pathlib
import shutil
import subprocess
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "lib"))
import lf  # noqa: E402
import samples  # noqa: E402

dir = lf.scratch()
shared = pathlib.Path(os.environ.get("LF_SHARED", str(lf.ROOT.parent / "shared"))) / "data"
ROWS = list(samples.rows())


def public_rules():
    archive = shared / "sigma-rules.tar.zst"
    if not archive.exists() or not shutil.which("zstd"):
        raise lf.Skip(f"{archive} or zstd is absent")
    to = dir / "sigma-rules"
    if not to.exists():
        to.mkdir()
        subprocess.run(["tar", "--zstd", "-xf", str(archive), "-C", str(to)], check=True)
    return to


def rule_of(path):
    """id and (product, category, service) of a rule's file, as far as these need YAML."""
    found, section = {}, ""
    for line in path.read_text(encoding="utf-8").splitlines():
        key, _, value = line.strip().partition(":")
        if line[:1].strip():
            section = key
        value = value.split(" #")[0].strip().strip("'\"")
        if section == "id" and line.startswith("id:"):
            found["id"] = value
        elif section == "logsource" and key in ("product", "category", "service"):
            found[key] = value
    return found


@lf.promise
def sources():
    """a raw record of each log source fires a rule of that source, and a near miss does not"""
    rules = public_rules()
    wanted, logsource, counts = {}, {}, {}
    at = {row[1]: None for row in ROWS}
    for path in rules.rglob("*.yml"):
        found = rule_of(path)
        source = "/".join(found.get(k, "") for k in ("product", "category", "service"))
        counts[source] = counts.get(source, 0) + 1
        logsource[found.get("id")] = source
        if found.get("id") in at:
            at[found["id"]] = path
    few = dir / "few"
    few.mkdir()
    for rule, path in at.items():
        assert path, f"no public rule {rule}"
        shutil.copy(path, few / f"{rule}.yml")
    files = dir / "files"
    files.mkdir()
    for n, (source, rule, hit, miss) in enumerate(ROWS):
        assert logsource[rule] == source.split(" ")[0], (source, rule, logsource[rule])
        for kind, text in (("hit", hit), ("miss", miss)):
            path = files / f"{n:04}-{kind}"
            path.write_text(text + "\n", encoding="utf-8")
            wanted[str(path)] = (source, rule, kind)
    r = subprocess.run([lf.BIN, "detect", "--rules", str(few), *wanted], capture_output=True, text=True, timeout=120)
    assert r.returncode == 0, r.stderr[-2000:]
    got = {}
    for line in r.stdout.splitlines():
        m = json.loads(line)
        got.setdefault(m["file"], set()).add(m["rule"])
    wrong = [f"{source}: {'does not fire' if kind == 'hit' else 'near miss fires'} {rule}"
             for path, (source, rule, kind) in wanted.items() if (rule in got.get(path, ())) != (kind == "hit")]
    assert not wrong, f"{len(wrong)} of {len(wanted)}:\n" + "\n".join(wrong)
    covered = {row[0].split(" ")[0] for row in ROWS}
    bare = {s: n for s, n in counts.items() if s not in covered}
    assert all(n <= 3 for n in bare.values()), bare
    return f"{len(ROWS)} records of {len(covered)} log sources; without: {', '.join(sorted(bare)) or 'none'}"



# ---- a running node ----

def sender_token(n, label):
    r = n.local("POST", "/api/v1/tokens", {"label": label, "roles": "sender", "account": "admin"})
    assert r.status == 201, r.body
    return r.json["token"]


def search(n, *query):
    r = subprocess.run([lf.BIN, "search", "--data", str(n.directory / "data"), "--limit", "100000", "--json", *query],
                       capture_output=True, text=True, timeout=60)
    assert r.returncode in (0, 1), r.stderr
    return [json.loads(line) for line in r.stdout.splitlines()]


def raw_of(hit):
    return base64.b64decode(hit["raw_base64"]) if "raw_base64" in hit else hit["raw"].encode()


def alert_rules(n):
    out, after = set(), ""
    while True:
        page = n.local("GET", f"/api/v1/alerts?limit=200{after}").json
        out |= {a["rule"] for a in page["items"]}
        if not page.get("next"):
            return out
        after = f"&after={page['next']}"


@lf.promise
def kept_as_they_came():
    """what came of every log source is found again byte for byte, and fires live as it does from a file"""
    public_rules()
    d = lf.scratch()
    shutil.copytree(dir / "few", d / "rules")
    n = lf.Node.serve(d, "[rules]\ndirs = rules\n")
    token = sender_token(n, "samples")
    records = []
    for source, _, hit, _ in ROWS:
        records += [hit] if "<Event" in hit else hit.splitlines()
    for at in range(0, len(records), 200):
        body = "".join(json.dumps({"event": text}) for text in records[at:at + 200])
        r = n.post("/services/collector/event", body.encode(), headers={"Authorization": f"Splunk {token}"})
        assert r.status == 200, r.body
    want = sorted(text.encode() for text in records)
    got = sorted(raw_of(h) for h in search(n, "*"))
    assert got == want, f"{len(got)} of {len(want)}; " + repr([x for x in want if x not in set(got)][:3])
    rules = {row[1] for row in ROWS}
    lf.until("alerts of every rule", lambda: rules <= alert_rules(n) or (_ for _ in ()).throw(AssertionError(rules - alert_rules(n))), 20, 0.2)
    n.close()
    return f"{len(records)} records, {len(rules)} rules"


# ---- one document, many events ----

ROUTE, READ = samples.aws(eventName="CreateRoute"), samples.aws()
ROUTE_RULE = "c803b2ce-c4a2-4836-beae-b112010390b1"
RULE = f"""title: a route
id: {ROUTE_RULE}
level: high
logsource: {{product: aws, service: cloudtrail}}
detection: {{s: {{eventName: CreateRoute}}, condition: s}}
"""
EVENTS = [dict(READ, eventTime="2026-11-20T00:00:01Z"), dict(ROUTE, eventTime="2026-11-20T00:00:02Z"), dict(READ, eventTime="2026-11-20T00:00:03Z", note="]},{[\"\\ 登入")]
# (name, document, its events, a rule's log source and selection that the second of them alone trips)
PAGES = [
    ("CloudTrail", {"Records": EVENTS}, EVENTS, "product: aws, service: cloudtrail", "eventName: CreateRoute"),
    ("CloudWatch Logs", {"messageType": "DATA_MESSAGE", "owner": "0", "logGroup": "g", "logStream": "s", "subscriptionFilters": ["f"],
                         "logEvents": [{"id": str(i), "timestamp": 1795507262345, "message": json.dumps(e)} for i, e in enumerate(EVENTS)]},
     None, "product: aws, service: cloudtrail", "eventName: CreateRoute"),
    ("Azure", {"records": [samples.azure("Administrative"), samples.azure("Administrative", operationName="MICROSOFT.PORTAL/CONSOLES/WRITE")]}, None,
     "product: azure, service: activitylogs", "operationName: MICROSOFT.PORTAL/CONSOLES/WRITE"),
    ("Microsoft Graph", {"@odata.context": "https://graph.microsoft.com/v1.0/$metadata#x", "value": [
        {"id": "1", "riskEventType": "x", "activityDateTime": samples.WHEN, "correlationId": "c"}, {"id": "2", "riskEventType": "passwordSpray", "activityDateTime": samples.WHEN, "correlationId": "c"}]},
     None, "product: azure, service: riskdetection", "riskEventType: passwordSpray"),
    ("Google Cloud", {"entries": [samples.gcp("a", methodName="x"), samples.gcp("a", methodName="y")], "nextPageToken": "t"}, None, "product: gcp, service: gcp.audit", "gcp.audit.method_name: y"),
    ("Google Workspace", {"kind": "admin#reports#activities", "etag": "\"e\"", "items": [samples.workspace("admin", "A"), samples.workspace("admin", "B")]}, None,
     "product: gcp, service: google_workspace.admin", "eventName: B"),
    ("Kubernetes", {"kind": "EventList", "apiVersion": "audit.k8s.io/v1", "metadata": {}, "items": [samples.kubernetes("get", "pods"), samples.kubernetes("delete", "events")]}, None,
     "product: kubernetes, service: audit", "verb: delete"),
    ("Okta", [samples.okta("a"), samples.okta("b")], None, "product: okta, service: okta", "eventType: b"),
    ("Microsoft 365", [samples.m365("Exchange", "A"), samples.m365("Exchange", "B")], None, "product: m365, service: audit", "Operation: B"),
    ("OneLogin", {"status": {"code": 200}, "pagination": {"after_cursor": None}, "data": [{"event_type_id": 5, "id": 1}, {"event_type_id": 3, "id": 2}]}, None,
     "product: onelogin, service: onelogin.events", "event_type_id: 3"),
    ("Bitbucket", {"values": [samples.bitbucket("A", "a"), samples.bitbucket("B", "b")], "size": 2, "start": 0}, None, "product: bitbucket, service: audit", "auditType.category: B"),
    ("Duo", {"stat": "OK", "response": {"authlogs": [samples.duo(reason="x"), samples.duo()], "metadata": {"total": 2}}}, None, "product: cisco, service: duo", "reason: bypass_user"),
]


@lf.promise
def documents_in_files():
    """one JSON document of many events is that many events in a file, whatever its shape and spacing"""
    at = dir / "pages"
    at.mkdir()
    for i, (name, document, _, source, selection) in enumerate(PAGES):
        (at / "rule.yml").write_text(f"title: p\nid: {ROUTE_RULE}\nlogsource: {{{source}}}\ndetection: {{s: {{{selection}}}, condition: s}}\n")
        for kind, text in (("compact", json.dumps(document, separators=(",", ":"))), ("usual", json.dumps(document)), ("pretty", json.dumps(document, indent=4, ensure_ascii=False)),
                           ("twice", json.dumps(document) + "\n" + json.dumps(document))):
            path = at / "page.json"
            path.write_text(text, encoding="utf-8")
            r = subprocess.run([lf.BIN, "detect", "--rules", str(at / "rule.yml"), str(path)], capture_output=True, text=True, timeout=60)
            got = [json.loads(line)["event"] for line in r.stdout.splitlines()]
            size = len(document) if isinstance(document, list) else 3 if name in ("CloudTrail", "CloudWatch Logs") else 2
            assert r.returncode == 0 and got == ([1, 1 + size] if kind == "twice" else [1]), (name, kind, got, r.stderr)
    # What only looks like one is an event.
    for text in ('{"Records":[]}', '{"Records":[1,{"eventName":"CreateRoute"}]}', '{"items":[{"eventName":"CreateRoute"}]}', '{"Records":[{"eventName":"CreateRoute"}'):
        (at / "page.json").write_text(text)
        (at / "rule.yml").write_text(RULE)
        r = subprocess.run([lf.BIN, "detect", "--no-route", "--rules", str(at / "rule.yml"), str(at / "page.json")], capture_output=True, text=True, timeout=60)
        assert r.returncode == 0 and r.stdout == "", (text, r)


@lf.promise
def documents_live():
    """documents of many events by HTTP and in followed files are kept event by event with their own times, and what else stood in them"""
    d = lf.scratch()
    (d / "rules").mkdir(mode=0o755)
    (d / "rules/r.yml").write_text(RULE)
    log = d / "trail.log"
    log.write_text("")
    n = lf.Node.serve(d, f"[rules]\ndirs = rules\n[follow trail]\npath = {log}\n")
    auth = {"Authorization": f"Bearer {sender_token(n, 'cloud')}"}
    texts = [json.dumps(e, ensure_ascii=False) for e in EVENTS]
    line = '{"Records":[' + ", ".join(texts) + "]}"
    # Refused with 503 as long as the intake is not there: nothing of it is taken then.
    r = lf.until("the intake is there", lambda: (x := n.post("/api/v1/events", line.encode(), headers=auth)).status != 503 and x)
    assert r.json.get("received") == 3 and r.json["malformed"] == 0, r.body
    pretty = json.dumps({"Records": EVENTS}, indent=2, ensure_ascii=False)
    r = n.post("/api/v1/events", pretty.encode(), headers=auth)
    assert r.json["received"] == 3 and r.json["malformed"] == 0, r.body
    r = n.post("/api/v1/events", ("[" + ",".join(texts) + "]\n" + texts[0]).encode(), headers=auth)
    assert r.json["received"] == 4 and r.json["malformed"] == 0, r.body
    r = n.post("/_bulk", ('{"create":{}}\n' + line + "\n").encode(), headers=auth)
    assert not r.json["errors"] and len(r.json["items"]) == 1, r.body
    listed = json.dumps(PAGES[6][1])
    r = n.post("/api/v1/events", listed.encode(), headers=auth)
    assert r.json["malformed"] == 0, r.body
    log.write_text(line + "\n")
    lf.until("the followed file", lambda: sum(h["sender"] == "trail" for h in search(n, "*")) == 3)
    hits = search(n, "*")
    raws = [h["raw"] for h in hits]
    # 2 by one line, 1 pretty (its own spacing), 1 as an array, 1 by _bulk, 1 followed
    assert all(raws.count(t) == (5 if i == 0 else 4) for i, t in enumerate(texts)), [raws.count(t) for t in texts]
    spaced = [r for r in raws if r not in texts and "eventSource" in r]
    assert sorted(map(json.loads, spaced), key=lambda e: e["eventTime"]) == EVENTS and all(s in pretty for s in spaced), spaced
    assert len({h["position"] for h in hits}) == len(hits)
    for h in hits:
        if "eventTime" in h["raw"]:
            assert h["time"].startswith(json.loads(h["raw"])["eventTime"][:19]), h
    rest = [r for r in raws if "EventList" in r]
    assert len(rest) == 1 and json.loads(rest[0]) == dict(PAGES[6][1], items=[]), rest
    assert sum('"auditID"' in r for r in raws) == 2
    lf.until("five findings", lambda: sum(a["count"] for a in n.local("GET", "/api/v1/alerts").json["items"]) == 5)
    n.close()


# ---- text that is not UTF-8 ----

CJK = "登入失敗：使用者 王小明 來源 203.0.113.9 中 \u0a0a\u0d0d\U0001f600"  # units of UTF-16 with line ends in their bytes


@lf.promise
def charsets():
    """followed files in UTF-16 (with a mark or by setting) are cut at characters, a sender's charset is what the settings say, and search gives back the bytes"""
    d = lf.scratch()
    (d / "rules").mkdir(mode=0o755)
    (d / "rules/r.yml").write_text(f"title: c\nid: {ROUTE_RULE}\nlogsource: {{product: linux}}\n"
                                   "detection: {k: ['王小明'], condition: k}\nlevel: high\n")
    logs = {"le": "utf-16-le", "be": "utf-16-be", "plain": "utf-16-le", "big": "big5"}
    for name in logs:
        (d / f"{name}.log").write_bytes(b"")
    settings = "".join(f"[follow {name}]\npath = {d}/{name}.log\n" + {"plain": "charset = utf-16le\n", "big": "charset = big5\n"}.get(name, "") for name in logs)
    n = lf.Node.serve(d, f"[rules]\ndirs = rules\n{settings}[sender old]\ncharset = big5\n")
    text = {name: CJK if name != "big" else CJK[:CJK.index("中")] + "中" for name in logs}
    line = {name: f"Nov 20 08:01:02 srv3 app[1]: {name} {text[name]}".encode(codec) for name, codec in logs.items()}
    lines = {name: [line[name], line[name].replace(*(w.encode(logs[name]) for w in ("app[1]", "app[2]")))] for name in logs}
    mark = {"le": b"\xff\xfe", "be": b"\xfe\xff"}
    end = {name: "\r\n".encode(codec) for name, codec in logs.items()}
    whole = {name: mark.get(name, b"") + lines[name][0] + end[name] for name in logs}
    for name in logs:  # the first line comes byte by byte across the mark and half a unit
        with open(d / f"{name}.log", "ab", buffering=0) as f:
            for part in (whole[name][:1], whole[name][1:31], whole[name][31:]):
                f.write(part)
                lf.until("read as far", lambda: n.local("GET", "/api/v1/health").status == 200)
    lf.until("the first lines", lambda: len(search(n, "*")) == 4)
    # From here on another life of the node goes on in the middle of the files.
    n.close()
    n = lf.Node.serve(d)
    for name in logs:
        with open(d / f"{name}.log", "ab") as f:
            f.write(lines[name][1] + end[name])
    lf.until("the second lines", lambda: len(search(n, "*")) == 8)
    for name in logs:
        got = sorted((h["sender"], raw_of(h)) for h in search(n, "*") if h["sender"] == name)
        assert got == [(name, x) for x in sorted(lines[name])], (name, got)
        hits = [h for h in search(n, "王小明") if h["sender"] == name]
        assert len(hits) == 2 and all(text[name] in h["event"]["message"] and h["host"] == "srv3" for h in hits), (name, hits)
    # Two characters that nobody would take for Big5: the setting says it.
    odd = b"Nov 20 08:01:02 srv3 app[1]: " + "彳亍 王小明".encode("big5")
    r = n.post("/services/collector/raw", odd, headers={"Authorization": f"Splunk {sender_token(n, 'old')}"})
    assert r.status == 200, r.body
    hit, = lf.until("the sender's line", lambda: [h for h in search(n, "*") if h["sender"] == "old"])
    assert raw_of(hit) == odd and "彳亍 王小明" in hit["event"]["message"], hit
    lf.until("nine findings", lambda: sum(a["count"] for a in n.local("GET", "/api/v1/alerts").json["items"]) == 9)
    n.close()


if __name__ == "__main__":
    lf.done()
