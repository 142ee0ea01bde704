import { memo } from 'react';
import type { ReactElement } from 'react';

import type { IClaim, IConclusion } from '../events';
import { usePanel, useShown } from './context';
import { Button, CellLink, Fold, StateIcon } from './controls';
import { visible } from './hidden';
import { Markdown } from './markdown';

/** The answer: its text, the few numbers that matter, what was checked, caveats and next steps. */
export const Conclusion = memo(function Conclusion({
  conclusion
}: {
  conclusion: IConclusion;
}): ReactElement {
  const { trans } = usePanel();
  const { claims, caveats } = conclusion;
  return (
    <section className="k2-Conclusion">
      <h3 className="k2-hidden">{trans.__('Conclusion')}</h3>
      <Headlines claims={claims.filter(claim => claim.headline && claim.found)} />
      <Markdown text={conclusion.text} />
      {claims.length > 0 && <Claims claims={claims} />}
      {caveats.length > 0 && (
        <>
          <h4 className="k2-Conclusion-title">{trans.__('Caveats')}</h4>
          <ul className="k2-Conclusion-list">
            {caveats.map((caveat, at) => (
              <li key={at}>
                <Markdown text={caveat} />
              </li>
            ))}
          </ul>
        </>
      )}
      {conclusion.next_steps.length > 0 && <NextSteps steps={conclusion.next_steps} />}
    </section>
  );
});

function Headlines({ claims }: { claims: readonly IClaim[] }): ReactElement | null {
  if (claims.length === 0) {
    return null;
  }
  return (
    <dl className="k2-Headlines">
      {claims.map((claim, at) => (
        <div key={at}>
          <dt>{visible(claim.headline)}</dt>
          <dd>
            {claim.cell ? (
              <CellLink cell={claim.cell} text={visible(claim.number)} />
            ) : (
              visible(claim.number)
            )}
          </dd>
        </div>
      ))}
    </dl>
  );
}

function Claims({ claims }: { claims: readonly IClaim[] }): ReactElement {
  const { trans } = usePanel();
  const missing = claims.filter(claim => !claim.found);
  const found = claims.length - missing.length;
  return (
    <div className="k2-Claims">
      <Fold summary={trans.__('%1 of %2 numbers checked in the outputs', found, claims.length)}>
        {() => <ClaimList claims={claims.filter(claim => claim.found)} />}
      </Fold>
      {missing.length > 0 && <ClaimList claims={missing} />}
    </div>
  );
}

function ClaimList({ claims }: { claims: readonly IClaim[] }): ReactElement {
  const { trans } = usePanel();
  return (
    <ul className="k2-Claims-list">
      {claims.map((claim, at) => (
        <li key={at} className={claim.found ? '' : 'k2-mod-missing'}>
          <StateIcon
            state={claim.found ? 'ok' : 'error'}
            words={claim.found ? trans.__('checked') : trans.__('not found in the outputs')}
          />
          <span>
            <strong>{visible(claim.number)}</strong> {visible(claim.label)}
            {!claim.found && (
              <span className="k2-Claims-problem">
                {visible(claim.problem) || trans.__('not found in the outputs')}
              </span>
            )}
          </span>
          {claim.cell && <CellLink cell={claim.cell} />}
        </li>
      ))}
    </ul>
  );
}

function NextSteps({ steps }: { steps: readonly string[] }): ReactElement {
  const { trans } = usePanel();
  const { draft } = useShown();
  return (
    <>
      <h4 className="k2-Conclusion-title">{trans.__('Next steps')}</h4>
      <ul className="k2-NextSteps">
        {steps.map((step, at) => (
          <li key={at}>
            <Button
              look="quiet"
              title={trans.__('Put this into the request')}
              onClick={() => {
                draft.offer(step);
              }}
            >
              {visible(step)}
            </Button>
          </li>
        ))}
      </ul>
    </>
  );
}
