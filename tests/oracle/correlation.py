"""Sigma correlations, evaluated slowly and plainly: every window is looked at whole.

Written from the specification and line C17 of docs/sigma-choices.md; shares nothing with the
engine.  An event is {"at": int, "rules": {rule: …}, "fields": {name: value}, "where": any};
a correlation is the document as a dict."""
from fractions import Fraction
import re

UNITS = {"s": 1, "m": 60, "h": 3600, "d": 86400}
OPS = {"gt": lambda a, b: a > b, "gte": lambda a, b: a >= b, "lt": lambda a, b: a < b, "lte": lambda a, b: a <= b,
       "eq": lambda a, b: a == b, "neq": lambda a, b: a != b}


def texts(value):
    """The texts of a field's value: a list has several, objects and null none."""
    if isinstance(value, list):
        return [t for v in value for t in texts(v)]
    if value is None or isinstance(value, dict):
        return []
    if isinstance(value, bool):
        return ["true" if value else "false"]
    return [value if isinstance(value, str) else value.text if hasattr(value, "text") else str(value)]


def numbers(value):
    out = []
    for v in value if isinstance(value, list) else [value]:
        if isinstance(v, bool) or v is None:
            continue
        if isinstance(v, str):
            if re.fullmatch(r"-?[0-9]+(\.[0-9]+)?", v):
                out.append(Fraction(v))
        elif isinstance(v, (int, float)):
            out.append(Fraction(str(v)))
    return out


def product(lists):
    out = [()]
    for one in lists:
        out = [o + (x,) for o in out for x in one]
    return out


def field_for(cor, rule, name):
    alias = cor.get("aliases", {}).get(name, {})
    return alias.get(rule, name)


def groups_of(cor, rules, ev):
    """{group: rules that put the event there}"""
    out = {}
    for r in rules:
        parts = [texts(ev["fields"].get(field_for(cor, r, g))) for g in cor.get("group-by", [])]
        for key in product(parts):
            out.setdefault(key, set()).add(r)
    return out


def values_of(cor, rules, ev, names):
    """Distinct value tuples of the condition's field(s)."""
    return {key for r in rules for key in product([texts(ev["fields"].get(field_for(cor, r, n))) for n in names])}


def longest_chain(order, window):
    """Different events in the order of the rules, the last one of the window at the end."""
    best = [0]

    def go(i, rules_left, length):
        # i: the event just used, going back in time
        best[0] = max(best[0], length)
        for j in range(i - 1, -1, -1):
            for k in range(rules_left - 1, -1, -1):
                if order[k] in window[j][1]:
                    go(j, k, length + 1)

    last = len(window) - 1
    for k, r in enumerate(order):
        if r in window[last][1]:
            go(last, k, 1)
    return best[0]


def holds(cor, window):
    """window: [(event, rules that put it here)], in order, the last one being this event."""
    kind, rules = cor["type"], cor["rules"]
    cond = dict(cor.get("condition", {}))
    field = cond.pop("field", None)
    names = field if isinstance(field, list) else [field]
    if kind == "event_count":
        n = len(window)
    elif kind == "value_count":
        n = len({v for ev, by in window for v in values_of(cor, by, ev, names)})
    elif kind in ("value_sum", "value_avg"):
        got = [x for ev, by in window for f in {field_for(cor, r, field) for r in by} for x in numbers(ev["fields"].get(f))]
        n = sum(got)
        if kind == "value_avg":
            if not got:
                return False
            n = Fraction(n) / len(got)
    elif kind == "value_percentile":
        def own(ev, by):
            first = [r for r in rules if r in by]
            for r in first:
                t = tuple(texts(ev["fields"].get(field_for(cor, r, field))))
                if t:
                    return t
            return None
        mine = own(*window[-1])
        if mine is None:
            return False
        n = Fraction(100 * sum(own(ev, by) == mine for ev, by in window), len(window))
    elif kind == "temporal":
        n = len({r for _, by in window for r in by})
    else:
        n = longest_chain(rules, window)
    if not cond:
        cond = {"gte": len(rules)}
    return all(OPS[op](n, Fraction(str(than))) for op, than in cond.items())


def firings(correlations, events):
    """[(where, correlation name)] of all correlations; `correlations` are given inner ones first."""
    events = sorted(enumerate(events), key=lambda x: (x[1]["at"], x[0]))
    events = [dict(ev, rules=set(ev["rules"])) for _, ev in events]
    out = []
    for name, cor in correlations:
        m = re.fullmatch(r"([0-9]+)([smhd])", cor["timespan"])
        span = int(m[1]) * UNITS[m[2]] * 1_000_000
        seen = []
        for ev in events:
            hit = [r for r in cor["rules"] if r in ev["rules"]]
            if not hit:
                continue
            mine = groups_of(cor, hit, ev)
            seen.append((ev, mine))
            for key in mine:
                window = [(e, g[key]) for e, g in seen if key in g and ev["at"] - span <= e["at"]]
                if holds(cor, window):
                    out.append((ev["where"], name))
                    ev["rules"].add(name)  # it is an event of its own for those that use it
                    break
    return out
