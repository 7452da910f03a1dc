/** An unfinished job on the first page: its choices and profile go to the server, not its files. */
import { unpacked } from './tar';

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
