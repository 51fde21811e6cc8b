'use strict';
// Tells whether the code's own demonstration failed, and in which function; in doubt it did not.
const SURROUNDINGS = new RegExp(
  [
    /\bprocess\b(?!\s*\.\s*(?:stdout\s*\.\s*write|exit|nextTick|hrtime|memoryUsage)\b)/,
    /\b(?:document|window|navigator|localStorage|globalThis|self|fetch|WebSocket|readline)\b/,
    /\b(?:prompt|__dirname|__filename|require\s*\.\s*main|import\s*\.\s*meta)\b/,
    /\brequire\s*\(\s*[^'"\s]|\bimport\s*\(/,
  ].map((one) => one.source).join('|'),
);
const MODULE = /(?:\brequire\s*\(|\bfrom|\bimport)\s*(['"])(?:node:)?([^'"]+)\1/g;
const PURE = new Set(['assert', 'assert/strict', 'util', 'events', 'perf_hooks', 'buffer', 'url']);
const DEMO = /^(?:main|demo|run|test|example|usage|assert|check|expect)/i;
const FRAME = /^\s*at (?:async )?(?:new )?(?:(.*?) (?:\[as .*\] )?\()?(?:file:\/\/)?(\/.*?):(\d+):(\d+)\)?$/;

function needsSurroundings(source) {
  if (SURROUNDINGS.test(source)) return true;
  return [...source.matchAll(MODULE)].some(([, , name]) => !PURE.has(name));
}

function framesOf(error, file) {
  const found = String(error.stack).split('\n').map((line) => FRAME.exec(line));
  return found.filter((one) => one && one[2].startsWith(file)).map(([, name, , line, column]) => {
    const last = String(name || '').split('.').pop();
    return { name: /^[\w$]+$/.test(last) ? last : '', line: Number(line), column: Number(column) };
  });
}

// A function that refuses an argument by a throw of its own may well be shown to do so.
function isRefusal(frame, lines) {
  const at = (lines[frame.line - 1] || '').slice(frame.column - 1);
  return frame.name !== '' && /^(?:throw\b|new\b|super\b|\w*Error\s*\()/.test(at);
}

function demoFailure(error, source, loaded, file) {
  if (!(error instanceof Error) || needsSurroundings(source)) return null;
  if (error.code !== undefined && error.code !== 'ERR_ASSERTION') return null;
  if (error instanceof ReferenceError && / is not defined$/.test(error.message)) return null;
  const frames = framesOf(error, file);
  const lines = loaded.split('\n');
  if (frames.length === 0 || isRefusal(frames[0], lines)) return null;
  const named = (frames.find((frame) => frame.name) || { name: '' }).name;
  const words = `line ${frames[frames.length - 1].line}: ${error.name}: ${error.message}`;
  return { demo_error: words.slice(0, 300), demo_fails_in: DEMO.test(named) ? '' : named };
}

module.exports = { demoFailure };
