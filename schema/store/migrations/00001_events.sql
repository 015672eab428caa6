-- The store's truth: every accepted event, append-only. Everything else here is derived from it or
-- written beside it.
--
-- An identity is (plan, department, source, id). A re-sent event has the same content_hash and folds
-- into the row of lowest position, whenever it comes: the version is the position turned around, and
-- ReplacingMergeTree keeps the highest version. Another content under the same identity has another
-- content_hash and so stays, for ever, as a conflict.
--
-- Not partitioned: rows in different partitions never meet in a merge or in FINAL, and one insert may
-- carry the events of more plans than a server lets one insert touch partitions.
--
-- A row is rewritten once per level of merges, which costs more than to insert it: merges take a dozen
-- parts of a size together, not five. The views do not mind the few parts more. An insert of many
-- rows is written as one file, not as two for each column.
--
-- LowCardinality only where a column is sorted or grouped by: building its dictionary costs the
-- writer seven times what a plain String costs, and the repeated ones compress to nothing anyway.

-- +goose NO TRANSACTION
-- +goose Up
CREATE TABLE IF NOT EXISTS events (
    plan           LowCardinality(String)  COMMENT 'Tenant key: one jurisdiction and period, e.g. hongqiao-2024',
    department     LowCardinality(String)  COMMENT 'Id of the department that sent the event',
    source         LowCardinality(String)  COMMENT 'CloudEvents source: the sending system; /simulator is simulated',
    type           Enum8('progress.reported.v1' = 1, 'progress.unchanged.v1' = 2, 'progress.voided.v1' = 3,
                         'progress.item.v1' = 4, 'progress.explained.v1' = 5)
                                           COMMENT 'What the event says',
    id             String                  COMMENT 'CloudEvents id: unique within plan, department and source, for ever',
    content_hash   FixedString(16)         COMMENT 'First half of the SHA-256 of what the event says; differs between the contents of a conflict',
    position       UInt64                  COMMENT 'Place in the log: stream sequence << 16 | index in its batch; the lowest of an identity wins',
    version        UInt64 MATERIALIZED bitNot(position)
                                           COMMENT 'Makes the lowest position survive merges',
    replays        UInt64                  COMMENT 'Position of the refused event that this one is once more, as in refusals; 0: of none',
    identity_hash  UInt64 ALIAS cityHash64(id, cityHash64(plan), cityHash64(department), cityHash64(source))
                                           COMMENT 'Of the identity; not stored. Any two may be the same: only for finding what may belong together',
    target_hash    UInt64 ALIAS cityHash64(if(voids != '', voids, replaces), cityHash64(plan), cityHash64(department), cityHash64(source))
                                           COMMENT 'identity_hash of the event that this one withdraws; meaningless if it withdraws none',
    occurred_at    DateTime64(6, 'UTC')    COMMENT 'When it happened, as the department says; UTC',
    received_at    DateTime64(6, 'UTC')    COMMENT 'When the log took it (stable under replay); UTC',
    commitment     LowCardinality(String)  COMMENT 'Id of the commitment (目标任务)',
    measure        LowCardinality(String)  COMMENT 'Id of the measure (量化指标); empty: the whole commitment',
    item           String                  COMMENT 'Id of the item of an itemised measure; empty: none',
    mode           Enum8('' = 0, 'increment' = 1, 'to_date' = 2, 'level' = 3)
                                           COMMENT 'How a reading is read: increment is summed, to_date is the latest per item summed over items, level is the latest; empty: no reading',
    value          Nullable(Decimal(38, 6)) COMMENT 'The reading, exact, in the base unit of its measure (平方米, 个, %); of a ratio computed here; null: no reading',
    numerator      Nullable(Decimal(38, 6)) COMMENT 'Of a reading reported as a ratio, exact; null: not a ratio',
    denominator    Nullable(Decimal(38, 6)) COMMENT 'Of a reading reported as a ratio, exact; null: not a ratio',
    reported_value String                  COMMENT 'The number as the sender wrote it, in unit; empty: none or a ratio',
    unit           String                  COMMENT 'The unit as the sender wrote it, e.g. 万平方米; empty: no reading',
    stage          String                  COMMENT 'Stage that the reading reached; empty: none',
    replaces       String                  COMMENT 'Id of the event of the same department and source that this reading corrects; empty: none',
    voids          String                  COMMENT 'Id of the event of the same department and source that this one withdraws; empty: none',
    reason         String                  COMMENT 'Why it is withdrawn',
    evidence       Array(String)           COMMENT 'Links or document numbers (佐证材料)',
    note           String                  COMMENT 'Free text of the sender',
    name           String                  COMMENT 'Name of a registered item',
    planned_date   Nullable(Date32)        COMMENT 'Date by which a registered item is planned, Asia/Shanghai; null: none',
    problem        String                  COMMENT 'Existing problem (存在问题)',
    next_step      String                  COMMENT 'Next step (下一步措施)',
    ledger_version String                  COMMENT 'Version of the ledger against which the event was accepted',
    simulated      Bool DEFAULT source = '/simulator'
                                           COMMENT 'Whether the simulator made the event up'
)
ENGINE = ReplacingMergeTree(version)
ORDER BY (plan, department, source, id, content_hash)
SETTINGS merge_selector_base = 12, min_bytes_for_wide_part = 67108864
COMMENT 'Accepted events, append-only, with re-sent copies and conflicts; read events_clean or events_effective instead';
