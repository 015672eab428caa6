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

-- Most events are alone: no other row has their identity, and no event withdraws them. They need no
-- settling, which is what costs. This finds the rest, by a hash that any event may share: it decides only
-- which way an event is read, never which one counts, so that nobody gains by a collision. The hashes
-- are sorted in 8192 portions, each small enough for a processor's cache, where equal ones are neighbours.
CREATE OR REPLACE VIEW unsettled AS
SELECT arrayJoin(arrayFilter((one, next) -> one = next, arrayPopBack(hashes), arrayPopFront(hashes))) AS identity_hash
FROM (SELECT arraySort(groupArray(identity_hash)) AS hashes FROM events GROUP BY identity_hash % 8192)
UNION ALL
SELECT target_hash AS identity_hash FROM events WHERE voids != '' OR replaces != ''
COMMENT 'Hashes of the identities that have several rows, or that an event would withdraw; some are there for nothing';

-- Of a contested void the content that wins withdraws, and only that.
CREATE OR REPLACE VIEW withdrawals AS
SELECT plan, department, source, if(voids != '', voids, replaces) AS id, by
FROM (
    SELECT plan, department, source, id AS by, voids, replaces
    FROM events
    WHERE identity_hash IN (SELECT identity_hash FROM events WHERE voids != '' OR replaces != '')
    ORDER BY plan, department, source, id, position
    LIMIT 1 BY plan, department, source, id)
WHERE voids != '' OR replaces != ''
COMMENT 'What voids and corrections withdraw, whether it was ever sent or not; by is the id of the void or correction';

-- A void or a correction withdraws its target for good, wherever in the log it stands and whether or
-- not it is itself withdrawn later; it reaches only its own plan, department and source; a void cannot
-- be voided. All reads of a query must see the same rows, or an event that a copy joins meanwhile would
-- be taken both for alone and for settled.
CREATE OR REPLACE VIEW events_effective AS
SELECT *
FROM events
WHERE identity_hash NOT IN (SELECT identity_hash FROM unsettled)
UNION ALL
SELECT *
FROM (
    SELECT *
    FROM events
    WHERE identity_hash IN (SELECT identity_hash FROM unsettled)
    ORDER BY plan, department, source, id, position
    LIMIT 1 BY plan, department, source, id)
WHERE type = 'progress.voided.v1'
   OR (plan, department, source, id) NOT IN (SELECT plan, department, source, id FROM withdrawals)
SETTINGS enable_shared_storage_snapshot_in_query = 1
COMMENT 'The events that stand: events_clean without those that a void or a correction withdrew';

CREATE OR REPLACE VIEW conflicts AS
SELECT
    plan, department, source, id,
    position,
    position = min(position) OVER identity AS wins,
    lower(hex(content_hash)) AS content_hash,
    received_at, occurred_at, type, commitment, measure, item, value, reported_value, unit, voids, replaces
FROM (
    SELECT *
    FROM events
    WHERE identity_hash IN (
        SELECT identity_hash
        FROM events
        WHERE identity_hash IN (SELECT identity_hash FROM unsettled)
        GROUP BY identity_hash
        HAVING min(content_hash) != max(content_hash))
    ORDER BY position
    LIMIT 1 BY plan, department, source, id, content_hash)
WINDOW identity AS (PARTITION BY plan, department, source, id)
QUALIFY min(content_hash) OVER identity != max(content_hash) OVER identity
ORDER BY plan, department, source, id, position
SETTINGS enable_shared_storage_snapshot_in_query = 1
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

-- The one pass over the events. What the ledger says of them is asked afterwards, of a row per day.
CREATE MATERIALIZED VIEW IF NOT EXISTS standing_daily
REFRESH EVERY 1 MINUTE
(
    plan             LowCardinality(String)   COMMENT 'Id of the plan',
    commitment       LowCardinality(String)   COMMENT 'Id of the commitment',
    measure          LowCardinality(String)   COMMENT 'Id of the measure; empty: the whole commitment',
    item             String                   COMMENT 'Id of the item; empty: not itemised',
    stage            String                   COMMENT 'Id of the stage; empty: no milestone',
    department       LowCardinality(String)   COMMENT 'Id of the department that reported',
    type             Enum8('progress.reported.v1' = 1, 'progress.unchanged.v1' = 2) COMMENT 'A reading, or a "no change"',
    day              Date                     COMMENT 'Day on which it happened, Asia/Shanghai',
    mode             Enum8('' = 0, 'increment' = 1, 'to_date' = 2, 'level' = 3) COMMENT 'How the readings are read; empty: no reading',
    total            Nullable(Decimal(38, 6)) COMMENT 'Sum of the readings, in the unit of the measure; null: no reading',
    latest           Nullable(Decimal(38, 6)) COMMENT 'Last of the readings, in the unit; null: no reading',
    last             Tuple(occurred_at DateTime64(6, 'UTC'), received_at DateTime64(6, 'UTC'), position UInt64)
                                              COMMENT 'Moments and place in the log of the last of them: of those that happened last the one received last',
    events           UInt64                   COMMENT 'Events of the day that stand'
)
ENGINE = MergeTree
ORDER BY (plan, measure, item, stage, department, day)
AS SELECT
    e.plan AS plan, e.commitment AS commitment, e.measure AS measure, e.item AS item, e.stage AS stage, e.department AS department,
    e.type AS type,
    toDate(e.occurred_at, 'Asia/Shanghai') AS day,
    e.mode AS mode,
    sum(e.value) AS total,
    argMax(e.value, (e.occurred_at, e.received_at, e.position)) AS latest,
    max((e.occurred_at, e.received_at, e.position)) AS last,
    count() AS events
FROM events_effective AS e
WHERE e.type IN ('progress.reported.v1', 'progress.unchanged.v1')
GROUP BY plan, commitment, measure, item, stage, department, type, day, mode
SETTINGS enable_shared_storage_snapshot_in_query = 1
COMMENT 'Readings and "no change" events that stand, per piece, department and day, whether the ledger in force has the piece or not; refreshed every minute';

CREATE OR REPLACE VIEW standing_readings AS
SELECT
    d.*,
    d.department = m.reporting_department
        AND multiIf(NOT m.itemised, d.item = '', m.items_open, d.item != '',
                    (d.plan, d.measure, d.item) IN (SELECT plan, measure, item FROM current_items))
        AND if(m.curve_kind != 'milestones', d.stage = '',
               (d.plan, d.measure, d.stage) IN (SELECT plan, measure, stage FROM current_stages)) AS counted
FROM standing_daily AS d
LEFT JOIN current_measures AS m ON m.plan = d.plan AND m.measure = d.measure
WHERE d.type = 'progress.reported.v1'
COMMENT 'The readings of standing_daily; counted as in the view readings, which is the same of single events';

CREATE MATERIALIZED VIEW IF NOT EXISTS progress_daily
REFRESH EVERY 1 MINUTE DEPENDS ON standing_daily
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
    plan, commitment, measure, item, stage, department, counted, day, mode,
    if(mode = 'increment', total, NULL) AS added,
    if(mode = 'increment', NULL, d.latest) AS latest,
    events AS readings
FROM standing_readings AS d
COMMENT 'Readings per measure, item or stage, department and day; refreshed every minute';

CREATE MATERIALIZED VIEW IF NOT EXISTS progress_current
REFRESH EVERY 1 MINUTE DEPENDS ON standing_daily
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
            d.plan AS plan, d.measure AS measure,
            sum(d.total) AS total, argMax(d.latest, d.last) AS latest, max(d.last).1 AS at, sum(d.events) AS readings
        FROM standing_readings AS d
        WHERE d.counted
        GROUP BY plan, measure, d.item, d.stage
    ),
    per_measure AS (
        SELECT plan, measure, sum(p.total) AS total, sum(p.latest) AS latest, max(p.at) AS at, sum(p.readings) AS readings
        FROM per_piece AS p
        GROUP BY plan, measure
    ),
    no_change AS (
        SELECT m.plan AS plan, m.measure AS measure, max(d.last).1 AS at
        FROM standing_daily AS d
        INNER JOIN current_measures AS m ON m.plan = d.plan AND m.commitment = d.commitment AND m.reporting_department = d.department
        WHERE d.type = 'progress.unchanged.v1' AND d.measure IN ('', m.measure)
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
