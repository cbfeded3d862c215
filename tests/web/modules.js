// Calls functions of the guests' page for Python, one JSON line each: see modules.py.
import { webcrypto } from 'node:crypto';
import { createInterface } from 'node:readline';

globalThis.crypto ??= webcrypto; // Node 18 has it by this name only
const modules = { wire: await import('./wire.js'), channel: await import('./channel.js') };
const kept = []; // objects that Python has a number of

function fromPython(value) {
  if (Array.isArray(value)) return value.map(fromPython);
  if (value === null || typeof value !== 'object') return value;
  if ('bytes' in value) return new Uint8Array(Buffer.from(value.bytes, 'hex'));
  if ('big' in value) return BigInt(value.big);
  if ('object' in value) return kept[value.object];
  return Object.fromEntries(Object.entries(value).map(([name, one]) => [name, fromPython(one)]));
}

function toPython(value) {
  if (value instanceof Uint8Array) return { bytes: Buffer.from(value).toString('hex') };
  if (Array.isArray(value)) return value.map(toPython);
  if (value === null || typeof value !== 'object') return value ?? null;
  if (Object.getPrototypeOf(value) !== Object.prototype) return { object: kept.push(value) - 1 };
  return Object.fromEntries(Object.entries(value).map(([name, one]) => [name, toPython(one)]));
}

function called({ module, object, name, args }) {
  const values = args.map(fromPython);
  if (object !== undefined) return kept[object][name](...values);
  const found = modules[module][name];
  return /^[A-Z]/.test(name) ? new found(...values) : found(...values);
}

for await (const line of createInterface({ input: process.stdin })) {
  let answer;
  try {
    answer = { value: toPython(called(JSON.parse(line))) };
  } catch (error) {
    answer = { error: `${error.constructor.name}: ${error.message}` };
  }
  process.stdout.write(JSON.stringify(answer) + '\n');
}
