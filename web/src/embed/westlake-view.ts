/**
 * `<westlake-view>`: a view of a Westlake graph on any page.
 *
 *     <script type="module" src="https://graph.example/westlake-view.js"></script>
 *     <westlake-view around="hangzhou alibaba" on="2020" lang="en"></westlake-view>
 *
 * Attributes: `view`, the query of a link to the page, as its panel Take away gives it; or `around` and
 * `connect`, keys with spaces between them, `on`, `known`, `confidence`, `size` and `lang`, as in such a
 * link. `server`: where the graph is; without it, where this script comes from. Changed attributes change
 * the view. When somebody selects something, the element sends the event `westlake-select`, whose
 * `detail` has the selected `keys` and the `view` as it then stands.
 */
const LISTS = ['around', 'connect'];
const VALUES = ['on', 'known', 'confidence', 'size', 'lang'];

class WestlakeView extends HTMLElement {
  static readonly observedAttributes = ['server', 'view', 'title', ...LISTS, ...VALUES];

  private readonly frame = document.createElement('iframe');

  constructor() {
    super();
    const root = this.attachShadow({ mode: 'open' });
    Object.assign(this.frame.style, { border: '0', width: '100%', height: '100%', display: 'block' });
    this.frame.loading = 'lazy';
    root.append(this.frame);
  }

  connectedCallback() {
    if (getComputedStyle(this).display === 'inline') this.style.display = 'block';
    if (this.clientHeight === 0 && !this.style.height) this.style.height = '480px';
    window.addEventListener('message', this.hear);
    this.show();
  }

  disconnectedCallback() {
    window.removeEventListener('message', this.hear);
  }

  attributeChangedCallback() {
    if (this.isConnected) this.show();
  }

  private get server(): string {
    return this.getAttribute('server') ?? new URL(import.meta.url).origin;
  }

  private show() {
    const query = new URLSearchParams(this.getAttribute('view') ?? '');
    for (const name of LISTS) {
      for (const key of (this.getAttribute(name) ?? '').split(/\s+/).filter(Boolean)) query.append(name, key);
    }
    for (const name of VALUES) {
      const value = this.getAttribute(name);
      if (value) query.set(name, value);
    }
    const address = new URL(`/embed?${query}`, this.server).href;
    this.frame.title = this.getAttribute('title') ?? 'Westlake';
    if (this.frame.src !== address) this.frame.src = address;
  }

  private readonly hear = ({ source, origin, data }: MessageEvent) => {
    if (source !== this.frame.contentWindow || origin !== new URL(this.server).origin || data?.type !== 'westlake-select') return;
    const detail = { keys: data.keys, view: data.view };
    this.dispatchEvent(new CustomEvent('westlake-select', { detail, bubbles: true }));
  };
}

if (!customElements.get('westlake-view')) customElements.define('westlake-view', WestlakeView);

export {};
