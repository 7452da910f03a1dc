/**
 * Files in one file, as POSIX ustar has them: every system can unpack it, and it is put together
 * without reading what goes in.
 */
export interface Named {
    name: string;
    file: Blob;
}

const BLOCK = 512;

function header(name: string, bytes: number): Uint8Array<ArrayBuffer> {
    const block = new Uint8Array(BLOCK);
    const put = (at: number, text: string) => block.set(new TextEncoder().encode(text), at);
    put(0, name);
    put(100, '0000644\0');
    put(108, '0000000\0');
    put(116, '0000000\0');
    put(124, bytes.toString(8).padStart(11, '0') + '\0');
    put(136, '00000000000\0');
    put(148, '        ');
    put(156, '0');
    put(257, 'ustar\0' + '00');
    const sum = block.reduce((all, byte) => all + byte, 0);
    put(148, sum.toString(8).padStart(6, '0') + '\0 ');
    return block;
}

/** @param files with names of at most 100 letters of ASCII */
export function packed(files: Named[]): Blob {
    const parts: BlobPart[] = [];
    for (const { name, file } of files) {
        parts.push(header(name, file.size), file);
        parts.push(new Uint8Array((BLOCK - (file.size % BLOCK)) % BLOCK));
    }
    parts.push(new Uint8Array(2 * BLOCK));
    return new Blob(parts, { type: 'application/x-tar' });
}

/** Returns the files of one, as far as it goes; of something else, none. */
export async function unpacked(tar: Blob): Promise<Named[]> {
    const files: Named[] = [];
    for (let at = 0; at + BLOCK <= tar.size; ) {
        const head = new Uint8Array(await tar.slice(at, at + BLOCK).arrayBuffer());
        const text = (from: number, until: number) => {
            const field = new TextDecoder().decode(head.subarray(from, until));
            return field.replace(/\0.*$/s, '');
        };
        const bytes = parseInt(text(124, 136), 8);
        if (!text(257, 263).startsWith('ustar') || !(bytes >= 0)) {
            break;
        }
        at += BLOCK;
        if (text(156, 157) === '0') {
            files.push({ name: text(0, 100), file: tar.slice(at, at + bytes) });
        }
        at += Math.ceil(bytes / BLOCK) * BLOCK;
    }
    return files;
}
