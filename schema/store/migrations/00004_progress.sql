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

-- A reading counts for a measure if the ledger in force has it so: the reporting department's, and of an
-- item or a stage that the measure has. An earlier version may have admitted others.
CREATE OR REPLACE VIEW readings AS
SELECT
    e.*,
    e.department = m.reporting_department
        AND multiIf(NOT m.itemised, e.item = '', m.items_open, e.item != '',
                    (e.plan, e.measure, e.item) IN (SELECT plan, measure, item FROM current_items))
        AND if(m.curve_kind != 'milestones', e.stage = '',
               (e.plan, e.measure, e.stage) IN (SELECT plan, measure, stage FROM current_stages)) AS counted
FROM events_effective AS e
LEFT JOIN current_measures AS m ON m.plan = e.plan AND m.measure = e.measure
WHERE e.type = 'progress.reported.v1'
COMMENT 'The readings that stand; counted tells those that make the figure of their measure, others are cross-checks or of another ledger version';

CREATE MATERIALIZED VIEW IF NOT EXISTS progress_daily
REFRESH EVERY 1 MINUTE
(
    plan       LowCardinality(String)   COMMENT 'Id of the plan',
    commitment LowCardinality(String)   COMMENT 'Id of the commitment',
    measure    LowCardinality(String)   COMMENT 'Id of the measure',
    item       String                   COMMENT 'Id of the item; empty: not itemised',
    stage      String                   COMMENT 'Id of the stage; empty: no milestone',
    department LowCardinality(String)   COMMENT 'Id of the department that reported',
    counted    Bool                     COMMENT 'Whether the readings count for the measure; others are cross-checks, or of a piece that the ledger no longer has',
    day        Date                     COMMENT 'Day on which it happened, Asia/Shanghai',
    mode       Enum8('' = 0, 'increment' = 1, 'to_date' = 2, 'level' = 3) COMMENT 'How the readings are read',
    added      Nullable(Decimal(38, 6)) COMMENT 'Sum of the increments of the day, in the unit of the measure; null: another mode',
    latest     Nullable(Decimal(38, 6)) COMMENT 'Last to_date or level reading of the day, in the unit; null: increments',
    readings   UInt64                   COMMENT 'Readings of the day that stand'
)
ENGINE = MergeTree
ORDER BY (plan, measure, item, stage, department, day)
AS SELECT
    r.plan AS plan, r.commitment AS commitment, r.measure AS measure, r.item AS item, r.stage AS stage, r.department AS department,
    r.counted AS counted,
    toDate(r.occurred_at, 'Asia/Shanghai') AS day,
    r.mode AS mode,
    if(r.mode = 'increment', sum(r.value), NULL) AS added,
    if(r.mode = 'increment', NULL, argMax(r.value, (r.occurred_at, r.received_at, r.position))) AS latest,
    count() AS readings
FROM readings AS r
GROUP BY plan, commitment, measure, item, stage, department, counted, day, mode
COMMENT 'Readings per measure, item or stage, department and day; refreshed every minute';

CREATE MATERIALIZED VIEW IF NOT EXISTS progress_current
REFRESH EVERY 1 MINUTE
(
    plan             LowCardinality(String)   COMMENT 'Id of the plan',
    commitment       LowCardinality(String)   COMMENT 'Id of the commitment',
    measure          LowCardinality(String)   COMMENT 'Id of the measure',
    unit             LowCardinality(String)   COMMENT 'Unit of actual',
    mode             Enum8('' = 0, 'increment' = 1, 'to_date' = 2, 'level' = 3) COMMENT 'How actual was made: increment is summed, to_date is the latest per item or stage summed over them, level is the latest',
    actual           Nullable(Decimal(38, 6)) COMMENT 'Done so far (累计完成), from the readings of the reporting department alone; of a milestone the stages that are done; null: no reading',
    readings         UInt64                   COMMENT 'Readings that it was made of',
    last_reported_at Nullable(DateTime64(6, 'UTC')) COMMENT 'When the newest of them, or of its "no change" events, happened; UTC; null: never'
)
ENGINE = MergeTree
ORDER BY (plan, measure)
AS WITH
    per_piece AS (
        SELECT
            r.plan AS plan, r.measure AS measure,
            sum(r.value) AS total,
            argMax(r.value, (r.occurred_at, r.received_at, r.position)) AS latest,
            max(r.occurred_at) AS at,
            count() AS readings
        FROM readings AS r
        WHERE r.counted
        GROUP BY plan, measure, r.item, r.stage
    ),
    per_measure AS (
        SELECT plan, measure, sum(p.total) AS total, sum(p.latest) AS latest, max(p.at) AS at, sum(p.readings) AS readings
        FROM per_piece AS p
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
