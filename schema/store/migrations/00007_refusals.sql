-- What was refused and why, and what became of it since. The tables are written by the ingest before it
-- acknowledges a message, like events and with the same guarantee: what a message comes to is a function
-- of the log, so that a row written again is the same row, and both tables can be rebuilt from the log.
-- Who dropped what is an act of the office, in office_acts. There is no state beside these.

-- +goose NO TRANSACTION
-- +goose Up
CREATE TABLE IF NOT EXISTS dead_letters (
    plan          LowCardinality(String) COMMENT 'Plan in the subject; unknown where that is no id',
    department    LowCardinality(String) COMMENT 'Department in the subject, which is the one that sent it; unknown where that is no id',
    commitment    LowCardinality(String) COMMENT 'Commitment in the subject; batch: the event came in a batch; unknown where that is no id',
    position      UInt64                 COMMENT 'Place in the log: stream sequence << 16 | index in its batch',
    received_at   DateTime64(6, 'UTC')   COMMENT 'When the log took it, by its own clock also where an event is simulated; UTC',
    subject       String                 COMMENT 'Where it was published',
    reason        LowCardinality(String) COMMENT 'Reason code, e.g. wrong_unit',
    field         String                 COMMENT 'Path of the field that is wrong, a header, or empty: the whole message',
    message       String                 COMMENT 'What is wrong and what to do, in Chinese',
    body          String                 COMMENT 'The bytes of the event as they came, be they text or not; of one that is too large the first 64 KiB',
    length        UInt64                 COMMENT 'Bytes of the whole body',
    sha256        FixedString(32)        COMMENT 'SHA-256 of the whole body',
    header_names  Array(String)          COMMENT 'Names of the headers of the message; empty where there are none or where they are very large',
    header_values Array(String)          COMMENT 'Their values, in the same order',
    replays       UInt64                 COMMENT 'Position of the refused event that this one was once more; 0: of none'
)
ENGINE = ReplacingMergeTree
ORDER BY (plan, position)
COMMENT 'Every refused event, for ever; read the view refusals, which tells what became of it';

-- A table of its own: the row of an event that had come before another way folds into that one in events,
-- and takes the link with it.
CREATE TABLE IF NOT EXISTS replays (
    letter      UInt64                 COMMENT 'Position of the refused event, as its sender says',
    position    UInt64                 COMMENT 'Position at which it was sent once more',
    plan        LowCardinality(String) COMMENT 'Plan in the subject of the replay; unknown where that is no id',
    department  LowCardinality(String) COMMENT 'Department in the subject of the replay; unknown where that is no id',
    received_at DateTime64(6, 'UTC')   COMMENT 'When the log took the replay; UTC',
    reason      LowCardinality(String) COMMENT 'Why it was refused again; empty: it was accepted',
    sha256      FixedString(32)        COMMENT 'SHA-256 of its body'
)
ENGINE = ReplacingMergeTree
ORDER BY (letter, position)
COMMENT 'Every event that was sent with a link to a refused one; read the view refusals, which tells whose links hold';

-- A link holds where it can only be the office's or the department's own: from the plan and department
-- of the refused event, unless that very id was what was wrong. Of several replays the best one counts,
-- then the last; the elements of one replayed batch count together.
CREATE OR REPLACE VIEW refusals AS
WITH
    linked AS (
        SELECT
            r.letter AS letter, bitShiftRight(r.position, 16) AS sequence,
            min(r.position) AS position, min(r.received_at) AS at,
            countIf(r.reason = '') AS accepted, countIf(r.reason != '') AS refused,
            max(r.sha256 != d.sha256) AS edited
        FROM (SELECT * FROM replays FINAL) AS r
        INNER JOIN (
            SELECT position, plan, department, reason, sha256 FROM dead_letters FINAL
            WHERE position IN (SELECT letter FROM replays)) AS d ON d.position = r.letter
        WHERE r.letter < r.position
          AND (r.plan = d.plan OR d.reason = 'unknown_plan')
          AND (r.department = d.department OR d.reason = 'unknown_department')
        GROUP BY letter, sequence
    ),
    replayed AS (
        SELECT
            letter, count() AS times,
            argMax((position, at, multiIf(refused = 0, 'accepted', accepted = 0, 'refused', 'partly'), edited),
                   (refused = 0, accepted > 0, sequence)) AS best
        FROM linked
        GROUP BY letter
    ),
    dropped AS (
        SELECT plan, letter, argMin((by, at, reason), sequence) AS first
        FROM (SELECT plan, sequence, by, at, reason, arrayJoin(letters) AS letter FROM office_acts FINAL
              WHERE type = 'deadletter.dropped.v1' AND refused = '')
        GROUP BY plan, letter
    )
SELECT
    d.plan AS plan, d.department AS department, d.commitment AS commitment,
    d.position AS position, bitShiftRight(d.position, 16) AS sequence, toUInt16(bitAnd(d.position, 65535)) AS batch_index,
    d.received_at AS received_at, d.subject AS subject,
    d.reason AS reason, d.field AS field, d.message AS message,
    multiIf(p.times > 0, 'replayed', x.letter > 0, 'dropped', 'open') AS state,
    p.times AS replay_times,
    p.best.1 AS replayed_by,
    if(p.times > 0, p.best.2, NULL) AS replayed_at,
    p.best.3 AS replay_outcome,
    p.best.4 AS replay_edited,
    x.first.1 AS dropped_by,
    if(x.letter > 0, x.first.2, NULL) AS dropped_at,
    x.first.3 AS dropped_because,
    d.replays AS replays,
    d.length AS length, lower(hex(d.sha256)) AS sha256, d.body AS body,
    d.header_names AS header_names, d.header_values AS header_values
FROM (SELECT * FROM dead_letters FINAL) AS d
LEFT JOIN replayed AS p ON p.letter = d.position
LEFT JOIN dropped AS x ON x.plan = d.plan AND x.letter = d.position
SETTINGS join_use_nulls = 0
COMMENT 'One row per refused event and what became of it: state is open, replayed (replay_outcome accepted, refused or, of a batch, partly) or dropped';
