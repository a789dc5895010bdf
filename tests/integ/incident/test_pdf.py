#!/usr/bin/env python3
"""PDF that the node makes itself, read back by another program: the report form of an incident, and statistics with charts."""
import datetime
import pathlib
import re
import subprocess
import sys
import threading
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "lib"))
from lf import *

node = Node.serve(scratch())
d = pathlib.Path(os.environ.get("LF_KEEP") or scratch())
TAIPEI = datetime.timezone(datetime.timedelta(hours=8))
NOW = datetime.datetime.now(TAIPEI)


def fetch(path, name):
    r = node.local("GET", path)
    assert r.status == 200 and r.body[:5] == b"%PDF-", (r.status, r.body[:300])
    (d / name).write_bytes(r.body)
    return d / name


def read(file, *options):
    r = subprocess.run(["pdftotext", *options, file, "-"], capture_output=True, timeout=60)
    assert r.returncode == 0 and not r.stderr, r.stderr
    return r.stdout.decode()


def bare(text):
    """Without blanks and line ends: lines of a cell are wrapped."""
    return re.sub(r"\s+", "", text)


def report(**more):
    values = {"aware_at": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()), "category": "web_defaced", "description": "首頁遭置換", "affects": "no",
              "asset": "core", "leak": "none", "tamper": "minor", "outage_min": 0, "contact_phone": "02-2345-6789", **more}
    r = node.local("POST", "/api/v1/reports", {"stage": "first", "values": values})
    assert r.status == 201, r.body
    return r.json["id"]


@promise
def form():
    """an incident's report form as PDF says what its page for the printer says, value by value, times with their zone"""
    i = report(description="首頁遭置換，" + "內容為測試文字。" * 60)
    page = node.local("GET", f"/incidents/{i}/print?lang=zh").body.decode()
    cells = re.findall(r'<tr><th scope="row">(.*?)</th><td class="wrap">(.*?)</td>', page)
    file = fetch(f"/api/v1/incidents/{i}/export?format=pdf", "form.pdf")
    text = bare(read(file))
    assert len(cells) >= 9
    for name, value in cells:
        for part in (name, re.sub(r"<[^>]*>", "", value)):
            assert bare(part) in text, (part, text)
    number = [e for e in node.local("GET", f"/api/v1/incidents/{i}").json["events"] if e["kind"] == "reported"][0]["body"]["number"]
    assert number in text and bare(i) in text and "UTC+8" in text
    assert f"/api/v1/incidents/{i}/export?format=pdf" in node.local("GET", f"/incidents/{i}").body.decode()


@promise
def carried():
    """its font lies in the file as far as it is used, and every character can be found and copied"""
    file = fetch(f"/api/v1/incidents/{report()}/export?format=pdf", "fonts.pdf")
    fonts = subprocess.run(["pdffonts", file], capture_output=True, timeout=60).stdout.decode().splitlines()[2:]
    assert fonts and all(re.search(r"\+NotoSansCJK.* yes yes yes ", f) for f in fonts), fonts
    size = file.stat().st_size
    assert size < 200000, size
    info = subprocess.run(["pdfinfo", file], capture_output=True, timeout=60).stdout.decode()
    assert "資通安全事件" in info and "A4" in info, info
    return f"{size} bytes"


@promise
def hostile():
    """text that nothing fits stays readable: long words break, marks of direction and what the font has not are named"""
    said = "W" * 500 + " \u202egnp.exe \u2066x \U0001f600 \u05d0\u05d1 e\u0301 " + "很" * 400
    i = report(description=said, contact_phone="\u202e9876")
    t = time.monotonic()
    text = bare(read(fetch(f"/api/v1/incidents/{i}/export?format=pdf", "hostile.pdf")))
    took = time.monotonic() - t
    assert "W" * 500 in text and "很" * 400 in text and "[U+202E]gnp.exe" in text and "[U+2066]" in text and "[U+1F600]" in text, text[-500:]
    assert "\u202e" not in text and took < 5, took


@promise
def statistic():
    """a year's and a month's statistic as PDF has every number of the API, row by row, a chart before each table, and the zone"""
    for i in range(30):
        aware = NOW - datetime.timedelta(seconds=60 + 4000 * i)
        body = {"title": f"案件 {i}", "aware_at": aware.strftime("%Y-%m-%dT%H:%M:%S+08:00"), "level": i % 4 + 1, "category": ["web", "intrusion", "dos"][i % 3]}
        r = node.local("POST", "/api/v1/incidents", body)
        assert r.status == 201, r.body
        if i % 3 == 0:
            node.local("POST", f"/api/v1/incidents/{r.json['id']}/events", {"kind": "controlled"})
    for key in (f"{NOW.year}", f"{NOW.year}-{NOW.month:02}"):
        page = node.local("GET", f"/statistics?time={key}&lang=zh").body.decode()
        data = node.local("GET", f"/api/v1/statistics?time={key}").json
        text = read(fetch(f"/api/v1/statistics?time={key}&format=pdf", f"statistic-{key}.pdf"), "-layout")
        assert f"民國{NOW.year - 1911}年" in text and "UTC+8" in text
        lines = [re.sub(r"\s+", " ", line).strip() for line in text.splitlines()]
        for row in data["items"]:
            numbers = [str(row["late"])] if row["by"] == "clock" else [str(row[m]) for m in ("cases", "reported", "reviewed", "controlled", "late")]
            label = {"month": lambda: f"民國{int(row['key'][:4]) - 1911}年{int(row['key'][5:])}月", "level": lambda: f"{row['key']}", "all": lambda: "全部"}.get(row["by"], lambda: "")()
            assert any(label in line and line.endswith(" " + " ".join(numbers)) for line in lines), (row, label, numbers, text)
            if row.get("cases") and row["by"] == "level":
                assert any(bare(line).endswith(f"{row['cases'] - row['late']}+{row['late']}") for line in lines), (row, text)
        medians = set(re.findall(r"中位數 ([0-9:]+)", page))
        assert medians and all(m in bare(text) for m in medians)
        assert f"/api/v1/statistics?format=pdf&amp;time={key}" in page


@promise
def answered():
    """while documents are made others are answered soon"""
    i = report()
    slow, done = [], threading.Event()

    def others():
        while not done.is_set():
            t = time.monotonic()
            assert node.local("GET", "/api/v1/incidents?limit=10").status == 200
            slow.append(time.monotonic() - t)

    asking = threading.Thread(target=others)
    asking.start()
    try:
        end = time.monotonic() + 60
        while len(slow) <= 20 and time.monotonic() < end:
            for path in (f"/api/v1/incidents/{i}/export?format=pdf", "/api/v1/statistics?format=pdf") * 5:
                assert node.local("GET", path).status == 200
    finally:
        done.set()
        asking.join()
    slow.sort()
    assert len(slow) > 20 and slow[-1] < 1, (len(slow), slow[-1])
    return f"the slowest of {len(slow)} answers {slow[-1] * 1000:.0f} ms"


@promise
def no_font():
    """without a font the node runs, and says what is missing"""
    other = Node.serve(scratch(), settings="[pdf]\nfont = /nowhere/font.ttc\n")
    r = other.local("GET", "/api/v1/statistics?format=pdf")
    assert r.status == 503 and "font" in r.json["detail"] and other.local("GET", "/api/v1/statistics").status == 200, r.body


done()
