import { HTMLSelect } from '@jupyterlab/ui-components';
import { useState } from 'react';
import type { FormEvent, ReactElement } from 'react';

import type { ILogin, ILoginResult, IPreset } from '../tokens';
import { usePanel } from './context';
import { Button } from './controls';
import { visible } from './hidden';

interface ILoginProps {
  /** Providers whose address is known; none for an address of the user's own. */
  presets: readonly IPreset[];
  onClose?: () => void;
}

/**
 * Address, key and model. The key stands in the field alone, and only until it is sent: the server
 * keeps it, and the page does not.
 */
export function Login({ presets, onClose }: ILoginProps): ReactElement {
  const { trans, k2 } = usePanel();
  const [testing, setTesting] = useState(false);
  const [result, setResult] = useState<ILoginResult | null>(null);
  const [preset, setPreset] = useState(presets[0]);

  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const login = readLogin(event.currentTarget, preset?.name);
    setTesting(true);
    setResult(null);
    void k2.login(login).then(told => {
      setTesting(false);
      setResult(told);
      // Where it does not answer just now it was stored all the same.
      return told.ok ? undefined : k2.refreshStatus();
    });
  };
  return (
    <form className="k2-Login" onSubmit={submit} autoComplete="off">
      {preset && (
        <label>
          {trans.__('Model')}
          <HTMLSelect
            value={preset.name}
            options={presets.map(({ name, label }) => ({ value: name, label }))}
            onChange={event => {
              setPreset(presets.find(({ name }) => name === event.target.value));
            }}
          />
        </label>
      )}
      <Fields key={preset?.name} preset={preset} />
      <Told testing={testing} result={result} />
      <div className="k2-Buttons">
        {onClose && (
          <Button onClick={onClose}>{result ? trans.__('Go on') : trans.__('Cancel')}</Button>
        )}
        <Button type="submit" look="accept" disabled={testing}>
          {trans.__('Save and test')}
        </Button>
      </div>
    </form>
  );
}

/** Read when the form is sent: what is typed here is no state of the page. */
function Fields({ preset }: { preset: IPreset | undefined }): ReactElement {
  const { trans } = usePanel();
  return (
    <>
      <label>
        {trans.__('Address')}
        <input
          className="k2-Input"
          name="base_url"
          type="url"
          required
          defaultValue={preset?.base_url}
          placeholder="https://…/v1"
        />
      </label>
      <label>
        {trans.__('Key')}
        <input
          className="k2-Input"
          name="key"
          type="password"
          autoComplete="off"
          spellCheck={false}
          placeholder={preset ? '' : trans.__('where it needs one')}
          required={preset !== undefined}
        />
      </label>
      {!preset && (
        <label>
          {trans.__('Model')}
          <input className="k2-Input" name="model" type="text" required />
        </label>
      )}
    </>
  );
}

function Told({ testing, result }: { testing: boolean; result: ILoginResult | null }): ReactElement {
  const { trans } = usePanel();
  return (
    <>
      <div role="status">{testing && <p>{trans.__('Asking the endpoint…')}</p>}</div>
      {result && (
        <p className={result.ok ? 'k2-Setup-ok' : 'k2-Setup-problem'} role="alert">
          {visible(result.text)}
        </p>
      )}
    </>
  );
}

/** Reads the form, and empties the field of the key. */
function readLogin(form: HTMLFormElement, model?: string): ILogin {
  const field = (name: string) => form.elements.namedItem(name) as HTMLInputElement;
  const key = field('key');
  const login = {
    base_url: field('base_url').value.trim(),
    key: key.value.trim(),
    model: model ?? field('model').value.trim()
  };
  key.value = '';
  return login;
}
