(() => {
    const faults = [];
    const seen = (one) => one.getClientRects().length > 0;
    const text = (one) => (one.getAttribute('aria-label') ?? one.textContent ?? '').trim();
    for (const one of document.querySelectorAll('button, a[href], summary')) {
        if (seen(one) && text(one) === '') faults.push('no name: ' + one.outerHTML);
    }
    for (const one of document.querySelectorAll('input:not([type=hidden])')) {
        if (one.labels.length === 0) faults.push('no label: ' + one.outerHTML);
    }
    for (const one of document.querySelectorAll('progress, meter, nav, section')) {
        const label = one.getAttribute('aria-label') ?? one.getAttribute('aria-labelledby');
        if (one.localName !== 'meter' && !label && one.getAttribute('role') !== 'alert') {
            faults.push('no label: ' + one.outerHTML.slice(0, 80));
        }
    }
    const ids = [...document.querySelectorAll('[id]')].map((one) => one.id);
    if (new Set(ids).size !== ids.length) faults.push('an id twice: ' + ids.join(' '));
    if (!document.documentElement.lang || !document.title) faults.push('no language or title');
    // WCAG 2.1, 1.4.3: contrast of 4.5.
    const part = (c) => (c /= 255) <= 0.03928 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4;
    const light = (rgb) => 0.2126 * part(rgb[0]) + 0.7152 * part(rgb[1]) + 0.0722 * part(rgb[2]);
    const rgb = (color) => color.match(/[\d.]+/g).map(Number);
    const ground = (one) => {
        for (let at = one; at; at = at.parentElement) {
            const color = rgb(getComputedStyle(at).backgroundColor);
            if (color.length < 4 || color[3] > 0) return color;
        }
        return [255, 255, 255];
    };
    for (const one of document.querySelectorAll('body *')) {
        const own = [...one.childNodes].some((n) => n.nodeType === 3 && n.data.trim() !== '');
        if (!own || !seen(one)) continue;
        const [a, b] = [light(rgb(getComputedStyle(one).color)), light(ground(one))];
        const contrast = (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
        if (contrast < 4.5) faults.push('contrast ' + contrast.toFixed(1) + ': ' + text(one));
    }
    return faults.join('\n');
})()
