#!/usr/bin/env python3
"""Rows made by hand from Sigma's specification (2.1.0) and docs/sigma-choices.md, apart from the
oracle and its reading: each is a detection, events it must fire on, events it must not, or that
it is refused.  All rows of a promise are one run of `lianfang detect --no-route`."""
import base64
import itertools
import json
import pathlib
import shutil
import subprocess
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "lib"))
import lf  # noqa: E402

dir = lf.scratch()
rows = []


def row(name, detection, yes=(), no=(), refused=False):
    """refused None: either; what counts is that it answers."""
    rows.append((name, detection, list(yes), list(no), refused))


def s(item):
    return " s:\n  " + item + "\n condition: s"


def q(text):
    return "'" + text.replace("'", "''") + "'"


def e(value, field="a"):
    return {field: value}


def settle():
    """Runs what `row` gathered."""
    wrong, events, want = [], [], []
    shutil.rmtree(dir / "rules", ignore_errors=True)
    (dir / "rules").mkdir()
    for i, (name, detection, yes, no, refused) in enumerate(rows):
        rule = f"00000000-0000-4000-8000-{i:012x}"
        (dir / "rules" / f"{i:05}.yml").write_text(
            f"title: t{i}\nid: {rule}\nlogsource: {{category: c}}\ndetection:\n{detection}\n", encoding="utf-8")
        for fires, some in ((True, yes), (False, no)):
            for event in some:
                want.append((i, len(events), rule, fires))
                events.append(event if isinstance(event, str) else json.dumps(event, ensure_ascii=False))
    (dir / "events").write_text("\n".join(events) + "\n", encoding="utf-8", errors="surrogatepass")
    r = subprocess.run([lf.BIN, "rules", "check", "--json", str(dir / "rules")], capture_output=True, text=True, timeout=120)
    for line in r.stdout.splitlines()[:-1]:
        answer = json.loads(line)
        name, detection, _, _, refused = rows[int(pathlib.Path(answer["file"]).stem)]
        if refused is not None and answer["loaded"] == refused:
            wrong.append(f"{name}: {answer.get('reason', 'loaded')}: {detection[:150]}")
        assert answer["loaded"] or answer["reason"], answer
    r = subprocess.run([lf.BIN, "detect", "--no-route", "--rules", str(dir / "rules"), str(dir / "events")], 
                       capture_output=True, text=True, timeout=120)
    assert r.returncode == 0 and "record" not in r.stderr, r.stderr
    fired = {(m["event"], m["rule"]) for m in map(json.loads, r.stdout.splitlines())}
    for i, at, rule, fires in want:
        if ((at, rule) in fired) != fires:
            wrong.append(f"{rows[i][0]}: {'misses' if fires else 'fires on'} {events[at][:150]}: {rows[i][1][:150]}")
    n = len(rows)
    rows.clear()
    assert not wrong, f"{len(wrong)} wrong:\n" + "\n".join(wrong[:20])
    return f"{n} rules, {len(want)} events"


def b(data):
    return base64.b64encode(data).decode()


def num(lit, yes, no, mod=""):
    """Events as JSON text, so that numbers stay as they are written."""
    row("num " + mod + lit, s(f"a{mod}: {lit}"), [f'{{"a":{x}}}' for x in yes], [f'{{"a":{x}}}' for x in no])


B = "\\"
D5 = "-/–—―"
big = "q" * 1000000


@lf.promise
def escapes_rows():
    """backslashes and wildcards mean what the specification's list says"""
    def esc(pat, yes, no, mod=""):
        row("esc " + mod + " " + pat, s(f"a{mod}: {q(pat)}"), [e(x) for x in yes], [e(x) for x in no])
    esc(r"a\b", [r"a\b", r"A\B"], [r"a\\b", "ab"])
    esc(r"a\\b", [r"a\b"], [r"a\\b", "ab"])
    esc(r"a\*", ["a*"], ["ab", "a", r"a\*", r"a\b"])
    esc(r"a\?", ["a?"], ["ab", r"a\?"])
    esc(r"a\\*", [r"a" + B, r"a\xyz", r"a\*"], ["a*", "axyz"])
    esc(r"a\\?", [r"a\x", r"a\?"], ["a\\", "a\\xx", "a?"])
    esc(r"a\\\*", [r"a\*"], [r"a\b", r"a\\*", "a*"])
    esc(r"a\\\?", [r"a\?"], [r"a\b", r"a\\?"])
    esc(r"a\\\\*", [r"a" + B*2, r"a\\b"], [r"a\b", r"a\\*"[0:2]])
    esc(r"a\\\\\*", [r"a\\*"], [r"a\\b", r"a\*"])
    esc("a" + B*3, ["a" + B*2], ["a" + B, "a" + B*3])
    esc("a" + B*4, ["a" + B*2], ["a" + B, "a" + B*3, "a" + B*4])
    esc("a" + B*5, ["a" + B*3], ["a" + B*2, "a" + B*4])
    esc("a" + B*6, ["a" + B*3], ["a" + B*2])
    esc("a" + B, ["a" + B], ["a", "a" + B*2])
    esc("a" + B*2, ["a" + B], ["a", "a" + B*2])
    esc(B, [B], ["", B*2])
    esc(B*2, [B], [B*2])
    esc("C:" + B, ["C:\\x", "c:\\"], ["C:", "C:x"], "|startswith")
    esc("C:" + B*2, ["C:\\x", "c:\\"], ["C:", "C:x"], "|startswith")
    esc(B, ["x\\y", "\\"], ["xy"], "|contains")
    esc(B*4, ["x\\\\y"], ["x\\y"], "|contains")
    esc(B*2 + "*", ["x\\y"], ["xy"], "|contains")
    esc(r"\*", ["x*y"], ["xy"], "|contains")
    esc(r"\whoami.exe", ["C:\\WHOAMI.exe", "\\whoami.exe"], ["whoami.exe", "c:\\whoami.exe2"], "|endswith")
    esc(r"a*b", ["xxaYYb", "ab", "xxaYYbb"], ["xxaYYbc"], "|endswith")
    esc(r"a?b*c", ["zaxbc", "axbYYcz"], ["abc"], "|contains")
    esc(r"a\d", [r"a\d"], ["a1"])
    esc(r"\\\\srv\share", ["\\\\srv\\share"], ["\\srv\\share"])
    esc(r"\%x%", [r"\%x%"], ["%x%"])
    esc("*", ["", "x", "\n"], [])
    esc("?", ["x", "中", "😀", "\n"], ["", "xx"])
    esc("??", ["ab"], ["a", "😀"])
    esc("***", ["", "x"], [])
    esc("*?", ["a", "ab"], [""])
    esc("?*?", ["ab", "abc"], ["a", ""])
    esc("a**b", ["ab", "axb"], ["a"])
    esc("*", ["", 'x'], [], "|contains")
    esc("?", ["x"], [""], "|contains")
    esc("", ["", "x"], [], "|contains")
    esc("", ["", "x"], [], "|startswith")
    esc("", ["", "x"], [], "|endswith")
    esc("", [""], ["x", " "])
    row("dq yaml", ' s:\n  a: "x\\\\*"\n condition: s', [e("x*")], [e("xy")])
    row("dq yaml tab", ' s:\n  a|contains: "\\t"\n condition: s', [e("x\ty")], [e("xy")])
    row("literal block", " s:\n  a|contains: |-\n    l1\n    l2\n condition: s", [e("xl1\nl2")], [e("l1 l2")])
    row("folded", " s:\n  a|contains: >-\n    l1\n    l2\n condition: s", [e("xl1 l2")], [e("l1\nl2")])
    return settle()


@lf.promise
def folding_rows():
    """case is Unicode's simple folding with every modifier, and counts with cased"""
    pairs=[("STRASSE", "straße", 0), ("ẞ", "ß", 1), ("ÅNGSTRÖM", "ångström", 1), ("\u212a", "k", 1), ("\u017f", "S", 1), ("ς", "Σ", 1), ("σ", "ς", 1), ("\u0130", "i", 0), ("\u0131", "I", 0), ("\u0131", "i", 0), ("ДОМ", "дом", 1), ("\u1c90", "\u10d0", 1), ("\uab70", "\u13a0", 1), ("\U00010400", "\U00010428", 1), ("Ａ", "ａ", 1), ("\u01c5", "ǆ", 1), ("\u01c4", "\u01c5", 1), ("µ", "Μ", 1), ("\u2126", "ω", 1), ("\u1e9b", "Ṡ", 1), ("ﬀ", "FF", 0), ("é", "e\u0301", 0), ("\u0345", "\u03b9", 1), ("\u1fbe", "Ι", 1), ("Ⅳ", "ⅳ", 1), ("ⓐ", "Ⓐ", 1), ("\u1f80", "\u1f88", 1), ("\u1fb3", "\u1fbc", 1), ("\u03f4", "θ", 1), ("ϐ", "Β", 1), ("\u1c80", "В", 1), ("\ua64a", "\u1c88", 1), ("\u2c2f", "\u2c5f", 1), ("\u0149", "ʼn", 0), ("\U0001e900", "\U0001e922", 1), ("\u00c5", "\u212b", 1)]
    recent = {"\u1c90", "\uab70", "\u1c80", "\u2c2f", "\u2c5f", "\U0001e900", "\u1c88"}
    for a, b, m in pairs:
        for x, y in ((a, b), (b, a)):
            for mod, w in (("", "{}"), ("|contains", "pre{}post"), ("|startswith", "{}post"), ("|endswith", "pre{}")):
                (row("fold" + mod, s(f"a{mod}: {q('q'+x+'z')}"), *(([e(w.format('Q' + y + 'Z'))], []) if m else ([], [e(w.format('Q' + y + 'Z'))]))))
            row("fold wild", s(f"a: {q('q*'+x+'?z')}"), *(([e('Qww' + y + '1Z')], []) if m else ([], [e('Qww' + y + '1Z')])))
            row("fold kw", f" s:\n  - {q('q'+x+'z')}\n condition: s", *(([e('..Q' + y + 'Z..')], []) if m else ([], [e('..Q' + y + 'Z..')])))
            if not recent & {x, y}:  # Vectorscan's tables are older than these letters
                row("fold re", s(f"a|re|i: {q('q'+x+'z')}"), *(([e('..Q' + y + 'Z..')], []) if m else ([], [e('..Q' + y + 'Z..')])))
            row("fold fieldref", s("a|fieldref: b"), *(([{"a":x, "b":y}], []) if m else ([], [{"a":x, "b":y}])))
            row("cased", s(f"a|cased: {q(x)}"), [e(x)], [e(y)])
            row("cased2", s(f"a|contains|cased: {q(x)}"), [e("1" + x)], [e("1" + y)]) if x not in y else 0
            row("single", s(f"a: {q(x)}"), *(([e(y)], []) if m else ([], [e(y)])))
            row("single c", s(f"a|contains: {q(x)}"), *(([e(y)], []) if m else ([], [e(y)])))
    return settle()


@lf.promise
def numbers_rows():
    """numbers, booleans, null and the words of YAML 1.2 compare as written"""
    num("1", ["1", "1.0", "1e0", "10e-1", '"1"', "[0,1]"], ["true", '"1.0"', '"01"', '" 1"', "10", "null"])
    num("0", ["0", "-0", "0.0", "0e9", '"0"'], ["false", '""', "null", '"00"'])
    num("-5", ["-5", "-5.0", '"-5"'], ["5"])
    num("0x10", ["16", '"16"'], ['"0x10"'])
    num("0o17", ["15", '"15"'], ['"0o17"'])
    num("010", ["10", '"10"'], ["8"])
    num("1.5", ["1.5", "1.50", "15e-1", '"1.5"'], ['"1.50"'])
    num("18446744073709551617", ["18446744073709551617", '"18446744073709551617"', "18446744073709551617.0"], ["18446744073709551616", "1.8446744073709552e19"])
    num("'1'", ["1", '"1"'], ["1.0", '"1.0"'])
    num("'1.0'", ["1.0", '"1.0"'], ["1"])
    num("'1*'", ["1", "12", "1.0", '"1x"'], ["21"])
    num("true", ["true", '"true"', '"TRUE"', '"True"'], ["1", '"1"', '"yes"', "false"])
    num("'true'", ["true", '"TRUE"'], ["1"])
    num("'tr*'", ["true"], ["false"])
    num("true", ["[false,true]"], ["[false]"])
    num("True", ["true"], ["false"])
    num("yes", ['"yes"', '"YES"'], ["true"])
    num("off", ['"OFF"'], ["false"])
    num("2020-01-01", ['"2020-01-01"'], [])
    num("12:30", ['"12:30"'], ["750"])
    num("1_000", ['"1_000"'], ["1000"])
    num("~", ["null"], ['""'])
    num("", ["null"], ['""'])
    num("NULL", ["null"], ['"null"'])
    num("nULL", ['"null"'], ["null"])
    num("10", ['11', '"11"', '10.0001', '"10.1"', '1e1000', '[1,11]'], ['10', '"10"', '"0x11"', '" 11"', '"11 "', 'true', 'null', '"abc"', '""', '9', '-11'], "|gt")
    num("10", ['11', '10', '"10"', '"10.0"'], ['9.999', '"9"'], "|gte")
    num("10", ['9', '-1e400', '"-5"'], ['10', '"10"', 'null', '"a"'], "|lt")
    num("10", ['10', '9'], ['10.0000000000000000001', '"10.00000000000000000000001"'], "|lte")
    num("0.1", ['0.1', '0.10', '"0.1"'], ['0.09999999999999999999999'], "|gte")
    num("[5, 100]", ['6', '101'], ['5', '4'], "|gt")
    num("-1.5", ['-1'], ['-2', '-1.5'], "|gt")
    num("9007199254740992", ['9007199254740993', '"9007199254740993"'], ['9007199254740992'], "|gt")
    for m in ("gt", "gte", "lt", "lte"):
        for bad in ("'10'", "x", "true", "null", "''", "[1, x]"): row(m + bad, s(f"a|{m}: {bad}"), refused=True)
    row("gt|lt", s("a|gt|lt: 5"), refused=True)
    return settle()


@lf.promise
def null_exists_rows():
    """null, absent, empty and exists are four things"""
    num("null", ["null"], ['""', '0', 'false', '{}', '"null"'])
    row("null absent", s("a: null"), ["{}", '{"b":1}'], [])
    row("not null", " s:\n  b: 1\n f:\n  a: null\n condition: s and not f", ['{"b":1,"a":""}'], ['{"b":1}', '{"b":1,"a":null}'])
    num("true", ["null", '""', '1', '{}', '[]'], [], "|exists")
    row("ex f", s("a|exists: false"), ["{}"], ['{"a":null}', '{"a":1}'])
    row("ex dotted", s("a.b|exists: true"), ['{"a":{"b":null}}', '{"a.b":1}', '{"a":[{"c":1},{"b":2}]}'], ['{"a":{}}', '{"a":null}', '{"a":"b"}'])
    for bad in ("'true'", "1", "yes", "null", "[true]", "[true, false]", "''"): row("ex " + bad, s(f"a|exists: {bad}"), refused=None if "[" in bad else True)
    row("null dotted", s("a.b: null"), ['{"a":{"b":null}}', '{"a":{}}', "{}", '{"a":"x"}'], ['{"a":{"b":0}}'])
    return settle()


@lf.promise
def list_with_all_etc_rows():
    """all and neq go with every other modifier"""
    row("all", s("a|contains|all: [x, y, z]"), [e("zyx"), e(["x", "y", "z"])], [e("xy")])
    row("all eq", s("a|all: [x, y]"), [e(["x", "y"])], [e("x")])
    row("all re", s("a|re|all: ['x\\d', 'y\\d']"), [e("x1y2")], [e("x1")])
    row("all|contains order", s("a|all|contains: [x, y]"), [e("yx")], [e("x")])
    row("all startswith", s("a|startswith|all: [x, xy]"), [e("xyz")], [e("xz")])
    row("contains+startswith", s("a|startswith|endswith: x"), refused=None)
    row("neq", s("a|neq: x"), [e("y"), "{}", e(None), e(1)], [e("x"), e("X"), e(["y", "x"])])
    row("neq num", s("a|neq: 5"), [e(6), e("6")], [e(5), e("5"), '{"a":5.0}'])
    row("neq contains", s("a|contains|neq: x"), [e("abc"), "{}"], [e("axb")])
    row("neq cidr", s("a|cidr|neq: 10.0.0.0/8"), [e("11.1.1.1"), e("x")], [e("10.1.1.1")])
    row("neq re", s("a|re|neq: '^x'"), [e("ax")], [e("xa")])
    row("neq null", s("a|neq: null"), [e("")], ["{}", e(None)])
    row("neq fieldref", s("a|fieldref|neq: b"), [{"a":1, "b":2}, {"a":1}, {}], [{"a":"x", "b":"X"}])
    row("neq all", s("a|contains|all|neq: [x, y]"), [e("x"), e("z")], [e("xy")])
    row("neq fieldref order", s("a|neq|fieldref: b"), [{"a":1, "b":2}], [{"a":"x", "b":"X"}])
    return settle()


@lf.promise
def cidr_rows():
    """networks of both families, and what is none, as inet_pton reads addresses"""
    def cidr(c, yes, no): row("cidr " + c, s(f"a|cidr: {q(c)}"), [e(x) for x in yes], [e(x) for x in no])
    cidr("10.0.0.0/8", ["10.0.0.0", "10.255.255.255"], ["11.0.0.0", "9.255.255.255", "010.0.0.1", "10.0.0", "10.0.0.1 ", " 10.0.0.1", "10.0.0.1:80", "10.0.0.1/32", "::ffff:10.0.0.1", "10.0.0.256", 10, "0x0a000001", "10.1"])
    cidr("10.1.2.3/8", ["10.200.0.1"], [])
    cidr("0.0.0.0/0", ["1.2.3.4", "255.255.255.255"], ["::1", "x", ""])
    cidr("::/0", ["::1", "::ffff:1.2.3.4", "fe80::1"], ["1.2.3.4", "fe80::1%eth0", "[::1]"])
    cidr("192.168.1.1/32", ["192.168.1.1"], ["192.168.1.2"])
    cidr("192.168.1.1", ["192.168.1.1"], ["192.168.1.2"])
    cidr("2001:DB8::/33", ["2001:db8:7fff::1", "2001:0DB8:0000::"], ["2001:db8:8000::"])
    cidr("::1", ["::1", "0:0:0:0:0:0:0:1", "0::1"], ["::2"])
    cidr("::ffff:0:0/96", ["::ffff:1.2.3.4", "::FFFF:102:304"], ["1.2.3.4"])
    cidr("fe80::/10", ["fe80::1", "FEBF::"], ["fec0::"])
    cidr("10.0.0.0/31", ["10.0.0.0", "10.0.0.1"], ["10.0.0.2"])
    cidr("10.0.0.0/9", ["10.127.1.1"], ["10.128.0.0"])
    cidr("2001:db8::1.2.3.4/128", ["2001:db8::102:304"], ["2001:db8::"])
    row("cidr list", s("a|cidr: [10.0.0.0/8, 'fc00::/7']"), [e("10.1.1.1"), e("fd00::1"), e(["x", "10.1.1.1"])], [e("x"), e(["x"])])
    for bad in ("10.0.0.0/33", "10.0.0/8", "10.0.0.0/", "/8", "x", "''", "10.0.0.0/-1", "::/129", "10.0.0.0/8/8", "10.0.0.0/8 ", "10", "null", "true", "10.*", "10.0.0.0/a", "10.0.0.0/255.0.0.0"): row("cidr " + bad, s(f"a|cidr: {bad}" if bad in("null", "true", "10", "''") else f"a|cidr: {q(bad)}"), refused=True)
    row("cidr kw", " s:\n  '|cidr': 10.0.0.0/8\n condition: s", [e("10.2.2.2"), {"x":{"y":["10.1.1.1"]}}], [e("ip 10.2.2.2")])
    row("cidr all", s("a|cidr|all: [10.0.0.0/8, 10.1.0.0/16]"), [e("10.1.1.1")], [e("10.2.1.1")])
    return settle()


@lf.promise
def base64_rows():
    """encodings give the bytes that Python's codecs give"""
    row("b64", s("a|base64: foobar"), [e(b(b"foobar"))], [e("x" + b(b"foobar"))])
    row("b64 fold", s("a|base64: foobar"), [e(b(b"foobar").lower())])
    row("b64 cased", s("a|base64|cased: foobar"), [e(b(b"foobar"))], [e(b(b"foobar").lower())])
    row("b64 contains", s("a|base64|contains: foobar"), [e("--" + b(b"foobar") + "--")], [e("Zm9v")])
    for k in range(3): row(f"b64off{k}", s("a|base64offset|contains: '/bin/bash'"), [e(b(b"x"*k + b"/bin/bash" + b"y"*t)) for t in range(4)], [e(b(b"x"*k + b"/bin/bas"))])
    for enc, mod in (("utf-16-le", "wide"), ("utf-16-le", "utf16le"), ("utf-16-be", "utf16be")):
        for k in range(3): row(mod + str(k), s(f"a|{mod}|base64offset|contains: 'ping -n 中😀'"), [e(b(b"z"*k + "ping -n 中😀".encode(enc) + b"zz"))], [e(b(b"ping -n"))])
    row("utf16", s("a|utf16|base64: cmd"), [e(b(b"\xff\xfe" + "cmd".encode("utf-16-le")))], [e(b("cmd".encode("utf-16-le")))])
    row("utf16 b64off", s("a|utf16|base64offset|contains: cmd"), [e(b(b"x\xff\xfe" + "cmd".encode("utf-16-le") + b"y"))])
    row("b64 esc", s(r"a|base64: 'foo\*'"), [e(b(b"foo*"))], [e(b(b"foo\\*"))])
    row("b64 bs", s(r"a|base64: 'a\b'"), [e(b(b"a\\b"))])
    row("b64 wild", s("a|base64: 'a*'"), refused=True)
    row("b64 wild?", s("a|base64offset|contains: 'a?'"), refused=True)
    row("b64 list all", s("a|base64offset|contains|all: [hello, world]"), [e(b(b"hello big world") + "")], [e(b(b"hello big"))])
    row("b64 nonascii", s("a|base64: é中"), [e(b("é中".encode()))])
    row("b64 num", s("a|base64: 123"), [e(b(b"123"))])
    row("b64 short off", s("a|base64offset|contains: 'ab'"), [e(b(b"ab")), e(b(b"xab")), e(b(b"xxab"))])
    row("b64off 1", s("a|base64offset|contains: 'a'"), refused=None)
    row("b64off exact", s("a|base64offset: foobar"), [e("Zm9vYmFy")], [e("xZm9vYmFyx")])
    row("b64 endswith", s("a|base64|endswith: foobar"), [e("xx" + b(b"foobar"))], [e(b(b"foobar") + "x")])
    row("b64 neq", s("a|base64|neq: foobar"), [e("x")], [e(b(b"foobar"))])
    return settle()


@lf.promise
def windash_rows():
    """each dash stands for any of the five"""
    row("windash", s("a|windash|contains: ' -f'"), [e("c " + d + "F x") for d in D5], [e("c f"), e("c −f")])
    row("windash /", s("a|windash|contains: ' /f'"), [e("c " + d + "F x") for d in D5], [e("c f")])
    row("windash 2", s("a|windash|contains: ' -f -g'"), [e("c " + x + "f " + y + "g") for x in D5 for y in D5], [e("c -f  -g")])
    row("windash all", s("a|windash|contains|all: [' -f', ' -g']"), [e("x /g –f ")], [e("x /g")])
    row("contains windash", s("a|contains|windash: ' -f'"), [e("x /f")], [])
    row("windash inner", s("a|windash|contains: 'a-b'"), [e("a/b")], [])
    row("windash eq", s("a|windash: '-f'"), [e("/F")], [e("x/f")])
    row("windash ew", s("a|windash|endswith: '-f'"), [e("x/F")], [e("x/f1")])
    row("windash wild", s("a|windash|contains: '-f*-g'"), [e("xx/fzz―g")], [e("/f")])
    row("windash list", s("a|windash|contains: ['-q', '/z']"), [e("/q"), e("-z")], [e("q")])
    row("windash cased", s("a|windash|contains|cased: '-F'"), [e("/F")], [e("/f")])
    row("windash many", s("a|windash|contains: '" + "-a"*40 + "'"), [e("/a"*40)], [e("/a"*39)])
    row("windash kw", " s:\n  '|windash':\n   - ' -enc'\n condition: s", [e("ps /enc")], [e("enc")])
    row("windash fieldref", s("a|windash|fieldref: b"), refused=None)
    return settle()


@lf.promise
def re_rows():
    """expressions are PCRE's, without what cannot be matched in linear time"""
    def rx(p, yes, no, mod="|re"): row("re" + mod + " " + p, s(f"a{mod}: {q(p)}"), [e(x) for x in yes], [e(x) for x in no])
    rx("foo$", ["foo", "xfoo", "foo\n"], ["foox", "foo\n\n", "foo\nx", "FOO"])
    rx("^foo$", ["foo", "foo\n"], ["x\nfoo"])
    rx("^foo$", ["x\nfoo\ny", "foo", "foo\n"], ["xfoo"], "|re|m")
    rx("a.b", ["a中b", "aéb", "a😀b", "a\rb"], ["a\nb", "ab"])
    rx("a.b", ["a\nb"], ["ab"], "|re|s")
    rx("A.B", ["a\nb"], ["ab"], "|re|i|s")
    rx("^A.B$", ["x\na\nb\ny"], [], "|re|i|m|s")
    rx("^A.B$", ["x\na\nb\ny"], [], "|re|s|m|i")
    rx("^.$", ["中", "😀", "a"], ["ab", ""])
    rx("^..$", ["中a"], ["中"])
    rx("", ["", "x"], [])
    rx("a|b", ["a", "xb"], ["c"])
    rx("^(a|b){2,3}$", ["ab", "bab"], ["a", "abab"])
    rx("[^a-z]", ["A", "中"], ["abc"])
    rx(r"\d{3}", ["a123"], ["１２３"])
    rx(r"\w+", ["a"], ["中", "-"])
    rx(r"\bcmd\b", ["x cmd y", "cmd"], ["cmds"])
    rx(r"\\", ["\\"], ["/"])
    rx(r"a\.b", ["a.b"], ["axb"])
    rx(r"a\*", ["a*"], [])
    rx(r"a{,3}", ["a{,3}"], [])
    rx("(?i)foo", ["FOO"], [])
    rx("[[:digit:]]", ["1"], ["a"])
    rx(r"\x41", ["A"], ["B"])
    rx(r"a+?b", ["aab"], ["b"])
    rx("é", ["é"], ["É", "e"])
    rx("É", ["é"], ["e"], "|re|i")
    rx(r"[é]", ["é"], ["Ã", "e"])
    rx(r"^\S+$", ["中文"], ["a b"])
    rx(r"\x{4e2d}", ["中"], ["x"])
    rx(r"\t", ["\t"], ["t"])
    rx("a b", ["a b"], ["ab"])
    rx(r"a\/b", ["a/b"], [])
    rx("a#b", ["a#b"], [])
    rx(r"\$\{jndi", ["${jndi"], ["$jndi"])
    rx(r"^$", ["", "\n"], ["x"])
    rx(r"x*", ["", "y"], [])
    rx(r"\Aab\z", ["ab"], ["ab\n"])
    rx(r"ab\Z", ["ab\n", "ab"], ["abc"])
    rx(r"\s", ["\u000b", " ", "\r"], ["\u00a0", "\u3000"])
    for bad in ("(", "[", "a**", "(?=x)y", "(?<!x)y", r"(a)\1", "*a", "a{2,1}", r"(?P>x)", ")", r"\p{", "(?>a)", "a{99999}", "x\\"): row("re bad " + bad, s(f"a|re: {q(bad)}"), refused=True)
    row("re num", s("a|re: 5"), [e(15)], [e(1)])
    row("re ev num", s("a|re: '^15$'"), [e(15), '{"a":15}'], [e(150)])
    row("re bool", s("a|re: '^true$'"), [e(True)], [])
    row("re null ev", s("a|re: '.*'"), [e("")], [e(None), "{}"])
    row("re null", s("a|re: null"), refused=True)
    row("re list", s("a|re: ['^x', 'y$']"), [e("xa"), e("ay")], [e("axa")])
    row("re kw", " s:\n  '|re': '^fo+$'\n condition: s", [{"q":{"z":["foo"]}}], [e("xfoo")])
    row("re|i kw", " s:\n  '|re|i': ['^fo+$']\n condition: s", [{"q":{"z":["FOO"]}}], [e("xfoo")])
    row("re contains", s("a|re|contains: x"), refused=None)
    row("i without re", s("a|i: x"), refused=True)
    row("contains|i", s("a|contains|i: x"), refused=True)
    row("re cased", s("a|re|cased: x"), refused=None)
    row("m alone", s("a|m: x"), refused=True)
    row("re long", s("a|re: '" + "a?"*60 + "b'"), [e("b")], [])
    return settle()


@lf.promise
def fieldref_rows():
    """fields compared with fields"""
    row("fr", s("a|fieldref: b"), [{"a":"X", "b":"x"}, {"a":1, "b":"1"}, {"a":["q", "x"], "b":["x"]}, {"a":"", "b":""}, {"a":True, "b":"TRUE"}], [{"a":1}, {"b":1}, {"a":None, "b":None}, {}, {"a":1, "b":"1.0"}, {"a":{"x":1}, "b":{"x":1}}])
    row("fr cased", s("a|fieldref|cased: b"), [{"a":"x", "b":"x"}], [{"a":"X", "b":"x"}])
    row("fr sw", s("a|fieldref|startswith: b"), [{"a":"Xyz", "b":"x"}, {"a":"*y", "b":"*"}], [{"a":"yx", "b":"x"}, {"a":"y", "b":"*"}])
    row("fr ew", s("a|fieldref|endswith: b"), [{"a":"zyX", "b":"x"}], [{"a":"xy", "b":"x"}])
    row("fr ct", s("a|contains|fieldref: b"), [{"a":"zXy", "b":"x"}], [{"a":"y", "b":"x"}])
    row("fr dotted", s("a.x|fieldref: b.y"), [{"a":{"x":1}, "b":{"y":1}}, {"a.x":1, "b.y":1}], [{"a":{"x":1}, "b":{"y":2}}])
    row("fr list", s("a|fieldref: [b, c]"), [{"a":1, "c":1}], [{"a":1, "b":2}])
    row("fr all", s("a|fieldref|all: [b, c]"), [{"a":1, "c":1, "b":1}], [{"a":1, "b":1}])
    row("fr num", s("a|fieldref: 5"), refused=None)
    row("fr re", s("a|fieldref|re: b"), refused=True)
    row("fr null", s("a|fieldref: null"), refused=True)
    row("fr self", s("a|fieldref: a"), [{"a":1}], [{}])
    row("fr kw", " s:\n  '|fieldref': b\n condition: s", refused=True)
    row("fr gt", s("a|fieldref|gt: b"), refused=None)
    return settle()


@lf.promise
def conditions_rows():
    """conditions agree with a truth table"""
    def cond(c, py, names=("a", "b", "c")):
        det="".join(f" {n}:\n  {n}: 1\n" for n in names) + f" condition: {c}"
        yes=[]
        no=[]
        for bits in itertools.product((0, 1), repeat=len(names)):
            env=dict(zip(names, map(bool, bits)))
            ev={n:1 for n in names if env[n]}
            (yes if eval(py, {}, env) else no).append(ev)
        row("cond " + c, det, yes, no)
    cond("a or b and c", "a or b and c")
    cond("a and b or c", "a and b or c")
    cond("not a and b", "(not a) and b")
    cond("not a or b", "(not a) or b")
    cond("not (a or b)", "not (a or b)")
    cond("not (a and b) and c", "not (a and b) and c")
    cond("a and not b and not c", "a and not b and not c")
    cond("'not not a'", "a")
    cond("not (not a)", "a")
    cond("((a))", "a")
    cond("(a or b)and(c)", "(a or b) and c")
    cond("a AND b OR NOT c", "a and b or not c")
    cond("A1 and b", "A1 and b", ("A1", "b"))
    cond("1 of them", "a or b or c")
    cond("all of them", "a and b and c")
    cond("1 OF them", "a or b or c")
    cond("All Of Them", "a and b and c")
    cond("not 1 of them", "not (a or b or c)")
    cond("not all of them", "not(a and b and c)")
    N=("sel_a", "sel_b", "filter_a", "filter_b")
    cond("1 of sel_* and not 1 of filter_*", "(sel_a or sel_b) and not (filter_a or filter_b)", N)
    cond("all of sel_* and not all of filter_*", "sel_a and sel_b and not (filter_a and filter_b)", N)
    cond("1 of *_a", "sel_a or filter_a", N)
    cond("all of *l*_b", "sel_b and filter_b", N)
    cond("all of *", "sel_a and sel_b and filter_a and filter_b", N)
    cond("1 of sel_a", "sel_a", N)
    cond("all of sel_a and filter_a", "sel_a and filter_a", N)
    cond("all of s*_*a", "sel_a", N)
    cond("1 of sel_* or all of filter_*", "sel_a or sel_b or (filter_a and filter_b)", N)
    cond("(1 of sel_*) and not (all of filter_*)", "(sel_a or sel_b) and not (filter_a and filter_b)", N)
    cond("not 1 of sel_* and filter_a", "not (sel_a or sel_b) and filter_a", N)
    cond("1 of sel_* and 1 of filter_* or sel_a", "(sel_a or sel_b) and (filter_a or filter_b) or sel_a", N)
    M=("_h", "x", "_g")
    cond("1 of them", "x", M)
    cond("all of them", "x", M)
    cond("1 of _*", "_h or _g", M)
    cond("all of *", "x", M)
    cond("_h and x", "_h and x", M)
    cond("and_x or orange and notable", "and_x or orange and notable", ("and_x", "orange", "notable"))
    cond("of_x and all_y", "of_x and all_y", ("of_x", "all_y"))
    cond("them_x or one", "them_x or one", ("them_x", "one"))
    for n in ("selection-1", "1sel", "sel.x", "sel_1", "SEL", "选择", "sélection", "1_of", "all2", "s"): 
        row("ident " + n, f" {n}:\n  a: 1\n condition: {n}", [{"a":1}], [{"a":2}])
    row("cond list", " a: {a: 1}\n b: {b: 1}\n condition: [a, b]", [{"a":1}, {"b":1}], [{}])
    row("cond list2", " a: {a: 1}\n b: {b: 1}\n c: {c: 1}\n condition:\n  - a and b\n  - not c", [{"a":1, "b":1, "c":1}, {}], [{"c":1}, {"a":1, "c":1}])
    row("cond multi-line", " a: {a: 1}\n b: {b: 1}\n condition: >\n  a\n  and\n  b", [{"a":1, "b":1}], [{"a":1}])
    row("cond block |", " a: {a: 1}\n b: {b: 1}\n condition: |\n  a\n  \tand b\n", [{"a":1, "b":1}], [{"a":1}])
    for bad in ("a and", "and a", "a b", "a or or b", "(a", "a)", "()", "''", "not", "1 of", "all of", "of them", "1 of them and", "a & b", "a && b", "a || b", "a | count() > 3", "a | near b", "2 of them", "1 of nosuch*", "nosuch", "any of them", "all of (a)", "none of them", "0 of them", "a and not", "1 them", "[]", "[a, '']", "[a, nosuch]", "{a: b}", "1", "null", "true", "1 of a*b*", "a,b", "a;b", "!a", "them", "1 of 1", "a not b", "a and (b", "(((a))", "all them", "1of them"): 
        row("bad cond " + bad, " a: {a: 1}\n b: {b: 1}\n condition: " + (bad if bad[:1] in "[{'" or bad in("1", "null", "true") else q(bad)), refused=True)
    row("deep paren", " a: {a: 1}\n condition: " + "("*50 + "a" + ")"*50, [{"a":1}], [{}])
    row("very deep", " a: {a: 1}\n condition: " + "("*100000 + "a" + ")"*100000, refused=None)
    row("very deep open", " a: {a: 1}\n condition: '" + "("*100000 + "'", refused=True)
    row("many not", " a: {a: 1}\n condition: '" + "not "*100000 + "a'", refused=None)
    row("many or", " a: {a: 1}\n condition: " + " or ".join(["a"]*3000), [{"a":1}], [{}])
    row("timeframe", " a: {a: 1}\n timeframe: 5m\n condition: all of them", [{"a":1}], [{}])
    return settle()


@lf.promise
def structure_rows():
    """lists, maps, keywords and what they may not hold"""
    row("list of maps", " s:\n  - {a: 1, b: 1}\n  - c: 1\n condition: s", [{"a":1, "b":1}, {"c":1}], [{"a":1}])
    row("list maps all of", " s:\n  - a: [1,2]\n  - b|contains|all: [x,y]\n condition: s", [{"a":2}, {"b":"yx"}], [{"b":"x"}])
    row("mixed list", " s:\n  - foo\n  - a: 1\n condition: s", [{"z":"xfoox"}, {"a":1}], [{"a":2}]) 
    row("kw plain", " s: foo\n condition: s", [{"z":"xFOOx"}], [{"foo":1}])
    row("kw num", " s: 4688\n condition: s", [{"z":"id4688"}, {"z":4688}, '{"z":[14688]}'], [{"z":"468"}])
    row("kw wild", " s:\n  - 'a*b?c'\n condition: s", [{"z":"xxaYYb1cxx"}], [{"z":"a", "y":"b1c"}])
    row("kw bool", " s: [true]\n condition: s", [{"z":True}, {"z":"xTRUEx"}], [{"z":1}])
    row("kw esc", " s:\n  - '\\*x'\n condition: s", [{"z":"a*xb"}], [{"z":"aaxb"}])
    row("kw backslash", " s:\n  - '\\temp\\'\n condition: s", [{"z":"c:\\temp\\x"}], [{"z":"temp"}])
    row("kw all", " s:\n  '|all':\n   - x1\n   - y1\n condition: s", [{"a":"x1", "b":{"c":"y1"}}, {"a":"y1x1"}], [{"a":"x1"}])
    row("kw contains all", " s:\n  '|contains|all':\n   - x1\n   - y1\n condition: s", [{"a":"x1", "b":{"c":"y1"}}], [{"a":"x1"}])
    row("kw sw", " s:\n  '|startswith': [x1]\n condition: s", [{"a":["q", ["x1z"]]}], [{"a":"zx1"}])
    row("kw ew", " s:\n  '|endswith': [x1]\n condition: s", [{"a":["q", ["zx1"]]}], [{"a":"x1z"}])
    row("kw cased", " s:\n  '|cased': [Foo]\n condition: s", [{"z":"aFoob"}], [{"z":"afoob"}])
    row("kw map+field", " s:\n  '|all': [x1, y1]\n  a: 1\n condition: s", [{"a":1, "b":"x1", "c":"y1"}], [{"b":"x1", "c":"y1"}, {"a":1, "b":"x1"}])
    row("kw neq", " s:\n  '|neq': foo\n condition: s", [{"z":"bar"}, {}], [{"z":"a foo"}])
    row("kw b64off", " s:\n  '|base64offset|contains': ['foobar']\n condition: s", [{"z":"xxZm9vYmFyyy"}], [{"z":"foobar"}])
    row("kw exists", " s:\n  '|exists': true\n condition: s", refused=True)
    row("kw gt", " s:\n  '|gt': 1\n condition: s", refused=None)
    row("kw empty", " s: ['']\n condition: s", refused=None)
    row("kw list empty", " s: []\n condition: s", refused=True)
    row("null sel", " s:\n condition: s", refused=True)
    row("kw '' ", " s: ''\n condition: s", refused=None)
    row("kw number event text", " s: ['1.50']\n condition: s", ['{"z":1.50}'], ['{"z":1.5}'])
    row("kw deep", " s: [deep]\n condition: s", ['{"a":'*200 + '"deep"' + '}'*200], [])
    row("kw xmlns", " s: [http]\n condition: s", [], [{"Event":{"#attributes":{"xmlns":"http://x"}}}, {"xmlns":"http"}])
    row("nested map", " s:\n  a:\n   b: 1\n condition: s", refused=True)
    row("nested list val", " s:\n  a: [[1]]\n condition: s", refused=True)
    row("list map val", " s:\n  a: [{b: 1}]\n condition: s", refused=True)
    row("empty list in map", " s:\n  a: []\n  b: 1\n condition: s", refused=True)
    row("empty map in list", " s: [{}]\n condition: s", refused=True)
    row("null in list", " s:\n  a: ['', null]\n condition: s", refused=None, yes=[{"a":""}, {}], no=[{"a":"x"}])
    row("null contains", " s:\n  a|contains: null\n condition: s", refused=None)
    row("null all list", " s:\n  a|contains|all: [x, null]\n condition: s", refused=None)
    for m in ("contain", "Contains", "re|x", "", "all|all", "contains|contains", "contains|startswith", "exists|contains", "cidr|contains", "re|base64", "base64|re", "gt|re", "cidr|re", "hour|re", "fieldref|cidr", "startswith|endswith|cased", "expand", "wide", "contains|", "|contains", "re|i|i", "re|i|m|s", "windash|re", "wide|re", "hour|minute", "hour|exists"):
        row("mod " + m, f" s:\n  a|{m}: x\n condition: s", refused=None)
    return settle()


@lf.promise
def fields_rows():
    """a field's name is found flat, nested, through lists and with blanks"""
    row("f dotted", " s:\n  a.b.c: 1\n condition: s", ['{"a":{"b":{"c":1}}}', '{"a.b":{"c":1}}', '{"a":{"b.c":1}}', '{"a.b.c":1}', '{"a":[{"b":[{"c":2},{"c":1}]}]}'], ['{"a":{"b":{"C":1}}}', '{"a":{"b":1}}', '{"b":{"c":1}}'])
    row("f space", " s:\n  ThreatName: x\n condition: s", [{"Threat Name":"x"}, {"T h r e a t N a m e":"x"}], [{"threat name":"x"}, {"Threat-Name":"x"}])
    row("f exact first", " s:\n  ThreatName: x\n condition: s", [{"Threat Name":"y", "ThreatName":"x"}], [{"Threat Name":"x", "ThreatName":"y"}])
    row("f rule w space", " s:\n  'Threat Name': x\n condition: s", [{"Threat Name":"x"}], [{"ThreatName":"x"}])
    row("f case", " s:\n  image: x\n condition: s", [{"image":"x"}], [{"Image":"x"}])
    row("f odd", " s:\n  '@x-y_z/1#': x\n condition: s", [{"@x-y_z/1#":"x"}], [])
    row("f cjk", " s:\n  事件: x\n condition: s", [{"事件":"X"}], [])
    row("f num key", " s:\n  1: x\n condition: s", [{"1":"x"}], [])
    row("f bool key", " s:\n  true: x\n condition: s", [{"true":"x"}], [])
    row("f dots", " s:\n  'a..b': x\n condition: s", [{"a..b":"x"}, '{"a":{"":{"b":"x"}}}'], [])
    row("f lead dot", " s:\n  '.a': x\n condition: s", [{".a":"x"}, '{"":{"a":"x"}}'], [{"a":"x"}])
    row("f empty key", " s:\n  '': x\n condition: s", refused=None)
    row("f index", " s:\n  a.0: x\n condition: s", [{"a":{"0":"x"}}], [{"a":["x"]}])
    row("same field twice by mod", " s:\n  a|contains: x\n  a|endswith: y\n condition: s", [{"a":"xy"}], [{"a":"yx"}])
    row("dup key", " s:\n  a: x\n  a: y\n condition: s", refused=True)
    row("dup ident", " s: {a: 1}\n s: {b: 1}\n condition: s", refused=True)
    return settle()


@lf.promise
def events_rows():
    """values of every shape and size"""
    row("ev arrays", " s:\n  a: x\n condition: s", [{"a":["q", "X"]}, {"a":["x", {"y":1}]}, {"a":[None, "x"]}], [{"a":[]}, {"a":{"x":1}}, {"a":[{"a":"x"}]}])
    row("ev neq arr", " s:\n  a|re: '^x$'\n condition: s", [{"a":["y", "x"]}], [{"a":["xy"]}])
    row("ev null arr", " s:\n  a: null\n condition: s", [{}, {"a":None}], [{"a":["x"]}])
    row("not arr", " s:\n  a: x\n condition: not s", [{"a":["y"]}, {}], [{"a":["y", "x"]}])
    row("surrogates", " s:\n  a: '😀'\n condition: s", ['{"a":"\\ud83d\\ude00"}', '{"a":"😀"}'], ['{"a":"\\ud83d"}'])
    row("escapes ev", " s:\n  a: 'a\\b/\"c'\n condition: s", ['{"a":"a\\\\b\\/\\"c"}', '{"\\u0061":"a\\u005cb/\\u0022c"}'], [])
    row("nul", " s:\n  a|endswith: end\n condition: s", ['{"a":"x\\u0000end"}'], ['{"a":"end\\u0000"}'])
    row("nul rule", ' s:\n  a|contains: "x\\0y"\n condition: s', ['{"a":"1x\\u0000y"}'], ['{"a":"xy"}'])
    row("big ev", " s:\n  a|endswith: needle\n condition: s", [{"a":big + "NEEDLE"}], [{"a":big}])
    row("big ev contains", " s:\n  a|contains: 'qqneedleqq'\n condition: s", [{"a":big + "needle" + big}], [{"a":big}])
    row("big lit", f" s:\n  a|contains: '{'z'*10000}y'\n condition: s", [{"a":"x" + "Z"*10001 + "Y"}], [{"a":"z"*10000}])
    row("wilds", " s:\n  a: '*q*q*q*q*q*w*'\n condition: s", [{"a":"qqqqqw"}], [{"a":big[:100000]}])
    row("win nested", " s:\n  EventID: 4688\n  Provider_Name: Microsoft-Windows-Security-Auditing\n  NewProcessName|endswith: \\cmd.exe\n condition: s", [{"Event":{"System":{"Provider":{"#attributes":{"Name":"Microsoft-Windows-Security-Auditing"}}, "EventID":4688}, "EventData":{"NewProcessName":"C:\\cmd.exe"}}}, {"Event":{"#attributes":{"xmlns":"x"}, "System":{"Provider":{"#attributes":{"Name":"Microsoft-Windows-Security-Auditing", "Guid":"x"}}, "EventID":{"#attributes":{"Qualifiers":""}, "#text":4688}}, "EventData":{"Data":[{"#attributes":{"Name":"NewProcessName"}, "#text":"c:\\CMD.exe"}]}}}], [])
    row("Data single obj", " s:\n  P: x\n condition: s", [{"Event":{"System":{}, "EventData":{"Data":{"#attributes":{"Name":"P"}, "#text":"x"}}}}], [])
    row("Data scalar", " s:\n  Data: x\n condition: s", [{"Event":{"System":{}, "EventData":{"Data":"x"}}}], [])
    row("EventData attr", " s:\n  EventData_Name: x\n condition: s", [{"Event":{"System":{}, "EventData":{"#attributes":{"Name":"x"}}}}], [])
    row("Data no text", " s:\n  P: null\n  P|exists: true\n condition: s", refused=False)
    row("sys null", " s:\n  K|exists: true\n  L: null\n condition: s", [{"Event":{"System":{"K":None}, "EventData":None}}], [])
    row("userdata attr", " s:\n  P: 1\n condition: s", [{"Event":{"System":{}, "UserData":{"W":{"#attributes":{"xmlns":"q"}, "P":1}}}}], [])
    row("System w/o Event, w/o EventData", " s:\n  EventID: 1\n condition: s", [{"System":{"EventID":1}, "EventData":{}}, {"System":{"EventID":1}, "UserData":None}], [{"System":{"EventID":1}}])
    return settle()


@lf.promise
def times_rows():
    """parts of times are taken as written"""
    def t(m, lit, yes, no): row(f"time {m} {lit}", f" s:\n  a|{m}: {lit}\n condition: s", [{"a":x} for x in yes], [{"a":x} for x in no])
    t("hour", "18", ["2026-11-21T18:05:00Z", "2026-11-21 18:05", "2026-11-21T18:05:00.123456+08:00", "2026-11-21T18:05:00,5"], ["2026-11-21T10:05:00Z", "2026-11-21", "x", 18, "18:05", "2026-11-21T1"])
    t("minute", "[0, 30]", ["2026-01-01T00:30", "2026-01-01T00:00:59Z"], ["2026-01-01", "2026-01-01T00:31"])
    t("day", "21", ["2026-11-21"], ["2026-11-20"])
    t("week", "53", ["2026-12-31", "2027-01-03", "2021-01-01"], ["2027-01-04", "2026-01-01"])
    t("week", "1", ["2026-01-01", "2025-12-29"], ["2026-01-05"])
    t("month", "2", ["2026-02-28T00:00Z"], ["2026-13-01"])
    t("year", "2026", ["2026-11-21"], ["2025-11-21", 2026, "2026"])
    t("year|gte", "2026", ["2027-01-01"], ["2025-12-31"])
    t("hour|lt", "6", ["2026-01-01T05:59"], ["2026-01-01T06:00"])
    t("hour|neq", "6", ["2026-01-01T05:59", "x"], ["2026-01-01T06:00"])
    t("day", "21", [], ["2026-11-21x", "x2026-11-21"])
    t("hour", "24", [], ["2026-01-01"])
    row("time list ev", " s:\n  a|hour: 1\n condition: s", [{"a":["x", "2026-01-01T01:00"]}], [])
    for bad in ("'1'", "x", "null", "true", "1.5", "''"): row("time bad " + bad, f" s:\n  a|hour: {bad}\n condition: s", refused=True if bad!="1.5" else None)
    return settle()


@lf.promise
def yaml_rows():
    """anchors, tags, odd keys and bombs"""
    row("anchor", " s: &x\n  a: 1\n t: *x\n condition: all of them", [{"a":1}], [{}])
    row("anchor scalar", " s:\n  a: &v foo\n  b: *v\n condition: s", [{"a":"foo", "b":"foo"}], [{"a":"foo"}])
    row("merge", " s: &x\n  a: 1\n t:\n  <<: *x\n  b: 1\n condition: t", refused=None)
    row("tag str", " s:\n  a: !!str 10\n condition: s", [{"a":"10"}], ['{"a":10.0}'] )
    row("bad tag", " s:\n  a: !foo bar\n condition: s", refused=None)
    row("binary tag", " s:\n  a: !!binary Zm9v\n condition: s", refused=None)
    row("undefined alias", " s:\n  a: *nope\n condition: s", refused=True)
    row("recursive alias", " s: &x\n  a: [*x]\n condition: s", refused=True)
    row("yaml comment", " s:\n  a: 'x' # c\n condition: s # d", [{"a":"x"}], [])
    row("tab indent", " s:\n\ta: 1\n condition: s", refused=True)
    row("flow", " s: {a: 1, 'b|contains': [x, 'y, z']}\n condition: s", [{"a":1, "b":"1y, z"}], [{"a":1, "b":"y"}])
    row("quoted key", ' "s": {"a|contains": "x"}\n "condition": "s"', [{"a":"1x"}], [])
    row("complex key", " s:\n  ? a\n  : 1\n condition: s", [{"a":1}], [])
    row("map key", " s:\n  ? {a: 1}\n  : 1\n condition: s", refused=True)
    row("bomb", " a: &a [x,x,x,x,x,x,x,x,x]\n" + "".join(f" {chr(98+i)}: &{chr(98+i)} [{','.join(['*'+chr(97+i)]*9)}]\n" for i in range(9)) + " condition: a", refused=True)
    row("utf8 bom?", " s:\n  a: x\n condition: s", [{"a":"x"}])
    row("many values", " s:\n  a|contains:\n" + "".join(f"   - zz{i}yy\n" for i in range(20000)) + " condition: s", [{"a":"qzz19999yyq"}], [{"a":"zz20000yy"}])
    row("many fields", " s:\n" + "".join(f"  f{i}: {i}\n" for i in range(3000)) + " condition: s", [{f"f{i}":i for i in range(3000)}], [{f"f{i}":i for i in range(2999)}])
    return settle()


lf.done()
