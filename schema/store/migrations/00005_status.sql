-- What the assessment says, made readable. There is no status rule here: every status, level and figure
-- is read from assessments.

-- +goose NO TRANSACTION
-- +goose Up
CREATE OR REPLACE VIEW status AS
SELECT
    l.commitment_title AS commitment_title,
    l.measure_title AS measure_title,
    l.unit AS unit,
    l.lead_department_name AS lead_department_name,
    l.quote AS quote,
    l.ordinal AS ordinal,
    l.kind AS kind,
    a.*
FROM (
    SELECT *
    FROM assessments FINAL
    WHERE (plan, as_of, known_at, ledger_version) IN (
        SELECT plan, as_of, known_at, ledger_version
        FROM assessments
        ORDER BY plan, as_of DESC, known_at DESC, assessed_at DESC
        LIMIT 1 BY plan)
) AS a
LEFT JOIN ledger_versions AS l
    ON l.plan = a.plan AND l.ledger_version = a.ledger_version AND l.measure = a.measure
COMMENT 'The latest assessment of every plan, one row per measure, with titles and quote';

CREATE OR REPLACE VIEW lagging AS
SELECT
    row_number() OVER (PARTITION BY plan ORDER BY alert_level = 'severe' DESC, schedule_lag_days DESC, gap_pp, ordinal) AS rank,
    *
FROM status
WHERE alert_level IN ('lagging', 'severe')
ORDER BY plan, rank
COMMENT 'What lags at the latest assessment, one row per measure; rank 1 is the worst of its plan';

CREATE OR REPLACE VIEW department_card AS
SELECT
    plan, lead_department, lead_department_name, as_of, known_at,
    count() AS measures,
    countIf(kind = 'quantity') AS quantities,
    countIf(kind = 'milestone') AS milestones,
    countIf(shown_status = 'completed') AS completed,
    countIf(shown_status = 'ahead') AS ahead,
    countIf(shown_status = 'on_track') AS on_track,
    countIf(shown_status = 'lagging') AS lagging,
    countIf(shown_status = 'severe') AS severe,
    countIf(shown_status = 'not_started') AS not_started,
    countIf(shown_status = 'overdue') AS overdue,
    countIf(shown_status = 'not_due') AS not_due,
    countIf(shown_status = 'unknown') AS unknown,
    countIf(shown_status = 'stale') AS stale,
    countIf(alert_level = 'watch') AS alert_watch,
    countIf(alert_level = 'lagging') AS alert_lagging,
    countIf(alert_level = 'severe') AS alert_severe,
    countIf(data_status = 'stale') AS data_stale,
    countIf(data_status = 'never_reported') AS data_never_reported
FROM status
GROUP BY plan, lead_department, lead_department_name, as_of, known_at
ORDER BY plan, lead_department
COMMENT 'Measures by shown status at the latest assessment, one row per lead department; the ten statuses, completed to stale, add up to measures, and so do quantities (量化指标) and milestones (里程碑)';
