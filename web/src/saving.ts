/**
 * A bundle written straight to a file that the user chose: no second copy lies in the browser's
 * storage. What was written of a package is given back at once, so both together never hold much
 * more than the bundle; the page has to stay open until the end.
 */
import type { Piece } from './messages';
import { Sha256 } from './sha256';

const READ_BYTES = 1 << 20;
const TAIL_BYTES = 4096;
const TRIES = 7;

/** Hashes all but the last bytes, in which the seal stands. */
class Sealing {
    private readonly hash = new Sha256();
    private tail = new Uint8Array(0);

    update(bytes: Uint8Array): void {
        if (bytes.length >= TAIL_BYTES) {
            // Without a copy of all of it, which would stay until the next collection.
            this.hash.update(this.tail).update(bytes.subarray(0, bytes.length - TAIL_BYTES));
            this.tail = bytes.slice(bytes.length - TAIL_BYTES);
            return;
        }
        const both = new Uint8Array(this.tail.length + bytes.length);
        both.set(this.tail);
        both.set(bytes, this.tail.length);
        const keep = Math.min(both.length, TAIL_BYTES);
        this.hash.update(both.subarray(0, both.length - keep));
        this.tail = both.slice(both.length - keep);
    }

    /** The seal is over every byte before the comment that ends the file. */
    seal(): string {
        const text = Array.from(this.tail, (byte) => String.fromCharCode(byte)).join('');
        const comment = text.lastIndexOf('opm-seal 1 sha256 ');
        return comment < 0 ? '' : this.hash.update(this.tail.subarray(0, comment)).hex();
    }
}

/**
 * What stands between packages comes from the server, however often the line breaks: what was
 * written to the user's file is here no more, so giving up would cost all of it.
 */
export async function* between(
    url: string,
    from: number,
    until: number,
    signal: AbortSignal,
): AsyncGenerator<Uint8Array<ArrayBuffer>> {
    let at = from;
    for (let fruitless = 0; at < until; ) {
        const before = at;
        let why: unknown = new Error('broke off');
        try {
            const answer = await fetch(url, {
                headers: { Range: `bytes=${at}-${until - 1}` },
                cache: 'no-store',
                signal,
            });
            if (answer.status !== 206) {
                await answer.body?.cancel();
                throw new Error('status ' + answer.status);
            }
            const reader = answer.body!.getReader();
            for (let next = await reader.read(); !next.done; next = await reader.read()) {
                at += next.value.length;
                yield next.value;
            }
        } catch (trouble) {
            why = trouble;
        }
        fruitless = at > before ? 0 : fruitless + 1;
        if (at < until && (signal.aborted || fruitless === TRIES)) {
            throw why;
        }
        if (at < until && fruitless > 0) {
            await new Promise((resolve) => setTimeout(resolve, 100 * 2 ** fruitless));
        }
    }
}

/**
 * @param opm the folder in which packages lie by their digest
 * @param give whether a package is thrown away when it was written
 * @returns whether the seal fits; nothing is saved where it does not
 */
export async function save(
    target: FileSystemFileHandle,
    opm: FileSystemDirectoryHandle,
    bundle: { url: string; seal: string; bytes: number; packages: Piece[] },
    give: boolean,
    signal: AbortSignal,
    wrote: (bytes: number) => void,
): Promise<boolean> {
    const out = await target.createWritable();
    try {
        const sealing = new Sealing();
        let have = 0;
        const write = async (bytes: Uint8Array<ArrayBuffer>) => {
            if (signal.aborted) {
                throw new DOMException('stopped', 'AbortError');
            }
            sealing.update(bytes);
            await out.write(bytes);
            have += bytes.length;
            wrote(have);
        };
        for (const piece of bundle.packages) {
            if (have < piece.from) {
                for await (const bytes of between(bundle.url, have, piece.from, signal)) {
                    await write(bytes);
                }
            }
            const file = await (await opm.getFileHandle(piece.digest)).getFile();
            if (file.size !== piece.bytes || have !== piece.from) {
                throw new Error('a package changed its size');
            }
            for (let from = 0; from < file.size; from += READ_BYTES) {
                const part = file.slice(from, Math.min(from + READ_BYTES, file.size));
                await write(new Uint8Array(await part.arrayBuffer()));
            }
            if (give) {
                await opm.removeEntry(piece.digest);
            }
        }
        if (have < bundle.bytes) {
            for await (const bytes of between(bundle.url, have, bundle.bytes, signal)) {
                await write(bytes);
            }
        }
        if (have !== bundle.bytes || sealing.seal() !== bundle.seal) {
            await out.abort();
            return false;
        }
        await out.close();
        return true;
    } catch (trouble) {
        await out.abort().catch(() => undefined);
        throw trouble;
    }
}
