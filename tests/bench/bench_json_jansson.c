/* The same measure as `lianfang bench json` with jansson, for comparison in one
 * run; a program of its own, so that the product does not link it. */
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>

enum { RUNS = 5 };

static double cpu_now(void)
{
    struct timespec t;

    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

static int cmp(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;

    return x < y ? -1 : x > y;
}

int main(int argc, char **argv)
{
    double cpu[RUNS];
    struct rusage u;
    size_t events = 0, size;
    char *text;
    FILE *f;
    long n;

    if (argc != 2 || !(f = fopen(argv[1], "rb")) || fseek(f, 0, SEEK_END) != 0 || (n = ftell(f)) < 0) {
        fputs("bench_json_jansson: FILE with one JSON value a line\n", stderr);
        return 2;
    }
    rewind(f);
    size = (size_t)n;
    text = malloc(size + 1);
    if (!text || fread(text, 1, size, f) != size)
        return 2;
    fclose(f);
    for (int run = 0; run < RUNS; run++) {
        double began = cpu_now();
        char *p = text, *end = text + size;

        events = 0;
        while (p < end) {
            char *nl = memchr(p, '\n', (size_t)(end - p));
            size_t len = (size_t)((nl ? nl : end) - p);
            json_t *v;

            if (len) {
                v = json_loadb(p, len, JSON_DECODE_ANY | JSON_ALLOW_NUL, NULL);
                events++;
                if (!v)
                    return 2;
                json_decref(v);
            }
            p += len + 1;
        }
        cpu[run] = cpu_now() - began;
    }
    free(text);
    qsort(cpu, RUNS, sizeof cpu[0], cmp);
    getrusage(RUSAGE_SELF, &u);
    printf("{\"bench\":\"json_jansson\",\"events\":%zu,\"bytes\":%zu,\"cpu_s\":%.6f,\"per_cpu_s\":%.0f,"
           "\"mb_per_cpu_s\":%.1f,\"rss_kb\":%ld}\n",
           events, size, cpu[RUNS / 2], (double)events / cpu[RUNS / 2], (double)size / cpu[RUNS / 2] / 1e6,
           u.ru_maxrss);
    return 0;
}
