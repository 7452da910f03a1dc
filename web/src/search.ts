/** Search as one types; what each hit costs follows. */
import { base, parsed } from './sections';

const TYPING_MILLIS = 60;
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
    const visit = base.split('/').slice(0, 3).join('/');
    for (const place of document.querySelectorAll<HTMLElement>('.cost[data-spec]')) {
        const spec = encodeURIComponent(place.dataset['spec'] ?? '');
        const answer = await fetch(`${visit}/cost.json?spec=${spec}`, { signal });
        if (answer.ok) {
            place.textContent = (await answer.json()).said;
        }
    }
}

export function showCosts(): void {
    void costs(new AbortController().signal);
}

export function searchPage(): void {
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
