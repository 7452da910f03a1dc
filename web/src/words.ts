/** The texts of the catalogue, those of the language that the page is in. */
let texts: Record<string, string> = {};

export async function loadWords(): Promise<void> {
    const lang = document.documentElement.lang;
    texts = await (await fetch('/app/words.json?lang=' + encodeURIComponent(lang))).json();
}

export function word(key: string, ...values: (string | number)[]): string {
    const text = texts[key] ?? key;
    return text.replace(/\{(\d)\}/g, (all, digit) => String(values[Number(digit)] ?? all));
}

/** Writes a number of bytes as the server does: 1.9 M. */
export function size(bytes: number): string {
    const units = ['B', 'k', 'M', 'G', 'T'];
    let unit = 0;
    let value = bytes;
    while (value >= 1000 && unit < units.length - 1) {
        value /= 1024;
        unit++;
    }
    const said = unit === 0 || value >= 9.95 ? value.toFixed(0) : value.toFixed(1);
    return said + ' ' + units[unit];
}

/** Makes an element with a text. */
export function element<K extends keyof HTMLElementTagNameMap>(
    name: K,
    text: string,
    attributes: Record<string, string> = {},
): HTMLElementTagNameMap[K] {
    const made = document.createElement(name);
    made.textContent = text;
    for (const [key, value] of Object.entries(attributes)) {
        made.setAttribute(key, value);
    }
    return made;
}
