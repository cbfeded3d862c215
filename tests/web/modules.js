// Calls functions of the guests' page for Python, one JSON line each: see modules.py.
import { webcrypto } from 'node:crypto';
import { createInterface } from 'node:readline';

globalThis.crypto ??= webcrypto; // Node 18 has it by this name only

/** What the person chose. */
class ChosenFile extends Blob {
  constructor(bytes) {
    super([bytes]);
  }
}

/** What `takeFragment` uses of a browser's window. */
class OpenedWindow {
  constructor(path, hash, keeps) {
    const [pathname, query] = path.split('?');
    const kept = new Map();
    const refused = () => {
      throw new Error('SecurityError');
    };
    this.location = { pathname, search: query ? `?${query}` : '', hash };
    this.history = { replaceState: (_state, _title, address) => this.location = { pathname: address, search: '', hash: '' } };
    this.sessionStorage = {
      setItem: keeps ? (name, value) => kept.set(name, value) : refused,
      getItem: keeps ? (name) => kept.get(name) ?? null : refused,
    };
  }

  shown() {
    const { pathname, search, hash } = this.location;
    return pathname + search + hash;
  }
}

/**
 * The page's host has these bytes at this path, and none elsewhere. Before that it does not answer for so many tries,
 * as where the Wi-Fi is gone (`refuses`) or says nothing.
 */
function serves(path, bytes, tries = 0, refuses = true) {
  globalThis.fetch = async (asked, { signal } = {}) => {
    if (tries > 0) {
      tries -= 1;
      setImmediate(() => passTime(5_000));
      if (refuses) throw new TypeError('Failed to fetch');
      await new Promise((_, fails) => signal.addEventListener('abort', () => fails(signal.reason)));
    }
    const isThere = new URL(asked, 'http://host/').pathname === path;
    return { ok: isThere, arrayBuffer: async () => (isThere ? bytes : new Uint8Array(0)).slice().buffer };
  };
}

const { GuestPage, passTime } = await import('./client_in_node.js');
const fakes = { OpenedWindow, GuestPage, ChosenFile, serves };
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

async function called({ module, object, name, args }) {
  const values = args.map(fromPython);
  if (object !== undefined) return kept[object][name](...values);
  const found = (module === 'fakes' ? fakes : await import(`./${module}.js`))[name];
  return /^[A-Z]/.test(name) ? new found(...values) : found(...values);
}

for await (const line of createInterface({ input: process.stdin })) {
  let answer;
  try {
    answer = { value: toPython(await called(JSON.parse(line))) };
  } catch (error) {
    answer = { error: `${error.constructor.name}: ${error.message}` };
  }
  process.stdout.write(JSON.stringify(answer) + '\n');
}
