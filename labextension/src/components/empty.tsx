import { useEffect, useState } from 'react';
import type { ReactElement } from 'react';

import type { IVariable } from '../conversation';
import { usePanel, useShown } from './context';
import { Button } from './controls';
import { visible } from './hidden';
import { useKernelStatus } from './hooks';

/** Before the first request: what could be asked, about the notebook's own variables if it has any. */
export function Empty(): ReactElement {
  const { trans } = usePanel();
  const { conversation, draft, session } = useShown();
  const idle = useKernelStatus(session) === 'idle';
  const [variables, setVariables] = useState<readonly IVariable[]>([]);
  useEffect(() => {
    if (!idle) {
      return undefined;
    }
    let current = true;
    void conversation.variables().then(found => {
      if (current) {
        setVariables(found);
      }
    });
    return () => {
      current = false;
    };
  }, [conversation, idle]);
  return (
    <div className="k2-Empty">
      <p>
        {trans.__('Ask about your data. K2 writes and runs cells here, and checks its numbers.')}
      </p>
      <h3 className="k2-Empty-title">{trans.__('For example')}</h3>
      <ul className="k2-Empty-examples">
        {examples(variables, trans.__.bind(trans)).map(example => (
          <li key={example}>
            <Button
              look="quiet"
              onClick={() => {
                draft.offer(example);
              }}
            >
              {example}
            </Button>
          </li>
        ))}
      </ul>
    </div>
  );
}

function examples(
  variables: readonly IVariable[],
  __: (text: string, ...rest: string[]) => string
): string[] {
  const frame = variables.find(({ text }) => /^(DataFrame|LazyFrame|Table)\b/.test(text));
  if (!frame) {
    return [
      __('Load the data file in this folder and say what is in it'),
      __('Compare two groups in my data and test the difference'),
      __('Explain what this notebook does')
    ];
  }
  const name = visible(frame.name);
  return [
    __('Profile %1: what is in it, what is missing, what looks wrong?', name),
    __('Which columns of %1 are related, and how strongly?', name),
    __('Compare the groups in %1 and test the differences', name)
  ];
}
