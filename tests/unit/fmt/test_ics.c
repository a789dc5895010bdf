#include "fmt/ics.h"

#include "base/arena.h"

#include "lf_test.h"

static struct lf_arena a;

static lf_view written(lf_view summary)
{
    struct lf_ics_event ev = { .uid = LF_V("1@node"),
                               .from = 20000 * LF_DAY,
                               .until = 20000 * LF_DAY + LF_HOUR,
                               .stamp = 20000 * LF_DAY,
                               .summary = summary };
    struct lf_buf b;
    lf_view out;

    lf_buf_init(&b, 1 << 20);
    lf_ics_begin(&b, LF_ICS_PUBLISH, LF_V("輪值"));
    lf_ics_event(&b, &ev);
    lf_ics_end(&b);
    out = lf_arena_copy(&a, lf_buf_view(&b));
    lf_buf_clear(&b);
    return out;
}

/* The SUMMARY as a reader takes it: unfolded, then without escapes. */
static lf_view read_back(lf_view ics)
{
    char *out = lf_arena_alloc(&a, ics.len + 1, 1);
    lf_view rest = lf_view_from(ics, lf_view_find(ics, LF_V("SUMMARY:")) + 8);
    size_t n = 0;

    for (size_t i = 0; i < rest.len; i++) {
        if (rest.ptr[i] == '\r' && i + 2 < rest.len && rest.ptr[i + 2] == ' ')
            i += 2;
        else if (rest.ptr[i] == '\r')
            break;
        else if (rest.ptr[i] == '\\') {
            /* An escape is never parted by a fold here. */
            i++;
            out[n++] = rest.ptr[i];
            if (rest.ptr[i] == 'n')
                out[n - 1] = '\n';
        } else
            out[n++] = rest.ptr[i];
    }
    return (lf_view){ out, n };
}

static bool lines_are_short_and_whole(lf_view ics)
{
    lf_view line;

    if (!lf_view_ends(ics, LF_V("\r\n")))
        return false;
    while (lf_view_split(&ics, '\n', &line))
        if (line.len && (line.len > 76 || line.ptr[line.len - 1] != '\r' || !lf_view_is_utf8(line)))
            return false;
    return true;
}

static void times_are_in_utc_and_every_line_ends_in_cr_lf(void)
{
    lf_view v = written(LF_V("值班臺"));

    CHECK(lf_view_starts(v, LF_V("BEGIN:VCALENDAR\r\nVERSION:2.0\r\n")), "%.*s", LF_FMT(v));
    CHECK(lf_view_find(v, LF_V("\r\nDTSTART:20241004T000000Z\r\nDTEND:20241004T010000Z\r\n")) != SIZE_MAX,
          "%.*s", LF_FMT(v));
    CHECK(lf_view_ends(v, LF_V("END:VEVENT\r\nEND:VCALENDAR\r\n")), "%.*s", LF_FMT(v));
}

static void what_is_written_is_read_back_whatever_its_length(void)
{
    static const char piece[] = "值,a;\\b\né🦆";
    char text[400] = "";
    size_t n = 0;

    for (size_t skip = 0; skip < 4; skip++) /* folds fall at every place */
        for (n = 0; n + sizeof piece + 4 < sizeof text; n += sizeof piece - 1) {
            lf_view in;

            memset(text, 'x', skip);
            memcpy(text + skip + n, piece, sizeof piece - 1);
            in = (lf_view){ text, skip + n + sizeof piece - 1 };
            CHECK_VIEW(read_back(written(in)), in);
            CHECK(lines_are_short_and_whole(written(in)), "%zu bytes", in.len);
        }
}

static void no_text_makes_a_line_of_its_own(void)
{
    lf_view v = written(LF_V("a\r\nEND:VCALENDAR\rb\tc\x01\xff"));

    CHECK_VIEW(read_back(v), LF_V("a\nEND:VCALENDAR\nb c ?"));
    CHECK(lines_are_short_and_whole(v), "%.*s", LF_FMT(v));
}

static lf_view ended(bool cancelled, bool withdrawn)
{
    static const struct lf_ics_person guest = { LF_VIEW("B"), LF_VIEW("mailto:b@x.example"), LF_VIEW("") };
    struct lf_ics_event ev = { .uid = LF_V("1@node"),
                               .summary = LF_V("x"),
                               .nguests = 1,
                               .guests = &guest,
                               .cancelled = cancelled,
                               .withdrawn = withdrawn };
    struct lf_buf b;
    lf_view out;

    lf_buf_init(&b, 1 << 20);
    lf_ics_begin(&b, LF_ICS_CANCEL, LF_V("x"));
    lf_ics_event(&b, &ev);
    lf_ics_end(&b);
    out = lf_arena_copy(&a, lf_buf_view(&b));
    lf_buf_clear(&b);
    return out;
}

static void only_the_end_of_all_has_a_status(void)
{
    CHECK(lf_view_find(ended(true, false), LF_V("STATUS:CANCELLED")) != SIZE_MAX, "it is called off");
    CHECK(lf_view_find(ended(false, true), LF_V("STATUS:")) == SIZE_MAX, "it takes place without this guest");
    CHECK(lf_view_find(ended(false, true), LF_V("RSVP")) == SIZE_MAX, "who is asked nothing");
    CHECK(lf_view_find(ended(false, true), LF_V("ATTENDEE;CN=\"B\":mailto:b@x.example")) != SIZE_MAX, "who");
}

static void an_invitation_names_who_sends_it_and_who_is_asked(void)
{
    static const struct lf_ics_person guests[] = {
        { LF_VIEW("Bob \"B\"\r\nX: y; z"), LF_VIEW("mailto:b@x.example\r\nEVIL:1"), LF_VIEW("") },
        { LF_VIEW("趙\xff"), LF_VIEW("urn:uuid:1"), LF_VIEW("") }
    };
    struct lf_ics_event ev = { .uid = LF_V("1@node"),
                               .sequence = 7,
                               .from = 20000 * LF_DAY,
                               .until = 20000 * LF_DAY + LF_HOUR,
                               .summary = LF_V("x"),
                               .place = LF_V("3 樓, 左"),
                               .url = LF_V("https://x.example/a;b"),
                               .organizer = { LF_V("安"), LF_V("mailto:a@x.example"),
                                              LF_V("mailto:n@x.example") },
                               .nguests = 2,
                               .guests = guests };
    static const char *const want[] = {
        "METHOD:REQUEST",
        "SEQUENCE:7",
        "LOCATION:3 樓\\, 左",
        "URL:https://x.example/a;b",
        "ORGANIZER;CN=\"安\";SENT-BY=\"mailto:n@x.example\":mailto:a@x.example",
        "ATTENDEE;CN=\"Bob  B   X: y; z\";PARTSTAT=NEEDS-ACTION;RSVP=TRUE:mailto:b@x.exampleEVIL:1",
        "ATTENDEE;CN=\"趙?\";PARTSTAT=NEEDS-ACTION;RSVP=TRUE:urn:uuid:1"
    };
    struct lf_buf b;
    lf_view flat;
    char *out;
    size_t n = 0;

    lf_buf_init(&b, 1 << 20);
    lf_ics_begin(&b, LF_ICS_REQUEST, LF_V("x"));
    lf_ics_event(&b, &ev);
    lf_ics_end(&b);
    CHECK(lines_are_short_and_whole(lf_buf_view(&b)), "%.*s", LF_FMT(lf_buf_view(&b)));
    out = lf_arena_alloc(&a, b.len + 1, 1);
    for (size_t i = 0; i < b.len; i++) /* unfolded */
        if (i + 2 < b.len && memcmp(lf_buf_view(&b).ptr + i, "\r\n ", 3) == 0)
            i += 2;
        else
            out[n++] = lf_buf_view(&b).ptr[i];
    flat = (lf_view){ out, n };
    for (size_t i = 0; i < sizeof want / sizeof *want; i++)
        CHECK(lf_view_find(flat, lf_view_of(want[i])) != SIZE_MAX, "%s in %.*s", want[i], LF_FMT(flat));
    CHECK(lf_view_find(flat, LF_V("STATUS:CANCELLED")) == SIZE_MAX, "it takes place");
    lf_buf_clear(&b);
}

int main(void)
{
    RUN(times_are_in_utc_and_every_line_ends_in_cr_lf);
    RUN(what_is_written_is_read_back_whatever_its_length);
    RUN(no_text_makes_a_line_of_its_own);
    RUN(an_invitation_names_who_sends_it_and_who_is_asked);
    RUN(only_the_end_of_all_has_a_status);
    lf_arena_clear(&a);
    DONE();
}
