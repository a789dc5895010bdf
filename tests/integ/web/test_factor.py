#!/usr/bin/env python3
"""A second factor that is lost: recovery codes, and who takes it off."""
import base64
import hashlib
import hmac
import html
import pathlib
import re
import struct
import subprocess
import sys
import time
import urllib.parse
import urllib.request

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "lib"))
from lf import *

node = Node.serve(scratch())
PASSWORD = "a long enough one"
for name, roles in (("ann", "analyst"), ("boss", "admin")):
    assert node.local("POST", "/api/v1/users", {"name": name, "roles": roles, "password": PASSWORD}).status == 201


def totp(secret, later=0):
    """RFC 6238."""
    key = base64.b32decode(secret)
    mac = hmac.new(key, struct.pack(">Q", int(time.time()) // 30 + later), hashlib.sha1).digest()
    at = mac[19] & 15
    return f"{(struct.unpack('>I', mac[at:at + 4])[0] & 0x7fffffff) % 1000000:06}"


def sign_in(user, code=""):
    return node.post("/api/v1/session", {"user": user, "password": PASSWORD, "totp": code}, auth=False)


def session(user, code=""):
    r = sign_in(user, code)
    assert r.status == 201, r.body
    return {"Cookie": r.headers["Set-Cookie"].split(";")[0], "X-CSRF-Token": r.json["csrf"]}


def ask(who, path, body):
    return node.request("POST", path, body, headers=who, auth=False)


def enrolled(user):
    """A second factor that is on, and its recovery codes; a code of the authenticator is left for one more use."""
    who = session(user)
    secret = ask(who, "/api/v1/me/totp", {}).json["secret"]
    until("a step has begun", lambda: time.time() % 30 < 20, 15)
    assert ask(who, "/api/v1/me/totp", {"code": totp(secret, -1)}).status == 204
    r = ask(who, "/api/v1/me/recovery-codes", {"code": totp(secret)})
    assert r.status == 200 and len(set(r.json["codes"])) == 10, r.body
    return who, secret, r.json["codes"]


def trail():
    return [(e["action"], e.get("subject")) for e in node.local("GET", "/api/v1/audit?limit=200").json["items"]]


@promise
def codes():
    """a recovery code lets in once over a kill -9, is counted, and proves what the authenticator would; wrong and used ones do not"""
    global node
    who, secret, made = enrolled("ann")
    for code in ("", "000000", "AAAA-AAAA-AAAA-AAAA", made[0][:-1], totp(secret)):
        assert sign_in("ann", code).status == 401, code
    os.kill(node.process.pid, signal.SIGKILL)
    node.process.wait()
    node = until("it is back", lambda: Node.serve(node.directory))
    inside = session("ann", made[0].lower().replace("-", " "))
    assert sign_in("ann", made[0]).status == 401
    assert node.request("GET", "/api/v1/me", headers=inside, auth=False).json["recovery_codes"] == 9
    assert ask(inside, "/api/v1/me/totp-off", {"code": made[0]}).status == 422
    assert ask(inside, "/api/v1/me/totp-off", {"code": made[1]}).status == 204
    assert sign_in("ann", made[2]).status == 201 and sign_in("ann").status == 201  # nothing is asked for any more
    actions = [a for a, _ in trail()]
    assert actions.count("account.recovery_used") == 2 and "account.recovery_made" in actions and "account.totp_off" in actions, actions


@promise
def taken_off():
    """an administrator or the node's own machine takes off what somebody lost, by name; nobody else, and one's own only by a code"""
    who, secret, made = enrolled("ann")
    boss, _, codes = enrolled("boss")
    ann = next(u["id"] for u in node.local("GET", "/api/v1/users").json["items"] if u["name"] == "ann")
    assert ask(who, "/api/v1/users/boss/totp-off", {}).status == 403
    assert ask(boss, "/api/v1/users/boss/totp-off", {}).status == 422
    assert ask(boss, f"/api/v1/users/{ann}/totp-off", {}).status == 204 and sign_in("ann").status == 201
    assert ask(boss, f"/api/v1/users/{ann}/totp-off", {}).status == 409
    assert sign_in("boss").status == 401
    r = subprocess.run([BIN, "user", "totp-off", "--data", node.directory / "data", "boss"], capture_output=True, text=True, timeout=60)
    assert r.returncode == 0 and sign_in("boss").status == 201, r


class Stay(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *a, **k):
        return None


class Phoneless:
    """A browser at the sign-in page: its one cookie is kept."""

    def __init__(self):
        self.cookies, self.open = {}, urllib.request.build_opener(urllib.request.HTTPSHandler(context=node.context), Stay).open

    def __call__(self, path, fields=None):
        r = urllib.request.Request(node.info["https"] + path, urllib.parse.urlencode(fields).encode() if fields is not None else None,
                                   {"Cookie": "; ".join(f"{k}={v}" for k, v in self.cookies.items())})
        try:
            a = self.open(r, timeout=30)
        except urllib.error.HTTPError as e:
            a = e
        for c in a.headers.get_all("Set-Cookie") or []:
            name, _, value = c.split(";")[0].partition("=")
            self.cookies[name] = value
        return a.status, a.headers, html.unescape(a.read().decode())

    def number(self):
        return "".join(re.search(r'class="code">(\d{3}) (\d{3})<', self("/login/lost")[2]).groups())


def waiting(who):
    r = node.get("/api/v1/lost-factors", headers=who, auth=False)
    assert r.status == 200, r.body
    return r.json["items"]


@promise
def let_in():
    """who lost the phone and has no code asks with the password and is let in once another person with the same roles consents, seen by a number; nothing else lets in, not after a kill -9 either, and it is told and audited"""
    global node
    for name, roles in (("lin", "reporter"), ("rev", "reviewer"), ("both", "reviewer,reporter")):
        assert node.local("POST", "/api/v1/users", {"name": name, "roles": roles, "password": PASSWORD}).status == 201
    enrolled("lin")
    enrolled("both")
    told = lambda: [n for n in node.local("GET", "/api/v1/notices?limit=1000").json["items"] if n["about"] == "second_factor"]
    lin, thief = Phoneless(), Phoneless()
    asks = {"user": "lin", "password": PASSWORD, "reason": "手機掉了，分機 123"}
    assert lin("/login/lost", {**asks, "password": "wrong"})[0] == 401 and lin("/login/lost", {**asks, "reason": " "})[0] == 400
    assert lin("/login/lost", {**asks, "user": "rev"})[0] == 409, "no second factor to lose"
    assert not told() and not waiting(session("rev"))
    assert lin("/login/lost", asks)[0] == 303 and len(told()) == 1 and told()[0]["detail"] == asks["reason"]
    assert thief("/login/lost", asks)[0] == 429, "not again within a minute"
    assert lin("/login/lost/enter", {})[0] == 409 and thief("/login/lost/enter", {})[0] == 409
    rev = session("rev")
    [x] = waiting(rev)
    assert x["name"] == "lin" and x["reason"] == asks["reason"] and x["number"] == lin.number(), x
    post = lambda who, act, i=x["id"]: ask(who, f"/api/v1/lost-factors/{i}/{act}", {}).status
    key = node.local("POST", "/api/v1/tokens", {"account": "boss", "label": "t", "roles": "admin"}).json["token"]
    assert node.post(f"/api/v1/lost-factors/{x['id']}/approve", {}, headers={"Authorization": "Bearer " + key}).status == 403, "no token consents"
    assert post(rev, "approve") == 403, "a reviewer has not the role of a reporter"
    assert post(session("ann"), "approve") == 403
    boss = session("boss")
    assert post(boss, "approve", "none") == 404 and post(boss, "approve") == 204 and post(boss, "refuse") == 409
    os.kill(node.process.pid, signal.SIGKILL)
    node.process.wait()
    node = until("it is back", lambda: Node.serve(node.directory))
    lin.open, thief.open = Phoneless().open, Phoneless().open
    assert "已核准" in lin("/login/lost")[2] and thief("/login/lost/enter", {})[0] == 409 and sign_in("lin").status == 401
    thief.cookies = dict(lin.cookies)
    status, headers, _ = lin("/login/lost/enter", {})
    assert status == 303 and headers["Location"] == "/me" and lin("/me")[0] == 200, (status, headers)
    assert thief("/login/lost/enter", {})[0] == 409, "the same once more"
    assert sign_in("lin").status == 201, (sign_in("lin").body, "the factor is off, the consent used")
    audit = [e for e in node.local("GET", "/api/v1/audit?limit=200").json["items"]]
    assert [e["action"] for e in audit if e["action"].startswith("account.factor_lost")] == ["account.factor_lost_approved", "account.factor_lost"], audit


@promise
def refused():
    """what was refused, or is of a password or a factor that was changed meanwhile, lets nobody in; a reviewer with every role of the account may consent, never to his own"""
    enrolled("lin")
    lin = Phoneless()
    until("a minute has passed since the last", lambda: lin("/login/lost", {"user": "lin", "password": PASSWORD, "reason": "again"})[0] == 303, 75)
    boss = session("boss")
    [x] = waiting(boss)
    assert ask(boss, f"/api/v1/lost-factors/{x['id']}/refuse", {}).status == 204
    assert lin("/login/lost/enter", {})[0] == 409 and "未獲核准" in lin("/login/lost")[2] and not waiting(boss)
    both = Phoneless()
    assert both("/login/lost", {"user": "both", "password": PASSWORD, "reason": "x"})[0] == 303
    [x] = waiting(boss)
    assert ask(boss, f"/api/v1/lost-factors/{x['id']}/approve", {}).status == 204
    ids = {u["name"]: u["id"] for u in node.local("GET", "/api/v1/users").json["items"]}
    assert node.local("POST", f"/api/v1/users/{ids['both']}/password", {"password": "another long enough one"}).status in (200, 204)
    assert both("/login/lost/enter", {})[0] == 409, "the password was changed: what it asked for is gone"
    lin = Phoneless()
    until("a minute has passed since the last", lambda: lin("/login/lost", {"user": "lin", "password": PASSWORD, "reason": "once more"})[0] == 303, 75)
    [x] = waiting(boss)
    assert ask(boss, f"/api/v1/lost-factors/{x['id']}/approve", {}).status == 204
    assert node.local("POST", f"/api/v1/users/{ids['lin']}/totp-off", {}).status == 204
    enrolled("lin")
    assert lin("/login/lost/enter", {})[0] == 409 and sign_in("lin").status == 401, "it was for the factor that is gone, not for the new one"


done()
