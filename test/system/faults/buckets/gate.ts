/** An HTTP proxy before a store or a queue that can refuse, cut off and lose what passes. It keeps the `Host`, which is signed. */

import { once } from 'node:events';
import {
  createServer,
  request as httpRequest,
  type IncomingMessage,
  type Server,
  type ServerResponse,
} from 'node:http';
import type { AddressInfo } from 'node:net';
import { LOOPBACK } from '../../../../src/runtime/ports.js';
import type { SeededRandom } from '../../../support/random.js';
import {
  errorBody,
  type GateAction,
  type GateName,
  type GateRule,
  operationOf,
  pathOf,
  withHiding,
} from './gate-rules.js';

export interface StandingRule {
  /** To how many requests it did something. */
  readonly struck: number;
}

interface CountedRule {
  readonly rule: GateRule;
  readonly most: number;
  struck: number;
}

export class Gate {
  private readonly rules: CountedRule[] = [];
  private hold: ((path: string) => Promise<boolean>) | undefined;

  private constructor(
    private readonly name: GateName,
    private readonly server: Server,
    private readonly targetPort: () => number | undefined,
    private readonly random: SeededRandom,
  ) {
    server.on('request', (request, response) => void this.pass(request, response).catch(() => response.destroy()));
  }

  /** @param targetPort of the server behind it, on this machine; nothing while that does not serve: connections break off then. */
  static async listen(name: GateName, targetPort: () => number | undefined, random: SeededRandom): Promise<Gate> {
    const server = createServer();
    server.listen(0, LOOPBACK);
    await once(server, 'listening');
    return new Gate(name, server, targetPort, random);
  }

  get port(): number {
    return (this.server.address() as AddressInfo).port;
  }

  /** @param most requests that it does something to. @returns tells how many there were. */
  add(rule: GateRule, most: number): StandingRule {
    const counted: CountedRule = { rule, most, struck: 0 };
    this.rules.push(counted);
    return counted;
  }

  /** @param hold is given the bucket and key of each object that is asked for, which waits for it, until it says that this was the one. */
  holdRead(hold: (path: string) => Promise<boolean>): void {
    this.hold = hold;
  }

  async close(): Promise<void> {
    const closed = once(this.server, 'close');
    this.server.close();
    this.server.closeAllConnections();
    await closed;
  }

  private async pass(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk);
    let body = Buffer.concat(chunks);
    const { method = 'GET', url = '/', headers } = request;
    const operation = operationOf({ method, url, headers });
    if (operation === 'read') await this.held(pathOf({ url }));
    const action = this.actionFor(operation);
    if (action !== undefined && 'refuse' in action) {
      const { type, body: error } = errorBody(this.name, action.refuse.code);
      response.writeHead(action.refuse.status, { 'content-type': type }).end(method === 'HEAD' ? '' : error);
      return;
    }
    if (action !== undefined && 'hideSeconds' in action) {
      body = Buffer.from(withHiding(body.toString(), action.hideSeconds));
      headers['content-length'] = String(body.length);
    }
    const port = this.targetPort();
    if (port === undefined) {
      response.destroy();
      return;
    }
    const passed = httpRequest({ host: LOOPBACK, port, path: url, method, headers });
    passed.on('error', () => response.destroy());
    response.on('close', () => passed.destroy());
    passed.end(body);
    const [answer] = (await once(passed, 'response')) as [IncomingMessage];
    answer.on('error', () => response.destroy());
    if (action !== undefined && 'loseAnswer' in action) {
      await answer.resume().toArray();
      response.destroy();
    } else {
      response.writeHead(answer.statusCode ?? 502, answer.headers);
      if (action !== undefined && 'cutAfterBytes' in action) await cut(answer, response, action.cutAfterBytes);
      else answer.pipe(response);
    }
  }

  private async held(path: string): Promise<void> {
    const { hold } = this;
    if (hold !== undefined && (await hold(path)) && this.hold === hold) this.hold = undefined;
  }

  private actionFor(operation: GateRule['operations'][number]): GateAction | undefined {
    const counted = this.rules.find(
      ({ rule: { operations, probability = 1 }, most, struck }) =>
        struck < most && operations.includes(operation) && this.random.next() < probability,
    );
    if (counted === undefined) return undefined;
    counted.struck += 1;
    return counted.rule.action;
  }
}

/** The part is sent before the end, so that whoever reads it has got it. */
async function cut(answer: IncomingMessage, response: ServerResponse, afterBytes: number): Promise<void> {
  const body = Buffer.concat((await answer.toArray()) as Buffer[]);
  const part = body.subarray(0, Math.min(afterBytes, Math.max(0, body.length - 1)));
  response.flushHeaders();
  await new Promise<void>((resolve) => response.write(part, () => resolve()));
  response.destroy();
}
