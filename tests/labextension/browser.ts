/** What a browser has and jsdom lacks. */
import { TextEncoder } from 'node:util';

const nothing = () => undefined;

class NoObserver {
  observe = nothing;
  unobserve = nothing;
  disconnect = nothing;
}

// Tests of what needs no page run without one.
if (typeof document !== 'undefined') {
  Object.assign(globalThis, {
    DragEvent: MouseEvent,
    IntersectionObserver: NoObserver,
    ResizeObserver: NoObserver,
    TextEncoder,
    matchMedia: () => ({ matches: false, addEventListener: nothing }),
    // React then warns of what is drawn outside of `act`.
    IS_REACT_ACT_ENVIRONMENT: true
  });
  Object.assign(navigator, { clipboard: {} });
  Element.prototype.scrollIntoView = nothing;
}
