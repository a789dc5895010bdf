#include "engine/regex_needs.h"

#include "engine/fold.h"
#include "engine/usual.h"
#include "engine/witness.h"

enum { DEPTH_MOST = 32, SHORTEST = 2, RARE = 1, RARE_LETTERS = 3 };

struct reader {
    struct lf_arena *a;
    const char *p, *end;
    char *text; /* of the run at hand: a run has ended before an inner one begins */
    unsigned depth;
    bool lost;   /* something unknown: nothing read is to be trusted */
    bool breaks; /* something that may be a line feed, or depends on where the text begins and ends */
    struct lf_regex_parts *parts; /* of the outermost sequence; NULL: not asked for */
    bool branches;                /* there are several such */
};

/* The literal at hand, in the arena. */
struct run {
    char *text;
    size_t len, last; /* last: bytes of the last character */
};

static bool letter(char c)
{
    return (c | 0x20) >= 'a' && (c | 0x20) <= 'z';
}

static bool digit(char c)
{
    return c >= '0' && c <= '9';
}

static void note_part(struct reader *r, const struct lf_regex_part *part)
{
    if (r->parts && r->depth == 0 && part->n > 0 && r->parts->n < LF_REGEX_PARTS)
        r->parts->part[r->parts->n++] = *part;
}

static void better(struct lf_regex_part *best, const struct lf_regex_part *other)
{
    if (other->n > 0 && (best->n == 0 || other->rate < best->rate))
        *best = *other;
}

/* The letters that would say as much: two ampersands are seldom seen, line feeds and tabs are not. */
static size_t telling(const struct run *run)
{
    size_t sum = 0;

    for (size_t i = 0; i < run->len; i++)
        sum += (unsigned char)run->text[i] > ' ' && lf_usual_byte((unsigned char)run->text[i]) <= RARE
                   ? RARE_LETTERS
                   : 1;
    return sum;
}

/* A single byte is worth no pass over an event, but it is one look in a text before the expression. */
static bool a_sign(const struct run *run)
{
    char c = run->len == 1 ? run->text[0] : ' ';

    return c > ' ' && c < 0x7f && !letter(c) && !digit(c);
}

static void end_run(struct reader *r, struct run *run, struct lf_regex_part *best)
{
    if (run->len >= SHORTEST || (r->parts && a_sign(run))) {
        struct lf_regex_part n = { .n = 1, .rate = lf_text_rate(telling(run)) };

        n.text[0] = lf_fold(r->a, lf_arena_copy(r->a, (lf_view){ run->text, run->len }));
        note_part(r, &n);
        better(best, &n);
    }
    run->len = run->last = 0;
}

static void add_char(struct reader *r, struct run *run, size_t n)
{
    memcpy(run->text + run->len, r->p, n);
    run->len += n;
    run->last = n;
    r->p += n;
}

/* "{2}", "{2,}", "{2,3}" at the front. */
static bool count_of(struct reader *r, unsigned *least)
{
    const char *p = r->p + 1;
    unsigned v = 0;

    if (p >= r->end || *p < '0' || *p > '9')
        return false;
    for (; p < r->end && *p >= '0' && *p <= '9'; p++)
        v = v * 10 + (unsigned)(*p - '0') > 1000 ? 1000 : v * 10 + (unsigned)(*p - '0');
    if (p < r->end && *p == ',')
        for (p++; p < r->end && *p >= '0' && *p <= '9'; p++)
            ;
    if (p >= r->end || *p != '}')
        return false;
    *least = v;
    r->p = p + 1;
    return true;
}

/* A quantifier after an item: whether there is one, and the least it asks for. */
static bool quantifier(struct reader *r, unsigned *least)
{
    if (r->p >= r->end)
        return false;
    switch (*r->p) {
    case '*':
    case '?':
        *least = 0;
        r->p++;
        break;
    case '+':
        *least = 1;
        r->p++;
        break;
    case '{':
        if (!count_of(r, least))
            return false;
        break;
    default:
        return false;
    }
    if (r->p < r->end && (*r->p == '?' || *r->p == '+')) /* lazy, possessive */
        r->p++;
    /* One behind another is another language than this knows. */
    if (r->p < r->end && (*r->p == '*' || *r->p == '+' || *r->p == '?'))
        r->lost = true;
    return true;
}

/* Whether the escape is never a line feed. */
static bool in_line(char c)
{
    return c != '\0' && strchr("dwSbBhVtrfea", c);
}

/* What was just read is one character that may be a line feed.  The last of an expression ends a match's
 * line and leads to no other. */
static void may_break(struct reader *r, bool before)
{
    r->breaks = before || r->depth > 0 || r->p < r->end;
}

/* The line feed, carriage return or tab that the escape is, or 0. */
static char control_of(char c)
{
    return c == 'n' ? '\n' : c == 'r' ? '\r' : c == 't' ? '\t' : '\0';
}

static void skip_class(struct reader *r)
{
    r->p++;
    if (r->p < r->end && *r->p == '^') {
        r->breaks = true;
        r->p++;
    }
    if (r->p < r->end && *r->p == ']')
        r->p++;
    while (r->p < r->end && *r->p != ']') {
        if (*r->p == '\\') {
            r->p++;
            if (r->p < r->end && (*r->p == 'Q' || *r->p == 'E'))
                r->lost = true;
            if (r->p < r->end && (letter(*r->p) || digit(*r->p)) && !in_line(*r->p))
                r->breaks = true;
        } else if (*r->p == '[' && r->p + 1 < r->end && strchr(":.=", r->p[1]) && r->p[1]) {
            r->lost = true;
        } else if ((unsigned char)*r->p < ' ') {
            r->breaks = true;
        }
        if (r->p < r->end)
            r->p++;
    }
    if (r->p >= r->end)
        r->lost = true;
    else
        r->p++;
}

static void alternatives(struct reader *r, struct lf_regex_part *out);

/* "(" is at the front.  False: it was only flags, no item. */
static bool group(struct reader *r, struct lf_regex_part *out)
{
    r->p++;
    if (r->p < r->end && *r->p == '*') {
        r->lost = true;
        return true;
    }
    if (r->p < r->end && *r->p == '?') {
        r->p++;
        for (; r->p < r->end && strchr("imsu-", *r->p) && *r->p; r->p++)
            r->breaks |= *r->p == 's';
        if (r->p < r->end && *r->p == ')') {
            r->p++;
            return false;
        }
        if (r->p >= r->end || *r->p != ':') {
            r->lost = true;
            return true;
        }
        r->p++;
    }
    if (++r->depth > DEPTH_MOST) {
        r->lost = true;
        return true;
    }
    alternatives(r, out);
    r->depth--;
    if (r->p >= r->end || *r->p != ')')
        r->lost = true;
    else
        r->p++;
    return true;
}

/* One branch, up to "|", ")" or the end. */
static void sequence(struct reader *r, struct lf_regex_part *best)
{
    struct run run = { .text = r->text };
    unsigned least;
    bool before;

    *best = (struct lf_regex_part){ 0 };
    while (!r->lost && r->p < r->end && *r->p != '|' && *r->p != ')') {
        struct lf_regex_part inner = { 0 };
        size_t n = lf_utf8_len(*r->p);

        switch (*r->p) {
        case '(':
            end_run(r, &run, best);
            if (group(r, &inner) && !(quantifier(r, &least) && least == 0)) {
                note_part(r, &inner);
                better(best, &inner);
            }
            continue;
        case '[':
            end_run(r, &run, best);
            before = r->breaks;
            skip_class(r);
            if (!quantifier(r, &least) && r->breaks)
                may_break(r, before);
            continue;
        case '.':
        case '^':
        case '$':
            end_run(r, &run, best);
            r->breaks |= *r->p != '.';
            r->p++;
            (void)quantifier(r, &least);
            continue;
        case '{':
        case '}':
        case ']':
        case '*':
        case '+':
        case '?': /* literal here, or an error: not relied on */
            end_run(r, &run, best);
            r->p++;
            continue;
        case '\\':
            if (r->end - r->p < 2) {
                r->lost = true;
                continue;
            }
            r->p++;
            if (control_of(*r->p)) {
                r->breaks |= *r->p == 'n';
                run.text[run.len++] = control_of(*r->p++);
                run.last = 1;
                break;
            }
            if (strchr("dDwWsSbBhHvVRAzZfea", *r->p) && *r->p) {
                bool one = strchr("sDWHv", *r->p) != NULL;

                end_run(r, &run, best);
                before = r->breaks;
                r->breaks |= !in_line(*r->p);
                r->p++;
                if (!quantifier(r, &least) && r->breaks && one)
                    may_break(r, before);
                continue;
            }
            if ((unsigned char)*r->p >= 0x80 || digit(*r->p) || letter(*r->p)) {
                r->lost = true;
                continue;
            }
            add_char(r, &run, 1);
            break;
        default:
            if (n > (size_t)(r->end - r->p)) {
                r->lost = true;
                continue;
            }
            r->breaks |= *r->p == '\n';
            add_char(r, &run, n);
            break;
        }
        if (quantifier(r, &least)) {
            if (least == 0)
                run.len -= run.last;
            end_run(r, &run, best);
        }
    }
    end_run(r, &run, best);
}

static void alternatives(struct reader *r, struct lf_regex_part *out)
{
    struct lf_regex_part branch;

    sequence(r, out);
    while (!r->lost && r->p < r->end && *r->p == '|') {
        r->p++;
        r->branches |= r->depth == 0;
        sequence(r, &branch);
        if (branch.n == 0 || out->n == 0 || out->n + branch.n > LF_REGEX_TEXTS) {
            out->n = 0;
            continue;
        }
        for (size_t i = 0; i < branch.n; i++)
            out->text[out->n++] = branch.text[i];
        out->rate += branch.rate;
    }
}

static bool read_all(struct reader *r, struct lf_regex_part *out)
{
    r->text = lf_arena_alloc(r->a, (size_t)(r->end - r->p) + 1, 1);
    alternatives(r, out);
    return !r->lost && r->p == r->end;
}

size_t lf_regex_needs(struct lf_arena *a, lf_view regex, lf_view out[LF_REGEX_TEXTS], float *rate)
{
    struct reader r = { .a = a, .p = regex.ptr, .end = regex.ptr + regex.len };
    struct lf_regex_part n = { 0 };

    if (regex.len == 0 || !read_all(&r, &n))
        return 0;
    for (size_t i = 0; i < n.n; i++)
        out[i] = n.text[i];
    *rate = n.rate;
    return n.n;
}

void lf_regex_parts(struct lf_arena *a, lf_view regex, struct lf_regex_parts *out)
{
    struct reader r = { .a = a, .p = regex.ptr, .end = regex.ptr + regex.len, .parts = out };
    struct lf_regex_part n = { 0 };

    *out = (struct lf_regex_parts){ 0 };
    if (regex.len == 0 || !read_all(&r, &n)) {
        out->n = 0;
        return;
    }
    out->in_line = !r.breaks;
    /* Of several branches the one part is what one of them needs. */
    if (r.branches) {
        out->n = n.n > 0;
        out->part[0] = n;
    }
}
