// Runs Perfetto's own trace processor, as ui.perfetto.dev has it, without a browser: node FILE DIR TRACE SQL... prints each
// query's rows as one line of JSON. DIR holds engine_bundle.js and trace_processor.wasm of a build of the UI.
// Field numbers are those of protos/perfetto/trace_processor/trace_processor.proto.
import fs from "node:fs";
import path from "node:path";
import vm from "node:vm";

const host = globalThis.process;
const [directory, trace, ...queries] = host.argv.slice(2);

// --- protobuf, as much of it as trace_processor.proto's messages need ---
const varint = (value) => {
  const bytes = [];
  for (; value > 127; value = Math.floor(value / 128)) bytes.push((value % 128) | 128);
  return Buffer.from([...bytes, value]);
};
const field = (number, value) =>
  typeof value === "number"
    ? Buffer.concat([varint(number * 8), varint(value)])
    : Buffer.concat([varint(number * 8 + 2), varint(value.length), value]);

function readVarint(bytes, at) {
  let value = 0n;
  for (let shift = 0n; ; shift += 7n) {
    const byte = bytes[at++];
    value |= BigInt(byte & 127) << shift;
    if (byte < 128) return [BigInt.asIntN(64, value), at];
  }
}

function* fields(bytes) {
  for (let at = 0; at < bytes.length; ) {
    let key, value;
    [key, at] = readVarint(bytes, at);
    const number = Number(key >> 3n);
    switch (Number(key & 7n)) {
      case 0:
        [value, at] = readVarint(bytes, at);
        break;
      case 1:
        value = bytes.subarray(at, (at += 8));
        break;
      case 2:
        [value, at] = readVarint(bytes, at);
        value = bytes.subarray(at, (at += Number(value)));
        break;
      default:
        throw new Error(`field ${number} has an unknown wire type`);
    }
    yield [number, value];
  }
}

// --- TraceProcessorRpc: seq 1, request 2, response 3, fatal error 5, append 101, query 103, append result 201, query result 203 ---
const APPEND = 1, FINALIZE = 2, QUERY = 3;
let sequence = 0;
const rpc = (...content) => field(1, Buffer.concat([field(1, ++sequence), ...content]));

// QueryResult: names 1, error 2, batch 3 { cells 1, varints 2, floats 3, strings 5, last 6 }
function addBatch(result, batch) {
  const cells = [], varints = [], floats = [];
  let strings = [];
  for (const [number, value] of fields(batch)) {
    if (number === 1) cells.push(...value);
    else if (number === 2) for (let at = 0, one; at < value.length; ) varints.push((([one, at] = readVarint(value, at)), one));
    else if (number === 3) for (let at = 0; at < value.length; at += 8) floats.push(Buffer.from(value).readDoubleLE(at));
    else if (number === 5) strings = Buffer.from(value).toString().split("\0");
    else if (number === 6) result.done = true;
  }
  for (const cell of cells) {
    const values = { 1: () => null, 2: () => Number(varints.shift()), 3: () => floats.shift(), 4: () => strings.shift() };
    result.cells.push(values[cell]());
  }
}

let answer;
function reply(stream) {
  for (const [, message] of fields(stream)) {
    for (const [number, value] of fields(message)) {
      if (number === 5) fail(Buffer.from(value).toString());
      else if (number === 201) for (const [inner, text] of fields(value)) if (inner === 2) fail(Buffer.from(text).toString());
      if (number === 203) {
        for (const [inner, content] of fields(value)) {
          if (inner === 1) answer.names.push(Buffer.from(content).toString());
          else if (inner === 2 && content.length) fail(Buffer.from(content).toString());
          else if (inner === 3) addBatch(answer, content);
        }
      }
    }
  }
}

function fail(why) {
  console.error(why);
  host.exit(1);
}

// --- what a worker of the UI finds around it ---
globalThis.self = globalThis;
globalThis.WorkerGlobalScope = class {};
globalThis.location = { href: `file://${directory}/` };
globalThis.XMLHttpRequest = class {
  open(_method, url) {
    this.file = path.join(directory, path.basename(url));
  }
  send() {
    this.status = 200;
    this.response = new Uint8Array(fs.readFileSync(this.file)).buffer;
  }
};
globalThis.process = undefined;
vm.runInThisContext(fs.readFileSync(path.join(directory, "engine_bundle.js"), "utf8"));
const port = { postMessage: reply };
self.onmessage({ data: port });
// The engine is up when all that it has queued has run.
await new Promise((resume) => setTimeout(resume, 0));

const send = (message) => port.onmessage({ data: new Uint8Array(message) });
send(rpc(field(2, APPEND), field(101, fs.readFileSync(trace))));
send(rpc(field(2, FINALIZE)));
for (const sql of queries) {
  answer = { names: [], cells: [], done: false };
  send(rpc(field(2, QUERY), field(103, field(1, Buffer.from(sql)))));
  const width = answer.names.length, rows = [];
  while (answer.cells.length) rows.push(answer.cells.splice(0, width));
  console.log(JSON.stringify(rows));
}
