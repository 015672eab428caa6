-- What departments are asked about, and views of what has become of measures in time. There is no rule here:
-- which readings give rise to a question was decided by jobs, as every status was.

-- +goose NO TRANSACTION
-- +goose Up
CREATE TABLE IF NOT EXISTS anomalies (
    plan            LowCardinality(String) COMMENT 'Id of the plan',
    as_of           DateTime64(6, 'UTC')   COMMENT 'The moment that is assessed; UTC',
    known_at        DateTime64(6, 'UTC')   COMMENT 'What had been received by this moment was taken into account; UTC',
    ledger_version  String                 COMMENT 'Version of the ledger that it was held against',
    commitment      LowCardinality(String) COMMENT 'Id of the commitment (目标任务)',
    measure         LowCardinality(String) COMMENT 'Id of the measure (量化指标)',
    kind            LowCardinality(String) COMMENT 'period_end_jump 期末集中报送, decrease 累计数下降, exact_on_plan 与计划数一致, sources_disagree 数据不一致',
    department      LowCardinality(String) COMMENT 'Id of the department that is asked: the one that reports the measure',
    other           String                 COMMENT 'Of sources_disagree, id of the other department, or the other source of the same one; empty: another kind',
    piece           String                 COMMENT 'Id of the item or stage; empty: the measure as a whole',
    period          LowCardinality(String) COMMENT 'Of period_end_jump: month, quarter or plan; empty: another kind',
    from_date       Date32                 COMMENT 'First day that the question speaks of, Asia/Shanghai',
    to_date         Date32                 COMMENT 'Last day that it speaks of, Asia/Shanghai',
    since           DateTime64(6, 'UTC')   COMMENT 'When all that it rests on was known; UTC',
    value           Decimal(38, 6)         COMMENT 'In the unit of the measure: increase of the last days; the lower reading; the newest reading of the run; what department reported',
    against         Decimal(38, 6)         COMMENT 'In the unit of the measure: increase of the period, from its lowest figure until then on; the reading before; what was planned then; what other reported',
    readings        UInt32                 COMMENT 'Readings that it rests on',
    event_ids       Array(String)          COMMENT 'Their ids, as they happened',
    event_positions Array(UInt64)          COMMENT 'Their positions in the log',
    question        String                 COMMENT 'The question, in Chinese',
    question_en     String                 COMMENT 'The question, in English',
    assessed_at     DateTime64(6, 'UTC')   COMMENT 'When it was found; UTC'
)
ENGINE = ReplacingMergeTree(assessed_at)
ORDER BY (plan, as_of, known_at, ledger_version, measure, kind, event_positions)
COMMENT 'What departments are asked about as of each assessment, one row per question; the view questions has the latest';

CREATE OR REPLACE VIEW questions AS
SELECT s.commitment_title, s.measure_title, s.unit, d.department_name, q.*
FROM (SELECT * FROM anomalies FINAL) AS q
INNER JOIN (
    SELECT (plan, as_of, known_at, ledger_version, measure) AS assessed, commitment_title, measure_title, unit, ordinal
    FROM status) AS s
    ON s.assessed = (q.plan, q.as_of, q.known_at, q.ledger_version, q.measure)
LEFT JOIN (
    SELECT (plan, ledger_version, department) AS named, name AS department_name
    FROM departments FINAL) AS d
    ON d.named = (q.plan, q.ledger_version, q.department)
ORDER BY plan, since DESC, s.ordinal, kind, from_date
COMMENT 'What departments are asked about at the latest assessment, newest first; a question is no finding';

CREATE OR REPLACE VIEW streaks AS
SELECT
    w.plan AS plan, w.measure AS measure, any(l.commitment_title) AS commitment_title, any(l.measure_title) AS measure_title,
    argMax(w.lead_department, w.as_of) AS lead_department, any(l.lead_department_name) AS lead_department_name,
    argMax(w.iso_week, w.as_of) AS iso_week,
    argMax(w.alert_level, w.as_of) AS alert_level,
    argMax(w.lagging_weeks, w.as_of) AS lagging_weeks,
    max(w.lagging_weeks) AS longest_lagging_weeks,
    countIf(w.lagging_weeks > 0) AS weeks_lagged,
    count() AS weeks
FROM (SELECT * FROM weekly_assessments FINAL) AS w
LEFT JOIN ledger AS l ON l.plan = w.plan AND l.measure = w.measure
GROUP BY plan, measure
ORDER BY plan, lagging_weeks DESC, weeks_lagged DESC, measure
COMMENT 'For how many letters in a row each measure has lagged: at the newest letter, at most, and in all';

CREATE OR REPLACE VIEW drift AS
SELECT
    a.plan AS plan, a.as_of AS as_of, a.known_at AS known_at, a.commitment AS commitment, a.commitment_title AS commitment_title,
    a.lead_department AS lead_department, a.lead_department_name AS lead_department_name,
    a.measure AS measure, a.measure_title AS measure_title, a.actual_pct AS actual_pct,
    b.measure AS other_measure, b.measure_title AS other_measure_title, b.actual_pct AS other_actual_pct,
    a.actual_pct - b.actual_pct AS drift_pp
FROM status AS a
INNER JOIN status AS b ON b.plan = a.plan AND b.commitment = a.commitment
WHERE a.ordinal < b.ordinal AND a.actual_pct IS NOT NULL AND b.actual_pct IS NOT NULL
ORDER BY plan, abs(drift_pp) DESC, measure, other_measure
COMMENT 'Pairs of measures of one commitment at the latest assessment, and by how many percentage points of their targets the first is before the second; the farthest apart first';

CREATE OR REPLACE VIEW forecast AS
SELECT
    s.plan AS plan, s.as_of AS as_of, s.known_at AS known_at, s.measure AS measure, s.measure_title AS measure_title,
    s.lead_department AS lead_department, s.lead_department_name AS lead_department_name,
    s.actual_pct AS actual_pct, s.planned_pct AS planned_pct, l.due_date AS due_date, s.forecast_finish AS forecast_finish,
    dateDiff('day', l.due_date, s.forecast_finish) AS days_late
FROM status AS s
LEFT JOIN ledger_versions AS l ON l.plan = s.plan AND l.ledger_version = s.ledger_version AND l.measure = s.measure
WHERE s.forecast_finish IS NOT NULL
ORDER BY plan, days_late DESC, s.ordinal
COMMENT 'By when measures would be done at the average rate so far, at the latest assessment, the latest first: an outlook, which no status depends on; only where one is given';

CREATE OR REPLACE VIEW freshness AS
SELECT
    s.plan AS plan, s.as_of AS as_of, s.known_at AS known_at, s.measure AS measure, s.measure_title AS measure_title,
    l.reporting_department AS department, d.name AS department_name,
    s.data_status AS data_status, s.last_reported_at AS last_reported_at,
    dateDiff('day', toDate(s.last_reported_at, 'Asia/Shanghai'), toDate(s.as_of, 'Asia/Shanghai')) AS days_since,
    l.reporting_interval_days AS reporting_interval_days
FROM status AS s
LEFT JOIN ledger_versions AS l ON l.plan = s.plan AND l.ledger_version = s.ledger_version AND l.measure = s.measure
LEFT JOIN (SELECT * FROM departments FINAL) AS d
    ON d.plan = s.plan AND d.ledger_version = s.ledger_version AND d.department = l.reporting_department
ORDER BY plan, days_since DESC NULLS FIRST, s.ordinal
COMMENT 'For how many days each measure has not been heard of at the latest assessment; null: never heard of. Whether that is too long is data_status';

CREATE OR REPLACE VIEW punctuality AS
SELECT
    plan, department, count() AS reports,
    countIf(type = 'progress.unchanged.v1') AS unchanged,
    max(occurred_at) AS last_reported_at,
    round(quantileExact(0.5)(delay), 1) AS median_hours,
    round(quantileExact(0.9)(delay), 1) AS ninth_decile_hours,
    round(max(delay), 1) AS longest_hours,
    countIf(delay > 24 * 7) AS over_a_week,
    max(simulated) AS simulated
FROM (
    SELECT plan, department, type, occurred_at, simulated, dateDiff('second', occurred_at, received_at) / 3600 AS delay
    FROM events_effective
    WHERE type IN ('progress.reported.v1', 'progress.unchanged.v1'))
GROUP BY plan, department
ORDER BY plan, median_hours DESC, department
COMMENT 'How long after things happened each department reports them, over the reports that stand, in hours; whether any were due is freshness';

CREATE OR REPLACE VIEW latest_readings AS
SELECT *
FROM readings
WHERE counted
ORDER BY plan, measure, item, stage, occurred_at DESC, received_at DESC, position DESC
LIMIT 1 BY plan, measure, item, stage
COMMENT 'The newest reading that counts, per measure and item or stage; of an increment it is the last addition, not the sum';

CREATE OR REPLACE VIEW corrections AS
SELECT
    o.plan AS plan, o.commitment AS commitment, o.measure AS measure, o.item AS item, o.stage AS stage,
    o.department AS department, o.source AS source, o.occurred_at AS occurred_at,
    o.id AS id, o.value AS value,
    b.id AS by, b.value AS new_value, b.received_at AS corrected_at,
    if(b.reason != '', b.reason, b.note) AS reason, o.simulated AS simulated
FROM withdrawals AS w
INNER JOIN events_clean AS o ON o.plan = w.plan AND o.department = w.department AND o.source = w.source AND o.id = w.id
INNER JOIN events_clean AS b ON b.plan = w.plan AND b.department = w.department AND b.source = w.source AND b.id = w.by
WHERE o.type != 'progress.voided.v1'
ORDER BY plan, corrected_at, by
COMMENT 'Events that were withdrawn, with what withdrew them: a correction has a new value, a void has none and says why';
