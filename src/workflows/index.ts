export { mimecastSource } from './mimecast-source.js';
