declare module '@hyperdx/lucene' {
  const lucene: { parse(text: string): unknown };
  export default lucene;
}
