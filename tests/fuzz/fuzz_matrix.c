/* A notification matrix from anywhere: read whole, every row asked, or refused with a sentence. */
#include "engine/matrix.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct lf_arena a = { 0 };
    struct lf_err e = { 0 };
    struct lf_matrix m;

    if (lf_matrix_parse(&a, (lf_view){ (const char *)data, size }, &m, &e) != LF_OK) {
        LF_ASSERT(e.text[0]);
    } else {
        LF_ASSERT(m.nrows && m.nrows <= LF_MATRIX_ROWS);
        for (size_t i = 0; i < m.nrows; i++) {
            bool speaks = false;

            LF_ASSERT(m.rows[i].by && m.rows[i].about && (m.rows[i].ack || !m.rows[i].nthen));
            for (unsigned k = 0; k < LF_NOTICE_KINDS; k++)
                for (int level = 0; level <= 4; level++)
                    speaks |= lf_matrix_speaks(&m.rows[i], (enum lf_notice_kind)k, level, level ? '\0' : 'A',
                                               LF_V("sector"));
            (void)speaks;
        }
    }
    lf_arena_clear(&a);
    return 0;
}
