/** A slider beside the number of megabytes: both say the same, and letting go sends it. */
import { element, word } from './words';

export function slideBudget(): void {
    const place = document.getElementById('budget');
    const number = document.querySelector<HTMLInputElement>('#budget-mb');
    if (place === null || number === null || document.getElementById('budget-slide')) {
        return;
    }
    const most = Number(place.dataset['most']);
    if (most < 2) {
        return;
    }
    const slide = element('input', '', {
        type: 'range',
        id: 'budget-slide',
        min: '1',
        max: String(most),
        step: String(Math.max(1, Math.floor(most / 100))),
        'aria-label': word('budget-slide'),
    });
    slide.value = number.value === '' ? String(most) : number.value;
    const say = () => {
        slide.setAttribute('aria-valuetext', word('budget-of', slide.value, most));
    };
    say();
    slide.addEventListener('input', () => {
        // All of it is no budget.
        number.value = Number(slide.value) >= most ? '' : slide.value;
        say();
    });
    slide.addEventListener('change', () => slide.form?.requestSubmit());
    number.addEventListener('input', () => {
        slide.value = number.value === '' ? String(most) : number.value;
        say();
    });
    number.before(slide);
}
