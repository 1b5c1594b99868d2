/** The message that an incoming webhook of Slack posts. */

import { type AlertMessage, severityOf } from '../../domain/alerts/alert.js';
import { cut, detailOf, moreThan, sinceOf, summaryOf, whereOf, worstFirst } from './texts.js';

/** Slack takes 50 blocks, and 3,000 characters in each. */
const MOST_SHOWN = 20;
const MOST_CHARACTERS = 2_900;

export function slackPayload(message: AlertMessage): object {
  const { problems } = message;
  const summary = summaryOf(message);
  const shown = worstFirst(problems).slice(0, MOST_SHOWN);
  const blocks = [
    sectionOf(`${signOf(message)} *${escaped(summary)}*`),
    ...shown.map((problem) =>
      sectionOf(
        [
          `*${escaped(whereOf(problem))}* ${escaped(problem.title)}`,
          escaped(detailOf(problem)),
          `_${sinceOf(problem)}_`,
        ].join('\n'),
      ),
    ),
    ...moreThan(shown.length, problems.length).map(sectionOf),
  ];
  return { text: cut(escaped(summary), MOST_CHARACTERS), blocks };
}

function signOf({ kind, problems }: AlertMessage): string {
  if (kind !== 'triggered') return ':white_check_mark:';
  return severityOf(problems) === 'Error' ? ':red_circle:' : ':large_yellow_circle:';
}

function sectionOf(text: string): object {
  return { type: 'section', text: { type: 'mrkdwn', text: cut(text, MOST_CHARACTERS) } };
}

/** Slack's control characters: a name must neither mention a channel nor become a link. */
function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}
