package opm.cli;

/// x
final class Training {
    private Training() {}

    public static void main(String[] arguments) {
        Main.main(new String[] {"version"});
    }
}
