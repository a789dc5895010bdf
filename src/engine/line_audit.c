/* Linux audit records (auditd's log, and the same behind syslog or audispd):
 *
 *   type=EXECVE msg=audit(1364481363.243:24287): argc=2 a0="cat" a1="/etc/passwd"
 *
 * The kernel writes what users choose (names, paths, arguments) in quotes, or, where it holds a
 * blank, quote, control or non-ASCII byte, as hexadecimal digits without quotes.  Which fields
 * those are is known by name; digits in any other field are a number and stay.
 *
 * One event is several records with one serial: SYSCALL, EXECVE, CWD, PATH…, PROCTITLE, one after
 * another.  Each record is an event of ours; what the earlier ones of its serial said about the
 * process (program, parent, user, arguments) is added under ECS names, so the EXECVE record carries
 * the whole start of a process.  The enriched form (ENRICHED, after the byte 0x1d) gives SYSCALL,
 * ARCH, AUID… as names. */
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

static void keep(struct made *m, const char *name, lf_view v)
{
    struct lf_stream *s = m->stream;

    if (!s || v.len > sizeof s->kept[0].value || s->nkept == sizeof s->kept / sizeof *s->kept)
        return;
    snprintf(s->kept[s->nkept].name, sizeof s->kept[0].name, "%s", name);
    memcpy(s->kept[s->nkept].value, v.ptr ? v.ptr : "", v.len);
    s->kept[s->nkept++].len = v.len;
}

static void same_serial(struct made *m, lf_view serial)
{
    struct lf_stream *s = m->stream;

    if (!s || serial.len > sizeof s->serial)
        return;
    if (lf_view_eq(serial, (lf_view){ s->serial, s->serial_len }))
        return;
    memcpy(s->serial, serial.ptr, serial.len);
    s->serial_len = serial.len;
    s->nkept = 0;
}

static bool made_has(const struct made *m, const char *key)
{
    for (size_t i = 0; i < m->n; i++)
        if (lf_view_is(m->keys[i], key))
            return true;
    return false;
}

/* `key` by its ECS name, kept for the serial's other records. */
static void process_member(struct made *m, lf_view type, lf_view key, lf_view v)
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
        keep(m, "process.working_directory", v);
    }
    for (size_t i = 0; i < sizeof of_syscall / sizeof *of_syscall; i++)
        if (lf_view_is(key, of_syscall[i].key)) {
            if (of_syscall[i].number)
                line_put_number(m, of_syscall[i].ecs, v);
            else
                line_put(m, of_syscall[i].ecs, v);
            if (lf_view_is(type, "SYSCALL"))
                keep(m, of_syscall[i].ecs, v);
        }
}

static void arguments(struct made *m, lf_view *args, size_t n)
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
    keep(m, "process.command_line", (lf_view){ text, o });
}

enum { ARGS_MOST = 128 };

static void pairs(struct made *m, lf_view type, lf_view rest, unsigned depth)
{
    lf_view args[ARGS_MOST], key, v;
    size_t nargs = 0;
    bool quoted = false;

    while (take_pair(&rest, &key, &v, &quoted)) {
        lf_view text;
        bool null = !quoted && lf_view_is(v, "(null)");

        if (key.len == 0)
            continue;
        /* msg='op=PAM:authentication acct="root" exe="/usr/sbin/sshd" … res=failed' */
        if (lf_view_is(key, "msg") && quoted && depth == 0) {
            pairs(m, type, v, 1);
            continue;
        }
        if (null)
            continue;
        if (!quoted && untrusted(type, key) && hex_text(m->a, v, &text))
            v = lf_view_is(key, "proctitle") || lf_view_is(key, "cmd") || lf_view_is(key, "data")
                    ? title(m->a, text)
                    : text;
        line_put_key(m, key, v);
        process_member(m, type, key, v);
        if (lf_view_is(type, "EXECVE") && untrusted(type, key) && key.ptr[0] == 'a' && nargs < ARGS_MOST)
            args[nargs++] = v;
        if (lf_view_is(key, "addr") || lf_view_is(key, "hostname"))
            line_put_ip(m, "source.ip", v);
        if (lf_view_is(key, "acct"))
            line_put(m, "user.name", v);
        if (lf_view_is(key, "success") || lf_view_is(key, "res"))
            line_put(m, "event.outcome",
                     lf_view_is(v, "yes") || lf_view_is(v, "success") || lf_view_is(v, "1")
                         ? LF_V("success")
                         : LF_V("failure"));
    }
    arguments(m, args, nargs);
}

bool line_audit(struct made *m, lf_view in)
{
    lf_view type, stamp, rest, node;
    size_t colon, from = m->n;
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
    same_serial(m, stamp);
    pairs(m, type, rest, 0);
    for (size_t i = 0; m->stream && i < m->stream->nkept; i++) {
        lf_view v = lf_arena_copy(m->a, (lf_view){ m->stream->kept[i].value, m->stream->kept[i].len });
        const char *name = m->stream->kept[i].name;

        if (made_has(m, name))
            continue;
        name = lf_arena_cstr(m->a, lf_view_of(name));
        if (line_has(lf_view_of(name), "pid"))
            line_put_number(m, name, v);
        else
            line_put(m, name, v);
    }
    m->format = LF_V("auditd");
    return true;
}
