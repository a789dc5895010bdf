/* Lines of firewalls and network devices. */
#include "engine/line_priv.h"
#include "fmt/cef.h"

/* ---- CEF and LEEF ---- */

/* csNLabel=Rule csN=x gives Rule=x too; blanks of a label are dropped, as Sigma names fields. */
static void label_of(struct made *m, const struct lf_cef *c, const struct lf_cef_pair *p)
{
    lf_view base = p->key;
    char *name;
    size_t n = 0;

    if (!lf_view_ends(p->key, LF_V("Label")) || p->key.len < 7 || p->value.len == 0 || p->value.len > 100)
        return;
    base.len -= 5;
    for (size_t i = 0; i < c->n; i++) {
        if (!lf_view_eq(c->pairs[i].key, base))
            continue;
        name = lf_arena_alloc(m->a, p->value.len, 1);
        for (size_t k = 0; k < p->value.len; k++)
            if (p->value.ptr[k] != ' ')
                name[n++] = p->value.ptr[k];
        line_put_key(m, (lf_view){ name, n }, c->pairs[i].value);
        return;
    }
}

bool line_cef(struct made *m, lf_view in)
{
    size_t at = line_byte(in, '|') ? lf_cef_find(in) : SIZE_MAX, from = m->n;
    struct lf_cef c;
    bool timed = false;

    if (at == SIZE_MAX || lf_cef_parse(m->a, lf_view_from(in, at), &c, NULL) != LF_OK)
        return false;
    line_put(m, "observer.vendor", c.vendor);
    line_put(m, "observer.product", c.product);
    line_put(m, "observer.version", c.device_version);
    line_put(m, "event.code", c.event);
    if (!c.leef) {
        line_put(m, "name", c.name);
        line_put(m, "severity", c.severity);
    }
    for (size_t i = 0; i < c.n; i++) {
        const struct lf_cef_pair *p = &c.pairs[i];
        uint64_t n;

        if (p->value.len > 0 && p->value.len < 19 && (p->value.len == 1 || p->value.ptr[0] != '0') &&
            lf_view_u64(p->value, &n))
            line_put_json(m, line_clean(m->a, p->key), lf_json_new_number(m->a, p->value));
        else
            line_put_key(m, p->key, p->value);
        if (!timed && (lf_view_is(p->key, "rt") || lf_view_is(p->key, "devTime") ||
                       lf_view_is(p->key, "end") || lf_view_is(p->key, "start")))
            timed = lf_moment_parse(p->value, m->r->recorded, &m->ev->happened);
    }
    for (size_t i = 0; i < c.n && !c.leef; i++)
        label_of(m, &c, &c.pairs[i]);
    if (m->n == from)
        return false;
    m->format = c.leef ? LF_V("leef") : LF_V("cef");
    return true;
}

/* ---- key=value ---- */

static bool key_char(char c)
{
    return (c >= '0' && c <= '9') || ((c | 32) >= 'a' && (c | 32) <= 'z') || c == '_' || c == '-' || c == '.';
}

/* key=value, key="value with \" in it", blanks or commas between; false at what is no pair. */
static bool take_pair(struct lf_arena *a, lf_view *in, lf_view *key, lf_view *value)
{
    size_t n = 0, end;

    while (in->len > 0 && (in->ptr[0] == ' ' || in->ptr[0] == ',' || in->ptr[0] == ';' || in->ptr[0] == '\t'))
        *in = lf_view_from(*in, 1);
    while (n < in->len && n < 64 && key_char(in->ptr[n]))
        n++;
    if (n == 0 || n >= in->len || in->ptr[n] != '=')
        return false;
    *key = lf_view_first(*in, n);
    *in = lf_view_from(*in, n + 1);
    if (in->len > 0 && in->ptr[0] == '"') {
        bool escaped = false;

        for (end = 1; end < in->len && in->ptr[end] != '"'; end++)
            if (in->ptr[end] == '\\' && end + 1 < in->len &&
                (in->ptr[end + 1] == '"' || in->ptr[end + 1] == '\\')) {
                escaped = true;
                end++;
            }
        *value = (lf_view){ in->ptr + 1, (end < in->len ? end : in->len) - 1 };
        *in = lf_view_from(*in, end + 1);
        if (escaped) {
            char *out = lf_arena_alloc(a, value->len, 1);
            size_t o = 0;

            for (size_t i = 0; i < value->len; i++) {
                if (value->ptr[i] == '\\' && i + 1 < value->len &&
                    (value->ptr[i + 1] == '"' || value->ptr[i + 1] == '\\'))
                    i++;
                out[o++] = value->ptr[i];
            }
            *value = (lf_view){ out, o };
        }
        return true;
    }
    for (end = 0; end < in->len && in->ptr[end] != ' ' && in->ptr[end] != ',' && in->ptr[end] != '\t';)
        end++;
    *value = lf_view_first(*in, end);
    *in = lf_view_from(*in, end);
    return true;
}

/* At least three pairs from the front on: Fortinet and others of that manner. */
bool line_key_values(struct made *m, lf_view in)
{
    lf_view key, v, rest = in, date = { NULL, 0 }, clock = { NULL, 0 }, zone = { "", 0 }, host = { NULL, 0 },
                    event = { NULL, 0 };
    size_t pairs = 0, from = m->n;
    bool fortinet = false;
    uint64_t number;
    lf_time t;

    if (!line_byte(in, '='))
        return false;
    while (take_pair(m->a, &rest, &key, &v)) {
        pairs++;
        if (lf_view_is(key, "date"))
            date = v;
        else if (lf_view_is(key, "time"))
            clock = v;
        else if (lf_view_is(key, "tz"))
            zone = v;
        else if (lf_view_is(key, "eventtime"))
            event = v;
        else if (lf_view_is(key, "devname"))
            host = v;
        fortinet = fortinet || lf_view_is(key, "logid") || lf_view_is(key, "devid");
        if (v.len > 0 && v.len < 16 && (v.len == 1 || v.ptr[0] != '0') && lf_view_u64(v, &number))
            line_put_json(m, line_clean(m->a, key), lf_json_new_number(m->a, v));
        else
            line_put_key(m, key, v);
    }
    if (pairs < 3 || lf_view_trim(rest).len * 2 > in.len) {
        m->n = from;
        return false;
    }
    fortinet = fortinet && (date.ptr || line_has(in, "type="));
    if (date.ptr && clock.ptr &&
        lf_moment_parse(lf_arena_printf(m->a, "%.*s %.*s%.*s", LF_FMT(date), LF_FMT(clock), LF_FMT(zone)),
                        m->r->recorded, &t))
        m->ev->happened = t;
    else if (event.ptr && lf_moment_parse(event, m->r->recorded, &t))
        m->ev->happened = t;
    if (host.ptr && host.len > 0)
        m->ev->host = line_clean(m->a, host);
    m->format = fortinet ? LF_V("fortinet") : LF_V("kv");
    return true;
}

/* [123.4] PREFIX: IN=eth0 OUT= MAC=… SRC=192.0.2.1 DST=… LEN=60 … PROTO=TCP SPT=1 DPT=22 … SYN URGP=0 */
bool line_netfilter(struct made *m, lf_view in)
{
    size_t at = line_byte(in, '=') ? lf_view_find(in, LF_V("IN=")) : SIZE_MAX, from = m->n;
    lf_view prefix, rest, w;

    if (at == SIZE_MAX || !line_has(in, " SRC=") || !line_has(in, " DST="))
        return false;
    prefix = lf_view_trim(lf_view_first(in, at));
    if (line_starts(prefix, "[")) {
        size_t close = lf_view_find_byte(prefix, ']');

        if (close != SIZE_MAX)
            prefix = lf_view_trim(lf_view_from(prefix, close + 1));
    }
    if (prefix.len > 0) {
        if (prefix.ptr[prefix.len - 1] == ':')
            prefix.len--;
        line_put(m, "netfilter.prefix", prefix);
    }
    rest = lf_view_from(in, at);
    while (lf_view_split(&rest, ' ', &w)) {
        size_t eq = lf_view_find_byte(w, '=');
        uint64_t n;

        if (eq == SIZE_MAX || eq == 0) {
            if (lf_view_is(w, "SYN") || lf_view_is(w, "ACK") || lf_view_is(w, "FIN") ||
                lf_view_is(w, "RST") || lf_view_is(w, "DF"))
                line_put_json(m, w, lf_json_new_word(m->a, LF_JSON_TRUE));
            continue;
        }
        if (eq + 1 == w.len)
            continue;
        if (w.len - eq < 16 && lf_view_u64(lf_view_from(w, eq + 1), &n) && w.ptr[eq + 1] != '0')
            line_put_json(m, line_clean(m->a, lf_view_first(w, eq)),
                          lf_json_new_number(m->a, lf_view_from(w, eq + 1)));
        else
            line_put_key(m, lf_view_first(w, eq), lf_view_from(w, eq + 1));
    }
    if (m->n == from)
        return false;
    /* What happened to the packet is only in the prefix that the administrator chose. */
    if (line_has(prefix, "DROP") || line_has(prefix, "BLOCK") || line_has(prefix, "REJECT") ||
        line_has(prefix, "DENY") || line_has(prefix, "drop") || line_has(prefix, "block"))
        line_put(m, "event.action", LF_V("blocked"));
    else if (line_has(prefix, "ACCEPT") || line_has(prefix, "ALLOW") || line_has(prefix, "accept"))
        line_put(m, "event.action", LF_V("allowed"));
    m->format = LF_V("netfilter");
    return true;
}

/* ---- Cisco ---- */

static void endpoint_members(struct made *m, lf_view v, const char *ip, const char *port)
{
    lf_view address, number;
    size_t colon = lf_view_find_byte(v, ':'), slash = lf_view_find_byte(v, '/');

    /* outside:192.0.2.1/443, outside/192.0.2.1(443) */
    if (!line_endpoint(v, &address, &number)) {
        size_t at = colon != SIZE_MAX && (slash == SIZE_MAX || colon < slash) ? colon : slash;

        if (at == SIZE_MAX || !line_endpoint(lf_view_from(v, at + 1), &address, &number))
            return;
    }
    line_put(m, ip, address);
    line_put_number(m, port, number);
}

static void asa(struct made *m, lf_view msg)
{
    lf_view w[WORDS_MOST], v;
    size_t n = line_words(msg, w), found = 0;

    if (line_has(msg, "Deny ") || line_has(msg, "denied") || line_has(msg, "Denied") ||
        line_has(msg, "Dropped"))
        line_put(m, "event.action", LF_V("blocked"));
    else if (line_has(msg, "permitted") || line_starts(msg, "Built "))
        line_put(m, "event.action", LF_V("allowed"));
    for (size_t i = 0; i < n; i++) {
        lf_view address, port, x = w[i];
        size_t colon;

        if (lf_view_is(x, "tcp") || lf_view_is(x, "udp") || lf_view_is(x, "icmp") || lf_view_is(x, "TCP") ||
            lf_view_is(x, "UDP") || lf_view_is(x, "ICMP")) {
            line_put(m, "network.transport",
                     (x.ptr[0] | 32) == 't'   ? LF_V("tcp")
                     : (x.ptr[0] | 32) == 'u' ? LF_V("udp")
                                              : LF_V("icmp"));
            continue;
        }
        if (x.len > 0 && x.ptr[x.len - 1] == ',')
            x.len--;
        if (x.len < 7 || x.ptr[0] == '(')
            continue;
        colon = lf_view_find_byte(x, ':');
        if (!line_endpoint(x, &address, &port) &&
            !(colon != SIZE_MAX && line_endpoint(lf_view_from(x, colon + 1), &address, &port)) &&
            !(lf_view_find_byte(x, '/') != SIZE_MAX &&
              line_endpoint(lf_view_from(x, lf_view_find_byte(x, '/') + 1), &address, &port)))
            continue;
        if (found < 2)
            endpoint_members(m, x, found == 0 ? "source.ip" : "destination.ip",
                             found == 0 ? "source.port" : "destination.port");
        found++;
    }
    if (line_between(msg, "User '", "'", &v) || line_between(msg, "user '", "'", &v) ||
        line_between(msg, "Username = ", ",", &v) || line_between(msg, "user = ", " ", &v))
        line_put(m, "user.name", v);
    if (line_between(msg, "executed the '", "'", &v) || line_between(msg, "executed cmd: ", NULL, &v))
        line_put(m, "process.command_line", v);
}

static void ios(struct made *m, lf_view mnemonic, lf_view msg)
{
    lf_view v;

    if (lf_view_is(mnemonic, "CFGLOG_LOGGEDCMD")) {
        if (line_between(msg, "User:", " ", &v))
            line_put(m, "user.name", v);
        if (line_after(msg, "logged command:", &v)) {
            line_put(m, "CmdSet", v);
            line_put(m, "process.command_line", v);
        }
    } else if (line_between(msg, " by ", " on ", &v)) {
        line_put(m, "user.name", v); /* Configured from console by admin on vty0 (192.0.2.1) */
    }
    if (line_between(msg, "(", ")", &v))
        line_put_ip(m, "source.ip", v);
    if (line_between(msg, "[Source: ", "]", &v))
        line_put_ip(m, "source.ip", v);
    if (line_between(msg, "[user: ", "]", &v))
        line_put(m, "user.name", v);
    if (line_starts(mnemonic, "IPACCESSLOG") || line_starts(mnemonic, "ACCESSLOG"))
        asa(m, msg);
}

/* Anything with %FACILITY-SEVERITY-MNEMONIC: in its front, whatever the device puts before it. */
bool line_cisco(struct made *m, lf_view in)
{
    lf_view look = lf_view_first(in, 256), tag, facility, mnemonic, msg, clock;
    size_t at = SIZE_MAX, dash, end;
    lf_time t;

    for (size_t i = lf_view_find_byte(look, '%'); i != SIZE_MAX && i + 1 < look.len && at == SIZE_MAX; i++)
        if (look.ptr[i] == '%' && look.ptr[i + 1] >= 'A' && look.ptr[i + 1] <= 'Z')
            at = i;
    if (at == SIZE_MAX)
        return false;
    tag = lf_view_from(in, at + 1);
    end = lf_view_find_byte(lf_view_first(tag, 100), ':');
    if (end == SIZE_MAX)
        return false;
    msg = lf_view_trim(lf_view_from(tag, end + 1));
    tag.len = end;
    while (tag.len > 0 && tag.ptr[tag.len - 1] == ' ') /* IOS XR: "%IP-TCP-3-BADAUTH : " */
        tag.len--;
    /* The severity is one digit between hyphens; facility and mnemonic may hold hyphens. */
    for (dash = 1; dash + 2 < tag.len; dash++)
        if (tag.ptr[dash] == '-' && tag.ptr[dash + 1] >= '0' && tag.ptr[dash + 1] <= '7' &&
            tag.ptr[dash + 2] == '-')
            break;
    if (dash + 3 >= tag.len)
        return false;
    facility = lf_view_first(tag, dash);
    mnemonic = lf_view_from(tag, dash + 3);
    for (size_t i = 0; i < tag.len; i++)
        if (tag.ptr[i] == ' ')
            return false;
    line_put(m, "cisco.facility", facility);
    line_put_number(m, "log.syslog.severity.code", (lf_view){ tag.ptr + dash + 1, 1 });
    line_put(m, "event.code", mnemonic);
    /* "172.16.5.10 6705: *Feb 17 13:40:03.673: %…": the clock is what stands before the tag. */
    clock = lf_view_trim(lf_view_first(in, at));
    if (clock.len > 0 && clock.ptr[clock.len - 1] == ':')
        clock.len--;
    for (size_t i = 0; i < clock.len; i++) {
        lf_view v = lf_view_from(clock, i);

        if ((i == 0 || clock.ptr[i - 1] == ' ' || clock.ptr[i - 1] == '*' || clock.ptr[i - 1] == '.') &&
            lf_moment_parse(v, m->r->recorded, &t)) {
            m->ev->happened = t;
            break;
        }
        if (i > 80)
            break;
    }
    if (lf_view_is(facility, "ASA") || lf_view_is(facility, "FTD") || lf_view_is(facility, "PIX") ||
        lf_view_is(facility, "FWSM")) {
        asa(m, msg);
        m->format = LF_V("cisco_asa");
    } else {
        ios(m, mnemonic, msg);
        m->format = LF_V("cisco_ios");
    }
    return true;
}

/* ---- Huawei ---- */

/* … %%01BGP/3/STATE_CHG_UPDOWN(l)[4711]:text: two digits of version, module, severity, mnemonic */
bool line_huawei(struct made *m, lf_view in)
{
    lf_view look = lf_view_first(in, 256), tag, module, severity, mnemonic;
    size_t at = lf_view_find_byte(look, '%'), slash, end;

    if (at == SIZE_MAX || in.len < at + 12 || in.ptr[at + 1] != '%')
        return false;
    tag = lf_view_from(look, at + 2);
    if (tag.ptr[0] < '0' || tag.ptr[0] > '9' || tag.ptr[1] < '0' || tag.ptr[1] > '9')
        return false;
    tag = lf_view_from(tag, 2);
    slash = lf_view_find_byte(tag, '/');
    if (slash == SIZE_MAX || slash == 0 || slash + 3 >= tag.len || tag.ptr[slash + 2] != '/')
        return false;
    module = lf_view_first(tag, slash);
    severity = (lf_view){ tag.ptr + slash + 1, 1 };
    mnemonic = lf_view_from(tag, slash + 3);
    for (end = 0; end < mnemonic.len && key_char(mnemonic.ptr[end]);)
        end++;
    if (end == 0 || end == mnemonic.len || severity.ptr[0] < '0' || severity.ptr[0] > '7')
        return false;
    for (size_t i = 0; i < module.len; i++)
        if (!key_char(module.ptr[i]))
            return false;
    line_put(m, "huawei.module", module);
    line_put_number(m, "log.syslog.severity.code", severity);
    line_put(m, "event.code", lf_view_first(mnemonic, end));
    m->format = LF_V("huawei");
    return true;
}

/* ---- Palo Alto ---- */

/* Columns from the fourth on; NULL is one that nobody asks for. */
static const char *const traffic[] = {
    "type",
    "subtype",
    NULL,
    "time_generated",
    "src",
    "dst",
    "natsrc",
    "natdst",
    "rule",
    "srcuser",
    "dstuser",
    "app",
    "vsys",
    "from",
    "to",
    "inbound_if",
    "outbound_if",
    "logset",
    NULL,
    "sessionid",
    "repeatcnt",
    "sport",
    "dport",
    "natsport",
    "natdport",
    "flags",
    "proto",
    "action",
    "bytes",
    "bytes_sent",
    "bytes_received",
    "packets",
    "start",
    "elapsed",
    "category",
};
static const char *const threat[] = {
    "type",        "subtype",   NULL,          "time_generated",
    "src",         "dst",       "natsrc",      "natdst",
    "rule",        "srcuser",   "dstuser",     "app",
    "vsys",        "from",      "to",          "inbound_if",
    "outbound_if", "logset",    NULL,          "sessionid",
    "repeatcnt",   "sport",     "dport",       "natsport",
    "natdport",    "flags",     "proto",       "action",
    "misc",        "threatid",  "category",    "severity",
    "direction",   "seqno",     "actionflags", "srcloc",
    "dstloc",      NULL,        "contenttype", "pcap_id",
    "filedigest",  "cloud",     "url_idx",     "user_agent",
    "filetype",    "xff",       "referer",     "sender",
    "subject",     "recipient",
};
static const char *const others[] = { "type", "subtype", NULL, "time_generated" };

static bool take_column(struct lf_arena *a, lf_view *in, lf_view *out)
{
    size_t i, o = 0;
    char *text;

    if (!in->ptr)
        return false;
    if (in->len == 0 || in->ptr[0] != '"')
        return lf_view_split(in, ',', out);
    text = lf_arena_alloc(a, in->len, 1);
    for (i = 1; i < in->len; i++) {
        if (in->ptr[i] == '"' && i + 1 < in->len && in->ptr[i + 1] == '"')
            text[o++] = in->ptr[i++];
        else if (in->ptr[i] == '"')
            break;
        else
            text[o++] = in->ptr[i];
    }
    *out = (lf_view){ text, o };
    if (i + 1 < in->len)
        *in = lf_view_from(*in, i + 2);
    else
        *in = (lf_view){ NULL, 0 };
    return true;
}

/* 1,2012/10/30 09:46:12,01606001116,TRAFFIC,start,1,2012/04/10 04:39:56,192.168.0.2,… */
bool line_paloalto(struct made *m, lf_view in)
{
    lf_view head[4], rest = in, v;
    const char *const *columns = others;
    size_t n = sizeof others / sizeof *others;
    lf_time t;

    for (size_t i = 0; i < 3; i++)
        if (!lf_view_split(&rest, ',', &head[i]))
            return false;
    if (head[0].len > 4 || head[1].len != 19 || !rest.ptr || !lf_moment_parse(head[1], m->r->recorded, &t))
        return false;
    if (line_starts(rest, "TRAFFIC,")) {
        columns = traffic;
        n = sizeof traffic / sizeof *traffic;
    } else if (line_starts(rest, "THREAT,")) {
        columns = threat;
        n = sizeof threat / sizeof *threat;
    } else if (!line_starts(rest, "SYSTEM,") && !line_starts(rest, "CONFIG,") &&
               !line_starts(rest, "GLOBALPROTECT,") && !line_starts(rest, "USERID,") &&
               !line_starts(rest, "HIPMATCH,") && !line_starts(rest, "AUTHENTICATION,") &&
               !line_starts(rest, "DECRYPTION,")) {
        return false;
    }
    m->ev->happened = t;
    line_put(m, "serial", head[2]);
    for (size_t i = 0; i < n && take_column(m->a, &rest, &v); i++) {
        uint64_t number;

        if (!columns[i] || v.len == 0)
            continue;
        if (v.len < 16 && lf_view_u64(v, &number))
            line_put_number(m, columns[i], v);
        else
            line_put(m, columns[i], v);
        if (lf_view_is(lf_view_of(columns[i]), "time_generated") && lf_moment_parse(v, m->r->recorded, &t))
            m->ev->happened = t;
        /* Of a URL log the `misc` column is the URL without its scheme. */
        if (lf_view_is(lf_view_of(columns[i]), "misc"))
            line_put(m, "url.original", v);
    }
    m->format = LF_V("paloalto");
    return true;
}
