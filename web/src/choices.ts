/** Choices without loading the page anew, and looking again while the server builds. */
import { slideBudget } from './budget';
import { freshPage, parsed, show, swap } from './sections';

const BUILDING_MILLIS = 700;

/** @param swapped what to do when sections were replaced */
async function post(
    form: HTMLFormElement,
    submitter: HTMLElement | null,
    swapped: () => void,
): Promise<void> {
    const data = new FormData(form, submitter);
    data.delete('q');
    const body = new URLSearchParams();
    data.forEach((value, name) => body.append(name, String(value)));
    const answer = await fetch(form.action, { method: 'POST', body });
    const other = parsed(await answer.text());
    if (!answer.ok) {
        show(other);
        return;
    }
    swap(other, ['trouble', 'basket', 'plan', 'get'], () => {
        slideBudget();
        swapped();
    });
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
        const other = await freshPage();
        watching = false;
        const fresh = other?.getElementById('server');
        if (fresh) {
            document.getElementById('server')?.replaceChildren(...Array.from(fresh.childNodes));
            watch();
        }
    }, BUILDING_MILLIS);
}

export function choicesPage(swapped: () => void): void {
    document.addEventListener('submit', (event) => {
        const form = event.target as HTMLFormElement;
        const path = new URL(form.action).pathname;
        if (form.method === 'post' && /\/(basket|line|repair|build)$/.test(path)) {
            event.preventDefault();
            void post(form, event.submitter, swapped);
        }
    });
    document.addEventListener('change', (event) => {
        const field = event.target as HTMLSelectElement | HTMLInputElement;
        if (field.classList?.contains('sends')) {
            field.form?.requestSubmit();
        }
    });
    slideBudget();
    watch();
}
