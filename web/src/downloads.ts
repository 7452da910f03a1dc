/** Downloads of one plan in this browser: which files, by which lanes, how fast; then the bundle. */
import { assemble, pick } from './assembling';
import type { Target, Whole } from './assembling';
import { Bucket, today } from './bucket';
import type { Job } from './bucket';
import { stored } from './carried';
import type { Order, Source, Word } from './messages';
import { report } from './report';
import { mayRun } from './schedule';
import { packed, unpacked, type Named } from './tar';
import { Timeline } from './timeline';
import { widgets, type Widgets } from './widgets';
import { element, size, word } from './words';

const STREAMS = 4;
const SAMPLE_MILLIS = 3000;
const TICK_MILLIS = 1000;
const JOB = 'opm-job';

interface Wanted {
    digest: string;
    algorithm: string;
    bytes: number;
    name: string;
    relay: string;
    /** The best first. */
    mirrors: string[];
}

/** Returns how long a file is; nothing when it went meanwhile. */
async function lengthOf(file: FileSystemFileHandle): Promise<number | undefined> {
    try {
        return (await file.getFile()).size;
    } catch {
        return undefined;
    }
}

export class Downloads {
    private readonly job: Job;
    private readonly bucket: Bucket;
    private files: Wanted[] = [];
    private readonly done = new Set<string>();
    private readonly partial = new Map<string, number>();
    private readonly failed = new Map<string, string>();
    private readonly lanes = { direct: 0, relay: 0, local: 0 };
    private readonly workers = new Map<string, Worker>();
    private readonly noCors = new Set<string>();
    private readonly cors = new Set<string>();
    private samples: { at: number; bytes: number }[] = [];
    private running = false;
    private takers = 0;
    /** Packages go into the bundle one by one: those that are gone must not come again. */
    private assembling = false;
    private note = '';
    private whole: Whole[] | undefined;
    private target: Target | undefined;
    private waiting = false;
    private anyHour = false;
    private readonly timeline = new Timeline();
    private readonly ui: Widgets;

    constructor(
        private readonly base: string,
        readonly root: HTMLElement,
    ) {
        this.job = { rate: 0, capBytes: 0, day: today(), dayBytes: 0, from: '', until: '' };
        this.bucket = new Bucket(
            this.job,
            () => this.remember(),
            () => this.capped(),
        );
        this.ui = this.build();
        setInterval(() => this.tick(), TICK_MILLIS);
    }

    /** Tells whether this browser lets a page keep files here. */
    static possible(): boolean {
        return (
            window.isSecureContext &&
            typeof navigator.storage?.getDirectory === 'function' &&
            typeof Worker === 'function'
        );
    }

    private build(): Widgets {
        return widgets(this.root, {
            rate: (kilobytes) => {
                const before = this.bucket.share();
                this.job.rate = kilobytes * 1000;
                this.remember();
                if (this.bucket.share() < before) {
                    // What was granted before could be under way for long.
                    this.tellAll({ kind: 'cut' });
                }
                this.bucket.changed();
            },
            cap: (megabytes) => {
                this.job.capBytes = megabytes * 1e6;
                this.remember();
                this.bucket.changed();
            },
            hour: (which, text) => {
                this.job[which] = text;
                this.remember();
            },
            start: () => {
                // Who presses while it waits for its hour means now.
                this.anyHour = this.waiting;
                void (this.running ? this.pause() : this.start());
            },
            take: (files) => void this.take(files),
            place: () => void this.place(),
            clear: () => void this.clear(),
            saveJob: () => void this.saveJob(),
            timeline: this.timeline.root,
        });
    }

    private keeper: Worker | undefined;

    /** Keeps limits and counts at once: localStorage loses seconds when a browser dies. */
    private remember(): void {
        this.keeper ??= new Worker('/app/worker.js', { type: 'module' });
        const text = JSON.stringify(this.job);
        this.keeper.postMessage({ kind: 'keep', name: JOB, text } satisfies Order);
    }

    /** Finds what was kept before the browser ended. */
    private async recall(): Promise<void> {
        if (this.keeper !== undefined) {
            return;
        }
        const root = await navigator.storage.getDirectory();
        let kept: Partial<Job> = {};
        try {
            kept = JSON.parse(await (await (await root.getFileHandle(JOB)).getFile()).text());
        } catch {
            // Nothing was kept yet.
        }
        if (this.keeper === undefined) {
            Object.assign(this.job, kept);
            this.ui.rate.value = this.job.rate > 0 ? String(this.job.rate / 1000) : '';
            this.ui.cap.value = this.job.capBytes > 0 ? String(this.job.capBytes / 1e6) : '';
            this.ui.from.value = this.job.from;
            this.ui.until.value = this.job.until;
        }
    }

    private tellAll(order: Order): void {
        for (const worker of this.workers.values()) {
            worker.postMessage(order);
        }
    }

    private async folder(): Promise<FileSystemDirectoryHandle> {
        const root = await navigator.storage.getDirectory();
        return root.getDirectoryHandle('opm', { create: true });
    }

    private looking: Promise<void> = Promise.resolve();
    /** What became whole while somebody looks. */
    private readonly fresh = new Set<string>();

    /** Looks at what the plan needs now and what is here already. One look follows the other. */
    look(): Promise<void> {
        this.looking = this.looking.then(
            () => this.lookOnce(),
            () => this.lookOnce(),
        );
        return this.looking;
    }

    private async lookOnce(): Promise<void> {
        await this.recall();
        const answer = await fetch(this.base + '/files.json');
        const files: Wanted[] = (await answer.json()).files;
        const sizes = new Map(files.map((file) => [file.digest, file.bytes]));
        const done: string[] = [];
        const partial: [string, number][] = [];
        this.fresh.clear();
        const opm = await this.folder();
        const entries = (
            opm as unknown as { entries(): AsyncIterable<[string, FileSystemFileHandle]> }
        ).entries();
        for await (const [name, handle] of entries) {
            const digest = name.replace(/\.part$/, '');
            if (sizes.has(digest)) {
                const bytes = await lengthOf(handle);
                if (name === digest && bytes === sizes.get(digest)) {
                    done.push(digest);
                } else if (bytes !== undefined) {
                    partial.push([digest, bytes]);
                }
            }
        }
        // From here on nobody else has a turn: what workers said meanwhile counts more.
        this.files = files;
        this.done.clear();
        [...done, ...this.fresh].forEach((digest) => this.done.add(digest));
        for (const digest of this.partial.keys()) {
            if (!this.workers.has(digest)) {
                this.partial.delete(digest);
            }
        }
        for (const [digest, bytes] of partial) {
            if (!this.workers.has(digest)) {
                this.partial.set(digest, bytes);
            }
        }
        this.show();
    }

    async start(): Promise<void> {
        if (this.running) {
            return;
        }
        if (!this.anyHour && !mayRun(this.job.from, this.job.until, new Date(), false)) {
            this.wait();
            return;
        }
        this.waiting = false;
        this.running = true;
        this.note = '';
        this.failed.clear();
        this.samples = [];
        this.ui.start.textContent = word('down-pause');
        void navigator.storage.persist?.();
        try {
            await this.look();
            // The server fetches, checks signatures and proves meanwhile.
            await fetch(this.base + '/build', {
                method: 'POST',
                headers: { Accept: 'application/json' },
            });
        } catch (trouble) {
            // No line, or the visit is over: nothing runs, and nobody is to believe that it does.
            this.halt(String(trouble));
            return;
        }
        const samples = new Map<string, string>();
        for (const mirror of this.files.flatMap((file) => file.mirrors)) {
            samples.set(new URL(mirror).origin, mirror);
        }
        await Promise.all([...samples].map(([origin, mirror]) => this.probe(origin, mirror)));
        this.next();
    }

    /** Asks a mirror for one byte: only that tells whether it lets scripts read. */
    private async probe(origin: string, sample: string): Promise<void> {
        if (this.cors.has(origin) || this.noCors.has(origin)) {
            return;
        }
        try {
            const answer = await fetch(sample, {
                headers: { Range: 'bytes=0-0' },
                credentials: 'omit',
                cache: 'no-store',
                signal: AbortSignal.timeout(5000),
            });
            await answer.body?.cancel();
            (answer.status === 206 ? this.cors : this.noCors).add(origin);
        } catch {
            this.noCors.add(origin);
        }
    }

    private sources(file: Wanted): Source[] {
        const direct = file.mirrors.filter((mirror) => this.cors.has(new URL(mirror).origin));
        return [
            ...direct.map((url): Source => ({ url, lane: 'direct' })),
            { url: file.relay, lane: 'relay' },
        ];
    }

    private next(): void {
        this.show();
        if (!this.running || this.assembling) {
            return;
        }
        for (const file of this.files) {
            if (this.workers.size >= STREAMS) {
                return;
            }
            const { digest, bytes } = file;
            if (this.done.has(digest) || this.failed.has(digest) || this.workers.has(digest)) {
                continue;
            }
            const order: Order = { kind: 'get', digest, bytes, sources: this.sources(file) };
            this.run(digest, order);
        }
        if (this.workers.size === 0 && this.takers === 0) {
            if (this.done.size === this.files.length) {
                void this.assemble();
            } else {
                void this.pause();
            }
        }
    }

    private run(digest: string, order: Order): void {
        const worker = new Worker('/app/worker.js', { type: 'module' });
        this.workers.set(digest, worker);
        const end = () => {
            worker.terminate();
            this.workers.delete(digest);
            this.remember();
            this.next();
        };
        worker.onmessage = (event: MessageEvent<Word>) => {
            const said = event.data;
            switch (said.kind) {
                case 'want':
                    if (!this.running) {
                        worker.postMessage({ kind: 'stop' } satisfies Order);
                        break;
                    }
                    this.bucket.want(said.bytes, (bytes) => {
                        worker.postMessage(
                            (bytes > 0 ? { kind: 'grant', bytes } : { kind: 'stop' }) satisfies Order,
                        );
                    });
                    break;
                case 'unused':
                    this.bucket.unused(said.bytes);
                    break;
                case 'at':
                    this.sample(said.have - (this.partial.get(digest) ?? 0));
                    this.partial.set(digest, said.have);
                    this.show();
                    break;
                case 'refused':
                    break;
                case 'done':
                    this.lanes[said.lane ?? 'relay']++;
                    this.done.add(digest);
                    this.fresh.add(digest);
                    this.failed.delete(digest);
                    end();
                    break;
                case 'stopped':
                    end();
                    break;
                case 'failed':
                    this.failed.set(digest, said.why);
                    end();
                    break;
            }
        };
        worker.onerror = (trouble) => {
            this.failed.set(digest, trouble.message);
            end();
        };
        worker.postMessage(order);
    }

    private sample(bytes: number): void {
        if (bytes > 0) {
            this.samples.push({ at: performance.now(), bytes });
            this.timeline.came(bytes, performance.now());
        }
    }

    async pause(): Promise<void> {
        if (this.running) {
            this.halt(word('down-paused'));
            this.tellAll({ kind: 'stop' });
        }
    }

    /** Ends at the cap: what was asked for may still come, for it is counted already. */
    private capped(): void {
        this.halt(word('down-capped'));
    }

    private halt(note: string): void {
        this.running = false;
        this.ui.start.textContent = word('down-resume');
        this.note = this.note || note;
        for (const stop of this.bucket.forget()) {
            stop(0);
        }
        this.remember();
        this.show();
    }

    /** Pauses, and waits until nobody has a file open. */
    private async stopped(): Promise<void> {
        await this.pause();
        while (this.workers.size > 0 || this.takers > 0) {
            await new Promise((resolve) => setTimeout(resolve, 50));
        }
    }

    private async clear(): Promise<void> {
        await this.stopped();
        const root = await navigator.storage.getDirectory();
        this.fresh.clear();
        await root.removeEntry('opm', { recursive: true });
        this.note = '';
        this.whole = undefined;
        this.ui.ready.replaceChildren();
        this.ui.start.textContent = word('down-start');
        this.ui.start.disabled = false;
        await this.look();
    }

    private taking: Promise<void> = Promise.resolve();

    /**
     * Takes what is wanted out of files, folders, unfinished jobs: by size, then by digest. What
     * was given later follows.
     */
    take(files: File[]): Promise<void> {
        this.taking = this.taking.then(
            () => this.takeOnce(files),
            () => this.takeOnce(files),
        );
        return this.taking;
    }

    private async takeOnce(files: File[]): Promise<void> {
        await this.look();
        const given: Named[] = [];
        for (const file of files) {
            given.push({ name: file.name, file });
            if (file.name.endsWith('.tar')) {
                given.push(...(await unpacked(file)));
            }
        }
        const wanted = this.files
            .filter((one) => !this.done.has(one.digest) && !this.workers.has(one.digest))
            .map((one): [string, number] => [one.digest, one.bytes]);
        const worker = new Worker('/app/worker.js', { type: 'module' });
        this.takers++;
        await new Promise<void>((end) => {
            worker.onmessage = (event: MessageEvent<Word>) => {
                const said = event.data;
                if (said.kind === 'done') {
                    this.lanes.local++;
                    this.done.add(said.name);
                    this.fresh.add(said.name);
                    this.failed.delete(said.name);
                    this.show();
                } else if (said.kind === 'stopped' || said.kind === 'failed') {
                    end();
                }
            };
            worker.onerror = () => end();
            worker.postMessage({ kind: 'take', files: given, wanted } satisfies Order);
        });
        worker.terminate();
        this.takers--;
        await this.look();
        this.next();
    }

    /** Saves the choices and all that came so far, whole or not, as one file. */
    private async saveJob(): Promise<void> {
        await this.stopped();
        const job = await (await fetch(this.base + '/box.opmjob')).blob();
        const opm = await this.folder();
        const files = await stored(opm, this.files, (digest) => this.done.has(digest));
        files.unshift({ name: 'box.opmjob', file: job });
        const link = element('a', '', {
            download: 'box-job.tar',
            href: URL.createObjectURL(packed(files)),
        });
        link.click();
    }

    /** Waits for the server's proof, then builds the same bytes here. */
    private async assemble(): Promise<void> {
        this.ui.start.disabled = true;
        this.ui.clear.disabled = true;
        this.assembling = true;
        try {
            this.whole = await assemble(this.base, this.target, (note) => {
                this.note = note;
                this.show();
            });
            this.note = '';
            await this.offer(this.whole);
        } catch (trouble) {
            this.note = trouble instanceof Error ? trouble.message : String(trouble);
            this.running = false;
            this.ui.start.disabled = false;
            this.ui.start.textContent = word('down-resume');
            // What was written to a file that did not become whole has to come again.
            await this.look();
        } finally {
            this.assembling = false;
            this.ui.clear.disabled = false;
        }
    }

    /** Shows the links that save the bundle: the browser copies it out of its own storage. */
    private async offer(whole: Whole[]): Promise<void> {
        this.running = false;
        this.ui.start.textContent = word('down-start');
        const bytes = whole.reduce((sum, one) => sum + one.bytes, 0);
        const lines: HTMLElement[] = [element('p', word('down-ready') + ' ' + size(bytes))];
        for (const one of whole) {
            if (one.stored === undefined) {
                lines.push(element('p', word('down-saved', one.name), { id: 'down-saved' }));
                continue;
            }
            const file = await (await (await this.folder()).getFileHandle(one.stored)).getFile();
            const link = element('a', word('down-save'), {
                class: 'main',
                id: one === whole[0] ? 'down-save' : 'down-save-' + one.name,
                download: one.name,
                href: URL.createObjectURL(file),
            });
            if (whole.length > 1) {
                link.append(' ' + one.name);
            }
            const line = element('p', '');
            line.append(link);
            lines.push(line);
        }
        lines.push(element('p', word('get-home', whole[0]?.name ?? 'box.opm')));
        this.ui.ready.replaceChildren(...lines);
        this.ui.bar.value = 1;
        this.ui.ready.querySelector('a')?.focus();
        this.show();
    }

    // ------------------------------------------------------------ hours, place

    /** Begins, pauses, goes on as the hours that the user chose say. */
    private tick(): void {
        const may = mayRun(this.job.from, this.job.until, new Date(), this.running);
        if (this.waiting && may) {
            void this.start();
        } else if (this.running && !may && !this.anyHour) {
            void this.pause().then(() => this.wait());
        }
    }

    private wait(): void {
        this.waiting = true;
        this.note = word('down-waiting', this.job.from || '00:00');
        this.ui.start.textContent = word('down-now');
        this.show();
    }

    private async place(): Promise<void> {
        const parts = document.querySelector<HTMLSelectElement>('#parts');
        const chosen = await pick(parts !== null && parts.value !== '0');
        if (chosen !== undefined) {
            this.target = chosen;
            this.ui.target.textContent = word('down-file-chosen', chosen.name);
        }
    }

    private show(): void {
        let total = 0;
        let have = 0;
        for (const file of this.files) {
            total += file.bytes;
            const part = Math.min(this.partial.get(file.digest) ?? 0, file.bytes);
            have += this.done.has(file.digest) ? file.bytes : part;
        }
        const now = performance.now();
        this.samples = this.samples.filter((sample) => now - sample.at < SAMPLE_MILLIS);
        const span = Math.max(500, now - (this.samples[0]?.at ?? now));
        const rate = (this.samples.reduce((sum, s) => sum + s.bytes, 0) / span) * 1000;
        if (this.whole === undefined) {
            this.ui.bar.value = total === 0 ? 0 : have / total;
        }
        const figures = word(
            'down-state',
            this.done.size,
            this.files.length,
            size(have),
            size(total),
            size(this.running ? rate : 0),
        );
        const text = this.whole === undefined ? (this.note + ' ' + figures).trim() : '';
        if (this.ui.status.textContent !== text) {
            this.ui.status.textContent = text;
        }
        const lanes = (['direct', 'relay', 'local'] as const)
            .filter((lane) => this.lanes[lane] > 0)
            .map((lane) => `${word('down-' + lane)}: ${this.lanes[lane]}`)
            .join(' · ');
        this.ui.lanes.textContent = lanes;
        this.timeline.draw();
        const missing = this.files
            .filter((file) => this.failed.has(file.digest))
            .map((file) => ({ ...file, why: this.failed.get(file.digest) ?? '' }));
        report(this.ui.missing, missing);
    }
}
