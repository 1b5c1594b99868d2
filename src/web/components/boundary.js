/** Keeps a mistake in one page from taking the frame and its navigation with it. */

import { html } from 'htm/preact';
import { Component } from 'preact';
import { messageOf } from '../lib/api.js';
import { Problem } from './problem.js';

export class Boundary extends Component {
  state = { error: undefined };

  /** @param {unknown} error */
  static getDerivedStateFromError(error) {
    return { error };
  }

  /** @param {unknown} error */
  componentDidCatch(error) {
    console.error(error);
  }

  render() {
    const { error } = this.state;
    if (error === undefined) return this.props.children;
    const again = () => this.setState({ error: undefined });
    return html`<${Problem} error=${`This page cannot be shown: ${messageOf(error)}`} onRetry=${again} />`;
  }
}
