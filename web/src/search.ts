/** Search as one types; what each hit costs follows. */
import { base, parsed } from './sections';

/** Who has not typed for so long may want to know what things cost. */
const TYPING_MILLIS = 300;

let searching: AbortController | undefined;
let costing: AbortController | undefined;
/** What was typed while a search was on its way. */
let typed: string | undefined;

/** @param typing whether more letters may follow: only the whole search reads file lists. */
async function search(text: string, typing: boolean): Promise<void> {
    searching?.abort();
    costing?.abort();
    const mine = new AbortController();
    searching = mine;
    const hits = document.getElementById('hits')!;
    try {
        const part = typing ? 'typed' : 'all';
        const answer = await fetch(`${base}?hits=${part}&q=${encodeURIComponent(text)}`, {
            signal: mine.signal,
        });
        if (!answer.ok) {
            return;
        }
        const found = parsed(await answer.text());
        hits.replaceChildren(...Array.from(found.body.childNodes));
        const where = text === '' ? base : `${base}?q=${encodeURIComponent(text)}`;
        history.replaceState(null, '', where);
    } catch (trouble) {
        if (!mine.signal.aborted) {
            throw trouble;
        }
    } finally {
        if (searching === mine) {
            searching = undefined;
            const next = typed;
            typed = undefined;
            if (next === undefined) {
                showCosts();
            } else {
                void search(next, true);
            }
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
            delete place.dataset['spec'];
        }
    }
}

/** What somebody waits for goes first; [showCosts] goes on with those that were not said yet. */
export function stopCosts(): void {
    costing?.abort();
}

export function showCosts(): void {
    stopCosts();
    const mine = new AbortController();
    costing = mine;
    setTimeout(() => {
        if (!mine.signal.aborted) {
            costs(mine.signal).catch((trouble: unknown) => {
                if (!mine.signal.aborted) {
                    throw trouble;
                }
            });
        }
    }, TYPING_MILLIS);
}

export function searchPage(): void {
    const input = document.querySelector<HTMLInputElement>('#q');
    if (input === null) {
        return;
    }
    // One search at a time, so that a slow line sets the pace; costs never stand in its way.
    input.addEventListener('input', () => {
        costing?.abort();
        if (searching === undefined) {
            void search(input.value, true);
        } else {
            typed = input.value;
        }
    });
    input.form?.addEventListener('submit', (event) => {
        event.preventDefault();
        typed = undefined;
        void search(input.value, false);
    });
}
