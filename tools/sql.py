#!/usr/bin/env python3
"""Embeds sql/ in the program: sql.py SQLDIR OUTDIR NOUN...

The statements of sql/query/NOUN.sql become constants, declared in query_NOUN.h so
that a new statement compiles only what speaks of its noun: their text for each
engine (named parameters numbered), the number of parameters and which is :org.
Migrations (sql/<engine>/NNNN_name.sql) become tables in order.  Refuses what
store/db.h forbids.
"""
import io
import pathlib
import re
import sys

sqldir, out = map(pathlib.Path, sys.argv[1:3])
nouns = sys.argv[3:]


def fail(where, what):
    sys.exit(f"{where}: {what}")


def write(path, text):
    """Only when it changed: then ninja compiles only what must be."""
    if not path.exists() or path.read_text() != text:
        path.write_text(text)


def c_string(text):
    body = text.replace("\\", "\\\\").replace('"', '\\"')
    return "\n        ".join(f'"{line}\\n"' for line in body.splitlines()) or '""'


def strip_comments(text):
    return "\n".join(line.split("--")[0].rstrip() for line in text.splitlines()).strip()


# Tenant tables: those that any SQLite migration creates with a column "org".
tenant = set()
for f in sorted(sqldir.glob("sqlite/*.sql")):
    for m in re.finditer(r"CREATE TABLE (\w+) *\((.*?)\n\)", strip_comments(f.read_text()), re.S | re.I):
        if re.search(r"^\s*org\s", m.group(2), re.M):
            tenant.add(m.group(1))

there = sorted(f.stem for f in sqldir.glob("query/*.sql"))
if there != sorted(nouns):
    fail(sqldir / "query", f"src/store/meson.build names {', '.join(sorted(set(nouns) ^ set(there)))} differently")

queries = []
seen = {}
for f in sorted(sqldir.glob("query/*.sql")):
    for part in re.split(r"^-- name:", f.read_text(), flags=re.M)[1:]:
        name, _, body = part.partition("\n")
        name = name.strip()
        where = f"{f}: {name}"
        if not re.fullmatch(r"[a-z][a-z0-9_]*", name):
            fail(where, "a statement's name is lower-case words joined by _")
        if name in seen:
            fail(where, f"already in {seen[name]}")
        seen[name] = f
        node_wide = re.search(r"^-- scope: node\b", body, re.M)
        sql = strip_comments(body).rstrip(";").strip()
        if ";" in sql:
            fail(where, "one statement each")
        words = set(re.findall(r"\b\w+\b", sql))
        has_org = ":org" in re.findall(r":[a-z_][a-z0-9_]*", sql)
        touched = sorted(words & tenant)
        if touched and not has_org and not node_wide:
            fail(where, f"touches tenant table {touched[0]} without :org; "
                        "bind it, or head it '-- scope: node' with the reason")
        order = []
        def number(m):
            p = m.group(1)
            if p not in order:
                order.append(p)
            return f"?{order.index(p) + 1}"
        numbered = re.sub(r"(?<![:\w]):([a-z_][a-z0-9_]*)", number, sql)
        queries.append((f.stem, name, numbered, order))

def migrations(engine):
    files = sorted(sqldir.glob(f"{engine}/*.sql"))
    seen = {}
    for f in files:
        if not re.fullmatch(r"\d{4}_[a-z0-9_]+\.sql", f.name):
            fail(f, "a migration is called NNNN_name.sql")
        if f.name[:4] in seen:
            fail(f, f"{seen[f.name[:4]]} has this number already")
        seen[f.name[:4]] = f.name
    return files

MADE = "/* Made by tools/sql.py from sql/; do not edit. */\n"
for noun in there:
    guard = f"LF_STORE_QUERY_{noun.upper()}_H"
    lines = [f"extern const struct lf_query lf_q_{name}; /* {', '.join(p for p in order if p != 'org')} */\n"
             for of, name, _, order in queries if of == noun]
    write(out / f"query_{noun}.h", f'{MADE}#ifndef {guard}\n#define {guard}\n\n#include "store/db.h"\n\n{"".join(lines)}\n#endif\n')

write(out / "queries.h", f"""{MADE}#ifndef LF_STORE_QUERIES_H
#define LF_STORE_QUERIES_H

#include "store/db.h"

enum {{ LF_QUERIES = {len(queries)} }};
extern const struct lf_query *const lf_queries[LF_QUERIES]; /* each at its number */

struct lf_migration {{
    const char *name, *sql;
}};
extern const struct lf_migration lf_migrations_sqlite[], lf_migrations_postgres[]; /* ends with name NULL */

#endif
""")

with io.StringIO() as c:
    c.write(MADE + '#include "store/queries.h"\n\n' + "".join(f'#include "store/query_{noun}.h"\n' for noun in there))
    for i, (_, name, sql, order) in enumerate(queries):
        pg = re.sub(r"\?(\d+)", r"$\1", sql)
        org = order.index("org") + 1 if "org" in order else 0
        c.write(f'\nconst struct lf_query lf_q_{name} = {{\n    "{name}",\n    {c_string(sql)},\n    {c_string(pg)},\n'
                f"    {len(order)}, {org}, {i},\n}};\n")
    c.write("\nconst struct lf_query *const lf_queries[LF_QUERIES] = {\n")
    c.write("".join(f"    &lf_q_{name},\n" for _, name, _, _ in queries) + "};\n")
    for engine in ("sqlite", "postgres"):
        c.write(f"\nconst struct lf_migration lf_migrations_{engine}[] = {{\n")
        for f in migrations(engine):
            c.write(f'    {{ "{f.stem}",\n        {c_string(f.read_text())} }},\n')
        c.write("    { NULL, NULL },\n};\n")
    write(out / "queries.c", c.getvalue())
