-- What the office did: a copy, for SQL, of the log of its acts (the OFFICE stream). A row of office_acts is
-- written after everything that follows from its act, so that what is here is here whole.

-- +goose NO TRANSACTION
-- +goose Up
CREATE TABLE IF NOT EXISTS office_acts (
    plan           LowCardinality(String) COMMENT 'Id of the plan',
    sequence       UInt64                 COMMENT 'Place in the log of acts; acts follow each other in this order',
    type           LowCardinality(String) COMMENT 'ledger.applied.v1: a version came into force; assignment.confirmed.v1: somebody stands for a field; deadletter.dropped.v1: refused events that nothing more is to be done about; supervision.closed.v1: a supervision item was closed by hand (办结); commitment.verified.v1: a completed commitment was verified (核实); empty: it could not be read',
    at             DateTime64(6, 'UTC')   COMMENT 'From when it counts; UTC',
    by             String                 COMMENT 'Who applied, confirmed, dropped, closed or verified',
    reason         String                 COMMENT 'Why',
    approver       String                 COMMENT 'Who approved what departments are held to; empty: nothing needed it',
    ledger_version String                 COMMENT 'Version that was applied, or in which the field was confirmed',
    base_version   String                 COMMENT 'Version that was in force before; empty: the first of the plan, or a confirmation',
    object         LowCardinality(String) COMMENT 'What was confirmed, closed or verified: commitment, measure, department or (supervision) item',
    id             String                 COMMENT 'Id of that object; of an item its number, e.g. 2024-012',
    field          LowCardinality(String) COMMENT 'Field of it that was confirmed, by its name in the ledger; empty: none was',
    letters        Array(UInt64)          COMMENT 'Positions of the refused events that were dropped, as in refusals',
    evidence       Array(String)          COMMENT 'Links or names of documents by which it was verified (佐证材料)',
    simulated      Bool                   COMMENT 'Whether its time is of a simulation',
    refused        String                 COMMENT 'Why the act does not hold and changed nothing; empty: it holds',
    ledger         String                 COMMENT 'The ledger that was applied, complete, as JSON in its canonical form; empty: none was'
)
ENGINE = ReplacingMergeTree
ORDER BY (plan, sequence)
COMMENT 'Every act of the office, also those that do not hold; read it with FINAL';

CREATE TABLE IF NOT EXISTS ledger_changes (
    plan           LowCardinality(String) COMMENT 'Id of the plan',
    sequence       UInt64                 COMMENT 'Of the act that put the version in force, as in office_acts',
    ordinal        UInt32                 COMMENT 'Place among the changes of the version, from 1, in the order of the ledger',
    at             DateTime64(6, 'UTC')   COMMENT 'From when it is in force; UTC',
    ledger_version String                 COMMENT 'Version that brought the change',
    base_version   String                 COMMENT 'Version before',
    object         LowCardinality(String) COMMENT 'plan, department, commitment, measure, statement or numeral',
    id             String                 COMMENT 'Id of that object',
    field          LowCardinality(String) COMMENT 'Field of it, by its name in the ledger; empty: the whole object was added or removed',
    before         String                 COMMENT 'What it was, in words; empty: nothing',
    after          String                 COMMENT 'What it is, in words; empty: nothing',
    controlled     Bool                   COMMENT 'Whether it changes what a department is held to, which needs an approver',
    by             String                 COMMENT 'Who applied the version',
    reason         String                 COMMENT 'Why',
    approver       String                 COMMENT 'Who approved it; empty: nothing in the version needed it'
)
ENGINE = ReplacingMergeTree
ORDER BY (plan, sequence, ordinal)
COMMENT 'What each version of a ledger changed against the one before; read it with FINAL';

CREATE OR REPLACE VIEW confirmations AS
SELECT plan, sequence, at, object, id, field, ledger_version, by AS confirmed_by, reason, simulated
FROM office_acts FINAL
WHERE type = 'assignment.confirmed.v1' AND refused = ''
ORDER BY plan, sequence
COMMENT 'Who confirmed which field, when; what holds of them in the version in force is confirmed_by in current_assignments';
