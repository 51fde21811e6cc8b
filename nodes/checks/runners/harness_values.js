'use strict';
// Writes values of JavaScript as JSON that other languages can read, and for people.
const util = require('node:util');

class Unwritable extends Error {}

function encode(value, undefinedIsNull) {
  let left = 20000;
  const on = new Set();
  const inner = (v) => {
    if (--left < 0 || on.size > 60) throw new Unwritable();
    if (v === null) return null;
    if (v === undefined) return undefinedIsNull ? null : { opaque: 'undefined' };
    if (typeof v === 'string' || typeof v === 'boolean') return v;
    if (typeof v === 'number') return Number.isFinite(v) ? v : { float: String(v) };
    if (typeof v === 'bigint') return { int: String(v) };
    if (typeof v !== 'object') return { opaque: shown(v) };
    if (on.has(v)) throw new Unwritable();
    on.add(v);
    const made = container(v, inner);
    on.delete(v);
    return made;
  };
  return inner(value);
}

function container(v, inner) {
  if (Array.isArray(v) || (ArrayBuffer.isView(v) && !(v instanceof DataView))) {
    return Array.from(v, inner);
  }
  if (v instanceof Set) return { set: Array.from(v, inner) };
  if (v instanceof Map) return { map: Array.from(v, ([k, w]) => [inner(k), inner(w)]) };
  if (v instanceof Number || v instanceof String || v instanceof Boolean) return inner(v.valueOf());
  const isPlain = /^\[object (?:Object|Arguments)\]$/.test(Object.prototype.toString.call(v));
  if (!isPlain || util.types.isProxy(v) || util.types.isPromise(v)) return { opaque: shown(v) };
  return { map: Object.keys(v).map((k) => [k, inner(v[k])]) };
}

function shown(value) {
  try {
    return util.inspect(value, { depth: 6, breakLength: Infinity, maxArrayLength: 40 }).slice(0, 300);
  } catch {
    return Object.prototype.toString.call(value);
  }
}

module.exports = { encode, shown };
