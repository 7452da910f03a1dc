/** What page and worker say to each other. */
import type { Named } from './tar';

/** From a mirror, through the server, out of what the user has. */
export type Lane = 'direct' | 'relay' | 'local';

export interface Source {
    url: string;
    lane: Lane;
}

export interface Piece {
    digest: string;
    from: number;
    bytes: number;
}

export type Order =
    | { kind: 'get'; digest: string; bytes: number; sources: Source[] }
    /** Takes what is wanted out of files of the user's. */
    | { kind: 'take'; files: Named[]; wanted: [digest: string, bytes: number][] }
    | { kind: 'build'; url: string; seal: string; bytes: number; packages: Piece[] }
    | {
          kind: 'save';
          target: FileSystemFileHandle;
          url: string;
          seal: string;
          bytes: number;
          packages: Piece[];
      }
    /** So many bytes may be asked for now. */
    | { kind: 'grant'; bytes: number }
    /** What is under way was granted under another limit: it breaks off, and asks anew. */
    | { kind: 'cut' }
    /** A line to keep, whatever happens to the browser. */
    | { kind: 'keep'; name: string; text: string }
    | { kind: 'stop' };

export type Word =
    /** At most so many bytes are wanted. */
    | { kind: 'want'; bytes: number }
    /** So many granted bytes did not come. */
    | { kind: 'unused'; bytes: number }
    | { kind: 'at'; have: number }
    | { kind: 'refused'; url: string; why: string }
    /** A package came, by which lane; or a bundle is whole, by none. */
    | { kind: 'done'; name: string; lane?: Lane }
    | { kind: 'stopped' }
    | { kind: 'failed'; why: string };
