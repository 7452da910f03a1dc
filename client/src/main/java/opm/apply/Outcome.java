package opm.apply;

import java.nio.file.Path;
import java.util.List;
import opm.history.Receipt;

/// How an attempt to change the machine ended. Each case says what the user can do next.
public sealed interface Outcome {
    /// All batches are in, on the medium, and checked. Exit 0.
    record Done(Receipt receipt, Path file) implements Outcome {}

    /// Nothing to do: what the plan leads to is installed. Exit 0.
    record AlreadyThere() implements Outcome {}

    /// Nothing stands in the way; only [Applier#check] says this. Exit 0.
    ///
    /// @param afterBatch where an interrupted change goes on, 0 for the beginning
    record Ready(int afterBatch) implements Outcome {}

    /// Somebody else changed packages since the profile, or since the interruption. Exit 5.
    ///
    /// @param added full names that are there and should not be
    /// @param missing full names that should be there and are not
    record Drifted(List<String> added, List<String> missing) implements Outcome {}

    /// The plan was made for another distribution or architecture. Exit 5.
    ///
    /// @param plan distribution, release and architecture of the plan
    /// @param here those of the machine
    record OtherMachine(String plan, String here) implements Outcome {}

    /// Packages without a signature that the plan does not name. Exit 3.
    record Unsigned(List<String> files) implements Outcome {}

    /// Packages whose signature or digest does not hold, or whose key is not here. Exit 3.
    ///
    /// @param words what rpmkeys said
    record BadSignatures(List<String> words) implements Outcome {}

    /// rpm's own test said no, before this batch changed anything. Exit 5.
    record RefusedByRpm(int batch, List<String> words) implements Outcome {}

    /// rpm ran, and the packages are not those that they should be. Exit 5; again goes on.
    record NotAsPlanned(int batch, List<String> added, List<String> missing, List<String> words)
            implements Outcome {}

    /// The packages are those that they should be, but rpm was killed before its last scripts had
    /// run. Exit 5; again goes on.
    record RpmEnded(int batch, List<String> words) implements Outcome {}

    /// Stopped between two batches, as asked. Exit 5; again goes on.
    record Stopped(int afterBatch, int batches) implements Outcome {}

    /// Another change was interrupted and has to be finished or forgotten first. Exit 5.
    record OtherChangeOpen(int change) implements Outcome {}

    /// The interrupted change is left as it is, as asked. Exit 0.
    record Forgotten(int change) implements Outcome {}

    /// No change was interrupted, so there is none to go on with or to forget. Exit 0.
    record NothingOpen() implements Outcome {}

    /// Another process is changing this machine. Exit 5.
    record Locked(String pid) implements Outcome {}
}
