/** What the two ways to retrieve records need, and what has no meaning for one of them. All of it is told at once. */

import { isObject, type JsonObject } from '../domain/json.js';
import { definitionOf, isSiemStream, STREAMS, type StreamName } from '../domain/streams/streams.js';
import { isAbsent, keyMistakes, maskMistakes } from './bucket-mistakes.js';
import { foundText } from './found.js';
import { keyMistakesOf } from './key-mistakes.js';
import { API_ONLY, CREDENTIALS } from './method-keys.js';
import type { Mistake } from './mistakes.js';
import { queueUrlIn } from './s3-schema.js';

/**
 * @param keepSecret whether a secret is stored that the mask stands for.
 * @returns each with its path inside of `config`.
 */
export function methodMistakes(config: JsonObject, keepSecret: boolean): Mistake[] {
  if (config.collectionMethod === 's3') return bucketMistakes(config, keepSecret);
  const missing = CREDENTIALS.filter((key) => isAbsent(config[key])).map((key) => missingCredential(key, config[key]));
  const s3 = isAbsent(config.s3) ? [] : [{ path: ['s3'], message: 'is only for "collectionMethod": "s3"' }];
  return [...missing, ...s3, ...maskMistakes(['clientSecret'], config.clientSecret, keepSecret)];
}

function missingCredential(key: (typeof CREDENTIALS)[number], value: unknown): Mistake {
  if (value === undefined) return { path: [key], message: 'missing; must be a string' };
  const message = value === null ? 'must be a string' : 'must not be empty';
  return { path: [key], message, ...(key === 'clientID' ? { found: foundText(value, []) } : {}) };
}

function bucketMistakes(config: JsonObject, keepSecret: boolean): Mistake[] {
  const useless = [
    ...CREDENTIALS.filter((key) => !isAbsent(config[key])),
    ...Object.entries(API_ONLY).flatMap(([key, preset]) =>
      isAbsent(config[key]) || config[key] === preset ? [] : [key],
    ),
  ].map((key) => ({ path: [key], message: 'is only for Mimecast’s API; leave it out with "collectionMethod": "s3"' }));
  const { s3 } = config;
  if (!isObject(s3)) {
    const missing = { path: ['s3'], message: 'missing; must be an object with "bucket" and "region"' };
    return isAbsent(s3) ? [...useless, missing] : useless;
  }
  return [
    ...useless,
    ...keyMistakes('s3', s3, keepSecret),
    ...queueMistakes(s3),
    ...keyMistakesOf(collected(config), s3),
  ];
}

const AWS_QUEUE = /^sqs\.([a-z0-9-]+)\.amazonaws\.com/;

/** Requests are signed for the bucket's region, which is where S3 delivers notifications to. */
function queueMistakes(s3: JsonObject): Mistake[] {
  const queue = queueUrlIn(s3);
  const url = typeof queue?.url === 'string' ? URL.parse(queue.url) : null;
  const region = url === null ? undefined : AWS_QUEUE.exec(url.hostname)?.[1];
  if (queue === undefined || region === undefined || region === s3.region) return [];
  const message = `is a queue in ${region}; S3 notifies queues and topics of the bucket’s own region (s3.region) only`;
  return [{ path: ['s3', ...queue.path], message }];
}

/** The streams that a configuration asks for, as far as that can be told. */
function collected({ dataCollection, siemTypes }: JsonObject): StreamName[] {
  const [kinds, types] = [[dataCollection].flat(), [siemTypes].flat()];
  const asked = STREAMS.filter((stream) => kinds.includes(definitionOf(stream).dataCollection));
  return asked.filter((stream) => isAbsent(siemTypes) || !isSiemStream(stream) || types.includes(stream));
}
