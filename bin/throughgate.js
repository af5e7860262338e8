#!/usr/bin/env node
import './node-version.js';
import process from 'node:process';

// Imported only now, and by URL, so that an older Node gets as far as the line above.
const { main } = await import(new URL('../src/cli/main.ts', import.meta.url).href);

process.exitCode = await main(process.argv.slice(2));
