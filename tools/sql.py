#!/usr/bin/env python3
"""Embeds sql/ in the program: sql.py SQLDIR OUT.h OUT.c

Named statements (sql/query/*.sql) become enum lf_query and a table with their
text for each engine (named parameters numbered), the order of parameters and
whether :org is among them.  Migrations (sql/<engine>/NNNN_name.sql) become
tables in order.  Refuses what store/db.h forbids.
"""
import io
import pathlib
import re
import sys

sqldir, out_h, out_c = map(pathlib.Path, sys.argv[1:4])


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
        queries.append((name, numbered, order))

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

with io.StringIO() as h:
    h.write("/* Made by tools/sql.py from sql/; do not edit. */\n#ifndef LF_STORE_QUERIES_H\n"
            "#define LF_STORE_QUERIES_H\n\nenum lf_query {\n")
    for name, _, order in queries:
        h.write(f"    LF_Q_{name.upper()}, /* {', '.join(p for p in order if p != 'org')} */\n")
    h.write("    LF_Q_COUNT\n};\n\n"
            "struct lf_query_text {\n    const char *name, *sqlite, *postgres;\n"
            "    int nparams; /* all, :org included */\n    int org;     /* its number from 1, 0 = none */\n};\n"
            "extern const struct lf_query_text lf_query_texts[];\n\n"
            "struct lf_migration {\n    const char *name, *sql;\n};\n"
            "extern const struct lf_migration lf_migrations_sqlite[], lf_migrations_postgres[]; /* ends with name NULL */\n"
            "\n#endif\n")
    write(out_h, h.getvalue())

with io.StringIO() as c:
    c.write('/* Made by tools/sql.py from sql/; do not edit. */\n#include "store/queries.h"\n\n'
            "#include <stddef.h>\n\nconst struct lf_query_text lf_query_texts[] = {\n")
    for name, sql, order in queries:
        pg = re.sub(r"\?(\d+)", r"$\1", sql)
        org = order.index("org") + 1 if "org" in order else 0
        c.write(f'    {{ "{name}",\n        {c_string(sql)},\n        {c_string(pg)},\n'
                f"        {len(order)}, {org} }},\n")
    c.write("    { NULL, NULL, NULL, 0, 0 },\n};\n")
    for engine in ("sqlite", "postgres"):
        c.write(f"\nconst struct lf_migration lf_migrations_{engine}[] = {{\n")
        for f in migrations(engine):
            c.write(f'    {{ "{f.stem}",\n        {c_string(f.read_text())} }},\n')
        c.write("    { NULL, NULL },\n};\n")
    write(out_c, c.getvalue())
