// What a stranger's program does with the official client, unmodified. ENGINE_URL and
// ENGINE_DATABASE say where; nothing here knows that the server is an embedded engine.
"use strict";

const assert = require("node:assert/strict");
const { after, test } = require("node:test");
const { Readable } = require("node:stream");
const { createClient } = require("@clickhouse/client");

const clients = [];
after(() => Promise.all(clients.map((client) => client.close())));

// connect opens a client of its own; a test that fails shall not fill standard error.
function connect(options = {}) {
  const client = createClient({
    url: process.env.ENGINE_URL,
    database: process.env.ENGINE_DATABASE,
    log: { level: 127 /* off */ },
    ...options,
  });
  clients.push(client);
  return client;
}

const select = async (client, query, more = {}) => (await client.query({ query, format: "JSONEachRow", ...more })).json();

// How many statements the engine works on for a query_id.
async function running(client, id) {
  const rows = await select(client, "SELECT count() AS n FROM system.processes WHERE Settings['chdb_client_name'] = {id: String}", { query_params: { id } });
  return rows[0].n;
}

async function eventually(what, holds) {
  for (const end = Date.now() + 60_000; !(await holds()); ) {
    assert.ok(Date.now() < end, `not in time: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

const forever = "SELECT count() FROM numbers(1000000000000) WHERE NOT ignore(sipHash64(number))";

test("ping", async () => {
  const client = connect();
  assert.deepEqual(await client.ping(), { success: true });
  assert.deepEqual(await client.ping({ select: true }), { success: true });
});

for (const [name, compression] of Object.entries({
  "no compression": { request: false, response: false },
  "gzip requests": { request: true, response: false },
  "gzip responses": { request: false, response: true },
  "gzip both ways": { request: true, response: true },
  "brotli both ways": { request: { codec: "br" }, response: { codec: "br" } },
})) {
  test(`create, insert and select with ${name}`, async () => {
    const client = connect({ compression });
    const table = name.replaceAll(" ", "_");
    await client.command({ query: `CREATE TABLE ${table} (n UInt32, name String) ENGINE = MergeTree ORDER BY n` });
    const values = Array.from({ length: 5000 }, (_, n) => ({ n, name: `项目 ${n}` }));
    const { summary } = await client.insert({ table, values, format: "JSONEachRow" });
    assert.equal(summary.written_rows, "5000");
    await client.insert({ table, values: Readable.from([{ n: 5000, name: "streamed" }]), format: "JSONEachRow" });
    await client.insert({ table, values: Readable.from(["5001,csv\n", "5002,csv\n"], { objectMode: false }), format: "CSV" });

    const result = await client.query({ query: `SELECT n, name FROM ${table} ORDER BY n`, format: "JSONEachRow" });
    const wanted = { true: "gzip", false: undefined }[compression.response] ?? compression.response.codec;
    assert.equal(result.response_headers["content-encoding"], wanted);
    assert.deepEqual(await result.json(), [
      ...values, { n: 5000, name: "streamed" }, { n: 5001, name: "csv" }, { n: 5002, name: "csv" },
    ]);
    assert.deepEqual(await select(client, `SELECT n FROM ${table} WHERE n > 6000`), []);
    assert.equal((await (await client.query({ query: `SELECT count() FROM ${table}`, format: "JSON" })).json()).rows, 1);
  });

  test(`an error with ${name}`, async () => {
    const client = connect({ compression });
    await assert.rejects(select(client, "SELECT * FROM nowhere"), { code: "60", type: "UNKNOWN_TABLE" });
    await assert.rejects(client.insert({ table: "nowhere", values: [{ n: 1 }], format: "JSONEachRow" }), { code: "60" });
    await assert.rejects(client.command({ query: "CREATE DATABASE not_ours" }), { code: "497", type: "ACCESS_DENIED" });
  });

  test(`an error in the middle of a result with ${name}`, async () => {
    const client = connect({ compression });
    const query = "SELECT number, throwIf(number = 300000, 'too far') FROM numbers(400000) SETTINGS max_block_size = 10000, max_threads = 1";
    const result = await client.query({ query, format: "JSONEachRow" });
    let rows = 0;
    await assert.rejects(async () => {
      for await (const chunk of result.stream()) rows += chunk.length;
    }, /too far|aborted/); // the client may see that the connection broke before it has unpacked why
    assert.ok(rows > 0 && rows <= 300000, `${rows} rows before the error`);
  });
}

test("parameters", async () => {
  const query_params = { text: "it's a \\ test\n", numbers: [1, 2], day: "2024-06-30", none: null, name: "number" };
  const rows = await select(connect(),
    "SELECT {text: String} AS text, {numbers: Array(UInt8)} AS numbers, {day: Date} AS day, {none: Nullable(String)} AS none, {name: Identifier} AS n FROM numbers(1)",
    { query_params });
  assert.deepEqual(rows, [{ text: query_params.text, numbers: [1, 2], day: "2024-06-30", none: null, n: 0 }]);
});

test("settings of one query", async () => {
  const rows = await select(connect(), "SELECT getSetting('max_block_size') AS size", { clickhouse_settings: { max_block_size: "77" } });
  assert.deepEqual(rows, [{ size: 77 }]);
});

test("query_id", async () => {
  const client = connect();
  const given = await client.query({ query: "SELECT 1", query_id: "given-by-node" });
  assert.equal(given.query_id, "given-by-node");
  assert.equal(given.response_headers["x-clickhouse-query-id"], "given-by-node");
  await given.text();
  const made = await client.command({ query: "SELECT 1" });
  assert.match(made.query_id, /^[0-9a-f-]{36}$/);
});

test("abort of a long query", async () => {
  const client = connect();
  const controller = new AbortController();
  const query_id = "aborted-by-node";
  const aborted = assert.rejects(client.query({ query: forever, query_id, abort_signal: controller.signal }), /abort/);
  await eventually("the engine works on it", async () => (await running(client, query_id)) === 1);
  await assert.rejects(client.query({ query: "SELECT 1", query_id }), { code: "216", type: "QUERY_WITH_SAME_ID_IS_ALREADY_RUNNING" });
  controller.abort();
  await aborted;
  await eventually("the engine stops", async () => (await running(client, query_id)) === 0);
});

test("KILL QUERY by query_id", async () => {
  const client = connect();
  const query_id = "killed-by-node";
  const killed = assert.rejects(client.query({ query: forever, query_id }), { code: "394", type: "QUERY_WAS_CANCELLED" });
  await eventually("the engine works on it", async () => (await running(client, query_id)) === 1);
  await client.command({ query: "KILL QUERY WHERE query_id = {id: String}", query_params: { id: query_id } });
  await killed;
});

test("sessions are refused with what to do instead", async () => {
  await assert.rejects(select(connect(), "SELECT 1", { session_id: "mine" }), { code: "48", type: "NOT_IMPLEMENTED", message: /give settings and database with each request/ });
});

for (const response of [false, true]) {
  test(`a stream of 1,000,000 rows, ${response ? "compressed" : "plain"}`, async () => {
    const client = connect({ compression: { response } });
    const result = await client.query({ query: "SELECT number FROM numbers(1000000)", format: "JSONCompactEachRow" });
    let rows = 0;
    let sum = 0;
    for await (const chunk of result.stream()) {
      for (const row of chunk) sum += Number(row.json()[0]);
      rows += chunk.length;
    }
    assert.deepEqual({ rows, sum }, { rows: 1_000_000, sum: 499_999_500_000 });
  });
}
