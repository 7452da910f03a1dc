/** The first page: the profile may be dropped anywhere, and goes off as soon as it is chosen. */
export function bringPage(): void {
    const form = document.querySelector<HTMLFormElement>('form.drop');
    const input = document.querySelector<HTMLInputElement>('#profile');
    if (form === null || input === null) {
        return;
    }
    document.querySelectorAll<HTMLElement>('.scripted').forEach((one) => (one.hidden = false));
    input.addEventListener('change', () => form.requestSubmit());
    document.addEventListener('dragover', (event) => {
        event.preventDefault();
        document.body.classList.add('dragged');
    });
    document.addEventListener('dragleave', () => document.body.classList.remove('dragged'));
    document.addEventListener('drop', (event) => {
        event.preventDefault();
        document.body.classList.remove('dragged');
        const files = event.dataTransfer?.files;
        if (files && files.length > 0) {
            input.files = files;
            form.requestSubmit();
        }
    });
}
