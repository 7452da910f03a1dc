/** What did not come, why, and how to get it. */
import { element, size, word } from './words';

export interface Missing {
    name: string;
    bytes: number;
    relay: string;
    mirrors: string[];
    why: string;
}

/** Writes the report; empty when nothing is missing. */
export function report(place: HTMLElement, missing: Missing[]): void {
    const key = missing.map((file) => file.name + file.why).join('\n');
    if (place.dataset['of'] === key) {
        return;
    }
    place.dataset['of'] = key;
    if (missing.length === 0) {
        place.replaceChildren();
        return;
    }
    const names = missing.map((file) => file.name).join(', ');
    const list = element('ul', '', { class: 'links' });
    for (const file of missing) {
        const line = element('li', '');
        const [best, ...others] = [...file.mirrors, file.relay];
        line.append(element('a', file.name, { href: best ?? '', download: '' }));
        line.append(` ${size(file.bytes)} `);
        others.forEach((href, at) => {
            const last = at === others.length - 1;
            const text = last ? word('down-relay') : `[${at + 2}]`;
            line.append(element('a', text, { href, download: '' }), ' ');
        });
        line.append(element('div', file.why, { class: 'digest' }));
        list.append(line);
    }
    place.replaceChildren(
        element('p', word('down-missing', names), { class: 'bad' }),
        element('p', word('down-missing-how')),
        list,
    );
}
