/** The fields, buttons and lines of the downloads: what the user sees, and what is done by a click. */
import { canPick } from './assembling';
import { element, word } from './words';

/** What is done when the user does something. */
interface Acts {
    /** kB/s, 0 for as fast as it goes */
    rate(kilobytes: number): void;
    /** MB a day, 0 for no cap */
    cap(megabytes: number): void;
    hour(which: 'from' | 'until', text: string): void;
    start(): void;
    take(files: File[]): void;
    place(): void;
    clear(): void;
    saveJob(): void;
    timeline: HTMLElement;
}

/** What changes while downloads run. */
export interface Widgets {
    start: HTMLButtonElement;
    clear: HTMLButtonElement;
    bar: HTMLProgressElement;
    status: HTMLElement;
    lanes: HTMLElement;
    missing: HTMLElement;
    ready: HTMLElement;
    target: HTMLElement;
    rate: HTMLInputElement;
    cap: HTMLInputElement;
    from: HTMLInputElement;
    until: HTMLInputElement;
}

/** Builds them below a root. */
export function widgets(root: HTMLElement, acts: Acts): Widgets {
    const start = element('button', word('down-start'), { class: 'main', id: 'down-start' });
    const clear = element('button', word('down-clear'), { class: 'quiet', id: 'down-clear' });
    const bar = element('progress', '', { max: '1', value: '0', 'aria-label': word('down') });
    const status = element('p', '', { id: 'down-status', role: 'status' });
    const lanes = element('p', '', { class: 'note', id: 'down-lanes' });
    const missing = element('div', '', { id: 'down-missing', role: 'alert' });
    const ready = element('div', '', { id: 'down-ready', 'aria-live': 'polite' });
    const number = (id: string, key: string) => {
        const label = element('label', word(key), { for: id });
        const input = element('input', '', { id, type: 'number', min: '0' });
        const both = element('div', '');
        both.append(label, input);
        return { both, input };
    };
    const rate = number('down-rate', 'down-rate');
    const cap = number('down-cap', 'down-cap');
    const count = (input: HTMLInputElement) => Math.max(0, Number(input.value) || 0);
    rate.input.addEventListener('input', () => acts.rate(count(rate.input)));
    cap.input.addEventListener('input', () => acts.cap(count(cap.input)));
    const hour = (id: 'from' | 'until') => {
        const label = element('label', word('down-' + id), { for: 'down-' + id });
        const input = element('input', '', { id: 'down-' + id, type: 'time' });
        input.addEventListener('input', () => acts.hour(id, input.value));
        const both = element('div', '');
        both.append(label, input);
        return { both, input };
    };
    const from = hour('from');
    const until = hour('until');
    const folderPick = element('input', '', { type: 'file', multiple: '', id: 'down-folder' });
    folderPick.webkitdirectory = true;
    const some = element('input', '', { type: 'file', multiple: '', id: 'down-files' });
    for (const input of [folderPick, some]) {
        input.addEventListener('change', () => acts.take(Array.from(input.files ?? [])));
    }
    start.addEventListener('click', () => acts.start());
    const target = element('span', '', { id: 'down-target', role: 'status' });
    const file = element('button', word('down-file'), { class: 'quiet', id: 'down-file' });
    file.addEventListener('click', () => acts.place());
    clear.addEventListener('click', () => acts.clear());
    const save = element('button', word('down-job'), { class: 'quiet', id: 'down-job' });
    save.addEventListener('click', () => acts.saveJob());
    const fields = element('div', '', { class: 'fields' });
    fields.append(rate.both, cap.both, from.both, until.both);
    const buttons = element('div', '', { class: 'row' });
    buttons.append(start, save, clear);
    if (canPick()) {
        buttons.append(file, target);
    }
    const folder = element('label', word('down-folder'), { for: 'down-folder' });
    root.append(
        element('h3', word('down')),
        element('p', word('down-how')),
        fields,
        buttons,
        bar,
        acts.timeline,
        status,
        lanes,
        missing,
        ready,
        folder,
        folderPick,
        element('label', word('down-files'), { for: 'down-files' }),
        some,
        element('p', word('down-job-how'), { class: 'note' }),
    );
    return {
        start,
        clear,
        bar,
        status,
        lanes,
        missing,
        ready,
        target,
        rate: rate.input,
        cap: cap.input,
        from: from.input,
        until: until.input,
    };
}
