// The tests stand in tests/labextension, outside of this folder: what they import is looked up here.
const modules = '<rootDir>/node_modules';

export default {
  roots: ['<rootDir>/../tests/labextension'],
  testMatch: ['**/*.test.ts', '**/*.test.tsx'],
  testEnvironment: `${modules}/jest-environment-jsdom`,
  setupFiles: ['<rootDir>/../tests/labextension/browser.ts'],
  modulePaths: [modules],
  moduleNameMapper: { '\\.(css|svg)$': '<rootDir>/../tests/labextension/svg.ts' },
  transform: {
    '\\.[jt]sx?$': [
      `${modules}/@swc/jest`,
      {
        jsc: {
          parser: { syntax: 'typescript', tsx: true },
          transform: { react: { runtime: 'automatic' } },
          target: 'es2022'
        },
        module: { type: 'commonjs' }
      }
    ]
  },
  // JupyterLab's packages and those below are modules of the newer kind.
  transformIgnorePatterns: ['/node_modules/(?!(@jupyter|@jupyterlab|@lumino|@microsoft|@noble|@codemirror|lib0|y-protocols|yjs|valibot|exenv-es6|vscode-[a-z-]+)/)']
};
