/* Mail: fields, addresses, ids, and which part is what (fmt/mime.h). */
#include "fmt/mime_priv.h"

/* ---- fields ---- */

enum field {
    FROM,
    SUBJECT,
    DATE,
    ID,
    REPLY_TO,
    REFERENCES,
    AUTO,
    PRECEDENCE,
    TYPE,
    ENCODING,
    DISPOSITION,
    LIST_ID,
    SUPPRESS,
    RETURN_PATH,
    FIELDS
};

struct head {
    lf_view at[FIELDS]; /* as they lie, folded lines and all; ptr NULL: absent */
};

static bool blank(char c)
{
    return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

/* The next line without its end; what is left stands behind it. */
static bool next_line(lf_view *rest, lf_view *line)
{
    if (!rest->len || !lf_view_split(rest, '\n', line))
        return false;
    if (!rest->ptr)
        *rest = (lf_view){ line->ptr + line->len, 0 };
    if (line->len && line->ptr[line->len - 1] == '\r')
        line->len--;
    return true;
}

static void note(struct head *h, lf_view name, lf_view value)
{
    static const char *const names[FIELDS] = { "From",
                                               "Subject",
                                               "Date",
                                               "Message-ID",
                                               "In-Reply-To",
                                               "References",
                                               "Auto-Submitted",
                                               "Precedence",
                                               "Content-Type",
                                               "Content-Transfer-Encoding",
                                               "Content-Disposition",
                                               "List-Id",
                                               "X-Auto-Response-Suppress",
                                               "Return-Path" };

    for (size_t i = 0; i < FIELDS; i++)
        if (!h->at[i].ptr && lf_view_eq_nocase(name, lf_view_of(names[i])))
            h->at[i] = lf_view_trim(value);
}

/* The fields before the first empty line; *body: what stands behind it.  A line that is no field ends them
 * too: some programs forget the empty line.
 */
static enum lf_code read_head(lf_view entity, struct head *h, lf_view *body, struct lf_err *e)
{
    lf_view rest = entity, line, value = { 0 }, name = { 0 };
    size_t n = 0;

    *h = (struct head){ 0 };
    for (;;) {
        lf_view before = rest;
        size_t colon;
        bool more = next_line(&rest, &line);

        if ((size_t)((more ? line.ptr : entity.ptr + entity.len) - entity.ptr) > LF_MIME_HEAD ||
            n > LF_MIME_FIELDS)
            return lf_err_set(e, LF_TOO_BIG, "mail: its fields have more than %d KiB, or are more than %d",
                              LF_MIME_HEAD >> 10, LF_MIME_FIELDS);
        if (more && line.len && name.ptr && (line.ptr[0] == ' ' || line.ptr[0] == '\t')) {
            value.len = (size_t)(line.ptr + line.len - value.ptr);
            continue;
        }
        if (name.ptr)
            note(h, name, value);
        name.ptr = NULL;
        colon = more ? lf_view_find_byte(line, ':') : SIZE_MAX;
        if (!more || !line.len || colon == SIZE_MAX || !colon) {
            if (more && n == 0 && lf_view_starts(line, LF_V("From "))) /* of a mailbox file */
                continue;
            *body = more && line.len ? before : rest;
            return LF_OK;
        }
        n++;
        name = lf_view_trim(lf_view_first(line, colon));
        value = lf_view_from(line, colon + 1);
    }
}

/* ---- parameters (RFC 2045 5.1, RFC 2231) ---- */

enum { PARAMETERS = 64, PIECES = 32 };

struct parameter {
    lf_view name, value;
};

struct parameters {
    size_t n;
    struct parameter item[PARAMETERS];
};

/* A value in quotes, from behind the first: its characters, and what stands behind the last. */
static lf_view quoted(struct lf_arena *a, lf_view *rest)
{
    size_t end = 0, n = 0;
    char *out;

    while (end < rest->len && rest->ptr[end] != '"')
        end += rest->ptr[end] == '\\' && end + 1 < rest->len ? 2 : 1;
    out = LF_NEW(a, char, end + 1);
    for (size_t i = 0; i < end; i++) {
        if (rest->ptr[i] == '\\' && i + 1 < end)
            i++;
        if (rest->ptr[i] != '\r' && rest->ptr[i] != '\n')
            out[n++] = rest->ptr[i];
    }
    *rest = lf_view_from(*rest, end + 1);
    return (lf_view){ out, n };
}

/* "type/subtype; name=value …": the first word, in small letters, and the parameters. */
static lf_view read_parameters(struct lf_arena *a, lf_view v, struct parameters *p)
{
    size_t semi = lf_view_find_byte(v, ';');
    lf_view first = lf_view_trim(lf_view_first(v, semi)),
            rest = semi == SIZE_MAX ? LF_V("") : lf_view_from(v, semi + 1);
    char *small = LF_NEW(a, char, first.len + 1);

    for (size_t i = 0; i < first.len; i++)
        small[i] = first.ptr[i] >= 'A' && first.ptr[i] <= 'Z' ? (char)(first.ptr[i] | 0x20) : first.ptr[i];
    p->n = 0;
    while (rest.len && p->n < PARAMETERS) {
        struct parameter *x = &p->item[p->n];
        size_t end = 0;

        while (end < rest.len && rest.ptr[end] != '=' && rest.ptr[end] != ';')
            end++;
        x->name = lf_view_trim(lf_view_first(rest, end));
        if (end == rest.len)
            break;
        if (rest.ptr[end] == ';') {
            rest = lf_view_from(rest, end + 1);
            continue;
        }
        rest = lf_view_from(rest, end + 1);
        while (rest.len && blank(rest.ptr[0]))
            rest = lf_view_from(rest, 1);
        if (rest.len && rest.ptr[0] == '"') {
            rest = lf_view_from(rest, 1);
            x->value = quoted(a, &rest);
            end = lf_view_find_byte(rest, ';');
        } else {
            end = lf_view_find_byte(rest, ';');
            x->value = lf_view_trim(lf_view_first(rest, end));
        }
        rest = end == SIZE_MAX ? LF_V("") : lf_view_from(rest, end + 1);
        p->n++;
    }
    return (lf_view){ small, first.len };
}

static const struct parameter *find_parameter(const struct parameters *p, lf_view name)
{
    for (size_t i = 0; i < p->n; i++)
        if (lf_view_eq_nocase(p->item[i].name, name))
            return &p->item[i];
    return NULL;
}

/* "utf-8'zh-TW'…" */
static lf_view with_charset(struct lf_arena *a, lf_view v)
{
    size_t one = lf_view_find_byte(v, '\''), two;

    if (one == SIZE_MAX || (two = lf_view_find_byte(lf_view_from(v, one + 1), '\'')) == SIZE_MAX)
        return mime_percent(a, v);
    return mime_utf8(a, mime_percent(a, lf_view_from(v, one + two + 2)), lf_view_first(v, one));
}

/* A parameter as text; empty: absent. */
static lf_view parameter(struct lf_arena *a, const struct parameters *p, const char *name)
{
    const struct parameter *x = find_parameter(p, lf_arena_printf(a, "%s*", name));
    struct lf_buf all;
    bool coded = false;
    lf_view v;

    if (x)
        return with_charset(a, x->value);
    if ((x = find_parameter(p, lf_view_of(name))) != NULL)
        return x->value;
    lf_buf_init(&all, LF_MIME_HEAD);
    for (int i = 0; i < PIECES; i++) {
        bool starred = false;

        x = find_parameter(p, lf_arena_printf(a, "%s*%d", name, i));
        if (!x) {
            x = find_parameter(p, lf_arena_printf(a, "%s*%d*", name, i));
            starred = true;
        }
        if (!x)
            break;
        coded |= starred;
        lf_buf_put(&all, x->value);
    }
    v = lf_arena_copy(a, lf_buf_view(&all));
    lf_buf_clear(&all);
    return coded ? with_charset(a, v) : v;
}

/* ---- who, when, in answer to what ---- */

static bool address_ok(lf_view v)
{
    size_t at = lf_view_find_byte(v, '@');

    if (v.len > 254 || at == SIZE_MAX || at == 0 || at + 1 == v.len || !lf_view_is_utf8(v))
        return false;
    for (size_t i = 0; i < v.len; i++)
        if ((unsigned char)v.ptr[i] <= ' ' || v.ptr[i] == 0x7f || v.ptr[i] == '<' || v.ptr[i] == '>')
            return false;
    return true;
}

/* The first mailbox of a From field: "name <address>", "address (name)", "address". */
static void read_from(struct lf_arena *a, lf_view v, struct lf_mime *out)
{
    char *phrase = LF_NEW(a, char, v.len + 1), *said = LF_NEW(a, char, v.len + 1);
    size_t nphrase = 0, nsaid = 0;
    lf_view address = { 0 };
    int depth = 0;
    bool in_quotes = false;

    for (size_t i = 0; i < v.len && !address.ptr; i++) {
        char c = v.ptr[i];

        if (c == '\\' && (in_quotes || depth) && i + 1 < v.len) {
            c = v.ptr[++i];
            if (depth)
                said[nsaid++] = c;
            else
                phrase[nphrase++] = c;
        } else if (depth) {
            depth += c == '(' ? 1 : c == ')' ? -1 : 0;
            if (depth)
                said[nsaid++] = c;
        } else if (c == '"') {
            in_quotes = !in_quotes;
        } else if (in_quotes) {
            phrase[nphrase++] = c;
        } else if (c == '(') {
            depth = 1;
        } else if (c == '<') {
            size_t end = lf_view_find_byte(lf_view_from(v, i + 1), '>');

            address = lf_view_trim(lf_view_first(lf_view_from(v, i + 1), end));
        } else if (c == ',' || c == ';') {
            break;
        } else if (c == ':') { /* a group's name */
            nphrase = 0;
        } else {
            phrase[nphrase++] = c;
        }
    }
    if (address.ptr) {
        out->from_name = mime_line(a, (lf_view){ phrase, nphrase }, LF_MIME_LINE);
    } else {
        address = lf_view_trim((lf_view){ phrase, nphrase });
        out->from_name = mime_line(a, (lf_view){ said, nsaid }, LF_MIME_LINE);
    }
    /* As it is shown it is what it is: nothing in it turns or hides what stands behind. */
    if (address_ok(address) && lf_view_eq(mime_line(a, address, LF_MIME_LINE), address))
        out->from = address;
}

/* "<id>" from *at on; false: there is none. */
static bool next_id(lf_view v, size_t *at, lf_view *id)
{
    while (*at < v.len) {
        size_t begin = lf_view_find_byte(lf_view_from(v, *at), '<'), end;
        bool ok = true;

        if (begin == SIZE_MAX)
            return false;
        *id = lf_view_first(lf_view_from(v, *at + begin + 1), LF_MIME_ID + 1);
        end = lf_view_find_byte(*id, '>');
        *at += begin + 1;
        if (end == SIZE_MAX || !end)
            continue;
        id->len = end;
        for (size_t i = 0; i < end; i++)
            ok &= id->ptr[i] > ' ' && id->ptr[i] < 0x7f && id->ptr[i] != '<';
        if (!ok)
            continue;
        *at += end;
        return true;
    }
    return false;
}

static void read_references(struct lf_arena *a, const struct head *h, struct lf_mime *out)
{
    lf_view *list = LF_NEW(a, lf_view, LF_MIME_REFERENCES), *ring = LF_NEW(a, lf_view, LF_MIME_REFERENCES),
            id;
    size_t n = 0, have = 0, at = 0;

    while (n < LF_MIME_REFERENCES && next_id(h->at[REPLY_TO], &at, &id))
        list[n++] = id;
    /* The newest stand last. */
    for (at = 0; next_id(h->at[REFERENCES], &at, &id); have++)
        ring[have % LF_MIME_REFERENCES] = id;
    for (size_t i = 0; i < have && i < LF_MIME_REFERENCES && n < LF_MIME_REFERENCES; i++)
        list[n++] = ring[(have - 1 - i) % LF_MIME_REFERENCES];
    out->references = list;
    out->nreferences = n;
}

static bool number_of(lf_view *rest, int digits, int *out)
{
    int n = 0;

    for (*out = 0; n < digits && rest->len && rest->ptr[0] >= '0' && rest->ptr[0] <= '9'; n++) {
        *out = *out * 10 + (rest->ptr[0] - '0');
        *rest = lf_view_from(*rest, 1);
    }
    return n > 0;
}

static void skip(lf_view *rest, const char *these)
{
    while (rest->len && strchr(these, rest->ptr[0]) && rest->ptr[0])
        *rest = lf_view_from(*rest, 1);
}

lf_time mime_date(lf_view v)
{
    static const char *const months[] = { "Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                          "Jul", "Aug", "Sep", "Oct", "Nov", "Dec" };
    struct lf_civil c = { 0 };
    int zone = 0, sign = 1;
    lf_time at;

    while (v.len && (v.ptr[0] < '0' || v.ptr[0] > '9'))
        v = lf_view_from(v, 1);
    if (!number_of(&v, 2, &c.day))
        return 0;
    skip(&v, " \t\r\n-");
    for (int i = 0; i < 12; i++)
        if (lf_view_eq_nocase(lf_view_first(v, 3), lf_view_of(months[i])))
            c.month = i + 1;
    v = lf_view_from(v, 3);
    skip(&v, " \t\r\n-");
    if (!c.month || !number_of(&v, 4, &c.year))
        return 0;
    c.year += c.year < 50 ? 2000 : c.year < 1000 ? 1900 : 0;
    skip(&v, " \t\r\n");
    if (!number_of(&v, 2, &c.hour) || !v.len || v.ptr[0] != ':')
        return 0;
    v = lf_view_from(v, 1);
    if (!number_of(&v, 2, &c.minute))
        return 0;
    if (v.len && v.ptr[0] == ':') {
        v = lf_view_from(v, 1);
        if (!number_of(&v, 2, &c.second))
            return 0;
    }
    skip(&v, " \t\r\n");
    if (v.len && (v.ptr[0] == '+' || v.ptr[0] == '-')) {
        sign = v.ptr[0] == '-' ? -1 : 1;
        v = lf_view_from(v, 1);
        if (!number_of(&v, 4, &zone) || zone > 1400)
            zone = 0;
    }
    if (!lf_civil_ok(&c))
        return 0;
    at = lf_time_of(&c) - sign * (zone / 100 * LF_HOUR + zone % 100 * LF_MINUTE);
    return at > 0 && at <= LF_TIME_MAX ? at : 0;
}

static bool is_one_of(lf_view v, const char *const *list, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (lf_view_eq_nocase(v, lf_view_of(list[i])))
            return true;
    return false;
}

/* A program's or a list's, which nobody answers (RFC 3834, RFC 2919; bounces, RFC 3461). */
static bool automatic(const struct head *h, lf_view from)
{
    static const char *const precedences[] = { "bulk", "junk", "list", "auto_reply" };
    static const lf_view report = LF_VIEW("multipart/report");
    lf_view how = h->at[AUTO];

    how = lf_view_trim(lf_view_first(how, lf_view_find_byte(how, ';')));
    return (how.len && !lf_view_eq_nocase(how, LF_V("no"))) ||
           is_one_of(h->at[PRECEDENCE], precedences, sizeof precedences / sizeof *precedences) ||
           lf_view_eq_nocase(lf_view_first(h->at[TYPE], report.len), report) || h->at[LIST_ID].ptr ||
           h->at[SUPPRESS].ptr || (h->at[RETURN_PATH].ptr && lf_view_is(h->at[RETURN_PATH], "<>")) ||
           lf_view_eq_nocase(lf_view_first(from, lf_view_find_byte(from, '@')), LF_V("mailer-daemon"));
}

/* ---- parts ---- */

struct walk {
    struct lf_arena *a;
    struct lf_buf plain, html;
    struct lf_mime_part *parts;
    size_t n, cap, seen;
};

/* Without directories, one line, not too long. */
static lf_view file_name(struct walk *w, lf_view said, lf_view type)
{
    lf_view name = mime_line(w->a, said, LF_MIME_NAME);

    for (size_t i = name.len; i > 0; i--)
        if (name.ptr[i - 1] == '/' || name.ptr[i - 1] == '\\') {
            name = lf_view_from(name, i);
            break;
        }
    if (name.len && !lf_view_is(name, ".") && !lf_view_is(name, ".."))
        return name;
    return lf_view_is(type, "message/rfc822") ? LF_V("message.eml")
                                              : lf_arena_printf(w->a, "part-%zu", w->seen);
}

static void leaf(struct walk *w, const struct head *h, lf_view body, lf_view type, const struct parameters *p)
{
    struct parameters dp;
    lf_view disposition = read_parameters(w->a, h->at[DISPOSITION], &dp),
            name = parameter(w->a, &dp, "filename"), bytes = mime_undone(w->a, body, h->at[ENCODING]);
    bool html = lf_view_is(type, "text/html"), plain = lf_view_is(type, "text/plain");

    if (!name.len)
        name = parameter(w->a, p, "name");
    if ((plain || html) && !name.len && !lf_view_is(disposition, "attachment")) {
        struct lf_buf *to = plain ? &w->plain : &w->html;
        lf_view text;

        if (to->over)
            return;
        /* No more is read than is shown; a character has at most 4 bytes. */
        text = mime_utf8(w->a, lf_view_first(bytes, 4 * LF_MIME_TEXT), parameter(w->a, p, "charset"));
        if (to->len && to->ptr[to->len - 1] != '\n')
            lf_buf_byte(to, '\n');
        if (plain)
            mime_put_text(to, text);
        else
            mime_put_html(to, text);
        return;
    }
    w->parts = lf_arena_grow(w->a, w->parts, w->n, &w->cap, sizeof *w->parts);
    w->parts[w->n++] =
        (struct lf_mime_part){ .name = file_name(w, name, type), .type = type, .bytes = bytes };
}

static bool is_delimiter(lf_view line, lf_view boundary, bool *last)
{
    lf_view rest;

    if (line.len < boundary.len + 2 || line.ptr[0] != '-' || line.ptr[1] != '-' ||
        memcmp(line.ptr + 2, boundary.ptr, boundary.len) != 0)
        return false;
    rest = lf_view_from(line, boundary.len + 2);
    *last = lf_view_starts(rest, LF_V("--"));
    return lf_view_trim(lf_view_from(rest, *last ? 2 : 0)).len == 0;
}

static enum lf_code entity(struct walk *w, lf_view bytes, const char *usual, int depth, struct lf_err *e);

/* The part that ends at a delimiter's line: the line end before it is the delimiter's. */
static lf_view part_before(lf_view part, lf_view delimiter)
{
    part.len = (size_t)(delimiter.ptr - part.ptr);
    if (part.len && part.ptr[part.len - 1] == '\n')
        part.len--;
    if (part.len && part.ptr[part.len - 1] == '\r')
        part.len--;
    return part;
}

static enum lf_code multipart(struct walk *w, lf_view body, lf_view boundary, const char *usual, int depth,
                              struct lf_err *e)
{
    lf_view rest = body, line, part = { 0 };
    bool last = false;

    if (depth >= LF_MIME_DEPTH)
        return lf_err_set(e, LF_TOO_BIG, "mail: parts lie within each other more than %d deep",
                          LF_MIME_DEPTH);
    while (!last && next_line(&rest, &line)) {
        if (!is_delimiter(line, boundary, &last))
            continue;
        if (part.ptr) {
            part = part_before(part, line);
            LF_TRY(entity(w, part, usual, depth + 1, e));
        }
        part = rest;
    }
    if (part.ptr && !last) { /* cut off, or its end was forgotten */
        part.len = (size_t)(body.ptr + body.len - part.ptr);
        return entity(w, part, usual, depth + 1, e);
    }
    return LF_OK;
}

/* "type/subtype" of printable characters. */
static bool type_ok(lf_view v)
{
    for (size_t i = 0; i < v.len; i++)
        if (v.ptr[i] <= ' ' || v.ptr[i] >= 0x7f)
            return false;
    return v.len <= 100 && lf_view_find_byte(v, '/') != SIZE_MAX;
}

static enum lf_code entity_of(struct walk *w, const struct head *h, lf_view body, const char *usual,
                              int depth, struct lf_err *e)
{
    struct parameters *p = LF_NEW(w->a, struct parameters, 1);
    lf_view type = read_parameters(w->a, h->at[TYPE], p), boundary;

    if (++w->seen > LF_MIME_PARTS)
        return lf_err_set(e, LF_TOO_BIG, "mail: it has more than %d parts", LF_MIME_PARTS);
    if (!type_ok(type))
        type = type.len ? LF_V("application/octet-stream") : lf_view_of(usual);
    if (lf_view_starts(type, LF_V("multipart/"))) {
        boundary = parameter(w->a, p, "boundary");
        if (boundary.len)
            return multipart(w, body, boundary,
                             lf_view_is(type, "multipart/digest") ? "message/rfc822" : "text/plain", depth,
                             e);
        type = LF_V("text/plain"); /* as RFC 2045 5.2 has what is badly described */
    }
    leaf(w, h, body, type, p);
    return LF_OK;
}

static enum lf_code entity(struct walk *w, lf_view bytes, const char *usual, int depth, struct lf_err *e)
{
    struct head h;
    lf_view body;

    LF_TRY(read_head(bytes, &h, &body, e));
    return entity_of(w, &h, body, usual, depth, e);
}

static void take_text(struct walk *w, struct lf_mime *out)
{
    lf_view plain = lf_view_trim(lf_buf_view(&w->plain)), html = lf_view_trim(lf_buf_view(&w->html));

    out->text = lf_arena_copy(w->a, plain.len ? plain : html);
    out->text_cut = plain.len ? w->plain.over : w->html.over;
}

enum lf_code lf_mime_read(struct lf_arena *a, lf_view message, struct lf_mime *out, struct lf_err *e)
{
    struct walk w = { .a = a };
    struct head h;
    lf_view body, id;
    size_t at = 0;
    enum lf_code rc;

    *out = (struct lf_mime){ .from = LF_V("") };
    LF_TRY(read_head(message, &h, &body, e));
    if (!h.at[FROM].ptr)
        return lf_err_set(e, LF_BAD_INPUT,
                          "mail: it has no From field; hand in a message as RFC 5322 has it, fields first");
    read_from(a, h.at[FROM], out);
    read_references(a, &h, out);
    out->subject = mime_line(a, h.at[SUBJECT], LF_MIME_LINE);
    out->date = mime_date(h.at[DATE]);
    out->id = next_id(h.at[ID], &at, &id) ? id : LF_V("");
    out->automatic = automatic(&h, out->from);
    lf_buf_init(&w.plain, LF_MIME_TEXT);
    lf_buf_init(&w.html, LF_MIME_TEXT);
    rc = entity_of(&w, &h, body, "text/plain", 0, e);
    take_text(&w, out);
    lf_buf_clear(&w.plain);
    lf_buf_clear(&w.html);
    out->parts = w.parts;
    out->nparts = w.n;
    return rc;
}

/* ---- seals ---- */

/* The first two parts of a multipart; how many there are. */
static size_t two_parts(lf_view body, lf_view boundary, lf_view out[2])
{
    lf_view rest = body, line, part = { 0 };
    bool last = false;
    size_t n = 0;

    while (!last && next_line(&rest, &line)) {
        if (!is_delimiter(line, boundary, &last))
            continue;
        if (part.ptr) {
            part = part_before(part, line);
            if (n < 2)
                out[n] = part;
            n++;
        }
        part = rest;
    }
    return n;
}

/* Every line ends with CR LF, as it did when it was signed: mail servers hand messages over with LF alone. */
static enum lf_code canonical(struct lf_arena *a, lf_view v, lf_view *out, struct lf_err *e)
{
    enum lf_code rc;
    struct lf_buf b;
    lf_view line;
    bool ends = v.len && v.ptr[v.len - 1] == '\n';

    lf_buf_init(&b, 2 * v.len + 2);
    while (v.len && lf_view_split(&v, '\n', &line)) {
        bool more = v.ptr != NULL;

        if (line.len && line.ptr[line.len - 1] == '\r' && more)
            line.len--;
        lf_buf_put(&b, line);
        if (more && (v.len || ends))
            LF_PUT(&b, "\r\n");
    }
    rc = lf_buf_done(&b, e);
    if (rc == LF_OK)
        *out = lf_arena_copy(a, lf_buf_view(&b));
    lf_buf_clear(&b);
    return rc;
}

static bool is_type(lf_view type, const char *name, const char *older)
{
    return lf_view_is(type, name) || lf_view_is(type, older);
}

static enum lf_code seal_in_parts(struct lf_arena *a, lf_view body, lf_view type, const struct parameters *p,
                                  struct lf_mime_sealed *out, struct lf_err *e)
{
    lf_view boundary = parameter(a, p, "boundary"), parts[2], inside, kind;
    struct parameters *q = LF_NEW(a, struct parameters, 1);
    bool is_signed = lf_view_is(type, "multipart/signed");
    struct head h;

    if (!boundary.len || two_parts(body, boundary, parts) != 2)
        return LF_OK;
    LF_TRY(read_head(parts[1], &h, &inside, e));
    kind = read_parameters(a, h.at[TYPE], q);
    out->openpgp = !is_signed || lf_view_is(kind, "application/pgp-signature");
    if (is_signed
            ? !out->openpgp && !is_type(kind, "application/pkcs7-signature", "application/x-pkcs7-signature")
            : !lf_view_is(kind, "application/octet-stream"))
        return LF_OK;
    if (is_signed)
        LF_TRY(canonical(a, parts[0], &out->content, e));
    out->seal = mime_undone(a, inside, h.at[ENCODING]);
    out->seal_kind = is_signed ? LF_MIME_SIGNED : LF_MIME_ENCRYPTED;
    return LF_OK;
}

enum lf_code lf_mime_seal_find(struct lf_arena *a, lf_view message, struct lf_mime_sealed *out,
                               struct lf_err *e)
{
    struct parameters *p = LF_NEW(a, struct parameters, 1);
    struct lf_mime_sealed found = { .seal_kind = LF_MIME_OPEN };
    struct lf_mime who = { .from = LF_V("") };
    struct head h;
    lf_view body, type;

    LF_TRY(read_head(message, &h, &body, e));
    if (h.at[FROM].ptr)
        read_from(a, h.at[FROM], &who);
    found.from = who.from;
    type = read_parameters(a, h.at[TYPE], p);
    if (is_type(type, "multipart/signed", "multipart/encrypted")) {
        LF_TRY(seal_in_parts(a, body, type, p, &found, e));
    } else if (is_type(type, "application/pkcs7-mime", "application/x-pkcs7-mime")) {
        found.seal = mime_undone(a, body, h.at[ENCODING]);
        found.seal_kind = LF_MIME_PACKED;
    }
    *out = found;
    return LF_OK;
}

/* The lines of a head, but for fields that say what its content is. */
static void put_fields_but(struct lf_buf *b, lf_view head)
{
    static const lf_view content = LF_VIEW("content-"), version = LF_VIEW("mime-version:");
    lf_view line;
    bool keep = false;

    while (head.len && lf_view_split(&head, '\n', &line)) {
        if (!line.len || (line.ptr[0] != ' ' && line.ptr[0] != '\t'))
            keep = lf_view_find_byte(line, ':') != SIZE_MAX &&
                   !lf_view_eq_nocase(lf_view_first(line, content.len), content) &&
                   !lf_view_eq_nocase(lf_view_first(line, version.len), version);
        if (keep) {
            lf_buf_put(b, line);
            LF_PUT(b, "\n");
        }
    }
}

enum lf_code lf_mime_unsealed(struct lf_arena *a, lf_view message, lf_view part, lf_view *out,
                              struct lf_err *e)
{
    struct head h;
    lf_view outside, body, head;
    struct lf_buf b;
    enum lf_code rc;

    LF_TRY(read_head(message, &h, &outside, e));
    LF_TRY(read_head(part, &h, &body, e));
    head = lf_view_first(part, (size_t)(body.ptr - part.ptr));
    lf_buf_init(&b, message.len + part.len + 4);
    while (head.len && (head.ptr[head.len - 1] == '\n' || head.ptr[head.len - 1] == '\r'))
        head.len--;
    if (head.len) {
        lf_buf_put(&b, head);
        LF_PUT(&b, "\n");
    }
    put_fields_but(&b, lf_view_first(message, (size_t)(outside.ptr - message.ptr)));
    LF_PUT(&b, "\n");
    lf_buf_put(&b, body);
    rc = lf_buf_done(&b, e);
    if (rc == LF_OK)
        *out = lf_arena_copy(a, lf_buf_view(&b));
    lf_buf_clear(&b);
    return rc;
}
