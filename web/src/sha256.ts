/** SHA-256 (FIPS 180-4) piece by piece: crypto.subtle wants all bytes at once. */
const K = new Int32Array(64);
const START = new Int32Array(8);

/** The constants are the first 32 bits of the fractional parts of roots of the first primes. */
function fraction(root: number): number {
    return ((root - Math.floor(root)) * 0x100000000) | 0;
}

for (let candidate = 2, found = 0; found < 64; candidate++) {
    let prime = true;
    for (let by = 2; by * by <= candidate; by++) {
        prime = prime && candidate % by !== 0;
    }
    if (prime) {
        if (found < 8) {
            START[found] = fraction(Math.sqrt(candidate));
        }
        K[found++] = fraction(Math.cbrt(candidate));
    }
}

export class Sha256 {
    private readonly state = START.slice();
    private readonly words = new Int32Array(64);
    private readonly rest = new Uint8Array(64);
    private restBytes = 0;
    private total = 0;

    update(bytes: Uint8Array): this {
        this.total += bytes.length;
        let at = 0;
        if (this.restBytes > 0) {
            at = Math.min(64 - this.restBytes, bytes.length);
            this.rest.set(bytes.subarray(0, at), this.restBytes);
            this.restBytes += at;
            if (this.restBytes < 64) {
                return this;
            }
            this.block(new DataView(this.rest.buffer), 0);
            this.restBytes = 0;
        }
        const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
        for (; at + 64 <= bytes.length; at += 64) {
            this.block(view, at);
        }
        this.rest.set(bytes.subarray(at));
        this.restBytes = bytes.length - at;
        return this;
    }

    /** Ends the hash; nothing may follow. */
    hex(): string {
        const end = new Uint8Array(this.restBytes < 56 ? 64 : 128);
        end.set(this.rest.subarray(0, this.restBytes));
        end[this.restBytes] = 0x80;
        const view = new DataView(end.buffer);
        view.setUint32(end.length - 8, Math.floor(this.total / 0x20000000));
        view.setUint32(end.length - 4, (this.total << 3) >>> 0);
        for (let at = 0; at < end.length; at += 64) {
            this.block(view, at);
        }
        return Array.from(this.state, (w) => (w >>> 0).toString(16).padStart(8, '0')).join('');
    }

    private block(view: DataView, from: number): void {
        const w = this.words;
        for (let t = 0; t < 16; t++) {
            w[t] = view.getInt32(from + 4 * t);
        }
        for (let t = 16; t < 64; t++) {
            const x = w[t - 15]!;
            const y = w[t - 2]!;
            const s0 = ((x >>> 7) | (x << 25)) ^ ((x >>> 18) | (x << 14)) ^ (x >>> 3);
            const s1 = ((y >>> 17) | (y << 15)) ^ ((y >>> 19) | (y << 13)) ^ (y >>> 10);
            w[t] = (w[t - 16]! + s0 + w[t - 7]! + s1) | 0;
        }
        const s = this.state;
        let a = s[0]!, b = s[1]!, c = s[2]!, d = s[3]!;
        let e = s[4]!, f = s[5]!, g = s[6]!, h = s[7]!;
        for (let t = 0; t < 64; t++) {
            const s1 =
                ((e >>> 6) | (e << 26)) ^ ((e >>> 11) | (e << 21)) ^ ((e >>> 25) | (e << 7));
            const t1 = (h + s1 + ((e & f) ^ (~e & g)) + K[t]! + w[t]!) | 0;
            const s0 =
                ((a >>> 2) | (a << 30)) ^ ((a >>> 13) | (a << 19)) ^ ((a >>> 22) | (a << 10));
            const t2 = (s0 + ((a & b) ^ (a & c) ^ (b & c))) | 0;
            h = g;
            g = f;
            f = e;
            e = (d + t1) | 0;
            d = c;
            c = b;
            b = a;
            a = (t1 + t2) | 0;
        }
        s[0] = (s[0]! + a) | 0;
        s[1] = (s[1]! + b) | 0;
        s[2] = (s[2]! + c) | 0;
        s[3] = (s[3]! + d) | 0;
        s[4] = (s[4]! + e) | 0;
        s[5] = (s[5]! + f) | 0;
        s[6] = (s[6]! + g) | 0;
        s[7] = (s[7]! + h) | 0;
    }
}
