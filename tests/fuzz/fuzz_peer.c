/* An invitation, an enrolment and a parent's answer are refused or read whole: what
 * was read of an invitation is written and reads back as the same. */
#include "isac/peer_priv.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct lf_arena a = { 0 };
    lf_view in = { (const char *)data, size };
    struct lf_invitation i, again;
    struct lf_enrolment n;
    struct lf_peer p = { 0 };

    lf_crypto_init();
    if (lf_invitation_read(&a, in, &i, NULL) == LF_OK) {
        LF_ASSERT(lf_invitation_read(&a, lf_invitation_write(&a, &i), &again, NULL) == LF_OK);
        LF_ASSERT(lf_view_eq(i.url, again.url) && lf_view_eq(i.id, again.id) &&
                  !memcmp(i.pin, again.pin, sizeof i.pin) &&
                  !memcmp(i.secret, again.secret, sizeof i.secret));
    }
    if (lf_enrolment_read(&a, in, &n, NULL) == LF_OK)
        LF_ASSERT(lf_uuid_ok(n.invitation) && n.name.len <= LF_PEER_NAME);
    if (lf_enrolled_read(&a, in, &p, NULL) == LF_OK)
        LF_ASSERT(lf_uuid_ok(p.up) && p.api_root.len >= 2 && p.api_root.ptr[0] == '/');
    lf_arena_clear(&a);
    return 0;
}
