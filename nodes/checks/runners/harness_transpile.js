'use strict';
// Turns TypeScript into JavaScript by whatever compiler is there, without a check of types.
const fs = require('node:fs');
const path = require('node:path');
const { spawnSync } = require('node:child_process');

function transpiled(source) {
  let compiler;
  try {
    compiler = require('typescript');
  } catch {
    compiler = {};
  }
  const target = { target: 'es2022', module: 'commonjs' };
  if (compiler.transpileModule) {
    const options = { ...target, esModuleInterop: true, experimentalDecorators: true };
    const made = compiler.transpileModule(source, {
      compilerOptions: compiler.convertCompilerOptionsFromJson(options, '.').options,
      reportDiagnostics: true,
    });
    const first = (made.diagnostics || [])[0];
    const words = first && compiler.flattenDiagnosticMessageText(first.messageText, ' ');
    return { code: made.outputText, error: words };
  }
  fs.writeFileSync('answer.ts', source);
  const flags = ['--noCheck', '--esModuleInterop', '--experimentalDecorators', '--outDir', 'made'];
  const given = ['--target', target.target, '--module', target.module, ...flags];
  const places = (process.env.NODE_PATH || '').split(':');
  const scripts = places.map((place) => path.join(place, 'typescript', 'lib', 'tsc.js'));
  const script = scripts.find((one) => fs.existsSync(one)) || 'no tsc.js below NODE_PATH';
  const ran = spawnSync(process.execPath, [script, ...given, 'answer.ts'], { encoding: 'utf8' });
  const said = String(ran.stdout || '') + String(ran.stderr || '');
  if (ran.error || !fs.existsSync('made/answer.js')) {
    return { code: null, missing: String(ran.error || said) };
  }
  const syntax = said.split('\n').find((line) => /error TS1\d\d\d:/.test(line));
  return { code: fs.readFileSync('made/answer.js', 'utf8'), error: syntax };
}

module.exports = { transpiled };
