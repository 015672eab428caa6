-- What the departments' log says, without re-sent copies, without what was withdrawn, and summed up.
-- Nothing here is incremental: a retried insert would count twice. Every view is correct by itself
-- whatever has been merged, in whatever order rows came.

-- +goose NO TRANSACTION
-- +goose Up

-- The row of lowest position of an identity. Ordered by the table's own key, so that nothing is sorted
-- but the few contents of a conflict, and a condition on plan reads only that plan. A condition on
-- received_at applies to the winner: it never lets a loser in.
CREATE OR REPLACE VIEW events_clean AS
SELECT *
FROM events FINAL
ORDER BY plan, department, source, id, position
LIMIT 1 BY plan, department, source, id
COMMENT 'One row per event: re-sent copies folded, conflicts decided for the lowest position; withdrawn events and voids included';

-- A void or a correction withdraws its target for good, wherever in the log it stands and whether or
-- not it is itself withdrawn later; it reaches only its own plan, department and source; a void cannot
-- be voided.
CREATE OR REPLACE VIEW events_effective AS
SELECT *
FROM events_clean
WHERE type = 'progress.voided.v1'
   OR (plan, department, source, id) NOT IN (
          SELECT plan, department, source, if(voids != '', voids, replaces)
          FROM events_clean
          WHERE voids != '' OR replaces != '')
COMMENT 'The events that stand: events_clean without those that a void or a correction withdrew';

CREATE OR REPLACE VIEW conflicts AS
SELECT
    plan, department, source, id,
    position,
    position = min(position) OVER (PARTITION BY plan, department, source, id) AS wins,
    lower(hex(content_hash)) AS content_hash,
    received_at, occurred_at, type, commitment, measure, item, value, reported_value, unit, voids, replaces
FROM events FINAL
WHERE (plan, department, source, id) IN (
          SELECT plan, department, source, id
          FROM events
          GROUP BY plan, department, source, id
          HAVING min(content_hash) != max(content_hash))
ORDER BY plan, department, source, id, position
COMMENT 'One row per content of an identity that was sent with several contents; the one of lowest position wins';

CREATE MATERIALIZED VIEW IF NOT EXISTS progress_daily
REFRESH EVERY 1 MINUTE
(
    plan       LowCardinality(String)   COMMENT 'Id of the plan',
    commitment LowCardinality(String)   COMMENT 'Id of the commitment',
    measure    LowCardinality(String)   COMMENT 'Id of the measure',
    item       String                   COMMENT 'Id of the item; empty: not itemised',
    department LowCardinality(String)   COMMENT 'Id of the department that reported',
    counted    Bool                     COMMENT 'Whether the readings of this department count for the measure; others are cross-checks',
    day        Date                     COMMENT 'Day on which it happened, Asia/Shanghai',
    mode       Enum8('' = 0, 'increment' = 1, 'to_date' = 2, 'level' = 3) COMMENT 'How the readings are read',
    added      Nullable(Decimal(38, 6)) COMMENT 'Sum of the increments of the day, in the unit of the measure; null: another mode',
    latest     Nullable(Decimal(38, 6)) COMMENT 'Last to_date or level reading of the day, in the unit; null: increments',
    readings   UInt64                   COMMENT 'Readings of the day that stand'
)
ENGINE = MergeTree
ORDER BY (plan, measure, item, department, day)
AS SELECT
    e.plan AS plan, e.commitment AS commitment, e.measure AS measure, e.item AS item, e.department AS department,
    (e.plan, e.measure, e.department) IN (SELECT plan, measure, reporting_department FROM current_measures) AS counted,
    toDate(e.occurred_at, 'Asia/Shanghai') AS day,
    e.mode AS mode,
    if(e.mode = 'increment', sum(e.value), NULL) AS added,
    if(e.mode = 'increment', NULL, argMax(e.value, (e.occurred_at, e.received_at, e.position))) AS latest,
    count() AS readings
FROM events_effective AS e
WHERE e.type = 'progress.reported.v1'
GROUP BY plan, commitment, measure, item, department, day, mode
COMMENT 'Readings per measure, item, department and day; refreshed every minute';

CREATE MATERIALIZED VIEW IF NOT EXISTS progress_current
REFRESH EVERY 1 MINUTE
(
    plan             LowCardinality(String)   COMMENT 'Id of the plan',
    commitment       LowCardinality(String)   COMMENT 'Id of the commitment',
    measure          LowCardinality(String)   COMMENT 'Id of the measure',
    unit             LowCardinality(String)   COMMENT 'Unit of actual',
    mode             Enum8('' = 0, 'increment' = 1, 'to_date' = 2, 'level' = 3) COMMENT 'How actual was made: increment is summed, to_date is the latest per item summed over items, level is the latest',
    actual           Nullable(Decimal(38, 6)) COMMENT 'Done so far (累计完成), from the readings of the reporting department alone; null: no reading',
    readings         UInt64                   COMMENT 'Readings that it was made of',
    last_reported_at Nullable(DateTime64(6, 'UTC')) COMMENT 'When the newest of them, or of its "no change" events, happened; UTC; null: never'
)
ENGINE = MergeTree
ORDER BY (plan, measure)
AS WITH
    per_item AS (
        SELECT
            m.plan AS plan, m.measure AS measure, e.item AS item,
            sum(e.value) AS total,
            argMax(e.value, (e.occurred_at, e.received_at, e.position)) AS latest,
            max(e.occurred_at) AS at,
            count() AS readings
        FROM events_effective AS e
        INNER JOIN current_measures AS m ON m.plan = e.plan AND m.measure = e.measure AND m.reporting_department = e.department
        WHERE e.type = 'progress.reported.v1'
        GROUP BY plan, measure, item
    ),
    per_measure AS (
        SELECT plan, measure, sum(p.total) AS total, sum(p.latest) AS latest, max(p.at) AS at, sum(p.readings) AS readings
        FROM per_item AS p
        GROUP BY plan, measure
    ),
    no_change AS (
        SELECT m.plan AS plan, m.measure AS measure, max(e.occurred_at) AS at
        FROM events_effective AS e
        INNER JOIN current_measures AS m ON m.plan = e.plan AND m.commitment = e.commitment AND m.reporting_department = e.department
        WHERE e.type = 'progress.unchanged.v1' AND e.measure IN ('', m.measure)
        GROUP BY plan, measure
    )
SELECT
    m.plan AS plan, m.commitment AS commitment, m.measure AS measure, m.unit AS unit, m.mode AS mode,
    multiIf(r.readings = 0, NULL, m.mode = 'increment', r.total, r.latest) AS actual,
    r.readings AS readings,
    nullIf(greatest(r.at, n.at), toDateTime64(0, 6, 'UTC')) AS last_reported_at
FROM current_measures AS m
LEFT JOIN per_measure AS r ON r.plan = m.plan AND r.measure = m.measure
LEFT JOIN no_change AS n ON n.plan = m.plan AND n.measure = m.measure
SETTINGS join_use_nulls = 0
COMMENT 'What is done so far, one row per measure in force; refreshed every minute';
