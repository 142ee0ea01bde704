import { readFileSync } from 'node:fs';
import { join } from 'node:path';

const root = join(__dirname, '../..');

function read(path: string): string {
  return readFileSync(join(root, path), 'utf-8');
}

describe('the package', () => {
  it('has the version of the Python package', () => {
    const { version } = JSON.parse(read('labextension/package.json')) as { version: string };
    expect(read('pyproject.toml')).toContain(`\nversion = "${version}"\n`);
  });

  it('is locked without naming a registry', () => {
    const lock = read('labextension/package-lock.json');
    expect(lock).not.toContain('"resolved"');
    expect(lock).toContain('"integrity"');
  });
});
