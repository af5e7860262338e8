// Plain JavaScript that any Node can read: older ones cannot load the TypeScript that follows.
// Import it first, or run `node --import ./bin/node-version.js program.ts`.
import process from 'node:process';

const NEEDED = 24;

if (Number.parseInt(process.versions.node, 10) < NEEDED) {
  process.stderr.write(
    [
      `Throughgate needs Node ${NEEDED} or later; this is Node ${process.versions.node}.`,
      'The project brings its own: run "npm start", "npm test" or "npx throughgate <command>" in its folder.',
      'If that is what you did, the project\'s Node is missing: run "npm ci", or "npm rebuild node".',
      `On a platform without a "node" package, install Node ${NEEDED}.`,
      '',
    ].join('\n'),
  );
  process.exit(1);
}
