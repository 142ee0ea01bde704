import type { ISettingRegistry } from '@jupyterlab/settingregistry';

import { DEFAULTS, readPreferences } from '../../labextension/src/preferences';
import schema from '../../labextension/schema/plugin.json';

function read(composite: Record<string, unknown>) {
  return readPreferences({ composite } as unknown as ISettingRegistry.ISettings);
}

describe('readPreferences', () => {
  it('has the defaults of the schema', () => {
    const defaults = Object.entries(schema.properties).map(([name, of]) => [name, of.default]);
    expect(read(Object.fromEntries(defaults) as Record<string, unknown>)).toEqual(DEFAULTS);
  });

  it('takes 0 for no cap, and minutes', () => {
    expect(read({ steps: 12, minutes: 1.5, dollars: 0 }).caps).toEqual({ steps: 12, seconds: 90 });
  });

  it('believes nothing that the schema would not let through', () => {
    expect(read({ model: 7, steps: '9', images: null, open: 'yes' })).toEqual(DEFAULTS);
  });
});
