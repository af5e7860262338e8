import { defineConfig } from 'vitest/config';
import { BaseSequencer, type TestSpecification } from 'vitest/node';

export default defineConfig({
  test: {
    include: ['tests/**/*.test.ts'],
    globalSetup: ['tests/setup.ts'],
    // PostgreSQL and the partners share the machine with the workers: more of these make every test slower, not sooner.
    maxWorkers: 2,
    // A worker goes from file to file and keeps the modules of src, warm, as a gateway does from request to request. No
    // module keeps state, which tests/architecture.test.ts holds them to; test files themselves are evaluated anew.
    isolate: false,
    // Node imports them, as it does when the gateway is served: nothing is rewritten, and graphql is there once.
    experimental: { viteModuleRunner: false },
    sequence: { sequencer: slowestFirst() },
    execArgv: ['--disable-warning=ExperimentalWarning'],
    testTimeout: 20_000,
    hookTimeout: 60_000,
    restoreMocks: true,
  },
});

/** What starts whole demonstrations and gateways comes first, so that neither worker is left with it in the end. */
function slowestFirst() {
  return class extends BaseSequencer {
    override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
      const sorted = await super.sort(files);
      const isSlow = ({ moduleId }: TestSpecification) => /\/tests\/(e2e|chaos)\//.test(moduleId);
      return [...sorted.filter(isSlow), ...sorted.filter((file) => !isSlow(file))];
    }
  };
}
