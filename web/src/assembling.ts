/** From packages to the bundle: the server proves the plan, then its files are put together here. */
import type { Order, Piece, Word } from './messages';
import { word } from './words';

/** Where the user wants the bundle: a file, or a folder for the parts of one. */
export type Target = FileSystemFileHandle | FileSystemDirectoryHandle;

/**
 * A finished file.
 *
 * stored: its name in the browser's storage; absent where it was written to the user's own place
 */
export interface Whole {
    name: string;
    bytes: number;
    stored?: string;
}

interface State {
    building?: string;
    error?: string;
    hint?: string;
    parts?: { name: string }[];
}

interface Recipe {
    name: string;
    seal: string;
    bytes: number;
    packages: Piece[];
}

const LOOK_MILLIS = 500;

/** Waits until the server has proved the plan and says which files the bundle has. */
async function proved(base: string): Promise<string[]> {
    for (;;) {
        const state: State = await (await fetch(base + '/state.json')).json();
        if (state.building === 'done') {
            return (state.parts ?? []).map((part) => part.name);
        }
        if (state.building === 'failed' || state.building === undefined) {
            const why = (state.error ?? '') + ' ' + (state.hint ?? '');
            throw new Error(word('get-failed', why));
        }
        await new Promise((resolve) => setTimeout(resolve, LOOK_MILLIS));
    }
}

/** @returns the name in the browser's storage, if it lies there */
function put(order: Order, bytes: number, say: (note: string) => void): Promise<string> {
    const worker = new Worker('/app/worker.js', { type: 'module' });
    return new Promise<string>((done, failed) => {
        worker.onmessage = (event: MessageEvent<Word>) => {
            const said = event.data;
            if (said.kind === 'at') {
                say(word('down-assembling', Math.floor((said.have / bytes) * 100)));
            } else if (said.kind === 'done') {
                done(said.name);
            } else if (said.kind === 'failed') {
                const saving = order.kind === 'save';
                const why = saving ? word('down-save-failed', said.why) : said.why;
                failed(new Error(said.why === 'seal' ? word('down-seal') : why));
            }
        };
        worker.onerror = (trouble) => failed(new Error(trouble.message));
        worker.postMessage(order);
    }).finally(() => worker.terminate());
}

async function place(
    target: Target | undefined,
    name: string,
    alone: boolean,
): Promise<FileSystemFileHandle | undefined> {
    if (target?.kind === 'directory') {
        return target.getFileHandle(name, { create: true });
    }
    // Chosen for one file, and then the bundle was split: the parts stay here.
    return alone ? target : undefined;
}

/** @param say is told how far it is */
export async function assemble(
    base: string,
    target: Target | undefined,
    say: (note: string) => void,
): Promise<Whole[]> {
    say(word('down-building'));
    const names = await proved(base);
    const made: Whole[] = [];
    for (const name of names) {
        const said = await fetch(`${base}/recipe.json?part=${encodeURIComponent(name)}`);
        const { seal, bytes, packages }: Recipe = await said.json();
        const file = { url: `${base}/${name}`, seal, bytes, packages };
        const own = await place(target, name, names.length === 1);
        if (own === undefined) {
            made.push({ name, bytes, stored: await put({ kind: 'build', ...file }, bytes, say) });
        } else {
            await put({ kind: 'save', target: own, ...file }, bytes, say);
            made.push({ name: own.name, bytes });
        }
    }
    return made;
}

interface Pickers {
    showSaveFilePicker?(options: object): Promise<FileSystemFileHandle>;
    showDirectoryPicker?(options: object): Promise<FileSystemDirectoryHandle>;
}

/** Tells whether this browser lets a page write to a file that the user picks. */
export function canPick(): boolean {
    return typeof (window as Pickers).showSaveFilePicker === 'function';
}

/** Asks where the bundle shall go; nothing where the user thinks better of it. */
export async function pick(split: boolean): Promise<Target | undefined> {
    const pickers = window as Pickers;
    try {
        return split
            ? await pickers.showDirectoryPicker?.({ mode: 'readwrite' })
            : await pickers.showSaveFilePicker?.({ suggestedName: 'box.opm' });
    } catch {
        return undefined;
    }
}
