export interface Layer {
  /** What the folder is for. */
  readonly job: string;
  /** Folders of src/ that it may import. */
  readonly imports: readonly string[] | 'all';
  readonly packages: readonly string[] | 'all';
}

export const LAYERS: Readonly<Record<string, Layer>>;

/** The folders of src/ that a folder may import. */
export function importable(folder: string, layer: Layer): readonly string[];
