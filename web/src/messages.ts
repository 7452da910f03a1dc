/** What page and worker say to each other. */

export interface Source {
    url: string;
    lane: 'direct' | 'relay';
}

export interface Piece {
    digest: string;
    from: number;
    bytes: number;
}

export type Order =
    | { kind: 'get'; digest: string; bytes: number; sources: Source[] }
    | { kind: 'take'; digest: string; bytes: number; file: File }
    | { kind: 'build'; url: string; seal: string; bytes: number; packages: Piece[] }
    /** So many bytes may be used now. */
    | { kind: 'grant'; bytes: number }
    | { kind: 'stop' };

export type Word =
    | { kind: 'want'; bytes: number }
    | { kind: 'at'; have: number; lane: string }
    | { kind: 'refused'; url: string; why: string }
    | { kind: 'done'; name: string }
    | { kind: 'stopped' }
    | { kind: 'failed'; why: string };
