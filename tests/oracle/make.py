"""Events made to trip rules, nearly or wholly, and rules made of every modifier and form of
condition.  Everything comes from a random.Random: the same seed, the same events."""
import base64
import ipaddress
import json
import re._constants as c
import re._parser as sre

import sigma

JUNK = ["", "x", " ", "Zz9", "\\", "C:\\", "-", "%", "\u4e2d\u6587", "\u00e9", "\n", "*", "/", "\u2014", "\U0001f600"]
OTHER = ["", None, 0, 1, True, False, "null", "true", "0x1", "10.0.0.1", [], {}, "x", 4688, "4688", 1.5, "-1", ["a", None]]


# ---- values that satisfy what a rule asks ----

def like(rng, parts):
    out = []
    for p in parts:
        if p[0] == sigma.ANY:
            out.append(rng.choice(JUNK))
        elif p[0] == sigma.ONE:
            out.append(rng.choice("a9 \\*\n\u00fc\u4e2d\U0001f600"))
        elif p[0] == sigma.DASH:
            out.append(rng.choice(sigma.DASHES))
        else:
            out.append(p[1])
    return "".join(out)


def regex_sample(rng, nodes):
    out = ""
    for op, av in nodes:
        if op is c.LITERAL:
            out += chr(av)
        elif op is c.NOT_LITERAL:
            out += "x" if av != ord("x") else "y"
        elif op is c.ANY:
            out += rng.choice("a-9 \\")
        elif op is c.IN:
            out += class_sample(rng, av)
        elif op is c.BRANCH:
            out += regex_sample(rng, rng.choice(av[1]))
        elif op is c.SUBPATTERN:
            out += regex_sample(rng, av[3])
        elif op in (c.MAX_REPEAT, c.MIN_REPEAT):
            most = min(av[1], av[0] + 3)
            out += "".join(regex_sample(rng, av[2]) for _ in range(rng.randint(av[0], most)))
    return out


def class_sample(rng, items):
    negated = items and items[0][0] is c.NEGATE
    chars = []
    for op, av in items:
        if op is c.LITERAL:
            chars.append(chr(av))
        elif op is c.RANGE:
            chars += [chr(av[0]), chr(av[1]), chr((av[0] + av[1]) // 2)]
        elif op is c.CATEGORY:
            chars += {c.CATEGORY_DIGIT: "07", c.CATEGORY_SPACE: " \t", c.CATEGORY_WORD: "aZ_5"}.get(av, "%")
    if negated:
        chars = [x for x in "a0 ~\\%_Z" if x not in chars] or ["\u00e9"]
    return rng.choice(chars)


def address(rng, text):
    try:
        net = ipaddress.ip_network(text, strict=False)
    except ValueError:
        return "10.0.0.1"
    at = net[rng.randrange(min(net.num_addresses, 1 << 64))]
    roll = rng.random()
    if roll < 0.15:
        return str(net.broadcast_address + 1) if int(net.broadcast_address) + 1 < 1 << net.max_prefixlen else str(at)
    if roll < 0.25 and net.version == 4:
        return f"::ffff:{at}"
    if roll < 0.3:
        return f" {at}"
    return str(at)


def when(rng, mods, number):
    part = next(m for m in mods if m in sigma.PARTS)
    fields = {"year": rng.randint(1999, 2030), "month": rng.randint(1, 12), "day": rng.randint(1, 28), "hour": rng.randint(0, 23),
              "minute": rng.randint(0, 59)}
    if part in fields:
        fields[part] = max(0, int(sigma.fraction(number.text)) + rng.choice([0, 0, 0, 1, -1]))
    text = "{year:04}-{month:02}-{day:02}".format(**fields)
    return text + rng.choice(["", "T{hour:02}:{minute:02}", " {hour:02}:{minute:02}:59.999", "T{hour:02}:{minute:02}:00+08:00"]).format(**fields)


def satisfying(rng, mods, value, lists):
    """A value of a field that (most likely) satisfies field|mods: value; may raise for strange rules."""
    own = set(mods) & sigma.OWN
    if isinstance(value, list):
        if "all" in mods:
            parts = [satisfying(rng, [m for m in mods if m != "all"], v, lists) for v in value]
            if rng.random() < 0.7 and "contains" in mods and all(isinstance(p, str) for p in parts):
                return rng.choice(JUNK).join(parts)
            return parts
        return satisfying(rng, mods, rng.choice(value), lists)
    if "exists" in own or value is None:
        return rng.choice([None, "", "x"])
    if own & sigma.PARTS:
        return when(rng, mods, value)
    if own & sigma.ORDER:
        return sigma.Num(str(int(sigma.fraction(value.text)) + rng.choice([-1, 0, 1])))
    text = sigma.text_of(value)
    if "expand" in mods:
        text = rng.choice(sigma.filled(text, lists))
    if "re" in own:
        return rng.choice(["", rng.choice(JUNK)]) + regex_sample(rng, sre.parse(text)) + rng.choice(["", rng.choice(JUNK)])
    if "cidr" in own:
        return address(rng, text)
    if "fieldref" in own:
        return "same"
    if not set(mods) & (sigma.CODES | sigma.WRAPS | {"windash"}) and not isinstance(value, str):
        return rng.choice([value, value, text])
    parts = sigma.parse(text)
    if "windash" in mods:
        parts = sigma.windash(parts)
    out = like(rng, parts)
    for m in mods:
        if m in sigma.UTF16:
            raw = out if isinstance(out, bytes) else out.encode()
            out = (b"\xff\xfe" if m == "utf16" else b"") + raw.decode().encode(sigma.UTF16[m])
        elif m in ("base64", "base64offset"):
            raw = out if isinstance(out, bytes) else out.encode()
            out = base64.b64encode((b"k" * rng.randrange(3) if m == "base64offset" else b"") + raw).decode()
    if isinstance(out, bytes):
        out = out.decode(errors="replace")
    if "contains" in mods or "endswith" in mods:
        out = rng.choice(JUNK) + out
    if "contains" in mods or "startswith" in mods:
        out += rng.choice(JUNK)
    return out


# ---- mutations ----

def mutate(rng, v):
    roll = rng.randrange(14)
    if isinstance(v, str) and v and roll < 8:
        i = rng.randrange(len(v))
        if roll == 0:
            return v.swapcase()
        if roll == 1:
            return v.upper() if rng.random() < 0.5 else v.lower()
        if roll == 2:
            return v[:i] + chr(min(0x10ffff, ord(v[i]) + 1) if not 0xd7ff <= ord(v[i]) <= 0xdfff else 0x41) + v[i + 1:]
        if roll == 3:
            return v[:i] + v[i + 1:]
        if roll == 4:
            return v[:i] + rng.choice(JUNK) + v[i:]
        if roll == 5:
            return v[:i] + v[i].swapcase() + v[i + 1:]
        if roll == 6:
            return v.replace("k", "\u212a").replace("s", "\u017f").replace("-", rng.choice(sigma.DASHES))
        return v + " "
    if roll == 8:
        return [v]
    if roll == 9:
        return [rng.choice(OTHER), v, rng.choice(OTHER)]
    if roll == 10:
        return [[v], {"x": v}]
    if roll == 11 and isinstance(v, sigma.Num):
        return rng.choice([v.text, sigma.Num(v.text + ".0"), sigma.Num(v.text + "e0"), v.text + ".0", " " + v.text])
    if roll == 12 and isinstance(v, str) and sigma.JSON_NUMBER.fullmatch(v) and not re_leading_zero(v):
        return sigma.Num(v)
    return rng.choice(OTHER)


def re_leading_zero(v):
    v = v.lstrip("-")
    return len(v) > 1 and v[0] == "0" and v[1].isdigit()


def put(rng, event, field, v):
    """Under its name, or reached in one of the other ways [3]."""
    if "." in field and rng.random() < 0.6:
        first, rest = field.split(".", 1)
        inner = event.get(first)
        if isinstance(inner, dict):
            put(rng, inner, rest, v)
            return
        if inner is None:
            inner = {}
            put(rng, inner, rest, v)
            event[first] = [{"other": 1}, inner] if rng.random() < 0.2 else inner
            return
    if len(field) > 4 and rng.random() < 0.03:
        field = field[:3] + " " + field[3:]
    event[field] = v


def fill(rng, event, search, lists, loud):
    """Puts into an event what satisfies a search, most of the time."""
    if isinstance(search, dict):
        for key, value in search.items():
            field, *mods = key.split("|")
            try:
                v = satisfying(rng, mods, value, lists)
            except Exception:  # a rule that is refused: anything will do
                v = "x"
            if "exists" in mods and value is False:
                continue
            if "neq" in mods and rng.random() < 0.7:
                v = "other"
            if value is None and rng.random() < 0.5:
                continue
            if rng.random() < loud:
                v = mutate(rng, v)
            if not field:
                field = f"k{rng.randrange(100)}"
            put(rng, event, field, v)
            if "fieldref" in mods and isinstance(value, str):
                put(rng, event, value, v if rng.random() < 0.7 else mutate(rng, v))
    elif isinstance(search, list) and search:
        x = rng.choice(search)
        if isinstance(x, dict):
            fill(rng, event, x, lists, loud)
        else:
            fill(rng, event, {"|contains": x}, lists, loud)
    elif search is not None:
        fill(rng, event, {"|contains": search}, lists, loud)


def trip(rng, doc, lists):
    """An event for one rule: its searches, some of them, satisfied or nearly."""
    event = {}
    d = doc.get("detection") or doc.get("filter")
    names = [k for k in d if k not in ("condition", "timeframe", "rules")] if isinstance(d, dict) else []
    loud = rng.choice([0, 0, 0.1, 0.3])
    for k in names:
        if rng.random() < (0.15 if "filter" in k else 0.9):
            fill(rng, event, d[k], lists, loud)
    roll = rng.random()
    if roll < 0.1:
        return nested(rng, event)
    if roll < 0.15:
        event["Data"] = [rng.choice(JUNK), event.get("Data", "x")]
    return event


def nested(rng, event):
    """[4]"""
    system, data, named = {}, {}, []
    for k, v in event.items():
        roll = rng.random()
        if "_" in k and roll < 0.3:
            e, _, a = k.partition("_")
            if not isinstance(system.get(e), dict):
                system[e] = {"#attributes": {"xmlns": "u"}}
            system[e].setdefault("#attributes", {})[a] = v
        elif roll < 0.5:
            system[k] = {"#attributes": {"Q": "0"}, "#text": v} if rng.random() < 0.2 else v
        elif roll < 0.7:
            named.append({"#attributes": {"Name": k}, "#text": v})
        else:
            data[k] = v
    if named:
        data["Data"] = named
    inner = {"#attributes": {"xmlns": "http://schemas.microsoft.com/win/2004/08/events/event"}, "System": system}
    inner["UserData" if rng.random() < 0.2 else "EventData"] = data
    if "UserData" in inner:
        inner["UserData"] = {"Wrap": data}
    return {"Event": inner} if rng.random() < 0.7 else inner


def written(o, ascii=None):
    """JSON in which numbers stay as they are; of strings some are escaped beyond ASCII."""
    if isinstance(o, sigma.Num):
        return o.text
    if isinstance(o, dict):
        return "{" + ",".join(written(k, ascii) + ":" + written(v, ascii) for k, v in o.items()) + "}"
    if isinstance(o, list):
        return "[" + ",".join(written(x, ascii) for x in o) + "]"
    return json.dumps(o, ensure_ascii=isinstance(o, str) and len(o) % 2 == 0 if ascii is None else ascii)


# ---- rules of every form ----

TEXTS = ["", "*", "?", "a", "A", "ab", "a*", "*b", "*a*", "a?b", "?b", "a\\*b", "a\\\\*", "a\\?", "\\", "\\\\", "a\\b", "a**b",
         "*a*b*", "-x", "/x -y", "\u2013x", "a-b", "\u00c4", "\u03a3\u03c3\u03c2", "\u0130", "\u00df", "\u1e9e", "\u212a",
         "\u4e2d\u6587", "\u4e2d?", "a\nb", "true", "False", "null", "1", "1.0", "01", "1e3", "10.0.0.1", "%two%", "same",
         "foo", "FooBar", "ab*c", "\\%two%", "\\\\%two%", "-%two%-%x%", "x%none%", "1 ", " 1", "\U0001f600?"]
NUMBERS = ["0", "1", "-1", "10", "18", "2026", "1.5", "1e3", "9007199254740993", "0x17", "010", "0o17"]
EXPRESSIONS = ["a", "^a", "b$", "^$", "a.b", "a+b?", "[a-c]x", "[^a]", "(ab|cd)+", "\\d+", "\\w\\s\\w", "\\bfoo\\b", "(?i)FOO", "x{2,3}",
               "^a\\\\b$", "\u00e4", "a|b|", ".*", "(", "(?=a)", "[z-a]", "^%two%$", "\\.", "\\x41", "a*?b", "(?:ab)?c"]
NETWORKS = ["10.0.0.0/8", "10.1.2.3/8", "10.0.0.1", "0.0.0.0/0", "fe80::/10", "::/0", "::ffff:10.0.0.0/104", "2001:db8::1",
            "10.0.0.0/33", "10.0.0/8", "x", "1.2.3.4/", "fe80::/129", "%net%"]
FIELDS = ["A", "B", "C", "D.e", "D.e.f", "EF", "N", "T", "I", "L"]
LISTS = {"two": ["one", "t*o"], "x": ["x", "", "back\\"], "net": ["10.0.0.0/8", "fe80::/10"]}


def scalar(rng):
    roll = rng.random()
    if roll < 0.7:
        return rng.choice(TEXTS)
    if roll < 0.9:
        return sigma.plain(rng.choice(NUMBERS))
    return rng.choice([True, False, None])


def random_item(rng, keyword=False):
    field = "" if keyword else rng.choice(FIELDS)
    roll = rng.random()
    pick = lambda: scalar(rng)
    if roll < 0.25:
        mods = []
    elif roll < 0.55:
        mods = [rng.choice(["contains", "startswith", "endswith"])]
        if rng.random() < 0.2:
            mods.insert(rng.randrange(2), rng.choice(["windash", "cased", "expand"]))
    elif roll < 0.62:
        mods, pick = ["re"] + rng.choice([[], [], ["i"], ["m"], ["s"], ["i", "s"]]), lambda: rng.choice(EXPRESSIONS)
        if rng.random() < 0.15:
            mods.append("expand")
    elif roll < 0.67:
        mods, pick = ["cidr"] + rng.choice([[], [], ["expand"]]), lambda: rng.choice(NETWORKS)
    elif roll < 0.72:
        mods, pick = [rng.choice(sorted(sigma.ORDER))], lambda: rng.choice([sigma.plain(rng.choice(NUMBERS)), "1"] if rng.random() < 0.1 else
                                                                       [sigma.plain(rng.choice(NUMBERS))])
    elif roll < 0.77:
        mods = [rng.choice(sorted(sigma.PARTS))] + rng.choice([[], [], [rng.choice(sorted(sigma.ORDER))]])
        rng.shuffle(mods)
        pick = lambda: sigma.plain(rng.choice(["0", "1", "5", "11", "18", "21", "47", "2026"]))
    elif roll < 0.81:
        mods, pick = ["exists"], lambda: rng.choice([True, False, True, False, "true"])
    elif roll < 0.87:
        mods, pick = ["fieldref"] + rng.choice([[], ["contains"], ["startswith"], ["endswith"], ["cased"]]), lambda: rng.choice(FIELDS)
        rng.shuffle(mods)
    elif roll < 0.95:
        mods = rng.choice([["base64"], ["base64offset", "contains"], ["wide", "base64offset", "contains"], ["utf16le", "contains"],
                           ["utf16be", "base64", "contains"], ["utf16", "base64offset", "contains"], ["windash", "base64", "contains"],
                           ["expand", "base64"], ["utf16"], ["contains", "base64"], ["base64", "cased", "contains"]])
        pick = lambda: rng.choice(["foo", "ab", "-x", "\u00c4", "a", "*", "", "FooBar", "%two%", "x1"])
    else:
        mods = [rng.choice(sorted(sigma.MODIFIERS)) for _ in range(rng.randint(1, 3))]
        if rng.random() < 0.1:
            mods.append(rng.choice(["nosuch", "Contains", ""]))
    if rng.random() < 0.1:
        mods = mods + ["neq"]
    if rng.random() < 0.1:
        mods = mods + ["all"]
    roll = rng.random()
    value = pick() if roll < 0.6 else [pick() for _ in range(rng.randint(1, 3))] if roll < 0.97 else rng.choice([[], {}, [["a"]], {"a": 1}])
    return "|".join([field] + mods), value


def random_search(rng):
    roll = rng.random()
    if roll < 0.55:
        return dict(random_item(rng) for _ in range(rng.randint(1, 3)))
    if roll < 0.7:
        return [dict(random_item(rng) for _ in range(rng.randint(1, 2))) for _ in range(rng.randint(1, 3))]
    if roll < 0.8:
        return [scalar(rng) for _ in range(rng.randint(1, 3))]
    if roll < 0.9:
        return dict([random_item(rng, True)])
    if roll < 0.95:
        return [scalar(rng), dict([random_item(rng)])]
    return rng.choice([{}, [], "a", sigma.Num("1"), None, True])


def random_condition(rng, names, depth=0):
    roll = rng.random()
    word = lambda w: rng.choice([w, w, w.upper(), w.capitalize()])
    if depth > 2 or roll < 0.35:
        return rng.choice(names)
    if roll < 0.5:
        return random_condition(rng, names, depth + 1) + f" {word('and')} " + random_condition(rng, names, depth + 1)
    if roll < 0.65:
        return random_condition(rng, names, depth + 1) + f" {word('or')} " + random_condition(rng, names, depth + 1)
    if roll < 0.78:
        return f"{word('not')} " + random_condition(rng, names, depth + 1)
    if roll < 0.86:
        return "(" + random_condition(rng, names, depth + 1) + ")"
    if roll < 0.98:
        return f"{rng.choice(['1', 'all', 'ALL', '1', 'any', '2'] if rng.random() < 0.2 else ['1', 'all'])} {word('of')} " + \
            rng.choice([word("them"), "s*", "*2", "_*", "*", "s1", "x*", "S*"])
    return rng.choice(["", "(s1", "s1)", "s1 s2", "s1 |", "| count() > 1", "of", "not", "s1 and", "1 of", "nosuch"])


def random_rule(rng, n):
    names = rng.sample(["s1", "s2", "sel_a", "f1", "_h", "_h2"], rng.randint(1, 4))
    d = {k: random_search(rng) for k in names}
    d["condition"] = random_condition(rng, names) if rng.random() < 0.95 else [random_condition(rng, names) for _ in range(2)]
    if rng.random() < 0.02:
        del d["condition"]
    doc = {"title": f"rule {n}", "logsource": {"category": "c"}}
    if rng.random() < 0.9:
        doc["id"] = f"00000000-0000-4000-8000-{n:012}"
    if rng.random() < 0.2:
        doc["name"] = f"n{n}"
    doc["level"] = rng.choice(sigma.LEVELS)
    doc["detection"] = d
    return doc


def random_filter(rng, n, rules):
    names = ["selection"]
    refs = [rng.choice([f"00000000-0000-4000-8000-{rng.randrange(rules):012}", f"n{rng.randrange(rules)}", "nosuch"])
            for _ in range(rng.randint(1, 6))]
    selection, condition = dict([random_item(rng)]), rng.choice(["selection", "selection", "selection", "not selection"])
    if n == 0:  # one of all rules, or nothing would be left to see
        refs, selection, condition = "any", {"EF|contains": "foo"}, "selection"
    d = {"rules": refs, "selection": selection, "condition": condition}
    return {"title": f"filter {n}", "logsource": {"category": "c"}, "filter": d}


def plain_event(rng):
    event = {}
    for f in FIELDS:
        if rng.random() < 0.5:
            v = rng.choice([rng.choice(TEXTS), rng.choice(OTHER), sigma.Num(rng.choice(["0", "1", "1.0", "10", "1.5", "1e3", "-1"])),
                            "2026-11-21T18:05:00Z", "2026-11-21", "10.0.0.1", "fe80::1", "same"])
            put(rng, event, f, v)
    if rng.random() < 0.1:
        event["E F"] = "foo"
    return event


def yaml_of(o):
    """A document as YAML: JSON without surrogates is YAML."""
    return written(o, False).replace("\x7f", "\\x7f") + "\n"
