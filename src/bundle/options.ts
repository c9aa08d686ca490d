import type { BuildOptions } from 'esbuild';

const root = `${import.meta.dirname}/../..`;

/**
 * Packages that our dependencies load and we never use: dockerode's own way to the engine, its BuildKit session and
 * its archives, Ink's development tools. An empty module stands for each, which takes 80 ms from every start.
 */
const unused =
  /^(docker-modem|tar-fs|ssh2|cpu-features|@grpc\/grpc-js|@grpc\/proto-loader|protobufjs|react-devtools-core)(\/.*)?$/;

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
  // Packages in CommonJS call `require`, which an ES module lacks. One that is made for each chunk would cost every start.
  banner: {
    js: "const require = (name) => process.getBuiltinModule(name) ?? process.getBuiltinModule('node:module').createRequire(import.meta.url)(name);",
  },
  plugins: [
    {
      // Its tables of all emoji take 10 ms, and most texts have none.
      name: 'load-string-width-when-needed',
      setup(builder) {
        builder.onResolve({ filter: /^string-width$/ }, ({ path, importer }) =>
          importer.endsWith('/src/tui/width.ts') ? { path, namespace: 'when-needed' } : undefined,
        );
        builder.onLoad({ filter: /.*/, namespace: 'when-needed' }, ({ path }) => ({
          contents: `let width; export default (text) => (width ??= require('${path}').default)(text);`,
          resolveDir: root,
        }));
      },
    },
    {
      name: 'leave-out-unused-packages',
      setup(builder) {
        builder.onResolve({ filter: unused }, ({ path }) => ({ path, namespace: 'unused' }));
        // Commander would start subcommands as programs of their own.
        builder.onResolve({ filter: /^node:child_process$/ }, ({ path, importer }) =>
          importer.includes('/node_modules/commander/') ? { path, namespace: 'unused' } : undefined,
        );
        builder.onLoad({ filter: /.*/, namespace: 'unused' }, () => ({
          contents: 'module.exports = {};',
          loader: 'js',
        }));
      },
    },
    {
      // It asks the environment at every token whether to print it, stack file and all.
      name: 'yaml-without-environment',
      setup(builder) {
        builder.onResolve({ filter: /^process$/ }, ({ path, importer }) =>
          importer.includes('/node_modules/yaml/') ? { path, namespace: 'no-environment' } : undefined,
        );
        builder.onLoad({ filter: /.*/, namespace: 'no-environment' }, () => ({
          contents: 'module.exports = { env: {}, emitWarning: process.emitWarning };',
          loader: 'js',
        }));
      },
    },
    {
      // An import of a built-in module reads all of its exports, which loads what nobody asked for: with `node:http`
      // comes a second HTTP client, for 15 ms.
      name: 'require-built-in-modules',
      setup(builder) {
        builder.onResolve({ filter: /^node:/ }, ({ path }) => ({ path, namespace: 'built-in' }));
        builder.onLoad({ filter: /.*/, namespace: 'built-in' }, ({ path }) => ({
          contents: `module.exports = process.getBuiltinModule('${path}');`,
          loader: 'js',
        }));
      },
    },
  ],
} as const satisfies BuildOptions;
