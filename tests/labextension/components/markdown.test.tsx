import { Markdown } from '../../../labextension/src/components/markdown';
import { harden } from '../../../labextension/src/components/sanitizing';
import { draw, settle } from './shown';

async function rendered(text: string): Promise<HTMLElement> {
  const { find } = draw(<Markdown text={text} />);
  await settle();
  return find('.jp-RenderedMarkdown');
}

describe('Markdown of a model', () => {
  it.each([
    '<img src="https://evil.example/a.png">',
    '<img src=x onerror="alert(1)">',
    '<svg><script>alert(1)</script></svg>',
    '<iframe src="https://evil.example"></iframe>',
    '<style>@import url(https://evil.example/a.css)</style>',
    '<link rel="prefetch" href="https://evil.example">',
    '<video poster="https://evil.example/a.png"></video>',
    '<form action="https://evil.example"><input name="a"><button>Go</button></form>',
    '<object data="https://evil.example"></object>',
    '<p style="background: url(https://evil.example/a.png)">a</p>',
    '<table background="https://evil.example/a.png"><tr><td>a</td></tr></table>',
    '<div data-commandlinker-command="k2:ask" data-commandlinker-args="{}">a</div>',
    '<p id="jupyter-config-data" name="cookie">a</p>',
    '<p class="jp-Dialog">a</p>',
    '<span class="jp-Dialog">a</span>'
  ])('%s loads, does and poses as nothing', async html => {
    const node = await rendered(`${html} text`);
    expect(node.textContent).toContain('text');
    expect(node.querySelectorAll('img, svg, script, iframe, style, link, video, form, object')).toHaveLength(0);
    for (const element of node.querySelectorAll('*')) {
      const names = element.getAttributeNames().filter(name => name !== 'data-jupyter-id');
      expect(names.filter(name => name !== 'class' || element.className !== '')).toEqual([]);
    }
  });

  it.each([
    'javascript:alert(1)',
    'data:text/html,a',
    'file:///etc/passwd',
    'vbscript:a',
    '/lab/tree/a.ipynb',
    '#commandlink',
    '\u0001javascript:alert(1)'
  ])('an address like %s is no link', async address => {
    const node = await rendered(`<a href="${address}">words</a>`);
    expect(node.querySelector('a')).toBeNull();
    expect(node.textContent).toContain('words');
  });

  it('an address of another kind is no link, whatever the sanitizer lets through', () => {
    const host = document.createElement('div');
    for (const address of ['javascript:alert(1)', 'file:///etc/passwd', 'x:y', '']) {
      host.append(Object.assign(document.createElement('a'), { href: address, textContent: 'a' }));
    }
    harden(host);
    expect(host.querySelector('a')).toBeNull();
    expect(host.textContent).toBe('aaaa');
  });

  it('a link shows where it goes, in a tab of its own', async () => {
    const node = await rendered('<a href="https://evil.example/?q=1" onclick="alert(1)">your bank</a>');
    const link = node.querySelector('a');
    expect(link?.textContent).toBe('your bank ‹https://evil.example/?q=1›');
    expect(link?.target).toBe('_blank');
    expect(link?.rel).toBe('noopener noreferrer');
    expect(link?.getAttributeNames().sort()).toEqual(['dir', 'href', 'rel', 'target']);
  });

  it('keeps text, tables and code', async () => {
    const node = await rendered(
      '<h2>Title</h2><table><tr><td align="right">1</td></tr></table><pre><code class="language-python"><span class="ͼb">n</span></code></pre>'
    );
    expect(node.querySelector('h2')?.textContent).toBe('Title');
    expect(node.querySelector('td')?.getAttribute('align')).toBe('right');
    expect(node.querySelector('code')?.className).toBe('language-python');
    expect(node.querySelector('span')?.className).toBe('ͼb');
  });

  it('is plain text until it is whole', async () => {
    const { host } = draw(<Markdown text="**so <b>far" streaming />);
    await settle();
    expect(host.textContent).toBe('**so <b>far');
    expect(host.querySelector('b')).toBeNull();
  });
});
