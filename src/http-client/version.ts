/** Version of this program, sent as `User-Agent` so that Mimecast's support can tell who called; equals package.json. */
export const VERSION = '0.1.0';
