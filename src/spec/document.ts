/** What a YAML file is, as messages speak of it. */
export interface DocumentKind {
  readonly noun: string;
  /** The line that one begins with. */
  readonly begins: string;
}

export const stackFile: DocumentKind = { noun: 'a stack file', begins: 'services:' };
export const engineList: DocumentKind = { noun: 'a list of engines', begins: 'engines:' };
