-- Supervision items (督办事项) and verifications (核实), frozen with each letter by jobs: what they are is decided
-- there, from the week before, and nothing of it here. Rows of a week are written before those of
-- weekly_assessments, which say that the week is frozen; the views read frozen weeks alone.

-- +goose NO TRANSACTION
-- +goose Up
CREATE TABLE IF NOT EXISTS weekly_items (
    plan               LowCardinality(String) COMMENT 'Id of the plan',
    iso_week           LowCardinality(String) COMMENT 'ISO week of the letter in Asia/Shanghai, e.g. 2024-W27',
    as_of              DateTime64(6, 'UTC')   COMMENT 'The moment of which the letter speaks; UTC',
    known_at           DateTime64(6, 'UTC')   COMMENT 'What had been received by this moment was taken into account; UTC',
    number             String                 COMMENT 'Number of the item, for ever, e.g. 2024-012: the year of the plan and its place in it',
    commitment         LowCardinality(String) COMMENT 'Id of the commitment (目标任务) that lags or lagged',
    department         LowCardinality(String) COMMENT 'Id of the department that is to answer: the lead of the commitment',
    state              LowCardinality(String) COMMENT 'open 待答复, answered 已答复, escalated 逾期未答复, recovered 已恢复序时, verified 已销号, lapsed 销号失效, closed 已办结',
    is_open            Bool                   COMMENT 'Whether it is still followed: open, answered or escalated',
    opened_week        LowCardinality(String) COMMENT 'ISO week of the letter that opened it',
    opened_at          DateTime64(6, 'UTC')   COMMENT 'The moment of which that letter speaks; UTC',
    asked_at           DateTime64(6, 'UTC')   COMMENT 'What that letter knew of; an explanation received later is an answer; UTC',
    measures           Array(String)          COMMENT 'Ids of the measures that were behind in any letter while it was open',
    answer_due         Date                   COMMENT 'By 24:00 of this day, Asia/Shanghai, an answer is expected; the first letter after it escalates',
    answered_at        Nullable(DateTime64(6, 'UTC')) COMMENT 'When the first answer that stands was received; UTC; null: none',
    answer_department  LowCardinality(String) COMMENT 'Id of the department that gave the newest answer; empty: there is none',
    answer_source      String                 COMMENT 'Source of the event of the newest answer',
    answer_id          String                 COMMENT 'Id of that event',
    answer_time        Nullable(DateTime64(6, 'UTC')) COMMENT 'When the newest answer was given, as its department says; UTC; null: there is none',
    answer_received_at Nullable(DateTime64(6, 'UTC')) COMMENT 'When the newest answer was received; UTC; null: there is none',
    problem            String                 COMMENT 'Existing problem (存在问题), of the newest answer',
    next_step          String                 COMMENT 'Next step (下一步措施), of the newest answer',
    unanswered_weeks   UInt32                 COMMENT 'Letters that asked for an answer and had none by the next',
    recovered_at       Nullable(DateTime64(6, 'UTC')) COMMENT 'The moment of the first letter by which what was behind had caught up; UTC; null: it has not, or not while it was followed',
    closed_at          Nullable(DateTime64(6, 'UTC')) COMMENT 'The moment of the letter or of the act that closed it; UTC; null: it is open',
    closed_by          String                 COMMENT 'Who closed or verified it; empty: it is open, or the rule closed it',
    reason             String                 COMMENT 'Why it was closed; empty: it is open',
    evidence           Array(String)          COMMENT 'Links or names of documents by which completion was verified (佐证材料)',
    extended_at        Array(DateTime64(6, 'UTC')) COMMENT 'Changes of a due date or curve of its measures while it was open (延期), oldest first: from when each is in force; UTC',
    extended_measure   Array(String)          COMMENT 'Of which measure each is',
    extended_field     Array(String)          COMMENT 'What each changes: due_date or curve',
    extended_before    Array(String)          COMMENT 'What was before each, in words',
    extended_after     Array(String)          COMMENT 'What is after each, in words',
    extended_approver  Array(String)          COMMENT 'Who approved each',
    extended_reason    Array(String)          COMMENT 'Why each was allowed',
    frozen_at          DateTime64(6, 'UTC')   COMMENT 'When it was frozen; UTC',
    version            UInt64 MATERIALIZED bitNot(toUInt64(toUnixTimestamp64Micro(frozen_at)))
                                              COMMENT 'Makes the first freezing survive merges'
)
ENGINE = ReplacingMergeTree(version)
ORDER BY (plan, iso_week, number)
COMMENT 'Every supervision item (督办事项) of a plan as each week''s letter has it, frozen; read it with FINAL';

CREATE TABLE IF NOT EXISTS weekly_verifications (
    plan        LowCardinality(String) COMMENT 'Id of the plan',
    iso_week    LowCardinality(String) COMMENT 'ISO week of the letter in Asia/Shanghai, e.g. 2024-W27',
    as_of       DateTime64(6, 'UTC')   COMMENT 'The moment of which the letter speaks; UTC',
    commitment  LowCardinality(String) COMMENT 'Id of the commitment that was verified as completed',
    verified_at DateTime64(6, 'UTC')   COMMENT 'When the office verified it; UTC',
    by          String                 COMMENT 'Who did',
    reason      String                 COMMENT 'How, or on what ground',
    evidence    Array(String)          COMMENT 'Links or names of documents (佐证材料)',
    holds       Bool                   COMMENT 'Whether the commitment stands as 已销号 in the letter',
    lapsed_at   Nullable(DateTime64(6, 'UTC')) COMMENT 'The moment of the first letter by which a measure was completed no longer; UTC; null: it holds',
    frozen_at   DateTime64(6, 'UTC')   COMMENT 'When it was frozen; UTC',
    version     UInt64 MATERIALIZED bitNot(toUInt64(toUnixTimestamp64Micro(frozen_at)))
                                       COMMENT 'Makes the first freezing survive merges'
)
ENGINE = ReplacingMergeTree(version)
ORDER BY (plan, iso_week, commitment, verified_at)
COMMENT 'Every verification (核实) of a plan that a letter has followed, as each week''s letter has it, frozen; read it with FINAL';

CREATE OR REPLACE VIEW supervision_items AS
SELECT
    i.plan AS plan, i.commitment AS commitment, i.department AS department,
    i.* EXCEPT (plan, commitment, department, frozen_at),
    c.title AS commitment_title,
    c.quote AS quote,
    d.name AS department_name,
    (i.plan, i.commitment) IN (SELECT plan, commitment FROM weekly_assessments FINAL WHERE simulated) AS simulated
FROM (SELECT * FROM weekly_items FINAL) AS i
LEFT JOIN (SELECT plan, commitment, argMax(title, applied_at) AS title, argMax(quote, applied_at) AS quote FROM commitments GROUP BY plan, commitment) AS c
    ON c.plan = i.plan AND c.commitment = i.commitment
LEFT JOIN (SELECT plan, department, argMax(name, applied_at) AS name FROM departments GROUP BY plan, department) AS d
    ON d.plan = i.plan AND d.department = i.department
WHERE (i.plan, i.iso_week) IN (SELECT plan, argMax(iso_week, as_of) FROM weekly_assessments GROUP BY plan)
ORDER BY i.plan, length(i.number), i.number
SETTINGS join_use_nulls = 0
COMMENT 'Every supervision item (督办事项) of a plan as its latest letter has it, with titles and quote; what the office has done since shows with the next letter';

CREATE OR REPLACE VIEW commitment_verifications AS
SELECT v.plan AS plan, v.commitment AS commitment, v.* EXCEPT (plan, commitment, frozen_at), c.title AS commitment_title
FROM (SELECT * FROM weekly_verifications FINAL) AS v
LEFT JOIN (SELECT plan, commitment, argMax(title, applied_at) AS title FROM commitments GROUP BY plan, commitment) AS c
    ON c.plan = v.plan AND c.commitment = v.commitment
WHERE (v.plan, v.iso_week) IN (SELECT plan, argMax(iso_week, as_of) FROM weekly_assessments GROUP BY plan)
ORDER BY v.plan, v.verified_at
SETTINGS join_use_nulls = 0
COMMENT 'Every verification (核实) of a plan as its latest letter has it: those that hold make the commitment 已销号';
