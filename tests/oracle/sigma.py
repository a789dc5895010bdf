#!/usr/bin/env python3
"""Sigma, evaluated slowly and plainly: what `lianfang detect --no-route` must print.

Written from the specification and docs/sigma-choices.md (numbers in brackets are its
paragraphs, C1… its choices); shares nothing with the engine.  Every rule is tried on every
event by walking its conditions.  The one trick is memory: what a field's values said to an
item is kept, for nine values in ten come again.

    sigma.py --rules DIR [--expand FILE] [--check] FILE…    needs python3-yaml"""
import argparse
import base64
import datetime
import functools
import ipaddress
import itertools
import json
import pathlib
import re
import socket
import sys
import uuid
from fractions import Fraction

import yaml


class Refused(Exception):
    pass


def refuse(why):
    raise Refused(why)


# ---- values: a number is its source text; everything else is Python's own ----

class Num:
    __slots__ = ("text",)

    def __init__(self, text):
        self.text = text

    def __hash__(self):
        return hash(("number", self.text))

    def __eq__(self, other):
        return isinstance(other, Num) and other.text == self.text

    def __repr__(self):
        return f"Num({self.text})"


def text_of(v):
    """[6] None for null and for what is no scalar."""
    if isinstance(v, str):
        return v
    if isinstance(v, Num):
        return v.text
    if v is True:
        return "true"
    if v is False:
        return "false"
    return None


# ---- YAML 1.2 core schema [C1] ----

INT = re.compile(r"[-+]?[0-9]+")
FLOAT = re.compile(r"([-+]?)([0-9]*)(?:(\.)([0-9]*))?([eE][-+]?[0-9]+)?")


def plain(text):
    if text in ("", "~", "null", "Null", "NULL"):
        return None
    if text in ("true", "True", "TRUE"):
        return True
    if text in ("false", "False", "FALSE"):
        return False
    if re.fullmatch(r"0o[0-7]+", text):
        return Num(str(int(text[2:], 8)))
    if re.fullmatch(r"0x[0-9a-fA-F]+", text):
        return Num(str(int(text, 16)))
    if INT.fullmatch(text):
        minus = text[0] == "-"
        digits = text.lstrip("+-").lstrip("0") or "0"
        return Num(("-" if minus else "") + digits)
    m = FLOAT.fullmatch(text)
    if m and (m.group(2) or m.group(4)):
        out = ("-" if m.group(1) == "-" else "") + (m.group(2).lstrip("0") or "0")
        if m.group(3):
            out += "." + (m.group(4) or "0")
        return Num(out + (m.group(5) or ""))
    if re.fullmatch(r"[-+]?\.(inf|Inf|INF)|\.(nan|NaN|NAN)", text):
        refuse("a number that JSON cannot say")
    return text


def construct(node):
    if isinstance(node, yaml.ScalarNode):
        return node.value if node.style else plain(node.value)
    if isinstance(node, yaml.SequenceNode):
        return [construct(n) for n in node.value]
    out = {}
    for k, v in node.value:
        if not isinstance(k, yaml.ScalarNode):
            refuse("a key that is no scalar")
        if k.value in out:
            refuse(f"the key {k.value} stands twice")
        out[k.value] = construct(v)
    return out


def documents(text):
    """Each document's value, or the Refused it is."""
    for node in yaml.compose_all(text, Loader=getattr(yaml, "CBaseLoader", yaml.BaseLoader)):
        try:
            yield construct(node)
        except Refused as e:
            yield e


# ---- case [C2]: simple folding, one code point to one ----

def fold_char(c):
    f = c.casefold()
    if len(f) == 1:
        return f
    f = c.lower()
    return f if len(f) == 1 else c


def fold(s):
    return s.lower() if s.isascii() else "".join(map(fold_char, s))


# ---- Sigma texts: a list of literals and of the marks ANY, ONE, DASH ----

ANY, ONE, DASH = "any", "one", "dash"
DASHES = "-/\u2013\u2014\u2015"


def parse(text):
    out, i = [], 0
    while i < len(text):
        c = text[i]
        if c == "\\" and i + 1 < len(text) and text[i + 1] in "*?\\":
            out.append(("lit", text[i + 1]))
            i += 2
            continue
        out.append((ANY,) if c == "*" else (ONE,) if c == "?" else ("lit", c))
        i += 1
    return out


def windash(parts):
    return [(DASH,) if p[0] == "lit" and p[1] in DASHES else p for p in parts]


def literal(parts):
    """The text of parts without marks; every choice of a dash is one text."""
    if any(p[0] in (ANY, ONE) for p in parts):
        refuse("a wildcard can not be encoded")
    if not parts:
        refuse("an empty value can not be encoded")
    choices = [DASHES if p[0] == DASH else p[1] for p in parts]
    return ["".join(t) for t in itertools.product(*choices)]


def matcher(parts, cased, front, back):
    """text -> bool: the whole text is like the parts, with a '*' before or after."""
    parts = ([(ANY,)] if front else []) + parts + ([(ANY,)] if back else [])
    while len(parts) > 1 and parts[0] == parts[1] == (ANY,):
        parts = parts[1:]
    while len(parts) > 1 and parts[-1] == parts[-2] == (ANY,):
        parts = parts[:-1]
    starts, ends = parts[:1] == [(ANY,)], parts[-1:] == [(ANY,)]
    middle = parts[1 if starts else 0:len(parts) - (1 if ends and len(parts) > 1 else 0)]
    same = (lambda s: s) if cased else fold
    if all(p[0] == "lit" for p in middle):
        lit = same("".join(p[1] for p in middle))
        if starts and ends:
            return lambda t: lit in same(t)
        if starts:
            return lambda t: same(t).endswith(lit)
        if ends:
            return lambda t: same(t).startswith(lit)
        return lambda t: same(t) == lit
    exp = "".join(".*" if p[0] == ANY else "." if p[0] == ONE else f"[{re.escape(DASHES)}]" if p[0] == DASH
                  else re.escape(same(p[1])) for p in parts)
    exp = re.compile(re.sub(r"(\.\*)+", ".*", exp), re.S)
    return lambda t: exp.fullmatch(same(t)) is not None


# ---- placeholders [C15] ----

PLACEHOLDER = re.compile(r"(\\\\)|(\\%)|%([A-Za-z0-9_-]+)%")


def cut(text):
    """[("text", …) or ("name", …)]: \\% is a plain percent, \\\\ stays the pair it is."""
    out, at = [], 0
    for m in PLACEHOLDER.finditer(text):
        if m.group(1):
            continue
        out.append(("text", text[at:m.start()]))
        out.append(("percent", "%") if m.group(2) else ("name", m.group(3)))
        at = m.end()
    out.append(("text", text[at:]))
    return [p for p in out if p[1]]


def values_of(lists, name):
    return lists.get(name) or refuse(f"no values for %{name}%")


def filled(text, lists):
    choices = [values_of(lists, v) if kind == "name" else [v] for kind, v in cut(text)]
    return ["".join(t) for t in itertools.product(*choices)]


# ---- times [C14] ----

TIME = re.compile(r"([0-9]{4})-([0-9]{2})-([0-9]{2})(?:[T ]([0-9]{2}):([0-9]{2}).*)?", re.S)


def time_part(text, part):
    m = TIME.fullmatch(text)
    if not m:
        return None
    if part == "week":
        try:
            return datetime.date(*(int(g) for g in m.groups()[:3])).isocalendar()[1]
        except ValueError:
            return None
    g = m.group({"year": 1, "month": 2, "day": 3, "hour": 4, "minute": 5}[part])
    return None if g is None else int(g)


# ---- numbers [C4] ----

JSON_NUMBER = re.compile(r"-?[0-9]+(\.[0-9]+)?([eE][-+]?[0-9]+)?")
DECIMAL = re.compile(r"-?[0-9]+(\.[0-9]+)?")


@functools.lru_cache(100000)
def fraction(text):
    return Fraction(text)


COMPARE = {"lt": lambda a, b: a < b, "lte": lambda a, b: a <= b, "gt": lambda a, b: a > b, "gte": lambda a, b: a >= b,
           "eq": lambda a, b: a == b}

# ---- one field with its modifiers ----

MODIFIERS = set("contains startswith endswith all re i m s cidr cased exists windash lt lte gt gte neq base64 base64offset "
                "utf16le wide utf16be utf16 fieldref expand minute hour day week month year".split())
PARTS = {"minute", "hour", "day", "week", "month", "year"}
ORDER = {"lt", "lte", "gt", "gte"}
WRAPS = {"contains", "startswith", "endswith"}
UTF16 = {"utf16le": "utf-16-le", "wide": "utf-16-le", "utf16be": "utf-16-be", "utf16": "utf-16-le"}
CODES = set(UTF16) | {"base64", "base64offset"}
OWN = {"re", "cidr", "exists", "fieldref"} | ORDER | PARTS


def check_modifiers(field, mods):
    names = ["utf16le" if m == "wide" else m for m in mods]
    seen = set()
    for m in names:
        if m not in MODIFIERS:
            refuse(f"unknown modifier {m}")
        if m in seen:
            refuse(f"{m} twice")
        if m in CODES and seen & WRAPS:
            refuse(f"{m} after contains, startswith or endswith")
        if m in CODES and seen & {"base64", "base64offset"}:
            refuse(f"{m} after base64")
        if m in UTF16 and seen & set(UTF16):
            refuse(f"{m} after another UTF-16")
        if m == "expand" and seen & CODES:
            refuse("expand after an encoding")
        if m in "ims" and "re" not in seen:
            refuse(f"{m} belongs after re")
        seen.add(m)
    if len(mods) > 12:
        refuse("too many modifiers")
    own = seen & OWN
    if len(own & ORDER) > 1 or len(own - ORDER if own & PARTS else own) > 1:
        refuse("modifiers contradict each other")
    if own and seen & (CODES | {"windash"} | (set() if "fieldref" in own else WRAPS)):
        refuse("modifiers do not go together")
    if "expand" in seen and own & (ORDER | PARTS | {"exists"}):
        refuse("modifiers do not go together")
    if not field and own - {"re", "cidr"}:
        refuse("this modifier needs a field")


def encode(texts, mod):
    """texts (str or bytes) -> their encoding; UTF-16 gives bytes, base64 text."""
    out = []
    for t in texts:
        raw = t if isinstance(t, bytes) else t.encode()
        if mod in UTF16:
            out.append((b"\xff\xfe" if mod == "utf16" else b"") + raw.decode().encode(UTF16[mod]))
        elif mod == "base64":
            out.append(base64.b64encode(raw).decode())
        else:
            found = []
            for shift in range(3):
                # Of the characters those that no neighbour's bit touches.
                whole = base64.b64encode(b" " * shift + raw).decode().rstrip("=")
                first = -(-shift * 8 // 6)
                last = (shift + len(raw)) * 8 // 6
                if whole[first:last]:
                    found.append(whole[first:last])
            out += found or refuse("too short to be found encoded")
    return out


def text_tests(field, mods, text, lists):
    """The tests of a text, of which any may hold."""
    wraps = WRAPS & set(mods)
    front = bool(wraps & {"contains", "endswith"}) or (not field and not wraps)
    back = bool(wraps & {"contains", "startswith"}) or (not field and not wraps)
    early = "windash" in mods and "expand" in mods and mods.index("windash") < mods.index("expand")
    if "expand" in mods:
        choices = []
        for kind, v in cut(text):
            if kind == "name":
                choices.append([parse(x) for x in values_of(lists, v)])
            else:
                choices.append([windash(parse(v)) if early and kind == "text" else parse(v)])
        forms = [sum(t, []) for t in itertools.product(*choices)]
    else:
        forms = [parse(text)]
    coded = None
    for m in mods:
        if m == "windash" and not early:
            if coded is not None:
                forms, coded = [as_text(t) for t in coded], None
            forms = [windash(f) for f in forms]
        elif m in CODES:
            texts = [t for f in forms for t in literal(f)] if coded is None else coded
            coded = encode(texts, m)
            if not any(isinstance(t, bytes) for t in coded):
                forms, coded = [[("lit", c) for c in t] for t in coded], None
    if coded is not None:
        forms = [as_text(t) for t in coded]
    return [matcher(f, "cased" in mods, front, back) for f in forms]


def as_text(raw):
    try:
        return [("lit", c) for c in raw.decode()]
    except UnicodeDecodeError:
        refuse("in UTF-16 it is no text")


def any_text(tests):
    def test(v):
        t = text_of(v)
        return t is not None and any(f(t) for f in tests)
    return test


def network(text):
    """[C10]"""
    addr, _, bits = text.partition("/")
    v6 = ":" in addr
    try:
        net = socket.inet_pton(socket.AF_INET6 if v6 else socket.AF_INET, addr)
    except (OSError, ValueError):
        refuse(f"{text} is no network")
    width = 128 if v6 else 32
    if "/" in text:
        if not re.fullmatch("[0-9]+", bits) or int(bits) > width:
            refuse(f"{text} is no network")
        width = int(bits)
    net = ipaddress.ip_network((net, width), strict=False)

    def test(v):
        t = text_of(v)
        try:
            raw = socket.inet_pton(socket.AF_INET6 if v6 else socket.AF_INET, t) if t else None
        except (OSError, ValueError):
            return False
        return raw is not None and ipaddress.ip_address(raw) in net
    return test


ASCII = {"d": "0-9", "w": "0-9A-Za-z_", "s": r" \t\n\r\f\v"}


def as_pcre(text, multiline):
    """Python's dialect made PCRE's [C9]: classes are ASCII while letters fold as Unicode has it,
    and with m, ^ stands after a line's end, but not after the one that ends the text."""
    out = []
    for p in re.findall(r"\\.|\[\^?\]?(?:\\.|[^\]\\])*\]|.", text, re.S):
        if p == "^" and multiline:
            p = r"(?:\A|^(?!\Z))"
        elif re.fullmatch(r"\\[dwsDWSbB]", p):
            p = f"(?a:{p})"
        elif p[0] == "[":
            p = re.sub(r"\\([dws\\])", lambda m: ASCII.get(m.group(1), m.group(0)), p)
        out.append(p)
    return "".join(out)


def expression(text, mods):
    flags = (re.I if "i" in mods else 0) | (re.M if "m" in mods else 0) | (re.S if "s" in mods else 0)
    if re.search(r"\(\?(=|!|<=|<!|P=|\()|\\[1-9]", text):
        refuse("look-around and back-references are not served")
    try:
        exp = re.compile(as_pcre(text, "m" in mods), flags)
    except re.error as e:
        refuse(f"expression: {e}")

    def test(v):
        t = text_of(v)
        return t is not None and exp.search(t) is not None
    return test


def number_test(number):
    def test(v):
        if isinstance(v, Num):
            return fraction(v.text) == fraction(number.text)
        return isinstance(v, str) and v == number.text
    return test


def boolean_test(want):
    def test(v):
        if isinstance(v, str):
            return fold(v) == ("true" if want else "false")
        return v is want
    return test


def order_test(how, number):
    def test(v):
        if isinstance(v, Num) or (isinstance(v, str) and DECIMAL.fullmatch(v)):
            return COMPARE[how](fraction(text_of(v)), fraction(number.text))
        return False
    return test


def part_test(part, how, number):
    def test(v):
        got = time_part(v, part) if isinstance(v, str) else None
        return got is not None and COMPARE[how](got, fraction(number.text))
    return test


# A test of an event is a piece of Python: "i7(e)", "(i7(e) and not i8(e))".  ITEMS holds the
# functions; what a function said to a field's values it says again from memory.

ITEMS = {}
MEMORY = 400  # answers of one item


def remembered(field, test):
    """test(present, values) of a field, as a function of an event."""
    memo = {}

    def holds(ev):
        seen = ev.cache.get(field) or ev.look(field)
        r = memo.get(seen)
        if r is None:
            if len(memo) > MEMORY:
                memo.clear()
            r = memo[seen] = bool(test(*seen))
        return r
    return holds


def some_value(test):
    return lambda present, values: any(v is not None and test(v) for v in values)


def value_test(field, mods, value, lists):
    """What one written value asks: a test of (present, values), or of the event for fieldref."""
    own = OWN & set(mods)
    if isinstance(value, (list, dict)):
        refuse("a value is a list or a map")
    if "exists" in own:
        if not isinstance(value, bool):
            refuse("exists takes true or false")
        return lambda present, values: present is value
    if value is None:
        if not field or own or set(mods) & (CODES | WRAPS | {"windash"}):
            refuse("null can not be looked for so")
        return lambda present, values: not present or None in values
    if own & (ORDER | PARTS):
        if not isinstance(value, Num):
            refuse("a number is wanted")
        how = (list(own & ORDER) + ["eq"])[0]
        part = list(own & PARTS)
        return some_value(part_test(part[0], how, value) if part else order_test(how, value))
    if own:
        if "fieldref" in own and (not isinstance(value, str) or not value):
            refuse("the name of a field is wanted")
        texts = filled(text_of(value), lists) if "expand" in mods else [text_of(value)]
        if "fieldref" in own:
            refs = [reference(field, mods, t) for t in texts]
            return lambda ev: any(r(ev) for r in refs)
        tests = [expression(t, mods) if "re" in own else network(t) for t in texts]
        return some_value(lambda v: any(t(v) for t in tests))
    if field and not set(mods) & (CODES | WRAPS | {"windash"}):
        if isinstance(value, Num):
            return some_value(number_test(value))
        if isinstance(value, bool):
            return some_value(boolean_test(value))
    return some_value(any_text(text_tests(field, mods, text_of(value), lists)))


def reference(field, mods, other):
    """[C11]"""
    same = (lambda s: s) if "cased" in mods else fold
    front = set(mods) & {"contains", "endswith"}
    back = set(mods) & {"contains", "startswith"}
    test = ((lambda a, b: b in a) if front and back else (lambda a, b: a.endswith(b)) if front else
            (lambda a, b: a.startswith(b)) if back else (lambda a, b: a == b))

    def holds(ev):
        mine = [same(text_of(v)) for v in ev.values(field) if v is not None]
        theirs = [same(text_of(v)) for v in ev.values(other) if v is not None]
        return any(test(a, b) for a in mine for b in theirs)
    return holds


def keyword(tests, whole):
    """[C5, 7] Each test has some value of the event, or any has."""
    memos = [({}, t) for t in tests]

    def one(memo, test, values):
        for v in values:
            r = memo.get(v)
            if r is None:
                if len(memo) > MEMORY:
                    memo.clear()
                r = memo[v] = test(True, (v,))
            if r:
                return True
        return False
    return lambda ev: whole(one(memo, test, ev.everything()) for memo, test in memos)


def item(key, value, lists):
    field, *mods = key.split("|")
    check_modifiers(field, mods)
    values = value if isinstance(value, list) else [value]
    if not values:
        refuse("the list is empty")
    if any(isinstance(v, (list, dict)) for v in values):
        refuse("a value is a list or a map")
    known = (id(lists), key, tuple((type(v).__name__, v) for v in values))
    if known not in ITEMS:
        tests = [value_test(field, mods, v, lists) for v in values]
        whole = all if "all" in mods else any
        if "fieldref" in mods:
            fn = lambda ev: whole(t(ev) for t in tests)
        elif not field:
            fn = keyword(tests, whole)
        else:
            fn = remembered(field, lambda present, values: whole(t(present, values) for t in tests))
        ITEMS[known] = (f"i{len(ITEMS)}", fn)
    name = ITEMS[known][0]
    return f"not {name}(e)" if "neq" in mods else f"{name}(e)"


def both_of(tests, word):
    return f"({f' {word} '.join(tests)})"


# ---- detections ----

def mapping(m, lists):
    if not m:
        refuse("a map is empty")
    return both_of([item(k, v, lists) for k, v in m.items()], "and")


def search(v, lists):
    if isinstance(v, dict):
        return mapping(v, lists)
    if not isinstance(v, list):
        return item("", v, lists)
    if not v:
        refuse("the list is empty")
    return both_of([mapping(x, lists) if isinstance(x, dict) else item("", x, lists) for x in v], "or")


def condition(text, searches):
    if not isinstance(text, str):
        refuse("condition: a text is wanted")
    words = re.findall(r"[()|]|[^()|\s]+", text)
    at = 0

    def peek():
        return words[at] if at < len(words) else ""

    def take():
        nonlocal at
        at += 1
        return words[at - 1] if at <= len(words) else ""

    def either():
        parts = [both()]
        while peek().lower() == "or":
            take()
            parts.append(both())
        return both_of(parts, "or")

    def both():
        parts = [atom()]
        while peek().lower() == "and":
            take()
            parts.append(atom())
        return both_of(parts, "and")

    def atom():
        w = take()
        if w == "(":
            inner = either()
            if take() != ")":
                refuse("condition: a parenthesis is not closed")
            return inner
        if w.lower() == "not":
            return f"(not {atom()})"
        if w in ("", ")", "|"):
            refuse(f"condition: {w!r} is not expected")
        if peek().lower() == "of":
            take()
            if w != "1" and w.lower() != "all":
                refuse("condition: only 1 of and all of")
            return some(w, take())
        return searches[w] if w in searches else refuse(f"condition: no {w}")

    def some(w, pattern):
        if pattern in ("", "(", ")", "|"):
            refuse("condition: of what?")
        exp = re.compile(".*".join(map(re.escape, pattern.split("*"))), re.S)
        chosen = [t for name, t in searches.items()
                  if (not name.startswith("_") if pattern.lower() == "them"
                      else exp.fullmatch(name) and (not name.startswith("_") or pattern.startswith("_")))]
        if not chosen:
            refuse(f"condition: nothing is like {pattern}")
        return both_of(chosen, "or" if w == "1" else "and")

    out = either()
    if at < len(words):
        refuse(f"condition: {words[at]!r} is not expected")
    return out


def detection(d, lists, skip=("condition", "timeframe")):
    if not isinstance(d, dict):
        refuse("no map of searches")
    if "condition" not in d:
        refuse("no condition")
    searches = {k: search(v, lists) for k, v in d.items() if k not in skip}
    if not searches:
        refuse("nothing but a condition")
    conditions = d["condition"] if isinstance(d["condition"], list) else [d["condition"]]
    if not conditions:
        refuse("no condition")
    return both_of([condition(c, searches) for c in conditions], "or")


# ---- rules ----

NAMESPACE = uuid.UUID("6a1c8f3e-0d52-5b7e-9c41-7e2b5d90a1f4")
LEVELS = ["informational", "low", "medium", "high", "critical"]


class Rule:
    def __init__(self, file):
        self.file, self.refused, self.kind, self.test = file, None, "rule", None
        self.id, self.title, self.name, self.level, self.filters, self.source = "", file, "", "informational", [], {}


def read_rule(r, doc, rules, lists):
    if isinstance(doc, Refused):
        raise doc
    if not isinstance(doc, dict):
        refuse("a rule is a map")
    kinds = [k for k in ("detection", "filter", "correlation") if k in doc]
    r.kind = "correlation" if "correlation" in kinds else "filter" if "filter" in kinds else "rule"
    if isinstance(doc.get("id"), str) and re.fullmatch(r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}", doc["id"]):
        r.id = doc["id"]
    if isinstance(doc.get("title"), str) and doc["title"]:
        r.title = doc["title"]
    if "action" in doc:
        refuse("action is gone from Sigma 2")
    if len(kinds) != 1:
        refuse("one of detection, filter and correlation is wanted")
    if not isinstance(doc.get("title"), str) or not doc["title"]:
        refuse("title is missing")
    if "id" in doc and not r.id:
        refuse("id is no UUID")
    if "id" not in doc:
        r.id = str(uuid.uuid5(NAMESPACE, r.title))
    if "level" in doc:
        r.level = doc["level"] if doc["level"] in LEVELS else refuse("level is none")
    if any(o.id.lower() == r.id.lower() and not o.refused for o in rules):
        refuse("the id is taken")
    if "name" in doc:
        if not isinstance(doc["name"], str) or not doc["name"]:
            refuse("name is no text")
        if any(o.name == doc["name"] and o.file == r.file and not o.refused for o in rules):
            refuse("the name is taken")
        r.name = doc["name"]
    if r.kind == "correlation":
        return
    source = doc.get("logsource")
    if not isinstance(source, dict):
        refuse("logsource is missing")
    r.source = {k: source[k] for k in ("category", "product", "service") if source.get(k) is not None}
    if not all(isinstance(v, str) for v in r.source.values()) or not any(r.source.values()):
        refuse("logsource names nothing")
    if r.kind == "rule":
        r.test = detection(doc["detection"], lists)
        return
    f = doc["filter"]
    if not isinstance(f, dict):
        refuse("filter is no map")
    refs = f.get("rules")
    if isinstance(refs, str):
        refs = None if refs.lower() == "any" else [refs]
    elif not isinstance(refs, list) or not refs:
        refuse("filter: rules is missing")
    if refs and not all(isinstance(x, str) and x for x in refs):
        refuse("filter: rules are texts")
    r.refs = refs
    r.test = detection(f, lists, ("condition", "timeframe", "rules"))


def named(rules, ref, file):
    by_id = [r for r in rules if r.id.lower() == ref.lower()]
    if by_id:
        return by_id[-1]
    by_name = [r for r in rules if r.name == ref]
    here = [r for r in by_name if r.file == file]
    if here:
        return here[-1]
    good = [r for r in by_name if not r.refused] or by_name[-1:]
    if len(good) > 1:
        refuse(f"several files have a rule named {ref}")
    return good[0] if good else None


def load(files, lists):
    """[(name, text)] -> rules in order, each with .refused or not."""
    rules = []
    for name, text in files:
        try:
            docs = list(documents(text))
        except (yaml.YAMLError, Refused) as e:
            r = Rule(name)
            r.refused = str(e)
            rules.append(r)
            continue
        for doc in docs:
            if doc is None and len(docs) > 1:
                continue
            r = Rule(name)
            try:
                read_rule(r, doc, rules, lists)
            except Refused as e:
                r.refused = str(e)
            rules.append(r)
    for f in rules:  # [C16]
        if f.kind != "filter" or f.refused:
            continue
        try:
            to = rules if f.refs is None else [named(rules, ref, f.file) for ref in f.refs]
        except Refused as e:
            f.refused = str(e)
            continue
        for r in to:
            if r and r.kind == "rule" and not r.refused:
                r.filters.append(f.test)
    names = {name: fn for name, fn in ITEMS.values()}
    for r in rules:
        if r.kind == "rule" and not r.refused:  # the rule, and none of its filters
            r.fires = eval("lambda e: " + " and ".join([r.test] + [f"not {f}" for f in r.filters]), names)
    return rules


# ---- events ----

def xmlns(name):
    return name == "xmlns" or name.startswith("xmlns:")


def flatten(ev):
    """[4] The nested Windows shape as a flat map."""
    flat = {}

    def put(k, v):
        if not xmlns(k):
            flat.pop(k, None)
            flat[k] = v

    def element(k, v, objects):
        if not isinstance(v, dict):
            put(k, v)
            return
        for a, x in (v.get("#attributes") or {}).items() if isinstance(v.get("#attributes"), dict) else ():
            if not xmlns(a):
                put(f"{k}_{a}", x)
        if "#text" in v:
            put(k, v["#text"])
        elif objects:
            put(k, v)

    for k, v in ev["System"].items():
        element(k, v, False)
    data = ev.get("EventData")
    for k, v in data.items() if isinstance(data, dict) else ():
        if k == "#attributes":
            for a, x in v.items() if isinstance(v, dict) else ():
                if not xmlns(a):
                    put(f"EventData_{a}", x)
        elif k == "Data":
            nameless = False
            for x in v if isinstance(v, list) else [v]:
                name = x.get("#attributes", {}) if isinstance(x, dict) else {}
                name = name.get("Name") if isinstance(name, dict) else None
                if isinstance(name, str):
                    put(name, x.get("#text"))
                else:
                    nameless = True
            if nameless:
                put("Data", v) if isinstance(v, list) else element("Data", v, True)
        else:
            element(k, v, True)
    user = ev.get("UserData")
    for w, x in user.items() if isinstance(user, dict) else ():
        if w != "#attributes" and isinstance(x, dict):
            for k, v in x.items():
                if k != "#attributes":
                    element(k, v, True)
    return flat


SEEN = {}


class Event:
    def __init__(self, doc):
        self.doc, self.cache, self.all = doc, {}, None
        inner = doc.get("Event") if isinstance(doc, dict) else None
        self.inner = None
        if isinstance(inner, dict) and isinstance(inner.get("System"), dict):
            self.flat, self.inner = flatten(inner), inner
        elif isinstance(doc, dict) and isinstance(doc.get("System"), dict) and ("EventData" in doc or "UserData" in doc):
            self.flat = flatten(doc)
        else:
            self.flat = doc if isinstance(doc, dict) else {}
        self.spaced = {}
        for k in self.flat:
            if " " in k and k.replace(" ", "") not in self.spaced:
                self.spaced[k.replace(" ", "")] = k

    def values(self, field):
        return self.look(field)[1]

    def present(self, field):
        return self.look(field)[0]

    def look(self, field):
        """(present, scalars) of a field [3, 5]."""
        r = self.cache.get(field)
        if r is None:
            found = self.find(field)
            r = (bool(found), tuple(s for v in found for s in scalars(v)))
            if len(SEEN) > 50000:
                SEEN.clear()
            r = self.cache[field] = SEEN.setdefault(r, r)  # one object for equal ones: quicker to look up
        return r

    def find(self, field):
        if field in self.flat:
            return [self.flat[field]]
        if field in self.spaced:
            return [self.flat[self.spaced[field]]]
        if "." not in field:
            return []
        return steps(self.doc, field, False) or (steps(self.inner, field, False) if self.inner is not None else [])

    def everything(self):
        """[7]"""
        if self.all is None:
            self.all = list(leaves(self.doc))
        return self.all


def scalars(v):
    if isinstance(v, list):
        for x in v:
            yield from scalars(x)
    elif not isinstance(v, dict):
        yield v


def leaves(v):
    if isinstance(v, dict):
        for k, x in v.items():
            if not xmlns(k):
                yield from leaves(x)
    elif isinstance(v, list):
        for x in v:
            yield from leaves(x)
    elif v is not None:
        yield v


def steps(o, name, whole):
    """[3] The values that a name reaches from an object, by (a) where `whole`, and by (b)."""
    if not isinstance(o, dict):
        return []
    if whole and name in o:
        return [o[name]]
    for i, c in enumerate(name):
        if c == ".":
            inner = o.get(name[:i])
            found = [v for x in (inner if isinstance(inner, list) else [inner]) for v in steps(x, name[i + 1:], True)]
            if found:
                return found
    return []


def unpaired(*_):
    raise ValueError("no JSON")


DECODER = json.JSONDecoder(parse_int=Num, parse_float=Num, parse_constant=unpaired)


def records(text):
    """[2] JSON values in a row or the items of one array."""
    at, array = 0, False
    blank = re.compile(r"[ \t\r\n]*")
    at = blank.match(text, at).end()
    if text[at:at + 1] == "[":
        array, at = True, blank.match(text, at + 1).end()
    while at < len(text):
        if array and text[at] == "]":
            return
        try:
            v, at = DECODER.raw_decode(text, at)
        except ValueError:
            yield None
            end = text.find("\n", at)
            if end < 0:
                return
            at = blank.match(text, end + 1).end()
            continue
        yield Event(v)
        at = blank.match(text, at).end()
        if array and text[at:at + 1] == ",":
            at = blank.match(text, at + 1).end()


# ---- the command ----

def read_lists(paths):
    lists = {}
    for path in paths:
        path = pathlib.Path(path)
        for p in sorted(path.iterdir()) if path.is_dir() else [path]:
            if p.suffix == ".txt":
                lines = [line.strip(" \t\r\n") for line in p.read_text().split("\n")]
                lists.setdefault(p.stem, []).extend(x for x in lines if x and x[0] != "#")
            elif p.suffix in (".yml", ".yaml", ".json"):
                for doc in documents(p.read_text()):
                    for k, v in doc.items():
                        lists.setdefault(k.strip("%"), []).extend(text_of(x) for x in (v if isinstance(v, list) else [v]))
    return lists


def rule_files(dirs):
    for d in map(pathlib.Path, dirs):
        if d.is_file():
            yield str(d), d.read_text()
            continue
        yield from walk(str(d), d)


def walk(name, d):
    for p in sorted(d.iterdir(), key=lambda p: p.name.encode()):
        if p.name.startswith(".") or p.is_symlink():
            continue
        if p.is_dir():
            yield from walk(f"{name}/{p.name}", p)
        elif p.suffix in (".yml", ".yaml"):
            yield f"{name}/{p.name}", p.read_text()


def main():
    ap = argparse.ArgumentParser()
    ap.add_argument("--rules", action="append", default=[])
    ap.add_argument("--expand", action="append", default=[])
    ap.add_argument("--check", action="store_true")
    ap.add_argument("files", nargs="*")
    args = ap.parse_args()
    sys.setrecursionlimit(10000)
    rules = load(rule_files(args.rules), read_lists(args.expand))
    if args.check:
        for r in rules:
            print(json.dumps({"file": r.file, "rule": r.id, "kind": r.kind, "loaded": r.refused is None,
                              **({"reason": r.refused} if r.refused else {})}))
        return
    live = [r for r in rules if r.kind == "rule" and not r.refused]
    for path in args.files:
        text = sys.stdin.read() if path == "-" else pathlib.Path(path).read_text(errors="surrogateescape")
        for n, ev in enumerate(records(text)):
            for r in live if ev else ():
                if r.fires(ev):
                    print(json.dumps({"event": n, "file": path, "rule": r.id, "title": r.title, "level": r.level},
                                     ensure_ascii=False))


if __name__ == "__main__":
    main()
