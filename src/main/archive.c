/* lianfang archive list|check [--json] DIR: the blocks of an event archive, found by
 * their names and footers; check reads every frame too and says what is damaged.  A
 * node may be writing there meanwhile. */
#include <stdio.h>
#include <string.h>

#include "fmt/json.h"
#include "main/commands.h"
#include "store/archive.h"
#include "sys/file.h"

struct total {
    uint64_t blocks, sealed, events, text, bytes, damaged, lost;
};

static int usage(void)
{
    fputs("usage: lianfang archive list [--json] DIR   its blocks: positions, times, sizes\n"
          "       lianfang archive check [--json] DIR  every frame read; exit 1 when something is damaged\n"
          "DIR is a node's data directory or the events directory in it.\n",
          stdout);
    return 0;
}

static int wrong(void)
{
    fputs("lianfang archive: say `archive list DIR` or `archive check DIR`; see archive --help\n", stderr);
    return 2;
}

static void put_time(struct lf_json_w *w, const char *key, lf_time t)
{
    char text[LF_TIME_TEXT];

    if (t < 0 || t > LF_TIME_MAX)
        lf_json_put_null(w, key);
    else
        lf_json_put_str(w, key, lf_time_micro(t, text));
}

static void show_json(const struct lf_archive_block *b, uint64_t lost, lf_view damage)
{
    struct lf_buf out;

    lf_buf_init(&out, 1 << 20);
    struct lf_json_w w = lf_json_w(&out);
    lf_json_open(&w, '{');
    lf_json_put_int(&w, "first", (int64_t)b->first);
    lf_json_put_int(&w, "last", (int64_t)b->last);
    lf_json_put_int(&w, "events", (int64_t)b->events);
    lf_json_put_bool(&w, "sealed", b->sealed);
    lf_json_put_int(&w, "frames", (int64_t)b->nframes);
    lf_json_put_int(&w, "text_bytes", (int64_t)b->text);
    lf_json_put_int(&w, "bytes", (int64_t)b->bytes);
    lf_json_put_int(&w, "filter_bytes", (int64_t)b->filter);
    put_time(&w, "recorded_from", b->times.recorded_min);
    put_time(&w, "recorded_to", b->times.recorded_max);
    put_time(&w, "happened_from", b->times.happened_min);
    put_time(&w, "happened_to", b->times.happened_max);
    lf_json_put_int(&w, "senders", (int64_t)b->nsenders);
    lf_json_put_bool(&w, "footer_damaged", b->rebuilt);
    lf_json_put_int(&w, "damaged", (int64_t)b->damaged);
    lf_json_put_int(&w, "events_lost", (int64_t)lost);
    if (damage.len)
        lf_json_put_str(&w, "error", damage);
    lf_json_close(&w);
    printf("%.*s\n", (int)out.len, out.ptr);
    lf_buf_clear(&out);
}

static void show(const struct lf_archive_block *b, uint64_t lost, lf_view damage)
{
    char from[LF_TIME_TEXT] = "-", to[LF_TIME_TEXT] = "-";

    if (b->times.recorded_min >= 0 && b->times.recorded_max <= LF_TIME_MAX) {
        (void)lf_time_whole(b->times.recorded_min, from);
        (void)lf_time_whole(b->times.recorded_max, to);
    }
    printf("%12llu %8llu  %-20s %-20s %10llu  %s%s%s\n", (unsigned long long)b->first,
           (unsigned long long)b->events, from, to, (unsigned long long)b->bytes,
           b->sealed ? "sealed" : "journal", b->rebuilt ? ", footer damaged" : "",
           lost || b->damaged ? ", DAMAGED" : "");
    if (damage.len)
        printf("             %.*s\n", LF_FMT(damage));
}

/* Every frame unpacked; what cannot be read is counted, the first sentence kept. */
static uint64_t read_frames(struct lf_archive_block *b, struct lf_archive_frame *f, struct lf_err *first)
{
    uint64_t lost = 0;

    for (size_t k = 0; k < b->nframes; k++) {
        const struct lf_archive_record *r;
        struct lf_err e;
        size_t n;

        if (lf_archive_frame_read(b, k, f, &e) == LF_OK && lf_archive_frame_records(f, &r, &n, &e) == LF_OK)
            continue;
        lost += b->frame[k].count;
        if (!first->text[0])
            *first = e;
    }
    return lost;
}

static int walk(const char *dir, bool check, bool json)
{
    struct lf_archive_frame f = { 0 };
    struct lf_archive_reader *r;
    struct total t = { 0 };
    uint64_t next = 0;
    struct lf_err e;

    if (lf_archive_reader_open(dir, NULL, &r, &e) != LF_OK) {
        fprintf(stderr, "lianfang: %s; give a node's data directory\n", e.text);
        return 2;
    }
    if (!json)
        printf("%12s %8s  %-20s %-20s %10s\n", "position", "events", "from", "to", "bytes");
    for (size_t i = 0; i < lf_archive_blocks(r); i++) {
        struct lf_err first = { 0 };
        struct lf_archive_block *b;
        uint64_t lost = 0;
        enum lf_code rc = lf_archive_block_open(r, i, &b, &e);

        if (rc == LF_NOT_FOUND) /* retention took it meanwhile */
            continue;
        if (rc != LF_OK) {
            fprintf(stderr, "lianfang: %s\n", e.text);
            t.damaged++;
            continue;
        }
        if (check)
            lost = read_frames(b, &f, &first);
        if (b->last + 1 - b->first > b->events)
            lost += b->last + 1 - b->first - b->events;
        if (next && b->first > next && !lf_archive_removed(r, next, b->first - 1)) {
            lost += b->first - next;
            (void)lf_err_set(&first, LF_IO, "events %llu to %llu are in no block", (unsigned long long)next,
                             (unsigned long long)b->first - 1);
        }
        next = b->last + 1;
        (json ? show_json : show)(b, lost, lf_view_of(first.text));
        t.blocks++;
        t.sealed += b->sealed;
        t.events += b->events;
        t.text += b->text;
        t.bytes += b->bytes;
        t.damaged += b->rebuilt || b->damaged || lost;
        t.lost += lost;
        lf_archive_block_close(b);
    }
    lf_archive_frame_clear(&f);
    lf_archive_reader_close(r);
    if (!json)
        printf("%llu blocks, %llu of them sealed; %llu events, %llu bytes of text in %llu; %llu damaged, "
               "%llu events lost\n",
               (unsigned long long)t.blocks, (unsigned long long)t.sealed, (unsigned long long)t.events,
               (unsigned long long)t.text, (unsigned long long)t.bytes, (unsigned long long)t.damaged,
               (unsigned long long)t.lost);
    return t.damaged && check ? 1 : 0;
}

int lf_archive_main(int argc, char **argv)
{
    bool json = false, check;
    const char *dir = NULL;
    char inner[4096];

    if (argc >= 2 && (strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "-h") == 0))
        return usage();
    if (argc < 3 || (strcmp(argv[1], "list") != 0 && strcmp(argv[1], "check") != 0))
        return wrong();
    check = strcmp(argv[1], "check") == 0;
    for (int i = 2; i < argc; i++) {
        if (strcmp(argv[i], "--json") == 0)
            json = true;
        else if (strcmp(argv[i], "--help") == 0)
            return usage();
        else if (dir || argv[i][0] == '-')
            return wrong();
        else
            dir = argv[i];
    }
    if (!dir)
        return wrong();
    snprintf(inner, sizeof inner, "%s/events", dir);
    return walk(lf_file_exists(inner) ? inner : dir, check, json);
}
