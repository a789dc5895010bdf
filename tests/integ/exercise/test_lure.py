#!/usr/bin/env python3
"""Mail of a social-engineering drill: only to who agreed, marked, slowly, counted without naming anybody, and erased."""
import pathlib
import re
import sys
import urllib.parse

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "lib"))
from lf import *
from mailserver import MailServer, certificate

made = certificate(scratch())
if not made:
    print("1..0 # SKIP no openssl")
    sys.exit(0)
mail = MailServer(made[0])
where = scratch()
settings = f"[mail]\nserver = smtps://127.0.0.1:{mail.port}\nfrom = desk@cert.example\nlogin = node\nsecret = mailsecret\npin = {made[1]}"
node = Node.serve(where, settings, tier="sector")
BASE = "/api/v1/exercises"


def call(method, path, body=None, status=(200, 201, 204)):
    r = node.local(method, path, body)
    assert r.status in ((status,) if isinstance(status, int) else status), (method, path, r.status, r.body.decode())
    return r.json if r.body else None


def refused(path, body, says, status=(400, 409, 422)):
    r = node.local("POST", path, body)
    assert r.status in status and says in r.json["detail"], (path, body, r.status, r.body.decode())


def counts(x):
    return {u["name"]: u for u in call("GET", f"{BASE}/{x}/lure")["units"]}


for name in ("水公司", "小公司", "沒同意的公司"):
    call("POST", "/api/v1/units", {"name": name, "attribute": "enterprise-1"})
x = node.exercise(kind="social-engineering", participants=["水公司", "小公司"])
people = "mail,name\n" + "".join(f"p{i}@Water.Example,員工{i}\n" for i in range(6)) + "one@small.example,某人\n"


@promise
def only_to_who_agreed():
    """mail is prepared only for people of organisations that take part and agreed, a bounded list whole or not at all, and a text that has its link"""
    refused(f"{BASE}/{x}/lure/people", {"csv": people}, "agreed")
    call("POST", "/api/v1/lure-consents", {"unit": "水公司", "domain": "water.example", "person": "資安長"})
    call("POST", "/api/v1/lure-consents", {"unit": "小公司", "domain": "small.example", "person": "資安長"})
    call("POST", "/api/v1/lure-consents", {"unit": "沒同意的公司", "domain": "other.example", "person": "某人"})
    refused("/api/v1/lure-consents", {"unit": "水公司", "domain": "a@b", "person": "x"}, "domain")
    refused("/api/v1/lure-consents", {"unit": "沒有", "domain": "a.example", "person": "x"}, "contact network")
    for csv, says in (("x@other.example,某人\n", "agreed"), ("x@evil.water.example\n", "agreed"), ("water.example\n", "line 1"), ("a@water.example\nA@water.example\n", "line 2"),
                      ("".join(f"q{i}@water.example\n" for i in range(5001)), "5000")):
        refused(f"{BASE}/{x}/lure/people", {"csv": csv}, says, (400, 413, 422, 429))
    assert call("POST", f"{BASE}/{x}/lure/people", {"csv": people})["people"] == 7
    for wrong, says in (({"subject": "x", "body": "沒有連結"}, "{link}"), ({"template": "none"}, "template"), ({"template": "parcel", "per_hour": 1001}, "per_hour"), ({"template": "parcel", "keep_days": 0}, "keep_days")):
        refused(f"{BASE}/{x}/lure", wrong, says)
    real = node.exercise(kind="reporting")
    refused(f"{BASE}/{real}/lure", {"template": "parcel"}, "social-engineering")
    refused(f"{BASE}/{x}/lure/state", {"state": "sending"}, "text")
    call("POST", f"{BASE}/{x}/lure", {"template": "password", "language": "zh", "per_hour": 1000, "keep_days": 1})
    assert not mail.mails


@promise
def sent_and_counted():
    """each mail has a link of its own and says in its header that it is a drill's; opened and reported are counted by organisation once, never for a person, and of few people not at all; nothing goes after it is stopped"""
    call("POST", f"{BASE}/{x}/lure/state", {"state": "sending"})
    refused(f"{BASE}/{x}/lure", {"template": "parcel"}, "before it is sent")
    until("the first goes at once", lambda: len(mail.mails) >= 1, 30)
    assert len(mail.mails) == 1, "the others later: so many an hour"
    assert counts(x)["水公司"]["withheld"], "one got it: what came of that names who"
    until("enough of them have it", lambda: counts(x)["水公司"]["sent"] == 6 and len(mail.mails) >= 6, 120)
    call("POST", f"{BASE}/{x}/lure/state", {"state": "stopped"})
    first = mail.mails[0][2]
    assert first["Lianfang-Exercise"] == x and first["To"] == "p0@water.example" and "密碼" in str(first["Subject"]), dict(first)
    link = re.search(r"/lures/([0-9a-f-]{36})", first.get_content()).group(1)
    assert counts(x)["水公司"] | {"unit": 0} == {"unit": 0, "name": "水公司", "people": 6, "sent": 6, "withheld": False, "opened": 0, "reported": 0}, counts(x)
    for _ in range(2):
        r = node.request("GET", f"/lures/{link}", auth=False)
        assert r.status == 200 and "社交工程演練" in r.body.decode() and "p0" not in r.body.decode()
    assert node.request("GET", "/lures/10000000-0000-4000-8000-000000000000", auth=False).status == 200
    assert counts(x)["水公司"]["opened"] == 1
    form = node.request("GET", "/suspicious-mail", auth=False)
    assert form.status == 200 and "通報可疑信件" in form.body.decode()
    for said in ("nothing", "https://elsewhere.example/lures/10000000-0000-4000-8000-000000000000", f"看這個 https://node/lures/{link}?x=1", link):
        r = node.request("POST", "/suspicious-mail", urllib.parse.urlencode({"link": said}).encode(), headers={"Content-Type": "application/x-www-form-urlencoded"}, auth=False)
        assert r.status == 200 and "已計入通報" in r.body.decode() and "請務必通報貴機關的資安人員" in r.body.decode(), (said, r.status)
    assert counts(x)["水公司"]["reported"] == 1
    assert counts(x)["小公司"] | {"unit": 0, "sent": 0} == {"unit": 0, "name": "小公司", "people": 1, "sent": 0, "withheld": True}
    everything = json.dumps(call("GET", f"{BASE}/{x}/lure")) + node.local("GET", f"/exercises/{x}").body.decode() + json.dumps(call("GET", "/api/v1/audit?limit=1000"))
    assert "p0@" not in everything and "員工0" not in everything
    refused(f"{BASE}/{x}/lure/state", {"state": "sending"}, "before it is sent")


done()
