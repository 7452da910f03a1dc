/**
 * One transfer, or the building of one bundle.
 *
 * A package lies in OPFS as `DIGEST.part` while it comes, and as `DIGEST` once its bytes were
 * hashed and fit. Of a part, everything up to its size was written in order, so a transfer goes on
 * where it is after the browser was killed: what is there is hashed again, what is missing is asked
 * for by Range. No more is asked for at a time than was granted, at most a megabyte: so what a kill
 * loses, what a limit lets pass and what a cap allows are known to that much, however far ahead
 * browser and network read.
 */
import type { Lane, Order, Piece, Source, Word } from './messages';
import { between, save } from './saving';
import { Sha256 } from './sha256';
import type { Named } from './tar';

const FLUSH_BYTES = 1 << 20;
const ASK_BYTES = 1 << 20;
const READ_BYTES = 1 << 20;
const TRIES = 8;
const SAY_MILLIS = 200;
const STALL_MILLIS = 30_000;

const stop = new AbortController();
let granted: ((bytes: number) => void) | undefined;
let cut: AbortController | undefined;
let said = 0;

function say(message: Word): void {
    postMessage(message);
}

/** Waits until bytes may be asked for; returns how many. */
function want(bytes: number): Promise<number> {
    return new Promise((resolve) => {
        granted = resolve;
        say({ kind: 'want', bytes });
    });
}

function at(have: number): void {
    const now = performance.now();
    if (now - said > SAY_MILLIS) {
        said = now;
        say({ kind: 'at', have });
    }
}

async function folder(): Promise<FileSystemDirectoryHandle> {
    const root = await navigator.storage.getDirectory();
    return root.getDirectoryHandle('opm', { create: true });
}

/** Hashes what a file holds. */
function hashed(file: FileSystemSyncAccessHandle, bytes: number): Sha256 {
    const hash = new Sha256();
    const piece = new Uint8Array(READ_BYTES);
    for (let from = 0; from < bytes; ) {
        const read = file.read(piece, { at: from });
        if (read === 0) {
            break;
        }
        const used = Math.min(read, bytes - from);
        hash.update(piece.subarray(0, used));
        from += used;
    }
    return hash;
}

class Stopped extends Error {}

/** A file that grows at its end, is hashed as it grows, and is flushed every megabyte. */
class Growing {
    have: number;
    private hash: Sha256;
    private unflushed = 0;

    constructor(private readonly file: FileSystemSyncAccessHandle) {
        this.have = file.getSize();
        this.hash = hashed(file, this.have);
    }

    add(bytes: Uint8Array): void {
        this.file.write(bytes, { at: this.have });
        this.hash.update(bytes);
        this.have += bytes.length;
        this.unflushed += bytes.length;
        if (this.unflushed >= FLUSH_BYTES) {
            this.flush();
        }
    }

    flush(): void {
        this.file.flush();
        this.unflushed = 0;
    }

    startOver(): void {
        this.file.truncate(0);
        this.have = 0;
        this.hash = new Sha256();
        this.flush();
    }

    /** Ends the hash. */
    hex(): string {
        return this.hash.hex();
    }
}

/**
 * Takes as many bytes from an address as were granted; returns why fewer came.
 *
 * @param allowed at least 1
 */
async function pull(
    to: Growing,
    bytes: number,
    source: Source,
    allowed: number,
): Promise<string> {
    const watch = new AbortController();
    const shorter = new AbortController();
    cut = shorter;
    let timer = setTimeout(() => watch.abort(), STALL_MILLIS);
    let left = allowed;
    const until = to.have + allowed;
    try {
        const answer = await fetch(source.url, {
            headers: { Range: `bytes=${to.have}-${until - 1}` },
            cache: 'no-store',
            credentials: 'omit',
            signal: AbortSignal.any([stop.signal, watch.signal, shorter.signal]),
        });
        let end = until;
        if (answer.status === 200) {
            // Something on the way knows no ranges: all of it comes, and is paid for as it comes.
            to.startOver();
            end = bytes;
        } else if (answer.status === 206) {
            // Not every mirror lets scripts see Content-Range; the digest will tell.
            const range = answer.headers.get('content-range');
            if (range !== null && !range.startsWith(`bytes ${to.have}-`)) {
                return 'another range: ' + range;
            }
        } else {
            return 'status ' + answer.status;
        }
        const reader = answer.body!.getReader();
        while (true) {
            const { done, value } = await reader.read();
            clearTimeout(timer);
            if (done) {
                return to.have < end ? 'broke off' : '';
            }
            if (to.have + value.length > end) {
                await reader.cancel();
                to.startOver();
                return 'too long';
            }
            while (left < value.length) {
                left += await want(value.length - left);
                if (stop.signal.aborted) {
                    throw new Stopped();
                }
            }
            left -= value.length;
            to.add(value);
            at(to.have);
            timer = setTimeout(() => watch.abort(), STALL_MILLIS);
        }
    } catch (trouble) {
        if (stop.signal.aborted) {
            throw new Stopped();
        }
        return shorter.signal.aborted ? '' : String(trouble);
    } finally {
        clearTimeout(timer);
        // What nobody reads would go on to come, beside the limit, on one of few connections.
        watch.abort();
        cut = undefined;
        if (left > 0) {
            say({ kind: 'unused', bytes: left });
        }
    }
}

function pause(millis: number): Promise<void> {
    return new Promise((resolve) => {
        const timer = setTimeout(resolve, millis);
        stop.signal.addEventListener('abort', () => {
            clearTimeout(timer);
            resolve();
        });
    });
}

/** Tells whether a whole file of this name is here. */
async function isHere(name: string, bytes: number): Promise<boolean> {
    try {
        return (await (await (await folder()).getFileHandle(name)).getFile()).size === bytes;
    } catch {
        return false;
    }
}

async function get(digest: string, bytes: number, sources: Source[]): Promise<void> {
    if (await isHere(digest, bytes)) {
        say({ kind: 'done', name: digest, lane: 'local' });
        return;
    }
    const part = await (await folder()).getFileHandle(digest + '.part', { create: true });
    const file = await part.createSyncAccessHandle();
    let why = 'no source';
    let whole = false;
    let lane: Lane = 'local';
    try {
        const growing = new Growing(file);
        if (growing.have > bytes) {
            growing.startOver();
        }
        // Breaks are without number while the file grows; wrong bytes are not.
        let fruitless = 0;
        let wrong = 0;
        let turn = 0;
        while (!whole && fruitless < TRIES && wrong < TRIES) {
            const source = sources[turn % sources.length];
            if (source === undefined) {
                break;
            }
            if (fruitless > 0 && fruitless % sources.length === 0) {
                await pause(Math.min(5000, 100 * 2 ** fruitless));
            }
            const before = growing.have;
            why = '';
            if (before < bytes) {
                const allowed = await want(Math.min(ASK_BYTES, bytes - before));
                if (stop.signal.aborted) {
                    throw new Stopped();
                }
                why = await pull(growing, bytes, source, allowed);
                lane = source.lane;
            }
            fruitless = growing.have > before ? 0 : fruitless + 1;
            if (why === '' && growing.have === bytes) {
                whole = growing.hex() === digest;
                if (!whole) {
                    growing.startOver();
                    wrong++;
                    why = 'other bytes than expected';
                }
            }
            if (why !== '') {
                turn++;
                say({ kind: 'refused', url: source.url, why });
            }
        }
    } finally {
        file.flush();
        file.close();
    }
    if (!whole) {
        say({ kind: 'failed', why });
        return;
    }
    await part.move(digest);
    say({ kind: 'done', name: digest, lane });
}

let keeping: Promise<FileSystemSyncAccessHandle> | undefined;

async function keeper(name: string): Promise<FileSystemSyncAccessHandle> {
    const root = await navigator.storage.getDirectory();
    return (await root.getFileHandle(name, { create: true })).createSyncAccessHandle();
}

/** Keeps a line in a file of its own, beside the folder. */
async function keep(name: string, text: string): Promise<void> {
    keeping ??= keeper(name);
    const file = await keeping;
    const bytes = new TextEncoder().encode(text);
    file.write(bytes, { at: 0 });
    file.truncate(bytes.length);
}

/** A name of the store, or of this folder: `HEX`, `sha256-HEX`, `HEX.part`. */
const STORED = /(?:^|\/|sha256-)([0-9a-f]{64})(?:\.part)?$/;

/** Takes packages, and beginnings of packages, out of files of the user's. */
async function take(files: Named[], wanted: [digest: string, bytes: number][]): Promise<void> {
    const open = new Map(wanted);
    for (const { name, file } of files) {
        const digest = STORED.exec(name)?.[1] ?? '';
        const bytes = open.get(digest) ?? 0;
        try {
            if (file.size > 0 && file.size < bytes) {
                await begin(digest, file);
            } else if ([...open.values()].includes(file.size)) {
                await takeWhole(file, open);
            }
        } catch (trouble) {
            say({ kind: 'refused', url: name, why: String(trouble) });
        }
    }
    say({ kind: 'stopped' });
}

async function takeWhole(from: Blob, open: Map<string, number>): Promise<void> {
    const taken = await (await folder()).getFileHandle('taken', { create: true });
    const file = await taken.createSyncAccessHandle();
    let digest = '';
    try {
        file.truncate(0);
        const growing = new Growing(file);
        const reader = from.stream().getReader();
        for (let next = await reader.read(); !next.done; next = await reader.read()) {
            growing.add(next.value);
        }
        growing.flush();
        digest = growing.hex();
    } finally {
        file.close();
    }
    if (open.get(digest) === from.size) {
        await taken.move(digest);
        open.delete(digest);
        say({ kind: 'done', name: digest });
    } else {
        await (await folder()).removeEntry('taken');
    }
}

/** Takes the first bytes of a package, where they are more than those here. */
async function begin(digest: string, from: Blob): Promise<void> {
    const part = await (await folder()).getFileHandle(digest + '.part', { create: true });
    const file = await part.createSyncAccessHandle();
    try {
        let have = file.getSize();
        const reader = from.slice(have).stream().getReader();
        for (let next = await reader.read(); !next.done; next = await reader.read()) {
            file.write(next.value, { at: have });
            have += next.value.length;
        }
        file.flush();
    } finally {
        file.close();
    }
}

/**
 * Builds the bundle: packages out of OPFS, what stands between them from the server. Each package
 * goes once its copy was flushed, so that little more than the bundle's own size is ever used.
 */
async function build(url: string, seal: string, bytes: number, packages: Piece[]): Promise<void> {
    const opm = await folder();
    const part = await opm.getFileHandle(seal + '.opm.part', { create: true });
    const file = await part.createSyncAccessHandle();
    try {
        let have = Math.min(file.getSize(), bytes);
        let index = 0;
        while (have < bytes) {
            while (index < packages.length && have >= end(packages[index]!)) {
                index++;
            }
            const piece = packages[index];
            if (piece === undefined || have < piece.from) {
                const until = piece === undefined ? bytes : piece.from;
                have = await literal(file, url, have, until);
            } else {
                const name = await opm.getFileHandle(piece.digest);
                const from = await name.createSyncAccessHandle();
                have = copy(from, file, have, piece);
                from.close();
                file.flush();
                await opm.removeEntry(piece.digest);
            }
            say({ kind: 'at', have });
        }
        file.flush();
        if (sealed(file, bytes) !== seal) {
            file.truncate(0);
            say({ kind: 'failed', why: 'seal' });
            return;
        }
    } finally {
        file.close();
    }
    await part.move(seal + '.opm');
    say({ kind: 'done', name: seal + '.opm' });
}

function end(piece: Piece): number {
    return piece.from + piece.bytes;
}

function copy(
    from: FileSystemSyncAccessHandle,
    to: FileSystemSyncAccessHandle,
    start: number,
    piece: Piece,
): number {
    const buffer = new Uint8Array(READ_BYTES);
    let have = start;
    while (have < end(piece)) {
        const read = from.read(buffer, { at: have - piece.from });
        if (read === 0) {
            throw new Error('a package became shorter');
        }
        to.write(buffer.subarray(0, read), { at: have });
        have += read;
    }
    return have;
}

async function literal(
    to: FileSystemSyncAccessHandle,
    url: string,
    from: number,
    until: number,
): Promise<number> {
    let have = from;
    for await (const bytes of between(url, from, until, stop.signal)) {
        to.write(bytes, { at: have });
        have += bytes.length;
    }
    return have;
}

/** The seal is over every byte before the comment that ends the file: `opm-seal 1 sha256 HEX`. */
function sealed(file: FileSystemSyncAccessHandle, bytes: number): string {
    const tail = new Uint8Array(Math.min(bytes, 4096));
    file.read(tail, { at: bytes - tail.length });
    const text = Array.from(tail, (byte) => String.fromCharCode(byte)).join('');
    const comment = text.lastIndexOf('opm-seal 1 sha256 ');
    return comment < 0 ? '' : hashed(file, bytes - tail.length + comment).hex();
}

onmessage = async (event: MessageEvent<Order>) => {
    const order = event.data;
    try {
        switch (order.kind) {
            case 'grant':
                granted?.(order.bytes);
                break;
            case 'cut':
                cut?.abort();
                break;
            case 'keep':
                await keep(order.name, order.text);
                break;
            case 'stop':
                stop.abort();
                granted?.(0);
                break;
            case 'get':
                await get(order.digest, order.bytes, order.sources);
                break;
            case 'take':
                await take(order.files, order.wanted);
                break;
            case 'build':
                await build(order.url, order.seal, order.bytes, order.packages);
                break;
            case 'save': {
                const opm = await folder();
                const fits = await save(order.target, opm, order, true, stop.signal, at);
                say(fits ? { kind: 'done', name: '' } : { kind: 'failed', why: 'seal' });
                break;
            }
        }
    } catch (trouble) {
        if (trouble instanceof Stopped || stop.signal.aborted) {
            say({ kind: 'stopped' });
        } else {
            say({ kind: 'failed', why: String(trouble) });
        }
    }
};
