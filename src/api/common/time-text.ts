/** Times in queries, as people write them. */

import { z } from 'zod';
import { parseTime } from '../../management/common/parse-time.js';

/** An ISO time, or an age. */
export const timeText = z
  .string()
  .max(40)
  .transform((text) => new Date(parseTime(text, Date.now()) ?? Number.NaN))
  .refine((date) => !Number.isNaN(date.getTime()), { error: 'must be an ISO time, or an age such as 7d' })
  .optional();
