/** Parts of the page, replaced by those of a fresher version of it; the focus stays. */

const main = document.getElementById('main')!;

/** The address of the page, without what is searched for. */
export const base = location.pathname;

export function parsed(html: string): Document {
    return new DOMParser().parseFromString(html, 'text/html');
}

/** Opens again what was open before its section was replaced. */
function keepOpen(home: Element, replace: () => void): void {
    const open = Array.from(home.querySelectorAll<HTMLDetailsElement>('details[id][open]'));
    const ids = open.map((one) => one.id);
    replace();
    for (const id of ids) {
        document.getElementById(id)?.setAttribute('open', '');
    }
}

/**
 * Puts sections of another version of this page in place of ours.
 *
 * @param dress lays in what only the script has, before the focus looks for its place
 */
export function swap(other: Document, ids: string[], dress: () => void): void {
    const focused = document.activeElement as HTMLElement | null;
    const section = focused?.closest('section')?.id;
    const label = focused?.getAttribute('aria-label');
    const own = focused?.id;
    for (const id of ids) {
        const fresh = other.getElementById(id);
        const old = document.getElementById(id);
        if (fresh === null) {
            old?.remove();
        } else if (old === null) {
            main.append(fresh);
        } else {
            keepOpen(old, () => old.replaceChildren(...Array.from(fresh.childNodes)));
        }
    }
    dress();
    if (section && focused !== null && !focused.isConnected) {
        const home = document.getElementById(section) ?? document.getElementById('basket');
        const labelled = Array.from(home?.querySelectorAll<HTMLElement>('[aria-label]') ?? []);
        const same = own
            ? document.getElementById(own)
            : label && labelled.find((one) => one.getAttribute('aria-label') === label);
        const heading = home?.querySelector<HTMLElement>('h2');
        heading?.setAttribute('tabindex', '-1');
        (same || heading)?.focus();
    }
}

/** Shows a page that says what went wrong, in place of all that is here. */
export function show(other: Document): void {
    main.replaceChildren(...Array.from(other.getElementById('main')?.childNodes ?? []));
}

/** Fetches the sections that choices change. */
export async function freshChoices(): Promise<Document | undefined> {
    const answer = await fetch(base + '?choices');
    return answer.ok ? parsed(await answer.text()) : undefined;
}
