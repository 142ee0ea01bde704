import { PathExt } from '@jupyterlab/coreutils';
import type { Contents } from '@jupyterlab/services';
import { useEffect, useState } from 'react';

import type { IShown } from './context';
import { usePanel, useShown } from './context';
import type { IMention } from './mentions';

/** What can be named after `@`; asked for anew each time that a word is begun. */
export function useMentions(begun: boolean): readonly IMention[] {
  const { contents } = usePanel();
  const shown = useShown();
  const [all, setAll] = useState<readonly IMention[]>([]);
  useEffect(() => {
    if (!begun) {
      return undefined;
    }
    let current = true;
    const cells = cellMentions(shown);
    setAll(cells);
    const parts = [variableMentions(shown), fileMentions(shown, contents)];
    void Promise.all(parts).then(([variables = [], files = []]) => {
      if (current) {
        setAll([...variables, ...cells, ...files]);
      }
    });
    return () => {
      current = false;
    };
  }, [begun, contents, shown]);
  return all;
}

async function variableMentions({ conversation }: IShown): Promise<IMention[]> {
  const variables = await conversation.variables();
  return variables.map(({ name, text }) => ({
    name,
    detail: text,
    attached: { kind: 'variable', name }
  }));
}

function cellMentions({ cells }: IShown): IMention[] {
  return cells().map(({ id, name, line }) => ({
    name,
    detail: line,
    attached: { kind: 'cell', cell: id }
  }));
}

/** Files beside the notebook. A folder that can't be read has none. */
async function fileMentions(
  { conversation }: IShown,
  contents: Contents.IManager
): Promise<IMention[]> {
  let folder: Contents.IModel;
  try {
    folder = await contents.get(PathExt.dirname(conversation.path));
  } catch {
    return [];
  }
  const items = (folder.content ?? []) as Contents.IModel[];
  return items
    .filter(item => item.type === 'file')
    .map(item => ({ name: item.name, detail: '', attached: { kind: 'file', path: item.name } }));
}
