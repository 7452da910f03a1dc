// Two files with plain names: opm.web serves them under /app/ and tags them by digest.
export default {
    build: {
        target: 'es2022',
        outDir: 'dist',
        modulePreload: false,
        rollupOptions: {
            input: { page: 'src/page.ts', worker: 'src/worker.ts' },
            output: { entryFileNames: '[name].js', chunkFileNames: '[name].js' },
        },
    },
};
