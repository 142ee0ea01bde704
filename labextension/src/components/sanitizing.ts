/** What is left of a model's Markdown: text and its structure, nothing that loads or acts. */
import type { IRenderMime } from '@jupyterlab/rendermime-interfaces';
import type { IRenderMimeRegistry } from '@jupyterlab/rendermime';

const TAGS = (
  'h1 h2 h3 h4 h5 h6 p br hr blockquote pre code em strong b i del s sub sup span ul ol li ' +
  'table thead tbody tfoot tr th td a'
).split(' ');
const ATTRIBUTES = {
  a: ['href'],
  code: ['class'],
  ol: ['start'],
  span: ['class'],
  td: ['align'],
  th: ['align']
};
// CodeMirror's generated names begin with a Coptic letter.
const CODE_CLASS = /^(?:\u037c|cm-|language-)/;
const MERMAID = /^([ \t>]*(?:`{3,}|~{3,})[ \t]*)mermaid\b/gim;

/**
 * A copy of Lab's registry for what a model wrote: no images (they would be fetched), no styles,
 * ids or commands. Formulas stay as they are typed: `$` is money in most answers about data. A
 * diagram is shown as its source, since its drawing would be taken out with the images.
 */
export function restricted(registry: IRenderMimeRegistry): IRenderMimeRegistry {
  const { sanitizer, markdownParser } = registry;
  return registry.clone({
    sanitizer: {
      allowNamedProperties: false,
      allowCommandLinker: false,
      sanitize: dirty =>
        sanitizer.sanitize(dirty, {
          allowedTags: TAGS,
          allowedAttributes: ATTRIBUTES,
          allowedStyles: {}
        })
    },
    latexTypesetter: { typeset: () => undefined },
    ...(markdownParser && { markdownParser: withoutDiagrams(markdownParser) })
  });
}

/**
 * Makes a rendered text honest, before it is shown. Of the classes those of code stay: others could
 * dress it up as a part of Lab. Only web and mail addresses stay links; they open in a tab that knows
 * nothing of this one, and the address stands beside other words.
 */
export function harden(host: HTMLElement): void {
  for (const heading of host.querySelectorAll('.jp-InternalAnchorLink')) {
    heading.remove();
  }
  for (const styled of host.querySelectorAll('[class]')) {
    const kept = [...styled.classList].filter(name => CODE_CLASS.test(name));
    styled.className = kept.join(' ');
  }
  for (const anchor of host.querySelectorAll('a')) {
    const address = anchor.getAttribute('href') ?? '';
    const url = parsed(address);
    if (!url) {
      anchor.replaceWith(...anchor.childNodes);
      continue;
    }
    anchor.target = '_blank';
    anchor.rel = 'noopener noreferrer';
    anchor.dir = 'auto';
    if (anchor.textContent.trim() !== address) {
      const shown = document.createElement('span');
      shown.className = 'k2-Markdown-address';
      shown.dir = 'ltr';
      shown.textContent = ` ‹${url.href.replace(/^mailto:/, '')}›`;
      anchor.append(shown);
    }
  }
}

function parsed(address: string): URL | null {
  try {
    const url = new URL(address);
    return ['http:', 'https:', 'mailto:'].includes(url.protocol) ? url : null;
  } catch {
    return null;
  }
}

function withoutDiagrams(parser: IRenderMime.IMarkdownParser): IRenderMime.IMarkdownParser {
  return { ...parser, render: source => parser.render(source.replace(MERMAID, '$1text')) };
}
