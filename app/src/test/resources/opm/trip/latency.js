/* How long the page takes, as the page's own clock sees it, until what is new is laid out. */
(() => {
    const asked = [];
    const plainFetch = window.fetch;
    window.fetch = async (...all) => {
        const one = { url: String(all[0]), at: performance.now(), came: 0 };
        asked.push(one);
        const answer = await plainFetch(...all);
        const plainText = answer.text.bind(answer);
        answer.text = async () => {
            const text = await plainText();
            one.came = performance.now();
            return text;
        };
        return answer;
    };

    /** Waits until something in an element is replaced, and laid out. */
    function fresh(element, act) {
        return new Promise((resolve, reject) => {
            const late = setTimeout(() => reject(new Error('nothing came')), 20000);
            const start = performance.now();
            asked.length = 0;
            const watch = new MutationObserver(() => {
                watch.disconnect();
                clearTimeout(late);
                document.body.getBoundingClientRect();
                // What is seen at first is laid out only when somebody asks for it, or paints it.
                for (const one of [...element.querySelectorAll('.what')].slice(0, 10)) {
                    one.firstElementChild?.getBoundingClientRect();
                }
                const end = performance.now();
                const own = asked.find((one) => /[?&]q=|\/basket/.test(one.url));
                resolve({ all: end - start, asked: end - own.at, came: end - own.came });
            });
            watch.observe(element, { childList: true });
            act();
        });
    }

    const wait = (millis) => new Promise((resolve) => setTimeout(resolve, millis));

    function share(times, part) {
        const sorted = times.toSorted((a, b) => a - b);
        return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))];
    }

    function summary(times) {
        const all = times.map((one) => one.all);
        const after = times.map((one) => one.asked);
        const laid = times.map((one) => one.came);
        return [times.length, share(all, 0.5), share(all, 0.95), Math.max(...all),
            share(after, 0.5), share(after, 0.95), share(laid, 0.5), share(laid, 0.95)].join(' ');
    }

    /** Types each text letter by letter, and waits for what is found after each. */
    window.opmSearches = async (texts, pause) => {
        const input = document.querySelector('#q');
        const times = [];
        for (const text of texts) {
            for (let letters = 2; letters <= text.length; letters++) {
                times.push(await fresh(document.getElementById('hits'), () => {
                    input.value = text.slice(0, letters);
                    input.dispatchEvent(new Event('input'));
                }));
                await wait(pause);
            }
        }
        return summary(times);
    };

    /** Takes what was found first of each text, and undoes that. */
    window.opmChoices = async (texts, pause) => {
        const input = document.querySelector('#q');
        const times = [];
        for (const text of texts) {
            await fresh(document.getElementById('hits'), () => {
                input.value = text;
                input.dispatchEvent(new Event('input'));
            });
            await wait(pause);
            const take = document.querySelector('#hits .acts button');
            if (take === null) {
                throw new Error('nothing to take for ' + text);
            }
            times.push(await fresh(document.getElementById('basket'), () => take.click()));
            if (document.querySelector('#plan')?.textContent.trim() === '') {
                throw new Error('no plan for ' + text);
            }
            await wait(pause);
            const drop = document.querySelector('#basket li.row button');
            times.push(await fresh(document.getElementById('basket'), () => drop.click()));
            await wait(pause);
        }
        return summary(times);
    };
})();
