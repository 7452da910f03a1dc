package opm.apply;

/// Is told what the applier does, between two steps of it.
public interface Progress {
    /// Signatures of all packages are being checked.
    void checking();

    /// A batch is about to be handed to rpm.
    void batch(int batch, int batches);

    /// An rpm that outlived an earlier opm is being waited for.
    void waiting();

    /// Goes on after an interruption in this batch.
    void resuming(int batch);

    /// After a power cut files of this batch were not whole; it is laid down again.
    void mending(int batch);

    /// Says nothing.
    Progress SILENT =
            new Progress() {
                @Override
                public void checking() {}

                @Override
                public void batch(int batch, int batches) {}

                @Override
                public void waiting() {}

                @Override
                public void resuming(int batch) {}

                @Override
                public void mending(int batch) {}
            };
}
