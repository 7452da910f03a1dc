/** The speed of a download over its time, as a picture that grows; the status says the same. */
import { size, word } from './words';

const POINTS = 120;
const FIRST_MILLIS = 500;
const WIDTH = 600;
const HEIGHT = 80;
const SVG = 'http://www.w3.org/2000/svg';

export class Timeline {
    readonly root = document.createElement('div');
    private readonly svg = document.createElementNS(SVG, 'svg');
    private readonly path = document.createElementNS(SVG, 'path');
    private readonly title = document.createElementNS(SVG, 'title');
    /** Bytes of each span since the begin; spans are joined by two when there are too many. */
    private bytes: number[] = [];
    private spanMillis = FIRST_MILLIS;
    private begin = 0;

    constructor() {
        this.svg.setAttribute('viewBox', `0 0 ${WIDTH} ${HEIGHT}`);
        this.svg.setAttribute('preserveAspectRatio', 'none');
        this.svg.setAttribute('class', 'timeline');
        this.svg.setAttribute('role', 'img');
        this.svg.setAttribute('id', 'down-timeline');
        this.svg.append(this.title, this.path);
        this.root.append(this.svg);
        this.root.hidden = true;
    }

    /** Notes bytes that came at this moment. */
    came(bytes: number, now: number): void {
        if (this.bytes.length === 0) {
            this.begin = now;
        }
        let at = Math.floor((now - this.begin) / this.spanMillis);
        while (at >= POINTS) {
            const joined: number[] = [];
            for (let from = 0; from < this.bytes.length; from += 2) {
                joined.push(this.bytes[from]! + (this.bytes[from + 1] ?? 0));
            }
            this.bytes = joined;
            this.spanMillis *= 2;
            at = Math.floor((now - this.begin) / this.spanMillis);
        }
        while (this.bytes.length <= at) {
            this.bytes.push(0);
        }
        this.bytes[at]! += bytes;
    }

    draw(): void {
        const count = this.bytes.length;
        if (count < 2) {
            return;
        }
        const most = Math.max(...this.bytes, 1);
        const step = WIDTH / count;
        let path = `M0 ${HEIGHT}`;
        this.bytes.forEach((bytes, at) => {
            const y = (HEIGHT - (bytes / most) * (HEIGHT - 4)).toFixed(1);
            path += `L${(at * step).toFixed(1)} ${y}L${((at + 1) * step).toFixed(1)} ${y}`;
        });
        this.path.setAttribute('d', path + `L${WIDTH} ${HEIGHT}Z`);
        const seconds = Math.round((count * this.spanMillis) / 1000);
        const said = word('down-timeline', seconds, size((most / this.spanMillis) * 1000));
        if (this.title.textContent !== said) {
            this.title.textContent = said;
            this.svg.setAttribute('aria-label', said);
        }
        this.root.hidden = false;
    }
}
