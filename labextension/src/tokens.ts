/** What the plugins share: the conversations of the open notebooks, and what they hold. */
import type { NotebookPanel } from '@jupyterlab/notebook';
import { Token } from '@lumino/coreutils';
import type { ISignal } from '@lumino/signaling';

import type { IConversation } from './conversation';
import type { IAskCaps } from './events';
import type { Exporter } from './export';
import type { Records } from './records';
import type { Views } from './views';

export interface IModelStatus {
  name: string;
  label: string;
  /** Where requests go; null where nothing leaves this machine. */
  host: string | null;
  offline: boolean;
}

export interface IModelChoice {
  name: string;
  label: string;
}

export interface IPreset {
  name: string;
  label: string;
  base_url: string;
}

/** Features that an administrator can switch off. */
export type Feature = 'panel' | 'login' | 'send' | 'approve_kinds';

export interface IStatus {
  version: string;
  model: IModelStatus;
  /** Whether the user has chosen a model before. */
  configured: boolean;
  choices: readonly IModelChoice[];
  presets: readonly IPreset[];
  /** What is switched off, and why. */
  off: Readonly<Partial<Record<Feature, string>>>;
  /** An administrator's upper limits. */
  limits: {
    steps: number | null;
    seconds: number | null;
    tokens: number | null;
    dollars: number | null;
  };
  /** What does not fit, for people; "" for nothing. */
  problem: string;
}

export interface ILogin {
  base_url: string;
  key: string;
  model: string;
}

export interface ILoginResult {
  ok: boolean;
  /** The cause and the next step where it is not. */
  text: string;
}

/** What the user chose in JupyterLab's settings. */
export interface IPreferences {
  /** "" for what the server takes. */
  model: string;
  caps: IAskCaps;
  /** Whether pictures of figures are sent to a model that can see. */
  images: boolean;
  /** Whether reasoning is unfolded. */
  reasoning: boolean;
  /** Whether the panel opens with JupyterLab. */
  open: boolean;
}

export interface IK2 {
  /** Of a notebook that is open, or null before its kernel is known. */
  conversation(panel: NotebookPanel): IConversation | null;
  /** Of the notebook that was used last. */
  readonly current: IConversation | null;
  /** Another notebook, or none, has become the current one. */
  readonly currentChanged: ISignal<IK2, void>;
  /** What the server says; null until it has answered. */
  readonly status: IStatus | null;
  /** Why there is no status; "" where there is, or none was asked for yet. */
  readonly problem: string;
  readonly statusChanged: ISignal<IK2, void>;
  readonly preferences: IPreferences;
  readonly preferencesChanged: ISignal<IK2, void>;
  /** What the panel shows. */
  readonly views: Views;
  readonly records: Records;
  readonly exporter: Exporter;
  refreshStatus(): Promise<void>;
  /** Stores and tests a key. The key is kept nowhere in the page. */
  login(login: ILogin): Promise<ILoginResult>;
  /** The model for this server process. Rejects with the server's words. */
  choose(name: string): Promise<void>;
}

export const IK2 = new Token<IK2>(
  '@k2/jupyter:IK2',
  'The conversations of K2 with the open notebooks.'
);
