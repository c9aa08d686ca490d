import { connectEngine } from '../../src/engine/connect.ts';
import { resolveEndpoint } from '../../src/engine/endpoint.ts';
import { describeEngineContract } from '../contract/engine-contract.ts';
import { testEngines } from '../support/real/engines.ts';

const world = { environment: new Map<string, string>(), homeDir: undefined, readFile: () => undefined };

for (const { name, host } of testEngines()) {
  describeEngineContract(name, () => {
    const found = resolveEndpoint({ host, context: undefined }, world);
    if (!found.ok) throw new Error(found.error.message);
    return connectEngine(found.value, { version: 'test', environment: world.environment });
  });
}
