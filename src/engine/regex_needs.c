/* What a regular expression cannot match without: read from its text, so that it is run
 * only where one of a few literals was seen.
 *
 * This is no parser of expressions: Vectorscan has accepted the text already.  Where
 * it meets anything it does not know for certain it gives up, which costs time and never
 * a match. */
#include "engine/fold.h"
#include "engine/usual.h"
#include "engine/witness.h"

enum { DEPTH_MOST = 32, SHORTEST = 2, RARE = 1, RARE_LETTERS = 3 };

struct need { /* one of these literals is there; n = 0: nothing is known */
    lf_view text[LF_CLUES];
    size_t n;
    float rate;
};

struct reader {
    struct lf_arena *a;
    const char *p, *end;
    char *text; /* of the run at hand: a run has ended before an inner one begins */
    unsigned depth;
    bool lost; /* something unknown: nothing read is to be trusted */
};

/* The literal at hand, in the arena. */
struct run {
    char *text;
    size_t len, last; /* last: bytes of the last character */
};

static void better(struct need *best, const struct need *other)
{
    if (other->n > 0 && (best->n == 0 || other->rate < best->rate))
        *best = *other;
}

/* The letters that would say as much: two ampersands are seldom seen. */
static size_t telling(const struct run *run)
{
    size_t sum = 0;

    for (size_t i = 0; i < run->len; i++)
        sum += lf_usual_byte((unsigned char)run->text[i]) <= RARE ? RARE_LETTERS : 1;
    return sum;
}

static void end_run(struct reader *r, struct run *run, struct need *best)
{
    if (run->len >= SHORTEST) {
        struct need n = { .n = 1, .rate = lf_text_rate(telling(run)) };

        n.text[0] = lf_fold(r->a, lf_arena_copy(r->a, (lf_view){ run->text, run->len }));
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

static void skip_class(struct reader *r)
{
    r->p++;
    if (r->p < r->end && *r->p == '^')
        r->p++;
    if (r->p < r->end && *r->p == ']')
        r->p++;
    while (r->p < r->end && *r->p != ']') {
        if (*r->p == '\\') {
            r->p++;
            if (r->p < r->end && (*r->p == 'Q' || *r->p == 'E'))
                r->lost = true;
        } else if (*r->p == '[' && r->p + 1 < r->end && strchr(":.=", r->p[1]) && r->p[1]) {
            r->lost = true;
        }
        if (r->p < r->end)
            r->p++;
    }
    if (r->p >= r->end)
        r->lost = true;
    else
        r->p++;
}

static void alternatives(struct reader *r, struct need *out);

/* "(" is at the front.  False: it was only flags, no item. */
static bool group(struct reader *r, struct need *out)
{
    r->p++;
    if (r->p < r->end && *r->p == '*') {
        r->lost = true;
        return true;
    }
    if (r->p < r->end && *r->p == '?') {
        r->p++;
        while (r->p < r->end && strchr("imsu-", *r->p) && *r->p)
            r->p++;
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
static void sequence(struct reader *r, struct need *best)
{
    struct run run = { .text = r->text };
    unsigned least;

    *best = (struct need){ 0 };
    while (!r->lost && r->p < r->end && *r->p != '|' && *r->p != ')') {
        struct need inner = { 0 };
        size_t n = lf_utf8_len(*r->p);

        switch (*r->p) {
        case '(':
            end_run(r, &run, best);
            if (group(r, &inner) && !(quantifier(r, &least) && least == 0))
                better(best, &inner);
            continue;
        case '[':
            end_run(r, &run, best);
            skip_class(r);
            (void)quantifier(r, &least);
            continue;
        case '.':
        case '^':
        case '$':
            end_run(r, &run, best);
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
            if (strchr("dDwWsSbBhHvVRAzZtnrfea", *r->p) && *r->p) {
                end_run(r, &run, best);
                r->p++;
                (void)quantifier(r, &least);
                continue;
            }
            if ((unsigned char)*r->p >= 0x80 || (*r->p >= '0' && *r->p <= '9') ||
                ((*r->p | 0x20) >= 'a' && (*r->p | 0x20) <= 'z')) {
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

static void alternatives(struct reader *r, struct need *out)
{
    struct need branch;

    sequence(r, out);
    while (!r->lost && r->p < r->end && *r->p == '|') {
        r->p++;
        sequence(r, &branch);
        if (branch.n == 0 || out->n == 0 || out->n + branch.n > LF_CLUES) {
            out->n = 0;
            continue;
        }
        for (size_t i = 0; i < branch.n; i++)
            out->text[out->n++] = branch.text[i];
        out->rate += branch.rate;
    }
}

size_t lf_regex_needs(struct lf_arena *a, lf_view regex, lf_view out[LF_CLUES], float *rate)
{
    struct reader r = { .a = a, .p = regex.ptr, .end = regex.ptr + regex.len };
    struct need n = { 0 };

    if (regex.len == 0)
        return 0;
    r.text = lf_arena_alloc(a, regex.len, 1);
    alternatives(&r, &n);
    if (r.lost || r.p < r.end)
        return 0;
    for (size_t i = 0; i < n.n; i++)
        out[i] = n.text[i];
    *rate = n.rate;
    return n.n;
}
