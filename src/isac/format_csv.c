/* CSV with a mapping: which column is what. */
#include "fmt/charset.h"
#include "fmt/csv.h"
#include "isac/format_priv.h"

enum { KINDS_MOST = 64 };

enum field {
    C_VALUE,
    C_KIND,
    C_NAME,
    C_DESCRIPTION,
    C_LABELS,
    C_TLP,
    C_CONFIDENCE,
    C_FROM,
    C_UNTIL,
    C_CREATED,
    C_MODIFIED,
    C_REFERENCE,
    C_FIELDS
};

static const struct {
    const char *name, *also; /* also: what a header calls it, between blanks */
} fields[C_FIELDS] = {
    [C_VALUE] = { "value", " value indicator ioc observable indicator_value ioc_value " },
    [C_KIND] = { "kind", " kind type ioc_type indicator_type " },
    [C_NAME] = { "name", " name title " },
    [C_DESCRIPTION] = { "description", " description comment note notes " },
    [C_LABELS] = { "labels", " labels tags label tag " },
    [C_TLP] = { "tlp", " tlp marking " },
    [C_CONFIDENCE] = { "confidence", " confidence confidence_level " },
    [C_FROM] = { "valid_from", " valid_from first_seen first_seen_utc " },
    [C_UNTIL] = { "valid_until", " valid_until expires expiration " },
    [C_CREATED] = { "created", " created date created_at " },
    [C_MODIFIED] = { "modified", " modified updated updated_at " },
    [C_REFERENCE] = { "reference", " reference url_reference source_url references " },
};

struct mapping {
    char delimiter;
    enum lf_charset charset;
    bool header, comments;
    size_t skip;
    lf_view column[C_FIELDS]; /* name or number; empty: none */
    lf_view fixed[C_FIELDS];  /* the same in every row; ptr NULL: none */
    size_t at[C_FIELDS];      /* index + 1 */
    size_t nkinds;
    lf_view kind_is[KINDS_MOST], kind_means[KINDS_MOST];
};

static enum lf_code setting(struct mapping *m, size_t line, lf_view key, lf_view value, struct lf_err *e)
{
    uint64_t n;

    if (lf_view_is(key, "delimiter")) {
        if (lf_view_is(value, "tab") || lf_view_is(value, "\\t"))
            m->delimiter = '\t';
        else if (value.len == 1 && value.ptr[0] != '"' && (unsigned char)value.ptr[0] < 0x80)
            m->delimiter = value.ptr[0];
        else
            return lf_err_set(e, LF_BAD_INPUT, "mapping, line %zu: a delimiter is one character, or tab",
                              line);
        return LF_OK;
    }
    if (lf_view_is(key, "charset"))
        return lf_charset_parse(value, &m->charset)
                   ? LF_OK
                   : lf_err_set(e, LF_BAD_INPUT,
                                "mapping, line %zu: charset is utf-8, big5, utf-16le or auto", line);
    if (lf_view_is(key, "header") || lf_view_is(key, "comments")) {
        bool yes = lf_view_is(value, "yes");

        if (!yes && !lf_view_is(value, "no"))
            return lf_err_set(e, LF_BAD_INPUT, "mapping, line %zu: yes or no", line);
        *(key.ptr[0] == 'h' ? &m->header : &m->comments) = yes;
        return LF_OK;
    }
    if (lf_view_is(key, "skip")) {
        if (!lf_view_u64(value, &n) || n > 10000)
            return lf_err_set(e, LF_BAD_INPUT, "mapping, line %zu: how many lines to skip", line);
        m->skip = (size_t)n;
        return LF_OK;
    }
    if (lf_view_starts(key, LF_V("kind."))) {
        if (m->nkinds == KINDS_MOST)
            return lf_err_set(e, LF_TOO_BIG, "mapping, line %zu: more than %d kinds", line, KINDS_MOST);
        m->kind_is[m->nkinds] = lf_view_from(key, 5);
        m->kind_means[m->nkinds++] = value;
        return LF_OK;
    }
    for (size_t i = 0; i < C_FIELDS; i++)
        if (lf_view_is(key, fields[i].name)) {
            if (value.len >= 2 && value.ptr[0] == '"' && value.ptr[value.len - 1] == '"')
                m->fixed[i] = (lf_view){ value.ptr + 1, value.len - 2 };
            else
                m->column[i] = value;
            return LF_OK;
        }
    return lf_err_set(
        e, LF_BAD_INPUT,
        "mapping, line %zu: no \"%.*s\"; there are value, kind, kind.NAME, name, description, labels, "
        "tlp, confidence, valid_from, valid_until, created, modified, reference, delimiter, charset, "
        "header, comments, skip",
        line, LF_FMT(lf_view_first(key, 40)));
}

static enum lf_code read_mapping(struct mapping *m, lf_view text, struct lf_err *e)
{
    size_t number = 0;
    lf_view line;

    *m = (struct mapping){ .delimiter = ',', .header = true, .comments = true };
    while (lf_view_split(&text, '\n', &line)) {
        size_t eq;

        number++;
        line = lf_view_trim(line);
        if (!line.len || line.ptr[0] == '#' || line.ptr[0] == ';')
            continue;
        /* "delimiter = ;   # or tab": behind a blank, and not within quotes */
        for (size_t i = 1, quotes = 0; i < line.len; i++) {
            quotes += line.ptr[i] == '"';
            if (line.ptr[i] == '#' && quotes % 2 == 0 && (line.ptr[i - 1] == ' ' || line.ptr[i - 1] == '\t'))
                line = lf_view_trim(lf_view_first(line, i));
        }
        eq = lf_view_find_byte(line, '=');
        if (eq == SIZE_MAX)
            return lf_err_set(e, LF_BAD_INPUT, "mapping, line %zu: NAME = COLUMN is wanted", number);
        LF_TRY(setting(m, number, lf_view_trim(lf_view_first(line, eq)),
                       lf_view_trim(lf_view_from(line, eq + 1)), e));
    }
    return LF_OK;
}

static bool called(const char *also, lf_view name)
{
    lf_view rest = lf_view_of(also), one;

    while (lf_view_split(&rest, ' ', &one))
        if (one.len && lf_view_eq_nocase(one, name))
            return true;
    return false;
}

/* Where each field stands. */
static enum lf_code place(struct format_in *f, struct mapping *m, const lf_view *head, size_t n)
{
    bool said = false, used[LF_CSV_FIELDS] = { false };

    for (size_t i = 0; i < C_FIELDS; i++)
        said = said || m->column[i].len;
    for (size_t i = 0; i < C_FIELDS; i++) {
        uint64_t number;

        for (size_t k = 0; m->header && !m->at[i] && k < n; k++)
            if (m->column[i].len ? lf_view_eq_nocase(m->column[i], head[k])
                                 : !said && !m->fixed[i].ptr && called(fields[i].also, head[k]))
                m->at[i] = k + 1;
        if (!m->at[i] && lf_view_u64(m->column[i], &number) && number >= 1 && number <= LF_CSV_FIELDS)
            m->at[i] = (size_t)number;
        if (!m->at[i] && m->column[i].len)
            return lf_err_set(f->e, LF_BAD_INPUT, "no column \"%.*s\" for %s",
                              LF_FMT(lf_view_first(m->column[i], 60)), fields[i].name);
        if (m->at[i])
            used[m->at[i] - 1] = true;
    }
    if (!m->at[C_VALUE] && !m->header)
        m->at[C_VALUE] = 1, used[0] = true;
    if (!m->at[C_VALUE])
        return lf_err_set(f->e, LF_BAD_INPUT,
                          "no column has the values; say which in the mapping: value = COLUMN");
    for (size_t k = 0; k < n; k++)
        if (!used[k])
            lf_make_lost(&f->m, lf_arena_printf(&f->m.a, "column %zu", k + 1), m->header ? head[k] : LF_V(""),
                         "the mapping does not name it (told once for the file)");
    return LF_OK;
}

static lf_view cell(const struct mapping *m, enum field i, const lf_view *row, size_t n)
{
    if (m->fixed[i].ptr)
        return m->fixed[i];
    return m->at[i] && m->at[i] <= n ? row[m->at[i] - 1] : (lf_view){ "", 0 };
}

static int confidence_of(lf_view v)
{
    uint64_t n;

    if (lf_view_u64(v, &n) && n <= 100)
        return (int)n;
    /* The standard's scale of three (appendix A). */
    if (lf_view_eq_nocase(v, LF_V("low")))
        return 15;
    if (lf_view_eq_nocase(v, LF_V("medium")) || lf_view_eq_nocase(v, LF_V("med")))
        return 50;
    return lf_view_eq_nocase(v, LF_V("high")) ? 85 : -1;
}

static void time_cell(struct format_in *f, const struct mapping *m, enum field i, const lf_view *row,
                      size_t n, size_t line, lf_time *out)
{
    lf_view v = cell(m, i, row, n);

    if (v.len && !format_time(v, out))
        format_lost(f, "line", line, v, "no time that can be read");
}

static bool value_of(struct format_in *f, const struct mapping *m, lf_view kind, lf_view value,
                     struct format_made *i)
{
    bool guess = true;

    for (size_t k = 0; k < m->nkinds; k++)
        if (lf_view_eq(kind, m->kind_is[k])) {
            kind = m->kind_means[k];
            break;
        }
    if (kind.len && !format_kind(kind, &i->kind, &guess))
        return false;
    if (guess)
        return format_value(&f->m.a, value, &i->kind, &i->value);
    if (i->kind == LF_OBS_PATTERN)
        return lf_observable_text(&f->m.a, i->kind, value, &i->value);
    if (i->kind == LF_OBS_IPV4 || i->kind == LF_OBS_IPV6)
        return format_value(&f->m.a, value, &i->kind, &i->value);
    if (!lf_observable_text(&f->m.a, i->kind, lf_view_trim(format_refang(&f->m.a, value)), &i->value))
        return false;
    i->kind = lf_observable_narrow(i->kind, &i->value);
    return true;
}

static enum lf_code row_of(struct format_in *f, const struct mapping *m, const lf_view *row, size_t n,
                           size_t line)
{
    struct format_made i = { 0 };
    lf_view kind = cell(m, C_KIND, row, n), value = cell(m, C_VALUE, row, n), id,
            tlp = cell(m, C_TLP, row, n), sure = cell(m, C_CONFIDENCE, row, n);

    if (!value.len && n == 1)
        return LF_OK; /* an empty line */
    if (!value_of(f, m, kind, value, &i)) {
        format_lost(f, "line", line, value.len ? value : kind,
                    "no value, or none of the kind that the line says");
        return LF_OK;
    }
    i.name = cell(m, C_NAME, row, n);
    i.description = cell(m, C_DESCRIPTION, row, n);
    i.labels = cell(m, C_LABELS, row, n);
    i.reference = cell(m, C_REFERENCE, row, n);
    i.confidence = confidence_of(sure);
    if (sure.len && i.confidence < 0)
        format_lost(f, "line", line, sure, "confidence is 0 to 100, or low, medium, high");
    if (tlp.len && !lf_make_tlp(tlp)) {
        /* What was meant to be kept close must not be spread for a slip of the pen. */
        format_lost(f, "line", line, tlp, "no TLP: marked red");
        tlp = LF_V("red");
    }
    i.tlp = tlp;
    time_cell(f, m, C_FROM, row, n, line, &i.from);
    time_cell(f, m, C_UNTIL, row, n, line, &i.until);
    time_cell(f, m, C_CREATED, row, n, line, &i.created);
    time_cell(f, m, C_MODIFIED, row, n, line, &i.modified);
    LF_TRY(format_indicator(f, &i, &id));
    if (i.until && i.until <= (i.from ? i.from : i.created))
        format_lost(f, "line", line, cell(m, C_UNTIL, row, n), "it ends before it begins");
    return LF_OK;
}

static enum lf_code rows(struct format_in *f, struct mapping *m, lf_view text)
{
    lf_view row[LF_CSV_FIELDS], line;
    bool more, placed = false;
    struct lf_csv c;
    size_t n, skipped = 0;

    for (; skipped < m->skip && lf_view_split(&text, '\n', &line); skipped++)
        ;
    LF_TRY(lf_csv_begin(&c, text, f->e));
    c.delimiter = m->delimiter;
    for (;;) {
        while (m->comments && c.left.len &&
               c.left.ptr[0] == '#') { /* before the reader: a comment may hold quotes */
            (void)lf_view_split(&c.left, '\n', &line);
            c.next++;
        }
        LF_TRY(lf_csv_row(&c, &f->m.a, row, &n, &more, f->e));
        if (!more)
            return LF_OK;
        if (!placed) {
            LF_TRY(place(f, m, row, n));
            placed = true;
            if (m->header)
                continue;
        }
        LF_TRY(row_of(f, m, row, n, c.line + skipped));
        lf_arena_reset(&f->m.a);
    }
}

FORMAT_READER(format_csv_read)
{
    struct lf_arena all = { 0 };
    struct format_in f;
    struct mapping m;
    enum lf_code rc;

    format_in_init(&f, use, to, e);
    rc = read_mapping(&m, use->mapping, e);
    if (rc == LF_OK)
        rc = rows(&f, &m, lf_charset_utf8(&all, text, m.charset));
    format_in_clear(&f);
    lf_arena_clear(&all);
    return rc;
}
