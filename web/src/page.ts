/**
 * Makes the server's pages livelier: search as one types, choices without loading the page anew,
 * downloads in the browser. Everything it shows comes from the same pages; without it, forms and
 * links do the same.
 */
import { bringPage } from './bring';
import { takeJobs } from './carried';
import { choicesPage } from './choices';
import { Downloads } from './downloads';
import { filesOf } from './dropped';
import { searchPage, showCosts } from './search';
import { base } from './sections';
import { element, loadWords, word } from './words';

let downloads: Downloads | undefined;

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

function visitPage(): void {
    searchPage();
    choicesPage(keepDownloads);
    document.addEventListener('dragover', (event) => event.preventDefault());
    document.addEventListener('drop', (event) => {
        event.preventDefault();
        const entries = Array.from(event.dataTransfer?.items ?? [])
            .map((item) => item.webkitGetAsEntry())
            .filter((entry) => entry !== null);
        void Promise.all(entries.map(filesOf)).then((files) => downloads?.take(files.flat()));
    });
    keepDownloads();
}

await loadWords();
takeJobs();
bringPage();
if (/^\/v\/[0-9a-f]{32}$/.test(base)) {
    visitPage();
}
if (base.startsWith('/v/')) {
    showCosts();
}
document.documentElement.dataset['ready'] = 'yes';
