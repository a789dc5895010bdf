/* Whatever comes as an incident event is refused or kept whole: what was read is
 * written canonically, reads back as itself, and folds without harm. */
#include "engine/incident_fold.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct lf_arena a = { 0 };
    struct lf_incident_event ev[2], again;
    struct lf_incident_state s;

    lf_crypto_init();
    if (lf_incident_event_read(&a, (lf_view){ (const char *)data, size }, &ev[0], NULL) == LF_OK) {
        if (lf_incident_event_read(&a, ev[0].json, &again, NULL) == LF_OK) {
            LF_ASSERT(lf_view_eq(again.json, ev[0].json));
            LF_ASSERT(lf_view_eq(again.id, ev[0].id) && again.sequence == ev[0].sequence);
        } else {
            /* Canonical text may only be refused for having grown past the limit. */
            LF_ASSERT(ev[0].json.len > LF_INCIDENT_EVENT_BYTES);
        }
        (void)!lf_incident_event_verify(&a, &ev[0], NULL);
        (void)!lf_incident_content(&ev[0], NULL);
        ev[1] = ev[0];
        LF_ASSERT(lf_incident_fold(&a, ev, 2, &s, NULL, NULL) == LF_OK && s.nevents == 1);
    }
    lf_arena_clear(&a);
    return 0;
}
