-- What was looked for by these walked all rows of the organisation: tests/unit/store/test_plan.c.
DROP INDEX indicator_look;
CREATE INDEX indicator_look ON indicator (org, look) WHERE state IN ('provisional', 'active');
DROP INDEX indicator_feedback_object;
CREATE INDEX indicator_feedback_object ON indicator_feedback (org, object, indicator);
