/**
 * Makes the server's pages livelier: search as one types, choices without loading the page anew,
 * downloads in the browser. Everything it shows comes from the same pages; without it, forms and
 * links do the same.
 */
import { takeJobs } from './carried';
import { Downloads } from './downloads';
import { element, loadWords, word } from './words';

const TYPING_MILLIS = 60;
const BUILDING_MILLIS = 700;
const main = document.getElementById('main')!;
const base = location.pathname;
const isVisit = base.startsWith('/v/');
let downloads: Downloads | undefined;

function parsed(html: string): Document {
    return new DOMParser().parseFromString(html, 'text/html');
}

/** Puts sections of another version of this page in place of ours; the focus stays where it was. */
function swap(other: Document, ids: string[]): void {
    const focused = document.activeElement as HTMLElement | null;
    const section = focused?.closest('section')?.id;
    const label = focused?.getAttribute('aria-label');
    for (const id of ids) {
        const fresh = other.getElementById(id);
        const old = document.getElementById(id);
        if (fresh === null) {
            old?.remove();
        } else if (old === null) {
            main.append(fresh);
        } else {
            const open = old.querySelector('details')?.open === true;
            old.replaceChildren(...Array.from(fresh.childNodes));
            const details = old.querySelector('details');
            if (details !== null) {
                details.open = open;
            }
        }
    }
    keepDownloads();
    if (section && focused !== null && !focused.isConnected) {
        const home = document.getElementById(section) ?? document.getElementById('basket');
        const same = Array.from(home?.querySelectorAll<HTMLElement>('[aria-label]') ?? []);
        const again = same.find((one) => one.getAttribute('aria-label') === label);
        const heading = home?.querySelector<HTMLElement>('h2');
        heading?.setAttribute('tabindex', '-1');
        (again ?? heading)?.focus();
    }
}

async function page(): Promise<Document | undefined> {
    const answer = await fetch(base);
    return answer.ok ? parsed(await answer.text()) : undefined;
}

/** The downloads outlive the section that they stand in. */
function keepDownloads(): void {
    const place = document.getElementById('down');
    if (place === null) {
        return;
    }
    place.hidden = false;
    if (!Downloads.possible()) {
        const only = window.isSecureContext ? 'get-links-how' : 'insecure';
        place.replaceChildren(element('p', word(only), { class: 'note', id: 'insecure' }));
        return;
    }
    if (downloads === undefined) {
        downloads = new Downloads(base, element('div', '', { id: 'downloads' }));
    }
    place.replaceChildren(downloads.root);
    void downloads.look();
}

// ---------------------------------------------------------------- first page

function bringPage(): void {
    const form = document.querySelector<HTMLFormElement>('form.drop');
    const input = document.querySelector<HTMLInputElement>('#profile');
    if (form === null || input === null) {
        return;
    }
    document.querySelectorAll<HTMLElement>('.scripted').forEach((one) => (one.hidden = false));
    input.addEventListener('change', () => form.requestSubmit());
    document.addEventListener('dragover', (event) => {
        event.preventDefault();
        document.body.classList.add('dragged');
    });
    document.addEventListener('dragleave', () => document.body.classList.remove('dragged'));
    document.addEventListener('drop', (event) => {
        event.preventDefault();
        document.body.classList.remove('dragged');
        const files = event.dataTransfer?.files;
        if (files && files.length > 0) {
            input.files = files;
            form.requestSubmit();
        }
    });
}

// ---------------------------------------------------------------- search

let searching: AbortController | undefined;

/** @param typing whether more letters may follow: only the whole search reads file lists. */
async function search(text: string, typing: boolean): Promise<void> {
    searching?.abort();
    const mine = new AbortController();
    searching = mine;
    const hits = document.getElementById('hits')!;
    try {
        const part = typing ? 'hits=1&' : '';
        const answer = await fetch(`${base}?${part}q=${encodeURIComponent(text)}`, {
            signal: mine.signal,
        });
        if (!answer.ok) {
            return;
        }
        const found = parsed(await answer.text());
        const list = typing ? found.body : found.getElementById('hits');
        hits.replaceChildren(...Array.from(list?.childNodes ?? []));
        const where = text === '' ? base : `${base}?q=${encodeURIComponent(text)}`;
        history.replaceState(null, '', where);
        await costs(mine.signal);
    } catch (trouble) {
        if (!mine.signal.aborted) {
            throw trouble;
        }
    }
}

/** Asks what each hit costs this machine, the first ones first. */
async function costs(signal: AbortSignal): Promise<void> {
    for (const place of document.querySelectorAll<HTMLElement>('.cost[data-spec]')) {
        const spec = encodeURIComponent(place.dataset['spec'] ?? '');
        const answer = await fetch(`${base}/cost.json?spec=${spec}`, { signal });
        if (answer.ok) {
            place.textContent = (await answer.json()).said;
        }
    }
}

function searchPage(): void {
    const input = document.querySelector<HTMLInputElement>('#q');
    if (input === null) {
        return;
    }
    let timer: ReturnType<typeof setTimeout> | undefined;
    input.addEventListener('input', () => {
        clearTimeout(timer);
        timer = setTimeout(() => void search(input.value, true), TYPING_MILLIS);
    });
    input.form?.addEventListener('submit', (event) => {
        event.preventDefault();
        clearTimeout(timer);
        void search(input.value, false);
    });
}

// ---------------------------------------------------------------- choices

async function post(form: HTMLFormElement, submitter: HTMLElement | null): Promise<void> {
    const data = new FormData(form, submitter);
    data.delete('q');
    const body = new URLSearchParams();
    data.forEach((value, name) => body.append(name, String(value)));
    const answer = await fetch(form.action, { method: 'POST', body });
    const other = parsed(await answer.text());
    if (!answer.ok) {
        main.replaceChildren(...Array.from(other.getElementById('main')?.childNodes ?? []));
        return;
    }
    swap(other, ['basket', 'plan', 'get']);
    watch();
}

let watching = false;

/** Looks again while the server builds. */
function watch(): void {
    if (watching || document.getElementById('works') === null) {
        return;
    }
    watching = true;
    setTimeout(async () => {
        const other = await page();
        watching = false;
        const fresh = other?.getElementById('server');
        if (fresh) {
            document.getElementById('server')?.replaceChildren(...Array.from(fresh.childNodes));
            watch();
        }
    }, BUILDING_MILLIS);
}

/** The files of what was dropped: a file, or a folder with all below it. */
async function filesOf(entry: FileSystemEntry): Promise<File[]> {
    if (entry.isFile) {
        return [
            await new Promise<File>((found, failed) =>
                (entry as FileSystemFileEntry).file(found, failed),
            ),
        ];
    }
    const reader = (entry as FileSystemDirectoryEntry).createReader();
    const all: File[] = [];
    for (;;) {
        // A browser hands over a hundred at a time, and nothing after the last.
        const some = await new Promise<FileSystemEntry[]>((found, failed) =>
            reader.readEntries(found, failed),
        );
        if (some.length === 0) {
            return all;
        }
        all.push(...(await Promise.all(some.map(filesOf))).flat());
    }
}

function visitPage(): void {
    searchPage();
    document.addEventListener('submit', (event) => {
        const form = event.target as HTMLFormElement;
        const path = new URL(form.action).pathname;
        if (form.method === 'post' && /\/(basket|repair|build)$/.test(path)) {
            event.preventDefault();
            void post(form, event.submitter);
        }
    });
    document.addEventListener('dragover', (event) => event.preventDefault());
    document.addEventListener('drop', (event) => {
        event.preventDefault();
        const entries = Array.from(event.dataTransfer?.items ?? [])
            .map((item) => item.webkitGetAsEntry())
            .filter((entry) => entry !== null);
        void Promise.all(entries.map(filesOf)).then((files) => downloads?.take(files.flat()));
    });
    keepDownloads();
    watch();
    void costs(new AbortController().signal);
}

await loadWords();
takeJobs();
bringPage();
if (isVisit) {
    visitPage();
}
document.documentElement.dataset['ready'] = 'yes';
