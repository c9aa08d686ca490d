import tseslint from 'typescript-eslint';

const rules = {
  '@typescript-eslint/switch-exhaustiveness-check': 'error',
  '@typescript-eslint/explicit-module-boundary-types': 'error',
  '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true }],
  '@typescript-eslint/no-confusing-void-expression': ['error', { ignoreArrowShorthand: true }],
  'no-console': 'error',
  'no-restricted-syntax': [
    'error',
    { selector: 'ExportDefaultDeclaration', message: 'Name every export.' },
    { selector: 'ExportAllDeclaration', message: 'No barrel files: import from the file that defines it.' },
    { selector: 'TSEnumDeclaration', message: 'Use a union of string literals.' },
  ],
  'max-lines': ['error', { max: 250, skipBlankLines: true, skipComments: true }],
  'max-lines-per-function': ['error', { max: 45, skipBlankLines: true, skipComments: true }],
  'max-params': ['error', 4],
  complexity: ['error', 12],
  'max-depth': ['error', 3],
};

export default tseslint.config(
  { ignores: ['dist/', 'node_modules/', 'src/spec/generated/'] },
  {
    files: ['src/**/*.{ts,tsx}', 'schemas/*.ts'],
    extends: [tseslint.configs.strictTypeChecked, tseslint.configs.stylisticTypeChecked],
    languageOptions: { parserOptions: { projectService: true } },
    rules,
  },
);
