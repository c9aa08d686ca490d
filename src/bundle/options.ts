import type { BuildOptions } from 'esbuild';

const root = `${import.meta.dirname}/../..`;

/**
 * Packages that our dependencies load and we never use: docker-modem's own ssh, dockerode's BuildKit session,
 * Ink's development tools. An empty module stands for each, which takes 70 ms from every start.
 */
const unused = /^(ssh2|cpu-features|@grpc\/grpc-js|@grpc\/proto-loader|protobufjs|react-devtools-core)(\/.*)?$/;

/** How `dist` is made of `src`: one small chunk that every command loads, and chunks of what each loads besides. */
export const options = {
  entryPoints: [`${root}/src/main.ts`],
  outdir: `${root}/dist`,
  absWorkingDir: root,
  bundle: true,
  splitting: true,
  chunkNames: 'chunks/[name]-[hash]',
  format: 'esm',
  platform: 'node',
  target: 'node22',
  minifySyntax: true,
  legalComments: 'none',
  define: { 'process.env.NODE_ENV': '"production"' },
  // Packages in CommonJS call `require`, which an ES module lacks.
  banner: {
    js: "import { createRequire as __createRequire } from 'node:module'; const require = __createRequire(import.meta.url);",
  },
  plugins: [
    {
      name: 'leave-out-unused-packages',
      setup(builder) {
        builder.onResolve({ filter: unused }, ({ path }) => ({ path, namespace: 'unused' }));
        builder.onLoad({ filter: /.*/, namespace: 'unused' }, () => ({
          contents: 'module.exports = {};',
          loader: 'js',
        }));
      },
    },
  ],
} as const satisfies BuildOptions;
