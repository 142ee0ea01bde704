import type { ISettingRegistry } from '@jupyterlab/settingregistry';

import type { IAskCaps } from './events';
import type { IPreferences } from './tokens';

export const DEFAULTS: IPreferences = {
  model: '',
  caps: {},
  images: true,
  reasoning: false,
  open: false
};

/** What `schema/plugin.json` describes, as the panel uses it. */
export function readPreferences({ composite }: ISettingRegistry.ISettings): IPreferences {
  const { model, steps, minutes, dollars, images, reasoning, open } = composite;
  const caps: IAskCaps = {
    ...(isAmount(steps) && { steps: Math.round(steps) }),
    ...(isAmount(minutes) && { seconds: minutes * 60 }),
    ...(isAmount(dollars) && { dollars })
  };
  return {
    model: typeof model === 'string' ? model.trim() : '',
    caps,
    images: images !== false,
    reasoning: reasoning === true,
    open: open === true
  };
}

/** 0 stands for what the server has. */
function isAmount(value: unknown): value is number {
  return typeof value === 'number' && value > 0;
}
