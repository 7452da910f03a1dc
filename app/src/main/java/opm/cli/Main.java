package opm.cli;

/// The entry of the `opm` command.
public final class Main {
    private Main() {}

    public static void main(String[] arguments) {
        System.out.println("opm 0.1.0");
    }
}
