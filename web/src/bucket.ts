/** How fast and how much: one bucket for all streams of a job. */
const MOST_ASKED_BYTES = 1 << 20;
const LEAST_ASKED_BYTES = 1 << 13;

/** What is kept of a job besides its files: limits, and how much came today. */
export interface Job {
    rate: number;
    capBytes: number;
    day: string;
    dayBytes: number;
    /** Hours in which it may run; empty for any. */
    from: string;
    until: string;
}

export function today(): string {
    return new Date().toISOString().slice(0, 10);
}

/**
 * One bucket for all streams: whoever wants to ask for bytes waits for their turn, and is told how
 * many. Under a limit these are those of an eighth of a second, so that streams take turns.
 */
export class Bucket {
    private readonly waiting: { bytes: number; go: (bytes: number) => void }[] = [];
    private freeAt = 0;
    private timer: ReturnType<typeof setTimeout> | undefined;

    constructor(
        private readonly job: Job,
        private readonly counted: () => void,
        private readonly full: () => void,
    ) {}

    want(bytes: number, go: (bytes: number) => void): void {
        this.waiting.push({ bytes, go });
        this.serve();
    }

    /** Serves again: a limit was changed. */
    changed(): void {
        this.freeAt = Math.min(this.freeAt, performance.now());
        this.serve();
    }

    /** Takes back what was granted and did not come. */
    unused(bytes: number): void {
        this.job.dayBytes = Math.max(0, this.job.dayBytes - bytes);
        if (this.job.rate > 0) {
            this.freeAt -= (bytes / this.job.rate) * 1000;
        }
        this.counted();
        this.serve();
    }

    /** Returns what those that wait are called by; they wait no more. */
    forget(): ((bytes: number) => void)[] {
        return this.waiting.splice(0).map((one) => one.go);
    }

    /** Returns how much is granted at a time. */
    share(): number {
        const share = Math.ceil(this.job.rate / 8);
        return share === 0
            ? MOST_ASKED_BYTES
            : Math.min(MOST_ASKED_BYTES, Math.max(LEAST_ASKED_BYTES, share));
    }

    private serve(): void {
        clearTimeout(this.timer);
        while (this.waiting.length > 0) {
            const now = performance.now();
            if (this.freeAt > now) {
                this.timer = setTimeout(() => this.serve(), this.freeAt - now);
                return;
            }
            if (this.job.day !== today()) {
                this.job.day = today();
                this.job.dayBytes = 0;
            }
            const left =
                this.job.capBytes > 0 ? this.job.capBytes - this.job.dayBytes : Infinity;
            if (left <= 0) {
                this.full();
                return;
            }
            const next = this.waiting.shift()!;
            const bytes = Math.min(next.bytes, this.share(), left);
            this.job.dayBytes += bytes;
            this.counted();
            if (this.job.rate > 0) {
                const begin = Math.max(this.freeAt, now - 200);
                this.freeAt = begin + (bytes / this.job.rate) * 1000;
            }
            next.go(bytes);
        }
    }
}
