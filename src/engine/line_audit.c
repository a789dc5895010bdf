/* Linux audit records (auditd's log, and the same behind syslog or audispd):
 *
 *   type=EXECVE msg=audit(1364481363.243:24287): argc=2 a0="cat" a1="/etc/passwd"
 *
 * The kernel writes what users choose (names, paths, arguments) in quotes, or, where it holds a
 * blank, quote, control or non-ASCII byte, as hexadecimal digits without quotes.  Which fields
 * those are is known by name; digits in any other field are a number and stay.
 *
 * One event is several records with one serial: SYSCALL, EXECVE, SOCKADDR, CWD, PATH…, PROCTITLE, one
 * after another.  Each record is an event of ours; what the earlier ones of its serial said about the
 * process (program, parent, user, arguments, directory) is added under ECS names.  The EXECVE record
 * waits for the one behind it (engine/normalise.h, lf_normalise_held), so that it carries the whole
 * start of a process with its directory; SOCKADDR carries who connects where, PATH the whole path.  The
 * enriched form (ENRICHED, after the byte 0x1d) gives SYSCALL, ARCH, AUID… as names. */
#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "engine/line_priv.h"

static bool untrusted(lf_view type, lf_view key)
{
    static const char *const names[] = {
        "name", "exe", "comm", "cwd",  "proctitle", "cmd",   "data", "acct",
        "path", "dir", "key",  "file", "watch",     "ocomm", "vm",   "unit"
    };

    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (lf_view_is(key, names[i]))
            return true;
    /* Arguments are text in EXECVE and numbers in SYSCALL. */
    return lf_view_is(type, "EXECVE") && key.len > 1 && key.ptr[0] == 'a' && key.ptr[1] >= '0' &&
           key.ptr[1] <= '9' && !line_has(key, "_len");
}

static bool hex_text(struct lf_arena *a, lf_view v, lf_view *out)
{
    char *text;

    if (v.len < 2 || v.len % 2 != 0)
        return false;
    for (size_t i = 0; i < v.len; i++)
        if (line_hex(v.ptr[i]) < 0 || (v.ptr[i] >= 'a' && v.ptr[i] <= 'f')) /* the kernel writes capitals */
            return false;
    text = lf_arena_alloc(a, v.len / 2, 1);
    for (size_t i = 0; i < v.len / 2; i++)
        text[i] = (char)(line_hex(v.ptr[2 * i]) << 4 | line_hex(v.ptr[2 * i + 1]));
    *out = (lf_view){ text, v.len / 2 };
    return true;
}

/* NULs between arguments are blanks, one at the end is nothing. */
static lf_view title(struct lf_arena *a, lf_view v)
{
    char *out = lf_arena_alloc(a, v.len + 1, 1);

    while (v.len > 0 && v.ptr[v.len - 1] == '\0')
        v.len--;
    for (size_t i = 0; i < v.len; i++)
        out[i] = v.ptr[i] == '\0' ? ' ' : v.ptr[i];
    return (lf_view){ out, v.len };
}

/* key=value off the front; values in "…" or '…' or up to a blank. */
static bool take_pair(lf_view *in, lf_view *key, lf_view *value, bool *quoted)
{
    size_t eq = 0, end;

    while (in->len > 0 && (in->ptr[0] == ' ' || in->ptr[0] == '\x1d' || in->ptr[0] == ','))
        *in = lf_view_from(*in, 1);
    while (eq < in->len && in->ptr[eq] != '=' && in->ptr[eq] != ' ')
        eq++;
    if (eq == 0 || eq >= in->len)
        return false;
    if (in->ptr[eq] == ' ') { /* a word that is no pair */
        *key = (lf_view){ "", 0 };
        *in = lf_view_from(*in, eq);
        return true;
    }
    *key = lf_view_first(*in, eq);
    *in = lf_view_from(*in, eq + 1);
    *quoted = in->len > 0 && (in->ptr[0] == '"' || in->ptr[0] == '\'');
    if (*quoted) {
        char quote = in->ptr[0];

        end = lf_view_find_byte(lf_view_from(*in, 1), quote);
        if (end == SIZE_MAX)
            end = in->len - 1;
        *value = (lf_view){ in->ptr + 1, end };
        *in = lf_view_from(*in, end + 2);
        return true;
    }
    for (end = 0; end < in->len && in->ptr[end] != ' ' && in->ptr[end] != '\x1d';)
        end++;
    *value = lf_view_first(*in, end);
    *in = lf_view_from(*in, end);
    return true;
}

/* ---- what a serial's records have in common ---- */

void line_audit_clear(struct lf_audit *a)
{
    for (size_t i = 0; a && i < AUDIT_OPEN; i++)
        free(a->at[i].line);
    free(a);
}

static void keep(struct lf_audit_event *e, const char *name, lf_view v)
{
    if (!e || v.len > sizeof e->text - e->text_len || e->nkept == AUDIT_KEPT)
        return;
    for (size_t i = 0; i < e->nkept; i++)
        if (strcmp(e->kept[i].name, name) == 0)
            return;
    e->kept[e->nkept].name = name;
    e->kept[e->nkept].at = (unsigned)e->text_len;
    e->kept[e->nkept++].len = (unsigned)v.len;
    if (v.len > 0)
        memcpy(e->text + e->text_len, v.ptr, v.len);
    e->text_len += v.len;
}

static lf_view kept(const struct lf_audit_event *e, const char *name)
{
    for (size_t i = 0; e && i < e->nkept; i++)
        if (strcmp(e->kept[i].name, name) == 0)
            return (lf_view){ e->text + e->kept[i].at, e->kept[i].len };
    return (lf_view){ NULL, 0 };
}

/* What the earlier records of the serial said; the one longest not heard of makes room. */
static struct lf_audit_event *event_of(struct made *m, lf_view serial)
{
    struct lf_audit_event *e = NULL, *oldest = NULL;
    struct lf_audit *a;
    size_t waiting = 0;

    if (!m->stream || serial.len > sizeof e->serial)
        return NULL;
    if (!m->stream->audit) {
        m->stream->audit = calloc(1, sizeof *m->stream->audit);
        if (!m->stream->audit)
            LF_BUG("no memory");
    }
    a = m->stream->audit;
    a->now++;
    for (size_t i = 0; i < AUDIT_OPEN; i++) {
        if (a->at[i].serial_len > 0 &&
            lf_view_eq(serial, (lf_view){ a->at[i].serial, a->at[i].serial_len })) {
            a->at[i].used = a->now;
            return &a->at[i];
        }
        /* Records of one event come within milliseconds. */
        if (a->at[i].waiting && m->ev->happened - a->at[i].happened > 2 * LF_SECOND)
            a->at[i].ready = true;
        waiting += a->at[i].waiting && !a->at[i].ready;
        if (a->at[i].waiting && !a->at[i].ready && (!oldest || a->at[i].used < oldest->used))
            oldest = &a->at[i];
    }
    if (waiting + 1 >= AUDIT_OPEN)
        oldest->ready = true;
    for (size_t i = 0; i < AUDIT_OPEN; i++)
        if (!a->at[i].waiting && (!e || a->at[i].used < e->used))
            e = &a->at[i];
    for (size_t i = 0; !e && i < AUDIT_OPEN; i++)
        if (a->at[i].ready) /* nobody takes them: a reader of single records */
            e = &a->at[i];
    LF_ASSERT(e);
    e->used = a->now;
    memcpy(e->serial, serial.ptr, serial.len);
    e->serial_len = serial.len;
    e->nkept = e->text_len = 0;
    e->waiting = e->ready = false;
    return e;
}

static bool room(struct lf_audit_event *e, size_t n)
{
    char *more;

    if (n > AUDIT_LINE_MOST)
        return false;
    if (n <= e->line_cap)
        return true;
    more = realloc(e->line, n);
    if (!more)
        LF_BUG("no memory for an audit record");
    e->line = more;
    e->line_cap = n;
    return true;
}

/* An EXECVE record waits for CWD, which the kernel writes behind it, or for whatever else comes of
 * its event: then it is the start of a process with its directory.  Long arguments come as
 * several EXECVE records: their pairs go behind those of the first. */
static void hold(struct made *m, struct lf_audit_event *e, lf_view rest)
{
    const struct lf_record *r = m->r;

    if (!e || r->bytes.len == 0)
        return;
    if (e->waiting && e->position == r->position && e->recorded == r->recorded && r->recorded) {
        m->ev->held = true; /* the same record again */
        return;
    }
    if (e->waiting) {
        bool tail = rest.ptr + rest.len == r->bytes.ptr + r->bytes.len;

        if (!tail || !room(e, e->line_len + 1 + rest.len)) {
            e->ready = true;
            return;
        }
        e->line[e->line_len++] = ' ';
        memcpy(e->line + e->line_len, rest.ptr, rest.len);
        e->line_len += rest.len;
        m->ev->held = true;
        return;
    }
    if (kept(e, "process.working_directory").ptr || !room(e, r->bytes.len))
        return;
    memcpy(e->line, r->bytes.ptr, r->bytes.len);
    e->line_len = r->bytes.len;
    e->format = r->format;
    e->charset = r->charset;
    e->position = r->position;
    e->recorded = r->recorded;
    e->happened = m->ev->happened;
    e->waiting = true;
    m->ev->held = true;
}

static bool made_has(const struct made *m, const char *key)
{
    for (size_t i = 0; i < m->n; i++)
        if (lf_view_is(m->keys[i], key))
            return true;
    return false;
}

/* `key` by its ECS name, kept for the serial's other records. */
static void process_member(struct made *m, struct lf_audit_event *e, lf_view type, lf_view key, lf_view v)
{
    static const struct {
        const char *key, *ecs;
        bool number;
    } of_syscall[] = { { "exe", "process.executable", false },
                       { "comm", "process.name", false },
                       { "pid", "process.pid", true },
                       { "ppid", "process.parent.pid", true },
                       { "uid", "user.id", false },
                       { "auid", "user.audit.id", false },
                       { "euid", "user.effective.id", false },
                       { "tty", "process.tty", false },
                       { "UID", "user.name", false },
                       { "AUID", "user.audit.name", false } };

    if (lf_view_is(type, "CWD") && lf_view_is(key, "cwd")) {
        line_put(m, "process.working_directory", v);
        keep(e, "process.working_directory", v);
    }
    if (lf_view_is(type, "SYSCALL") && lf_view_is(key, "ses"))
        keep(e, "ses", v);
    /* Without the enriched names (UID) one number is known all the same. */
    if (lf_view_is(type, "SYSCALL") && lf_view_is(key, "uid") && lf_view_is(v, "0")) {
        line_put(m, "user.name", LF_V("root"));
        keep(e, "user.name", LF_V("root"));
    }
    for (size_t i = 0; i < sizeof of_syscall / sizeof *of_syscall; i++)
        if (lf_view_is(key, of_syscall[i].key)) {
            if (of_syscall[i].number)
                line_put_number(m, of_syscall[i].ecs, v);
            else
                line_put(m, of_syscall[i].ecs, v);
            if (lf_view_is(type, "SYSCALL"))
                keep(e, of_syscall[i].ecs, v);
        }
}

static void arguments(struct made *m, struct lf_audit_event *e, lf_view *args, size_t n)
{
    size_t len = 0, o = 0;
    char *text;

    if (n == 0)
        return;
    for (size_t i = 0; i < n; i++)
        len += args[i].len + 1;
    text = lf_arena_alloc(m->a, len, 1);
    for (size_t i = 0; i < n; i++) {
        if (i > 0)
            text[o++] = ' ';
        if (args[i].len > 0)
            memcpy(text + o, args[i].ptr, args[i].len);
        o += args[i].len;
    }
    line_put(m, "process.command_line", (lf_view){ text, o });
    keep(e, "process.command_line", (lf_view){ text, o });
}

enum { ARGS_MOST = 128 };

/* a1="x"; a long one comes as a1[0]=…, a1[1]=…, which are one text. */
static void argument(struct lf_arena *a, lf_view *args, size_t *n, lf_view key, lf_view v)
{
    size_t part = lf_view_find_byte(key, '[');

    if (part != SIZE_MAX && *n > 0 && !lf_view_is(lf_view_from(key, part), "[0]")) {
        lf_view was = args[*n - 1];
        char *out = lf_arena_alloc(a, was.len + v.len + 1, 1);

        if (was.len > 0)
            memcpy(out, was.ptr, was.len);
        if (v.len > 0)
            memcpy(out + was.len, v.ptr, v.len);
        args[*n - 1] = (lf_view){ out, was.len + v.len };
    } else if (*n < ARGS_MOST) {
        args[(*n)++] = v;
    }
}

static unsigned hex_byte(lf_view v, size_t i)
{
    return (unsigned)(line_hex(v.ptr[2 * i]) << 4 | line_hex(v.ptr[2 * i + 1]));
}

/* A socket's address as the kernel has it, in hexadecimal: family in the machine's own order (2 and 10 are
 * found in either), port, then IPv4, or flow label and IPv6. */
static void address(struct made *m, const struct lf_audit_event *e, lf_view v)
{
    lf_view call = kept(e, "auditd.call");
    unsigned family;
    bool out = lf_view_is(call, "connect") || lf_view_is(call, "sendto") || lf_view_is(call, "sendmsg");
    const char *side = out ? "destination" : "source";
    lf_view ip;

    for (size_t i = 0; i < v.len; i++)
        if (line_hex(v.ptr[i]) < 0)
            return;
    if (v.len < 16 || v.len % 2 != 0)
        return;
    family = hex_byte(v, 0) | hex_byte(v, 1);
    if (family == 2) {
        ip = lf_arena_printf(m->a, "%u.%u.%u.%u", hex_byte(v, 4), hex_byte(v, 5), hex_byte(v, 6),
                             hex_byte(v, 7));
    } else if (family == 10 && v.len >= 48) {
        char text[INET6_ADDRSTRLEN];
        uint8_t raw[16];

        for (size_t i = 0; i < sizeof raw; i++)
            raw[i] = (uint8_t)hex_byte(v, 8 + i);
        if (!inet_ntop(AF_INET6, raw, text, sizeof text))
            return;
        ip = lf_arena_copy(m->a, lf_view_of(text));
    } else {
        return;
    }
    line_put(m, "network.type", family == 2 ? LF_V("ipv4") : LF_V("ipv6"));
    line_put(m, lf_arena_cstr(m->a, lf_arena_printf(m->a, "%s.ip", side)), ip);
    line_put_number(m, lf_arena_cstr(m->a, lf_arena_printf(m->a, "%s.port", side)),
                    lf_arena_printf(m->a, "%u", hex_byte(v, 2) << 8 | hex_byte(v, 3)));
    if (out) {
        line_put(m, "network.direction", LF_V("outbound"));
        line_put(m, "Initiated", LF_V("true"));
    }
}

/* Which call a SYSCALL record is of, where later records ask for it. */
static void call_of(struct lf_audit_event *e, lf_view arch, lf_view number, lf_view name)
{
    static const struct {
        const char *arch, *number, *name;
    } calls[] = { { "c000003e", "42", "connect" },  { "c000003e", "44", "sendto" },
                  { "c000003e", "46", "sendmsg" },  { "c00000b7", "203", "connect" },
                  { "c00000b7", "206", "sendto" },  { "c00000b7", "211", "sendmsg" },
                  { "40000003", "362", "connect" }, { "40000003", "369", "sendto" } };

    if (name.len > 0)
        keep(e, "auditd.call", name);
    for (size_t i = 0; i < sizeof calls / sizeof *calls; i++)
        if (lf_view_is(arch, calls[i].arch) && lf_view_is(number, calls[i].number))
            keep(e, "auditd.call", lf_view_of(calls[i].name));
}

/* The kernel gives a name as the program did; a relative one belongs to the working directory. */
static void path_of(struct made *m, const struct lf_audit_event *e, lf_view name)
{
    lf_view cwd = kept(e, "process.working_directory");

    if (name.len == 0 || name.ptr[0] == '/' || !cwd.len)
        return;
    if (line_starts(name, "./"))
        name = lf_view_from(name, 2);
    line_put(m, "file.path",
             lf_arena_printf(m->a, "%.*s%s%.*s", LF_FMT(cwd), cwd.ptr[cwd.len - 1] == '/' ? "" : "/",
                             LF_FMT(name)));
}

static void pairs(struct made *m, struct lf_audit_event *e, lf_view type, lf_view rest, unsigned depth)
{
    lf_view args[ARGS_MOST], key = { "", 0 }, v = key, arch = { "", 0 }, number = arch, call = arch;
    size_t nargs = 0;
    bool quoted = false;

    while (take_pair(&rest, &key, &v, &quoted)) {
        lf_view text;
        bool null = !quoted && lf_view_is(v, "(null)");

        if (key.len == 0)
            continue;
        /* msg='op=PAM:authentication acct="root" exe="/usr/sbin/sshd" … res=failed' */
        if (lf_view_is(key, "msg") && quoted && depth == 0) {
            pairs(m, e, type, v, 1);
            continue;
        }
        if (null)
            continue;
        if (!quoted && untrusted(type, key) && hex_text(m->a, v, &text))
            v = lf_view_is(key, "proctitle") || lf_view_is(key, "cmd") || lf_view_is(key, "data")
                    ? title(m->a, text)
                    : text;
        line_put_key(m, key, v);
        process_member(m, e, type, key, v);
        if (lf_view_is(type, "EXECVE") && untrusted(type, key) && key.ptr[0] == 'a')
            argument(m->a, args, &nargs, key, v);
        if (lf_view_is(key, "saddr"))
            address(m, e, v);
        if (lf_view_is(key, "addr") || lf_view_is(key, "hostname"))
            line_put_ip(m, "source.ip", v);
        if (lf_view_is(key, "acct"))
            line_put(m, "user.name", v);
        if (lf_view_is(key, "arch"))
            arch = v;
        else if (lf_view_is(key, "syscall"))
            number = v;
        else if (lf_view_is(key, "SYSCALL"))
            call = v;
        else if (lf_view_is(key, "name") && lf_view_is(type, "PATH"))
            path_of(m, e, v);
        if (lf_view_is(key, "success") || lf_view_is(key, "res"))
            line_put(m, "event.outcome",
                     lf_view_is(v, "yes") || lf_view_is(v, "success") || lf_view_is(v, "1")
                         ? LF_V("success")
                         : LF_V("failure"));
    }
    arguments(m, e, args, nargs);
    if (lf_view_is(type, "SYSCALL"))
        call_of(e, arch, number, call);
}

bool line_audit(struct made *m, lf_view in)
{
    lf_view type, stamp, rest, node;
    size_t colon, from = m->n;
    struct lf_audit_event *e;
    lf_time t;

    if (line_starts(in, "node=") && line_between(in, "node=", " ", &node)) {
        in = lf_view_from(in, node.len + 6);
        m->ev->host = line_clean(m->a, node);
        line_put(m, "host.name", node);
    }
    if (!line_starts(in, "type=") || !line_between(in, "type=", " ", &type) || type.len > 40) {
        if (!line_starts(in, "audit: type=") || !line_between(in, "type=", " ", &type) || type.len > 40)
            return false;
    }
    if (!line_between(in, "audit(", ")", &stamp) || stamp.len > 60 || !line_after(in, "): ", &rest)) {
        if (!line_between(in, "audit(", "):", &stamp) || stamp.len > 60 || !line_after(in, "):", &rest))
            return false;
    }
    colon = lf_view_find_byte(stamp, ':');
    if (colon == SIZE_MAX || !lf_moment_parse(lf_view_first(stamp, colon), m->r->recorded, &t)) {
        m->n = from;
        return false;
    }
    m->ev->happened = t;
    line_put(m, "type", type);
    line_put(m, "auditd.serial", lf_view_from(stamp, colon + 1));
    e = event_of(m, stamp);
    pairs(m, e, type, rest, 0);
    for (size_t i = 0; e && i < e->nkept; i++) {
        lf_view text = lf_arena_copy(m->a, (lf_view){ e->text + e->kept[i].at, e->kept[i].len });

        if (made_has(m, e->kept[i].name))
            continue;
        if (line_has(lf_view_of(e->kept[i].name), "pid"))
            line_put_number(m, e->kept[i].name, text);
        else
            line_put(m, e->kept[i].name, text);
    }
    if (!m->whole && lf_view_is(type, "EXECVE"))
        hold(m, e, rest);
    else if (!m->whole && e && e->waiting && !lf_view_is(type, "SYSCALL"))
        e->ready = true;
    m->format = LF_V("auditd");
    return true;
}
