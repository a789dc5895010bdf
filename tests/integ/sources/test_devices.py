#!/usr/bin/env python3
"""Each kind of security device that an operator has: what it wrote comes to a running node as its maker's
format has it, is kept byte for byte at its own time, and fires a rule; a near miss of the same device does not."""
import json
import pathlib
import subprocess
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "lib"))
import lf  # noqa: E402

WHEN = "2026-11-21T05:00:00"


def waf(uri, rule):
    return json.dumps({"transaction": {
        "client_ip": "192.0.2.1", "time_stamp": "Sat Nov 21 05:00:00 2026", "server_id": "ab12", "client_port": 4000, "host_ip": "10.0.0.1",
        "host_port": 443, "unique_id": "179523720012.345678", "request": {"method": "GET", "http_version": 1.1, "uri": uri, "headers": {"Host": "www.example.test", "User-Agent": "sqlmap/1.7"}},
        "response": {"http_code": 403, "headers": {"Server": "nginx"}}, "producer": {"modsecurity": "ModSecurity v3.0.8 (Linux)", "secrules_engine": "Enabled"},
        "messages": [{"message": "SQL Injection Attack Detected via libinjection", "details": {"ruleId": rule, "severity": "2", "file": "REQUEST-942.conf", "tags": ["attack-sqli"]}}]}})


def nuclei(severity):
    return json.dumps({"template-id": "CVE-2021-44228", "info": {"name": "Log4j RCE", "severity": severity, "classification": {"cve-id": ["cve-2021-44228"]}}, "type": "http",
                       "host": "https://www.example.test", "matched-at": "https://www.example.test/a", "ip": "10.0.0.1", "timestamp": WHEN + "Z"})


def eset(threat):
    return json.dumps({"event_type": "Threat_Event", "hostname": "pc7", "ipv4": "10.0.0.5", "occured": "21-Nov-2026 05:00:00", "threat_name": threat,
                       "object_uri": "file:///C:/x.exe", "action_taken": "Cleaned by deleting"})


def eve(kind, **more):
    return json.dumps({"timestamp": WHEN + ".000000+0000", "event_type": kind, "src_ip": "10.0.0.5", "src_port": 40000, "dest_ip": "192.0.2.1", "proto": "TCP", **more})


def alert(signature):
    return eve("alert", dest_port=443, alert={"action": "allowed", "gid": 1, "signature_id": 2019284, "signature": signature, "severity": 1})


def fortinet(kind, **more):
    head = f'<189>date=2026-11-21 time=05:00:00 devname="fw" devid="FG1" logid="0101039426" type="{kind}" '
    return head + " ".join(f'{k}="{v}"' for k, v in more.items())


# (kind, log source, selection, what it wrote, a near miss)
DEVICES = [
    ("firewall", "category: firewall", "dst_port: 23", fortinet("traffic", srcip="192.0.2.1", dstip="10.0.0.1", dstport="23", action="deny"),
     fortinet("traffic", srcip="192.0.2.1", dstip="10.0.0.1", dstport="443", action="deny")),
    ("antivirus", "category: antivirus", "Signature|contains: CobaltStrike", eset("Win64/CobaltStrike.Beacon"), eset("Win64/Adware")),
    ("VPN", "{product: fortigate, service: sslvpnd}", "action: ssl-login-fail", fortinet("event", subtype="vpn", action="ssl-login-fail", user="bob", remip="192.0.2.1"),
     fortinet("event", subtype="vpn", action="tunnel-up", user="bob", remip="192.0.2.1")),
    ("scanner", "{product: nuclei, category: vulnerability}", "event.severity: critical", nuclei("critical"), nuclei("info")),
    ("IDS", "{product: suricata, category: ids}", "rule.name|contains: beacon", alert("ET MALWARE beacon"), alert("ET INFO update")),
    ("IPS", "{product: suricata, service: drop}", "dst_port: 23", eve("drop", dest_port=23), eve("drop", dest_port=443)),
    ("WAF", "category: waf", "{rule.id: '942100', cs-user-agent|startswith: sqlmap, sc-status: 403}", waf("/?q=1%27--", "942100"), waf("/?q=1", "920350")),
]


@lf.promise
def each_kind_of_device():
    """firewall, antivirus, VPN, scanner, IDS, IPS and WAF: what each wrote is kept byte for byte and fires its rule on a running node, and a near miss does not"""
    d = lf.scratch()
    (d / "rules").mkdir(mode=0o755)
    ids = {}
    for i, (kind, source, selection, _, _) in enumerate(DEVICES):
        ids[kind] = f"0b9d6a52-3a31-4c0e-9a5d-0000000000{i:02}"
        flow = source if source.startswith("{") else "{" + source + "}"
        selected = selection if selection.startswith("{") else "{" + selection + "}"
        (d / f"rules/{i}.yml").write_text(f"title: {kind}\nid: {ids[kind]}\nlevel: high\nlogsource: {flow}\ndetection: {{s: {selected}, condition: s}}\n")
    n = lf.Node.serve(d, "[rules]\ndirs = rules\n")
    r = n.local("POST", "/api/v1/tokens", {"label": "devices", "roles": "sender", "account": "admin"})
    assert r.status == 201, r.body
    auth = {"Authorization": f"Splunk {r.json['token']}"}

    def send(lines):
        body = "".join(json.dumps({"event": text}) for text in lines)
        r = lf.until("the intake is there", lambda: (x := n.post("/services/collector/event", body.encode(), headers=auth)).status != 503 and x)
        assert r.status == 200, r.body

    def count():
        return {a["rule"]: a["count"] for a in n.local("GET", "/api/v1/alerts").json["items"]}

    # The near misses first: were they to fire, they would be counted when the others are.
    send([row[4] for row in DEVICES])
    send([row[3] for row in DEVICES])
    want = {rule: 1 for rule in ids.values()}
    lf.until("an alert of each kind", lambda: set(want) <= set(count()))
    assert count() == want, (count(), ids)
    found = subprocess.run([lf.BIN, "search", "--data", str(d / "data"), "--json", "--limit", "1000", "*"], capture_output=True, text=True, timeout=60)
    assert found.returncode == 0, found.stderr
    hits = [json.loads(line) for line in found.stdout.splitlines()]
    assert sorted(h["raw"] for h in hits) == sorted(text for row in DEVICES for text in row[3:5]), hits
    off = [(h["time"], h["raw"][:60]) for h in hits if not h["time"].startswith(WHEN)]
    assert not off, off
    n.close()
    return f"{len(DEVICES)} kinds"


if __name__ == "__main__":
    lf.done()
