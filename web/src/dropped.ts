/** The files of what was dropped: a file, or a folder with all below it. */
export async function filesOf(entry: FileSystemEntry): Promise<File[]> {
    if (entry.isFile) {
        return [
            await new Promise<File>((found, failed) =>
                (entry as FileSystemFileEntry).file(found, failed),
            ),
        ];
    }
    const reader = (entry as FileSystemDirectoryEntry).createReader();
    const all: File[] = [];
    for (;;) {
        // A browser hands over a hundred at a time, and nothing after the last.
        const some = await new Promise<FileSystemEntry[]>((found, failed) =>
            reader.readEntries(found, failed),
        );
        if (some.length === 0) {
            return all;
        }
        all.push(...(await Promise.all(some.map(filesOf))).flat());
    }
}
