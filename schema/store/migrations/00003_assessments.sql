-- What jobs found out: the only place where a status comes from. Percentages, points and quotients are
-- exact until they are written, and rounded here to six decimals, half away from zero; a status was
-- decided on the unrounded ones.

-- +goose NO TRANSACTION
-- +goose Up
CREATE TABLE IF NOT EXISTS assessments (
    plan              LowCardinality(String)   COMMENT 'Id of the plan',
    as_of             DateTime64(6, 'UTC')     COMMENT 'The moment that is assessed; UTC',
    known_at          DateTime64(6, 'UTC')     COMMENT 'What had been received by this moment was taken into account; UTC',
    ledger_version    String                   COMMENT 'Version of the ledger that it was held against',
    commitment        LowCardinality(String)   COMMENT 'Id of the commitment (目标任务)',
    measure           LowCardinality(String)   COMMENT 'Id of the measure (量化指标)',
    lead_department      LowCardinality(String)   COMMENT 'Id of the lead department (牵头单位)',
    progress_status   LowCardinality(String)   COMMENT 'unknown 未知, completed 已完成, overdue 逾期, not_due 未到期, not_started 未启动, severe 严重滞后, lagging 滞后, ahead 快于序时, on_track 符合序时',
    alert_level       LowCardinality(String)   COMMENT 'none, watch 关注, lagging 滞后, severe 严重滞后',
    data_status       LowCardinality(String)   COMMENT 'fresh, stale 数据超期未报, never_reported 从未报送, disputed 数据有争议, unverified 待核实',
    shown_status      LowCardinality(String)   COMMENT 'The status to show: progress_status, but stale 数据超期未报 in place of on_track or ahead where data_status is stale',
    target_value      Decimal(38, 6)           COMMENT 'Annual target (目标值), in the unit of the measure; of a milestone the number of its stages',
    actual_to_date    Nullable(Decimal(38, 6)) COMMENT 'Done so far (累计完成), in the unit; of a level its latest value; null: unknown',
    planned_to_date   Nullable(Decimal(38, 6)) COMMENT 'Planned by now (序时应完成), in the unit; null: unknown',
    planned_pct       Nullable(Decimal(38, 6)) COMMENT 'Planned by now, percent of the annual target (序时进度), of a milestone by the weights of its stages; null: unknown',
    actual_pct        Nullable(Decimal(38, 6)) COMMENT 'Done, percent of the annual target (完成率), of a milestone by the weights of its stages; null: unknown',
    gap_pp            Nullable(Decimal(38, 6)) COMMENT 'actual_pct - planned_pct, percentage points (进度差); null: unknown, or a small count or milestone, whose delay speaks in days',
    attainment        Nullable(Decimal(38, 6)) COMMENT 'actual / planned (序时完成率), 1 is on plan; null: unknown, or nothing is planned yet',
    schedule_lag_days Int32                    COMMENT 'Days since the plan stood where the actual is, or since the oldest missing piece was due (滞后天数); 0: not behind',
    reason            String                   COMMENT 'Why it is unknown, in Chinese; empty: it is known',
    due_soon          Bool                     COMMENT 'Something missing is due within 14 days (临期)',
    unconfirmed       Bool                     COMMENT 'Nobody has confirmed the planned progress',
    simulated         Bool                     COMMENT 'Computed from simulated readings',
    last_reported_at  Nullable(DateTime64(6, 'UTC')) COMMENT 'When the newest reading or "no change" that counts happened; UTC; null: never',
    next_due          Date                     COMMENT 'By 24:00 of which day, Asia/Shanghai, the next missing piece of a small count is due, or the whole of anything else; past: nothing is left that is not late',
    next_piece        String                   COMMENT 'Id of that item or stage; empty: one without a name, or the whole',
    missing_pieces    Array(String)            COMMENT 'Ids of the items or stages planned by now and not done',
    forecast_finish   Nullable(Date)           COMMENT 'Outlook, no fact: the day, Asia/Shanghai, on which the target would be reached at the average rate so far; null: none is given',
    problem           String                   COMMENT 'Latest existing problem (存在问题)',
    next_step         String                   COMMENT 'Latest next step (下一步措施)',
    event_ids         Array(String)            COMMENT 'Ids of the readings that actual_to_date was computed from, in log order',
    event_positions   Array(UInt64)            COMMENT 'Their positions in the log, which tell events apart where ids of two systems are the same',
    assessed_at       DateTime64(6, 'UTC')     COMMENT 'When it was computed; UTC'
)
ENGINE = ReplacingMergeTree(assessed_at)
ORDER BY (plan, as_of, known_at, ledger_version, measure)
COMMENT 'One row per measure and assessment; the view status has the latest';

-- A frozen week is never changed: the version is the moment of freezing turned around, so that the first wins.
CREATE TABLE IF NOT EXISTS weekly_assessments (
    iso_week          LowCardinality(String)   COMMENT 'ISO week of the letter in Asia/Shanghai, e.g. 2024-W27',
    kind              LowCardinality(String)   COMMENT 'quantity (量化指标) or milestone (里程碑)',
    lagging_weeks     UInt32                   COMMENT 'Letters in a row at which alert_level was lagging or severe, this one included (连续滞后周数)',
    plan              LowCardinality(String)   COMMENT 'Id of the plan',
    as_of             DateTime64(6, 'UTC')     COMMENT 'The moment that is assessed; UTC',
    known_at          DateTime64(6, 'UTC')     COMMENT 'What had been received by this moment was taken into account; UTC',
    ledger_version    String                   COMMENT 'Version of the ledger that it was held against',
    commitment        LowCardinality(String)   COMMENT 'Id of the commitment (目标任务)',
    measure           LowCardinality(String)   COMMENT 'Id of the measure (量化指标)',
    lead_department      LowCardinality(String)   COMMENT 'Id of the lead department (牵头单位)',
    progress_status   LowCardinality(String)   COMMENT 'As in assessments',
    alert_level       LowCardinality(String)   COMMENT 'As in assessments',
    data_status       LowCardinality(String)   COMMENT 'As in assessments',
    shown_status      LowCardinality(String)   COMMENT 'As in assessments',
    target_value      Decimal(38, 6)           COMMENT 'As in assessments',
    actual_to_date    Nullable(Decimal(38, 6)) COMMENT 'As in assessments',
    planned_to_date   Nullable(Decimal(38, 6)) COMMENT 'As in assessments',
    planned_pct       Nullable(Decimal(38, 6)) COMMENT 'As in assessments',
    actual_pct        Nullable(Decimal(38, 6)) COMMENT 'As in assessments',
    gap_pp            Nullable(Decimal(38, 6)) COMMENT 'As in assessments',
    attainment        Nullable(Decimal(38, 6)) COMMENT 'As in assessments',
    schedule_lag_days Int32                    COMMENT 'As in assessments',
    reason            String                   COMMENT 'As in assessments',
    due_soon          Bool                     COMMENT 'As in assessments',
    unconfirmed       Bool                     COMMENT 'As in assessments',
    simulated         Bool                     COMMENT 'As in assessments',
    last_reported_at  Nullable(DateTime64(6, 'UTC')) COMMENT 'As in assessments',
    next_due          Date                     COMMENT 'As in assessments',
    next_piece        String                   COMMENT 'As in assessments',
    missing_pieces    Array(String)            COMMENT 'As in assessments',
    forecast_finish   Nullable(Date)           COMMENT 'As in assessments',
    problem           String                   COMMENT 'As in assessments',
    next_step         String                   COMMENT 'As in assessments',
    event_ids         Array(String)            COMMENT 'As in assessments',
    event_positions   Array(UInt64)            COMMENT 'As in assessments',
    assessed_at       DateTime64(6, 'UTC')     COMMENT 'When it was frozen; UTC',
    version           UInt64 MATERIALIZED bitNot(toUInt64(toUnixTimestamp64Micro(assessed_at)))
                                               COMMENT 'Makes the first freezing survive merges'
)
ENGINE = ReplacingMergeTree(version)
ORDER BY (plan, iso_week, measure)
COMMENT 'The assessment that a week''s letter was written from, frozen; read it with FINAL';

CREATE TABLE IF NOT EXISTS mail_deliveries (
    plan       LowCardinality(String) COMMENT 'Id of the plan',
    period     LowCardinality(String) COMMENT 'What the letter speaks of, in Asia/Shanghai: an ISO week (2024-W27), a month (2024-06) or a day (2024-07-01)',
    recipient  String                 COMMENT 'Mail address, in lower case',
    kind       LowCardinality(String) COMMENT 'weekly, monthly, department-<id>, reminder-<department>, warning-<what>; of a letter sent again, that and -resend-<n>',
    revision   UInt64                 COMMENT 'Of the note in the key-value store: the highest is how the letter stands',
    state      Enum8('queued' = 1, 'sent' = 2, 'failed' = 3, 'uncertain' = 4)
                                      COMMENT 'queued: waits for its first or next try; sent: the mail server took it; failed: it was not delivered; uncertain: it may have been, and is not sent again by itself',
    at         DateTime64(6, 'UTC')   COMMENT 'When it came into this state; UTC',
    tries      UInt32                 COMMENT 'How often it was tried by then',
    error      String                 COMMENT 'Why the last try did not deliver it, or why nobody knows; empty: no reason',
    noted_by   String                 COMMENT 'The process that noted it',
    message_id String                 COMMENT 'Message-ID of the letter, by which mail servers log it',
    reason     String                 COMMENT 'Of a letter sent again, by whom and why; else empty'
)
ENGINE = ReplacingMergeTree
ORDER BY (plan, period, recipient, kind, revision)
COMMENT 'How the delivery of letters went on, change by change, a copy for reading; read it with FINAL';

CREATE OR REPLACE VIEW letters AS
SELECT
    d.plan AS plan,
    d.period AS period,
    d.recipient AS recipient,
    d.kind AS kind,
    replaceRegexpOne(d.kind, '-resend-[0-9]+$', '') AS original_kind,
    argMax(d.state, d.revision) AS state,
    argMax(d.at, d.revision) AS since,
    min(d.at) AS queued_at,
    argMax(d.tries, d.revision) AS tries,
    argMax(d.error, d.revision) AS error,
    arraySort(groupArrayIf((d.at, d.error), d.error != '')) AS troubles,
    argMax(d.message_id, d.revision) AS message_id,
    any(d.reason) AS reason
FROM mail_deliveries AS d FINAL
GROUP BY plan, period, recipient, kind
ORDER BY plan, period DESC, kind, recipient
COMMENT 'Every letter and how its delivery stands, since when, and what went wrong on the way (time in UTC and error); a letter that was sent again has a row for each time, of the same original_kind';
