/* Stands in for libFuzzer in the ordinary build: every target takes its corpus,
 * so seeds and once found cases are checked by each compiler and sanitizer.
 * Arguments: the target's name, the directory of its corpus. */
#include <dirent.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static int take(const char *dir, const char *name)
{
    char path[4096];
    uint8_t *bytes;
    size_t n, step;
    long size;
    FILE *f;

    snprintf(path, sizeof path, "%s/%s", dir, name);
    f = fopen(path, "rb");
    if (!f || fseek(f, 0, SEEK_END) != 0 || (size = ftell(f)) < 0) {
        printf("# cannot read %s\n", path);
        if (f)
            fclose(f);
        return 0;
    }
    rewind(f);
    bytes = malloc((size_t)size + 1);
    if (!bytes)
        abort();
    n = fread(bytes, 1, (size_t)size, f);
    fclose(f);
    /* Exactly as long as the file, so that a read past the end is seen; and shorter pieces of small files,
     * for a cut is what networks do: each of the smallest, of others some 256, which begin elsewhere in each
     * file, so that hundreds of files of one grammar do not make the same cut hundreds of times. */
    step = n <= 2048 ? n / 256 + 1 : n + 1;
    for (size_t cut = n <= 2048 ? n % step : n; cut <= n; cut += step) {
        uint8_t *exact = malloc(cut ? cut : 1);
        if (!exact)
            abort();
        memcpy(exact, bytes, cut);
        LLVMFuzzerTestOneInput(exact, cut);
        free(exact);
    }
    free(bytes);
    return 1;
}

int main(int argc, char **argv)
{
    struct dirent *d;
    size_t taken = 0;
    DIR *dir;

    if (argc != 3) {
        fputs("run_corpus: NAME DIRECTORY\n", stderr);
        return 2;
    }
    dir = opendir(argv[2]);
    while (dir && (d = readdir(dir)) != NULL)
        if (d->d_name[0] != '.')
            taken += (size_t)take(argv[2], d->d_name);
    if (dir)
        closedir(dir);
    printf("# %zu files\n%s - fuzz_%s takes its corpus\n", taken, taken ? "ok" : "not ok", argv[1]);
    return taken ? 0 : 1;
}
