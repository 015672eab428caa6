-- The ledger (台账): what was promised, by whom, by when, according to which planned progress. A version
-- of it is written once and never changed; plans says which version was applied when, and the one
-- applied last is in force. A row of plans is written after all other rows of its version, so a version
-- that is half written is in force nowhere.

-- +goose NO TRANSACTION
-- +goose Up
CREATE TABLE IF NOT EXISTS plans (
    plan           LowCardinality(String) COMMENT 'Id of the plan, e.g. hongqiao-2024',
    ledger_version String                 COMMENT 'Version that was applied: first 12 hex digits of the SHA-256 of its canonical form',
    applied_at     DateTime64(6, 'UTC')   COMMENT 'From when it is in force, until a later row; UTC',
    title          String                 COMMENT 'Title, e.g. 红桥区2024年政府工作报告目标任务',
    jurisdiction   String                 COMMENT 'e.g. 天津市红桥区',
    start          Date                   COMMENT 'First day of the plan, Asia/Shanghai',
    end            Date                   COMMENT 'Last day of the plan, Asia/Shanghai',
    source_title   String                 COMMENT 'Title of the text that the promises are quoted from',
    source_sha256  String                 COMMENT 'SHA-256 of that text, hex',
    source_text    String                 COMMENT 'That text, byte for byte; offsets into it count code points from 0',
    note           String                 COMMENT 'What of the ledger is inferred, and what is our assignment'
)
ENGINE = ReplacingMergeTree
ORDER BY (plan, applied_at)
COMMENT 'Every application of a ledger version; current_plans has the ones in force';

CREATE TABLE IF NOT EXISTS departments (
    plan           LowCardinality(String) COMMENT 'Id of the plan',
    ledger_version String                 COMMENT 'Version of the ledger',
    applied_at     DateTime64(6, 'UTC')   COMMENT 'When the version was last written; UTC',
    department     LowCardinality(String) COMMENT 'Id of the department',
    name           String                 COMMENT 'Name in Chinese',
    name_en        String                 COMMENT 'Name in English',
    assigned_by    String                 COMMENT 'Who named it'
)
ENGINE = ReplacingMergeTree(applied_at)
ORDER BY (plan, ledger_version, department)
COMMENT 'Departments of every ledger version';

CREATE TABLE IF NOT EXISTS commitments (
    plan                   LowCardinality(String)         COMMENT 'Id of the plan',
    ledger_version         String                         COMMENT 'Version of the ledger',
    applied_at             DateTime64(6, 'UTC')           COMMENT 'When the version was last written; UTC',
    commitment             LowCardinality(String)         COMMENT 'Id of the commitment (目标任务)',
    ordinal                UInt32                         COMMENT 'Place in the ledger, from 1',
    title                  String                         COMMENT 'Short title',
    title_en               String                         COMMENT 'Short title in English',
    section                String                         COMMENT 'Heading of the section of the text',
    paragraph              String                         COMMENT 'Sub-heading of the paragraph of the text',
    quote                  String                         COMMENT 'The promise, verbatim',
    quote_offset           UInt32                         COMMENT 'Of the quote in the source text, in code points from 0',
    done                   LowCardinality(String)         COMMENT 'What its verb counts as done: started, finished, in_operation, held, reached, advanced (no finish is promised)',
    lead_department        LowCardinality(String)         COMMENT 'Id of the department that leads (牵头单位)',
    lead_assigned_by       String                         COMMENT 'Who assigned the lead',
    supporting_departments Array(LowCardinality(String))  COMMENT 'Ids of the departments that support (配合单位)'
)
ENGINE = ReplacingMergeTree(applied_at)
ORDER BY (plan, ledger_version, commitment)
COMMENT 'Commitments of every ledger version';

CREATE TABLE IF NOT EXISTS measures (
    plan                    LowCardinality(String)   COMMENT 'Id of the plan',
    ledger_version          String                   COMMENT 'Version of the ledger',
    applied_at              DateTime64(6, 'UTC')     COMMENT 'When the version was last written; UTC',
    commitment              LowCardinality(String)   COMMENT 'Id of the commitment that it is a part of',
    measure                 LowCardinality(String)   COMMENT 'Id of the measure (量化指标), unique in the plan',
    ordinal                 UInt32                   COMMENT 'Place in the ledger, from 1',
    kind                    LowCardinality(String) DEFAULT if(curve_kind = 'milestones', 'milestone', 'quantity')
                                                     COMMENT 'quantity (量化指标), or milestone (里程碑): a deliverable without a number, followed by its stages',
    title                   String                   COMMENT 'Short title',
    title_en                String                   COMMENT 'Short title in English',
    numeral_text            String                   COMMENT 'The numeral as the text has it, e.g. 84.7万; 全覆盖 where it has none; empty: a milestone',
    numeral_offset          UInt32                   COMMENT 'Of the numeral in the source text, in code points from 0',
    target_value            Decimal(38, 6)           COMMENT 'Annual target (目标值), in unit; of a milestone the number of its stages',
    unit                    LowCardinality(String)   COMMENT 'Base unit of every figure of the measure, e.g. 平方米, 个, %',
    comparator              LowCardinality(String)   COMMENT 'How the text words the target: >= (以上) or as_written; reached is actual >= target either way',
    mode                    Enum8('' = 0, 'increment' = 1, 'to_date' = 2, 'level' = 3)
                                                     COMMENT 'How its readings are read',
    direction               LowCardinality(String)   COMMENT 'Which way a level is to move: rise or fall',
    min_value               Nullable(Decimal(38, 6)) COMMENT 'Least admissible reading, in unit; null: 0',
    max_value               Nullable(Decimal(38, 6)) COMMENT 'Greatest admissible reading, in unit; null: none',
    baseline_value          Nullable(Decimal(38, 6)) COMMENT 'Where a level starts from (基期值), in unit; null: not known',
    ratio_numerator         String                   COMMENT 'What is counted above the line of a rate; empty: no rate',
    ratio_denominator       String                   COMMENT 'What is counted below the line of a rate',
    ratio_per               Nullable(Decimal(38, 6)) COMMENT 'value = numerator / denominator × this: 100 for a percentage; null: no rate',
    ratio_denominator_value Nullable(Decimal(38, 6)) COMMENT 'Denominator that the text gives; null: none',
    itemised                Bool                     COMMENT 'Whether every reading names an item and is 0 or 1',
    items_open              Bool                     COMMENT 'Whether departments may register further items (等)',
    definition              String                   COMMENT 'What is counted, and what is not (口径)',
    reporting_department    LowCardinality(String)   COMMENT 'Id of the department whose readings count; what others report is a cross-check',
    reporting_interval_days UInt16                   COMMENT 'Days within which a reading or a "no change" is expected',
    due_date                Date                     COMMENT 'Due by 24:00 of this day (完成时限), Asia/Shanghai',
    evidence_required       Bool                     COMMENT 'Whether a reading needs evidence to count as verified',
    curve_kind              LowCardinality(String)   COMMENT 'Form of the planned progress: linear, steps, season, items, level, milestones; empty: none. Its values are in planned_daily',
    curve_assigned_by       String                   COMMENT 'Who drew the curve',
    curve_confirmed_by      String                   COMMENT 'Who confirmed it; empty: nobody has'
)
ENGINE = ReplacingMergeTree(applied_at)
ORDER BY (plan, ledger_version, measure)
COMMENT 'Measures of every ledger version; the view ledger has the version in force, with titles and names';

CREATE TABLE IF NOT EXISTS items (
    plan           LowCardinality(String) COMMENT 'Id of the plan',
    ledger_version String                 COMMENT 'Version of the ledger',
    applied_at     DateTime64(6, 'UTC')   COMMENT 'When the version was last written; UTC',
    measure        LowCardinality(String) COMMENT 'Id of the itemised measure',
    item           String                 COMMENT 'Id of the item',
    ordinal        UInt32                 COMMENT 'Place in the measure, from 1',
    name           String                 COMMENT 'Name as the text has it',
    planned_date   Nullable(Date)         COMMENT 'Planned by 24:00 of this day, Asia/Shanghai; null: no date of its own'
)
ENGINE = ReplacingMergeTree(applied_at)
ORDER BY (plan, ledger_version, measure, item)
COMMENT 'Items that the text names, of every ledger version; those that departments registered are events of type progress.item.v1';

CREATE TABLE IF NOT EXISTS stages (
    plan           LowCardinality(String) COMMENT 'Id of the plan',
    ledger_version String                 COMMENT 'Version of the ledger',
    applied_at     DateTime64(6, 'UTC')   COMMENT 'When the version was last written; UTC',
    measure        LowCardinality(String) COMMENT 'Id of the milestone',
    stage          String                 COMMENT 'Id of the stage (节点)',
    ordinal        UInt32                 COMMENT 'Place in the milestone, from 1',
    name           String                 COMMENT 'Name',
    planned_date   Date                   COMMENT 'Planned by 24:00 of this day, Asia/Shanghai',
    weight         Decimal(38, 6)         COMMENT 'Its share of the milestone, percent; the stages of one sum to 100'
)
ENGINE = ReplacingMergeTree(applied_at)
ORDER BY (plan, ledger_version, measure, stage)
COMMENT 'Stages of the milestones (里程碑) of every ledger version';

CREATE TABLE IF NOT EXISTS statements (
    plan           LowCardinality(String) COMMENT 'Id of the plan',
    ledger_version String                 COMMENT 'Version of the ledger',
    applied_at     DateTime64(6, 'UTC')   COMMENT 'When the version was last written; UTC',
    ordinal        UInt32                 COMMENT 'Place in the ledger, from 1',
    kind           LowCardinality(String) COMMENT 'directional (方向性表述): no number and no state that is done or not; heading (标题)',
    quote          String                 COMMENT 'The passage, verbatim',
    quote_offset   UInt32                 COMMENT 'Of the quote in the source text, in code points from 0',
    reason         String                 COMMENT 'Why it is not held as a commitment'
)
ENGINE = ReplacingMergeTree(applied_at)
ORDER BY (plan, ledger_version, quote_offset)
COMMENT 'Passages of the text that are no commitments, of every ledger version; with the commitments they own every clause';

CREATE TABLE IF NOT EXISTS numerals (
    plan           LowCardinality(String) COMMENT 'Id of the plan',
    ledger_version String                 COMMENT 'Version of the ledger',
    applied_at     DateTime64(6, 'UTC')   COMMENT 'When the version was last written; UTC',
    numeral_text   String                 COMMENT 'The numeral, Arabic or Chinese, e.g. 三一',
    numeral_offset UInt32                 COMMENT 'Of the numeral in the source text, in code points from 0',
    reason         String                 COMMENT 'Why it is no target'
)
ENGINE = ReplacingMergeTree(applied_at)
ORDER BY (plan, ledger_version, numeral_offset)
COMMENT 'Numerals of the text that are no targets, of every ledger version';

CREATE TABLE IF NOT EXISTS assignments (
    plan           LowCardinality(String) COMMENT 'Id of the plan',
    ledger_version String                 COMMENT 'Version of the ledger',
    applied_at     DateTime64(6, 'UTC')   COMMENT 'When the version, or a confirmation of it, was last written; UTC',
    object         LowCardinality(String) COMMENT 'commitment, measure or department',
    id             LowCardinality(String) COMMENT 'Id of that object',
    field          LowCardinality(String) COMMENT 'Field that the text does not give, by its name in the ledger, e.g. curve',
    assigned_by    String                 COMMENT 'Who set it',
    confidence     LowCardinality(String) COMMENT 'How sure of it: high, medium, low',
    basis          String                 COMMENT 'On what ground (依据)',
    confirmed_by   String                 COMMENT 'Who confirmed it; empty: nobody has'
)
ENGINE = ReplacingMergeTree(applied_at)
ORDER BY (plan, ledger_version, object, id, field)
COMMENT 'Every field of every ledger version that is not from the text, and who set and confirmed it';

CREATE TABLE IF NOT EXISTS planned_daily (
    plan            LowCardinality(String)   COMMENT 'Id of the plan',
    ledger_version  String                   COMMENT 'Version of the ledger',
    applied_at      DateTime64(6, 'UTC')     COMMENT 'When the version was last written; UTC',
    measure         LowCardinality(String)   COMMENT 'Id of the measure',
    date            Date                     COMMENT 'Day, Asia/Shanghai',
    planned_pct     Nullable(Decimal(38, 6)) COMMENT 'Percent of the target planned to be reached before 00:00 of the day, rounded half away from zero; null: not known',
    planned_to_date Nullable(Decimal(38, 6)) COMMENT 'The same in the unit of the measure (序时应完成); of a level the planned value; null: not known'
)
ENGINE = ReplacingMergeTree(applied_at)
ORDER BY (plan, ledger_version, measure, date)
COMMENT 'Planned progress (序时进度) of every ledger version, expanded per day';

CREATE OR REPLACE VIEW current_plans AS
SELECT *
FROM plans FINAL
ORDER BY plan, applied_at DESC
LIMIT 1 BY plan
COMMENT 'One row per plan, with the ledger version in force';

CREATE OR REPLACE VIEW current_departments AS
SELECT *
FROM departments FINAL
WHERE (plan, ledger_version) IN (SELECT plan, ledger_version FROM current_plans)
COMMENT 'Departments of the ledger version in force';

CREATE OR REPLACE VIEW current_commitments AS
SELECT *
FROM commitments FINAL
WHERE (plan, ledger_version) IN (SELECT plan, ledger_version FROM current_plans)
COMMENT 'Commitments of the ledger version in force';

CREATE OR REPLACE VIEW current_measures AS
SELECT *
FROM measures FINAL
WHERE (plan, ledger_version) IN (SELECT plan, ledger_version FROM current_plans)
COMMENT 'Measures of the ledger version in force; ledger has them with titles and names';

CREATE OR REPLACE VIEW current_items AS
SELECT *
FROM items FINAL
WHERE (plan, ledger_version) IN (SELECT plan, ledger_version FROM current_plans)
COMMENT 'Items that the text names, of the ledger version in force';

CREATE OR REPLACE VIEW current_stages AS
SELECT *
FROM stages FINAL
WHERE (plan, ledger_version) IN (SELECT plan, ledger_version FROM current_plans)
COMMENT 'Stages of the milestones, of the ledger version in force';

CREATE OR REPLACE VIEW current_assignments AS
SELECT *
FROM assignments FINAL
WHERE (plan, ledger_version) IN (SELECT plan, ledger_version FROM current_plans)
COMMENT 'Every field that is not from the text, of the ledger version in force, and who set and confirmed it';

CREATE OR REPLACE VIEW coverage AS
SELECT plan, ledger_version, quote_offset, 'commitment' AS owner, commitment, quote, '' AS reason
FROM commitments FINAL
WHERE (plan, ledger_version) IN (SELECT plan, ledger_version FROM current_plans)
UNION ALL
SELECT plan, ledger_version, quote_offset, kind AS owner, '' AS commitment, quote, reason
FROM statements FINAL
WHERE (plan, ledger_version) IN (SELECT plan, ledger_version FROM current_plans)
COMMENT 'What the text says, passage by passage, and what became of it: owner is commitment, directional or heading; of the ledger version in force';

CREATE OR REPLACE VIEW current_numerals AS
SELECT *
FROM numerals FINAL
WHERE (plan, ledger_version) IN (SELECT plan, ledger_version FROM current_plans)
COMMENT 'Numerals of the text that are no targets, with the reason, of the ledger version in force';

CREATE OR REPLACE VIEW current_planned_daily AS
SELECT *
FROM planned_daily FINAL
WHERE (plan, ledger_version) IN (SELECT plan, ledger_version FROM current_plans)
COMMENT 'Planned progress per day, of the ledger version in force';

CREATE OR REPLACE VIEW ledger_versions AS
SELECT
    m.plan AS plan,
    m.ledger_version AS ledger_version,
    m.commitment AS commitment,
    c.title AS commitment_title,
    c.section AS section,
    c.paragraph AS paragraph,
    c.quote AS quote,
    c.quote_offset AS quote_offset,
    c.done AS done,
    c.lead_department AS lead_department,
    d.name AS lead_department_name,
    c.supporting_departments AS supporting_departments,
    m.measure AS measure,
    m.ordinal AS ordinal,
    m.title AS measure_title,
    m.* EXCEPT (plan, ledger_version, applied_at, commitment, measure, ordinal, title, title_en)
FROM (SELECT * FROM measures FINAL) AS m
INNER JOIN (SELECT * FROM commitments FINAL) AS c
    ON c.plan = m.plan AND c.ledger_version = m.ledger_version AND c.commitment = m.commitment
LEFT JOIN (SELECT * FROM departments FINAL) AS d
    ON d.plan = c.plan AND d.ledger_version = c.ledger_version AND d.department = c.lead_department
COMMENT 'One row per measure of every ledger version, with its commitment and lead department';

CREATE OR REPLACE VIEW ledger AS
SELECT *
FROM ledger_versions
WHERE (plan, ledger_version) IN (SELECT plan, ledger_version FROM current_plans)
COMMENT 'One row per measure of the ledger version in force, with its commitment and lead department';
