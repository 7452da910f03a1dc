/** Choices without loading the page anew, and looking again while the server builds. */
import { slideBudget } from './budget';
import { showCosts, stopCosts } from './search';
import { freshChoices, parsed, show, swap } from './sections';

const BUILDING_MILLIS = 700;
const SILENT_MILLIS = 10_000;

/** One change follows the other: what is shown last is what the server has. */
let posted: Promise<void> = Promise.resolve();

/** @param swapped what to do when sections were replaced */
async function post(
    where: string,
    body: URLSearchParams,
    swapped: () => void,
): Promise<void> {
    stopCosts();
    const answer = await fetch(where + '?choices', { method: 'POST', body });
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
    showCosts();
}

let watching = false;

/** Looks again while the server builds; seldom where it gave no answer. */
function watch(millis = BUILDING_MILLIS): void {
    if (watching || document.getElementById('works') === null) {
        return;
    }
    watching = true;
    setTimeout(async () => {
        const other = await freshChoices().catch(() => undefined);
        watching = false;
        const fresh = other?.getElementById('server');
        if (fresh) {
            document.getElementById('server')?.replaceChildren(...Array.from(fresh.childNodes));
        }
        watch(fresh ? BUILDING_MILLIS : SILENT_MILLIS);
    }, millis);
}

export function choicesPage(swapped: () => void): void {
    document.addEventListener('submit', (event) => {
        const form = event.target as HTMLFormElement;
        const path = new URL(form.action).pathname;
        if (form.method === 'post' && /\/(basket|line|repair|build)$/.test(path)) {
            event.preventDefault();
            const body = new URLSearchParams();
            const data = new FormData(form, event.submitter);
            data.forEach((value, name) => body.append(name, String(value)));
            const next = () => post(form.action, body, swapped);
            posted = posted.then(next, next);
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
