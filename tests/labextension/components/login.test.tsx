import { Setup } from '../../../labextension/src/components/setup';
import { STATUS, click, draw, settle, type } from './shown';

const status = { ...STATUS, configured: false };
const setup = (part: Partial<typeof STATUS> = {}) =>
  draw(<Setup status={{ ...status, ...part }} onChosen={chosen} />);
const chosen = jest.fn();

function choose(host: HTMLElement, words: string): void {
  const label = [...host.querySelectorAll('label')].find(one => one.textContent.includes(words));
  click(label!.querySelector('input')!);
}

describe('the first run', () => {
  it('offers what works now', async () => {
    const { button, k2 } = setup();
    click(button('Use the offline analyst'));
    await settle();
    expect(k2.choose).toHaveBeenCalledWith('offline');
    expect(chosen).toHaveBeenCalled();
  });

  it('sends a key once, keeps it nowhere, and says what the test said', async () => {
    const { host, find, field, k2 } = setup();
    choose(host, 'Kimi');
    type(field('[name=key]'), 'sk-secret');
    click(find('button[type=submit]'));
    await settle();
    expect(k2.login).toHaveBeenCalledWith({
      base_url: 'https://k.example/v1',
      key: 'sk-secret',
      model: 'k'
    });
    expect(field('[name=key]').type).toBe('password');
    expect(field('[name=key]').value).toBe('');
    expect(new XMLSerializer().serializeToString(host)).not.toContain('sk-secret');
    expect(find('[role=alert]').textContent).toBe('The key is wrong.');
  });

  it('shows what an endpoint said as it is', async () => {
    const { host, find, field, k2 } = setup();
    k2.login.mockResolvedValue({ ok: false, text: 'It said: \u202ekey' });
    choose(host, 'Kimi');
    type(field('[name=key]'), 'k');
    click(find('button[type=submit]'));
    await settle();
    expect(find('[role=alert]').textContent).toBe('It said: ‹U+202E›key');
  });

  it('takes any endpoint, also one without a key', async () => {
    const { host, find, field, k2 } = setup();
    choose(host, 'Another endpoint');
    type(field('[name=base_url]'), 'http://localhost:8000/v1');
    type(field('[name=model]'), 'mine');
    click(find('button[type=submit]'));
    await settle();
    expect(k2.login).toHaveBeenCalledWith({
      base_url: 'http://localhost:8000/v1',
      key: '',
      model: 'mine'
    });
  });

  it('does not offer what is switched off, and says why', () => {
    const { host } = setup({ off: { login: 'set by the university' } });
    expect(host.querySelectorAll('input[type=radio]')).toHaveLength(1);
    expect(host.textContent).toContain('set by the university');
  });
});
