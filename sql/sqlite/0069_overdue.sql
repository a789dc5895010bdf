-- What is overdue and still open, by when an answer was wanted (cert/overdue.h).
CREATE INDEX referral_open_due ON referral (due) WHERE closed = 0 AND answered = 0 AND due > 0;
