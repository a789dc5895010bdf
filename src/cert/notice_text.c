/* What a notice says, in the language of who gets it. */
#include "cert/notice_priv.h"

static const struct {
    const char *zh, *en;
} about[] = {
    [LF_NOTICE_REPORTED] = { "資安事件通報", "A cyber security incident was reported" },
    [LF_NOTICE_REVIEWED] = { "資安事件審核通過", "An incident report was confirmed by its reviewer" },
    [LF_NOTICE_RETURNED] = { "通報退件，請補正", "An incident report was returned to be supplemented" },
    [LF_NOTICE_LEVEL] = { "資安事件等級變更", "The level of an incident changed" },
    [LF_NOTICE_CLOSED] = { "資安事件解除列管", "An incident was released from control" },
    [LF_NOTICE_CLOCK_50] = { "法定時限已過一半", "Half of a statutory time limit has passed" },
    [LF_NOTICE_CLOCK_80] = { "法定時限已過八成", "80 % of a statutory time limit has passed" },
    [LF_NOTICE_CLOCK_100] = { "已逾法定時限", "A statutory time limit was missed" },
    [LF_NOTICE_ALERT] = { "資安警訊", "A cyber security alert" },
    [LF_NOTICE_REMINDER] = { "警訊尚待回覆", "An alert still waits for your reply" },
    [LF_NOTICE_INFORM] = { "應變中心：告知副召集人", "Response centre: deputy conveners are informed" },
    [LF_NOTICE_CONVENE] = { "應變中心：請立即進駐", "Response centre: man the centre at once" },
    [LF_NOTICE_SUPPORT] = { "請求支援", "Support is asked for" },
    [LF_NOTICE_SHIFT] = { "值班即將開始", "Your shift begins soon" },
    [LF_NOTICE_SECOND_FACTOR] = { "請核准免第二因子登入", "Approve a login without the second factor" },
    [LF_NOTICE_TEST] = { "通知測試", "A test of notices" },
    [LF_NOTICE_INJECT] = { "演練狀況", "An inject" },
    [LF_NOTICE_SHIFT_EMPTY] = { "無人值班", "Nobody is on duty" },
    [LF_NOTICE_HANDOVER] = { "值班交接尚未確認", "A handover is not confirmed" },
    [LF_NOTICE_MEETING] = { "應變中心會議", "A meeting of the response centre" },
    [LF_NOTICE_SWAP] = { "代班或換班", "Cover or swap of shifts" },
    [LF_NOTICE_MAIL] = { "收到信件", "Mail came in" },
    [LF_NOTICE_OVERDUE] = { "轉介或支援逾期未回覆",
                            "No answer to a referral or a request for support in time" },
    [LF_NOTICE_MEETING_SOON] = { "會議即將開始", "A meeting begins soon" },
    [LF_NOTICE_MEETING_DUE] = { "本季分組會議尚未召開", "The group has no meeting this quarter yet" },
    [LF_NOTICE_GROUP_CALLED] = { "應變中心：請所屬分組立即進駐",
                                 "Response centre: your group is to man the centre at once" },
    [LF_NOTICE_GROUP_MEETS] = { "應變中心：召開分組緊急會議",
                                "Response centre: an emergency meeting of your group" },
    [LF_NOTICE_WEAKNESS] = { "演練發現的弱點逾期未改善",
                             "A weakness that an exercise found is not mended in time" },
    [LF_NOTICE_TEAM] = { "徵調加入資安應變小組，請回覆", "You are called to a response team: please answer" },
    [LF_NOTICE_TEAM_NEWS] = { "資安應變小組", "Response team" },
    [LF_NOTICE_INQUIRY] = { "資安諮詢：有新的提問", "An inquiry was asked" },
    [LF_NOTICE_INQUIRY_NEWS] = { "資安諮詢：有新的進度", "There is news of an inquiry" },
    [LF_NOTICE_INQUIRY_LATE] = { "資安諮詢逾期未答覆", "An inquiry was not answered in time" },
    [LF_NOTICE_REFERRAL] = { "應通報檢調單位，請處理",
                             "Prosecutors or police are to be told of an incident" },
    [LF_NOTICE_REFERRAL_LATE] = { "應通報檢調單位而逾期未處理",
                                  "Prosecutors or police were not told of an incident in time" },
    [LF_NOTICE_RECOVERY] = { "災害復原程序逾期未演練", "A recovery procedure was not rehearsed in time" },
    [LF_NOTICE_STATEMENT] = { "對外說明等待核定發布", "A statement to the public waits to be released" },
    [LF_NOTICE_STATEMENT_OUT] = { "對外說明發布或更正",
                                  "A statement to the public was released or corrected" },
    [LF_NOTICE_STATEMENT_OFF] = { "對外說明撤回", "A statement to the public was withdrawn" },
    [LF_NOTICE_PARTNER] = { "合作單位聯絡管道逾期未測試或協議即將到期",
                            "A channel to a partner was not tried in time, or an agreement ends soon" },
    [LF_NOTICE_SEMINAR] = { "講習或研討會邀請", "An invitation to a seminar or briefing" },
    [LF_NOTICE_SEMINAR_OFF] = { "講習或研討會取消", "A seminar or briefing is called off" },
    [LF_NOTICE_TASK] = { "指派工作", "A task was given to you" },
    [LF_NOTICE_EXERCISE] = { "參加演練", "An exercise that you take part in" },
    [LF_NOTICE_EXERCISE_LATE] = { "演練成果報告逾期", "A result report of an exercise is overdue" },
};

void notice_put_local(struct lf_buf *b, lf_time at)
{
    struct lf_civil c = lf_civil_of(at + LF_TAIPEI);

    lf_buf_printf(b, "%04d-%02d-%02d %02d:%02d (UTC+8)", c.year, c.month, c.day, c.hour, c.minute);
}

static lf_view kept(struct lf_task *t, struct lf_buf *b)
{
    lf_view out = lf_arena_copy(t->a, lf_buf_view(b));

    lf_buf_clear(b);
    return out;
}

static lf_view subject_of(struct lf_task *t, const struct lf_notice *n, bool english)
{
    const char *what = english ? about[n->kind].en : about[n->kind].zh;
    struct lf_buf b;

    lf_buf_init(&b, 2000);
    if (n->exercise)
        lf_buf_printf(&b, english ? "[EXERCISE] " : "【演練】");
    lf_buf_printf(&b, english ? "[lianfang] " : "[聯防] ");
    if (n->level)
        lf_buf_printf(&b, english ? "Level %d: " : "第%d級 ", n->level);
    lf_buf_printf(&b, "%s", what);
    if (n->title.len)
        lf_buf_printf(&b, english ? " — %.*s" : "：%.*s", LF_FMT(n->title));
    return kept(t, &b);
}

static lf_view body_of(struct lf_task *t, const struct lf_notice *n, const struct notice_call *c,
                       bool english, lf_view url, lf_view link, lf_view subject)
{
    struct lf_buf b;

    lf_buf_init(&b, 8000);
    if (n->exercise)
        lf_buf_printf(&b, english ? "THIS IS AN EXERCISE.\r\n\r\n" : "這是演練。\r\n\r\n");
    lf_buf_printf(&b, "%.*s\r\n", LF_FMT(subject));
    if (n->detail.len)
        lf_buf_printf(&b, "%.*s\r\n", LF_FMT(n->detail));
    lf_buf_printf(&b, english ? "\r\nRaised: " : "\r\n發出時間：");
    notice_put_local(&b, n->made);
    if (n->due) {
        lf_buf_printf(&b, english ? "\r\nDue: " : "\r\n期限：");
        notice_put_local(&b, n->due);
    }
    if (n->path.len)
        lf_buf_printf(&b, english ? "\r\nIn the console: %.*s%.*s" : "\r\n主控台：%.*s%.*s", LF_FMT(url),
                      LF_FMT(n->path));
    lf_buf_printf(&b, "\r\n\r\n");
    if (c->ack % LF_MINUTE) /* in an exercise that runs fast */
        lf_buf_printf(
            &b,
            english ? "Please acknowledge within %lld seconds, otherwise the next contact is called:\r\n"
                    : "請於 %lld 秒內按下列連結回覆「已收到」；逾時將呼叫下一位聯絡人：\r\n",
            (long long)(c->ack / LF_SECOND));
    else if (c->ack)
        lf_buf_printf(
            &b,
            english ? "Please acknowledge within %lld minutes, otherwise the next contact is called:\r\n"
                    : "請於 %lld 分鐘內按下列連結回覆「已收到」；逾時將呼叫下一位聯絡人：\r\n",
            (long long)(c->ack / LF_MINUTE));
    else if (n->kind == LF_NOTICE_TEAM)
        lf_buf_printf(&b, english ? "Please answer here whether you come, and when (once):\r\n"
                                  : "請由此回覆能否前往、何時到達（限一次）：\r\n");
    else
        lf_buf_printf(&b, english ? "To say that you have read it:\r\n" : "如已閱知，可由此回覆：\r\n");
    lf_buf_printf(&b, "%.*s/called/%.*s\r\n\r\n-- \r\n%.*s\r\n", LF_FMT(url), LF_FMT(link),
                  LF_FMT(t->self->name));
    return kept(t, &b);
}

static lf_view json_of(struct lf_task *t, const struct lf_notice *n, const struct notice_call *c, lf_view url,
                       lf_view link, lf_view subject)
{
    char at[LF_TIME_TEXT];
    struct lf_json_w w;
    struct lf_buf b;

    lf_buf_init(&b, 16000);
    w = lf_json_w(&b);
    lf_json_open(&w, '{');
    lf_json_put_str(&w, "notice", n->id);
    lf_json_put_cstr(&w, "about", lf_notice_kind_name(n->kind));
    lf_json_put_str(&w, "subject", n->subject);
    lf_json_put_bool(&w, "exercise", n->exercise > 0);
    lf_json_put_int(&w, "level", n->level);
    lf_json_put_str(&w, "text", subject);
    lf_json_put_str(&w, "title", n->title);
    lf_json_put_str(&w, "detail", n->detail);
    lf_json_put_str(&w, "made", lf_time_milli(n->made, at));
    if (n->due)
        lf_json_put_str(&w, "due", lf_time_milli(n->due, at));
    lf_json_put_str(&w, "url", lf_arena_printf(t->a, "%.*s%.*s", LF_FMT(url), LF_FMT(n->path)));
    lf_json_put_bool(&w, "answer_wanted", c->ack > 0);
    lf_json_put_str(&w, "answer", lf_arena_printf(t->a, "%.*s/called/%.*s", LF_FMT(url), LF_FMT(link)));
    lf_json_put_str(&w, "node", t->self->node);
    lf_json_close(&w);
    return kept(t, &b);
}

struct notice_text notice_compose(struct lf_task *t, const struct lf_notice *n, const struct notice_call *c,
                                  bool english, lf_view url, lf_view link)
{
    struct notice_text out = { .subject = subject_of(t, n, english) };

    out.body = body_of(t, n, c, english, url, link, out.subject);
    out.brief =
        lf_arena_printf(t->a, "%.*s %.*s/called/%.*s", LF_FMT(out.subject), LF_FMT(url), LF_FMT(link));
    out.json = json_of(t, n, c, url, link, out.subject);
    return out;
}
