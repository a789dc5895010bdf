/* The page of the audit trail. */
#include "isac/trail.h"
#include "web/page_priv.h"

static const struct {
    const char *action;
    enum lf_text text;
} action_words[] = {
    { "node.create", LF_T_A_NODE_CREATE },
    { "account.create", LF_T_A_ACCOUNT_CREATE },
    { "advisory.wrote", LF_T_A_ADVISORY_WROTE },
    { "advisory.submitted", LF_T_A_ADVISORY_SUBMITTED },
    { "advisory.returned", LF_T_A_ADVISORY_RETURNED },
    { "advisory.published", LF_T_A_ADVISORY_PUBLISHED },
    { "advisory.withdrawn", LF_T_A_ADVISORY_WITHDRAWN },
    { "incident.import", LF_T_A_INCIDENT_IMPORT },
    { "advisory.attached", LF_T_A_ADVISORY_ATTACHED },
    { "advisory.detached", LF_T_A_ADVISORY_DETACHED },
    { "bulletin.audience", LF_T_A_BULLETIN_AUDIENCE },
    { "bulletin.answer", LF_T_A_BULLETIN_ANSWER },
    { "bulletin.remind", LF_T_A_BULLETIN_REMIND },
    { "bulletin.link", LF_T_A_BULLETIN_LINK },
    { "member.put", LF_T_A_MEMBER_PUT },
    { "recovery.write", LF_T_A_RECOVERY_WRITE },
    { "recovery.publish", LF_T_A_RECOVERY_PUBLISH },
    { "recovery.retire", LF_T_A_RECOVERY_RETIRE },
    { "recovery.rehearse", LF_T_A_RECOVERY_REHEARSE },
    { "recovery.withdraw", LF_T_A_RECOVERY_WITHDRAW },
    { "recovery.call", LF_T_A_RECOVERY_CALL },
    { "recovery.times", LF_T_A_RECOVERY_TIMES },
    { "playbook.set", LF_T_A_PLAYBOOK_SET },
    { "playbook.write", LF_T_A_PLAYBOOK_WRITE },
    { "playbook.retire", LF_T_A_PLAYBOOK_RETIRE },
    { "playbook.remove", LF_T_A_PLAYBOOK_REMOVE },
    { "duty.add", LF_T_A_DUTY_ADD },
    { "duty.cover", LF_T_A_DUTY_COVER },
    { "duty.ask", LF_T_A_DUTY_ASK },
    { "duty.agree", LF_T_A_DUTY_AGREE },
    { "duty.decline", LF_T_A_DUTY_DECLINE },
    { "duty.remove", LF_T_A_DUTY_REMOVE },
    { "shift.log", LF_T_A_SHIFT_LOG },
    { "responder.set", LF_T_A_RESPONDER_SET },
    { "responder.remove", LF_T_A_RESPONDER_REMOVE },
    { "responder.import", LF_T_A_RESPONDER_IMPORT },
    { "team.add", LF_T_A_TEAM_ADD },
    { "team.state", LF_T_A_TEAM_STATE },
    { "team.answer", LF_T_A_TEAM_ANSWER },
    { "team.arrive", LF_T_A_TEAM_ARRIVE },
    { "team.release", LF_T_A_TEAM_RELEASE },
    { "team.task", LF_T_A_TEAM_TASK },
    { "manning.arrive", LF_T_A_MANNING_ARRIVE },
    { "convene", LF_T_A_CONVENE },
    { "manning.correct", LF_T_A_MANNING_CORRECT },
    { "manning.leave", LF_T_A_MANNING_LEAVE },
    { "meeting.add", LF_T_A_MEETING_ADD },
    { "meeting.change", LF_T_A_MEETING_CHANGE },
    { "meeting.cancel", LF_T_A_MEETING_CANCEL },
    { "meeting.close", LF_T_A_MEETING_CLOSE },
    { "meeting.invite", LF_T_A_MEETING_INVITE },
    { "meeting.uninvite", LF_T_A_MEETING_UNINVITE },
    { "meeting.attend", LF_T_A_MEETING_ATTEND },
    { "meeting.item", LF_T_A_MEETING_ITEM },
    { "meeting.minutes", LF_T_A_MEETING_MINUTES },
    { "meeting.decide", LF_T_A_MEETING_DECIDE },
    { "ops_review.add", LF_T_A_OPR_ADD },
    { "ops_review.change", LF_T_A_OPR_CHANGE },
    { "ops_review.close", LF_T_A_OPR_CLOSE },
    { "improvement.add", LF_T_A_OPR_IMP_ADD },
    { "improvement.change", LF_T_A_OPR_IMP_CHANGE },
    { "seminar.add", LF_T_A_SEMINAR_ADD },
    { "seminar.change", LF_T_A_SEMINAR_CHANGE },
    { "seminar.invite", LF_T_A_SEMINAR_INVITE },
    { "seminar.attend", LF_T_A_SEMINAR_ATTEND },
    { "seminar.hold", LF_T_A_SEMINAR_HOLD },
    { "seminar.cancel", LF_T_A_SEMINAR_CANCEL },
    { "handover.give", LF_T_A_HANDOVER_GIVE },
    { "handover.confirm", LF_T_A_HANDOVER_CONFIRM },
    { "task.add", LF_T_A_TASK_ADD },
    { "task.change", LF_T_A_TASK_CHANGE },
    { "exercise.add", LF_T_A_EXERCISE_ADD },
    { "exercise.change", LF_T_A_EXERCISE_CHANGE },
    { "exercise.running", LF_T_A_EXERCISE_RUNNING },
    { "exercise.ended", LF_T_A_EXERCISE_ENDED },
    { "exercise.cancelled", LF_T_A_EXERCISE_CANCELLED },
    { "exercise.report", LF_T_A_EXERCISE_REPORT },
    { "inquiry.ask", LF_T_A_INQUIRY_ASK },
    { "inquiry.take", LF_T_A_INQUIRY_TAKE },
    { "inquiry.refer", LF_T_A_INQUIRY_REFER },
    { "inquiry.advise", LF_T_A_INQUIRY_ADVISE },
    { "inquiry.answer", LF_T_A_INQUIRY_ANSWER },
    { "inquiry.again", LF_T_A_INQUIRY_AGAIN },
    { "inquiry.note", LF_T_A_INQUIRY_NOTE },
    { "inquiry.close", LF_T_A_INQUIRY_CLOSE },
    { "inquiry.reopen", LF_T_A_INQUIRY_REOPEN },
    { "inquiry.incident", LF_T_A_INQUIRY_INCIDENT },
    { "inquiry.change", LF_T_A_INQUIRY_CHANGE },
    { "inquiry.draft", LF_T_A_INQUIRY_DRAFT },
    { "weakness.add", LF_T_A_WEAKNESS_ADD },
    { "weakness.change", LF_T_A_WEAKNESS_CHANGE },
    { "weakness.check", LF_T_A_WEAKNESS_CHECK },
    { "news.act", LF_T_A_NEWS_ACT },
    { "news.add", LF_T_A_NEWS_ADD },
    { "partner.add", LF_T_A_PARTNER_ADD },
    { "partner.change", LF_T_A_PARTNER_CHANGE },
    { "partner.activity", LF_T_A_PARTNER_ACTIVITY },
    { "partner.activity_withdraw", LF_T_A_PARTNER_ACTIVITY_WITHDRAW },
    { "partner.channel", LF_T_A_PARTNER_CHANNEL },
    { "partner.channel_remove", LF_T_A_PARTNER_CHANNEL_REMOVE },
    { "partner.try", LF_T_A_PARTNER_TRY },
    { "station.add", LF_T_A_STATION_ADD },
    { "station.change", LF_T_A_STATION_CHANGE },
    { "lure.set", LF_T_A_LURE_SET },
    { "lure.people", LF_T_A_LURE_PEOPLE },
    { "lure.start", LF_T_A_LURE_START },
    { "lure.stop", LF_T_A_LURE_STOP },
    { "lure.consent", LF_T_A_LURE_CONSENT },
    { "lure.consent_removed", LF_T_A_LURE_CONSENT_REMOVED },
    { "exercise.received", LF_T_A_EXERCISE_RECEIVED },
    { "exercise.answer", LF_T_A_EXERCISE_ANSWER },
    { "exercise.answered", LF_T_A_EXERCISE_ANSWERED },
    { "exercise.scenario", LF_T_A_EXERCISE_SCENARIO },
    { "exercise.group", LF_T_A_EXERCISE_GROUP },
    { "inject.delivered", LF_T_A_INJECT_DELIVERED },
    { "inject.held", LF_T_A_INJECT_HELD },
    { "inject.waiting", LF_T_A_INJECT_WAITING },
    { "inject.dropped", LF_T_A_INJECT_DROPPED },
    { "referral.add", LF_T_A_REFERRAL_ADD },
    { "referral.waive", LF_T_A_REFERRAL_WAIVE },
    { "referral.due", LF_T_A_REFERRAL_DUE },
    { "referral.letter", LF_T_A_REFERRAL_LETTER },
    { "referral.answer", LF_T_A_REFERRAL_ANSWER },
    { "member.remove", LF_T_A_MEMBER_REMOVE },
    { "account.login", LF_T_A_LOGIN },
    { "account.disable", LF_T_A_ACCOUNT_DISABLE },
    { "account.enable", LF_T_A_ACCOUNT_ENABLE },
    { "account.set_password", LF_T_A_PASSWORD },
    { "account.set_roles", LF_T_A_ROLES },
    { "account.totp_on", LF_T_A_TOTP_ON },
    { "account.totp_off", LF_T_A_TOTP_OFF },
    { "account.recovery_made", LF_T_A_RECOVERY_MADE },
    { "account.recovery_used", LF_T_A_RECOVERY_USED },
    { "token.create", LF_T_A_TOKEN_CREATE },
    { "token.revoke", LF_T_A_TOKEN_REVOKE },
    { "alert.acknowledge", LF_T_A_ALERT_ACK },
    { "search.start", LF_T_A_SEARCH_START },
    { "search.cancel", LF_T_A_SEARCH_CANCEL },
    { "alert.close", LF_T_A_ALERT_CLOSE },
    { "tuning.set", LF_T_A_TUNING_SET },
    { "tuning.clear", LF_T_A_TUNING_CLEAR },
    { "unit.add", LF_T_A_UNIT_ADD },
    { "unit.change", LF_T_A_UNIT_CHANGE },
    { "unit.remove", LF_T_A_UNIT_REMOVE },
    { "contact.add", LF_T_A_CONTACT_ADD },
    { "contact.change", LF_T_A_CONTACT_CHANGE },
    { "contact.key.add", LF_T_A_CONTACT_KEY_ADD },
    { "contact.key.remove", LF_T_A_CONTACT_KEY_REMOVE },
    { "contact.remove", LF_T_A_CONTACT_REMOVE },
    { "post.set", LF_T_A_POST_SET },
    { "notice.acknowledge", LF_T_A_NOTICE_ACKNOWLEDGE },
    { "notice.matrix", LF_T_A_NOTICE_MATRIX },
    { "digest.add", LF_T_A_DIGEST_ADD },
    { "digest.remove", LF_T_A_DIGEST_REMOVE },
    { "feed.add", LF_T_A_FEED_ADD },
    { "feed.change", LF_T_A_FEED_CHANGE },
    { "feed.remove", LF_T_A_FEED_REMOVE },
    { "feed.run", LF_T_A_FEED_RUN },
    { "network.set", LF_T_A_NETWORK_SET },
    { "misp.event", LF_T_A_MISP_EVENT },
    { "hold.set", LF_T_A_HOLD_SET },
    { "hold.lift", LF_T_A_HOLD_LIFT },
    { "exclusion.set", LF_T_A_EXCLUSION_SET },
    { "exclusion.end", LF_T_A_EXCLUSION_END },
    { "asset.set", LF_T_A_ASSET_SET },
    { "asset.remove", LF_T_A_ASSET_REMOVE },
    { "asset.import", LF_T_A_ASSET_IMPORT },
    { "alert.assign", LF_T_A_ALERT_ASSIGN },
    { "alert.comment", LF_T_A_ALERT_COMMENT },
    { "alert.merge", LF_T_A_ALERT_MERGE },
    { "alert.unmerge", LF_T_A_ALERT_UNMERGE },
    { "alert.judge", LF_T_A_ALERT_JUDGE },
    { "alert.raise", LF_T_A_ALERT_RAISE },
    { "incident.receive", LF_T_A_INCIDENT_RECEIVE },
    { "indicator.share", LF_T_A_SHARE },
    { "indicator.release", LF_T_A_RELEASE },
    { "indicator.withdraw", LF_T_A_WITHDRAW },
    { "policy.sign", LF_T_A_POLICY },
    { "transfer.export", LF_T_A_TRANSFER_EXPORT },
    { "transfer.import", LF_T_A_TRANSFER_IMPORT },
    { "question.ask", LF_T_A_QUESTION_ASK },
    { "question.withdraw", LF_T_A_QUESTION_WITHDRAW },
    { "question.received", LF_T_A_QUESTION_RECEIVED },
    { "question.withdrawn", LF_T_A_QUESTION_WITHDRAWN },
    { "question.accept", LF_T_A_QUESTION_ACCEPT },
    { "question.refuse", LF_T_A_QUESTION_REFUSE },
    { "question.ran", LF_T_A_QUESTION_RAN },
    { "question.answered", LF_T_A_QUESTION_ANSWERED },
    { "question.expired", LF_T_A_QUESTION_EXPIRED },
    { "question.policy", LF_T_A_QUESTION_POLICY },
    { "block.add", LF_T_A_BLOCK },
    { "block.expire", LF_T_A_BLOCK_EXPIRE },
    { "block.withdraw", LF_T_A_BLOCK_WITHDRAW },
    { "node.rename", LF_T_A_NODE_RENAME },
    { "grade.set", LF_T_A_GRADE_SET },
    { "grade.forget", LF_T_A_GRADE_FORGET },
    { "taxii.delete", LF_T_A_TAXII_DELETE },
    { "lifetime.set", LF_T_A_LIFETIME_SET },
    { "lifetime.forget", LF_T_A_LIFETIME_SET },
    { "object.expire", LF_T_A_OBJECT_EXPIRE },
    { "quota.set", LF_T_A_QUOTA_SET },
    { "taxii.post", LF_T_A_TAXII_POST },
    { "collection.create", LF_T_A_COLLECTION_CREATE },
    { "collection.change", LF_T_A_COLLECTION_CHANGE },
    { "collection.remove", LF_T_A_COLLECTION_REMOVE },
    { "exchange.import", LF_T_A_EXCHANGE_IMPORT },
    { "allow.add", LF_T_A_ALLOW_ADD },
    { "allow.del", LF_T_A_ALLOW_DEL },
    { "peer.invite", LF_T_A_INVITE },
    { "peer.enrol", LF_T_A_ENROL },
    { "peer.suspend", LF_T_A_SUSPEND },
    { "peer.resume", LF_T_A_RESUME },
    { "peer.retire", LF_T_A_RETIRE },
    { "peer.again", LF_T_A_ENROL },
    { "peer.keys", LF_T_A_PEER_KEYS },
    { "peer.moved", LF_T_A_PEER_MOVED },
    { "peer.chain", LF_T_A_CHAIN },
    { "peer.chain_accept", LF_T_A_CHAIN_ACCEPT },
    { "peer.transform", LF_T_A_TRANSFORM },
    { "keys.rotate", LF_T_A_KEYS },
    { "parent.move", LF_T_A_MOVE },
    { "parent.join", LF_T_A_JOIN },
    { "parent.joined", LF_T_A_JOINED },
    { "parent.refused", LF_T_A_JOIN_REFUSED },
    { "organisation.create", LF_T_A_ORGANISATION },
    { "organisation.change", LF_T_A_ORGANISATION_CHANGE },
};

lf_view action_text(const struct rq *r, lf_view action)
{
    for (size_t i = 0; i < sizeof action_words / sizeof *action_words; i++)
        if (lf_view_is(action, action_words[i].action))
            return text(r, action_words[i].text);
    if (lf_view_starts(action, LF_V("article.")))
        return text(r, LF_T_A_ARTICLE);
    if (lf_view_starts(action, LF_V("analysis.")))
        return text(r, LF_T_A_ANALYSIS);
    if (lf_view_starts(action, LF_V("statement.")))
        return text(r, LF_T_A_STATEMENT);
    if (lf_view_starts(action, LF_V("publication.")))
        return text(r, LF_T_A_PUBLICATION);
    if (lf_view_starts(action, LF_V("incident.")))
        return text(r, LF_T_A_INCIDENT);
    return action;
}

static void put_subject(struct rq *r, struct lf_buf *b, const struct lf_audit_entry *a)
{
    const char *to = lf_view_starts(a->subject, LF_V("incident--")) ? "/incidents/"
                     : lf_view_starts(a->action, LF_V("alert."))    ? "/alerts/"
                                                                    : NULL;

    if (lf_view_starts(a->action, LF_V("account.")))
        lf_html(b, "%", V(account_name(r, a->subject)));
    else if (to)
        lf_html(b, "<a href=\"%\"><code>%</code></a>", V(path2(r, to, a->subject, "")), V(a->subject));
    else
        lf_html(b, "<code>%</code>", V(a->subject));
}

enum lf_code page_audit(struct rq *r)
{
    struct lf_audit_list list;
    struct lf_page page;
    struct lf_buf b;

    LF_TRY(page_of(r, &page));
    LF_TRY(lf_trail_list(r->t, &page, &list, r->e));
    begin_page(r, &b, text(r, LF_T_NAV_AUDIT), "/audit");
    lf_html(&b,
            "<h1>%</h1><p class=\"quiet\">%</p><section class=\"panel\"><table "
            "class=\"rows\"><caption>%</caption><thead><tr><th scope=\"col\" class=\"num\">%</th><th "
            "scope=\"col\">%</th><th scope=\"col\">%</th><th scope=\"col\">%</th><th scope=\"col\">%</th><th "
            "scope=\"col\">%</th></tr></thead><tbody>",
            T(NAV_AUDIT), T(AUDIT_LEAD), T(AUDIT_CAPTION), T(NUMBER), T(TIME), T(WHO), T(ACTION), T(SUBJECT),
            T(PROOF));
    for (size_t i = 0; i < list.count; i++) {
        const struct lf_audit_entry *a = &list.item[i];

        lf_html(&b, "<tr><td class=\"num\" data-label=\"%\">%</td><td data-label=\"%\">", T(NUMBER),
                V(number(r, a->seq)), T(TIME));
        put_when(r, &b, a->time);
        lf_html(&b, "</td><td class=\"short\" data-label=\"%\">%</td><td data-label=\"%\">%</td>", T(WHO),
                V(account_name(r, a->account)), T(ACTION), V(action_text(r, a->action)));
        lf_html(&b, "<td class=\"wrap\" data-label=\"%\"><span>", T(SUBJECT));
        if (a->subject.len)
            put_subject(r, &b, a);
        if (a->detail.len > 2)
            lf_html(&b, "<br><code class=\"quiet\">%</code>", V(a->detail));
        if (a->withheld)
            lf_html(&b, "%<em class=\"quiet\">%</em>", LF_RAW(lf_view_of(a->subject.len ? "<br>" : "")),
                    T(AUDIT_WITHHELD));
        lf_html(&b, "</span></td><td data-label=\"%\"><code>%…</code></td></tr>", T(PROOF),
                V(lf_view_first(a->hash, 12)));
    }
    lf_html(&b, "</tbody></table></section>");
    put_next(r, &b, list.next);
    return end_page(r, &b, 200);
}
