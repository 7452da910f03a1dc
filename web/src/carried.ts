/** An unfinished job, on its way between browsers and the command line. */
import { unpacked, type Named } from './tar';

/** Returns what came of some files, under the names of the store (docs/formats/store.md). */
export async function stored(
    opm: FileSystemDirectoryHandle,
    wanted: { digest: string; bytes: number }[],
    isWhole: (digest: string) => boolean,
): Promise<Named[]> {
    const files: Named[] = [];
    for (const { digest, bytes } of wanted) {
        const whole = isWhole(digest);
        try {
            const handle = await opm.getFileHandle(whole ? digest : digest + '.part');
            const file = await handle.getFile();
            const name = whole
                ? `sha256/${digest.slice(0, 4)}/${digest}`
                : `opm/partial/sha256-${digest}`;
            if (file.size > 0 && file.size <= bytes) {
                files.push({ name: 'store/' + name, file });
            }
        } catch {
            // Nothing came of it yet.
        }
    }
    return files;
}

/** On the first page its choices and profile go to the server, not its files. */
export function takeJobs(): void {
    const input = document.querySelector<HTMLInputElement>('#profile');
    const form = input?.form;
    if (!input || !form) {
        return;
    }
    form.addEventListener('submit', (event) => {
        const file = input.files?.[0];
        if (file?.name.endsWith('.tar')) {
            event.preventDefault();
            void unpacked(file).then((files) => {
                const job = files.find((one) => one.name.endsWith('.opmjob'));
                if (job !== undefined) {
                    const chosen = new DataTransfer();
                    chosen.items.add(new File([job.file], 'box.opmjob'));
                    input.files = chosen.files;
                    form.submit();
                }
            });
        }
    });
}
