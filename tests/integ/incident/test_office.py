#!/usr/bin/env python3
"""The receiving office at the head of the report form on paper: name, telephone, fax, e-mail, postal address, as the settings say."""
import html
import pathlib
import re
import signal
import subprocess
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "lib"))
from lf import *

SAID = {"name": "能源領域 CERT <b>", "telephone": "02-2345-6789 轉 12", "fax": "02-2345-6780", "email": "cert@energy.example", "address": "臺北市中正區測試路 1 號"}
WORDS = {"zh": ["受理單位", "洽詢電話", "傳真", "電子郵件", "逕送地址"], "en": ["Receiving office", "Telephone for enquiries", "Fax", "E-mail", "Send it to"]}


def settings(said):
    return "[office]\n" + "".join(f"{k} = {v}\n" for k, v in said.items())


def incident(node):
    r = node.local("POST", "/api/v1/reports", {"stage": "first", "values": {
        "aware_at": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()), "category": "web_defaced", "description": "首頁遭置換",
        "affects": "no", "asset": "core", "leak": "none", "tamper": "minor", "outage_min": 0}})
    assert r.status == 201, r.body
    return r.json["id"]


def page(node, path, lang="zh"):
    r = node.local("GET", f"{path}?lang={lang}")
    assert r.status == 200, (r.status, r.body)
    return r.body.decode()


def head(text):
    found = re.search(r'<table class="sheet office">(.*?)</table>', text)
    return {} if not found else {html.unescape(n): html.unescape(v) for n, v in re.findall(r'<tr><th scope="row">(.*?)</th><td class="wrap">(.*?)</td></tr>', found[1])}


def pdf(node, i, lang="zh"):
    r = node.local("GET", f"/api/v1/incidents/{i}/export?format=pdf&lang={lang}")
    assert r.status == 200, r.body
    file = scratch() / "x.pdf"
    file.write_bytes(r.body)
    return re.sub(r"\s+", "", subprocess.run(["pdftotext", file, "-"], capture_output=True, timeout=60).stdout.decode())


@promise
def said():
    """an incident's sheet, the blank one and the PDF have at their head the office's name, telephone, fax, e-mail and address, in both languages, and its name in the title"""
    node = Node.serve(scratch(), settings=settings(SAID))
    i = incident(node)
    for lang, words in WORDS.items():
        for path in ("/report-form/print", f"/incidents/{i}/print"):
            text = page(node, path, lang)
            assert head(text) == dict(zip(words, SAID.values())), head(text)
            assert html.escape(SAID["name"]) in re.search("<h1>(.*?)</h1>", text)[1] and SAID["name"] not in text
    text = pdf(node, i)
    for value in [*SAID.values(), *WORDS["zh"]]:
        assert re.sub(r"\s+", "", value) in text, (value, text)
    assert text.index("逕送地址") < text.index("首頁遭置換") and text.startswith("能源領域CERT<b>資通安全事件通報單"), text[:80]


@promise
def left_out():
    """what is empty is left out; of a node whose settings say nothing the form is without a head"""
    node = Node.serve(scratch(), settings=settings({"telephone": "119"}))
    i = incident(node)
    assert head(page(node, "/report-form/print")) == {"洽詢電話": "119"} and "洽詢電話119" in pdf(node, i) and "傳真" not in pdf(node, i)
    bare = Node.serve(scratch())
    text = page(bare, "/report-form/print")
    assert head(text) == {} and "office" not in text and re.search("<h1>(.*?)</h1>", text)[1] == "資通安全事件通報單", text[:300]


@promise
def changed():
    """a change of the settings is in force when they are read again, without a restart; `config show` says what is in force, and one that is too long is refused"""
    d = scratch()
    node = Node.serve(d, settings=settings(SAID))
    ini = d / "lianfang.ini"
    ini.write_text(ini.read_text().replace(SAID["telephone"], "02-0000-0000").replace(f"fax = {SAID['fax']}\n", ""))
    shown = subprocess.run([BIN, "config", "show", "-c", ini], capture_output=True, text=True, timeout=30)
    assert "telephone = 02-0000-0000" in shown.stdout, shown
    os.kill(node.process.pid, signal.SIGHUP)
    until("the new telephone is at the head", lambda: head(page(node, "/report-form/print")).get("洽詢電話") == "02-0000-0000")
    assert "傳真" not in head(page(node, "/report-form/print"))
    ini.write_text(ini.read_text().replace("02-0000-0000", "0" * 101))
    r = subprocess.run([BIN, "config", "check", "-c", ini], capture_output=True, text=True, timeout=30)
    assert r.returncode != 0 and "telephone" in r.stdout + r.stderr, r


done()
