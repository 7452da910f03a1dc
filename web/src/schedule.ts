/** Hours in which downloads may run: lines are cheaper at night. */

/** @returns minutes since midnight; undefined where no time is written */
export function minutes(text: string): number | undefined {
    const found = /^(\d{1,2}):(\d{2})$/.exec(text);
    return found === null ? undefined : Number(found[1]) * 60 + Number(found[2]);
}

/**
 * Tells whether downloads may run now.
 *
 * Between two times, also across midnight; all day where they are the same. With the first alone a download begins no earlier and,
 * once begun, goes on; with the second alone it runs from midnight until then.
 *
 * @param running whether it has begun
 */
export function mayRun(from: string, until: string, now: Date, running: boolean): boolean {
    const begin = minutes(from);
    const end = minutes(until);
    const at = now.getHours() * 60 + now.getMinutes();
    if (begin === undefined) {
        return end === undefined || at < end;
    }
    if (end === undefined) {
        return running || at >= begin;
    }
    return begin < end ? at >= begin && at < end : at >= begin || at < end;
}
