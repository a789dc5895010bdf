/* An expression is compiled to a small program, whose jumps are relative so that blocks can be
 * copied for counted repetition; the machine keeps its choices on a stack of its own.
 *
 *   SPLIT a b    go on at a; b is tried when that fails
 *   MARK r       where this round of a loop began
 *   LOOP r a     another round, unless this one took nothing
 *   LOOK, ATOMIC run the block behind them by itself, to its END; a is behind the block
 *
 * What a choice changed in the slots (groups, rounds) is on the same stack, to be put back. */
#include "engine/backtrack.h"

#include <string.h>

#include "engine/fold.h"

enum { DEPTH_MOST = 60, NAMES_MOST = 100, GROUPS_MOST = 1000, COUNT_MOST = 65535 };
#define NOWHERE SIZE_MAX
#define NO_END UINT32_MAX

enum op {
    OP_CHAR,
    OP_ANY, /* flag: line ends too */
    OP_CLASS,
    OP_SPLIT,
    OP_JUMP,
    OP_SAVE,
    OP_MARK,
    OP_LOOP,
    OP_BEGIN,      /* \A */
    OP_END_TEXT,   /* \z */
    OP_END_LAST,   /* \Z, $: there, or before a last line end */
    OP_BEGIN_LINE, /* ^ of (?m) */
    OP_END_LINE,
    OP_WORD,
    OP_NO_WORD,
    OP_REFER,
    OP_LOOK,
    OP_ATOMIC,
    OP_DONE,
};
enum { CASELESS = 1, MULTILINE = 2, DOTALL = 4, EXTENDED = 8 };
enum { NEGATIVE = 1, BEHIND = 2 };

struct insn {
    uint8_t op, flag;
    int32_t a, b;
};
struct range {
    uint32_t lo, hi;
};
struct class
{
    struct range *r;
    size_t n, cap;
    bool negated, caseless;
};

struct lf_backtrack {
    const struct insn *prog;
    const struct class *classes;
    size_t n, nslots;
    bool octets;
};

/* ---- compiling ---- */

struct compiler {
    struct lf_arena *a;
    lf_view in;
    size_t at;
    bool octets;
    unsigned flags, depth;
    struct insn *prog;
    size_t n, cap;
    struct class *classes;
    size_t nclasses, classes_cap;
    size_t groups, loops, largest_reference;
    struct {
        lf_view name;
        size_t group;
    } names[NAMES_MOST];
    size_t nnames;
    enum lf_code rc;
    struct lf_err *e;
};

static void refuse(struct compiler *c, const char *what)
{
    if (c->rc == LF_OK)
        c->rc = lf_err_set(c->e, LF_UNACCEPTED, "byte %zu of the expression: %s", c->at, what);
}

static int peek(const struct compiler *c, size_t ahead)
{
    return c->at + ahead < c->in.len ? (unsigned char)c->in.ptr[c->at + ahead] : -1;
}

static bool eat(struct compiler *c, const char *word)
{
    lf_view w = lf_view_of(word);

    if (!lf_view_starts(lf_view_from(c->in, c->at), w))
        return false;
    c->at += w.len;
    return true;
}

static size_t emit(struct compiler *c, struct insn i)
{
    if (c->n == LF_BACKTRACK_PROGRAM) {
        refuse(c, "too large when its repetitions are written out");
        c->n = 0; /* what follows is not looked at */
    }
    if (c->n == c->cap)
        c->prog = lf_arena_grow(c->a, c->prog, c->n, &c->cap, sizeof *c->prog);
    c->prog[c->n] = i;
    return c->n++;
}

static void insert(struct compiler *c, size_t at, struct insn i)
{
    (void)emit(c, i);
    if (c->rc != LF_OK)
        return;
    memmove(c->prog + at + 1, c->prog + at, (c->n - 1 - at) * sizeof *c->prog);
    c->prog[at] = i;
}

static uint32_t unit(const char *p, size_t left, bool octets, size_t *len)
{
    *len = octets ? 1 : lf_utf8_len(*p);
    if (*len > left)
        *len = 1;
    return *len == 1 ? (unsigned char)*p : lf_utf8_get(p, *len);
}

static uint32_t take_unit(struct compiler *c)
{
    size_t len;
    uint32_t u = unit(c->in.ptr + c->at, c->in.len - c->at, c->octets, &len);

    c->at += len;
    return u;
}

static uint32_t digits(struct compiler *c, unsigned base, size_t most, uint32_t limit)
{
    uint64_t v = 0;

    for (size_t i = 0; i < most; i++) {
        int d = peek(c, 0);

        d = d >= '0' && d <= '9'   ? d - '0'
            : d >= 'a' && d <= 'f' ? d - 'a' + 10
            : d >= 'A' && d <= 'F' ? d - 'A' + 10
                                   : 99;
        if ((unsigned)d >= base)
            break;
        v = v * base + (unsigned)d;
        if (v > limit) {
            refuse(c, "a number is too large");
            return 0;
        }
        c->at++;
    }
    return (uint32_t)v;
}

static void add(struct compiler *c, struct class *k, uint32_t lo, uint32_t hi)
{
    k->r = lf_arena_grow(c->a, k->r, k->n, &k->cap, sizeof *k->r);
    k->r[k->n++] = (struct range){ lo, hi };
}

/* The ranges of a named kind of character; capital letters and `not` mean all others. */
static bool add_kind(struct compiler *c, struct class *k, const struct range *r, size_t n, bool not )
{
    uint32_t from = 0;

    for (size_t i = 0; i < n; i++) {
        if (!not )
            add(c, k, r[i].lo, r[i].hi);
        else if (r[i].lo > from)
            add(c, k, from, r[i].lo - 1);
        from = r[i].hi + 1;
    }
    if (not )
        add(c, k, from, UINT32_MAX);
    return true;
}

static const struct range digit[] = { { '0', '9' } },
                          word[] = { { '0', '9' }, { 'A', 'Z' }, { '_', '_' }, { 'a', 'z' } },
                          space[] = { { '\t', '\r' }, { ' ', ' ' } },
                          alpha[] = { { 'A', 'Z' }, { 'a', 'z' } },
                          alnum[] = { { '0', '9' }, { 'A', 'Z' }, { 'a', 'z' } }, lower[] = { { 'a', 'z' } },
                          upper[] = { { 'A', 'Z' } }, xdigit[] = { { '0', '9' }, { 'A', 'F' }, { 'a', 'f' } },
                          blank[] = { { '\t', '\t' }, { ' ', ' ' } }, cntrl[] = { { 0, 31 }, { 127, 127 } },
                          print[] = { { ' ', '~' } }, graph[] = { { '!', '~' } }, ascii[] = { { 0, 127 } },
                          punct[] = { { '!', '/' }, { ':', '@' }, { '[', '`' }, { '{', '~' } },
                          newline[] = { { '\n', '\n' } },
                          across[] = { { '\t', '\t' },     { ' ', ' ' },       { 0xa0, 0xa0 },
                                       { 0x1680, 0x1680 }, { 0x180e, 0x180e }, { 0x2000, 0x200a },
                                       { 0x202f, 0x202f }, { 0x205f, 0x205f }, { 0x3000, 0x3000 } },
                          down[] = { { '\n', '\r' }, { 0x85, 0x85 }, { 0x2028, 0x2029 } };

#define KIND(r, not ) add_kind(c, k, r, sizeof(r) / sizeof *(r), not )

/* \d and its like: c->at is at the letter. */
static bool kind_escape(struct compiler *c, struct class *k)
{
    switch (peek(c, 0)) {
    case 'd':
    case 'D':
        return KIND(digit, peek(c, 0) == 'D');
    case 'w':
    case 'W':
        return KIND(word, peek(c, 0) == 'W');
    case 's':
    case 'S':
        return KIND(space, peek(c, 0) == 'S');
    case 'h':
    case 'H':
        return KIND(across, peek(c, 0) == 'H');
    case 'v':
    case 'V':
        return KIND(down, peek(c, 0) == 'V');
    case 'N':
        return KIND(newline, true);
    default:
        return false;
    }
}

/* One character behind a backslash; c->at is behind the backslash. */
static uint32_t char_escape(struct compiler *c)
{
    uint32_t v;
    int ch = peek(c, 0);

    if (ch < 0) {
        refuse(c, "a backslash stands at the end");
        return 0;
    }
    if (ch >= '0' && ch <= '7')
        return digits(c, 8, 3, 255);
    if (!((ch >= 'a' && ch <= 'z') || (ch >= 'A' && ch <= 'Z') || ch == '8' || ch == '9'))
        return take_unit(c);
    c->at++;
    switch (ch) {
    case 'n':
        return '\n';
    case 'r':
        return '\r';
    case 't':
        return '\t';
    case 'f':
        return '\f';
    case 'a':
        return 7;
    case 'e':
        return 27;
    case 'c':
        v = peek(c, 0) < 0 ? 0 : take_unit(c);
        if (v < ' ' || v > '~')
            refuse(c, "\\c is followed by a printable character");
        return (v >= 'a' && v <= 'z' ? v - 32 : v) ^ 64;
    case 'x':
        if (!eat(c, "{"))
            return digits(c, 16, 2, 255);
        v = digits(c, 16, 8, c->octets ? 255 : 0x10ffff);
        if (!eat(c, "}"))
            refuse(c, "\\x{ is not closed");
        return v;
    default:
        refuse(c, "an escape that is not understood");
        return 0;
    }
}

static bool posix(struct compiler *c, struct class *k)
{
    static const struct {
        const char *name;
        const struct range *r;
        size_t n;
    } kinds[] = {
#define ROW(x) { #x ":]", x, sizeof(x) / sizeof *(x) }
        ROW(alpha), ROW(digit), ROW(alnum), ROW(lower), ROW(upper), ROW(space), ROW(xdigit),
        ROW(blank), ROW(cntrl), ROW(print), ROW(graph), ROW(ascii), ROW(punct), ROW(word),
#undef ROW
    };
    size_t was = c->at;
    bool not ;

    if (!eat(c, "[:"))
        return false;
    not = eat(c, "^");
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
        if (eat(c, kinds[i].name))
            return add_kind(c, k, kinds[i].r, kinds[i].n, not );
    c->at = was;
    return false;
}

/* One end of a range, or a kind of its own (false). */
static bool class_item(struct compiler *c, struct class *k, uint32_t *out)
{
    if (peek(c, 0) == '[' && posix(c, k))
        return false;
    if (!eat(c, "\\")) {
        *out = take_unit(c);
        return true;
    }
    if (kind_escape(c, k)) {
        c->at++;
        return false;
    }
    if (eat(c, "b"))
        *out = 8;
    else
        *out = char_escape(c);
    return true;
}

static void class_of(struct compiler *c)
{
    struct class k = { .caseless = c->flags & CASELESS };
    bool first = true;

    k.negated = eat(c, "^");
    for (; c->rc == LF_OK && (first || peek(c, 0) != ']'); first = false) {
        uint32_t lo, hi;

        if (peek(c, 0) < 0) {
            refuse(c, "a class is not closed");
            return;
        }
        if (!class_item(c, &k, &lo))
            continue;
        hi = lo;
        if (peek(c, 0) == '-' && peek(c, 1) >= 0 && peek(c, 1) != ']') {
            c->at++;
            if (!class_item(c, &k, &hi)) {
                add(c, &k, '-', '-'); /* [a-\d]: the hyphen is one */
                hi = lo;
            } else if (hi < lo) {
                refuse(c, "a range goes backwards");
            }
        }
        add(c, &k, lo, hi);
    }
    c->at++;
    c->classes = lf_arena_grow(c->a, c->classes, c->nclasses, &c->classes_cap, sizeof *c->classes);
    c->classes[c->nclasses] = k;
    (void)emit(c, (struct insn){ .op = OP_CLASS, .a = (int32_t)c->nclasses++ });
}

static void emit_char(struct compiler *c, uint32_t u)
{
    (void)emit(c, (struct insn){ .op = OP_CHAR, .flag = c->flags & CASELESS, .a = (int32_t)u });
}

static void refer(struct compiler *c, size_t group)
{
    if (group == 0 || group > GROUPS_MOST)
        refuse(c, "a reference to no group");
    if (group > c->largest_reference)
        c->largest_reference = group;
    (void)emit(c, (struct insn){ .op = OP_REFER, .flag = c->flags & CASELESS, .a = (int32_t)group });
}

static lf_view name_until(struct compiler *c, char end)
{
    lf_view rest = lf_view_from(c->in, c->at), v;
    size_t n = lf_view_find_byte(rest, end);

    if (n == SIZE_MAX || n == 0 || n > 32) {
        refuse(c, "a group's name is not closed");
        return (lf_view){ "", 0 };
    }
    v = lf_view_first(rest, n);
    c->at += n + 1;
    return v;
}

static void refer_name(struct compiler *c, lf_view name)
{
    for (size_t i = 0; i < c->nnames; i++)
        if (lf_view_eq(c->names[i].name, name)) {
            refer(c, c->names[i].group);
            return;
        }
    refuse(c, "a reference to no group");
}

/* \1, \g{-1}, \k<name>; c->at is behind the backslash. */
static bool reference(struct compiler *c)
{
    if (eat(c, "k<"))
        refer_name(c, name_until(c, '>'));
    else if (eat(c, "k'"))
        refer_name(c, name_until(c, '\''));
    else if (eat(c, "k{"))
        refer_name(c, name_until(c, '}'));
    else if (eat(c, "g")) {
        bool brace = eat(c, "{"), back = eat(c, "-");
        size_t n;

        if (brace && !back && !(peek(c, 0) >= '0' && peek(c, 0) <= '9')) {
            refer_name(c, name_until(c, '}'));
            return true;
        }
        n = digits(c, 10, 4, GROUPS_MOST);
        refer(c, !back ? n : n <= c->groups ? c->groups + 1 - n : 0);
        if (brace && !eat(c, "}"))
            refuse(c, "\\g{ is not closed");
    } else if (peek(c, 0) >= '1' && peek(c, 0) <= '9') {
        size_t was = c->at, n = digits(c, 10, 4, GROUPS_MOST * 10);

        if (n > 9 && n > c->groups) { /* \40 is a blank */
            c->at = was;
            return false;
        }
        refer(c, n);
    } else {
        return false;
    }
    return true;
}

static void escape(struct compiler *c)
{
    static const struct {
        char letter;
        uint8_t op;
    } places[] = {
        { 'A', OP_BEGIN }, { 'z', OP_END_TEXT }, { 'Z', OP_END_LAST }, { 'b', OP_WORD }, { 'B', OP_NO_WORD }
    };
    struct class k = { 0 };

    for (size_t i = 0; i < sizeof places / sizeof *places; i++)
        if (peek(c, 0) == places[i].letter) {
            c->at++;
            (void)emit(c, (struct insn){ .op = places[i].op });
            return;
        }
    if (eat(c, "Q")) { /* as it stands, up to \E */
        while (c->at < c->in.len && !eat(c, "\\E"))
            emit_char(c, take_unit(c));
        return;
    }
    if (eat(c, "E") || reference(c))
        return;
    if (kind_escape(c, &k)) {
        c->at++;
        c->classes = lf_arena_grow(c->a, c->classes, c->nclasses, &c->classes_cap, sizeof *c->classes);
        c->classes[c->nclasses] = k;
        (void)emit(c, (struct insn){ .op = OP_CLASS, .a = (int32_t)c->nclasses++ });
        return;
    }
    emit_char(c, char_escape(c));
}

static void alternatives(struct compiler *c);

static void close_group(struct compiler *c)
{
    if (!eat(c, ")"))
        refuse(c, "a group is not closed");
}

/* What is run by itself: LOOK and ATOMIC, and the block behind it up to DONE. */
static void block(struct compiler *c, uint8_t op, uint8_t flag)
{
    size_t at = emit(c, (struct insn){ .op = op, .flag = flag });

    alternatives(c);
    (void)emit(c, (struct insn){ .op = OP_DONE });
    if (c->rc == LF_OK)
        c->prog[at].a = (int32_t)(c->n - at);
}

static void capture(struct compiler *c, lf_view name)
{
    size_t group = ++c->groups;

    if (group > GROUPS_MOST || (name.len && c->nnames == NAMES_MOST)) {
        refuse(c, "too many groups");
        return;
    }
    if (name.len) {
        c->names[c->nnames].name = name;
        c->names[c->nnames++].group = group;
    }
    (void)emit(c, (struct insn){ .op = OP_SAVE, .a = (int32_t)(2 * group) });
    alternatives(c);
    (void)emit(c, (struct insn){ .op = OP_SAVE, .a = (int32_t)(2 * group + 1) });
}

/* (?i-s) and (?i-s:…) */
static bool flags(struct compiler *c, unsigned outer)
{
    bool on = true;

    for (;; c->at++) {
        int ch = peek(c, 0);
        unsigned f = ch == 'i'   ? CASELESS
                     : ch == 'm' ? MULTILINE
                     : ch == 's' ? DOTALL
                     : ch == 'x' ? EXTENDED
                                 : 0;

        if (ch == '-' && on)
            on = false;
        else if (f)
            c->flags = on ? c->flags | f : c->flags & ~f;
        else
            break;
    }
    if (eat(c, ")"))
        return true; /* to the end of the group around it */
    if (!eat(c, ":")) {
        refuse(c, "a group of a kind that is not understood");
        return true;
    }
    alternatives(c);
    c->flags = outer;
    close_group(c);
    return false;
}

/* Behind "(".  True: nothing was written that could be repeated. */
static bool group(struct compiler *c)
{
    unsigned outer = c->flags;

    if (!eat(c, "?")) {
        if (peek(c, 0) == '*')
            refuse(c, "verbs are not understood");
        capture(c, LF_V(""));
    } else if (eat(c, "#")) {
        size_t n = lf_view_find_byte(lf_view_from(c->in, c->at), ')');

        c->at = n == SIZE_MAX ? c->in.len : c->at + n;
        close_group(c);
        return true;
    } else if (eat(c, ":"))
        alternatives(c);
    else if (eat(c, "="))
        block(c, OP_LOOK, 0);
    else if (eat(c, "!"))
        block(c, OP_LOOK, NEGATIVE);
    else if (eat(c, "<="))
        block(c, OP_LOOK, BEHIND);
    else if (eat(c, "<!"))
        block(c, OP_LOOK, BEHIND | NEGATIVE);
    else if (eat(c, ">"))
        block(c, OP_ATOMIC, 0);
    else if (eat(c, "P<") || eat(c, "<"))
        capture(c, name_until(c, '>'));
    else if (eat(c, "'"))
        capture(c, name_until(c, '\''));
    else if (eat(c, "P=")) {
        refer_name(c, name_until(c, ')'));
        return false;
    } else
        return flags(c, outer);
    c->flags = outer;
    close_group(c);
    return false;
}

/* {n}, {n,} or {n,m}; anything else in braces is text. */
static bool braces(struct compiler *c, uint32_t *least, uint32_t *most)
{
    size_t was = c->at;

    if (!eat(c, "{") || !(peek(c, 0) >= '0' && peek(c, 0) <= '9')) {
        c->at = was;
        return false;
    }
    *most = *least = digits(c, 10, 6, COUNT_MOST);
    if (eat(c, ","))
        *most = peek(c, 0) >= '0' && peek(c, 0) <= '9' ? digits(c, 10, 6, COUNT_MOST) : NO_END;
    if (!eat(c, "}")) {
        c->at = was;
        return false;
    }
    if (*most < *least)
        refuse(c, "a repetition goes backwards");
    return true;
}

static void append(struct compiler *c, const struct insn *copy, size_t n)
{
    for (size_t i = 0; i < n && c->rc == LF_OK; i++)
        (void)emit(c, copy[i]);
}

static void split(struct compiler *c, size_t skip, bool lazy)
{
    (void)emit(c,
               (struct insn){ .op = OP_SPLIT, .a = lazy ? (int32_t)skip : 1, .b = lazy ? 1 : (int32_t)skip });
}

static void repeat(struct compiler *c, size_t from, uint32_t least, uint32_t most, bool lazy, bool possessive)
{
    size_t len = c->n - from;
    struct insn *copy;

    if (c->rc != LF_OK || len == 0) /* nothing, however often */
        return;
    copy = LF_NEW(c->a, struct insn, len);
    if ((uint64_t)(len + 1) * (most == NO_END ? least + 1u : most) > LF_BACKTRACK_PROGRAM) {
        refuse(c, "too large when its repetitions are written out");
        return;
    }
    memcpy(copy, c->prog + from, len * sizeof *copy);
    c->n = from;
    for (uint32_t i = 0; i < least; i++)
        append(c, copy, len);
    if (most == NO_END) {
        int32_t r = (int32_t)c->loops++;

        split(c, len + 3, lazy);
        (void)emit(c, (struct insn){ .op = OP_MARK, .a = r });
        append(c, copy, len);
        (void)emit(c, (struct insn){ .op = OP_LOOP, .a = r, .b = -(int32_t)(len + 2) });
    } else {
        for (uint32_t i = least; i < most; i++) {
            split(c, (most - i) * (len + 1), lazy);
            append(c, copy, len);
        }
    }
    if (possessive) {
        insert(c, from, (struct insn){ .op = OP_ATOMIC });
        (void)emit(c, (struct insn){ .op = OP_DONE });
        if (c->rc == LF_OK)
            c->prog[from].a = (int32_t)(c->n - from);
    }
}

static void quantify(struct compiler *c, size_t from, bool nothing)
{
    uint32_t least, most;
    bool lazy, possessive;

    if (eat(c, "*"))
        least = 0, most = NO_END;
    else if (eat(c, "+"))
        least = 1, most = NO_END;
    else if (eat(c, "?"))
        least = 0, most = 1;
    else if (!braces(c, &least, &most))
        return;
    if (nothing) {
        refuse(c, "nothing stands before a repetition");
        return;
    }
    lazy = eat(c, "?");
    possessive = !lazy && eat(c, "+");
    repeat(c, from, least, most, lazy, possessive);
}

static bool passed_over(struct compiler *c)
{
    int ch = peek(c, 0);

    if (!(c->flags & EXTENDED) || ch < 0)
        return false;
    if (ch == ' ' || (ch >= '\t' && ch <= '\r')) {
        c->at++;
        return true;
    }
    if (ch != '#')
        return false;
    while (peek(c, 0) >= 0 && peek(c, 0) != '\n')
        c->at++;
    return true;
}

static void sequence(struct compiler *c)
{
    while (c->rc == LF_OK && peek(c, 0) >= 0 && peek(c, 0) != '|' && peek(c, 0) != ')') {
        size_t from = c->n;
        bool nothing = false;

        if (passed_over(c))
            continue;
        if (eat(c, "("))
            nothing = group(c);
        else if (eat(c, "["))
            class_of(c);
        else if (eat(c, "\\"))
            escape(c);
        else if (eat(c, "."))
            (void)emit(c, (struct insn){ .op = OP_ANY, .flag = (c->flags & DOTALL) != 0 });
        else if (eat(c, "^"))
            (void)emit(c, (struct insn){ .op = c->flags & MULTILINE ? OP_BEGIN_LINE : OP_BEGIN });
        else if (eat(c, "$"))
            (void)emit(c, (struct insn){ .op = c->flags & MULTILINE ? OP_END_LINE : OP_END_LAST });
        else if (memchr("*+?", peek(c, 0), 3))
            nothing = true;
        else
            emit_char(c, take_unit(c));
        while (passed_over(c))
            ;
        quantify(c, from, nothing);
    }
}

static void alternatives(struct compiler *c)
{
    size_t from = c->n, *ends = NULL, n = 0, cap = 0;

    if (++c->depth > DEPTH_MOST)
        refuse(c, "groups are nested too deep");
    sequence(c);
    while (c->rc == LF_OK && eat(c, "|")) {
        insert(c, from, (struct insn){ .op = OP_SPLIT, .a = 1, .b = (int32_t)(c->n - from) + 2 });
        ends = lf_arena_grow(c->a, ends, n, &cap, sizeof *ends);
        ends[n++] = emit(c, (struct insn){ .op = OP_JUMP });
        from = c->n;
        sequence(c);
    }
    for (size_t i = 0; i < n && c->rc == LF_OK; i++)
        c->prog[ends[i]].a = (int32_t)(c->n - ends[i]);
    c->depth--;
}

enum lf_code lf_backtrack_create(struct lf_arena *a, lf_view expression, bool octets,
                                 const struct lf_backtrack **out, struct lf_err *e)
{
    struct compiler c = { .a = a, .in = expression, .octets = octets, .flags = DOTALL, .e = e };
    struct lf_backtrack *b = LF_NEW(a, struct lf_backtrack, 1);

    alternatives(&c);
    if (c.rc == LF_OK && c.at < c.in.len)
        refuse(&c, "a group is closed that was not opened");
    if (c.rc == LF_OK && c.largest_reference > c.groups)
        refuse(&c, "a reference to no group");
    (void)emit(&c, (struct insn){ .op = OP_DONE });
    if (c.rc != LF_OK)
        return c.rc;
    /* Rounds of loops have their slots behind those of the groups. */
    for (size_t i = 0; i < c.n; i++)
        if (c.prog[i].op == OP_MARK || c.prog[i].op == OP_LOOP)
            c.prog[i].a += (int32_t)(2 * (c.groups + 1));
    *b = (struct lf_backtrack){ .prog = c.prog,
                                .classes = c.classes,
                                .n = c.n,
                                .nslots = 2 * (c.groups + 1) + c.loops,
                                .octets = octets };
    *out = b;
    return LF_OK;
}

/* ---- running ---- */

struct choice {
    size_t pos; /* where in the text; of a slot: what it held */
    uint32_t pc;
    uint32_t slot; /* 1 and up: puts a slot back; 0: goes on at pc */
};

struct machine {
    const struct lf_backtrack *b;
    struct lf_arena *a;
    lf_view text;
    struct choice *stack;
    size_t n, cap;
    size_t *slots;
    int64_t *steps;
};

static void push(struct machine *m, struct choice c)
{
    if (m->n == LF_BACKTRACK_STACK) {
        *m->steps = -1;
        return;
    }
    if (m->n == m->cap)
        m->stack = lf_arena_grow(m->a, m->stack, m->n, &m->cap, sizeof *m->stack);
    m->stack[m->n++] = c;
}

static void set_slot(struct machine *m, size_t slot, size_t value)
{
    push(m, (struct choice){ .pos = m->slots[slot], .slot = (uint32_t)slot + 1 });
    m->slots[slot] = value;
}

/* Back to the last choice above `base`. */
static bool back(struct machine *m, size_t base, size_t *pc, size_t *pos)
{
    while (m->n > base) {
        const struct choice *c = &m->stack[--m->n];

        if (!c->slot) {
            *pc = c->pc;
            *pos = c->pos;
            return true;
        }
        m->slots[c->slot - 1] = c->pos;
    }
    return false;
}

/* The choices above `base` are no longer open; what they changed can still be put back. */
static void commit(struct machine *m, size_t base)
{
    size_t kept = base;

    for (size_t i = base; i < m->n; i++)
        if (m->stack[i].slot)
            m->stack[kept++] = m->stack[i];
    m->n = kept;
}

static uint32_t folded(uint32_t u)
{
    return u < 128 ? (u >= 'A' && u <= 'Z' ? u + 32 : u) : lf_fold_char(u);
}

static bool in_class(const struct class *k, uint32_t u)
{
    uint32_t other = folded(u) != u ? folded(u) : u >= 'a' && u <= 'z' ? u - 32 : u;
    bool in = false;

    for (size_t i = 0; i < k->n && !in; i++)
        in = (u >= k->r[i].lo && u <= k->r[i].hi) ||
             (k->caseless && other >= k->r[i].lo && other <= k->r[i].hi);
    return in != k->negated;
}

static bool word_at(const struct machine *m, size_t pos)
{
    char ch = pos < m->text.len ? m->text.ptr[pos] : ' ';

    return (ch >= '0' && ch <= '9') || (ch >= 'A' && ch <= 'Z') || ch == '_' || (ch >= 'a' && ch <= 'z');
}

static bool place_is(const struct machine *m, enum op op, size_t pos)
{
    size_t len = m->text.len;
    bool edge;

    switch (op) {
    case OP_BEGIN:
        return pos == 0;
    case OP_END_TEXT:
        return pos == len;
    case OP_END_LAST:
        return pos == len || (pos + 1 == len && m->text.ptr[pos] == '\n');
    case OP_BEGIN_LINE:
        return pos == 0 || (m->text.ptr[pos - 1] == '\n' && pos < len);
    case OP_END_LINE:
        return pos == len || m->text.ptr[pos] == '\n';
    default:
        edge = (pos > 0 && word_at(m, pos - 1)) != word_at(m, pos);
        return edge == (op == OP_WORD);
    }
}

static bool takes(const struct machine *m, const struct insn *i, uint32_t u)
{
    switch ((enum op)i->op) {
    case OP_CHAR:
        return i->flag & CASELESS ? folded(u) == folded((uint32_t)i->a) : u == (uint32_t)i->a;
    case OP_ANY:
        return i->flag || u != '\n';
    default:
        return in_class(&m->b->classes[i->a], u);
    }
}

/* The same text as a group's; NOWHERE when it is not. */
static size_t again(const struct machine *m, const struct insn *i, size_t pos)
{
    size_t from = m->slots[2 * i->a], to = m->slots[2 * i->a + 1];

    if (from == NOWHERE || to == NOWHERE || to < from || to - from > m->text.len - pos)
        return NOWHERE;
    *m->steps -= (int64_t)((to - from) / 16);
    for (size_t k = 0; k < to - from; k++) {
        unsigned char x = (unsigned char)m->text.ptr[from + k], y = (unsigned char)m->text.ptr[pos + k];

        if (i->flag & CASELESS ? folded(x) != folded(y) : x != y)
            return NOWHERE;
    }
    return pos + (to - from);
}

static bool run(struct machine *m, size_t pc, size_t pos, size_t until, size_t *end);

static bool look(struct machine *m, const struct insn *i, size_t pc, size_t pos)
{
    size_t base = m->n, end, from = pos;
    bool found;

    for (;;) {
        found = run(m, pc + 1, from, i->flag & BEHIND ? pos : NOWHERE, &end);
        if (found || !(i->flag & BEHIND) || from == 0 || *m->steps < 0)
            break;
        from--;
        while (!m->b->octets && from > 0 && ((unsigned char)m->text.ptr[from] & 0xc0) == 0x80)
            from--;
    }
    commit(m, base);
    if (found && i->flag & NEGATIVE) {
        size_t none;

        (void)back(m, base, &none, &none);
    }
    return found != ((i->flag & NEGATIVE) != 0);
}

/* From pc on; `until`: it must end there.  When it holds, its open choices are left on the stack. */
static bool run(struct machine *m, size_t pc, size_t pos, size_t until, size_t *end)
{
    size_t base = m->n;

    while (--*m->steps >= 0) {
        const struct insn *i = &m->b->prog[pc];
        bool ok = true;
        size_t len, next, inner;

        switch ((enum op)i->op) {
        case OP_CHAR:
        case OP_ANY:
        case OP_CLASS:
            ok = pos < m->text.len &&
                 takes(m, i, unit(m->text.ptr + pos, m->text.len - pos, m->b->octets, &len));
            pos += ok ? len : 0;
            pc++;
            break;
        case OP_SPLIT:
            push(m, (struct choice){ .pos = pos, .pc = (uint32_t)(pc + (size_t)(ptrdiff_t)i->b) });
            pc += (size_t)(ptrdiff_t)i->a;
            break;
        case OP_JUMP:
            pc += (size_t)(ptrdiff_t)i->a;
            break;
        case OP_SAVE:
        case OP_MARK:
            set_slot(m, (size_t)i->a, pos);
            pc++;
            break;
        case OP_LOOP:
            pc = m->slots[i->a] != pos ? pc + (size_t)(ptrdiff_t)i->b : pc + 1;
            break;
        case OP_REFER:
            next = again(m, i, pos);
            ok = next != NOWHERE;
            pos = ok ? next : pos;
            pc++;
            break;
        case OP_LOOK:
            ok = look(m, i, pc, pos);
            pc += (size_t)(ptrdiff_t)i->a;
            break;
        case OP_ATOMIC:
            inner = m->n;
            ok = run(m, pc + 1, pos, NOWHERE, &next);
            commit(m, inner);
            pos = ok ? next : pos;
            pc += (size_t)(ptrdiff_t)i->a;
            break;
        case OP_DONE:
            if (until == NOWHERE || pos == until) {
                *end = pos;
                return true;
            }
            ok = false;
            break;
        default:
            ok = place_is(m, (enum op)i->op, pos);
            pc++;
            break;
        }
        if (!ok && !back(m, base, &pc, &pos))
            return false;
    }
    return false;
}

bool lf_backtrack_holds(const struct lf_backtrack *b, struct lf_arena *a, lf_view text, int64_t *steps)
{
    struct machine m = { .b = b, .a = a, .text = text, .steps = steps };
    size_t end, len;

    m.slots = LF_NEW(a, size_t, b->nslots);
    for (size_t pos = 0; pos <= text.len && *steps >= 0; pos += len) {
        for (size_t i = 0; i < b->nslots; i++)
            m.slots[i] = NOWHERE;
        m.n = 0;
        if (run(&m, 0, pos, NOWHERE, &end))
            return *steps >= 0;
        if (b->prog[0].op == OP_BEGIN) /* nowhere else */
            return false;
        len = 1;
        if (pos < text.len)
            (void)unit(text.ptr + pos, text.len - pos, b->octets, &len);
    }
    return false;
}
