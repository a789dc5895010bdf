#include "fmt/relp.h"

enum { DIGITS = 9, COMMAND = 32 };

static bool digit(char c)
{
    return c >= '0' && c <= '9';
}

static bool alpha(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

/* A number and the one byte behind it, from `*at` on.  1 taken, 0 more is needed,
 * -1 it is none. */
static int take_number(lf_view in, size_t *at, uint32_t *out, char *behind)
{
    size_t i = *at;
    uint32_t n = 0;

    while (i < in.len && i - *at < DIGITS && digit(in.ptr[i]))
        n = n * 10 + (uint32_t)(in.ptr[i++] - '0');
    if (i == in.len)
        return 0;
    if (i == *at)
        return -1;
    *behind = in.ptr[i];
    *at = i + 1;
    *out = n;
    return 1;
}

enum lf_code lf_relp_take(lf_view *in, size_t max, bool *whole, struct lf_relp_frame *out, struct lf_err *e)
{
    struct lf_relp_frame f;
    uint32_t size = 0;
    size_t at = 0, from;
    char behind = 0;
    int got;

    *whole = false;
    got = take_number(*in, &at, &f.txnr, &behind);
    if (got == 0)
        return LF_OK;
    if (got < 0 || behind != ' ')
        return lf_err_set(e, LF_BAD_INPUT,
                          "relp: a frame begins with a number of at most 9 digits and a blank");
    from = at;
    while (at < in->len && at - from <= COMMAND && alpha(in->ptr[at]))
        at++;
    if (at - from > COMMAND)
        return lf_err_set(e, LF_BAD_INPUT, "relp: a command has at most %d letters", COMMAND);
    if (at == in->len)
        return LF_OK;
    f.command = (lf_view){ in->ptr + from, at - from };
    if (!f.command.len || in->ptr[at] != ' ')
        return lf_err_set(e, LF_BAD_INPUT, "relp: a command is letters and a blank");
    at++;
    got = take_number(*in, &at, &size, &behind);
    if (got == 0)
        return LF_OK;
    /* Some write the blank although no data follows. */
    if (got < 0 || (behind != ' ' && (behind != '\n' || size)))
        return lf_err_set(e, LF_BAD_INPUT, "relp: behind the command stands the number of bytes");
    if (size > max)
        return lf_err_set(e, LF_BAD_INPUT, "relp: a frame of %lu bytes is over the limit of %zu",
                          (unsigned long)size, max);
    if (behind == '\n') {
        f.data = (lf_view){ in->ptr + at, 0 };
    } else {
        if (in->len - at <= size)
            return LF_OK;
        f.data = (lf_view){ in->ptr + at, size };
        at += size;
        if (in->ptr[at++] != '\n')
            return lf_err_set(e, LF_BAD_INPUT, "relp: no line feed ends the frame");
    }
    *out = f;
    *in = lf_view_from(*in, at);
    *whole = true;
    return LF_OK;
}

uint32_t lf_relp_next(uint32_t txnr)
{
    return txnr >= LF_RELP_TXNR ? 1 : txnr + 1;
}

lf_view lf_relp_offer(lf_view data, const char *name)
{
    lf_view line, key = lf_view_of(name);

    while (lf_view_split(&data, '\n', &line))
        if (line.len > key.len && lf_view_starts(line, key) && line.ptr[key.len] == '=')
            return lf_view_trim(lf_view_from(line, key.len + 1));
    return (lf_view){ NULL, 0 };
}

bool lf_relp_lists(lf_view values, const char *word)
{
    lf_view one;

    while (values.ptr && lf_view_split(&values, ',', &one))
        if (lf_view_is(lf_view_trim(one), word))
            return true;
    return false;
}

void lf_relp_put(struct lf_buf *b, uint32_t txnr, const char *command, lf_view data)
{
    lf_buf_printf(b, "%lu %s %zu", (unsigned long)txnr, command, data.len);
    if (data.len) {
        lf_buf_byte(b, ' ');
        lf_buf_put(b, data);
    }
    lf_buf_byte(b, '\n');
}

void lf_relp_put_ok(struct lf_buf *b, uint32_t txnr)
{
    lf_relp_put(b, txnr, "rsp", LF_V("200 OK"));
}
