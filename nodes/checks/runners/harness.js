'use strict';
// Loads an answer's code and tries the plan's cases on it. Reports go to stdout, one line each.
const fs = require('node:fs');
const path = require('node:path');
const util = require('node:util');
const vm = require('node:vm');
const { createRequire } = require('node:module');
const { pathToFileURL } = require('node:url');
const { Writable } = require('node:stream');
const { demoFailure } = require('./demo.js');
const { transpiled } = require('./transpile.js');
const { encode, shown } = require('./values.js');

const plan = JSON.parse(fs.readFileSync('plan.json', 'utf8'));
const CALL = Symbol('call');
const PROBE = '__probe_' + plan.marker;
const exit = process.exit.bind(process);
const { setTimeout, clearTimeout } = globalThis;
let printed = '';
let touched = '';

function report(what) {
  const line = Buffer.from('\n' + plan.marker + JSON.stringify(what) + '\n');
  for (let at = 0; at < line.length; ) {
    try {
      at += fs.writeSync(1, line, at);
    } catch (error) {
      if (error.code !== 'EAGAIN') throw error;
    }
  }
}

function silence() {
  const sink = new Writable({
    write(chunk, _encoding, done) {
      if (printed.length < 4000) printed += chunk;
      done();
    },
  });
  for (const name of ['stdout', 'stderr']) {
    Object.defineProperty(process, name, { value: sink, configurable: true });
  }
  globalThis.console = new console.Console({ stdout: sink, stderr: sink });
  process.exit = () => {
    throw Object.assign(new Error('the program ended itself'), { isExit: true });
  };
  process.on('uncaughtException', () => {});
  process.on('unhandledRejection', () => {});
}

// Stands in for a package that is not installed; what touches it cannot be judged.
function absent(name) {
  const note = (result) => {
    touched = name;
    return result;
  };
  const stand = new Proxy(function () {}, {
    get: (_t, key) => note(typeof key === 'symbol' || key === 'then' ? undefined : stand),
    apply: () => note(stand),
    construct: () => note(stand),
  });
  return stand;
}

function lenientRequire(real) {
  const lenient = (name) => {
    try {
      return real(name);
    } catch (error) {
      if (error && error.code === 'MODULE_NOT_FOUND') return absent(name);
      throw error;
    }
  };
  return Object.assign(lenient, real);
}

function bounded(work, ms) {
  globalThis[CALL] = work;
  globalThis.__bounded = CALL;
  return vm.runInThisContext('globalThis[globalThis.__bounded]()', { timeout: ms });
}

async function load(source) {
  const file = path.resolve('answer.js');
  const probe = `globalThis.${PROBE} = (code) => eval(code); `;
  const names = ['exports', 'require', 'module', '__filename', '__dirname'];
  let compiled;
  try {
    compiled = vm.compileFunction(probe + source, names, { filename: file });
  } catch (error) {
    return /^\s*(?:import|export)\b|\bawait\b/m.test(source) ? loadModule(probe + source, error)
      : { error };
  }
  const module = { exports: {} };
  const given = [module.exports, lenientRequire(createRequire(file)), module, file, process.cwd()];
  try {
    bounded(() => compiled.apply(module.exports, given), plan.load_ms);
  } catch (thrown) {
    return { thrown, module, source: probe + source };
  }
  return { module };
}

async function loadModule(source, first) {
  const file = path.resolve('answer.mjs');
  fs.writeFileSync(file, source);
  globalThis.require = lenientRequire(createRequire(file));
  let module;
  try {
    module = { exports: await limited(import(pathToFileURL(file).href), plan.load_ms) };
  } catch (error) {
    if (error && error.code === 'ERR_MODULE_NOT_FOUND') return { missing: error.message };
    if (error instanceof SyntaxError && !globalThis[PROBE]) {
      return { error: /import statement|export|await/.test(first.message) ? error : first };
    }
    return { thrown: error, module: { exports: {} }, source };
  }
  return { module };
}

function limited(promise, ms) {
  let timer;
  const late = new Promise((_done, fail) => {
    timer = setTimeout(() => fail(Object.assign(new Error('late'), { isLate: true })), ms);
  });
  return Promise.race([promise, late]).finally(() => clearTimeout(timer));
}

function isDefined(name) {
  try {
    return globalThis[PROBE](`typeof ${name}`) !== 'undefined';
  } catch {
    return true;
  }
}

// Whether an object can be made without arguments, going by the first constructor in line.
function makesWithout(kind) {
  for (let at = kind; typeof at === 'function' && at.prototype; at = Object.getPrototypeOf(at)) {
    if (at.length > 0) return false;
    if (/\bconstructor\s*\(/.test(Function.prototype.toString.call(at))) return true;
  }
  return true;
}

// Finds a function that is no name at the top: exported, or a method of a class of the answer.
// Gives what keeps it from being called; nothing when it can be.
function provide(name, exported) {
  if (isDefined(name)) return undefined;
  const holders = [exported, exported && exported.default];
  let why = { words: `${name} is not defined` };
  for (const kind of plan.classes) {
    try {
      const made = globalThis[PROBE](kind);
      holders.push(made);
      if (typeof made.prototype[name] !== 'function') continue;
      why = { words: `${kind} cannot be made without arguments`, isMethod: true };
      if (makesWithout(made)) holders.push(new made());
    } catch {}
  }
  for (const holder of holders) {
    const found = holder && holder[name];
    if (typeof found === 'function') {
      globalThis[name] = found.bind(holder);
      return undefined;
    }
  }
  if (typeof exported === 'function' && plan.classes.length === 0) {
    globalThis[name] = exported;
    return undefined;
  }
  return why;
}

function kindsOf(error) {
  const kinds = [];
  for (let at = error; at && typeof at === 'object'; at = Object.getPrototypeOf(at)) {
    const name = at.constructor && at.constructor.name;
    if (name && !kinds.includes(name)) kinds.push(name);
    if (Object.hasOwn(at, 'name') && !kinds.includes(at.name)) kinds.push(String(at.name));
  }
  return kinds;
}

const HOST = new RegExp('^(?:' + plan.host.join('|') + ') is not defined$');

function failure(error) {
  const message = String((error && error.message) || error);
  if (error && error.code === 'ERR_SCRIPT_EXECUTION_TIMEOUT') return { outcome: 'timed_out' };
  if (error && error.isLate) return { outcome: 'timed_out', shown: 'its promise never settled' };
  if (error && error.isExit) return { outcome: 'not_run', shown: message };
  if (touched) return { outcome: 'not_run', shown: `${touched} is not installed` };
  if (HOST.test(message)) return { outcome: 'not_run', shown: `${message}: not in a browser` };
  if (/^fetch failed|^getaddrinfo|ENOTFOUND|EAI_AGAIN|ENETUNREACH/.test(message)) {
    return { outcome: 'not_run', shown: 'it needs the network' };
  }
  const isError = error instanceof Error || (error && typeof error === 'object' && error.message);
  const kinds = isError ? kindsOf(error) : [typeof error];
  return { outcome: 'raised', error: (isError && error.name) || kinds[0], kinds, shown: message };
}

function expectation(given) {
  if (!given.expected) return {};
  try {
    const value = bounded(() => globalThis[PROBE](`(${given.expected}\n)`), 200);
    return { value, isKnown: true };
  } catch {
    return {};
  }
}

function call(given) {
  if (!given.arguments) return { run: () => globalThis[PROBE](`(${given.call}\n)`) };
  const values = given.arguments.map((one) => vm.runInThisContext(`(${one}\n)`));
  const target = globalThis[PROBE](given.function);
  return { run: () => target(...values), values };
}

async function attempt(given, exported) {
  touched = printed = '';
  const lacking = given.function && provide(given.function, exported);
  if (lacking) {
    const words = lacking.words;
    if (!given.must_exist || lacking.isMethod) return { outcome: 'not_run', shown: words };
    return { outcome: 'raised', error: 'ReferenceError', kinds: ['ReferenceError'], shown: words };
  }
  const unknown = given.arguments ? undefined : given.free.find((name) => !isDefined(name));
  if (unknown) return { outcome: 'not_run', shown: `${unknown} is not defined` };
  let value, made;
  const until = Date.now() + given.ms;
  try {
    made = call(given);
    value = bounded(made.run, given.ms);
    if (value && typeof value.then === 'function') {
      value = await limited(value, Math.max(50, until - Date.now()));
    }
  } catch (error) {
    return failure(error);
  }
  if (touched) return { outcome: 'not_run', shown: `${touched} is not installed` };
  return returned(value, made.values, expectation(given));
}

function returned(value, after, expected) {
  const seen = { outcome: 'returned', shown: shown(value), printed };
  const add = (key, what) => {
    try {
      seen[key] = encode(what, plan.undefined_is_null);
    } catch {}
  };
  add('value', value);
  if (after) add('after', after);
  if (expected.isKnown) {
    add('expected', expected.value);
    if (!('value' in seen && 'expected' in seen)) {
      seen.same = util.isDeepStrictEqual(value, expected.value);
    }
  }
  return seen;
}

async function main() {
  let source = fs.readFileSync('source.txt', 'utf8').replace(/^#!.*/, '');
  const original = source;
  if (plan.typescript) {
    const made = transpiled(source);
    if (made.code === null) return report({ why_not: `tsc cannot be run: ${made.missing}` });
    if (made.error) return report({ load_error: made.error });
    source = made.code;
  }
  silence();
  const loaded = await load(source);
  if (loaded.missing) return report({ why_not: loaded.missing });
  if (loaded.error) return report({ load_error: String(loaded.error) });
  if (loaded.thrown && failure(loaded.thrown).outcome === 'raised') {
    const demo = demoFailure(loaded.thrown, original, loaded.source, path.resolve('answer'));
    if (demo) report(demo);
  }
  let late = 0;
  for (const given of plan.cases) {
    if (late >= 2 || Date.now() + given.ms > plan.ends_ms) break;
    report({ case: given.number, begun: true });
    const seen = await attempt(given, loaded.module.exports);
    late += seen.outcome === 'timed_out';
    report({ case: given.number, ...seen });
  }
}

main().catch((error) => report({ why_not: `the harness failed: ${error}` })).finally(() => exit(0));
